"""Data sets that libraries ship or that are one table, laid out as Kaggle lays out a competition.

A seeded hold-out becomes the test file; its answers go into a file of their own. Rows are shuffled before they get
their ids, so that neither an id nor a row's place tells anything of the target.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError

from pipeline.core.errors import PodiumError, nearest
from pipeline.core.seeds import derive
from pipeline.declaration.specs import FetchSpec
from pipeline.reading import read_raw
from pipeline.sources.network import persist

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Layout:
    """The four tables of a competition: train, test, a sample submission, and the hold-out's answers in its layout."""

    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame
    solution: pd.DataFrame


def from_sklearn(spec: FetchSpec) -> pd.DataFrame:
    """A data set that scikit-learn ships: readable column names, the target under its declared name with its labels."""
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{spec.source.sklearn}")(as_frame=True)
    frame: pd.DataFrame = bunch.data.rename(columns=_readable)
    target = bunch.target
    if spec.task != "regression" and "target_names" in bunch:
        labels = [label.item() if hasattr(label, "item") else label for label in bunch.target_names]
        target = target.map(dict(enumerate(labels)))
    return frame.assign(**{spec.columns.target: target})


def from_openml(spec: FetchSpec, cache: Path, note: Callable[[str], None]) -> pd.DataFrame:
    """A data set of OpenML, by its id, through ``sklearn.datasets.fetch_openml``.

    Parameters
    ----------
    spec : FetchSpec
        Names the data set and the target.
    cache : Path
        The folder in which scikit-learn keeps what it downloads.
    note : callable
        Told when a connection fails, and of rows left out.

    Raises
    ------
    PodiumError
        Where OpenML has no such data set, does not answer, or the data set has no column of the target's name.
    """
    bunch = _ask_openml(spec, cache, note)
    frame, name = bunch.frame, spec.columns.target
    if frame is None:
        raise PodiumError(
            spec.competition, "source.openml", "must be a dense table", got=f"{spec.source.openml}, which is sparse"
        )
    if name not in frame:
        where = f"OpenML data set {spec.source.openml}"
        step = nearest(name, map(str, frame.columns))
        raise PodiumError(
            spec.competition, "columns.target", "must be a column", got=repr(name), where=where, step=step
        )
    return _with_target(frame, name, note)


def from_table(path: Path, spec: FetchSpec, note: Callable[[str], None]) -> pd.DataFrame:
    """A data set that is one file: every field as the text it is, a regression's target apart.

    Raises
    ------
    PodiumError
        Where it has no column of the target's name, or a regression's target holds what is no number.
    """
    import pandas as pd

    name = spec.columns.target
    frame = read_raw(path, spec.competition, spec.source.delimiter, spec.source.encoding)
    if name not in frame:
        step = nearest(name, map(str, frame.columns))
        raise PodiumError(
            spec.competition, "columns.target", "must be a column", got=repr(name), where=path.name, step=step
        )
    frame = _with_target(frame, name, note)
    if spec.task == "regression":
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if numbers.isna().any():
            got = repr(frame[name][numbers.isna()].iloc[0])
            raise PodiumError(spec.competition, "columns.target", "must hold numbers", got=got, where=path.name)
        frame[name] = numbers
    return frame


def _with_target(frame: pd.DataFrame, name: str, note: Callable[[str], None]) -> pd.DataFrame:
    known = frame[name].notna()
    if not known.all():
        note(f"{int((~known).sum())} rows without a target are left out")
    return frame[known].reset_index(drop=True)


def lay_out(frame: pd.DataFrame, spec: FetchSpec) -> Layout:
    """Shuffle the rows, give them ids, and hold a share of them out; each class keeps its share.

    Parameters
    ----------
    frame : DataFrame of shape (n, columns)
        Features and target.
    spec : FetchSpec
        The seed, the share ``source.holdout``, and what the sample submission shows.
    """
    import numpy as np

    target, key = spec.columns.target, spec.columns.id
    rng = np.random.default_rng(derive(spec.seed, "holdout"))
    shuffled = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    if key and key not in shuffled:
        shuffled.insert(0, key, np.arange(1, len(frame) + 1))
    classes = None if spec.task == "regression" else shuffled[target].astype(str).to_numpy()
    held = held_out(len(frame), classes, spec.source.holdout, rng)
    train, test = shuffled[~held], shuffled[held].reset_index(drop=True)
    ids = test[[key]] if key else test.index.to_frame(name="id")
    return Layout(
        train=train,
        test=test.drop(columns=target),
        sample=ids.assign(**_placeholders(train[target], spec)),
        solution=ids.assign(**{target: test[target]}),
    )


def held_out(rows: int, classes: np.ndarray | None, share: float, rng: np.random.Generator) -> np.ndarray:
    """Which rows are held out: a share of all, or of each class to the nearest row; at least one stays of each.

    Returns
    -------
    bool array of shape (rows,)
    """
    import numpy as np

    order = rng.permutation(rows)
    chosen = np.zeros(rows, dtype=bool)
    groups = [order] if classes is None else [order[classes[order] == one] for one in np.unique(classes)]
    for members in groups:
        chosen[members[: min(round(share * len(members)), len(members) - 1)]] = True
    return chosen


def _placeholders(target: pd.Series, spec: FetchSpec) -> dict[str, Any]:
    """The sample submission's columns: a constant that is a legal answer for the metric."""
    if spec.needs == "value":
        return {spec.columns.target: round(float(target.mean()), 6)}
    common = target.mode().iloc[0]
    if spec.needs != "probability":
        return {spec.columns.target: common}
    labels = sorted(target.unique())
    if spec.task == "binary":
        return {spec.columns.target: 0.5}
    return {str(label): round(1 / len(labels), 6) for label in labels}


def _readable(name: str) -> str:
    return re.sub(r"\W+", "_", str(name)).strip("_")


def _ask_openml(spec: FetchSpec, cache: Path, note: Callable[[str], None]) -> Any:
    from sklearn.datasets import fetch_openml

    def ask() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn warns of each retry; the last error says it all
            return fetch_openml(
                data_id=spec.source.openml, target_column=None, data_home=str(cache), n_retries=2, delay=1.0
            )

    broken = (ConnectionError, HTTPException)
    try:
        return persist(ask, broken, lambda error: True, note, "OpenML")
    except HTTPError as error:
        raise _openml_error(spec, "cannot be had", f"{error.code} from OpenML") from None
    except (URLError, TimeoutError, *broken) as error:
        step = "Look at the network, or declare source.path with the files at hand"
        raise _openml_error(spec, "cannot be reached", type(error).__name__, step) from None
    except (ValueError, KeyError, EOFError) as error:
        step = f"Look it up at https://www.openml.org/d/{spec.source.openml}, and empty {cache}"
        raise _openml_error(
            spec, "sent no data set that can be read", str(error).split(": expected")[0], step
        ) from None


def _openml_error(spec: FetchSpec, allowed: str, got: str, step: str = "") -> PodiumError:
    step = step or f"Look it up at https://www.openml.org/d/{spec.source.openml}"
    return PodiumError(spec.competition, f"source.openml {spec.source.openml}", allowed, got=got, step=step)
