"""The study on a toy whose target says nothing: in fold it scores chance, and the wrong way claims the moon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import read_table
from pipeline.dataset import read_dataset
from pipeline.imbalance import cells, markdown
from pipeline.imbalance.options import Options
from pipeline.imbalance.run import run_study
from pipeline.imbalance.study import open_study, sampled
from tests.toy import run_stages, toy_frame, write_toy

ROWS = 300
SECTIONS = {
    "models": {"random_forest": {"n_estimators": 20}, "linear": {"C": 1.0}},
    "split": {"folds": 3, "repeats": 2},
    "features": {"drop": ["street"]},
}
OPTIONS = Options(["linear", "random_forest"], ["none", "threshold", "class_weight", "random", "smote", "random_under"])


def prepared(root: Path, task: str = "binary", shuffle: bool = True, **sections) -> Job:
    """A toy competition as far as ``select``; its README has a place for the table."""
    train, test = toy_frame(task, ROWS, seed=1), toy_frame(task, 40, seed=2)
    if shuffle:
        train["y"] = train["y"].to_numpy()[np.random.default_rng(3).permutation(ROWS)]
    paths = write_toy(root, task, "log_loss", (train, test), **{**SECTIONS, **sections})
    (paths.recipe / "README.md").write_text(f"# Toy\n\n{markdown.START}\nstale\n{markdown.END}\n\nAfter.\n")
    run_stages(paths, "plan", "fetch", "clean", "features", "split", "select")
    return Job(paths, "imbalance")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    job = prepared(tmp_path_factory.mktemp("shuffled"))
    run_study(job, OPTIONS)
    yield job


def summary_of(job: Job) -> pd.DataFrame:
    return read_table(job.out / "summary.parquet").set_index(["model", "method"])


def test_in_fold_is_chance_and_the_wrong_way_claims_more(made: Job) -> None:
    summary = summary_of(made)
    share = (read_dataset(made).target == 1).mean()
    honest = summary[summary["refused"] == ""]
    assert (honest["average_precision"] - share < 4 * honest["average_precision_se"].clip(lower=0.03)).all()
    forest = summary.loc[("random_forest", "random")]
    assert forest["average_precision_claimed"] > 0.75 > forest["average_precision"] + 0.3
    assert forest["auc_claimed"] > 0.75 and forest["auc"] < 0.65


def test_what_touches_no_row_claims_nothing(made: Job) -> None:
    claimed = summary_of(made)["average_precision_claimed"].unstack()
    assert claimed[["none", "threshold", "class_weight", "smote"]].isna().all(axis=None)
    assert claimed[["random", "random_under"]].notna().all(axis=None)


def test_moving_the_threshold_alone_keeps_the_ranking(made: Job) -> None:
    summary = summary_of(made)
    none, moved = summary.loc[("random_forest", "none")], summary.loc[("random_forest", "threshold")]
    assert moved["average_precision_difference"] == 0 and moved["log_loss"] == none["log_loss"]
    assert none["f1"] == none["f1_at_half"] == moved["f1_at_half"] != moved["f1"]


def test_the_prior_is_put_back(made: Job) -> None:
    for method in ("class_weight", "random", "random_under"):
        row = summary_of(made).loc[("linear", method)]
        assert row["log_loss"] < row["log_loss_before"] - 0.05
    none = summary_of(made).loc[("linear", "none")]
    assert none["log_loss"] == none["log_loss_before"]


def test_differences_are_paired_by_fold(made: Job) -> None:
    folds = read_table(made.out / "folds.parquet")
    own = folds[(folds["model"] == "linear") & (folds["way"] == "in fold") & (folds["measure"] == "auc")]
    by_method = own.pivot(index="fold", columns="method", values="score")
    apart = by_method["random"] - by_method["none"]
    row = summary_of(made).loc[("linear", "random")]
    assert len(apart) == 3
    assert row["auc_difference"] == pytest.approx(apart.mean())
    assert row["auc_difference_se"] == pytest.approx(apart.std(ddof=1) / np.sqrt(3))


def test_the_readme_has_the_table_the_picture_and_what_was_refused(made: Job) -> None:
    text = (made.paths.recipe / "README.md").read_text()
    assert text.startswith("# Toy\n") and text.endswith("\nAfter.\n") and "stale" not in text
    assert text.count("| random_forest |") == 5 and "(imbalance.svg)" in text
    assert "--models linear,random_forest" in text and "300 rows" in text
    assert "Not made: SMOTE: oversample.method must be smotenc or random" in text
    assert (made.paths.recipe / "imbalance.svg").read_bytes() == (made.out / "imbalance.svg").read_bytes()


def test_finished_cells_are_not_fitted_again_and_give_the_same_bytes(made: Job, monkeypatch) -> None:
    before = {path.name: path.read_bytes() for path in made.out.iterdir()}

    def no_fit(*args, **kwargs):
        raise AssertionError("fitted again")

    monkeypatch.setattr(cells, "fit_fold", no_fit)
    run_study(made, OPTIONS)
    assert {path.name: path.read_bytes() for path in made.out.iterdir()} == before


def test_a_killed_study_goes_on_at_the_cell_it_was_in(tmp_path: Path, monkeypatch) -> None:
    job, fits, fit = prepared(tmp_path), [], cells.fit_fold

    def counted(dataset, recipe, cut):
        fits.append(cut.name)
        if len(fits) == 5:
            raise KeyboardInterrupt
        return fit(dataset, recipe, cut)

    monkeypatch.setattr(cells, "fit_fold", counted)
    options = Options(["linear"], ["none", "class_weight"])
    with pytest.raises(KeyboardInterrupt):
        run_study(job, options)
    fits.clear()
    fits += ["spent"] * 5
    run_study(job, options)
    assert len(fits) == 5 + 3


def test_three_classes_and_focal_loss(tmp_path: Path) -> None:
    net = {"mlp": {"max_epochs": 3, "width": 8, "learning_rate": 0.01}}
    job = prepared(tmp_path, "multiclass", shuffle=False, models={"linear": {"C": 1.0}}, split={"folds": 2})
    declared = job.paths.declaration.read_text().replace("models:\n", "models:\n  mlp: " + str(net["mlp"]) + "\n")
    job.paths.declaration.write_text(declared)
    run_study(job, Options(["linear", "mlp"], ["none", "focal", "random"], rows=150, precision=0.5))
    summary = summary_of(job)
    assert set(summary.loc["mlp"].index) == {"none", "focal", "random"}
    assert set(summary.loc["linear"].index) == {"none", "random"}
    focal = summary.loc[("mlp", "focal")]
    assert focal["log_loss"] != focal["log_loss_before"]
    assert summary["recall_at_precision"].between(0, 1).all() and summary["auc"].gt(0.5).all()
    assert "150 rows" in (job.out / "table.md").read_text()


def test_a_sample_keeps_shares_and_folds(made: Job) -> None:
    study = open_study(made, Options(["linear"], ["none"]))
    assert study.dataset.folds.names == ["r0f0", "r0f1", "r0f2"]
    part = sampled(study.dataset, 120, seed=1)
    assert len(part.train) == len(part.target) == len(part.folds.row_id) == 120
    assert abs(part.target.mean() - study.dataset.target.mean()) < 0.01
    where = np.searchsorted(study.dataset.folds.row_id, part.folds.row_id)
    assert (study.dataset.folds.outer[where] == part.folds.outer).all()
    assert (study.dataset.target[where] == part.target).all()


def test_too_small_a_sample_is_refused(made: Job) -> None:
    with pytest.raises(PodiumError, match="toy: --rows must leave 6 rows of each class; got 12, which leaves 3"):
        open_study(made, Options(["linear"], ["none"], rows=12))


def test_settings_of_the_competition_and_of_tune_hold(made: Job) -> None:
    study = open_study(made, OPTIONS)
    assert study.params("random_forest")["n_estimators"] == 20
    from pipeline.core.tables import write_json

    write_json({"params": {"n_estimators": 7}, "trials": 3}, made.path("tune", "random_forest", "best.json"))
    assert study.params("random_forest")["n_estimators"] == 7
    made.path("tune", "random_forest", "best.json").unlink()
