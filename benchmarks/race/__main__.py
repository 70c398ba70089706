"""``python -m benchmarks.race``: ``setup`` makes the peers' environments, ``run`` races, ``table`` prints results."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import named
from benchmarks.automatic import DRAWN
from benchmarks.race import contestants, kept, results
from benchmarks.race.course import Course, lay, lay_drawn
from pipeline.core.errors import PodiumError
from pipeline.imbalance.markdown import put_between_markers

README = Path(__file__).resolve().parent.parent / "README.md"
MARKERS = ("<!-- race: start -->", "<!-- race: end -->")
REQUIREMENTS = Path(__file__).resolve().parent / "peers" / "requirements"
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
screen = Console()


def chosen(peers: str) -> list[str]:
    """The named peers."""
    return named.chosen(peers, contestants.PEERS, "race", "peers")


def in_seconds(budget: str) -> int:
    """``240s`` or ``4m`` as seconds.

    Raises
    ------
    PodiumError
        Where it is no such time.
    """
    found = re.fullmatch(r"(\d+)([sm]?)", budget.strip())
    if not found or int(found[1]) < 1:
        raise PodiumError("race", "budget", "must be seconds or minutes, such as 240s or 4m", got=repr(budget))
    return int(found[1]) * (60 if found[2] == "m" else 1)


@app.command()
def setup(peers: str = " ".join(contestants.PEERS)) -> None:
    """Make an environment for each peer, with the versions in peers/requirements/; one that is made is kept."""
    for name in chosen(peers):
        folder, file = contestants.ENVIRONMENTS / name, REQUIREMENTS / f"{name}.txt"
        ready = folder / ".ready"
        if ready.exists() and ready.read_text() == file.read_text():
            screen.print(f"{name}: ready")
            continue
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--requirement", str(file)], check=True)
        ready.write_text(file.read_text())
        screen.print(f"{name}: made")


@app.command()
def run(
    competition: str,
    budget: str = "240s",
    peers: str = " ".join(contestants.PEERS),
    features: Annotated[bool, typer.Option(help="Race a second time on Podium's features.")] = False,
    automatic: Annotated[bool, typer.Option(help="Podium has no recipe either: new declares the files.")] = False,
    again: Annotated[
        bool, typer.Option(help="Podium only: peers stand as they ran in an earlier, equal race.")
    ] = False,
) -> None:
    """Race on a competition, made up or of published tables too; results go to benchmarks/race/results.jsonl."""
    seconds, names = in_seconds(budget), chosen(peers)
    declared = [path.parent.name for path in (contestants.ROOT / "competitions").glob("*/competition.yaml")]
    named.chosen(competition, [*declared, *DRAWN], "race", "competition")
    with tempfile.TemporaryDirectory(prefix="race-") as folder:
        work = Path(folder)
        is_drawn = competition in DRAWN
        course = (lay_drawn if is_drawn else lay)(competition, work / "course")
        screen.print(f"{competition}: {course.rows} rows to train on, {len(course.y)} held out")
        runs = [contestants.podium(course, seconds, work, automatic or is_drawn)]
        _show(runs[-1])
        files = [course.folder / "peer"]
        if features and not runs[0].trouble:
            files.append(contestants.features_of(course, work))
        for data in files:
            for name in names:
                runs.append(_peer(name, course, data, seconds, work, again))
                _show(runs[-1])
        lines = [line | {"recipe": not (automatic or is_drawn)} for line in results.judge(course, runs, seconds)]
    results.append(lines)
    screen.print(results.markdown(lines), soft_wrap=True)


def _peer(name: str, course: Course, data: Path, seconds: int, work: Path, again: bool) -> contestants.Run:
    """A peer's run, kept for later; the kept one of an equal race where that will do."""
    key = kept.key_of(name, data, seconds, contestants.cores())
    if again and (earlier := kept.kept(key)):
        return earlier
    run = contestants.peer(name, course, data, seconds, work)
    if run.seconds:  # else it was not even set up
        kept.keep(run, key)
    return run


def _show(run: contestants.Run) -> None:
    kind = " on Podium's features" if run.on_features else ""
    screen.print(f"  {run.name}{kind}: {run.trouble or 'done'}, {run.seconds:.0f} s")


@app.command()
def table(
    budget: Annotated[str | None, typer.Option(help="Only races of so many seconds, such as 240s.")] = None,
    write: Annotated[bool, typer.Option(help="Put all of it into benchmarks/README.md.")] = False,
) -> None:
    """Print the latest result of every competition and contestant: the table of benchmarks/README.md."""
    wanted = None if budget is None else in_seconds(budget)
    lines = results.latest(results.read())
    if write and not put_between_markers(README, results.markdown(lines), "race", MARKERS):
        raise PodiumError("race", README.name, f"must have {MARKERS[0]} and {MARKERS[1]} where the table stands")
    screen.print(results.markdown(line for line in lines if wanted in (None, line["budget"])), soft_wrap=True)


if __name__ == "__main__":
    try:
        app(standalone_mode=False)
    except PodiumError as error:
        Console(stderr=True).print(str(error))
        raise SystemExit(1) from None
    except typer.Exit as done:
        raise SystemExit(done.exit_code) from None
