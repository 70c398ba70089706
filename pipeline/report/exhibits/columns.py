"""Columns: importance and selection; permutation importance, contributions and partial dependence of a member."""

from __future__ import annotations

import pandas as pd

from pipeline.report import words
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables, unit_of
from pipeline.report.figures import columns, explained


def column_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Importance, and how steady selection is."""
    shown = []
    if len(tables["importance"]):
        figure = columns.importance(tables["importance"], facts["models"])
        alt = f"Importance by column, led by {words.listing(facts['drivers'])}"
        shown.append(Exhibit("importance", figure, alt, wide="stability" not in tables))
    if "stability" in tables:
        table = tables["stability"]
        alt = f"{(table['share'] == 1).sum()} of {len(table)} columns were kept in every fold"
        shown.append(Exhibit("stability", columns.stability(table), alt))
    return shown


def explained_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Permutation importance, contributions and partial dependence; none where no fold models are kept."""
    if "permutation" not in tables:
        return []
    table = tables["permutation"]
    first = table.iloc[0]
    alt = f"Loss of {facts['metric']} by shuffled column; {first['column']} costs most, {first['loss']:.3g}"
    shown = [Exhibit("permutation", explained.permutation(table, facts["metric"]), alt)] if len(table) else []
    if "contributions" in tables:
        shown += _contributions(tables["contributions"], facts)
    if len(tables["partial"]):
        names = list(dict.fromkeys(tables["partial"]["column"]))
        figure = explained.partial(tables["partial"], names, _outcome(facts))
        shown.append(Exhibit("partial", figure, f"Mean prediction over the values of {words.listing(names)}"))
    return shown


def _contributions(table: pd.DataFrame, facts: Facts) -> list[Exhibit]:
    """Contributions in sum, over the values of a column, and of the one row that is told apart the most."""
    unit, names = _raw(facts), explained.leading(table)
    row = int(_extreme_row(table))
    return [
        Exhibit("contributions", explained.summary(table, unit), f"Contributions by column, led by {names[0]}"),
        Exhibit(
            "dependence",
            explained.dependence(table, unit, names[:6]),
            f"Contributions over the values of {words.listing(names[:6])}",
        ),
        Exhibit(
            "one-row",
            explained.one_row(table, row, unit),
            f"How the prediction of row {row} comes about, column by column",
            names={"row": str(row)},
        ),
    ]


def _extreme_row(table: pd.DataFrame) -> int:
    """The row whose prediction lies furthest from where all rows start."""
    sums = table[table["column"] != "start"].groupby("row_id")["contribution"].sum()
    return int(sums.index[int(sums.abs().argmax())])


def _raw(facts: Facts) -> str:
    """What trees add up."""
    if facts["task"] == "regression":
        return unit_of(facts)
    return f"log odds of {facts['classes'][-1]}" if len(facts["classes"]) == 2 else "raw score of the class given"


def _outcome(facts: Facts) -> str:
    if facts["task"] == "regression":
        return f"Mean prediction of {facts['target']}"
    return f"Mean probability of {facts['classes'][-1]}" if len(facts["classes"]) == 2 else "Mean probability"
