"""``python -m benchmarks.predicting``: how fast a finished run predicts new rows, in bulk and one by one.

A run with one LightGBM of 200 trees, five folds, 20 numbers and a category, made from a seed; then 200,000 new rows
from a CSV file to a CSV file, the parts of that, and single rows once the run is loaded.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from pipeline.core.paths import Paths
from pipeline.serving.file import predict_file
from pipeline.serving.predictor import Predictor
from tests.toy import run_stages, write_toy

STAGES = ("plan", "fetch", "clean", "features", "split", "select", "oversample", "tune", "train", "ensemble", "submit")
ROWS, TRAINED, COLUMNS = 200_000, 20_000, 20
MODEL = {"lightgbm": {"n_estimators": 200, "early_stopping_rounds": None}}


def rows_of(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows without their target: ``id``, the numbers and ``kind``."""
    frame = pd.DataFrame(rng.normal(size=(count, COLUMNS)).round(4), columns=[f"v{k}" for k in range(COLUMNS)])
    frame["kind"] = rng.choice(list("abcd"), count)
    frame.insert(0, "id", np.arange(count))
    return frame


def finished_run(root: Path, rng: np.random.Generator, trained: int = TRAINED) -> Paths:
    """A whole run under ``root``, as far as the submission."""
    train, test = rows_of(trained, rng), rows_of(1000, rng).assign(y=0)
    train["y"] = ((train["v0"] + train["v1"] * train["v2"] + rng.normal(size=trained)) > 0).astype(int)
    paths = write_toy(root, "binary", "auc", (train, test), models=MODEL, split={"kind": "stratified", "folds": 5})
    run_stages(paths, *STAGES)
    return paths


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """What a piece of work takes, and what it gives."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def measure(root: Path, rows: int = ROWS, trained: int = TRAINED) -> dict[str, float]:
    """Seconds by part; ``a row`` is the median of twenty single ones."""
    rng = np.random.default_rng(7)
    paths = finished_run(root, rng, trained)
    new = rows_of(rows, rng)
    new.to_csv(root / "new.csv", index=False)
    loading, predictor = seconds(lambda: Predictor.load(paths.competition, root))
    whole, _ = seconds(lambda: predict_file(predictor, root / "new.csv", root / "out.csv"))
    texts = new.astype("str")
    cleaning, cleaned = seconds(lambda: predictor.clean(texts))
    featuring, features = seconds(lambda: predictor.featurizer.features(cleaned))
    fold = next(iter(predictor.members.values()))[0]
    one_model, _ = seconds(lambda: fold.predict(features))
    row = median(seconds(lambda place=place: predictor.predict(texts.iloc[[place]]))[0] for place in range(20))
    return {
        "load the run": loading,
        "file to file": whole,
        "clean": cleaning,
        "features": featuring,
        "one of the five fold models": one_model,
        "a row, loaded": row,
    }


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="podium-predicting-") as folder:
        found = measure(Path(folder))
    table = Table("part", "seconds", "rows a second")
    for part, taken in found.items():
        count = {"load the run": 0, "a row, loaded": 1}.get(part, ROWS)
        table.add_row(part, f"{taken:.3f}", f"{count / taken:,.0f}" if count else "")
    Console().print(table)


if __name__ == "__main__":
    main()
