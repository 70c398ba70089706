"""The contestants: each is a command in a process of its own, whose seconds and memory are taken from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.race.course import ROOT, Course, classes_of, declared_by_new, from_raw
from pipeline.core.tables import read_table
from pipeline.dataset import prediction_array

PEERS = ("autogluon", "flaml", "lightautoml", "mljar")
ENVIRONMENTS = ROOT / ".cache" / "race" / "environments"
HERE = Path(__file__).resolve().parent
# A contestant that has taken so many times its seconds is stopped: it has no result.
PATIENCE = 2.0


@dataclass(frozen=True)
class Run:
    """What one contestant gave.

    Parameters
    ----------
    name : str
        ``podium``, or a peer's name; ``on_features`` where it got Podium's features.
    on_features : bool
        Whether it got Podium's features instead of the raw files.
    seconds : float
        Wall clock, process start included.
    gigabytes : float
        The largest process's peak memory.
    prediction : array or None
        Codes, probabilities or values, as the metric asks for; None where there is none.
    trouble : str
        Why there is none.
    """

    name: str
    on_features: bool
    seconds: float
    gigabytes: float
    prediction: np.ndarray | None
    trouble: str = ""


def podium(course: Course, seconds: int, work: Path, automatic: bool = False) -> Run:
    """Podium's own run on the course's raw files: every stage from the files to the submission.

    Parameters
    ----------
    automatic : bool
        Whether it has no recipe: ``new`` declares the competition from its files, within the seconds.
    """
    name, begun = course.competition.name, time.perf_counter()
    if automatic:
        scratch = declared_by_new(name, course.folder / "raw", metric_of(course), work / "podium")
    else:
        scratch = from_raw(course, work / "podium")
    before = time.perf_counter() - begun if automatic else 0.0
    command = [sys.executable, "-m", "pipeline", "run", name, "--budget", f"{seconds - before:.1f}s"]
    taken, gigabytes, trouble = _timed(command, scratch, seconds, {"COMPETITION_DATA": None})
    if trouble:
        return Run("podium", False, before + taken, gigabytes, None, trouble)
    label, data = course.competition.metric.facts.needs == "label", scratch / "data" / name
    table = read_table(data / "ensemble" / ("decided.parquet" if label else "test.parquet"))
    prediction = _in_order(prediction_array(table), classes_of(data), course.classes, label)
    return Run("podium", False, before + taken, gigabytes, prediction)


def metric_of(course: Course) -> str:
    """The metric as ``new --metric`` takes it."""
    return course.competition.metric.name


def _in_order(prediction: np.ndarray, own: tuple[str, ...], classes: tuple[str, ...], label: bool) -> np.ndarray:
    """Codes or probabilities by the course's order of the labels, out of those by Podium's own."""
    if own == classes:
        return prediction
    if label:
        return np.array([classes.index(name) for name in own])[prediction.astype(int)]
    if prediction.ndim == 1:
        return 1 - prediction
    return prediction[:, [own.index(name) for name in classes]]


def features_of(course: Course, work: Path) -> Path:
    """A peer's folder with the features that Podium's run made, and the target."""
    made, folder = work / "podium" / "data" / course.competition.name / "features", work / "features"
    folder.mkdir()
    target = pd.read_csv(course.folder / "peer" / "train.csv", usecols=[course.competition.columns.target], dtype=str)
    train = read_table(made / "train.parquet")
    rows = train.pop("row_id").to_numpy()
    train[course.competition.columns.target] = target.iloc[:, 0].to_numpy()[rows]
    train.to_csv(folder / "train.csv", index=False)
    read_table(made / "test.parquet").drop(columns="row_id").to_csv(folder / "test.csv", index=False)
    task = json.loads((course.folder / "peer" / "task.json").read_text(encoding="utf-8"))
    (folder / "task.json").write_text(json.dumps({**task, "id": None}), encoding="utf-8")
    return folder


def peer(name: str, course: Course, data: Path, seconds: int, work: Path) -> Run:
    """One AutoML system in its own environment, on the files in ``data``."""
    on_features, python = data != course.folder / "peer", ENVIRONMENTS / name / "bin" / "python"
    if not python.exists():
        return Run(name, on_features, 0.0, 0.0, None, f"is not set up: make race-setup PEERS={name}")
    folder = work / f"{name}{'-features' if on_features else ''}"
    shutil.copytree(data, folder)
    command = [str(python), str(HERE / "peers" / f"run_{name}.py"), str(folder), str(seconds), str(cores())]
    taken, gigabytes, trouble = _timed(command, folder, seconds, {"PYTHONPATH": None})
    if not trouble and not (folder / "predictions.csv").exists():
        trouble = "gave no predictions"
    prediction = None if trouble else _aligned(pd.read_csv(folder / "predictions.csv", dtype=str), course)
    return Run(name, on_features, taken, gigabytes, prediction, trouble)


def _aligned(table: pd.DataFrame, course: Course) -> np.ndarray:
    """A peer's ``label``, class columns or ``value`` as codes, probabilities in the codes' order, or values."""
    if not course.classes:
        return table["value"].to_numpy(dtype=np.float64)
    if course.competition.metric.facts.needs == "label":
        return table["label"].map({label: code for code, label in enumerate(course.classes)}).to_numpy(dtype=np.int64)
    p = table[list(course.classes)].to_numpy(dtype=np.float64)
    return p[:, 1] if len(course.classes) == 2 else p


def _timed(
    command: list[str], folder: Path, seconds: int, environment: dict[str, str | None]
) -> tuple[float, float, str]:
    """Wall-clock seconds, peak memory in GiB of the largest process, and what went wrong."""
    variables = {**os.environ, **{key: value for key, value in environment.items() if value is not None}}
    for key in (key for key, value in environment.items() if value is None):
        variables.pop(key, None)
    start, limit = time.perf_counter(), PATIENCE * seconds + 60
    with (folder / "race.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log, start_new_session=True)
        stop = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        _, status, usage = os.wait4(process.pid, 0)
        stop.cancel()
    taken, code = time.perf_counter() - start, os.waitstatus_to_exitcode(status)
    trouble = f"was stopped after {limit:.0f} s" if code == -signal.SIGKILL else _last_line(folder / "race.log", code)
    return taken, usage.ru_maxrss / 1024**2, trouble if code else ""


def _last_line(log: Path, code: int) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"failed ({code}): {lines[-1][:200] if lines else 'it said nothing'}"


def cores() -> int:
    """The cores that every contestant has."""
    return len(os.sched_getaffinity(0))
