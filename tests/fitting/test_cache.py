from pathlib import Path

from pipeline.core.tables import write_json
from pipeline.declaration.specs import TrainSpec, read_spec
from pipeline.fitting.cache import folder_of, versions
from tests.toy_model import train_job


def test_the_key_covers_spec_inputs_and_whatever_else_determines_the_work(tmp_path: Path) -> None:
    job = train_job(tmp_path)
    spec = read_spec(job, TrainSpec)
    first = folder_of(job, spec, ("numpy",), "cpu")
    assert folder_of(job, spec, ("numpy",), "cpu") == first
    others = {
        folder_of(job, spec.model_copy(update={"seed": 12}), ("numpy",), "cpu"),
        folder_of(job, spec, ("numpy",), "cuda"),
        folder_of(job, spec, ("numpy", "pyarrow"), "cpu"),
    }
    write_json({"all": True, "again": 1}, job.path("select", "columns.json"))
    assert len({first, *others, folder_of(job, spec, ("numpy",), "cpu")}) == 5


def test_only_the_newest_key_is_kept(tmp_path: Path) -> None:
    job = train_job(tmp_path)
    spec = read_spec(job, TrainSpec)
    old = folder_of(job, spec, (), 1)
    old.mkdir(parents=True)
    new = folder_of(job, spec, (), 2)
    assert not old.exists() and new.parent == old.parent == tmp_path / ".cache" / "toy-binary" / "train" / "toy"


def test_an_absent_library_is_said_to_be_absent() -> None:
    assert versions(("numpy", "no-such-distribution"))["no-such-distribution"] == "absent"
