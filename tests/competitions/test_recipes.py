"""Every recipe is sound, ``add`` gives back the rows it got, and derived values are right on rows written by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import plan
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
from pipeline.declaration.read import competitions, read_declaration
from pipeline.features.added import load_own
from pipeline.stages import clean, features, fetch, split

ROOT = Path(__file__).resolve().parents[2]
RECIPES = competitions(ROOT / "competitions")
KAGGLE = ["house-prices", "titanic"]

PASSENGERS = pd.DataFrame(
    [
        (3, "Braund, Mr. Owen Harris", "male", 22.0, 1, 0, "A/5 21171", 7.25, None, "S"),
        (1, "Sagesser, Mlle. Emma", "female", 24.0, 0, 0, "PC 17477", 69.3, "B35", "C"),
        (
            1,
            "Rothes, the Countess. of (Lucy Noel Martha Dyer-Edwards)",
            "female",
            33.0,
            0,
            0,
            "110152",
            86.5,
            "B77",
            "S",
        ),
        (3, "Palsson, Master. Gosta Leonard", "male", 2.0, 3, 1, "349909", 21.075, None, "S"),
        (3, "Palsson, Miss. Torborg Danira", "female", np.nan, 3, 1, "349909", 21.075, None, "S"),
        (1, "Leader, Dr. Alice (Farnham)", "female", 49.0, 0, 0, "17465", 25.9, "D17", "S"),
        (1, "Minahan, Dr. William Edward", "male", 44.0, 2, 0, "19928", 90.0, "C78", "Q"),
        (3, "Palsson, Mr. Anders", "male", np.nan, 1, 4, "349909", 21.075, None, "S"),
        (3, "Palsson, Mrs. Nils (Alma Cornelia Berglund)", "female", 29.0, 0, 4, "349908", 21.075, None, "S"),
    ],
    columns=["Pclass", "Name", "Sex", "Age", "SibSp", "Parch", "Ticket", "Fare", "Cabin", "Embarked"],
).assign(row_id=range(9))

HOUSES = pd.DataFrame(
    {
        "row_id": [0, 1, 2],
        "GrLivArea": [1500.0, 4676.0, 4316.0],
        "1stFlrSF": [1000.0, 3138.0, 2444.0],
        "2ndFlrSF": [500.0, 1538.0, 1872.0],
        "TotalBsmtSF": [900.0, 3138.0, 2444.0],
        "BsmtFinSF1": [400.0, 2260.0, 1455.0],
        "BsmtFinSF2": [100.0, 0.0, 0.0],
        "OpenPorchSF": [10.0, 406.0, 0.0],
        "EnclosedPorch": [20.0, 0.0, 0.0],
        "3SsnPorch": [0.0, 0.0, 0.0],
        "ScreenPorch": [5.0, 0.0, 0.0],
        "WoodDeckSF": [65.0, 208.0, 382.0],
        "FullBath": [2.0, 3.0, 3.0],
        "HalfBath": [1.0, 1.0, 1.0],
        "BsmtFullBath": [1.0, 1.0, 0.0],
        "BsmtHalfBath": [0.0, 0.0, 1.0],
        "YearBuilt": [1950.0, 2007.0, 1994.0],
        "YearRemodAdd": [1990.0, 2008.0, 1994.0],
        "GarageYrBlt": [2207.0, 2007.0, 1994.0],
        "YrSold": [2008.0, 2007.0, 2007.0],
        "MoSold": [5.0, 10.0, 1.0],
        "SaleCondition": ["Partial", "Partial", "Normal"],
    }
)
FRAMES = {"titanic": PASSENGERS, "house-prices": HOUSES}


def added(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return load_own(name, ROOT / "competitions" / name / "features.py").apply(frame)


@pytest.mark.parametrize("name", RECIPES)
def test_the_declaration_is_sound(name: str) -> None:
    folder = ROOT / "competitions" / name
    specs = plan.plan(read_declaration(folder / "competition.yaml"))
    assert {"fetch", "clean", "features", "split", "submit"} < set(specs)
    assert (folder / "README.md").exists()


@pytest.mark.parametrize("name", KAGGLE)
def test_a_recipe_of_kaggle_names_a_slug_and_the_whole_zoo(name: str) -> None:
    declared = read_declaration(ROOT / "competitions" / name / "competition.yaml")
    assert declared.source.kaggle.competition is not None
    zoo = {"random_forest", "extra_trees", "adaboost", "gbdt", "xgboost", "lightgbm", "linear", "mlp"}
    assert zoo <= set(declared.models)


@pytest.mark.parametrize("name", KAGGLE)
def test_add_keeps_the_rows_their_order_and_what_it_was_given(name: str) -> None:
    frame = FRAMES[name]
    before = frame.copy()
    shuffled = frame.iloc[::-1].reset_index(drop=True)
    result = added(name, shuffled)
    assert result["row_id"].tolist() == shuffled["row_id"].tolist()
    assert set(frame) <= set(result)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("name", KAGGLE)
@pytest.mark.parametrize("rows", [slice(0, 1), slice(1, 3)])
def test_add_works_on_a_few_rows_alone(name: str, rows: slice) -> None:
    some = FRAMES[name].iloc[rows].reset_index(drop=True)
    assert list(added(name, some)) == list(added(name, FRAMES[name]))


@pytest.mark.parametrize(("name", "column"), [(n, c) for n in KAGGLE for c in FRAMES[n] if c != "row_id"])
def test_add_bears_a_column_without_values(name: str, column: str) -> None:
    frame = FRAMES[name]
    empty = pd.Series(np.nan, index=frame.index).astype("float64" if frame[column].dtype != "str" else "str")
    result = added(name, frame.assign(**{column: empty}))
    assert len(result) == len(frame)
    numbers = result.select_dtypes("number").to_numpy()
    assert not np.isinf(numbers).any()


def test_titanic_titles() -> None:
    titles = added("titanic", PASSENGERS)["Title"].tolist()
    assert titles == ["Mr", "Miss", "Mrs", "Master", "Miss", "Mrs", "Mr", "Mr", "Mrs"]


def test_titanic_families_tickets_and_decks() -> None:
    result = added("titanic", PASSENGERS)
    assert result["FamilySize"].tolist() == [2, 1, 1, 5, 5, 1, 3, 6, 5]
    assert result["TicketSize"].tolist() == [1, 1, 1, 3, 3, 1, 1, 3, 1]
    assert result.loc[4, "FarePerHead"] == pytest.approx(21.075 / 3)
    assert result["Deck"].tolist() == ["unknown", "B", "B", "unknown", "unknown", "D", "C", "unknown", "unknown"]
    assert result["WomanOrChild"].tolist() == [0, 1, 1, 1, 1, 1, 0, 0, 1]
    assert result.loc[4, "Age"] == 24.0  # the other Miss's


def test_titanic_companies_are_women_and_children_of_neighbouring_tickets_at_one_fare() -> None:
    company = added("titanic", PASSENGERS)["Company"]
    together = company == company[3]
    assert np.flatnonzero(together).tolist() == [3, 4, 8]
    assert company[~together].is_unique


def test_house_totals_and_ages() -> None:
    house = added("house-prices", HOUSES).iloc[0]
    assert house["TotalSF"] == 2400
    assert house["FinishedSF"] == 2000
    assert house["Baths"] == 3.5
    assert (house["PorchSF"], house["OutdoorSF"]) == (35, 100)
    assert (house["Age"], house["YearsSinceRemodel"], house["GarageAge"]) == (58, 18, 0)
    assert (house["Remodelled"], house["New"], house["MonthsFrom2006"]) == (1, 0, 29)


def test_house_sold_as_a_plan_has_a_flag_and_no_sizes() -> None:
    result = added("house-prices", HOUSES)
    assert result["SoldAsPlan"].tolist() == [0, 1, 0]
    for size in ("GrLivArea", "1stFlrSF", "TotalBsmtSF", "TotalSF", "FinishedSF"):
        assert result[size].isna().tolist() == [False, True, False]


@pytest.mark.shared
@pytest.mark.parametrize("name", KAGGLE)
def test_real_files_pass_as_far_as_the_folds(
    name: str, tmp_path: Path, competition_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPETITION_DATA", str(competition_data))
    shutil.copytree(ROOT / "competitions" / name, tmp_path / "competitions" / name)
    paths = Paths(tmp_path, name)
    for stage, module in (("plan", plan), ("fetch", fetch), ("clean", clean), ("features", features), ("split", split)):
        module.run(Job(paths, stage))
    declared = read_declaration(paths.declaration)
    columns = read_json(paths.stage("features") / "columns.json")
    assert declared.columns.target not in {column["name"] for column in columns}
    kinds = {column["name"]: column["kind"] for column in columns}
    if name == "titanic":
        assert kinds["Company"] == "key"
        assert not {"Name", "Ticket", "Cabin"} & set(kinds)
    else:
        assert kinds["MSSubClass"] == "categorical"
        train, test = (read_table(paths.stage("features") / f"{part}.parquet") for part in ("train", "test"))
        assert (train["SoldAsPlan"].sum(), test["SoldAsPlan"].sum()) == (2, 1)
