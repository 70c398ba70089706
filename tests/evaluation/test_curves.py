"""ROC, precision-recall, gain, calibration and threshold tables, held against scikit-learn and against hand counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, confusion_matrix, f1_score, roc_auc_score

from pipeline.declaration.metric import Metric
from pipeline.evaluation.calibration import calibration_table, histogram_table
from pipeline.evaluation.gain import gain_table
from pipeline.evaluation.precision_recall import precision_recall_table
from pipeline.evaluation.roc import roc_table
from pipeline.evaluation.scored import ALL_CLASSES, ENSEMBLE, Scored
from pipeline.evaluation.thinning import POINTS, thinned
from pipeline.evaluation.thresholds import threshold_table


def scored(rows: int = 300, classes: int = 2, seed: int = 0) -> Scored:
    draw = np.random.default_rng(seed)
    target = draw.integers(0, classes, rows)
    target[:classes] = np.arange(classes)
    raw = draw.normal(size=(rows, classes)) + 1.5 * (target[:, None] == np.arange(classes))
    share = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    prediction = share[:, 1] if classes == 2 else share
    outer = np.arange(rows) % 5
    names = tuple(f"c{k}" for k in range(classes))
    task = "binary" if classes == 2 else "multiclass"
    metric = Metric(name="log_loss")
    return Scored(task, metric, names, np.arange(rows), target, outer, {"m": prediction, ENSEMBLE: prediction})


TABLES = {
    "roc": roc_table,
    "precision_recall": precision_recall_table,
    "gain": gain_table,
    "histogram": histogram_table,
    "calibration": lambda s: calibration_table(s, 10),
}


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("name", TABLES)
def test_every_number_is_finite_and_both_models_are_there(name: str, classes: int) -> None:
    table = TABLES[name](scored(classes=classes))
    assert np.isfinite(table.select_dtypes("number").to_numpy()).all()
    assert set(table["model"]) == {"m", ENSEMBLE}


def test_areas_are_scikit_learns() -> None:
    data = scored()
    truth, prediction = data.target, data.predictions["m"]
    assert roc_table(data)["area"].iloc[0] == pytest.approx(roc_auc_score(truth, prediction))
    area = precision_recall_table(data)["area"].iloc[0]
    assert area == pytest.approx(average_precision_score(truth, prediction))


def test_curves_start_and_end_where_they_must() -> None:
    roc = roc_table(scored()).query("model == 'm'")
    assert roc[["false_positive_rate", "true_positive_rate"]].iloc[0].tolist() == [0, 0]
    assert roc[["false_positive_rate", "true_positive_rate"]].iloc[-1].tolist() == [1, 1]
    gain = gain_table(scored()).query("model == 'm'")
    assert gain["gain"].iloc[-1] == 1 and gain["lift"].iloc[-1] == 1


def test_several_classes_are_pooled_for_all_models_and_single_for_the_ensemble() -> None:
    table = roc_table(scored(classes=3))
    assert set(table.query("model == 'm'")["label"]) == {ALL_CLASSES}
    assert set(table.query("model == @ENSEMBLE", local_dict={"ENSEMBLE": ENSEMBLE})["label"]) == {
        ALL_CLASSES,
        "c0",
        "c1",
        "c2",
    }


def test_thresholds_count_as_scikit_learn_does() -> None:
    data = scored()
    table = threshold_table(data).query("model == 'm'").set_index("threshold")
    for threshold in (0.0, 0.25, 0.5, 0.9):
        called = data.predictions["m"] >= threshold
        line = table.loc[threshold]
        counts = confusion_matrix(data.target, called, labels=[0, 1]).ravel()
        assert [line["tn"], line["fp"], line["fn"], line["tp"]] == counts.tolist()
        assert line["f1"] == pytest.approx(f1_score(data.target, called))


def test_calibration_bins_hold_all_rows_once() -> None:
    table = calibration_table(scored(), 10).query("model == 'm'")
    assert table["rows"].sum() == 300 and table["rows"].between(25, 35).all()
    observed = (table["observed"] * table["rows"]).sum()
    assert observed == pytest.approx(scored().target.sum())


def test_a_histogram_side_sums_to_one() -> None:
    table = histogram_table(scored()).query("model == 'm'")
    assert table["positives"].sum() == pytest.approx(1) and table["negatives"].sum() == pytest.approx(1)


def test_rows_never_validated_do_not_count() -> None:
    data = scored()
    prediction = data.predictions["m"].copy()
    prediction[:100] = np.nan
    partial = Scored("binary", data.metric, data.classes, data.row_id, data.target, data.outer, {ENSEMBLE: prediction})
    assert roc_table(partial)["area"].iloc[0] == pytest.approx(roc_auc_score(data.target[100:], prediction[100:]))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 3000))
def test_thinning_keeps_ends_and_order(seed: int, size: int) -> None:
    x = np.sort(np.random.default_rng(seed).random(size))
    keep = thinned(x, np.cumsum(x))
    assert keep[0] == 0 and keep[-1] == size - 1
    assert (np.diff(keep) > 0).all() and len(keep) <= POINTS


def test_a_class_that_no_row_has_is_left_out() -> None:
    data = scored(classes=3)
    target = np.where(data.target == 2, 1, data.target)
    lacking = Scored(data.task, data.metric, data.classes, data.row_id, target, data.outer, data.predictions)
    labels = set(roc_table(lacking)["label"])
    assert "c2" not in labels and isinstance(roc_table(lacking), pd.DataFrame)
