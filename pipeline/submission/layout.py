"""The layout of a submission: its columns, its rows' order, how its labels are spelled."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.dataset import Schema
from pipeline.declaration.specs import SubmitSpec
from pipeline.submission.labels import UNSEEN, match_classes, spell


@dataclass(frozen=True)
class Layout:
    """What a submission looks like.

    Parameters
    ----------
    sample : DataFrame of texts
        The sample submission; where there is none, the test ids with empty predictions.
    id : str or None
        The column of ids; None where the sample has none, and its rows are the test file's.
    columns : list of str
        The columns of predictions.
    classes : list of int
        Where each class has a column: the class code of each of ``columns``, ``UNSEEN`` for a class that no training
        row has. Else empty.
    labels : list of str
        The labels by class code, as the submission spells them.
    parts : DataFrame or None
        The sample as the competition ships it, by its id, where several columns make the id; ``sample`` has the id.
    """

    sample: pd.DataFrame
    id: str | None
    columns: list[str]
    classes: list[int]
    labels: list[str]
    parts: pd.DataFrame | None = None

    @property
    def unseen(self) -> list[str]:
        """The columns of classes that no training row has."""
        return [c for c, k in zip(self.columns, self.classes, strict=False) if k == UNSEEN]


def make_sample(spec: SubmitSpec, schema: Schema, ids: pd.Series) -> pd.DataFrame:
    """A sample for a competition that ships none: the ids, and a column named as the target, or one for each class."""
    columns = [schema.target]
    if spec.metric.facts.needs == "probability" and schema.class_count > 2:
        columns = [spell(label) for label in schema.classes]
    name = schema.id or "id"
    return pd.DataFrame({name: ids.to_numpy(), **dict.fromkeys(columns, "")}).astype("str")


def read_layout(spec: SubmitSpec, schema: Schema, sample: pd.DataFrame) -> Layout:
    """What a sample submission says.

    Raises
    ------
    PodiumError
        Where its columns fit neither one prediction nor one for each class.
    """
    names = list(sample.columns)
    by_class = spec.metric.facts.needs == "probability" and schema.class_count >= 2
    labels = [spell(label) for label in schema.classes]
    if by_class and schema.id not in names and len(names) == len(labels) and (found := match_classes(names, labels)):
        return Layout(sample, None, names, found, labels)
    own = schema.id if schema.id in names else names[0]
    columns = [name for name in names if name != own]
    if len(columns) == 1 and not (by_class and schema.class_count > 2):
        seen = [text for text in sample[columns[0]].dropna().unique() if text]
        return Layout(sample, own, columns, [], [spell(label, seen) for label in schema.classes])
    found = match_classes(columns, labels) if by_class else None
    if found is None:
        raise _unfit(spec, columns, labels if by_class else [])
    return Layout(sample, own, columns, found, labels)


def _unfit(spec: SubmitSpec, columns: list[str], labels: list[str]) -> PodiumError:
    shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
    wanted = f"a column for each class, {shown}" if labels else "an id and one column of predictions"
    return PodiumError(
        spec.competition,
        "the sample submission",
        f"must have {wanted} for metric {spec.metric.label}",
        got=f"{len(columns)} columns beside the id: {', '.join(columns[:8])}",
        where=spec.files.sample or "",
        step="Look at source.files.sample, columns.id and metric",
    )
