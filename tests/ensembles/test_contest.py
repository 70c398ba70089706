"""The rule, and honesty of the contest: nested rows only, chance on noise."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import ensembles
from pipeline.decisions import Decision
from pipeline.declaration.ensemble import CANDIDATES, Ensemble
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles._contest import Entry, Field, choose, compare, compete, field_order, one_standard_error, refit
from pipeline.metrics import FoldScores


def spec(task: str, metric: str, **options: object) -> EnsembleSpec:
    ensemble = Ensemble.model_validate({"rounds": 10, "bags": 4, "candidates": CANDIDATES, **options})
    return EnsembleSpec(
        competition="toy", seed=1, task=task, metric=Metric(name=metric), models=["a", "b", "c"], ensemble=ensemble
    )


def noise(task: str, n: int, seed: int) -> Field:
    """Members that know nothing of the target."""
    rng = np.random.default_rng(seed)
    if task == "regression":
        y, oof = rng.normal(size=n), {m: 0.1 * rng.normal(size=n) for m in "abc"}
    elif task == "binary":
        y, oof = rng.integers(0, 2, n), {m: rng.uniform(0.4, 0.6, n) for m in "abc"}
    else:
        y, oof = rng.integers(0, 3, n), {m: rng.dirichlet(np.full(3, 50.0), n) for m in "abc"}
    return Field(np.arange(n), y, np.arange(n) % 5, oof, np.arange(n, n + 5), {m: p[:5] for m, p in oof.items()})


@pytest.mark.parametrize(
    ("gains", "wanted"),
    [
        ([[0.80, 0.80], [0.79, 0.79], [0.70, 0.70]], 0),  # the simplest is the best
        ([[0.70, 0.90], [0.79, 0.79], [0.90, 0.72]], 0),  # behind, by less than its paired error
        ([[0.70, 0.71], [0.85, 0.80], [0.84, 0.83]], 1),  # the first is clearly behind, the second is not
        ([[0.70, 0.71], [0.80, 0.81], [0.90, 0.91]], 2),  # even a small difference counts where every fold agrees
        ([[0.5], [0.6]], 1),  # one fold: the best
    ],
)
def test_the_simplest_within_one_standard_error_of_the_difference(gains: list, wanted: int) -> None:
    assert one_standard_error(np.array(gains)) == wanted


def test_of_equal_candidates_the_first_wins() -> None:
    field = noise("binary", 200, 0)
    same = {m: field.oof["a"] for m in "abc"}
    field = Field(field.row_id, field.y, field.outer, same, field.test_row_id, field.test)
    entries, _ = compete(spec("binary", "auc"), field, ["mean", "hill_climbing", "best_single"])
    assert choose(spec("binary", "auc"), entries).name == "mean"


def test_a_mean_that_bad_members_spoil_gives_way() -> None:
    rng, n = np.random.default_rng(0), 400
    y = rng.normal(size=n)
    oof = {m: y + s * rng.normal(size=n) for m, s in (("a", 0.1), ("b", 3.0), ("c", 3.0))}
    field = Field(np.arange(n), y, np.arange(n) % 5, oof, np.arange(n, n + 5), {m: p[:5] for m, p in oof.items()})
    s = spec("regression", "rmse")
    assert choose(s, compete(s, field, field_order(s))[0]).name != "mean"


@pytest.mark.parametrize(
    ("single", "expected"),
    [
        ([0.50, 0.40, 0.62, 0.51], "hill_climbing"),  # it leads, by 1.1 standard errors
        ([0.41, 0.40, 0.41, 0.41], "best_single"),  # it leads on every fold
        ([0.52, 0.51, 0.52, 0.52], "hill_climbing"),  # it does not lead
    ],
)
def test_the_single_model_must_lead_by_two_standard_errors(single: list[float], expected: str) -> None:
    scores = {"mean": [0.70, 0.71, 0.70, 0.71], "hill_climbing": [0.51, 0.50, 0.61, 0.52], "best_single": single}
    entries = [Entry(name, np.zeros(1), FoldScores(tuple(own)), Decision("none", ())) for name, own in scores.items()]
    assert choose(spec("regression", "rmse"), entries).name == expected
    assert choose(spec("regression", "rmse"), entries[2:]).name == "best_single", "nothing else took part"


def test_rule_best_takes_the_best_mean() -> None:
    field = noise("regression", 200, 1)
    entries, _ = compete(spec("regression", "rmse", rule="best"), field, ["best_single", *CANDIDATES])
    best = min(entries, key=lambda e: e.scores.mean)
    assert choose(spec("regression", "rmse", rule="best"), entries) is best


@pytest.mark.parametrize(
    ("task", "metric", "chance"),
    [
        ("binary", "auc", 0.5),
        ("binary", "balanced_accuracy", 0.5),
        ("multiclass", "balanced_accuracy", 1 / 3),
        ("regression", "r2", 0.0),
    ],
)
def test_noise_scores_chance(task: str, metric: str, chance: float) -> None:
    entries, refused = compete(spec(task, metric), noise(task, 1000, 3), ["best_single", *CANDIDATES])
    assert len(entries) + len(refused) == 1 + len(CANDIDATES)
    for entry in entries:
        assert entry.scores.mean < chance + 3 * max(entry.scores.se, 0.018), entry.name  # 0.018: AUC's own on 1000 rows


def test_a_fold_is_predicted_without_its_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    field, seen = noise("binary", 100, 0), []
    mean = ensembles.load("mean")
    plain = mean.fit

    def spying(members: dict, y: np.ndarray, problem: ensembles.Problem):
        seen.append(set(members["a"].tolist()))
        return plain(members, y, problem)

    monkeypatch.setattr(mean, "fit", spying)
    compete(spec("binary", "auc"), field, ["mean"])
    assert len(seen) == 5
    others = [set(field.oof["a"][field.outer != fold].tolist()) for fold in range(5)]
    assert all(rows in others for rows in seen) and all(rows in seen for rows in others)


def test_the_comparison_lists_everyone_once() -> None:
    s, field = spec("binary", "log_loss"), noise("binary", 200, 0)
    entries, refused = compete(s, field, ["best_single", *CANDIDATES])
    table = compare(s, entries, refused)
    assert sorted(table["simplicity"]) == list(range(1 + len(CANDIDATES))) and table["chosen"].sum() == 1
    assert table.loc[table["name"] == "rank_mean", "note"].item().startswith("does not apply: log_loss")
    best = table.loc[table["score"].idxmin()]
    assert best["difference"] == 0 and best["difference_se"] == 0
    assert (table["difference"].dropna() >= 0).all()


def test_one_model_needs_no_ensemble() -> None:
    field = noise("binary", 100, 0)
    one = Field(field.row_id, field.y, field.outer, {"a": field.oof["a"]}, field.test_row_id, {"a": field.test["a"]})
    entries, refused = compete(spec("binary", "auc"), one, ["best_single", *CANDIDATES])
    assert [e.name for e in entries] == ["best_single"] and len(refused) == len(CANDIDATES)
    weights, test = refit(spec("binary", "auc"), one, "best_single")
    assert weights == {"a": 1.0} and np.array_equal(test, one.test["a"])


def test_predictions_that_are_not_finite_do_not_compete(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.ensembles import Weighted

    mean, field = ensembles.load("mean"), noise("regression", 100, 0)
    monkeypatch.setattr(mean, "fit", lambda members, y, problem: Weighted({"a": np.inf}, problem))
    entries, refused = compete(spec("regression", "rmse"), field, ["best_single", "mean"])
    assert "not finite" in refused["mean"] and len(entries) == 1


def test_rows_never_validated_stay_out() -> None:
    field = noise("binary", 150, 0)
    outer = np.where(np.arange(150) < 30, -1, field.outer)
    oof = {m: np.where(outer < 0, np.nan, p) for m, p in field.oof.items()}
    late = Field(field.row_id, field.y, outer, oof, field.test_row_id, field.test)
    entries, _ = compete(spec("binary", "auc"), late, ["best_single", "mean", "linear_stack"])
    for entry in entries:
        assert np.isnan(entry.nested[:30]).all() and np.isfinite(entry.nested[30:]).all()
