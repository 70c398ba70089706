"""``python -m benchmarks.automatic``: what ``new`` writes, run as it is, against untuned LightGBM on the raw columns.

Each made-up competition, and each out of a published table, is written as raw files, its declaration made by
``python -m pipeline new``, the stages from ``plan`` to ``submit`` run on it (the audit and the report apart), and the
submission scored on the answers kept back.
LightGBM gets the same columns: numbers as they are, everything else as categories, its defaults untouched.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks import named
from benchmarks.made_up import MAKERS, MadeUp
from benchmarks.published import PUBLISHED
from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.screen import Silence
from pipeline.declaration.metric import METRICS
from pipeline.declaration.read import read_declaration
from pipeline.metrics import score
from pipeline.new import create
from tests.toy import run_stages

STAGES = ("plan", "fetch", "clean", "features", "split", "select", "oversample", "tune", "train", "ensemble", "submit")
SEED = 7
DRAWN = {**MAKERS, **PUBLISHED}


@dataclass(frozen=True)
class Result:
    """One competition's scores on the answers kept back; ``minutes`` of everything after ``new``."""

    name: str
    about: str
    metric: str
    podium: float
    lightgbm: float
    minutes: float

    @property
    def gain(self) -> float:
        """By how much Podium is better, in the metric's own unit."""
        gained = self.podium - self.lightgbm
        return gained if METRICS[self.metric].greater_is_better else -gained


def draw(name: str) -> MadeUp:
    """A competition by its name, the same one each time.

    Parameters
    ----------
    name : str
        One of ``DRAWN``.
    """
    own = [list(MAKERS).index(name)] if name in MAKERS else list(name.encode())
    return DRAWN[name](np.random.default_rng([SEED, *own]))


def write_files(made: MadeUp, folder: Path) -> None:
    """``train.csv``, ``test.csv``, ``sample_submission.csv`` and side tables."""
    folder.mkdir(parents=True)
    made.train.to_csv(folder / "train.csv", index=False, sep=made.delimiter)
    made.test.drop(columns=made.target).to_csv(folder / "test.csv", index=False, sep=made.delimiter)
    _sample(made).to_csv(folder / "sample_submission.csv", index=False, sep=made.delimiter)
    for name, table in made.side.items():
        table.to_csv(folder / name, index=False, sep=made.delimiter)


def _sample(made: MadeUp) -> pd.DataFrame:
    labels = sorted(made.train[made.target].unique())
    ids = made.test[[made.id]]
    if made.metric == "log_loss" and len(labels) > 2:
        return ids.assign(**{str(label): 1 / len(labels) for label in labels})
    needs = METRICS[made.metric].needs
    return ids.assign(**{made.target: labels[0] if needs == "label" else 0.5})


def run_podium(made: MadeUp, folder: Path, models: tuple[str, ...] = ()) -> float:
    """Make the declaration, run the stages, and score the submission."""
    create("made-up", folder / "raw", made.metric, folder / "project", Silence())
    paths = Paths(folder / "project", "made-up")
    run_stages(paths, *STAGES)
    found = pd.read_csv(paths.stage("submit") / "submission.csv", dtype={made.id: made.test[made.id].dtype})
    competition = read_declaration(paths.declaration)
    ordered = made.test[[made.id]].merge(found, on=made.id, how="left", validate="one_to_one")
    labels = sorted(made.train[made.target].unique())
    if (positive := competition.columns.positive) is not None:
        labels = [label for label in labels if label != positive] + [positive]
    columns = [c for c in ordered.columns if c != made.id]
    if len(columns) > 1:
        return _scored(made, labels, ordered[[str(label) for label in labels]].to_numpy())
    values = ordered[columns[0]]
    if METRICS[made.metric].needs == "label":
        return _scored(made, labels, pd.Index(labels).get_indexer(values))
    return _scored(made, labels, values.to_numpy(dtype=np.float64))


def run_lightgbm(made: MadeUp) -> float:
    """LightGBM's defaults on the raw columns."""
    import lightgbm

    columns = [c for c in made.test.columns if c not in (made.id, made.target)]
    both = pd.concat([made.train[columns], made.test[columns]])
    raw = both.select_dtypes(exclude=["number", "bool"]).columns
    both = both.astype(dict.fromkeys(raw, "category"))
    train, test = both.iloc[: len(made.train)], both.iloc[len(made.train) :]
    if "regression" in METRICS[made.metric].tasks:
        model = lightgbm.LGBMRegressor(verbosity=-1, random_state=SEED).fit(train, made.train[made.target])
        return _scored(made, [], np.asarray(model.predict(test)))
    labels = sorted(made.train[made.target].unique())
    codes = pd.Index(labels).get_indexer(made.train[made.target])
    fitted = lightgbm.LGBMClassifier(verbosity=-1, random_state=SEED).fit(train, codes)
    if METRICS[made.metric].needs == "label":
        return _scored(made, labels, np.asarray(fitted.predict(test)))
    probability = np.asarray(fitted.predict_proba(test))
    return _scored(made, labels, probability if len(labels) > 2 else probability[:, 1])


def _scored(made: MadeUp, labels: list[Any], prediction: np.ndarray) -> float:
    from pipeline.declaration.metric import Metric

    truth = made.test[made.target]
    metric = Metric(name=made.metric)
    if labels and "regression" not in METRICS[made.metric].tasks:
        return score(metric, pd.Index(labels).get_indexer(truth), prediction)
    return score(
        metric, truth.to_numpy(dtype=np.float64), np.maximum(prediction, 0) if truth.min() >= 0 else prediction
    )


def run(name: str) -> Result:
    """Make one competition and let both have it."""
    return compare(name, draw(name))


def compare(name: str, made: MadeUp) -> Result:
    """Both scores on the answers kept back."""
    with tempfile.TemporaryDirectory(prefix="podium-automatic-") as folder:
        write_files(made, Path(folder) / "raw")
        start = time.perf_counter()
        podium = run_podium(made, Path(folder))
        minutes = (time.perf_counter() - start) / 60
    return Result(name, made.about, made.metric, podium, run_lightgbm(made), minutes)


def table_of(results: list[Result]) -> Table:
    """The results in a table."""
    table = Table("competition", "what is hard", "metric", "Podium", "LightGBM", "minutes")
    for found in results:
        mark = "" if found.gain > 0 else " (worse)" if found.gain < 0 else " (the same)"
        shown = (f"{found.podium:.4f}{mark}", f"{found.lightgbm:.4f}", f"{found.minutes:.1f}")
        table.add_row(found.name, found.about, found.metric, *shown)
    return table


def main() -> None:
    """Run the named competitions, or all made-up ones, and print the table."""
    results = [run(name) for name in named.chosen(" ".join(sys.argv[1:]), DRAWN, "automatic", "names") or MAKERS]
    Console(width=None if sys.stdout.isatty() else 120).print(table_of(results))


if __name__ == "__main__":
    try:
        main()
    except PodiumError as error:
        raise SystemExit(str(error)) from None
