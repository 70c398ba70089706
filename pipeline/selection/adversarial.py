"""Adversarial: the columns that tell training rows from test rows go, without a look at the target.

Source: adversarial validation as competitors do it; Pan et al., "Adversarial validation approach to concept drift
problem in user targeting automation systems", 2020, drop columns the same way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, how_many
from pipeline.selection.inner import inner_folds
from pipeline.selection.trees import boosted_trees

MOST_ROWS = 10_000
LEAST_ROWS = 10
ROUNDS = 60


def choose(judged: Judged, section: Select) -> Verdict:
    """While trees tell test rows from training rows, the column with most gain goes; at least ``keep`` stay.

    Returns
    -------
    Verdict
        The score is 1 less the AUC's excess over 0.5, doubled, at the time when the column went; 1 for those that stay.
    """
    both = _both(judged)
    columns = judged.X.shape[1]
    left = np.arange(columns)
    score = np.ones(columns)
    while len(left) > how_many(section.keep, columns):
        auc, gain = _told_apart(both, left)
        if auc <= section.told_apart_above:
            break
        worst = left[int(gain.argmax())]
        score[worst] = 2.0 * (1.0 - auc)
        left = left[left != worst]
    return Verdict(score, np.isin(np.arange(columns), left))


def _both(judged: Judged) -> Judged:
    """Training and test rows as one table, whose target is which of the two a row is from."""
    if judged.test is None:
        raise ValueError("adversarial selection needs the test rows")
    rng = np.random.default_rng(judged.seed)
    parts = [
        part if len(part) <= MOST_ROWS else part[np.sort(rng.choice(len(part), MOST_ROWS, replace=False))]
        for part in (judged.X, judged.test)
    ]
    is_test = np.repeat([0, 1], [len(part) for part in parts])
    return replace(judged, X=np.vstack(parts), y=is_test, task="binary", group=None, order=None, test=None)


def _told_apart(both: Judged, left: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean AUC over inner folds, and each column's gain."""
    from sklearn.metrics import roc_auc_score

    gain, areas = np.zeros(len(left)), []
    for fit, score in inner_folds(both):
        model = boosted_trees(both.at(fit), ROUNDS).fit(both.X[np.ix_(fit, left)], both.y[fit])
        gain += np.asarray(model.feature_importances_, dtype=np.float64)
        areas.append(float(roc_auc_score(both.y[score], model.predict_proba(both.X[np.ix_(score, left)])[:, 1])))
    return float(np.mean(areas)), gain
