"""What is fitted inside a fold, on its training rows only: impute, scale, encode, target means, lags, pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.seeds import derive
from pipeline.dataset import Kind
from pipeline.declaration.preprocess import Preprocess, TargetStatistic
from pipeline.models import Objective, Wants
from pipeline.preprocess.lags import TargetPast, names_of
from pipeline.preprocess.levels import Levels
from pipeline.preprocess.naming import free
from pipeline.preprocess.numbers import Numbers
from pipeline.preprocess.pairs import BestPairs
from pipeline.preprocess.statistics import TargetMeans, blocks, indicators, log_odds

AUTOMATIC = 10.0


@dataclass(frozen=True)
class Fitted:
    """What a preprocessor has learnt: an explicit state, all of it JSON."""

    numbers: Numbers
    levels: tuple[Levels, ...]
    statistics: tuple[TargetMeans, ...]
    pasts: tuple[TargetPast, ...]
    pairs: BestPairs

    def to_state(self) -> dict[str, Any]:
        """The state as JSON."""
        return {
            "numbers": self.numbers.to_state(),
            "levels": [levels.to_state() for levels in self.levels],
            "statistics": [statistic.to_state() for statistic in self.statistics],
            "pasts": [past.to_state() for past in self.pasts],
            "pairs": self.pairs.to_state(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Fitted:
        """The state from JSON."""
        return cls(
            Numbers.from_state(state["numbers"]),
            tuple(Levels.from_state(levels) for levels in state["levels"]),
            tuple(TargetMeans.from_state(statistic) for statistic in state["statistics"]),
            tuple(TargetPast.from_state(past) for past in state["pasts"]),
            BestPairs.from_state(state["pairs"]),
        )


@dataclass
class Preprocessor:
    """Makes a fold's columns ready for one model.

    Parameters
    ----------
    wants : Wants
        What the model eats.
    kinds : mapping of str to {"numeric", "categorical", "key"}
        The columns that the model may use; keys serve target statistics and target lags only, and are categories
        already for a model that wants them.
    options : Preprocess
        The declared options.
    objective : {"binary", "multiclass", "regression"}
        What the model is fitted for.
    classes : int
        The number of classes; 0 for a regression.
    seed : int
        For the inner folds of target statistics.

    Notes
    -----
    The columns come out as: numeric ones, target statistics, target lags, pairs and one-hot ones in float32, then
    categories. Target statistics of wide categories are smoothed by 10 rows and cross-fitted by five inner folds.
    Models of classes that want standard scales, which add their columns up, get them as log odds. Infinite numbers
    count as missing. Everything learnt is in ``fitted``; a preprocessor restored by ``from_state`` gives the same
    bytes.
    """

    wants: Wants
    kinds: Mapping[str, Kind]
    options: Preprocess = field(default_factory=Preprocess)
    objective: Objective = "binary"
    classes: int = 2
    seed: int = 0
    fitted: Fitted | None = field(default=None, compare=False)

    def fit_transform(self, frame: pd.DataFrame, y: np.ndarray, groups: np.ndarray | None = None) -> pd.DataFrame:
        """Learn from a fold's training rows, and give them as the model eats them, target statistics cross-fitted.

        Parameters
        ----------
        frame : DataFrame of n rows
            The columns of ``kinds`` and those that the declared target statistics and lags name.
        y : array of shape (n,)
            Class codes, or the transformed target of a regression.
        groups : int array of shape (n,) or None
            Groups of rows that the split keeps together; cross-fitting does so too.
        """
        rare = 1 if self.wants.keys else self.options.rare  # who learns from ids draws rare ones together by himself
        levels = [Levels.fit(frame[name], rare) for name in self._named("categorical")]
        target = indicators(y, self.objective, self.classes)
        units = np.arange(len(frame)) if groups is None else groups
        means: list[TargetMeans] = []
        values: list[np.ndarray] = []
        for number, statistic in enumerate(self._statistics(levels)):
            rng = np.random.default_rng(derive(self.seed, "statistic", number, *statistic.columns))
            fitted = TargetMeans.fit(frame, target, statistic, self._statistic_names(statistic, means))
            means.append(fitted)
            values.append(fitted.cross_fit(frame, target, blocks(statistic, units, rng)))
        pasts = [
            TargetPast.fit(frame, target, lag, names, self._suffixes)
            for lag, names in zip(self.options.target_lags, self._past_names(means), strict=True)
        ]
        pairs = self._best_pairs(frame, target)
        matrix = self._matrix(frame, values, pasts, pairs)
        numbers = Numbers.fit(matrix, self.wants, self.options.impute, self.options.clip)
        self.fitted = Fitted(numbers, tuple(self._encoded(levels)), tuple(means), tuple(pasts), pairs)
        return self._assembled(frame, matrix)

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Validation or test rows as the model eats them, target statistics taken over all training rows."""
        values = [statistic.transform(frame) for statistic in self._known.statistics]
        return self._assembled(frame, self._matrix(frame, values, self._known.pasts, self._known.pairs))

    def transform_synthetic(self, frame: pd.DataFrame, y: np.ndarray) -> pd.DataFrame:
        """Rows made of training rows as the model eats them.

        A made row carries the class of the rows it was made of, so its target statistics leave one such row out:
        taken over all training rows they would tell the model more than they will on new rows.
        """
        target = indicators(y, self.objective, self.classes)
        values = [statistic.leave_source_out(frame, target) for statistic in self._known.statistics]
        return self._assembled(frame, self._matrix(frame, values, self._known.pasts, self._known.pairs))

    @property
    def _known(self) -> Fitted:
        if self.fitted is None:
            raise RuntimeError(
                "a preprocessor transforms only what it was fitted for: call fit_transform or from_state"
            )
        return self.fitted

    def _named(self, kind: Kind) -> list[str]:
        return [name for name, own in self.kinds.items() if own == kind]

    def _encoded(self, levels: Iterable[Levels]) -> list[Levels]:
        """The categorical columns that stay categories or become one-hot columns; the others become statistics."""
        if self.wants.categories == "target":
            return []
        wide = self.options.onehot_max if self.wants.categories == "onehot" else np.inf
        return [column for column in levels if column.width <= wide]

    def _statistics(self, levels: list[Levels]) -> list[TargetStatistic]:
        if self.wants.keys:
            return []
        encoded = {column.column for column in self._encoded(levels)}
        rest = [column.column for column in levels if column.column not in encoded]
        automatic = [TargetStatistic(columns=[name], smoothing=AUTOMATIC) for name in rest]
        declared = list(self.options.target_statistics)
        return declared + [extra for extra in automatic if not any(extra.columns == own.columns for own in declared)]

    def _statistic_names(self, statistic: TargetStatistic, before: Iterable[TargetMeans]) -> list[str]:
        names = [f"target_by_{'_'.join(statistic.columns)}{suffix}" for suffix in self._suffixes]
        return free(names, {*self.kinds, *(name for other in before for name in other.names)})

    @property
    def _suffixes(self) -> list[str]:
        """What tells the columns of several classes apart; the last class needs none."""
        return [f"_{k}" for k in range(self.classes - 1)] if self.objective == "multiclass" else [""]

    def _past_names(self, means: Iterable[TargetMeans]) -> list[list[str]]:
        taken = {*self.kinds, *(name for statistic in means for name in statistic.names)}
        return [free(names_of(lag), taken, self._suffixes) for lag in self.options.target_lags]

    def _numeric(self, frame: pd.DataFrame) -> np.ndarray:
        """The numeric columns as a matrix of its own, filled column by column: a large table is copied once."""
        names = self._named("numeric")
        matrix = np.empty((len(frame), len(names)), dtype=np.float32, order="F")
        for place, name in enumerate(names):
            matrix[:, place] = frame[name].to_numpy(dtype=np.float32, na_value=np.nan)
        return matrix

    def _best_pairs(self, frame: pd.DataFrame, target: np.ndarray) -> BestPairs:
        declared = self.options.gaining_pairs
        if declared is None:
            return BestPairs()
        seed = derive(self.seed, "gaining pairs")
        return BestPairs.fit(self._numeric(frame), self._named("numeric"), target, declared, seed)

    def _matrix(
        self, frame: pd.DataFrame, statistics: Iterable[np.ndarray], pasts: Iterable[TargetPast], pairs: BestPairs
    ) -> np.ndarray:
        numeric = self._numeric(frame)
        if self.wants.scale == "standard" and self.objective != "regression":
            statistics = [log_odds(rates) for rates in statistics]
        parts = [numeric, *statistics, *(past.transform(frame) for past in pasts)]
        if pairs.chosen:
            parts.append(pairs.transform(numeric, self._named("numeric")))
        return np.concatenate(parts, axis=1) if len(parts) > 1 else numeric

    def _assembled(self, frame: pd.DataFrame, matrix: np.ndarray) -> pd.DataFrame:
        known = self._known
        names = self._named("numeric") + [name for statistic in known.statistics for name in statistic.names]
        names += [name for past in known.pasts for name in past.columns]
        taken = {*self.kinds, *names}
        names += [only for name in known.pairs.names for only in free([name], taken)]
        whole = self._beside_onehot(frame, matrix)
        if self.wants.categories == "onehot":
            names += [name for levels in known.levels for name in levels.onehot_names]
        table = pd.DataFrame(whole, columns=pd.Index(names, dtype="str"), copy=False)
        if self.wants.categories not in ("native", "codes") or not known.levels:
            return table
        encode = Levels.native if self.wants.categories == "native" else Levels.codes
        categories = {levels.column: encode(levels, frame[levels.column]) for levels in known.levels}
        return pd.concat([table, pd.DataFrame(categories)], axis=1)

    def _beside_onehot(self, frame: pd.DataFrame, matrix: np.ndarray) -> np.ndarray:
        """The scaled numbers, and beside them the levels' columns where the model wants these: written once."""
        known = self._known
        if self.wants.categories != "onehot" or not known.levels:
            return known.numbers.transform(matrix, out=matrix)
        width = matrix.shape[1]
        whole = np.zeros((len(frame), width + sum(levels.width for levels in known.levels)), dtype=np.float32)
        known.numbers.transform(matrix, out=whole[:, :width])
        for levels in known.levels:
            levels.onehot(frame[levels.column], out=whole[:, width : width + levels.width])
            width += levels.width
        return whole

    def to_state(self) -> dict[str, Any]:
        """Everything, as JSON whose floats are exact."""
        wants = {name: getattr(self.wants, name) for name in ("scale", "missing", "categories", "keys")}
        return {
            "wants": wants,
            "kinds": [[name, kind] for name, kind in self.kinds.items()],
            "options": self.options.model_dump(mode="json"),
            "objective": self.objective,
            "classes": self.classes,
            "seed": self.seed,
            "fitted": self._known.to_state(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Preprocessor:
        """A preprocessor as ``to_state`` described it."""
        return cls(
            Wants(**state["wants"]),
            dict(state["kinds"]),
            Preprocess.model_validate(state["options"]),
            state["objective"],
            state["classes"],
            state["seed"],
            Fitted.from_state(state["fitted"]),
        )


def statistic_columns(options: Preprocess) -> list[str]:
    """The columns that declared target statistics and target lags read."""
    named = {name for statistic in options.target_statistics for name in statistic.columns}
    return sorted(named.union(*([*lag.by, lag.time] for lag in options.target_lags)))


def as_keys(kinds: Mapping[str, Kind], chosen: Iterable[str], options: Preprocess, wants: Wants) -> dict[str, Kind]:
    """The kinds of a selection of columns, with those that only target statistics and lags still need as keys.

    A model that learns from ids themselves has the selected keys as categories, and so the numbers that target
    statistics are declared for: they are codes.
    """
    own = set(chosen)
    ids = {name for statistic in options.target_statistics for name in statistic.columns} if wants.keys else set()
    ids |= {name for name, kind in kinds.items() if kind == "key"} if wants.keys else set()
    needed = own.union(statistic_columns(options))
    eaten: dict[str, Kind] = {name: "categorical" if name in ids else kind for name, kind in kinds.items()}
    return {name: eaten[name] if name in own else "key" for name in kinds if name in needed}


__all__ = ["Fitted", "Preprocessor", "as_keys", "statistic_columns"]
