from pathlib import Path

from pipeline.core.job import Job
from pipeline.core.paths import Paths, quoted


def test_each_stage_and_model_has_its_folder() -> None:
    paths = Paths(Path("/p"), "titanic")
    assert paths.stage("train", "xgboost") == Path("/p/data/titanic/train/xgboost")
    assert paths.plan("train", "xgboost") == Path("/p/data/titanic/plan/train-xgboost.json")
    assert paths.cache("tune", "xgboost") == Path("/p/.cache/titanic/tune/xgboost")
    assert paths.shown(paths.declaration) == "competitions/titanic/competition.yaml"
    assert paths.shown(Path("/elsewhere")) == "/elsewhere"


def test_paths_with_spaces_are_quoted() -> None:
    assert quoted(Path("/a b")) == "'/a b'"


def test_a_job_writes_its_folder_whole(tmp_path: Path) -> None:
    job = Job(Paths(tmp_path, "toy"), "train", "linear")
    with job.writing() as folder:
        (folder / "a").write_text("a")
    assert (tmp_path / "data" / "toy" / "train" / "linear" / "a").read_text() == "a"
