"""New rows' features, by what the competition's own rows have taught."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.declaration.columns import Role
from pipeline.declaration.specs import FeaturesSpec
from pipeline.features.added import Own, check_same_columns, roles_after
from pipeline.features.recipe import Recipe


@dataclass(frozen=True)
class Featurizer:
    """The fitted recipe, and how ``features.py`` is called.

    Parameters
    ----------
    own : Own
        The competition's function.
    recipe : Recipe
        Fitted on the competition's own rows, as ``features`` fits it.
    known : DataFrame
        The cleaned training rows.
    added : DataFrame
        The training rows after ``features.py``.
    together : bool
        Whether new rows go through ``features.py`` with the training rows: its columns depend on other rows.
    """

    own: Own
    recipe: Recipe
    known: pd.DataFrame
    added: pd.DataFrame
    together: bool

    @classmethod
    def fit(
        cls, spec: FeaturesSpec, roles: dict[str, Role], train: pd.DataFrame, test: pd.DataFrame, own: Own
    ) -> Featurizer:
        """Fit on the cleaned tables, as the stage ``features`` does.

        Where the scope is ``train+test`` the function gets both files' rows at once. Whether it looks at other rows
        than the one it makes columns for is tried out: it does, where the test rows alone come out otherwise.
        """
        train = train[[name for name in train.columns if name in test.columns]]
        joint = spec.features.scope == "train+test" and own.add is not None
        ours, theirs = own.apply_to_both(train, test, joint)
        together = joint and not _alone(own, test, theirs)
        recipe = Recipe(spec.competition, spec.features, spec.seed)
        recipe.fit_transform(ours, theirs, roles_after(roles, ours, spec.features.text.columns))
        return cls(own, recipe, train, ours.iloc[:0] if not together else ours, together)

    def features(self, cleaned: pd.DataFrame) -> pd.DataFrame:
        """The features of cleaned rows, float32 and categories, without ``row_id``."""
        if self.together:
            both = self.own.apply(pd.concat([self.known, cleaned], ignore_index=True))
            rows = both.iloc[len(self.known) :].reset_index(drop=True)
        else:
            rows = self.own.apply(cleaned)
        rows = check_same_columns(self.own.competition, self.added, rows)
        return self.recipe.transform(rows).drop(columns="row_id")


def _alone(own: Own, test: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    """Whether the test rows come out of ``features.py`` the same without the training rows, and without each other."""
    for rows in (slice(None), slice(0, max(1, len(test) // 2))):
        found = own.apply(test.iloc[rows].reset_index(drop=True))
        if not set(found.columns) >= set(theirs.columns):
            return False
        if not _same(found[list(theirs.columns)], theirs.iloc[rows].reset_index(drop=True)):
            return False
    return True


def _same(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    try:
        pd.testing.assert_frame_equal(left, right, check_dtype=False, check_exact=True)
    except AssertionError:
        return False
    return True
