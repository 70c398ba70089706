"""Held-out answers: joined on id, coded, scored with a bootstrap standard error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import Metric
from pipeline.evaluation.holdout import answers_by_row, coded, holdout_score, plain

IDS = pd.DataFrame({"row_id": [10, 11, 12], "id": ["a", "b", "c"]})


def test_answers_are_joined_on_id_whatever_their_order() -> None:
    answers = pd.DataFrame({"key": ["c", "a", "b"], "y": [3, 1, 2]})
    found = answers_by_row(answers, IDS, "key", "y")
    assert found.to_dict() == {10: 1, 11: 2, 12: 3}


def test_a_missing_answer_is_left_out_and_a_single_column_goes_by_order() -> None:
    assert answers_by_row(pd.DataFrame({"key": ["a"], "y": [1]}), IDS, "key", "y").index.tolist() == [10]
    assert answers_by_row(pd.DataFrame({"y": [5, 6, 7]}), IDS, None, "y").tolist() == [5, 6, 7]


@pytest.mark.parametrize("keys", [["a", "a"], ["x", "z"]])
def test_ids_that_stand_twice_or_nowhere_are_refused(keys: list[str]) -> None:
    with pytest.raises(PodiumError, match="solution file"):
        answers_by_row(pd.DataFrame({"key": keys, "y": [1, 2]}), IDS, "key", "y")


def test_labels_match_whatever_type_the_file_reads_as() -> None:
    assert coded(pd.Series([1.0, 0.0]), [0, 1]).tolist() == [1, 0]
    assert coded(pd.Series(["True", "False"]), [False, True]).tolist() == [1, 0]
    assert plain(np.float64(2.5)) == "2.5" and plain(np.bool_(True)) == "True"
    with pytest.raises(PodiumError, match="labels of the training file"):
        coded(pd.Series(["maybe"]), ["no", "yes"])
    with pytest.raises(PodiumError, match="finite numbers"):
        coded(pd.Series(["12", "x"]), [])


def test_the_score_is_the_metrics_and_repeats_with_its_seed() -> None:
    draw = np.random.default_rng(3)
    truth = draw.integers(0, 2, 200)
    prediction = np.clip(truth * 0.3 + draw.random(200) * 0.7, 0, 1)
    metric = Metric(name="auc")
    held = holdout_score(metric, truth, prediction, np.random.default_rng(1))
    assert held["score"] == pytest.approx(roc_auc_score(truth, prediction))
    assert held == holdout_score(metric, truth, prediction, np.random.default_rng(1))
    assert 0.005 < held["se"] < 0.05 and held["rows"] == 200


def test_resamples_without_both_classes_do_not_count() -> None:
    truth, prediction = np.array([0, 0, 1]), np.array([0.1, 0.6, 0.5])
    assert np.isfinite(holdout_score(Metric(name="auc"), truth, prediction, np.random.default_rng(0))["se"])
