"""``fetch``: the sources in their order, and what is checked of what they bring."""

from __future__ import annotations

import errno
import gzip
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json
from pipeline.declaration.columns import Columns
from pipeline.declaration.source import Source
from pipeline.declaration.specs import FetchSpec
from pipeline.declaration.tables import Join
from pipeline.sources import archives
from pipeline.stages import fetch
from tests.kaggle_server import Script, zip_of
from tests.stages.test_ensemble import Ear

FILES = {
    "train.csv": b"id,x,y\n1,2,0\n2,3,1\n",
    "test.csv": b"id,x\n3,4\n",
    "sample_submission.csv": b"id,y\n3,0\n",
}


def zipped(files: dict[str, bytes] = FILES, top: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return buffer.getvalue()


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("COMPETITION_DATA", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPETITION_DATA", raising=False)


def planned(tmp_path: Path, source: dict[str, Any] | None = None, **keys: Any) -> Job:
    """A job whose spec is written as ``plan`` writes it."""
    spec = FetchSpec(
        **{
            "competition": "toy",
            "seed": 7,
            "task": "binary",
            "tables": {},
            "columns": Columns(id="id", target="y"),
            **keys,
        },
        source=Source(**(source or {})),
    )
    job = Job(Paths(tmp_path / "project", "toy"), "fetch")
    write_json(spec.model_dump(mode="json"), job.paths.plan("fetch"))
    return job


def origin(job: Job) -> dict[str, Any]:
    return json.loads((job.out / "source.json").read_text())


def test_a_zip_of_the_mirror_comes_first(tmp_path: Path, mirror: Path) -> None:
    (mirror / "toy.zip").write_bytes(zipped(top="toy/"))
    job = planned(tmp_path, {"sklearn": "iris"})
    assert fetch.run(job) == "3 files, 0.0 MB, from mirror toy.zip"
    assert {p.name: p.read_bytes() for p in job.out.iterdir() if p.name != "source.json"} == FILES
    about = origin(job)
    assert (about["kind"], about["from"]) == ("mirror", "toy.zip")
    assert about["files"]["test.csv"]["bytes"] == len(FILES["test.csv"])
    assert len(about["files"]["test.csv"]["sha256"]) == 64


def test_a_folder_of_the_mirror_under_kaggles_slug(tmp_path: Path, mirror: Path) -> None:
    folder = mirror / "its-slug"
    folder.mkdir()
    (folder / "train.csv.gz").write_bytes(gzip.compress(FILES["train.csv"]))
    (folder / "rest.zip").write_bytes(zipped({k: v for k, v in FILES.items() if k != "train.csv"}))
    job = planned(tmp_path, {"kaggle": "its-slug"})
    fetch.run(job)
    assert (job.out / "train.csv").read_bytes() == FILES["train.csv"]


def test_the_mirror_may_be_named_from_the_projects_root(
    tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mirror / "toy.zip").write_bytes(zipped())
    monkeypatch.setenv("COMPETITION_DATA", "../mirror")
    job = planned(tmp_path)
    fetch.run(job)
    assert origin(job)["kind"] == "mirror"


def test_a_declared_folder(tmp_path: Path) -> None:
    job = planned(tmp_path, {"path": "raw"})
    (job.paths.root / "raw").mkdir()
    for name, content in FILES.items():
        (job.paths.root / "raw" / name).write_bytes(content)
    fetch.run(job)
    assert origin(job)["from"] == "raw"


def test_a_data_set_of_scikit_learn_gets_kaggles_layout(tmp_path: Path) -> None:
    source = {"sklearn": "breast_cancer", "files": {"solution": "solution.csv"}}
    job = planned(tmp_path, source, columns=Columns(id="id", target="diagnosis"), needs="probability")
    fetch.run(job)
    train, test = (pd.read_csv(job.out / name) for name in ("train.csv", "test.csv"))
    sample, solution = (pd.read_csv(job.out / name) for name in ("sample_submission.csv", "solution.csv"))
    assert (len(train), len(test)) == (427, 142)
    assert set(train) - set(test) == {"diagnosis"}
    assert list(sample.columns) == list(solution.columns) == ["id", "diagnosis"]
    assert set(solution["diagnosis"]) == {"malignant", "benign"}
    before = {p.name: p.read_bytes() for p in job.out.iterdir()}
    fetch.run(job)
    assert before == {p.name: p.read_bytes() for p in job.out.iterdir()}


def test_openml_and_kaggle_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20})
    monkeypatch.setattr("pipeline.sources.holdout.from_openml", lambda spec, cache, note: frame)
    job = planned(tmp_path, {"openml": 31})
    fetch.run(job)
    assert (origin(job)["kind"], origin(job)["from"]) == ("openml", "31")

    def download(slug: str, folder: Path, competition: str, note: Any) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{slug}.zip").write_bytes(zipped())
        return folder / f"{slug}.zip"

    monkeypatch.setattr("pipeline.sources.kaggle.download", download)
    job = planned(tmp_path, {"kaggle": "its-slug"})
    fetch.run(job)
    assert (origin(job)["kind"], origin(job)["from"]) == ("kaggle", "its-slug")
    assert not list(job.paths.cache("fetch").iterdir())


ROWS = "".join(f"{k},{k * k},{k % 2}\n" for k in range(40))
ONE_TABLE = {"kaggle": {"dataset": "owner/one-table", "table": "all.csv"}, "files": {"solution": "solution.csv"}}


def test_a_data_sets_one_table_is_split(tmp_path: Path, kaggle: Script) -> None:
    kaggle.content = zip_of({"all.csv": f"a,b,y\n{ROWS}", "about.txt": "what it is"})
    job = planned(tmp_path, ONE_TABLE)
    assert fetch.run(job).endswith("from kaggle owner/one-table")
    assert {p.name for p in job.out.iterdir()} == {
        "about.txt", "sample_submission.csv", "solution.csv", "source.json", "test.csv", "train.csv"
    }  # fmt: skip
    train, test, solution = (pd.read_csv(job.out / f"{name}.csv") for name in ("train", "test", "solution"))
    assert (len(train), len(test)) == (30, 10) and "y" not in test
    rows = pd.concat([train, test.merge(solution, on="id")]).sort_values("a")
    assert rows["b"].tolist() == [k * k for k in range(40)] and rows["y"].tolist() == [0, 1] * 20
    assert not list(job.paths.cache("fetch").iterdir())


def test_a_mirrored_data_set_is_found_by_its_name_and_split(tmp_path: Path, mirror: Path) -> None:
    (mirror / "one-table.zip").write_bytes(zipped({"all.csv": f"a,b,y\n{ROWS}".encode()}))
    job = planned(tmp_path, ONE_TABLE, task="regression", needs="value")
    fetch.run(job)
    assert origin(job)["kind"] == "mirror"
    assert pd.read_csv(job.out / "sample_submission.csv")["y"].between(0.3, 0.7).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,z\n1,2\n", "columns.target must be a column; got 'y' (all.csv)"),
        (b"a,y\n1,x\n", "columns.target must hold numbers; got 'x' (all.csv)"),
        (b" ", "source.kaggle.table must name a file that is not empty; got all.csv"),
    ],
)
def test_a_table_that_cannot_be_split(tmp_path: Path, mirror: Path, content: bytes, words: str) -> None:
    (mirror / "one-table.zip").write_bytes(zipped({"all.csv": content}))
    with pytest.raises(PodiumError) as caught:
        fetch.run(planned(tmp_path, ONE_TABLE, task="regression", needs="value"))
    assert words in str(caught.value)


def test_no_source_lists_every_way(tmp_path: Path) -> None:
    with pytest.raises(PodiumError) as caught:
        fetch.run(planned(tmp_path))
    for way in ("COMPETITION_DATA", "toy.zip", "source.path", "source.sklearn", "source.openml", "source.kaggle"):
        assert way in str(caught.value)


def test_a_mirror_without_the_files_is_told(tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = Ear()
    job = replace(planned(tmp_path), screen=ear)
    (mirror / "toi.zip").touch()
    with pytest.raises(PodiumError):
        fetch.run(job)
    assert ear.notes[-1] == f"COMPETITION_DATA is {mirror}, which holds neither toy.zip nor toy/; toi.zip is there"
    monkeypatch.setenv("COMPETITION_DATA", "~/nowhere")
    with pytest.raises(PodiumError):
        fetch.run(job)
    assert ear.notes[-1] == "COMPETITION_DATA is ~/nowhere, and there is no such folder"


def test_a_file_that_is_not_there_names_what_is(tmp_path: Path, mirror: Path) -> None:
    files = {("sampleSubmission.csv" if "sample" in name else name): content for name, content in FILES.items()}
    (mirror / "toy.zip").write_bytes(zipped(files))
    with pytest.raises(PodiumError) as caught:
        fetch.run(planned(tmp_path))
    message = str(caught.value)
    assert message.startswith("toy: source.files.sample must name a file that is there; got sample_submission.csv")
    assert "Did you mean sampleSubmission.csv?" in message and "test.csv" in message and "Write null" in message


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_refused_and_the_old_output_stays(tmp_path: Path, mirror: Path, content: bytes) -> None:
    (mirror / "toy.zip").write_bytes(zipped())
    job = planned(tmp_path)
    fetch.run(job)
    (mirror / "toy.zip").write_bytes(zipped({**FILES, "test.csv": content}))
    with pytest.raises(PodiumError, match=r"source\.files\.test must name a file that is not empty; got test\.csv"):
        fetch.run(job)
    assert (job.out / "test.csv").read_bytes() == FILES["test.csv"]
    assert [p.name for p in job.out.parent.iterdir() if p.name.startswith(".")] == []


def test_a_joined_table_must_be_there(tmp_path: Path, mirror: Path) -> None:
    (mirror / "toy.zip").write_bytes(zipped())
    job = planned(tmp_path, tables={"store": Join(file="store.csv", on=["x"])})
    with pytest.raises(PodiumError, match=r"tables\.store\.file must name a file that is there"):
        fetch.run(job)


def test_a_sample_that_is_null_is_not_asked_for(tmp_path: Path, mirror: Path) -> None:
    (mirror / "toy.zip").write_bytes(zipped({k: v for k, v in FILES.items() if "sample" not in k}))
    fetch.run(planned(tmp_path, {"files": {"sample": None}}))


def test_a_declared_path_that_is_not_there_names_its_neighbours(tmp_path: Path) -> None:
    job = planned(tmp_path, {"path": "raw.zip"})
    (job.paths.root / "row.zip").write_bytes(zipped())
    with pytest.raises(PodiumError, match=r"source\.path must be there; got raw\.zip.*Did you mean row\.zip"):
        fetch.run(job)


def test_a_damaged_zip_of_the_mirror(tmp_path: Path, mirror: Path) -> None:
    (mirror / "toy.zip").write_bytes(zipped()[:100])
    with pytest.raises(PodiumError, match=r"toy\.zip is damaged"):
        fetch.run(planned(tmp_path))


def test_no_space_left(tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mirror / "toy.zip").write_bytes(zipped())

    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archives, "_write", full)
    with pytest.raises(PodiumError, match="no space left"):
        fetch.run(planned(tmp_path))


@pytest.mark.shared
def test_a_real_zip(tmp_path: Path, competition_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETITION_DATA", str(competition_data))
    job = planned(tmp_path, {"kaggle": "titanic", "files": {"sample": "gender_submission.csv"}})
    fetch.run(job)
    assert set(origin(job)["files"]) == {"gender_submission.csv", "test.csv", "train.csv"}
