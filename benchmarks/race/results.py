"""What a race gives: scores with bootstrap intervals, paired differences from Podium, lines of a file, a table."""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.race.contestants import Run
from benchmarks.race.course import Course
from pipeline.core.errors import PodiumError
from pipeline.metrics import score

FILE = Path(__file__).resolve().parent / "results.jsonl"
DRAWS = 1000
MOST_SAID = 60  # letters of a trouble in the table; the file has all of it


def judge(course: Course, runs: Iterable[Run], seconds: int) -> list[dict[str, Any]]:
    """A line for each run: score, interval, and the difference from Podium over the same bootstrap draws.

    Returns
    -------
    list of dict
        ``score``, ``low`` and ``high`` (95 % of the draws), ``error_ratio`` (the run's error, or 1 - score, under
        Podium's: above 1 Podium is ahead), ``behind`` and ``behind_se`` (how much worse than Podium, in the metric).
    """
    runs = list(runs)
    drawn = {key: _draws(course, run.prediction) for key, run in _keyed(runs) if run.prediction is not None}
    own = drawn.get(("podium", False))
    lines = []
    for key, run in _keyed(runs):
        line = _facts(course, run, seconds)
        if key in drawn:
            line |= _figures(course, drawn[key], own)
        lines.append(line)
    return lines


def _keyed(runs: Iterable[Run]) -> Iterable[tuple[tuple[str, bool], Run]]:
    return [((run.name, run.on_features), run) for run in runs]


def _facts(course: Course, run: Run, seconds: int) -> dict[str, Any]:
    return {
        "competition": course.competition.name,
        "metric": course.competition.metric.label,
        "contestant": run.name,
        "files": "Podium's features" if run.on_features else "raw",
        "budget": seconds,
        "seconds": round(run.seconds, 1),
        "gigabytes": round(run.gigabytes, 2),
        "rows": course.rows,
        "held_out": len(course.y),
        "trouble": run.trouble,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def _draws(course: Course, prediction: np.ndarray) -> np.ndarray:
    """The score on all rows, then on ``DRAWS`` bootstrap draws of them, the same draws for every run."""
    metric, y, classes = course.competition.metric, course.y, len(course.classes) or None
    rng = np.random.default_rng(1)
    found = [score(metric, y, prediction, classes=classes)]
    for _ in range(DRAWS):
        rows = rng.integers(0, len(y), len(y))
        try:
            found.append(score(metric, y[rows], prediction[rows], classes=classes))
        except PodiumError:
            found.append(np.nan)
    return np.array(found)


def _figures(course: Course, drawn: np.ndarray, own: np.ndarray | None) -> dict[str, Any]:
    low, high = np.nanquantile(drawn[1:], [0.025, 0.975])
    figures: dict[str, Any] = {"score": float(drawn[0]), "low": float(low), "high": float(high)}
    if own is not None:
        more = course.competition.metric.greater_is_better
        behind = own - drawn if more else drawn - own
        errors = (1 - own[0], 1 - drawn[0]) if more else (own[0], drawn[0])
        figures |= {
            "behind": float(behind[0]),
            "behind_se": float(np.nanstd(behind[1:])),
            "error_ratio": float(errors[0] / errors[1]) if errors[1] else float("nan"),
        }
    return {key: round(value, 5) for key, value in figures.items()}


def append(lines: Iterable[dict[str, Any]], file: Path = FILE) -> None:
    """Add lines to the file; nothing is ever taken out of it."""
    with file.open("a", encoding="utf-8") as open_file:
        open_file.writelines(json.dumps(line) + "\n" for line in lines)


def read(file: Path = FILE) -> list[dict[str, Any]]:
    """All lines, oldest first; none where no race was run."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def latest(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last line of each kind of race and contestant: recipes first, a competition's races together, short first."""
    keys = ("competition", "budget", "contestant", "files")
    keyed = {(*(line[key] for key in keys), line.get("recipe", True)): line for line in lines}
    names = list(dict.fromkeys(line["competition"] for line in keyed.values()))

    def place(line: dict[str, Any]) -> tuple[bool, int, int, bool]:
        own = line["contestant"] == "podium"
        return not line.get("recipe", True), names.index(line["competition"]), line["budget"], not own

    return sorted(keyed.values(), key=place)


def markdown(lines: Iterable[dict[str, Any]]) -> str:
    """The table for ``benchmarks/README.md``."""
    named = ["competition", "metric", "contestant", "files", "score (95 %)", "behind Podium"]
    head = f"| {' | '.join([*named, 'error, Podium over it', 'seconds', 'GiB'])} |"
    rows = [head, "|---|---|---|---|---|---|---|---|---|"]
    for line in lines:
        if line["trouble"]:
            found = [f"none: {_short(line['trouble'])}", "", ""]
        else:
            compared = line["contestant"] != "podium" and "behind" in line
            gap = f"{line['behind']:+.4f} ± {line['behind_se']:.4f}" if compared else ""
            ratio = f"{line['error_ratio']:.3f}" if compared else ""
            found = [f"{line['score']:.4f} ({line['low']:.4f} to {line['high']:.4f})", gap, ratio]
        bare = line["contestant"] == "podium" and not line.get("recipe", True)
        name = "podium, no recipe" if bare else line["contestant"]
        cells = [line["competition"], line["metric"], name, line["files"], *found]
        rows.append(f"| {' | '.join(cells)} | {line['seconds']:.0f} of {line['budget']} | {_memory(line)} |")
    return "\n".join(rows)


def _short(trouble: str) -> str:
    return trouble if len(trouble) <= MOST_SAID else f"{trouble[:MOST_SAID].rstrip()}…"


def _memory(line: dict[str, Any]) -> str:
    return f"{line['gigabytes']:.1f}" if line.get("gigabytes") else ""
