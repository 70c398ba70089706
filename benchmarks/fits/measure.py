"""One measurement, in a process of its own: ``python -m benchmarks.fits.measure SIDE FAMILY FOLDER [REPEATS]``.

``SIDE`` is ``podium``, a fold's fit as ``train`` has it, from the tables as ``features`` left them; or ``bare``, the
family's library called directly on the very rows that Podium would hand it, ready for it. The least seconds of the
repeats count. A tiny fold is fitted first, which pays for imports and tells what the process holds without a table.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.fits.bare import Data, bare
from benchmarks.fits.families import FAMILIES
from benchmarks.fits.made import read_made, write_made
from pipeline.core.device import cores
from pipeline.dataset import Dataset
from pipeline.declaration.metric import Metric
from pipeline.declaration.preprocess import Preprocess
from pipeline.declaration.specs import ModelSpec
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.recipe import Recipe
from pipeline.models import Rows, Setting, load, no_curve

WARM_ROWS = 500


@dataclass(frozen=True)
class Measured:
    """What one process found.

    Parameters
    ----------
    rows : int
        Rows of the training table; the fold has four fifths of them.
    fit, predict, save : float
        Seconds of a fold's fit, of predicting its validation rows, and of storing it (0 where nothing is stored).
    peak, table : int
        Bytes: the process's peak above what it held before it read the tables; and the training and test table as the
        family eats them, in float32.
    """

    rows: int
    fit: float
    predict: float
    save: float
    peak: int
    table: int


def recipe_of(family: str, params: Mapping[str, Any]) -> Recipe:
    """The family's card with its settings of the measurement, on all cores."""
    card = load(family)
    spec = ModelSpec(
        competition="made",
        seed=1,
        model=family,
        task="binary",
        objective="binary",
        transform="identity",
        metric=Metric(name="log_loss"),
        params={**card.defaults, **params},
        resampling="none",
        preprocess=Preprocess(),
        device="cpu",
        stopping_share=0.1,
    )
    return Recipe(spec, card, spec.params, threads=cores())


def podium(dataset: Dataset, recipe: Recipe, repeats: int) -> tuple[dict[str, float], int]:
    """The least seconds of ``fit``, ``predict`` and ``save``; and the columns that the family eats."""
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    taken: dict[str, list[float]] = {"fit": [], "predict": [], "save": []}
    for _ in range(repeats):
        start = time.perf_counter()
        model = fit_fold(dataset, recipe, cut)
        taken["fit"].append(time.perf_counter() - start)
        start = time.perf_counter()
        model.predict(dataset.train.iloc[cut.fold.valid])
        taken["predict"].append(time.perf_counter() - start)
        model.predict(dataset.test)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            model.save(Path(folder) / "model")
            taken["save"].append(time.perf_counter() - start)
    return {name: min(seconds) for name, seconds in taken.items()}, len(model.columns)


def directly(dataset: Dataset, recipe: Recipe, repeats: int) -> tuple[dict[str, float], int]:
    """The same for the bare library: it takes the card's place, and gets the rows that the card would get."""
    library, cut, fits = bare(recipe.spec.model), Cut(next(iter(dataset.folds)), tuple(dataset.kinds)), []

    def fit(setting: Setting, training: Rows, stopping: Rows | None) -> None:
        frame = dataset.train.iloc[cut.fold.train] if library.prepares else training.X
        ready = Data(library.ready(frame), training.y)
        held = None if stopping is None else Data(library.ready(stopping.X), stopping.y)
        for _ in range(repeats):
            start = time.perf_counter()
            fits.append((library.fit(setting, ready, held), time.perf_counter() - start))

    own = replace(recipe, card=replace(recipe.card, build=lambda setting: setting, fit=fit, curve=no_curve))
    model = fit_fold(dataset, own, cut)
    frame = dataset.train.iloc[cut.fold.valid]
    valid = library.ready(frame if library.prepares else model.preprocessor.transform(frame))
    predicting = min(_seconds(lambda: library.predict(fits[-1][0], valid)) for _ in range(repeats))
    seconds = {"fit": min(seconds for _, seconds in fits), "predict": predicting, "save": 0.0}
    return seconds, len(model.columns)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


SIDES = {"podium": podium, "bare": directly}


def peak_bytes() -> int:
    """The most memory that this process has held (``ru_maxrss``, which macOS gives in bytes and Linux in KiB)."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024


def measure(side: str, family: str, folder: Path, repeats: int = 1) -> Measured:
    """Fit a tiny fold, then read the tables in ``folder`` and fit, predict and store a fold of them."""
    recipe = recipe_of(family, FAMILIES[family].params)
    with tempfile.TemporaryDirectory() as tiny:
        write_made(WARM_ROWS, Path(tiny))
        SIDES[side](read_made(Path(tiny)), recipe, 1)
    before = peak_bytes()
    dataset = read_made(folder)
    seconds, columns = SIDES[side](dataset, recipe, repeats)
    table = (len(dataset.train) + len(dataset.test)) * columns * 4
    return Measured(len(dataset.train), **seconds, peak=peak_bytes() - before, table=table)


def main() -> None:
    """Measure once, and write the finding as a line of JSON."""
    side, family, folder, *repeats = sys.argv[1:]
    found = measure(side, family, Path(folder), *(int(number) for number in repeats))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
