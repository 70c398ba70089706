"""Raw files in other shapes put into the usual one: labels of their own file, test rows among the training rows."""

from __future__ import annotations

import pandas as pd

from pipeline.cleaning.joins import align_keys
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import read_words
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec
from pipeline.reading import joined_id


def with_labels(spec: CleanSpec, train: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """The training rows with the target that another file has, joined on the columns that both share.

    Raises
    ------
    PodiumError
        Where the file lacks the target, shares no column, has a key twice, or lacks a training row.
    """
    target = spec.columns.target
    shared = [str(name) for name in labels.columns if name in train.columns and name != target]
    subject, where = f"source.files.labels {spec.files.labels}", spec.files.train
    if target not in labels.columns or not shared:
        got = f"the columns {examples(labels.columns.tolist())}"
        allowed = f"must have the target {target} and a column that the training file has too"
        raise PodiumError(spec.competition, subject, allowed, got=got, where=where)
    left, right = align_keys(train, labels, shared)
    places = right.get_indexer(left) if right.is_unique else None
    if places is None or (places < 0).any():
        lost = "a key more than once" if places is None else f"none for {int((places < 0).sum())} rows"
        allowed = f"must have one row for each {', '.join(shared)} of the training file"
        raise PodiumError(spec.competition, subject, allowed, got=lost, where=where)
    return train.assign(**{target: labels[target].to_numpy()[places]})


def parted(spec: CleanSpec, both: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training rows and test rows of one file: those with a target, and those without one."""
    known = _labelled(spec, both)
    if known.all() or not known.any():
        got = "every row with one" if known.all() else "no row with one"
        step = "Declare source.files.test, or look at columns.target"
        allowed = "must be missing in the test rows, since source.files.test is null"
        raise PodiumError(spec.competition, f"target {spec.columns.target}", allowed, got=got, step=step)
    return (
        both[known].reset_index(drop=True),
        both[~known].drop(columns=spec.columns.target).reset_index(drop=True),
    )


def without_unlabelled(spec: CleanSpec, train: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The training rows that have a target, where the declaration says that the others go."""
    if spec.clean.unlabelled == "refuse":
        return train
    known = _labelled(spec, train)
    if lost := int((~known).sum()):
        ledger.note(f"{lost} training rows without a target are left out, as declared")
    return train if known.all() else train[known].reset_index(drop=True)


def with_id(spec: CleanSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the id that its columns make, where it is declared so."""
    columns, name = spec.columns.id_from, spec.columns.id
    if not columns or name is None:
        return frame
    if lacking := [column for column in columns if column not in frame.columns]:
        got = f"{lacking[0]!r}, which the files lack"
        raise PodiumError(spec.competition, "columns.id_from", "must name columns of train and test", got=got)
    return frame.assign(**{name: joined_id(frame, columns, spec.columns.id_separator)})


def _labelled(spec: CleanSpec, frame: pd.DataFrame) -> pd.Series:
    unknown = spec.clean.unknown if spec.task == "regression" else [w for w in spec.clean.unknown if w != "None"]
    return read_words(frame[spec.columns.target], unknown).notna()
