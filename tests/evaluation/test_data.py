"""The data's tables: the target's bins, and columns by level against the target and the test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.declaration.metric import Metric
from pipeline.evaluation.data import class_table, level_table, target_table
from pipeline.evaluation.scored import Scored


def scored(metric: str, target: np.ndarray, classes: tuple[str, ...] = ()) -> Scored:
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    rows = np.arange(len(target))
    return Scored(task, Metric(name=metric), classes, rows, target, rows % 2, {})


def test_the_target_is_counted_by_class_or_binned_and_by_logarithms_where_the_metric_takes_them() -> None:
    assert target_table(scored("auc", np.array([0, 1, 1]), ("no", "yes")))["rows"].tolist() == [1, 2]
    values = np.array([1.0, 10.0, 100.0])
    plain, logs = (target_table(scored(metric, values)) for metric in ("rmse", "rmsle"))
    assert plain["rows"].sum() == logs["rows"].sum() == 3
    assert np.allclose(plain["high"] - plain["low"], 99 / 40)
    assert np.allclose(logs["high"] / logs["low"], 100 ** (1 / 40))


def test_levels_hold_the_shares_of_either_and_the_targets_mean() -> None:
    train, test = {"c": pd.Series(["x", "x", "y", "y"])}, {"c": pd.Series(["x", "z"])}
    table = level_table(scored("rmse", np.array([1.0, 3.0, 5.0, 5.0])), train, test).set_index("level")
    assert table.loc["x", ["train", "test", "target", "se"]].tolist() == [0.5, 0.5, 2.0, 1.0]
    assert table.loc["z", ["train", "test"]].tolist() == [0.0, 0.5] and np.isnan(table.loc["z", "target"])
    many = level_table(scored("log_loss", np.array([0, 1, 2, 2]), ("a", "b", "c")), train, test)
    assert many["target"].isna().all()


def test_many_classes_share_each_level() -> None:
    train = {"c": pd.Series(["x", "x", "y", None])}
    table = class_table(scored("log_loss", np.array([0, 1, 2, 2]), ("a", "b", "c")), train)
    assert table.groupby("level", sort=False)["share"].apply(list).to_dict() == {
        "x": [0.5, 0.5, 0.0],
        "y": [0.0, 0.0, 1.0],
        "missing": [0.0, 0.0, 1.0],
    }
    assert class_table(scored("auc", np.array([0, 1, 1, 0]), ("no", "yes")), train).empty
