from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import write_json, write_table
from pipeline.dataset import read_dataset
from pipeline.fitting.cuts import read_cuts
from tests.toy_model import upstream


def job_of(root: Path) -> Job:
    return Job(upstream(root, "binary"), "train", "toy")


def test_every_fold_has_all_columns_or_those_selected_for_it(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    dataset = read_dataset(job)
    cuts = read_cuts(job, dataset, "none")
    assert [cut.name for cut in cuts] == dataset.folds.names
    assert all(cut.columns == ("x1", "x2", "colour", "street") and cut.resampled is None for cut in cuts)
    chosen = {name: ["x1", "street"] if name == "r0f1" else ["x2"] for name in [*dataset.folds.names, "full"]}
    write_json(chosen, job.path("select", "columns.json"))
    assert read_cuts(job, dataset, "none")[1].columns == ("x1", "street")


def test_each_fold_gets_its_own_synthetic_rows_and_dropped_rows(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    dataset = read_dataset(job)
    made = dataset.train.iloc[[3, 4, 5]].assign(fold=["r0f0", "r0f2", "full"], target=1)
    write_table(made, job.path("oversample", "synthetic.parquet"))
    dropped = pd.DataFrame({"fold": ["r0f0", "r0f0", "r0f1"], "row_id": dataset.folds.row_id[[7, 9, 11]]})
    write_table(dropped, job.path("oversample", "dropped.parquet"))
    first, second = (cut.resampled for cut in read_cuts(job, dataset, "smote_enn")[:2])
    assert first is not None and second is not None
    assert first.made is not None and first.made.columns.tolist() == dataset.train.columns.tolist()
    assert first.made_target.tolist() == [1] and first.dropped.tolist() == [7, 9]
    assert second.made is None and len(second.made_target) == 0 and second.dropped.tolist() == [11]


def test_the_cut_of_all_rows_comes_last_with_what_was_made_for_it(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    dataset = read_dataset(job)
    chosen = {name: ["x2"] for name in dataset.folds.names} | {"full": ["x1", "street"]}
    write_json(chosen, job.path("select", "columns.json"))
    write_json({"full": {"0": 1.0, "1": 2.0}}, job.path("oversample", "weights.json"))
    *others, last = read_cuts(job, dataset, "class_weight", full=True)
    assert [cut.name for cut in others] == dataset.folds.names and last.name == "full"
    assert last.columns == ("x1", "street")
    assert last.resampled is not None and last.resampled.weights == {0: 1.0, 1: 2.0}
    assert np.array_equal(last.fold.train, np.arange(len(dataset.target))) and len(last.fold.valid) == 0


def test_class_weights_come_by_fold(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    dataset = read_dataset(job)
    write_json({name: {"0": 1.0, "1": 3.5} for name in dataset.folds.names}, job.path("oversample", "weights.json"))
    cuts = read_cuts(job, dataset, "class_weight")
    assert all(cut.resampled is not None and cut.resampled.weights == {0: 1.0, 1: 3.5} for cut in cuts)
    assert cuts[0].plain().resampled is None
    assert np.array_equal(cuts[0].plain().fold.train, cuts[0].fold.train)
