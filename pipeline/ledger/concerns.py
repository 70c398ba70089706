"""What speaks against sending a sound file: it is nearly constant, not distributed as out of fold, or sent before.

``lint`` refuses what Kaggle would refuse. These are warnings: a submission of the day is at stake, so they stop the
sending too, until the user says that it is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.auditing.drift import stability_index
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import prediction_array, read_schema
from pipeline.decisions import Decision
from pipeline.ledger.entry import Entry
from pipeline.ledger.form import Form
from pipeline.ledger.parcel import Parcel, sent_file
from pipeline.submission.build import fields, places
from pipeline.submission.compare import comparable, same
from pipeline.submission.known import known_rows
from pipeline.submission.lint import Rules, lint
from pipeline.submission.sample import ids_for

ONE_VALUE_SHARE = 0.999
NARROW_SHARE = 0.01
SHIFTED_PSI = 0.25
BINS = 10
MOST_ROWS = 20_000


def refuse_unsound(form: Form, frame: pd.DataFrame) -> None:
    """Raise the gravest of what ``lint`` finds.

    Raises
    ------
    PodiumError
        Where Kaggle would refuse the file.
    """
    problems = lint(frame, form.layout.sample, form.rules)
    if problems:
        raise problems[0]


def find_concerns(parcel: Parcel, form: Form, frame: pd.DataFrame, earlier: Iterable[Entry]) -> list[str]:
    """Every reason for a second look, each as a sentence.

    Parameters
    ----------
    frame : DataFrame of texts
        The parcel's submission.
    earlier : iterable of Entry
        What was sent before; those whose copies are here are compared.
    """
    known, ours = out_of_fold(parcel.paths, form), _predicted(parcel.paths, form, frame)
    columns = form.layout.columns if len(ours) else []
    found = [text for name in columns for text in _column(name, ours[name], known[name], form.rules)]
    return [*found, *_repeats(parcel, form, frame, earlier)]


def _predicted(paths: Paths, form: Form, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that models predicted: those that ``submit.known`` answers are like none out of fold."""
    if not form.spec.submit.known:
        return frame
    job = Job(paths, "submit")
    test = read_table(job.path("clean", "test.parquet"))
    ids = ids_for(job, read_schema(job), form.layout, test["row_id"])
    known = places(form.layout, ids)[known_rows(form.spec, test)]
    return frame[~np.isin(np.arange(len(frame)), known)]


def out_of_fold(paths: Paths, form: Form) -> pd.DataFrame:
    """The out-of-fold predictions in the submission's columns and spelling; rows evenly taken where they are many."""
    job = Job(paths, "submit")
    oof = prediction_array(read_table(job.path("ensemble", "oof.parquet")))
    oof = oof[np.isfinite(oof if oof.ndim == 1 else oof.sum(axis=1))]
    oof = oof[:: max(1, len(oof) // MOST_ROWS)]
    if form.spec.metric.facts.needs == "label":
        oof = Decision.from_json(read_json(job.path("ensemble", "weights.json"))["decision"]).apply(oof)
    return pd.DataFrame(fields(form.spec, form.layout, oof)).astype("str")


@dataclass(frozen=True)
class _Spread:
    """A column's predictions out of fold and on the test rows.

    ``counts`` are rows by bin or label, out of fold and sent; ``constant`` is whether the sent ones hardly differ.
    """

    counts: tuple[np.ndarray, np.ndarray]
    constant: bool
    words: str


def _column(name: str, sent: pd.Series, known: pd.Series, rules: Rules) -> Iterator[str]:
    if rules.kind == "ranking":
        known, sent = (part.str.split().str[0] for part in (known, sent))
    spread = _numbers(known, sent) if rules.kind == "number" else _labels(known, sent)
    if spread.constant:
        yield f"{name} is nearly constant: {spread.words}"
    elif (psi := stability_index(*spread.counts)) > _allowed(*spread.counts):
        yield f"{name} is not distributed as out of fold: PSI {psi:.2f}; {spread.words}"


def _numbers(known: pd.Series, sent: pd.Series) -> _Spread:
    ours, theirs = (part.astype(np.float64).to_numpy() for part in (known, sent))
    edges = np.unique(np.quantile(ours, np.linspace(0, 1, BINS + 1)[1:-1]))
    first, second = (np.bincount(np.searchsorted(edges, part), minlength=len(edges) + 1) for part in (ours, theirs))
    one_value = _top_share(sent) >= ONE_VALUE_SHARE > _top_share(known)
    words = f"mean {theirs.mean():.4g} and standard deviation {theirs.std():.3g}, "
    words += f"out of fold {ours.mean():.4g} and {ours.std():.3g}"
    return _Spread((first, second), bool(one_value or theirs.std() < NARROW_SHARE * ours.std()), words)


def _labels(known: pd.Series, sent: pd.Series) -> _Spread:
    labels = sorted(set(known) | set(sent))
    first, second = (part.value_counts().reindex(labels, fill_value=0).to_numpy() for part in (known, sent))
    top = str(sent.mode().iloc[0])
    words = f"{top} in {(sent == top).mean():.1%} of the rows, out of fold in {(known == top).mean():.1%}"
    return _Spread((first, second), _top_share(sent) >= ONE_VALUE_SHARE > _top_share(known), words)


def _allowed(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The PSI from which on two samples differ: the trade's 0.25, and twice what chance gives with so few rows."""
    return SHIFTED_PSI + 2 * (len(ours) - 1) * (1 / ours.sum() + 1 / theirs.sum())


def _top_share(values: pd.Series) -> float:
    return float(values.value_counts(normalize=True).iloc[0])


def _repeats(parcel: Parcel, form: Form, frame: pd.DataFrame, earlier: Iterable[Entry]) -> Iterator[str]:
    for entry in earlier:
        path = sent_file(parcel.paths, parcel.slug, entry.file)
        if entry.status != "error" and path.exists():
            other = form.read(path)
            if comparable(frame, other, form.rules) and same(frame, other, form.rules):
                yield f"it answers as the submission of {entry.time} ({entry.message}) does, row by row"
