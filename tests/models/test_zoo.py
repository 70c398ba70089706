"""One contract for the whole zoo: every model through the same checks, for every task."""

import dataclasses
import subprocess
import sys
import warnings
from functools import cache
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from pipeline.core.device import cuda_devices
from pipeline.core.errors import PodiumError
from pipeline.declaration.preprocess import Preprocess
from pipeline.models import Rows, Setting, load, names
from pipeline.preprocess import Preprocessor

TASKS = ("binary", "multiclass", "regression")
CLASSES = {"binary": 2, "multiclass": 3, "regression": 0}
ROWS = 260
QUICK = {
    "random_forest": {"n_estimators": 30},
    "extra_trees": {"n_estimators": 30},
    "adaboost": {"n_estimators": 30},
    "gbdt": {"n_estimators": 60},
    "xgboost": {"n_estimators": 60, "learning_rate": 0.1},
    "lightgbm": {"n_estimators": 60, "learning_rate": 0.1},
    "catboost": {"n_estimators": 60, "learning_rate": 0.1},
    "balanced_forest": {"n_estimators": 30},
    "mlp": {"max_epochs": 20, "width": 32, "learning_rate": 5e-3},
    "realmlp": {"n_epochs": 30, "batch_size": 32},
    "fm": {"n_iter": 60, "rank": 4},
    "tabpfn": {"n_estimators": 2},
    "tabm": {"max_epochs": 20, "width": 32, "heads": 8, "learning_rate": 5e-3},
}
HEAVY = {
    "numpy",
    "pandas",
    "sklearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "torch",
    "skorch",
    "skops",
    "scipy",
    "tabm",
    "pytabkit",
    "imblearn",
}

# Optional models, and what they need; without it pip's command is the answer, as test_refitted.py holds.
OPTIONAL = {"realmlp": "pytabkit", "tabpfn": "tabpfn"}
# They take no row weights, and refuse them: also in test_refitted.py.
WEIGHTLESS = OPTIONAL


def present(name, *more):
    absent = name in OPTIONAL and find_spec(OPTIONAL[name]) is None
    return pytest.param(name, *more, marks=pytest.mark.skipif(absent, reason=f"{OPTIONAL.get(name)} is not installed"))


FITS = [(name, task) for name in names() for task in TASKS if task in load(name).objectives]
each_card = pytest.mark.parametrize("name", names())
each_model = pytest.mark.parametrize("name", [present(name) for name in names()])
each_fit = pytest.mark.parametrize(("name", "task"), [present(*fit) for fit in FITS])
each_weighted = pytest.mark.parametrize("name", [present(name) for name in names() if name not in WEIGHTLESS])
each_weighted_fit = pytest.mark.parametrize(
    ("name", "task"), [present(*fit) for fit in FITS if fit[0] not in WEIGHTLESS]
)


@dataclasses.dataclass(frozen=True)
class Toy:
    """A learnable table, cut into rows to fit on, to stop on and to score."""

    fit: Rows
    stop: Rows
    score: Rows


@cache
def raw(task):
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 3)).astype("float32"), columns=["signal", "half [m<2]", "noise"])
    frame["kind"] = pd.Categorical(rng.choice(["a", "b:{x}", "c"], ROWS), categories=["a", "b:{x}", "c", "rare"])
    value = 2 * frame["signal"] + frame["half [m<2]"] + 2.0 * (frame["kind"] == "a") + rng.normal(size=ROWS) * 0.3
    frame.loc[rng.random(ROWS) < 0.05, "noise"] = np.nan
    frame.loc[rng.random(ROWS) < 0.05, "kind"] = np.nan
    if task == "regression":
        return frame, 50 + 10 * value.to_numpy()
    cuts = np.quantile(value, np.linspace(0, 1, CLASSES[task] + 1)[1:-1])
    return frame, np.searchsorted(cuts, value.to_numpy()).astype(np.int64)


@cache
def toy(name, task):
    frame, y = raw(task)
    kinds = {c: "categorical" if c == "kind" else "numeric" for c in frame}
    server = Preprocessor(load(name).wants, kinds, Preprocess(), task, CLASSES[task], seed=1)
    fitting = server.fit_transform(frame.iloc[:160], y[:160])
    cut = {"stop": slice(160, 200), "score": slice(200, ROWS)}
    rest = {part: Rows(server.transform(frame.iloc[rows]), y[rows]) for part, rows in cut.items()}
    return Toy(Rows(fitting, y[:160]), **rest)


def build(name, task, seed=3, **params):
    card = load(name)
    settings = {**card.defaults, **QUICK.get(name, {}), **params}
    return card.build(Setting(settings, task, CLASSES[task], seed, threads=1))


def fitted(name, task, training=None, stopping=None, seed=3, **params):
    card, rows = load(name), toy(name, task)
    estimator = build(name, task, seed, **params)
    held = (stopping or rows.stop) if card.stops_early else None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        card.fit(estimator, training or rows.fit, held)
    return estimator


@cache
def usual(name, task):
    """A model fitted in the usual way, for the checks that only read it."""
    return fitted(name, task)


def predicted(name, task, estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load(name).predict(estimator, toy(name, task).score.X)


@each_fit
def test_predictions_are_well_formed(name, task):
    prediction = predicted(name, task, usual(name, task))
    n = len(toy(name, task).score.y)
    assert np.isfinite(prediction).all()
    if task == "regression":
        assert prediction.shape == (n,)
    else:
        assert prediction.shape == (n, CLASSES[task])
        assert prediction.min() >= 0 and prediction.max() <= 1
        np.testing.assert_allclose(prediction.sum(axis=1), 1, atol=1e-6)


@each_card
def test_the_portfolio_begins_with_the_defaults_and_never_repeats_itself(name):
    card = load(name)
    full = [{**card.defaults, **changes} for changes in card.portfolio]
    assert card.portfolio[0] == {} and 3 <= len(full) <= 8
    assert all(full[i] != full[j] for i in range(len(full)) for j in range(i))
    for changes in card.portfolio:
        assert set(changes) <= {*card.defaults, *card.also} - {"n_estimators", "early_stopping_rounds"}


@each_fit
def test_every_setting_of_the_portfolio_can_be_fitted(name, task):
    score = toy(name, task).score
    for changes in load(name).portfolio[1:]:
        prediction = predicted(name, task, fitted(name, task, **{**changes, **QUICK.get(name, {})}))
        assert np.isfinite(prediction).all() and len(prediction) == len(score.y)


@each_fit
def test_beats_chance(name, task):
    prediction, y = predicted(name, task, usual(name, task)), toy(name, task).score.y
    if task == "regression":
        assert np.mean((prediction - y) ** 2) < 0.5 * np.var(y)
    else:
        assert np.mean(prediction.argmax(axis=1) == y) > 1 / CLASSES[task] + 0.25
        prior = np.bincount(toy(name, task).fit.y) / len(toy(name, task).fit.y)
        assert -np.log(prediction[np.arange(len(y)), y] + 1e-12).mean() < -np.log(prior[y]).mean()


@each_fit
def test_same_seed_same_predictions_and_same_bytes(name, task, tmp_path):
    card = load(name)
    again = fitted(name, task)
    np.testing.assert_array_equal(predicted(name, task, again), predicted(name, task, usual(name, task)))
    paths = [tmp_path / f"{number}{card.suffix}" for number in (1, 2)]
    for path, estimator in zip(paths, (again, usual(name, task)), strict=True):
        card.save(estimator, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@each_fit
def test_restored_predicts_the_same(name, task, tmp_path):
    card, estimator = load(name), usual(name, task)
    path = tmp_path / f"model{card.suffix}"
    card.save(estimator, path)
    restored = card.restore(path)
    np.testing.assert_array_equal(predicted(name, task, restored), predicted(name, task, estimator))
    assert card.describe(restored) == card.describe(estimator)


def test_the_cards_say_who_takes_no_row_weights():
    assert {name for name in names() if not load(name).weighted} == set(WEIGHTLESS)


@each_weighted_fit
def test_weights_matter(name, task):
    rows = toy(name, task).fit
    raised = np.arange(len(rows.y)) % 2 == 0
    y = rows.y + 20.0 * raised if task == "regression" else np.where(raised, 0, rows.y)
    plain, heavy = (
        predicted(name, task, fitted(name, task, Rows(rows.X, y, weight)))
        for weight in (np.ones(len(y)), np.where(raised, 9.0, 1.0))
    )
    if task == "regression":
        assert heavy.mean() > plain.mean() + 2
    else:
        assert heavy[:, 0].mean() > plain[:, 0].mean() + 0.02


@each_model
def test_a_class_that_the_rows_lack_keeps_its_column(name):
    rows = toy(name, "multiclass")
    some = Rows(rows.fit.X[rows.fit.y != 2], rows.fit.y[rows.fit.y != 2])
    prediction = predicted(name, "multiclass", fitted(name, "multiclass", some, rows.stop))
    assert prediction.shape == (len(rows.score.y), 3)
    assert prediction[:, 2].mean() < 0.2


@each_weighted
def test_weighted_on_either_side_alone(name):
    rows = toy(name, "binary")
    fit, stop = (Rows(part.X, part.y, np.full(len(part.y), 2.0)) for part in (rows.fit, rows.stop))
    for training, stopping in ((fit, rows.stop), (rows.fit, stop), (fit, stop)):
        assert np.isfinite(predicted(name, "binary", fitted(name, "binary", training, stopping))).all()


@pytest.mark.skipif(cuda_devices() > 0, reason="a GPU is here, and cuda is then no error")
@pytest.mark.parametrize("name", ["xgboost", "mlp", "tabm"])
def test_a_gpu_that_is_not_there_is_an_error(name):
    card, rows = load(name), toy(name, "binary")
    setting = Setting({**card.defaults, **QUICK[name]}, "binary", 2, seed=1, device="cuda")
    with warnings.catch_warnings(), pytest.raises(PodiumError, match="cuda"):
        warnings.simplefilter("ignore")
        card.fit(card.build(setting), rows.fit, rows.stop)


@each_model
def test_importance_names_the_columns(name):
    rows = toy(name, "binary")
    worth = load(name).importance(usual(name, "binary"), list(rows.fit.X.columns))
    if not worth:
        assert name in ("mlp", "tabm", "svm", *OPTIONAL)
        return
    assert set(worth) == set(rows.fit.X.columns)
    assert sum(worth.values()) == pytest.approx(1)
    assert max(worth, key=worth.get) == "signal"


@each_model
def test_describe_names_the_device(name):
    assert load(name).describe(usual(name, "binary"))["device"] == "cpu"


@each_model
def test_space_is_of_declared_settings_and_can_be_fitted(name):
    card = load(name)
    assert card.space and set(card.space) <= set(card.defaults)
    assert not set(card.also) & set(card.defaults)
    for end in ("low", "high"):
        values = {k: getattr(r, end) for k, r in card.space.items() if k not in QUICK.get(name, {})}
        fitted(name, "binary", **{k: int(v) if card.space[k].integer else v for k, v in values.items()})


@each_model
def test_stopping_rows_are_the_only_ones_that_stop(name):
    card, rows = load(name), toy(name, "regression")
    if not card.stops_early:
        pytest.skip("it does not stop early")
    more = {"n_estimators": 400} if "n_estimators" in card.defaults else {"max_epochs": 80, "patience": 4}
    noise = Rows(rows.stop.X, np.random.default_rng(0).permutation(rows.stop.y))
    useful = card.describe(fitted(name, "regression", **more))["rounds"]
    useless = card.describe(fitted(name, "regression", stopping=noise, **more))["rounds"]
    assert useless < useful


@each_model
def test_the_curve_is_of_the_stopping_rows_and_lowest_where_the_model_was_cut(name):
    card = load(name)
    if not card.stops_early:
        assert card.curve(usual(name, "binary")) is None
        return
    for task in TASKS:
        estimator = usual(name, task)
        curve, rounds = card.curve(estimator), card.describe(estimator)["rounds"]
        assert curve.measure and len(curve.values) >= rounds and np.isfinite(curve.values).all()
        if name == "gbdt":  # scikit-learn keeps the rounds past the best
            assert len(curve.values) == rounds
        else:
            assert curve.values[rounds - 1] == min(curve.values)


@each_model
def test_fits_without_stopping_rows(name):
    card = load(name)
    if not card.stops_early:
        pytest.skip("it does not stop early")
    estimator = build(name, "binary")
    card.fit(estimator, toy(name, "binary").fit, None)
    assert card.describe(estimator)["rounds"] == QUICK[name].get("n_estimators", QUICK[name].get("max_epochs"))
    assert card.curve(estimator) is None


@each_model
def test_missing_and_unknown_levels_when_predicting(name):
    if load(name).wants.categories not in ("native", "codes"):
        pytest.skip("it eats no categories")
    X = toy(name, "binary").score.X.copy()
    for value in (np.nan, X["kind"].cat.categories[-1]):
        X["kind"] = pd.Categorical([value] * len(X), categories=X["kind"].cat.categories)
        assert np.isfinite(load(name).predict(usual(name, "binary"), X)).all()


@each_card
def test_reading_the_card_imports_no_library(name):
    code = f"import sys, pipeline.models.{name}; print(sorted(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_zoo_is_the_missions():
    trees = {"random_forest", "extra_trees", "adaboost", "gbdt", "xgboost", "lightgbm"}
    assert {*trees, "linear", "mlp", "tabm", "realmlp", "tabpfn"} <= set(names())
