"""The study as a Markdown table, and its place between two markers in the competition's README."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.imbalance.methods import NONE, WORDS
from pipeline.imbalance.scores import MAIN

START, END = "<!-- imbalance: start -->", "<!-- imbalance: end -->"
_MINUS = "\N{MINUS SIGN}"
_PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


def table(summary: pd.DataFrame, precision: float) -> str:
    """The table, a row for each model and method that was made; refused methods are named under it.

    Parameters
    ----------
    summary : DataFrame
        As ``scores.summary`` gives it.
    precision : float
        At which recall was taken.
    """
    heads = [
        "model",
        "method",
        "average precision",
        "difference from nothing",
        "the wrong way claims",
        "ROC AUC",
        "log loss, raw",
        "log loss, prior back",
        "F1",
        "MCC",
        f"recall at precision {precision:g}",
        "seconds",
    ]
    lines = [_line(heads), _line(["---", "---", *["--:"] * (len(heads) - 2)])]
    for row in summary[summary["refused"] == ""].to_dict("records"):
        lines.append(_line(_cells({str(key): value for key, value in row.items()})))
    return "\n".join([*lines, *_refusals(summary)])


def _cells(row: Mapping[str, Any]) -> list[str]:
    difference = _pair(row[f"{MAIN}_difference"], row[f"{MAIN}_difference_se"], sign=True)
    return [
        row["model"],
        WORDS[row["method"]],
        _pair(row[MAIN], row[f"{MAIN}_se"]),
        "" if row["method"] == NONE else difference,
        _number(row[f"{MAIN}_claimed"], 3),
        _number(row["auc"], 4),
        _number(row["log_loss_before"], 4),
        _number(row["log_loss"], 4),
        _number(row["f1"], 3),
        _number(row["mcc"], 3),
        _number(row["recall_at_precision"], 3),
        _number(row["seconds"], 1),
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _refusals(summary: pd.DataFrame) -> list[str]:
    reasons = summary.loc[summary["refused"] != "", ["method", "refused"]].drop_duplicates()
    told = [f"{WORDS[method]}: {reason}" for method, reason in reasons.itertuples(index=False)]
    return ["", "Not made: " + "; ".join(told) + "."] if told else []


def _number(value: float, decimals: int) -> str:
    return "" if not math.isfinite(value) else f"{value:.{decimals}f}".replace("-", _MINUS)


def _pair(value: float, error: float, sign: bool = False) -> str:
    if not math.isfinite(value):
        return ""
    number = f"{value:+.4f}" if sign else f"{value:.4f}"
    told = f" {_PLUS_MINUS} {error:.4f}" if math.isfinite(error) else ""
    return number.replace("-", _MINUS) + told


def put_between_markers(readme: Path, content: str, competition: str, markers: tuple[str, str] = (START, END)) -> bool:
    """Replace what stands between the markers; False where the README has none, or is not there.

    Raises
    ------
    PodiumError
        Where only one of the markers is there, or the second comes first.
    """
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    opening, closing = markers
    if opening not in text and closing not in text:
        return False
    before, start, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not (start and end):
        raise PodiumError(competition, readme.name, f"must have {opening} and, after it, {closing}")
    readme.write_text(f"{before}{opening}\n\n{content}\n\n{closing}{after}", encoding="utf-8")
    return True
