"""A member's explanation: permutation importance, partial dependence and contributions, each as a table.

Every fold's stored model is asked about a bounded sample of the rows that it was not fitted on, so the answers cost
seconds however many rows there are, and none of them comes from rows that the model has seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.decisions import Decision
from pipeline.evaluation.scored import Scored
from pipeline.explaining.contributions import contributions
from pipeline.explaining.questions import Grid, asked_together, grid_of, set_to, shuffled
from pipeline.explaining.sample import sampled
from pipeline.fitting.foldmodel import FoldModel
from pipeline.folds import Folds
from pipeline.metrics import score

SHUFFLED, GRIDDED, KEPT = 12, 6, 20
MOST_ASKED, MOST_SET, MOST_SHARED = 1000, 60, 120
LIGHT = 500_000  # bytes of a stored model, beyond which fewer rows are asked


@dataclass(frozen=True)
class Subject:
    """What is explained, and on which rows.

    Parameters
    ----------
    member : str
        Its name.
    folder : Path
        Its fold models' folders.
    frame : DataFrame
        The training rows' features, in the order of ``folds``.
    scored : Scored
        The truth and the metric.
    folds : Folds
    decision : Decision
        What makes labels of predictions, for a metric of labels.
    seed : int
    told : bool
        Whether its trees tell contributions.
    """

    member: str
    folder: Path
    frame: pd.DataFrame
    scored: Scored
    folds: Folds
    decision: Decision
    seed: int
    told: bool


@dataclass(frozen=True)
class Asked:
    """One fold's model, and the rows that it is asked about: their positions, and how many rows each stands for."""

    fold: int
    model: FoldModel
    rows: np.ndarray
    weight: np.ndarray
    most: float


def explain(subject: Subject, leading: list[str]) -> dict[str, pd.DataFrame]:
    """The tables ``permutation``, ``partial`` and, where the model can tell, ``contributions``.

    Parameters
    ----------
    subject : Subject
    leading : list of str
        The features to ask about, the most important first.

    Returns
    -------
    dict of str to DataFrame
        ``permutation``: ``column``, ``loss`` (what the score loses, positive where shuffling hurts), ``se``, ``folds``,
        ``member``.
        ``partial``: ``column``, ``position``, ``value`` (NaN for a level), ``level`` (empty for a number), ``label``
        (empty but for several classes), ``fold``, ``prediction``.
        ``contributions``: ``row_id``, ``fold``, ``column``, ``value``, ``level``, ``contribution``, for what
        contributes most; ``other columns`` and ``start`` (what is predicted where nothing is known) complete each row.
    """
    grids = [grid for grid in (grid_of(subject.frame[name]) for name in leading[:GRIDDED]) if len(grid.values) > 1]
    losses, partial, shares = [], [], []
    for asked in _asked(subject):
        losses.append(_losses(subject, asked, leading[:SHUFFLED]))
        partial.append(_partial(subject, asked, grids))
        shares.append(_shares(subject, asked))
    tables = {
        "permutation": permutation_table(pd.concat(losses)).assign(member=subject.member),
        "partial": pd.concat(partial, ignore_index=True),
    }
    return tables | ({"contributions": _led(pd.concat(shares))} if subject.told else {})


def permutation_table(losses: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard error over folds, the costliest column first; no fold where the metric is undefined."""
    grouped = losses.dropna(subset="loss").groupby("column", sort=False)["loss"]
    table = grouped.agg(loss="mean", sd="std", folds="size").reset_index()
    table["se"] = (table.pop("sd") / np.sqrt(table["folds"])).fillna(0.0)
    return table.sort_values(["loss", "column"], ascending=[False, True], ignore_index=True)


def _asked(subject: Subject) -> Iterator[Asked]:
    """The first repeat's folds one after another; fewer rows each, the larger the stored models."""
    names = [fold for fold in subject.folds if fold.name.startswith("r0") and (subject.folder / fold.name).is_dir()]
    for number, fold in enumerate(names):
        folder = subject.folder / fold.name
        size = sum(path.stat().st_size for path in folder.glob("model-*"))
        most = min(1.0, LIGHT / max(size, 1)) * 5 / max(len(names), 5)
        draw = np.random.default_rng(derive(subject.seed, "explain", fold.name))
        count = max(40, int(MOST_ASKED * most))
        rows, weight = sampled(subject.scored.target[fold.valid], count, draw, len(subject.scored.classes))
        yield Asked(number, FoldModel.load(folder), fold.valid[rows], weight, most)


def _losses(subject: Subject, asked: Asked, columns: list[str]) -> pd.DataFrame:
    """What each column's shuffling costs on this fold's rows; NaN where the metric is undefined on them."""
    frame, y = subject.frame.iloc[asked.rows], subject.scored.target[asked.rows]
    draw = np.random.default_rng(derive(subject.seed, "shuffle", asked.model.name))
    frames = [frame, *(shuffled(frame, column, draw) for column in columns)]
    predicted = asked.model.predict(asked_together(frames))
    scores = [_score(subject, y, part, asked.weight) for part in np.split(predicted, len(frames))]
    sign = 1 if subject.scored.metric.greater_is_better else -1
    lost = [sign * (scores[0] - other) for other in scores[1:]]
    return pd.DataFrame({"column": pd.Series(columns, dtype="str"), "loss": lost}).assign(fold=asked.fold)


def _score(subject: Subject, y: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    labels = subject.scored.metric.facts.needs == "label"
    with suppress(PodiumError):
        decided = subject.decision.apply(prediction) if labels else prediction
        return score(subject.scored.metric, y, decided, weight, classes=len(subject.scored.classes) or None)
    return float("nan")


def _partial(subject: Subject, asked: Asked, grids: list[Grid]) -> pd.DataFrame:
    """The mean prediction of a few rows with one column at each of its values."""
    names = ("column", "position", "value", "level", "label", "fold", "prediction")
    points = [(grid, place, value) for grid in grids for place, value in enumerate(grid.values)]
    if not points:
        return pd.DataFrame(columns=list(names))
    few = slice(None, None, max(1, len(asked.rows) // max(10, int(MOST_SET * asked.most))))
    frame, weight = subject.frame.iloc[asked.rows[few]], asked.weight[few]
    predicted = asked.model.predict(asked_together([set_to(frame, grid.column, value) for grid, _, value in points]))
    means = [np.average(part, axis=0, weights=weight) for part in np.split(predicted, len(points))]
    labels = subject.scored.classes if predicted.ndim > 1 else ("",)
    lines = [
        (grid.column, place, value if grid.numeric else np.nan, "" if grid.numeric else value, label, asked.fold, mean)
        for (grid, place, value), by_label in zip(points, means, strict=True)
        for label, mean in zip(labels, np.atleast_1d(by_label), strict=True)
    ]
    return pd.DataFrame(lines, columns=list(names)).astype({"value": "float64", "level": "str", "label": "str"})


def _shares(subject: Subject, asked: Asked) -> pd.DataFrame:
    """Each row's contributions, of the class it is given where there are several; none of a model that cannot tell."""
    if not subject.told:
        return pd.DataFrame()
    few = slice(None, None, max(1, len(asked.rows) // max(20, int(MOST_SHARED * asked.most))))
    rows = asked.rows[few]
    X = asked.model.preprocessor.transform(subject.frame.iloc[rows])
    whole = contributions(asked.model, X)
    own = whole[np.arange(len(rows)), whole.sum(axis=2).argmax(axis=1)]
    names = [*X.columns, "start"]
    parts = [_column(X, name, own[:, place]) for place, name in enumerate(names)]
    table = pd.concat([part.assign(row_id=subject.folds.row_id[rows]) for part in parts], ignore_index=True)
    return table.assign(fold=asked.fold)


def _column(X: pd.DataFrame, name: str, contribution: np.ndarray) -> pd.DataFrame:
    known: Mapping[str, Any] = {"value": np.nan, "level": ""}
    if name in X:
        category = isinstance(X[name].dtype, pd.CategoricalDtype)
        known = {"level": X[name].astype("str").fillna("missing").to_numpy()} if category else {"value": X[name]}
    frame = pd.DataFrame({"column": name, "value": np.nan, "level": "", "contribution": contribution})
    return frame.assign(**{key: np.asarray(values) for key, values in known.items()})


def _led(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that contribute most, the largest first; the others in one."""
    size = table[table["column"] != "start"].assign(size=lambda t: t["contribution"].abs())
    mean = size.groupby("column")["size"].mean().reset_index().sort_values(["size", "column"], ascending=[False, True])
    order = [*mean["column"].head(KEPT), "other columns", "start"]
    rest = ~table["column"].isin(order)
    table = table.assign(
        column=table["column"].where(~rest, "other columns"),
        value=table["value"].where(~rest),
        level=table["level"].where(~rest, ""),
    )
    keys = ["row_id", "fold", "column"]
    table = table.groupby(keys, sort=False).agg(value=("value", "first"), level=("level", "first"),
                                                contribution=("contribution", "sum")).reset_index()  # fmt: skip
    place = table["column"].map({name: number for number, name in enumerate(order)})
    table = table.assign(place=place).sort_values(["place", "row_id"], ignore_index=True).drop(columns="place")
    return table.astype({"value": "float64", "level": "str", "column": "str"})
