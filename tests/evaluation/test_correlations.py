"""How columns go together: the tables, and the measures against values known beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from scipy.stats.contingency import association

from pipeline.declaration.metric import Metric
from pipeline.evaluation.correlations import (
    MOST_ROWS,
    TARGET,
    association_table,
    correlation_ratio,
    correlation_table,
    cramers_v,
    sample_rows,
)
from pipeline.evaluation.scored import Scored

DRAW = np.random.default_rng(5)


def scored(metric: str, target: np.ndarray, classes: tuple[str, ...] = ()) -> Scored:
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    rows = np.arange(len(target))
    return Scored(task, Metric(name=metric), classes, rows, target, rows % 2, {})


def frame(rows: int = 400) -> pd.DataFrame:
    a = DRAW.normal(size=rows).astype("float32")
    table = pd.DataFrame({"a": a, "b": -np.exp(a), "gaps": np.where(DRAW.random(rows) < 0.3, np.nan, a)})
    colour = DRAW.integers(0, 3, rows)
    table["colour"] = pd.Categorical.from_codes(colour, ["red", "green", "blue"])
    table["shade"] = pd.Categorical.from_codes(np.where(DRAW.random(rows) < 0.1, -1, colour // 2), ["warm", "cold"])
    table["street"] = pd.Categorical([f"s{k}" for k in DRAW.integers(0, 90, rows)])
    return table.assign(constant=1.0)


def value(table: pd.DataFrame, column: str, other: str) -> float:
    return float(table.set_index(["column", "other"]).iloc[:, 0].loc[(column, other)])


def test_rank_correlations_are_spearmans_and_skip_what_is_missing() -> None:
    table = frame()
    target = table["a"].to_numpy() ** 3 + DRAW.normal(size=400)
    found = correlation_table(scored("rmse", target), table, list(table))
    assert list(dict.fromkeys(found["column"])) == [TARGET, "a", "b", "gaps"], "no category, nothing constant"
    assert value(found, "a", "b") == pytest.approx(-1) and value(found, "a", "a") == pytest.approx(1)
    assert value(found, TARGET, "a") == pytest.approx(spearmanr(target, table["a"]).statistic)
    assert value(found, "a", "gaps") == pytest.approx(1, abs=0.02)
    many = correlation_table(scored("log_loss", DRAW.integers(0, 3, 400), ("x", "y", "z")), table, list(table))
    assert TARGET not in set(many["column"])


def test_associations_tell_what_is_the_same_from_what_is_by_chance() -> None:
    table = frame()
    target = (table["colour"] == "red").to_numpy().astype(np.int64)
    found = association_table(scored("auc", target, ("no", "yes")), table, list(table))
    assert list(dict.fromkeys(found["column"])) == [TARGET, "colour", "shade", "street"]
    assert value(found, TARGET, "colour") > 0.99 and value(found, "colour", "shade") > 0.6
    assert value(found, TARGET, "street") < 0.25, "many levels reach little by chance"
    assert value(found, "shade", "colour") == value(found, "colour", "shade")
    worth = association_table(scored("rmse", target * 5.0), table, list(table))
    assert value(worth, TARGET, "colour") == pytest.approx(1, abs=0.01) and value(worth, TARGET, "street") < 0.35
    assert association_table(scored("rmse", target * 5.0), table[["a"]], ["a"]).empty


def test_cramers_v_is_scipys_but_for_the_correction() -> None:
    one, other = DRAW.integers(0, 4, 100_000), DRAW.integers(0, 2, 100_000)
    other = np.where(one == 3, 1, other)
    counts = pd.crosstab(one, other).to_numpy()
    assert cramers_v(one, other) == pytest.approx(association(counts, method="cramer"), abs=1e-3)
    assert cramers_v(np.zeros(9, dtype=int), np.arange(9) % 2) == 0.0


def test_the_correlation_ratio_is_nothing_for_noise_and_one_for_levels_that_tell_all() -> None:
    codes = np.arange(300) % 100
    assert correlation_ratio(codes, DRAW.normal(size=300)) < 0.4
    assert correlation_ratio(codes, codes * 2.0) == pytest.approx(1)
    assert correlation_ratio(codes, np.ones(300)) == 0.0


def test_a_large_table_is_sampled_from_end_to_end() -> None:
    rows = sample_rows(1_000_000)
    assert len(rows) == MOST_ROWS and rows[0] == 0 and rows[-1] == 999_999
    assert sample_rows(3).tolist() == [0, 1, 2]
