"""``python -m benchmarks.proving``: what ``new`` proves by its trial of features, and how often by chance.

Each made-up competition, and each out of a published table, is declared by ``new``; then again, ten times, with the
training rows' targets dealt out anew, so that whatever is declared then is declared by chance.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import named
from benchmarks.automatic import DRAWN, draw, write_files
from benchmarks.made_up import MadeUp
from pipeline.core.errors import PodiumError
from pipeline.new import draft_of

SHUFFLES = 10


def reasons(made: MadeUp) -> dict[str, str]:
    """What is proved of a competition, by its key in ``features``, with the gain."""
    with tempfile.TemporaryDirectory(prefix="proving-") as name:
        folder = Path(name)
        write_files(made, folder / "raw")
        return draft_of("made-up", folder / "raw", made.metric, folder).recipe.proved.reasons


def shuffled(made: MadeUp, seed: int) -> MadeUp:
    """The same competition, whose training rows have one another's targets."""
    targets = np.random.default_rng(seed).permutation(made.train[made.target].to_numpy())
    return replace(made, train=made.train.assign(**{made.target: targets}))


def main(names: list[str]) -> None:
    """Print what each competition's trial proves, what it takes, and what it proves of shuffled targets."""
    table = Table("competition", "seconds of new", "proved", "by chance")
    for name in names or list(DRAWN):
        made, begun = draw(name), time.perf_counter()
        found = reasons(made)
        taken = time.perf_counter() - begun
        lucky = sum(bool(reasons(shuffled(made, seed))) for seed in range(SHUFFLES))
        said = "\n".join(f"{key}: {why.partition(': ')[2]}" for key, why in found.items())
        table.add_row(name, f"{taken:.1f}", said, f"{lucky} of {SHUFFLES}")
    Console().print(table)


if __name__ == "__main__":
    try:
        main(named.chosen(" ".join(sys.argv[1:]), DRAWN, "proving", "competitions"))
    except PodiumError as error:
        Console(stderr=True).print(str(error))
        raise SystemExit(1) from None
