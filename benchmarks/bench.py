"""`make bench`: start-up, the cost of doing nothing, overheads, and ratios to the same work by hand.

Figures are medians over a few runs, on the machine at hand; ratios travel, seconds do not.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.toy import run_stages, toy_frame, write_toy

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3
STAGES = (
    "plan",
    "fetch",
    "clean",
    "features",
    "audit",
    "split",
    "select",
    "oversample",
    "ensemble",
    "evaluate",
    "submit",
)
MODELS = ("linear", "random_forest", "xgboost", "lightgbm", "mlp")
SMALL = {
    "linear": {},
    "random_forest": {"n_estimators": 5},
    "xgboost": {"n_estimators": 5},
    "lightgbm": {"n_estimators": 5},
    "mlp": {"max_epochs": 1},
}
# The third-party modules that a finished stage has loaded: what its start-up is held against.
LIST_MODULES = (
    "import sys, json, runpy; sys.argv = ['pipeline', *{words!r}]\n"
    "try: runpy.run_module('pipeline', run_name='__main__')\n"
    "except SystemExit: pass\n"
    "own = [m for m in sys.modules if not m.startswith(('pipeline', '__'))]\n"
    "print(json.dumps(own))"
)
# Some names in sys.modules are aliases that no import statement finds: they cost nothing and are passed over.
IMPORT_MODULES = (
    "import importlib, json, sys\n"
    "for name in json.load(open({path!r})):\n"
    "    try: importlib.import_module(name)\n"
    "    except Exception: pass\n"
)


def seconds(command: list[str], folder: Path, runs: int = RUNS) -> float:
    """The median wall-clock of a command, in seconds, after one run to warm the disk's cache."""
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment())
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def environment() -> dict[str, str]:
    """This environment, with this interpreter's folder first and the project importable."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


def small_project(folder: Path, rows: int = 60) -> None:
    """A copy of the code with a toy competition, run once."""
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    train, test = toy_frame("binary", rows, seed=1), toy_frame("binary", 20, seed=2)
    paths = write_toy(folder, "binary", "auc", (train, test), models=SMALL, split={"folds": 2})
    run_stages(paths, "plan", *[s for s in STAGES[1:8]], "tune", "train", *STAGES[8:])


def start_up(folder: Path) -> list[tuple[str, float, float]]:
    """Each stage's seconds on a toy of 60 rows, and those of importing the same libraries."""
    lines = []
    calls = [(stage,) for stage in STAGES] + [("tune", "linear")] + [("train", model) for model in MODELS]
    for stage, *model in calls:
        words = [stage, "toy", *model]
        listed = subprocess.run(
            [sys.executable, "-c", LIST_MODULES.format(words=words)],
            cwd=folder, check=True, capture_output=True, text=True, env=environment(),
        ).stdout.splitlines()[-1]  # fmt: skip
        path = folder / "modules.json"
        path.write_text(json.dumps(json.loads(listed)))
        whole = seconds([sys.executable, "-m", "pipeline", *words], folder)
        imports = seconds([sys.executable, "-c", IMPORT_MODULES.format(path=str(path))], folder)
        lines.append((" ".join([stage, *model]), whole, imports))
    return lines


def nothing_to_do() -> float:
    """Seconds of `dvc repro` for the demo competition with everything up to date."""
    command = ["dvc", "repro", "competitions/breast-cancer/dvc.yaml"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment())
    return seconds(command, ROOT)


def overhead(competition: str) -> tuple[float, float]:
    """Seconds of a competition's whole chain, forced, and those of them spent fitting and predicting."""
    command = [sys.executable, "-m", "pipeline", "run", competition, "--force"]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment())
    whole = time.perf_counter() - start
    timings = [json.loads(path.read_text()) for path in (ROOT / "data" / competition / "train").glob("*/timing.json")]
    members = [timing for model in timings for timing in model.values()]
    return whole, sum((t["seconds"] + t["without_resampling"]) / t["side_by_side"] for t in members)


def by_hand(folder: Path, model: str, rows: int) -> tuple[float, float]:
    """Seconds of a 5-fold train stage, and of the same folds by hand in a script of its own."""
    train, test = toy_frame("binary", rows, seed=1), toy_frame("binary", rows // 5, seed=2)
    settings = {model: {"n_estimators": 150, "early_stopping_rounds": 150}}
    paths = write_toy(folder, "binary", "auc", (train, test), models=settings)
    run_stages(paths, "plan", "fetch", "clean", "features", "split", "select", "oversample", "tune")
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    ours, theirs = [], []
    for _ in range(RUNS):
        shutil.rmtree(folder / ".cache", ignore_errors=True)
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pipeline", "train", "toy", model],
            cwd=folder, check=True, capture_output=True, env=environment(),
        )  # fmt: skip
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        script = [sys.executable, str(ROOT / "benchmarks" / "by_hand.py"), str(folder), model]
        subprocess.run(script, cwd=folder, check=True, capture_output=True, env=environment())
        theirs.append(time.perf_counter() - start)
    return statistics.median(ours), statistics.median(theirs)


def main() -> None:
    """Print one table a question."""
    console = Console(width=100)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small_project(folder)
        table = Table(
            "stage", "seconds", "imports alone", "above", title="Start-up, on a toy of 60 rows (at most 0.3 above)"
        )
        for label, whole, imports in start_up(folder):
            table.add_row(label, f"{whole:.2f}", f"{imports:.2f}", f"{whole - imports:+.2f}")
        console.print(table)
    table = Table("question", "figure", "to reach")
    table.add_row("dvc repro with nothing to do, breast-cancer", f"{nothing_to_do():.2f} s", "3 s")
    for competition in ("breast-cancer", *([] if not os.environ.get("COMPETITION_DATA") else ["titanic"])):
        whole, fitting = overhead(competition)
        share = 1 - fitting / whole
        table.add_row(f"{competition}, all stages forced", f"{whole:.1f} s, {share:.0%} not in fitting", "")
    for model in ("xgboost", "lightgbm"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
            ours, theirs = by_hand(folder, model, rows=50_000)
            table.add_row(
                f"5-fold {model}, 50 000 rows, over by hand",
                f"{ours:.1f} / {theirs:.1f} s = {ours / theirs:.2f}",
                "1.15",
            )
    console.print(table)


if __name__ == "__main__":
    main()
