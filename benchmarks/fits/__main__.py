"""``python -m benchmarks.fits``: each family's fit over its bare library's, by rows; memory; growth.

A table is made for each size; then Podium and the bare library fit one fold of it in turns, each time in a process of
its own. Take the cores for it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import named
from benchmarks.fits.families import FAMILIES, NOT_MEASURED, SIZES
from benchmarks.fits.made import FOLDS, write_made
from benchmarks.fits.measure import SIDES, Measured
from benchmarks.fits.results import Line, Pair, line_of, table_of
from pipeline.core.device import cores
from pipeline.core.errors import PodiumError

ROOT = Path(__file__).resolve().parents[2]
SMALL = 20_000  # a fit of fewer rows is short: one process takes the least of three
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
screen = Console(width=None if sys.stdout.isatty() else 120)


def chosen(families: str) -> list[str]:
    """The named families; all where none is named."""
    return named.chosen(families, FAMILIES, "bench", "families") or list(FAMILIES)


def measured(side: str, family: str, folder: Path, rows: int) -> Measured:
    """One side's measurement, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fits.measure", side, family, str(folder)]
    repeats = "3" if rows <= SMALL else "1"
    done = subprocess.run([*command, repeats], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing said"]
        raise PodiumError("bench", f"{family}, {rows:,} rows", f"must be measured ({side})", got=last[0])
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def pairs(family: str, folder: Path, rows: int, runs: int) -> list[Pair]:
    """Podium and the bare library in turns, so that a machine's moods strike both; few rows get one turn of three."""
    found = []
    for _ in range(1 if rows <= SMALL else runs):
        theirs, ours = (measured(side, family, folder, rows) for side in sorted(SIDES))
        found.append(Pair(ours, theirs))
    return found


def lines(names: Sequence[str], sizes: Sequence[int], runs: int) -> Iterator[Line]:
    """Every named family at its own sizes, or at those of them that are asked for."""
    with tempfile.TemporaryDirectory(prefix="podium-fits-") as home:
        for name in names:
            for rows in (size for size in FAMILIES[name].sizes if not sizes or size in sizes):
                folder = Path(home) / str(rows)
                if not folder.exists():
                    folder.mkdir()
                    write_made(rows, folder)
                yield line_of(name, pairs(name, folder, rows, runs), 1 - 1 / FOLDS)


def in_rows(sizes: str) -> list[int]:
    """Sizes in rows, such as ``10000 100000``.

    Raises
    ------
    PodiumError
        Where one is measured by no family.
    """
    known = sorted({size for family in FAMILIES.values() for size in family.sizes})
    words = sizes.replace(",", " ").split()
    for word in words:
        if not word.isdigit() or int(word) not in known:
            allowed = "must be among " + ", ".join(map(str, known))
            raise PodiumError("bench", "sizes", allowed, got=repr(word))
    return [int(word) for word in words]


@app.command()
def run(
    families: Annotated[str, typer.Option(help="Such as 'xgboost linear'; all by default.")] = "",
    sizes: Annotated[str, typer.Option(help=f"Rows, such as '{SIZES[0]} {SIZES[1]}'; all by default.")] = "",
    runs: Annotated[int, typer.Option(min=1, help="Turns of the bare library and Podium.")] = 2,
) -> None:
    """Measure, and print the table and what it leaves out."""
    found, names = [], chosen(families)
    for line in lines(names, in_rows(sizes), runs):
        found.append(line)
        screen.print(
            f"{line.family}, {line.rows:,} rows: {line.seconds:.2f} s, {line.ratio:.2f} over bare", style="dim"
        )
    screen.print(table_of(found))
    screen.print(f"{cores()} cores; {runs} turns; memory where the table is more than 100,000 rows.")
    for name in names:
        if reason := FAMILIES[name].left_out:
            screen.print(f"{name}: measured up to {FAMILIES[name].sizes[-1]:,} rows, as it {reason}.")
    for name, reason in NOT_MEASURED.items():
        screen.print(f"{name}: not measured, {reason}.")


if __name__ == "__main__":
    try:
        app(standalone_mode=False)
    except PodiumError as error:
        Console(stderr=True).print(str(error))
        raise SystemExit(1) from None
    except typer.Exit as done:
        raise SystemExit(done.exit_code) from None
