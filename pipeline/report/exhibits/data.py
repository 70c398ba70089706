"""The data: the target, drift, what is missing, columns against target and test, time, what goes together."""

from __future__ import annotations

from pipeline.evaluation.correlations import MOST_ROWS, TARGET
from pipeline.report import words
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables
from pipeline.report.figures import correlations, data, periods


def data_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Every figure of the part on the data; those that a table has nothing for are left out."""
    shown = _target(tables, facts) + _drift(tables) + _by_level(tables, facts) + _over_time(tables, facts)
    return shown + _together(tables, facts) + _missing(tables)


def _target(tables: Tables, facts: Facts) -> list[Exhibit]:
    table = tables["target"]
    alt = f"Distribution of {facts['target']} over {int(table['rows'].sum())} training rows"
    return [Exhibit("target", data.target(table, facts["target"], facts["transform"] != "identity"), alt)]


def _drift(tables: Tables) -> list[Exhibit]:
    table = tables["drift"]
    if table.empty:
        return []
    first = table.iloc[0]
    alt = f"Drift by column; {first['column']} moves most, with a PSI of {first['psi']:.3f}"
    return [Exhibit("drift", data.drift(table), alt)]


def _by_level(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Columns by class or over the target, as they are spread and level by level, and train against test."""
    levels, shown = tables["levels"], []
    names = list(dict.fromkeys(levels["column"]))
    if len(spread := tables["distributions"]):
        alt = f"Distributions of {words.listing(list(dict.fromkeys(spread['column'])))} by "
        alt += f"third of {facts['target']}" if facts["task"] == "regression" else "class"
        shown.append(Exhibit("distributions", data.distributions(spread), alt, _sampled(facts)))
    if levels["target"].notna().any():
        own, outcome = levels[levels["column"] == names[0]], _outcome(facts)
        whole = float((own["target"] * own["train"]).sum())
        alt = f"{outcome} by level of {words.listing(names)}"
        shown.append(Exhibit("over-target", data.over_target(levels, outcome, whole), alt))
    if len(tables["class_levels"]):
        alt = f"Shares of the classes by level of {words.listing(names)}"
        shown.append(Exhibit("class-levels", data.classes_by_level(tables["class_levels"]), alt))
    alt = f"Shares of training and test rows by level of {words.listing(names)}"
    return [*shown, Exhibit("train-and-test", data.train_and_test(levels), alt)]


def _over_time(tables: Tables, facts: Facts) -> list[Exhibit]:
    table = tables["periods"]
    if table.empty:
        return []
    names = list(dict.fromkeys(table["column"]))
    told = len(facts["classes"]) <= 2  # the mean of more classes is none
    figure = periods.over_time(table, _outcome(facts) if told else "")
    alt = f"{'The target and the rows' if told else 'The rows'} over {words.listing(names)}"
    start = {"start": "Above, the target with one standard error; below, where" if told else "Where"}
    return [Exhibit("over-time", figure, alt, wide=True, names=start)]


def _together(tables: Tables, facts: Facts) -> list[Exhibit]:
    shown = []
    more = _sampled(facts)
    for name, value, draw in (
        ("correlations", "correlation", correlations.correlations),
        ("associations", "association", correlations.associations),
    ):
        table = tables[name]
        apart = table[table["column"] < table["other"]].dropna(subset=value)
        if apart.empty:
            continue
        top = apart.iloc[int(apart[value].abs().argmax())]
        both = [facts["target"] if side == TARGET else side for side in (top["column"], top["other"])]
        alt = f"{value.capitalize()}s of {table['column'].nunique()} columns; the strongest is of {both[0]} and "
        shown.append(Exhibit(name, draw(table, facts["target"]), f"{alt}{both[1]}, {top[value]:.2f}", more))
    return shown


def _missing(tables: Tables) -> list[Exhibit]:
    moved = tables["drift"]
    gaps = moved[moved[["missing_train", "missing_test"]].max(axis=1) > 0]
    if gaps.empty:
        return []
    return [Exhibit("missing", data.missing(gaps), f"Missing values of {len(gaps)} columns in training and test rows")]


def _outcome(facts: Facts) -> str:
    return f"Mean {facts['target']}" if facts["task"] == "regression" else f"Share of {facts['classes'][-1]}"


def _sampled(facts: Facts) -> str:
    return f" Of {MOST_ROWS:,} rows at even distances." if facts["rows"]["train"] > MOST_ROWS else ""
