"""The race's own parts: the course is cut by the competition's folds, and runs are judged on the same draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.race import kept, results
from benchmarks.race.__main__ import README, chosen, in_seconds, run
from benchmarks.race.contestants import Run, _in_order
from benchmarks.race.course import ROOT, Course, _command, _environment, from_raw, lay, lay_drawn
from pipeline.core.errors import PodiumError
from pipeline.core.tables import read_json
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration


def course_of(metric: str, y: np.ndarray, classes: tuple[str, ...] = ()) -> Course:
    competition = Competition.model_validate(
        {
            "name": "toy",
            "title": "Toy",
            "columns": {"target": "y"},
            "metric": metric,
            "task": "binary" if classes else "regression",
            "models": {"linear": {}},
        }
    )
    return Course(Path(), competition, classes, y, 100)


def run_of(name: str, prediction: np.ndarray | None, trouble: str = "") -> Run:
    return Run(name, False, 1.0, 0.5, prediction, trouble)


def test_a_relative_folder_of_data_is_found_from_a_copy_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "kaggle").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COMPETITION_DATA", "kaggle")
    assert _environment()["COMPETITION_DATA"] == str(tmp_path / "here" / "kaggle")
    monkeypatch.setenv("COMPETITION_DATA", "nowhere")
    assert _environment()["COMPETITION_DATA"] == "nowhere"
    monkeypatch.delenv("COMPETITION_DATA")
    assert "COMPETITION_DATA" not in _environment()


def test_a_course_that_cannot_be_laid_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PodiumError, match=r"race: titanik could not be laid out: fetch failed. It says above"):
        _command("titanik", ROOT, "fetch", "titanik")
    assert "error: titanik" in capfd.readouterr().err


@pytest.mark.parametrize("metric", ["rmse", "r2"])
def test_a_worse_run_is_behind_and_its_ratio_is_below_one(metric: str) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=300)
    runs = [run_of("podium", y + 0.1 * rng.normal(size=300)), run_of("flaml", y + 0.5 * rng.normal(size=300))]
    own, other = results.judge(course_of(metric, y), runs, 60)
    assert other["behind"] > 5 * other["behind_se"] > 0 and other["error_ratio"] < 0.5
    assert own["low"] < own["score"] < own["high"] and own["behind"] == 0


def test_labels_are_scored_as_codes_and_a_failed_run_keeps_its_reason() -> None:
    y = np.array([0, 1] * 20)
    runs = [run_of("podium", y), run_of("mljar", None, "failed (1): no")]
    lines = results.judge(course_of("accuracy", y, ("a", "b")), runs, 60)
    assert lines[0]["score"] == 1.0 and "score" not in lines[1]
    assert "none: failed (1): no" in results.markdown(lines)
    alone = results.judge(course_of("accuracy", y, ("a", "b")), [run_of("podium", None, "no"), run_of("mljar", y)], 60)
    assert "| 1.0000 (1.0000 to 1.0000) |  |  |" in results.markdown(alone), "with nobody to compare it with"


def test_lines_are_only_ever_added_and_the_latest_count(tmp_path: Path) -> None:
    y = np.arange(10.0)
    line = results.judge(course_of("rmse", y), [run_of("podium", y + 1)], 60)
    file = tmp_path / "results.jsonl"
    results.append(line, file)
    results.append([{**line[0], "score": 0.5}], file)
    assert len(results.read(file)) == 2
    assert [kept["score"] for kept in results.latest(results.read(file))] == [0.5]


def test_the_readmes_table_is_made_from_the_file_and_keeps_races_together() -> None:
    lines = results.latest(results.read())
    assert results.markdown(lines) in README.read_text(encoding="utf-8"), "python -m benchmarks.race table --write"
    races = [(line.get("recipe", True), line["competition"]) for line in lines]
    together = list(dict.fromkeys(races))
    assert races == sorted(races, key=together.index)


def test_a_peer_that_ran_an_equal_race_need_not_run_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "train.csv"
    file.write_text("a,y\n1,2\n")
    key = kept.key_of("flaml", tmp_path / "data", 60, 2)
    assert kept.kept(key, tmp_path) is None
    kept.keep(run_of("flaml", np.array([1.5, 2.5])), key, tmp_path)
    found = kept.kept(key, tmp_path)
    assert found is not None and found.prediction is not None and found.prediction.tolist() == [1.5, 2.5]
    assert (found.name, found.seconds, found.gigabytes) == ("flaml", 1.0, 0.5)
    kept.keep(run_of("mljar", None, "failed (1): no"), "other", tmp_path)
    assert kept.kept("other", tmp_path) == run_of("mljar", None, "failed (1): no")
    others = [kept.key_of("flaml", tmp_path / "data", 240, 2), kept.key_of("mljar", tmp_path / "data", 60, 2)]
    file.write_text("a,y\n1,3\n")
    assert len({key, *others, kept.key_of("flaml", tmp_path / "data", 60, 2)}) == 4, "not an equal race"


def test_wrong_words_are_answered() -> None:
    assert in_seconds("240s") == in_seconds("4m") == in_seconds("240") == 240
    for wrong in ("0s", "4h", ""):
        with pytest.raises(PodiumError, match="240s"):
            in_seconds(wrong)
    with pytest.raises(PodiumError, match="flaml"):
        chosen("flamel")
    with pytest.raises(PodiumError, match=r"must be known ones; got 'jobz'.*jobs"):
        run("jobz")


def test_the_course_hides_one_folds_answers(tmp_path: Path) -> None:
    course = lay("breast-cancer", tmp_path)
    raw, c = tmp_path / "raw", course.competition
    train, test, sample = (
        pd.read_csv(raw / f) for f in (c.source.files.train, c.source.files.test, c.source.files.sample)
    )
    assert len(test) == len(course.y) == len(sample) and len(train) == course.rows
    assert c.columns.target in train and c.columns.target not in test
    assert not set(train[c.columns.id]) & set(test[c.columns.id])
    assert list(sample[c.columns.id]) == list(test[c.columns.id])
    assert not (raw / "solution.csv").exists()
    again = read_declaration(from_raw(course, tmp_path / "again") / "competitions" / c.name / "competition.yaml")
    assert again.source.path == str(raw.resolve()) and again.source.sklearn is None


def test_a_made_up_course_is_declared_by_new_and_keeps_its_answers(tmp_path: Path) -> None:
    course = lay_drawn("wine", tmp_path)
    test = pd.read_csv(tmp_path / "peer" / "test.csv")
    assert len(test) == len(course.y) and set(course.y) == {0, 1, 2} and len(course.classes) == 3
    target = course.competition.columns.target
    assert target not in test and target not in pd.read_csv(tmp_path / "raw" / "test.csv")
    assert course.competition.metric.name == "log_loss" and course.rows == len(pd.read_csv(tmp_path / "raw/train.csv"))


@pytest.mark.parametrize(("name", "told"), [("hires", None), ("wine", "id")])
def test_an_id_of_dates_is_not_kept_from_peers(tmp_path: Path, name: str, told: str | None) -> None:
    course = lay_drawn(name, tmp_path)
    assert read_json(course.folder / "peer" / "task.json")["id"] == told


def test_predictions_by_other_orders_of_the_labels_are_put_in_the_courses() -> None:
    codes = _in_order(np.array([0, 1, 2, 0]), ("b", "c", "a"), ("a", "b", "c"), label=True)
    assert codes.tolist() == [1, 2, 0, 1]
    p = _in_order(np.array([[0.5, 0.3, 0.2]]), ("b", "c", "a"), ("a", "b", "c"), label=False)
    assert p.tolist() == [[0.2, 0.5, 0.3]]
    assert _in_order(np.array([0.2]), ("yes", "no"), ("no", "yes"), label=False).tolist() == [0.8]


def test_a_run_without_a_recipe_is_told_apart_in_the_table() -> None:
    y = np.arange(10.0)
    line = results.judge(course_of("rmse", y), [run_of("podium", y + 1)], 60)[0]
    both = results.latest([line | {"recipe": True}, line | {"recipe": False}])
    assert "podium, no recipe" in results.markdown(both) and len(both) == 2


@pytest.mark.parametrize("name", [path.name for path in (ROOT / "competitions").iterdir() if path.is_dir()])
def test_every_recipe_can_be_raced_from_raw_files(name: str, tmp_path: Path) -> None:
    competition = read_declaration(ROOT / "competitions" / name / "competition.yaml")
    (tmp_path / "raw").mkdir()
    scratch = from_raw(Course(tmp_path, competition, (), np.empty(0), 1), tmp_path / "own")
    again = read_declaration(scratch / "competitions" / name / "competition.yaml")
    assert again.tables == competition.tables and again.models == competition.models
    assert again.source.path == str((tmp_path / "raw").resolve())
