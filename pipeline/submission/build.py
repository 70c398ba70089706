"""Predictions written in the sample's layout: joined on id, in the sample's order, every field as it will be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.declaration.specs import SubmitSpec
from pipeline.submission.labels import UNSEEN
from pipeline.submission.layout import Layout
from pipeline.submission.lint import Rules


def rules_of(spec: SubmitSpec, layout: Layout) -> Rules:
    """What may stand in this competition's submission: probabilities lie in [0, 1], unless ``submit`` is narrower."""
    needs = spec.metric.facts.needs
    if needs == "label":
        return Rules(spec.competition, layout.id, "label", frozenset(layout.labels))
    if needs == "ranking":
        return Rules(spec.competition, layout.id, "ranking", frozenset(layout.labels), most=spec.metric.k)
    low, high = spec.submit.low, spec.submit.high
    if needs == "probability":
        low, high = max(low or 0.0, 0.0), min(1.0 if high is None else high, 1.0)
    return Rules(spec.competition, layout.id, "number", low=low, high=high)


def build(spec: SubmitSpec, layout: Layout, ids: pd.Series, prediction: np.ndarray) -> pd.DataFrame:
    """The submission as texts, in the sample's order; ids that the sample lacks come last, for ``lint`` to find.

    Parameters
    ----------
    ids : Series of texts, of shape (m,)
        The test rows' ids, or their numbers where the files have none.
    prediction : array of shape (m,) or (m, classes)
        Class codes, probabilities or values, row by row with ``ids``.
    """
    texts = fields(spec, layout, prediction)
    if layout.id is None:
        return pd.DataFrame(texts, columns=layout.columns).astype("str")
    columns = {f"p{k}": column for k, column in enumerate(texts.values())}
    frame = pd.DataFrame({"id": ids.astype("str").to_numpy(), **columns})
    place = places(layout, ids)
    known = place < len(layout.sample)
    frame.loc[known, "id"] = layout.sample[layout.id].to_numpy()[place[known]]
    named = frame.iloc[np.argsort(place, kind="stable")].set_axis([layout.id, *texts], axis=1)
    return named[list(layout.sample.columns)].astype("str").reset_index(drop=True)


def places(layout: Layout, ids: pd.Series) -> np.ndarray:
    """Where in the sample each test row stands: int of shape (m,); behind its end, where the sample lacks the id."""
    if layout.id is None:
        return np.arange(len(ids))
    own, wanted = _joinable(ids, layout.sample[layout.id])
    order = pd.Series(np.arange(len(wanted)), index=wanted)
    found = pd.Series(own).map(order[~order.index.duplicated()])
    return found.fillna(len(wanted)).to_numpy(dtype=np.int64)


def _joinable(ids: pd.Series, sample: pd.Series) -> tuple[list[str], list[str]]:
    """Both sides' ids as texts that can be compared: as they are, or as numbers where only their spelling differs."""
    ours, theirs = ids.astype("str").tolist(), sample.astype("str").tolist()
    if set(ours) == set(theirs):
        return ours, theirs
    numbered = [_as_number(text) for text in ours], [_as_number(text) for text in theirs]
    both = [set(side) for side in numbered]
    return numbered if both[0] == both[1] and len(both[0]) == len(set(ours)) else (ours, theirs)


def _as_number(text: str) -> str:
    """A whole number's plain spelling; any other text as it is, without its outer spaces.

    >>> _as_number("007"), _as_number("12.0"), _as_number(" a1 ")
    ('7', '12', 'a1')
    """
    plain = text.strip()
    whole = plain.removesuffix(".0")
    return (whole.lstrip("0") or "0") if whole.isdecimal() else plain


def fields(spec: SubmitSpec, layout: Layout, prediction: np.ndarray) -> dict[str, Sequence[str]]:
    """Each column of predictions as texts; ``prediction`` is of shape (m,) or (m, classes)."""
    needs = spec.metric.facts.needs
    labels = np.array(layout.labels, dtype=object)
    if needs == "label":
        return {layout.columns[0]: labels[prediction.astype(np.int64)].tolist()}
    if needs == "ranking":
        best = np.argsort(-prediction, axis=1, kind="stable")[:, : spec.metric.k]
        return {layout.columns[0]: [" ".join(row) for row in labels[best]]}
    if layout.classes:
        whole = prediction if prediction.ndim > 1 else np.stack([1 - prediction, prediction], axis=1)
        none = np.zeros(len(whole))
        by_column = zip(layout.columns, layout.classes, strict=True)
        return {c: _texts(spec, none if k == UNSEEN else whole[:, k]) for c, k in by_column}
    return {layout.columns[0]: _texts(spec, prediction)}


def _texts(spec: SubmitSpec, values: np.ndarray) -> list[str]:
    """Numbers as texts: with the declared decimals, or as many digits as reading the same number again takes."""
    if spec.submit.clip:
        values = np.clip(values, spec.submit.low, spec.submit.high)
    if spec.metric.name == "rmsle":
        values = np.maximum(values, 0.0)  # as the metric itself takes them
    if spec.submit.decimals is not None:
        return [f"{value:.{spec.submit.decimals}f}" for value in values.tolist()]
    return [repr(value) for value in values.tolist()]
