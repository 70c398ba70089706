"""``plan``: a changed key changes the specs it bears on, and no others."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from pipeline import models
from pipeline.core.errors import PodiumError
from pipeline.declaration.competition import Competition
from pipeline.plan import plan
from tests.conftest import ROOT

BASE: dict[str, Any] = {
    "name": "toy",
    "title": "Toy",
    "task": "binary",
    "columns": {"target": "y"},
    "metric": "auc",
    "models": {"linear": {}, "lightgbm": {}, "random_forest": {}},
}


def specs(**changes: Any) -> dict[str, dict[str, Any]]:
    planned = plan(Competition.model_validate({**BASE, **changes}))
    return {name: spec.model_dump(mode="json") for name, spec in planned.items()}


def changed(**changes: Any) -> set[str]:
    before, after = specs(), specs(**changes)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_a_models_setting_changes_that_model_alone() -> None:
    models = {"linear": {}, "lightgbm": {"learning_rate": 0.5}, "random_forest": {}}
    assert changed(models=models) == {"tune-lightgbm", "train-lightgbm"}


@pytest.mark.parametrize(
    ("section", "stages"),
    [
        ({"split": {"folds": 7}}, {"split"}),
        ({"features": {"missing_count": True}}, {"features"}),
        ({"submit": {"decimals": 3}}, {"submit"}),
        ({"tune": {"models": {"linear": 5}}}, {"tune-linear"}),
        ({"train": {"linear": {"repeats": 2}}}, {"train-linear"}),
        ({"ensemble": {"rounds": 10}}, {"ensemble"}),
        ({"clean": {"duplicates": "drop"}}, {"clean"}),
        ({"select": {"compare": False}}, set()),
    ],
)
def test_a_section_changes_the_stages_it_bears_on(section: dict[str, Any], stages: set[str]) -> None:
    assert changed(**section) == stages


def test_comparing_selection_is_a_matter_of_train_alone() -> None:
    by_filter, quiet = (specs(select={"method": "filter", **more}) for more in ({}, {"compare": False}))
    assert {name for name in quiet if quiet[name] != by_filter[name]} == {f"train-{name}" for name in BASE["models"]}
    assert by_filter["train-linear"]["compare_selection"] and not specs()["train-linear"]["compare_selection"]


def test_seeds_differ_by_stage_and_follow_the_declared_seed() -> None:
    planned = specs()
    seeds = [spec["seed"] for spec in planned.values()]
    assert len(set(seeds)) == len(seeds)
    assert changed(seed=1) == set(planned)


def test_boosted_trees_eat_no_synthetic_rows_unless_told_to() -> None:
    smote = {"method": "smote"}
    planned = specs(oversample=smote)
    assert planned["train-lightgbm"]["resampling"] == "none"
    assert planned["train-linear"]["resampling"] == "smote"
    told = specs(oversample=smote, train={"lightgbm": {"oversample": True}, "linear": {"oversample": False}})
    assert told["train-lightgbm"]["resampling"] == "smote"
    assert told["train-linear"]["resampling"] == "none"


def test_ordered_labels_are_fitted_as_a_regression() -> None:
    planned = specs(task="multiclass", metric="qwk")
    assert planned["train-linear"]["objective"] == "regression"
    assert planned["train-linear"]["task"] == "multiclass"


def test_a_forests_columns_may_be_a_word_and_null_is_the_models_own_choice() -> None:
    planned = specs(models={"random_forest": {"max_features": "log2"}, "lightgbm": {"num_leaves": None}})
    assert planned["train-random_forest"]["params"]["max_features"] == "log2"
    assert planned["train-lightgbm"]["params"]["num_leaves"] is None


def test_a_metric_says_what_to_train_on() -> None:
    assert specs(task="regression", metric="rmsle")["train-linear"]["transform"] == "log1p"
    assert specs(task="regression", metric="rmspe")["train-linear"]["transform"] == "log"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": {"xgbost": {}}}, "Did you mean xgboost"),
        (
            {"models": {"catboost": {"depth": "deep"}}},
            r"models\.catboost\.depth must be a number; got 'deep'. By default",
        ),
        (
            {"models": {"mlp": {"max_epochs": "few"}}},
            r"mlp\.max_epochs must be a number; got 'few'. By default it is null",
        ),
        ({"models": {"xgboost": {"n_estimators": True}}}, r"xgboost\.n_estimators must be a number; got True"),
        ({"models": {"mlp": {"residual": "much"}}}, r"models\.mlp\.residual must be true or false; got 'much'"),
        ({"train": {"lightgbm": {"variants": [{"lambda_l1": [1]}]}}}, r"variants\[0\]\.lambda_l1 must be a number"),
        ({"models": {"lightgbm": {"num_leafs": 3}}}, r"models\.lightgbm\.num_leafs .*Did you mean num_leaves"),
        ({"tune": {"models": {"xgboost": 3}}}, r"tune\.models may name only what stands in models; got 'xgboost'"),
        ({"tune": {"space": {"linear": {"depth": {"low": 1}}}}}, r"tune\.space\.linear\.depth is not a setting"),
        ({"ensemble": {"members": ["lihgtgbm"]}}, r"ensemble\.members .*Did you mean lightgbm"),
        ({"train": {"xgboost": {"oversample": True}}}, "train may name only what stands in models"),
        ({"tune": {"trials": 3, "effort": {"xgboost": 1}}}, "tune.effort may name only what stands in models"),
        ({"train": {"lightgbm": {"variants": 99}}}, r"train\.lightgbm\.variants must be at most \d, .*; got 99"),
        ({"train": {"lightgbm": {"variants": [{"num_leafs": 3}]}}}, r"lightgbm\.variants\[0\]\.num_leafs .*num_leaves"),
    ],
)
def test_what_cannot_be_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PodiumError, match=message):
        specs(**changes)


def test_planning_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.declaration.competition import Competition; from pipeline.plan import plan;"
        f"plan(Competition.model_validate({BASE!r}));"
        "heavy = {'numpy', 'pandas', 'sklearn', 'torch', 'xgboost', 'lightgbm', 'optuna'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_variants_are_the_first_of_the_portfolio_or_the_competitions_own() -> None:
    card = models.load("lightgbm")
    assert specs()["train-lightgbm"]["portfolio"] == []
    assert specs(train={"variants": 3})["train-lightgbm"]["portfolio"] == [dict(c) for c in card.portfolio[1:3]]
    own = specs(train={"variants": 2, "lightgbm": {"variants": [{"num_leaves": 5}]}, "linear": {"variants": 1}})
    assert own["train-lightgbm"]["portfolio"] == [{"num_leaves": 5}] and own["train-linear"]["portfolio"] == []
    assert changed(train={"lightgbm": {"variants": 2}}) == {"train-lightgbm"}


def test_trials_are_shared_by_the_efforts() -> None:
    tune = {"trials": 10, "effort": {"lightgbm": 2, "linear": 1}, "models": {"random_forest": 4}}
    planned = specs(tune=tune)
    assert [planned[f"tune-{name}"]["trials"] for name in BASE["models"]] == [10, 20, 4]
    assert specs(tune={"trials": 10, "effort": {"lightgbm": 1}})["tune-linear"]["trials"] == 0


def test_a_budget_plans_the_whole_portfolio_and_marks_the_run() -> None:
    planned = specs(budget="4m")
    assert len(planned["train-lightgbm"]["portfolio"]) == len(models.load("lightgbm").portfolio) - 1
    assert planned["train-linear"]["share"]["budget"] == 240 and set(planned["tune-linear"]["share"]["weights"]) == set(
        BASE["models"]
    )
    assert set(planned["train-linear"]["share"]["by_class"]) <= {"gbdt", "xgboost", "lightgbm", "catboost"}
    assert "lightgbm" in planned["train-linear"]["share"]["by_class"]
    assert planned["evaluate"]["limited_by_time"] and planned["submit"]["budget"] == 240
    assert {name.partition("-")[0] for name in changed(budget=240)} == {"tune", "train", "evaluate", "submit"}


def test_inverse_square_weights_fit_the_target_as_it_is() -> None:
    values = {"task": "regression", "metric": "rmspe"}
    plain, weighted = (specs(**values, **more) for more in ({}, {"train": {"weights": "inverse_square"}}))
    assert [part["train-linear"]["transform"] for part in (plain, weighted)] == ["log", "identity"]
    assert weighted["train-linear"]["weights"] == weighted["tune-linear"]["weights"] == "inverse_square"
    with pytest.raises(PodiumError, match="may be inverse_square only for a regression; got binary"):
        specs(train={"weights": "inverse_square"})


def test_weights_against_a_shift_are_the_same_for_every_model_that_is_fitted_with_them() -> None:
    planned = specs(train={"shift_weights": True, "linear": {"shift_weights": False}})
    assert planned["train-linear"]["shift"] is None
    assert planned["train-lightgbm"]["shift"] == planned["tune-random_forest"]["shift"]
    assert planned["train-lightgbm"]["shift"]["clip"] == 10
    assert specs(train={"shift_weights": {"clip": 5}})["train-linear"]["shift"]["clip"] == 5
    assert specs(train={"shift_weights": False}) == specs()


def test_a_refit_is_made_where_it_is_declared_and_by_default_where_folds_go_forward_in_time() -> None:
    forward = {"split": {"kind": "time", "time": "day"}}
    found = [
        specs(**more, train={"refit": asked})["train-linear"]["refit"]
        for more in ({}, forward)
        for asked in ("auto", True, False)
    ]
    assert found == [False, True, False, True, True, False]
    assert changed(train={"refit": True}) == {f"train-{name}" for name in BASE["models"]}


def test_where_folds_go_forward_in_time_no_stack_takes_part_unless_it_is_declared() -> None:
    forward = {"kind": "time", "time": "day", "folds": 3}
    assert "second_layer" in specs()["ensemble"]["ensemble"]["candidates"]
    steady = specs(split=forward)["ensemble"]["ensemble"]["candidates"]
    assert steady == ["mean", "geometric_mean", "rank_mean", "hill_climbing", "bagged_hill_climbing"]
    declared = specs(split=forward, ensemble={"candidates": ["linear_stack"], "bags": 5})["ensemble"]["ensemble"]
    assert declared["candidates"] == ["linear_stack"] and declared["bags"] == 5


def test_pseudo_labels_are_a_matter_of_train_alone_and_of_the_models_that_want_them() -> None:
    assert changed(train={"pseudo_labels": True, "linear": {"pseudo_labels": False}}) == {
        "train-lightgbm",
        "train-random_forest",
    }
    found = [
        specs(**more, train={"pseudo_labels": {"weight": 2}})["train-linear"] for more in ({}, {"metric": "accuracy"})
    ]
    assert [spec["pseudo"] for spec in found] == [
        {"share": None, "weight": 2.0, "labels": labels} for labels in ("soft", "hard")
    ]


VALUES = {"task": "regression", "metric": "rmse"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"split": {"kind": "time", "time": "day"}}, "may not be used where folds go forward in time"),
        ({"models": {"tabpfn": {}}}, "needs models that take row weights; got tabpfn. Write pseudo_labels: false un"),
        ({"oversample": {"method": "smote"}}, "may not be used for a resampled model; got linear"),
        ({**VALUES, "train": {"pseudo_labels": {"labels": "soft"}}}, "labels must be hard for values; got soft"),
        ({**VALUES, "train": {"pseudo_labels": {"share": 0.5}}}, "share below 1 needs repeats"),
    ],
)
def test_pseudo_labels_that_cannot_be_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PodiumError, match=said):
        specs(**{"train": {"pseudo_labels": True}, **changes})


def test_directions_hold_for_every_model_or_for_one() -> None:
    age = {"age": "increasing"}
    boosted = {"lightgbm": {}, "xgboost": {"monotone": {"age": "decreasing"}}}
    planned = specs(models=boosted, train={"monotone": age})
    assert planned["train-lightgbm"]["params"]["monotone"] == age
    assert planned["tune-xgboost"]["params"]["monotone"] == {"age": "decreasing"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train": {"monotone": {"age": "increasing"}}}, "train.monotone needs models that can hold it; got linear"),
        (
            {"models": {"realmlp": {}}, "train": {"shift_weights": True}},
            "train.shift_weights needs models that take row weights; got realmlp. Write shift_weights: false under",
        ),
        ({"models": {"tabpfn": {}}, "train": {"weights": "w"}}, "train.weights needs models that take row weights"),
        ({"models": {"lightgbm": {"monotone": {"age": "up"}}}}, "must say increasing or decreasing by column"),
        ({"models": {"lightgbm": {"monotone": ["age"]}}}, "must say increasing or decreasing by column"),
        (
            {"models": {"lightgbm": {"monotone": {"age": "increasing"}}}, "task": "multiclass", "metric": "log_loss"},
            "models.lightgbm.monotone is for two classes or values; got multiclass",
        ),
        (
            {"models": {"balanced_forest": {}}, "task": "regression", "metric": "rmse"},
            "models.balanced_forest can be fitted for binary and multiclass only; got regression. Take another: ada",
        ),
    ],
)
def test_what_a_model_cannot_do_is_refused_with_the_alternatives(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PodiumError) as refused:
        specs(**changes)
    assert said in str(refused.value)
