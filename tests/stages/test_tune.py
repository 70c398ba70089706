import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.tables import file_hash, read_json, read_table
from pipeline.stages.tune import plainly_decided, run
from tests.toy_model import Counting, card, install, tune_job


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def test_no_trials_cost_nothing(tmp_path: Path) -> None:
    job = tune_job(tmp_path, trials=0)
    code = (
        "import sys; from pathlib import Path;"
        "from pipeline.core.job import Job; from pipeline.core.paths import Paths;"
        f"from pipeline.stages.tune import run; run(Job(Paths(Path({str(tmp_path)!r}), 'toy-binary'), 'tune', 'toy'));"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'optuna', 'joblib', 'scipy'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
    assert read_json(job.out / "best.json") == {"params": {}, "kept": [{}], "trials": 0}
    assert [file.name for file in job.out.iterdir()] == ["best.json"]


@pytest.mark.parametrize(
    ("task", "metric"), [("binary", "accuracy"), ("multiclass", "log_loss"), ("regression", "rmsle")]
)
def test_the_best_settings_and_every_trial_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, metric: str
) -> None:
    install(monkeypatch)
    job = tune_job(tmp_path, task, metric=metric, params={"alpha": 900.0})
    summary = run(job)
    best, trials = read_json(job.out / "best.json"), read_table(job.out / "trials.parquet")
    assert best["trials"] == len(trials) == 4 and not best["limited_by_time"]
    assert trials["alpha"].iloc[0] == 900.0 and set(trials["state"]) == {"complete"}
    values = trials["value"]
    assert best["value"] == (values.max() if metric == "accuracy" else values.min())
    assert best["params"] == ({} if values.iloc[0] == best["value"] else {"alpha": best["params"]["alpha"]})
    assert f"{best['value']:.4f}" in summary and "4 trials" in summary


def test_a_killed_search_resumes_at_its_trial_and_writes_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(interrupt_at=13)
    install(monkeypatch, card(fit=counting))
    killed, whole = tune_job(tmp_path / "killed", trials=6), tune_job(tmp_path / "whole", trials=6)
    with pytest.raises(KeyboardInterrupt):
        run(killed)
    counting.interrupt_at = None
    run(killed)
    assert counting.count == 13 + 5 * 4, "the two finished trials are not run again"
    run(whole)
    for name in ("best.json", "trials.parquet"):
        assert file_hash(killed.out / name) == file_hash(whole.out / name)
    assert len(list(killed.paths.cache("tune", "toy").glob("*/journal.log"))) == 1


def test_more_trials_go_on_where_fewer_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    install(monkeypatch, card(fit=counting))
    run(tune_job(tmp_path, trials=3))
    run(tune_job(tmp_path, trials=5))
    assert counting.count == 25


def test_pruning_gives_the_same_result_on_any_number_of_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    for cores in (1, 2):
        install(monkeypatch, cores=cores)
        job = tune_job(tmp_path / str(cores), trials=12, pruner="median")
        run(job)
        hashes.append(file_hash(job.out / "trials.parquet"))
    assert "pruned" in set(read_table(job.out / "trials.parquet")["state"])
    assert hashes[0] == hashes[1]


def test_the_time_limit_marks_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    job = tune_job(tmp_path, trials=30, seconds=1e-6)
    assert "ended by its time limit" in run(job)
    assert read_json(job.out / "best.json")["limited_by_time"]


def test_the_portfolio_is_tried_first_and_the_best_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    job = tune_job(tmp_path, trials=5, portfolio=[{"alpha": 20.0}, {"alpha": 1.0}, {"alpha": 0.5}], keep=3)
    run(job)
    assert read_table(job.out / "trials.parquet")["alpha"].tolist()[:3] == [1.0, 20.0, 0.5]
    best = read_json(job.out / "best.json")
    assert best["kept"][0] == best["params"] and len(best["kept"]) == 3


def test_a_related_competitions_best_settings_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    other, job = tune_job(tmp_path, "regression"), tune_job(tmp_path, "binary", trials=8, warm_start="toy-regression")
    with pytest.raises(PodiumError, match=r"tune\.warm_start must name a competition whose search of toy has run; got"):
        run(job)
    run(other)
    run(job)
    theirs = read_table(other.out / "trials.parquet").sort_values("value")["alpha"].tolist()
    ours = read_table(job.out / "trials.parquet")["alpha"].tolist()
    assert ours[1:4] == pytest.approx([alpha for alpha in theirs if alpha != 1.0][:3])


def test_labels_are_decided_plainly() -> None:
    assert plainly_decided(np.array([0.2, 0.5, 0.9]), 2).tolist() == [0, 1, 1]
    assert plainly_decided(np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]), 3).tolist() == [1, 0]
    assert plainly_decided(np.array([-1.0, 1.4, 1.6, 9.0]), 4).tolist() == [0, 1, 2, 3]
