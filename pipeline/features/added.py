"""The competition's own ``features.py``: its ``add(frame) -> frame``, run and checked."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.declaration.columns import Role
from pipeline.features.builder import Roles

Add = Callable[[pd.DataFrame], pd.DataFrame]

_ROLES_BY_KIND: dict[str, tuple[Role, ...]] = {
    "number": ("numeric", "boolean", "ordinal", "ignore"),
    "words": ("categorical", "text", "group", "ignore"),
    "date": ("date", "ignore"),
}


@dataclass(frozen=True)
class Own:
    """A competition's own feature function.

    Parameters
    ----------
    competition : str
        For errors.
    file : Path
        Where it stands.
    add : callable or None
        None where there is no such file: the frame is then left as it is.
    """

    competition: str
    file: Path
    add: Add | None

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the added columns: the same rows in the same order, every column a number, words or a date.

        Raises
        ------
        PodiumError
            Where the function fails, with its file and line, or gives other rows back than it got.
        """
        if self.add is None:
            return frame
        try:
            added = self.add(frame.copy())
        except Exception as error:  # it is the user's own code: anything may come
            raise PodiumError(
                self.competition, "features.py: add", "failed", got=_said(error), where=self._line(error), step=_DEBUG
            ) from error
        self._check(frame, added)
        return pd.DataFrame({str(name): self._plain(added[name]) for name in added.columns}, index=frame.index)

    def apply_to_both(
        self, train: pd.DataFrame, test: pd.DataFrame, together: bool
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both files' rows with the added columns, the same ones: computed over both at once, or over each alone.

        Raises
        ------
        PodiumError
            As ``apply`` does, and where the two come out with different columns.
        """
        if together and self.add is not None:
            both = self.apply(pd.concat([train, test], ignore_index=True))
            ours = both.iloc[: len(train)].reset_index(drop=True)
            theirs = both.iloc[len(train) :].reset_index(drop=True)
        else:
            ours, theirs = self.apply(train), self.apply(test)
        return ours, check_same_columns(self.competition, ours, theirs)

    def _line(self, error: Exception) -> str:
        lines = [part.lineno for part in traceback.extract_tb(error.__traceback__) if part.filename == str(self.file)]
        return f"{self.file.name}, line {lines[-1]}" if lines else self.file.name

    def _check(self, frame: pd.DataFrame, added: object) -> None:
        def wrong(allowed: str, got: str) -> PodiumError:
            return PodiumError(self.competition, "features.py: add", allowed, got=got, where=self.file.name)

        if not isinstance(added, pd.DataFrame):
            raise wrong("must return the frame", type(added).__name__)
        if "row_id" not in added.columns:
            raise wrong("must keep the column row_id", "a frame without it")
        if not added.columns.is_unique:
            raise wrong("must name each column once", repr(str(added.columns[added.columns.duplicated()][0])))
        if len(added) != len(frame):
            raise wrong("must return the rows it was given", f"{len(added)} of {len(frame)} rows")
        if not np.array_equal(added["row_id"].to_numpy(), frame["row_id"].to_numpy()):
            raise wrong("must return the rows in the order it was given them", "another order of row_id")

    def _plain(self, values: pd.Series) -> Any:
        """Numbers as numpy's, dates in microseconds, everything else as words."""
        kind = values.dtype
        if isinstance(kind, pd.CategoricalDtype):
            values = (
                values.astype(kind.categories.dtype).astype("str") if values.notna().all() else values.astype("str")
            )
        elif pd.api.types.is_datetime64_any_dtype(values):
            plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
            return plain.dt.as_unit("us").to_numpy()
        elif pd.api.types.is_timedelta64_dtype(values):
            return values.dt.total_seconds().to_numpy()
        elif pd.api.types.is_integer_dtype(values) and not values.isna().any():
            return values.to_numpy(dtype=np.int64)
        elif pd.api.types.is_numeric_dtype(values) or _holds_numbers(values):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return values.astype("str").array


_DEBUG = "The same command with --debug shows the whole traceback"


def load_own(competition: str, file: Path) -> Own:
    """The function ``add`` of a competition's ``features.py``, loaded from its path.

    Raises
    ------
    PodiumError
        Where the file cannot be run, or defines no ``add``.
    """
    if not file.exists():
        return Own(competition, file, None)
    spec = importlib.util.spec_from_file_location("competition_features", file)
    if spec is None or spec.loader is None:
        raise PodiumError(competition, "features.py", "is not a Python file", where=str(file))
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        where = f"{file.name}, line {error.lineno}"
        raise PodiumError(
            competition, "features.py", "must be valid Python", got=str(error.msg), where=where
        ) from error
    except Exception as error:  # it is the user's own code: anything may come
        line = Own(competition, file, None)._line(error)
        raise PodiumError(competition, "features.py", "failed", got=_said(error), where=line, step=_DEBUG) from error
    add = getattr(module, "add", None)
    if not callable(add):
        step = "Write one, or delete the file"
        raise PodiumError(competition, "features.py", "must define add(frame)", got="none", where=file.name, step=step)
    return Own(competition, file, add)


def check_same_columns(competition: str, train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The test frame with the training frame's columns, in their order and of their kinds.

    Raises
    ------
    PodiumError
        Where one frame has a column that the other lacks, or of another kind: ``add`` treated them differently.
    """
    apart = sorted({*train.columns} ^ {*test.columns})
    if apart:
        only = "train" if apart[0] in train.columns else "test"
        got = f"{apart[0]!r} for {only} only"
        raise PodiumError(competition, "features.py: add", "must add the same columns to train and test", got=got)
    for name in train.columns:
        kinds = kind_of(train[name]), kind_of(test[name])
        if kinds[0] != kinds[1] and test[name].isna().all():
            test = test.assign(**{name: test[name].astype(train[name].dtype)})
        elif kinds[0] != kinds[1]:
            got = f"{name!r}: {kinds[0]} in train, {kinds[1]} in test"
            raise PodiumError(competition, "features.py: add", "must give a column one type", got=got)
    return test[list(train.columns)]


def roles_after(before: Roles, frame: pd.DataFrame, text: list[str]) -> dict[str, Role]:
    """The columns' roles once ``add`` ran: the old one where it still fits what the column holds, else by its kind.

    Parameters
    ----------
    text : list of str
        Added columns that are declared to be texts; other added words are categorical.
    """
    roles: dict[str, Role] = {}
    for name in frame.columns.drop("row_id"):
        fitting = _ROLES_BY_KIND[kind_of(frame[name])]
        old = before.get(name)
        roles[name] = "text" if name in text and "text" in fitting else old if old in fitting else fitting[0]
    return roles


def kind_of(values: pd.Series) -> str:
    """``number``, ``date`` or ``words``."""
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "words"


def _holds_numbers(values: pd.Series) -> bool:
    return values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) in (
        *("boolean", "integer", "floating", "mixed-integer-float"),
        *("empty", "decimal"),
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
