"""``new``: from files of any kind to a folder that the chain takes as it is."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from pipeline import plan
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.screen import Silence
from pipeline.core.tables import read_json
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration
from pipeline.new import create
from pipeline.stages import clean, features, fetch
from tests.conftest import ROOT

RNG = np.random.default_rng(5)
ROWS, TEST_ROWS = 200, 80


class Notes(Silence):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(autouse=True)
def no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPETITION_DATA", raising=False)


def rows_of(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"width": RNG.normal(size=rows).round(3), "colour": RNG.choice(["red", "blue"], rows)})


def parts(target: Any, key: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = rows_of(ROWS + TEST_ROWS)
    if key:
        frame.insert(0, "id", np.arange(len(frame)) + 1)
    train, test = frame.iloc[:ROWS].assign(target=target), frame.iloc[ROWS:]
    return train, test.reset_index(drop=True)


def written(folder: Path, tables: dict[str, pd.DataFrame], **options: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, **options)
    return folder


def made(root: Path, source: Path, metric: str | None = None) -> Competition:
    """Make the competition, and check that plan, fetch and clean take it as it is."""
    folder = create("toy", source, metric, root, Silence())
    competition = read_declaration(folder / "competition.yaml")
    assert competition == Competition.model_validate(yaml.safe_load((folder / "competition.yaml").read_text()))
    for stage, module in (("plan", plan), ("fetch", fetch), ("clean", clean)):
        module.run(Job(Paths(root, "toy"), stage))
    return competition


def cleaned(root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    schema = read_json(root / "data" / "toy" / "clean" / "schema.json")
    return schema, {column["name"]: column["role"] for column in schema["columns"]}


def test_the_folder_is_whole(tmp_path: Path) -> None:
    train, test = parts(["yes", "no"] * 100)
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test})
    screen = Notes()
    folder = create("toy", source, None, tmp_path / "project", screen)
    assert folder == tmp_path / "project" / "competitions" / "toy"
    assert sorted(p.name for p in folder.iterdir()) == ["README.md", "competition.yaml", "dvc.yaml", "features.py"]
    assert not (folder / "dvc.yaml").is_symlink()
    assert (folder / "dvc.yaml").read_bytes() == (ROOT / "pipeline" / "chain.yaml").read_bytes()
    scope: dict[str, Any] = {}
    exec((folder / "features.py").read_text(), scope)
    assert scope["add"](train) is train
    assert any("no sample submission" in line for line in screen.lines)
    assert any(line.startswith("target target") for line in screen.lines)


def test_no_id_and_no_sample(tmp_path: Path) -> None:
    train, test = parts(RNG.normal(size=ROWS), key=False)
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert competition.columns.id is None
    assert competition.source.files.sample is None
    assert (competition.task, competition.metric.name) == ("regression", "rmse")
    assert competition.source.path == "../raw"


@pytest.mark.parametrize(
    ("target", "sample", "task", "metric", "classes"),
    [
        (["True", "False"] * 100, "False", "binary", "accuracy", [False, True]),
        (["yes", "no"] * 100, "0.5", "binary", "auc", ["no", "yes"]),
        (["low", "mid", "high", "mid"] * 50, "mid", "multiclass", "accuracy", ["high", "low", "mid"]),
        ([1, 2, 3, 5] * 50, "1", "multiclass", "accuracy", [1, 2, 3, 5]),
    ],
)
def test_labels_of_every_kind(
    tmp_path: Path, target: list[Any], sample: str, task: str, metric: str, classes: list[Any]
) -> None:
    train, test = parts(target)
    tables = {"train.csv": train, "test.csv": test, "sample_submission.csv": test[["id"]].assign(target=sample)}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables))
    assert (competition.task, competition.metric.name, competition.columns.id) == (task, metric, "id")
    assert cleaned(tmp_path / "p")[0]["classes"] == classes


@pytest.mark.parametrize(("mark", "suffix"), [(";", "csv"), ("\t", "tsv"), ("|", "csv"), ("~", "csv")])
def test_other_delimiters(tmp_path: Path, mark: str, suffix: str) -> None:
    train, test = parts([0, 1] * 100)
    sample = test[["id"]].assign(target=0.5)
    tables = {f"train.{suffix}": train, f"test.{suffix}": test, f"sample_submission.{suffix}": sample}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables, sep=mark))
    assert competition.columns.target == "target"
    assert cleaned(tmp_path / "p")[1]["width"] == "numeric"


def test_decimal_commas_in_columns_and_target(tmp_path: Path) -> None:
    train, test = parts(RNG.normal(size=ROWS).round(3))
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test}, sep=";", decimal=",")
    assert made(tmp_path / "p", source).task == "regression"
    assert cleaned(tmp_path / "p")[1]["width"] == "numeric"
    target = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "clean" / "target.parquet")["target"]
    assert target.tolist() == train["target"].tolist()


def test_gzipped_tables_in_a_nested_zip(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("test.csv", test.to_csv(index=False))
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as archive:
        archive.writestr("raw/train.csv", train.to_csv(index=False))
        archive.writestr("raw/test.csv.zip", inner.getvalue())
    assert made(tmp_path / "p", tmp_path / "raw.zip").source.path == "../raw.zip"


def test_dates_and_texts_get_their_roles(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    for part in (train, test):
        part["seen"] = RNG.choice(pd.date_range("2019-01-01", "2020-12-31").strftime("%d.%m.%Y"), len(part))
        part["review"] = [
            f"number {n} was {w}, all in all" for n, w in enumerate(RNG.choice(["fine", "bad"], len(part)))
        ]
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert competition.columns.roles == {"seen": "date", "review": "text"}
    roles = cleaned(tmp_path / "p")[1]
    assert (roles["seen"], roles["review"], roles["colour"]) == ("date", "text", "categorical")


def test_later_test_rows_and_other_groups(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    train["when"] = pd.date_range("2020-01-01", periods=ROWS).strftime("%Y-%m-%d")
    test["when"] = pd.date_range("2020-07-19", periods=TEST_ROWS).strftime("%Y-%m-%d")
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test})
    assert made(tmp_path / "a", source).split.time == "when"
    text = (tmp_path / "a" / "competitions" / "toy" / "competition.yaml").read_text()
    assert "the test rows come after the training rows" in text
    grouped = train.drop(columns="when").assign(patient=[f"p{n % 40}" for n in range(ROWS)])
    others = test.drop(columns="when").assign(patient=[f"q{n % 20}" for n in range(TEST_ROWS)])
    competition = made(tmp_path / "b", written(tmp_path / "raw2", {"train.csv": grouped, "test.csv": others}))
    assert (competition.split.kind, competition.split.group) == ("stratified_group", "patient")
    assert competition.columns.roles == {"patient": "group"}


def test_a_column_of_probabilities_for_each_label(tmp_path: Path) -> None:
    train, test = parts(["C", "CL", "D", "C"] * 50)
    sample = test[["id"]].assign(C=0.3, CL=0.3, D=0.4)
    tables = {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables))
    assert (competition.task, competition.metric.name) == ("multiclass", "log_loss")


def test_ids_that_are_long_and_no_numbers(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    train["id"] = [f"00{n:018}" for n in range(ROWS)]
    test["id"] = [f"ff{n:018}" for n in range(TEST_ROWS)]
    tables = {"train.csv": train, "test.csv": test, "sample_submission.csv": test[["id"]].assign(target=0)}
    made(tmp_path / "p", written(tmp_path / "raw", tables))
    ids = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "clean" / "ids.parquet")
    assert list(ids["id"]) == list(test["id"])


def test_an_old_encoding(tmp_path: Path) -> None:
    train, test = parts(["Zürich", "Genève"] * 100)
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test}, encoding="cp1252")
    assert made(tmp_path / "p", source).source.encoding == "cp1252"


def test_many_rows_are_quick_and_leave_slow_models_out(tmp_path: Path) -> None:
    rows = 100_000
    train = rows_of(rows).assign(id=np.arange(rows), target=RNG.integers(0, 2, rows))
    test = rows_of(1000).assign(id=np.arange(1000) + rows)
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test})
    start = time.perf_counter()
    folder = create("toy", source, None, tmp_path / "p", Silence())
    assert time.perf_counter() - start < 10
    named = read_declaration(folder / "competition.yaml").models
    assert {"linear", "lightgbm", "xgboost", "mlp"} <= set(named) and "extra_trees" not in named


def test_wide_files_make_a_short_declaration(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    wide = [
        pd.DataFrame(RNG.integers(0, 5, (len(p), 370))).rename(columns=str).rename(columns="v{}".format)
        for p in (train, test)
    ]
    tables = {"train.csv": pd.concat([train, wide[0]], axis=1), "test.csv": pd.concat([test, wide[1]], axis=1)}
    made(tmp_path / "p", written(tmp_path / "raw", tables))
    text = (tmp_path / "p" / "competitions" / "toy" / "competition.yaml").read_text()
    assert len(text.splitlines()) < 95


@pytest.mark.parametrize(("share", "are_cut"), [(0.01, False), (0.9, True)])
def test_columns_that_hardly_vary_cost_boosting_no_rounds(tmp_path: Path, share: float, are_cut: bool) -> None:
    cells = (RNG.random((3_200, 250)) < share) * RNG.integers(1, 9, (3_200, 250))
    rows = pd.DataFrame(cells).rename(columns="v{}".format).assign(target=RNG.integers(0, 2, 3_200))
    tables = {"train.csv": rows[:3_000], "test.csv": rows[3_000:].drop(columns="target")}
    found = made(tmp_path / "p", written(tmp_path / "raw", tables)).models["lightgbm"]
    assert ("n_estimators" in found) == are_cut


def test_the_mirror_needs_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = parts([0, 1] * 100)
    source = written(tmp_path / "mirror" / "its-slug", {"train.csv": train, "test.csv": test})
    monkeypatch.setenv("COMPETITION_DATA", "../mirror")
    competition = made(tmp_path / "p", source)
    assert competition.source.path is None and competition.source.kaggle.competition == "its-slug"
    source.rename(tmp_path / "mirror" / "toy")
    competition = made(tmp_path / "q", tmp_path / "mirror" / "toy")
    assert competition.source.path is None and competition.source.kaggle.asked is None


def test_an_asked_metric_is_written(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test})
    assert made(tmp_path / "p", source, "f2").metric.label == "f2"


@pytest.mark.parametrize("slug", ["Toy", "-toy", "to_y", "", "../toy", "tö"])
def test_a_slug_that_is_not_allowed(tmp_path: Path, slug: str) -> None:
    with pytest.raises(PodiumError, match="small letters, digits and hyphens"):
        create(slug, tmp_path, None, tmp_path, Silence())


def test_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    source = written(tmp_path / "raw", {"train.csv": train, "test.csv": test})
    folder = create("toy", source, None, tmp_path / "p", Silence())
    (folder / "features.py").write_text("mine")
    with pytest.raises(PodiumError, match="is there already"):
        create("toy", source, None, tmp_path / "p", Silence())
    assert (folder / "features.py").read_text() == "mine"


def test_an_unknown_metric_and_a_lone_file_are_refused_and_write_nothing(tmp_path: Path) -> None:
    train, _ = parts([0, 1] * 100)
    source = written(tmp_path / "raw", {"train.csv": train})
    with pytest.raises(PodiumError, match="--metric must be a known metric"):
        create("toy", source, "acuracy", tmp_path / "p", Silence())
    with pytest.raises(PodiumError, match="must hold test rows too, with an empty target"):
        create("toy", source, None, tmp_path / "p", Silence())
    assert not (tmp_path / "p").exists()


def test_labels_in_a_file_of_their_own(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    labels = train[["id", "target"]].iloc[::-1]
    tables = {"train_values.csv": train.drop(columns="target"), "train_labels.csv": labels, "test_values.csv": test}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables))
    assert competition.source.files.labels == "train_labels.csv"
    target = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "clean" / "target.parquet")["target"]
    assert target.tolist() == [0, 1] * 100


def test_test_rows_in_the_same_file_without_their_target(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    both = pd.concat([train, test]).astype({"target": "Int64"})
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"data.csv": both}))
    assert (competition.source.files.train, competition.source.files.test) == ("data.csv", None)
    ids = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "clean" / "ids.parquet")
    assert ids["id"].tolist() == test["id"].astype("str").tolist()


def test_training_rows_without_a_target_are_declared_away(tmp_path: Path) -> None:
    train, test = parts(["a", "b"] * 100)
    train.loc[3, "target"] = None
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert competition.clean.unlabelled == "drop"
    assert cleaned(tmp_path / "p")[0]["train_rows"] == ROWS - 1


def test_labels_of_a_few_rows_do_not_bring_the_folds_down(tmp_path: Path) -> None:
    train, test = parts(["a", "b"] * 100)
    train = pd.concat([train] * 3, ignore_index=True).assign(id=np.arange(3 * ROWS) + 1000)
    train.loc[5, "target"] = "it's rare"
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert [rule.drop for rule in competition.clean.outliers] == ['target == "it\'s rare"']
    assert (competition.split.folds, cleaned(tmp_path / "p")[0]["train_rows"]) == (10, 3 * ROWS - 1)


@pytest.mark.parametrize("side_by_side", [True, False])
def test_an_id_of_two_columns(tmp_path: Path, side_by_side: bool) -> None:
    train, test = parts(RNG.normal(size=ROWS), key=False)
    for part in (train, test):
        part["shop"], part["week"] = np.arange(len(part)) % 8, np.arange(len(part)) // 8
    sample = test[["shop", "week"]].assign(target=0.5)
    if not side_by_side:
        key = test["shop"].astype("str") + "_" + test["week"].astype("str")
        sample = pd.DataFrame({"key": key, "target": 0.5})
    tables = {"train.csv": train, "test.csv": test, "sample_submission.csv": sample.iloc[::-1]}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables))
    assert competition.columns.id_from == ["shop", "week"]
    assert competition.columns.id == ("shop_week" if side_by_side else "key")


def rides(first: str, last: str) -> pd.DataFrame:
    """Hourly counts as bike-sharing-demand has them: the time of the hour names the row."""
    hours = pd.date_range(first, last, freq="h")
    station = [f"s{k}" for k in RNG.integers(0, 15, len(hours))]
    frame = pd.DataFrame({"datetime": hours.strftime("%Y-%m-%d %H:%M:%S"), "station": station})
    return frame.assign(temp=RNG.normal(20, 5, len(hours)).round(2), count=RNG.poisson(10 * (hours.hour + 1)))


def rented(folder: Path, train: pd.DataFrame, test: pd.DataFrame) -> Path:
    sample = test[["datetime"]].assign(count=0)
    return written(folder, {"train.csv": train, "test.csv": test.drop(columns="count"), "sampleSubmission.csv": sample})


def test_an_id_of_groups_tells_how_many_rows_belong_together(tmp_path: Path) -> None:
    group = RNG.integers(0, 150, ROWS + TEST_ROWS)
    place = pd.Series(group).groupby(group).cumcount()
    ids = [f"{a:04}_{b + 1:02}" for a, b in zip(group, place, strict=True)]
    frame = pd.DataFrame({"traveller": ids, "x": RNG.normal(size=len(ids)).round(3)})
    folder = tmp_path / "raw"
    folder.mkdir()
    frame[:ROWS].assign(y=RNG.integers(0, 2, ROWS)).to_csv(folder / "train.csv", index=False)
    frame[ROWS:].to_csv(folder / "test.csv", index=False)
    frame[ROWS:].assign(y=0)[["traveller", "y"]].to_csv(folder / "sample_submission.csv", index=False)
    competition = made(tmp_path / "p", folder)
    assert competition.columns.roles == {"traveller": "categorical"}
    assert competition.features.keys == ["traveller"]
    features.run(Job(Paths(tmp_path / "p", "toy"), "features"))
    built = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "features" / "train.parquet")
    assert (
        built["traveller_part1_count"].tolist() == pd.Series(group).map(pd.Series(group).value_counts())[:ROWS].tolist()
    )


def test_an_id_of_dates_is_a_feature_too(tmp_path: Path) -> None:
    both = rides("2011-01-01", "2011-03-31 23:00")
    late = both["datetime"].str.slice(8, 10) >= "20"
    competition = made(tmp_path / "p", rented(tmp_path / "raw", both[~late], both[late]))
    assert (competition.columns.id, competition.columns.roles) == ("datetime", {"datetime": "date"})
    assert competition.split.kind == "stratified"
    assert ["datetime_weekday", "station"] in [sorted(s.columns) for s in competition.preprocess.target_statistics]
    text = (tmp_path / "p" / "competitions" / "toy" / "competition.yaml").read_text()
    assert "# dates such as 2011-01-01 00:00:00: the id, and a feature too" in text
    features.run(Job(Paths(tmp_path / "p", "toy"), "features"))
    names = [line["name"] for line in read_json(tmp_path / "p" / "data" / "toy" / "features" / "columns.json")]
    assert {"datetime_hour", "datetime_weekday", "datetime_month"} <= {*names} and "datetime" not in names
    ids = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "clean" / "ids.parquet")["id"]
    assert ids.tolist() == both.loc[late, "datetime"].tolist()


def test_an_id_of_later_dates_makes_the_folds_as_well(tmp_path: Path) -> None:
    source = rented(tmp_path / "raw", rides("2011-01-01", "2011-03-31 23:00"), rides("2011-04-01", "2011-04-05 23:00"))
    competition = made(tmp_path / "p", source)
    assert (competition.split.kind, competition.split.time, competition.split.horizon) == ("time", "datetime", 5)
    assert cleaned(tmp_path / "p")[1]["datetime"] == "date"


def test_a_class_that_the_training_file_never_has(tmp_path: Path) -> None:
    kinds = ["ARSON", "LARCENY/THEFT", "NON-CRIMINAL", "TREA"]
    train, test = parts(RNG.choice(kinds, ROWS))
    train = train.rename(columns={"target": "Category"}).assign(Resolution=["NONE", "ARREST, BOOKED"] * 100)
    sample = test[["id"]].assign(**{kind: 0 for kind in [*kinds, "WARRANTS"]})
    tables = {"train.csv": train, "test.csv": test, "sampleSubmission.csv": sample}
    competition = made(tmp_path / "p", written(tmp_path / "raw", tables))
    found = (competition.columns.target, competition.task, competition.metric.name)
    assert found == ("Category", "multiclass", "log_loss")
    assert cleaned(tmp_path / "p")[0]["classes"] == kinds
    text = (tmp_path / "p" / "competitions" / "toy" / "competition.yaml").read_text()
    assert "no training row has the labels of WARRANTS" in " ".join(text.replace("# ", "").split())


def test_a_sample_whose_ids_are_nowhere_is_refused(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    sample = pd.DataFrame({"key": [f"k{n}" for n in range(TEST_ROWS)], "target": 0})
    tables = {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}
    with pytest.raises(PodiumError, match="key must be a column of the test file, columns of it put together"):
        create("toy", written(tmp_path / "raw", tables), None, tmp_path / "p", Silence())


def test_the_recipe_uses_the_library_by_role_and_cardinality(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    for part in (train, test):
        part["street"] = RNG.choice([f"s{k}" for k in range(15)], len(part))
        part["grade"] = RNG.choice(["low", "medium", "high"], len(part))
        part["shop"] = np.arange(len(part)) % 9
    shops = pd.DataFrame({"shop": range(9), "area": range(9)})
    competition = made(
        tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test, "s.csv": shops})
    )
    assert competition.tables["s"].on == ["shop"] and competition.columns.roles["shop"] == "categorical"
    assert competition.clean.ordered == {"grade": ["low", "medium", "high"]}
    assert ["street"] in [s.columns for s in competition.preprocess.target_statistics]
    assert (competition.split.folds, competition.split.repeats) == (10, 2)
    assert (competition.ensemble.rule, competition.features.scope) == ("one_standard_error", "train+test")


def test_amounts_are_held_and_names_alone_have_nothing_to_hold(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    for part in (train, test):
        part["price"] = RNG.lognormal(8, 2, len(part)).round(2)
    amounts = made(tmp_path / "a", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert (amounts.preprocess.clip, amounts.features.log_skewed_above) == (4.0, 3.0)
    numbers = [name for name in test.columns if name != "key" and pd.api.types.is_numeric_dtype(test[name])]
    for part in (train, test):
        part["street"] = RNG.choice([f"s{k}" for k in range(15)], len(part))
    bare = {"train.csv": train.drop(columns=numbers), "test.csv": test.drop(columns=numbers)}
    assert made(tmp_path / "b", written(tmp_path / "bare", bare)).preprocess.clip is None


def test_codes_are_taken_apart_and_places_measured(tmp_path: Path) -> None:
    train, test = parts([0, 1] * 100)
    for part in (train, test):
        part["cabin"] = [
            f"{d}|{n}" for d, n in zip(RNG.choice([*"ABC"], len(part)), RNG.integers(0, 60, len(part)), strict=True)
        ]
        for name in ("pickup_latitude", "pickup_longitude", "dropoff_latitude", "dropoff_longitude"):
            part[name] = RNG.normal(40, 1, len(part)).round(4)
    competition = made(tmp_path / "p", written(tmp_path / "raw", {"train.csv": train, "test.csv": test}))
    assert [pattern.column for pattern in competition.features.patterns] == ["cabin", "cabin"]
    features.run(Job(Paths(tmp_path / "p", "toy"), "features"))
    built = pd.read_parquet(tmp_path / "p" / "data" / "toy" / "features" / "train.parquet")
    assert built["cabin_part1"].tolist() == train["cabin"].str[0].tolist()
    assert built["cabin_part2"].tolist() == train["cabin"].str[2:].astype(float).tolist()
    assert built["pickup_to_dropoff_km"].between(0, 2000).all()
    text = (tmp_path / "p" / "competitions" / "toy" / "competition.yaml").read_text()
    assert "# codes are taken apart: cabin has 2 parts with | between them, such as " in text


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("titanic", ("binary", "accuracy", "Survived", "stratified")),
        ("house-prices-advanced-regression-techniques", ("regression", "rmsle", "SalePrice", "stratified")),
        ("talkingdata-adtracking-fraud-detection", ("binary", "auc", "is_attributed", "time")),
    ],
)
def test_real_files(tmp_path: Path, competition_data: Path, name: str, expected: tuple[str, ...]) -> None:
    competition = made(tmp_path / "p", competition_data / f"{name}.zip")
    found = (competition.task, competition.metric.name, competition.columns.target, competition.split.kind)
    assert found == expected
