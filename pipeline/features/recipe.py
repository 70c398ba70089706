"""The builders in their order, then the finish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.columns import Role
from pipeline.declaration.features import Features
from pipeline.features.added import kind_of
from pipeline.features.builder import NUMBERS, Builder, Need, Unfit
from pipeline.features.finish import Finish
from pipeline.features.groups import Groups
from pipeline.features.missing import Missing
from pipeline.features.steps import builders_of

_LISTED_AT_MOST = 20


@dataclass
class Recipe:
    """The automatic recipe of one competition.

    Parameters
    ----------
    competition : str
        For errors.
    declared : Features
        The section of the declaration.
    seed : int
        For what builders draw.

    Attributes
    ----------
    builders : list of Builder
        Those that ran, fitted.
    made_by : dict of str to (str, str)
        For each column that a builder made: the builder and the source.
    finish : Finish
        The last step, fitted.
    """

    competition: str
    declared: Features
    seed: int
    builders: list[Builder] = field(default_factory=list)
    made_by: dict[str, tuple[str, str]] = field(default_factory=dict)
    finish: Finish = field(init=False)

    def __post_init__(self) -> None:
        self.finish = Finish(self.competition, list(self.declared.keys), list(self.declared.drop))

    def fit_transform(
        self, train: pd.DataFrame, test: pd.DataFrame, roles: dict[str, Role]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Fit on the rows in scope, and transform both files' rows.

        Raises
        ------
        PodiumError
            Where a declared column is not there, a name is taken, or a value is infinite.
        """
        roles = dict(roles)
        for builder in builders_of(self.declared, self.seed):
            for need in builder.needs():
                self._check_need(need, train)
            if isinstance(builder, Groups):
                self._check_groups(roles)
            together = self.declared.scope == "train+test" and not isinstance(builder, Missing)
            scope = pd.concat([train, test], ignore_index=True) if together else train
            try:
                builder.fit(scope, self._eaten(roles))
            except Unfit as error:
                key = f"features.{error.key}"
                raise PodiumError(self.competition, key, error.allowed, got=error.got) from error
            self.builders.append(builder)
            train, test = self._extended(builder, train, roles), self._extended(builder, test)
        self._check_named("features.keys", self.declared.keys, train)
        self._check_named("features.drop", self.declared.drop, train)
        self.finish.fit(train, test, roles)
        return self.finish.transform(train), self.finish.transform(test)

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The features of other rows, by what was learnt from the fitted ones."""
        for builder in self.builders:
            frame = self._extended(builder, frame)
        return self.finish.transform(frame)

    def _eaten(self, roles: dict[str, Role]) -> dict[str, Role]:
        """The roles as the automatic builders see them: keys are left alone."""
        return {name: "ignore" if name in self.declared.keys else role for name, role in roles.items()}

    def _extended(self, builder: Builder, frame: pd.DataFrame, roles: dict[str, Role] | None = None) -> pd.DataFrame:
        """The frame with a builder's columns; ``roles``, where given, learns of them."""
        new: dict[str, Any] = {}
        for made in builder.transform(frame):
            if not builder.replaces and (made.name in frame or made.name in new):
                step = f"Rename the column {made.name}, or turn the builder off in features"
                raise PodiumError(
                    self.competition, f"features: {builder.name}", f"makes {made.name}, a name that is taken", step=step
                )
            numeric = made.role == "numeric"
            new[made.name] = made.values.astype(np.float32) if numeric else pd.array(made.values, dtype="str")
            self.made_by[made.name] = (builder.name, made.source)
            if roles is not None:
                roles[made.name] = made.role
        if not new:
            return frame
        built = pd.DataFrame(new, index=frame.index)
        if builder.replaces:
            return frame.assign(**{str(name): built[name] for name in built})
        return pd.concat([frame, built], axis=1)

    def _check_groups(self, roles: dict[str, Role]) -> None:
        for number, group in enumerate(self.declared.groups):
            key = f"features.groups[{number}].columns"
            amounts = [s for s in group.statistics if s not in ("nunique", "share")]
            for column in group.columns:
                if amounts and roles.get(column) not in NUMBERS:
                    allowed, got = (
                        f"must be numeric for {', '.join(amounts)}",
                        f"{column}, which is {roles.get(column)}",
                    )
                    raise PodiumError(self.competition, key, allowed, got=got)
            if not group.columns and {*group.statistics} != {"share"}:
                raise PodiumError(self.competition, key, "must name columns for statistics other than share")

    def _check_need(self, need: Need, frame: pd.DataFrame) -> None:
        self._check_named(f"features.{need.key}", need.columns, frame)
        for column in need.columns:
            kind = kind_of(frame[column])
            if need.kind != "any" and kind not in (("number", "date") if need.kind == "time" else (need.kind,)):
                wanted = {"number": "numeric columns", "date": "dates", "time": "dates or numbers"}[need.kind]
                got = f"{column}, which holds {kind if kind == 'words' else kind + 's'}"
                raise PodiumError(self.competition, f"features.{need.key}", f"must name {wanted}", got=got)

    def _check_named(self, key: str, columns: list[str], frame: pd.DataFrame) -> None:
        known = [str(name) for name in frame.columns if name != "row_id"]
        for column in columns:
            if column not in known:
                hint = nearest(column, known)
                step = hint if len(known) <= _LISTED_AT_MOST or hint.startswith("Did") else ""
                raise PodiumError(
                    self.competition,
                    key,
                    "names a column that is not there",
                    got=repr(column),
                    where=f"competitions/{self.competition}/competition.yaml",
                    step=step.split(" Known:")[0] if len(known) > _LISTED_AT_MOST else step,
                )
