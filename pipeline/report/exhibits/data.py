"""The data: the target, drift, what is missing, and columns against the target and the test."""

from __future__ import annotations

from pipeline.report import words
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables
from pipeline.report.figures import data


def data_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """The target, the columns against it and against the test, drift and what is missing."""
    table, levels, moved = tables["target"], tables["levels"], tables["drift"]
    names, rows = list(dict.fromkeys(levels["column"])), int(table["rows"].sum())
    alt = f"Distribution of {facts['target']} over {rows} training rows"
    figure = data.target(table, facts["target"], facts["transform"] != "identity")
    shown = [Exhibit("target", figure, alt)]
    if len(moved):
        first = moved.iloc[0]
        alt = f"Drift by column; {first['column']} moves most, with a PSI of {first['psi']:.3f}"
        shown.append(Exhibit("drift", data.drift(moved), alt))
    if levels["target"].notna().any():
        own = levels[levels["column"] == names[0]]
        whole = float((own["target"] * own["train"]).sum())
        outcome = f"Mean {facts['target']}" if facts["task"] == "regression" else f"Share of {facts['classes'][-1]}"
        alt = f"{outcome} by level of {words.listing(names)}"
        shown.append(Exhibit("over-target", data.over_target(levels, outcome, whole), alt))
    alt = f"Shares of training and test rows by level of {words.listing(names)}"
    shown.append(Exhibit("train-and-test", data.train_and_test(levels), alt))
    gaps = moved[moved[["missing_train", "missing_test"]].max(axis=1) > 0]
    if len(gaps):
        alt = f"Missing values of {len(gaps)} columns in training and test rows"
        shown.append(Exhibit("missing", data.missing(gaps), alt, wide=len(shown) % 2 == 0))
    return shown
