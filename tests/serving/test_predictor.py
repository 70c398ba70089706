"""A finished run applied to new rows gives what the run itself gave for the test file, and answers wrong rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import prediction_array
from pipeline.serving.file import predict_file
from pipeline.serving.predictor import Predictor
from tests.toy import run_all, toy_frame, write_toy

GROUPED = '''"""Columns of a row alone, and one that depends on the other rows."""


def add(frame):
    shared = frame.groupby("street")["b"].transform("mean")
    return frame.assign(b_squared=frame["b"] ** 2, b_of_street=shared)
'''
LONE = '"""A column of a row alone."""\n\n\ndef add(frame):\n    return frame.assign(b_squared=frame["b"] ** 2)\n'
CASES = {
    "binary": ("auc", {"scope": "train"}, LONE),
    "multiclass": ("accuracy", {"scope": "train+test"}, GROUPED),
    "regression": ("rmse", {"scope": "train+test"}, LONE),
}


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """With a date, a yes and no, a code with gaps, and a decimal comma."""
    rng = np.random.default_rng(len(frame))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, len(frame)), "D")
    code = pd.Series(rng.integers(1, 5, len(frame)).astype(float)).mask(rng.random(len(frame)) < 0.1)
    return frame.assign(
        day=days.strftime("%d.%m.%Y"),
        member=rng.choice(["yes", "no"], len(frame)),
        kind=code,
        price=[f"{value:.2f}".replace(".", ",") for value in rng.exponential(10, len(frame))],
    )


def decided_by(task: str) -> dict[str, dict[str, object]]:
    """The ensemble, which sees features for two classes; for values also a factor, and rows known without a model."""
    if task == "binary":
        return {"ensemble": {"candidates": ["second_layer"]}}
    ensemble = {"candidates": ["mean", "boosted_stack"], "rule": "best"}
    if task != "regression":
        return {"ensemble": ensemble}
    known = [{"where": "b > 0.5", "value": 0, "reason": "known"}]
    return {"ensemble": {**ensemble, "factor": "always"}, "submit": {"known": known}}


@pytest.fixture(scope="module", params=CASES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Paths:
    task = request.param
    metric, features, code = CASES[task]
    folder = tmp_path_factory.mktemp(task)
    train, test = dated(toy_frame(task, 160, seed=1)), dated(toy_frame(task, 50, seed=2))
    (folder / "raw").mkdir()
    shops = pd.DataFrame({"street": [f"s{k}" for k in range(0, 26)], "size": np.arange(26) * 1.5})
    shops.to_csv(folder / "raw" / "shops.csv", index=False)
    paths = write_toy(
        folder,
        task,
        metric,
        (train, test),
        models={
            "linear": {},
            "extra_trees": {"n_estimators": 10},
            "lightgbm": {"n_estimators": 20},
            "fm": {"n_iter": 12, "rank": 2, "bins": 5, "draws": 5},
        },
        split={"folds": 3},
        preprocess={"target_statistics": [{"columns": ["street"], "smoothing": 5}]},
        features=features,
        tables={"shops": {"file": "shops.csv", "on": ["street"]}},
        clean={
            "types": {"kind": "categorical"},
            "meaning": {"kind": "none"},
            "outliers": [{"clip": "b", "quantiles": [0.01, 0.99], "reason": "tails"}],
        },
        train={"refit": task != "multiclass"},
        **decided_by(task),
    )
    (paths.recipe / "features.py").write_text(code)
    run_all(paths)
    return paths


def new_rows(paths: Paths) -> pd.DataFrame:
    return pd.read_csv(paths.root / "raw" / "test.csv", dtype=str, keep_default_na=False, na_values=[""])


def test_the_test_file_gets_the_runs_own_predictions(run: Paths, tmp_path: Path) -> None:
    predictor = Predictor.load("toy", run.root)
    found = predictor.predict(new_rows(run))
    np.testing.assert_array_equal(found, prediction_array(read_table(run.stage("ensemble") / "test.parquet")))
    predict_file(predictor, run.root / "raw" / "test.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (run.stage("submit") / "submission.csv").read_text()


def test_the_run_of_two_classes_is_decided_by_a_layer_that_sees_features(run: Paths) -> None:
    declared = read_json(run.plan("ensemble"))["ensemble"]["candidates"]
    chosen = read_json(run.stage("ensemble") / "weights.json")["candidate"]
    assert (chosen == "second_layer") == ("second_layer" in declared)


def test_a_row_alone_is_predicted_as_among_others(run: Paths) -> None:
    predictor, rows = Predictor.load("toy", run.root), new_rows(run)
    if predictor.featurizer.together:
        pytest.skip("this features.py looks at other rows")
    whole = predictor.predict(rows)
    np.testing.assert_allclose(predictor.predict(rows.iloc[[7]]), whole[[7]], rtol=1e-6)


def test_levels_never_seen_are_unknown_and_absent_columns_are_refused_or_missing(run: Paths) -> None:
    predictor, rows = Predictor.load("toy", run.root), new_rows(run)
    strange = predictor.predict(rows.assign(c="violet", street="nowhere", kind="77"))
    assert np.isfinite(strange).all()
    with pytest.raises(PodiumError, match=r"'member'.*--allow-missing"):
        predictor.predict(rows.drop(columns="member"))
    assert np.isfinite(predictor.predict(rows.drop(columns="member"), allow_missing=True)).all()


@pytest.mark.parametrize(("column", "field"), [("b", "much"), ("member", "perhaps"), ("day", "someday")])
def test_a_field_that_does_not_fit_is_named(run: Paths, column: str, field: str) -> None:
    rows = new_rows(run)
    rows.loc[3, column] = field
    with pytest.raises(PodiumError, match=f"column {column} of the new rows.*'{field}' in data row 4"):
        Predictor.load("toy", run.root).predict(rows)


def test_an_unfinished_run_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="make toy"):
        Predictor.load("toy", tmp_path)


def test_an_id_that_is_a_feature_comes_with_the_new_rows(tmp_path: Path) -> None:
    hours = pd.date_range("2024-01-01", periods=180, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    frames = [toy_frame("binary", rows, seed=rows) for rows in (140, 40)]
    frames[0]["id"], frames[1]["id"] = hours[:140], hours[140:]
    columns = {"id": "id", "target": "y", "roles": {"id": "date"}}
    paths = write_toy(
        tmp_path, "binary", "auc", (frames[0], frames[1]), columns=columns, models={"linear": {}}, split={"folds": 2}
    )
    run_all(paths)
    predictor, rows = Predictor.load("toy", tmp_path), new_rows(paths)
    predict_file(predictor, tmp_path / "raw" / "test.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (paths.stage("submit") / "submission.csv").read_text()
    assert pd.read_csv(tmp_path / "out.csv")["id"].tolist() == hours[140:].tolist()
    night, noon = (predictor.predict(rows.assign(id=f"2024-01-07 {hour}:00:00")) for hour in ("03", "12"))
    assert np.abs(night - noon).min() > 0
    with pytest.raises(PodiumError, match="none named 'id'"):
        predictor.predict(rows.drop(columns="id"))
