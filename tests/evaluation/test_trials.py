"""Trials: the best so far, and the setting that matters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.trials import setting_table, trial_table


def searched(trials: int) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    table = pd.DataFrame({"trial": range(trials), "state": "complete", "folds": 3})
    table["depth"], table["idle"], table["kind"] = draw.integers(1, 9, trials), draw.random(trials), "one"
    return table.assign(value=table["depth"] * 0.1)


def test_the_best_so_far_counts_complete_trials_only() -> None:
    table = searched(4).assign(value=[0.5, 0.9, 0.4, 0.6], state=["complete", "pruned", "complete", "complete"])
    assert trial_table({"svm": table}, True)["best"].tolist() == [0.5, 0.5, 0.5, 0.6]
    assert trial_table({"svm": table}, False)["best"].tolist() == [0.5, 0.5, 0.4, 0.4]


def test_the_setting_that_scores_hang_on_leads_and_few_trials_say_nothing() -> None:
    table = setting_table({"svm": searched(40), "knn": searched(7)}, True)
    assert set(table["model"]) == {"svm"} and set(table["setting"]) == {"depth", "idle"}
    assert table.sort_values("share")["setting"].iloc[-1] == "depth" and np.isclose(table["share"].sum(), 1)
    assert table.equals(setting_table({"svm": searched(40), "knn": searched(7)}, True))
