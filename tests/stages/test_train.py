import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.clock import start_clock
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.dataset import read_dataset
from pipeline.declaration.metric import Metric
from pipeline.fitting.foldmodel import FoldModel
from pipeline.folds import TRAIN, UNUSED, VALID, Folds
from pipeline.members import read_members
from pipeline.metrics import fold_scores
from pipeline.models import Rows
from pipeline.stages.train import mean_importance, out_of_fold, run
from tests.toy_model import Counting, Ridge, card, fit, install, train_job

TASKS = ["binary", "multiclass", "regression"]
STATISTICS = {"target_statistics": [{"columns": ["street"], "method": "leave_one_out", "smoothing": 2}]}


def contents(job: Job) -> dict[str, str]:
    """The hash of every file of the stage's output, times apart."""
    files = (path for path in job.out.rglob("*") if path.is_file() and path.name != "timing.json")
    return {str(path.relative_to(job.out)): file_hash(path) for path in files}


def params_of(job: Job, member: str) -> dict[str, Any]:
    params: dict[str, Any] = read_json(job.out / "model.json")["members"][member]["params"]
    return params


@pytest.mark.parametrize("task", TASKS)
def test_everything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    install(monkeypatch)
    job = train_job(tmp_path, task, preprocess=STATISTICS)
    summary = run(job)
    dataset = read_dataset(job)
    (member,) = read_members(job.out)
    oof, test = member.oof, member.test
    width = (3,) if task == "multiclass" else ()
    assert oof.shape == (150, *width) and test.shape == (40, *width) and np.isfinite(oof).all()
    assert member.row_id.tolist() == dataset.folds.row_id.tolist() and member.name == member.model == "toy"
    scores = read_json(job.out / "scores.json")["toy"]
    metric = Metric.model_validate({"binary": "auc", "multiclass": "log_loss", "regression": "rmsle"}[task])
    again = fold_scores(metric, dataset.target, oof, dataset.folds.outer)
    assert scores["scores"] == list(again.scores) and scores["mean"] == again.mean and scores["se"] == again.se
    assert f"{again.mean:.4f} ± {again.se:.4f} over 5 folds, cpu" in summary
    assert set(scores["rounds"]) == set(scores["columns"]) == set(dataset.folds.names)
    about = read_json(job.out / "model.json")
    assert about["split"] == dataset.folds.hash and set(about["versions"]) == {"numpy"}
    assert about["members"]["toy"]["device"] == "cpu"
    assert set(read_json(job.out / "timing.json")["toy"]["folds"]) == set(dataset.folds.names)
    assert read_table(job.out / "curves.parquet").empty
    assert "target_by_street" in " ".join(read_table(job.out / "importance.parquet")["column"])


def test_each_fits_curve_is_kept_with_the_round_that_it_was_cut_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, card(stops_early=True))
    job = train_job(tmp_path, repeats=2, portfolio=[{"alpha": 9.0}])
    run(job)
    curves = read_table(job.out / "curves.parquet")
    assert set(curves["member"]) == {"toy", "toy-2"} and set(curves["measure"]) == {"toy loss"}
    fits = curves.groupby(["member", "fold", "repeat"])
    assert len(fits) == 2 * 5 * 2 and (fits["kept"].sum() == 1).all()
    assert (fits["round"].first() == 1).all() and (curves["value"] == 1 / curves["round"]).all()
    assert (curves.loc[curves["kept"], "round"] == fits["round"].max().to_numpy()).all()


def test_each_row_is_predicted_by_the_models_that_did_not_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch)
    job = train_job(tmp_path, repeats=2)
    run(job)
    dataset = read_dataset(job)
    (member,) = read_members(job.out)
    oof, found, tests = member.oof, member.test, []
    for fold in dataset.folds:
        model = FoldModel.load(job.out / "models" / "toy" / fold.name)
        assert np.array_equal(oof[fold.valid], model.predict(dataset.train.iloc[fold.valid]))
        tests.append(model.predict(dataset.test))
    np.testing.assert_allclose(found, np.mean(tests, axis=0), rtol=1e-12)
    assert not list(job.out.rglob("*.pkl"))


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number, cores in enumerate((1, 2, 1)):
        install(monkeypatch, card(stops_early=True), cores)
        job = train_job(tmp_path / str(number), preprocess=STATISTICS, seed=99 if number == 2 else 11)
        run(job)
        found.append(contents(job))
    assert found[0] == found[1]
    assert found[0]["oof.parquet"] != found[2]["oof.parquet"]


def test_a_killed_run_goes_on_with_the_fold_it_was_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(interrupt_at=3)
    install(monkeypatch, card(fit=counting))
    job, whole = train_job(tmp_path / "killed"), train_job(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(job)
    assert not job.out.exists()
    counting.interrupt_at = None
    run(job)
    assert counting.count == 3 + 3, "the two finished folds are not fitted again"
    run(whole)
    assert contents(job) == contents(whole)


def test_a_trainings_checkpoints_survive_a_kill_and_go_with_the_finished_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def resumable(model: Any, training: Any, stopping: Any) -> None:
        state = model.setting.checkpoints / "state"
        seen.append(state.exists())
        state.parent.mkdir(parents=True, exist_ok=True)
        state.touch()
        if len(seen) == 2:
            raise KeyboardInterrupt
        fit(model, training, stopping)

    install(monkeypatch, card(fit=resumable))
    job = train_job(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run(job)
    run(job)
    assert seen == [False, False, True, False, False, False]
    assert not list(job.paths.cache("train", "toy").rglob("*.checkpoints"))


def test_finished_folds_of_another_key_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    install(monkeypatch, card(fit=counting))
    run(train_job(tmp_path))
    run(train_job(tmp_path))
    assert counting.count == 5
    job = train_job(tmp_path)
    write_json({"params": {"alpha": 3.0}, "kept": [{"alpha": 3.0}], "trials": 2}, job.path("tune", "toy", "best.json"))
    run(job)
    assert counting.count == 10 and params_of(job, "toy") == {"alpha": 3.0}
    assert len(list(job.paths.cache("train", "toy").glob("*/*"))) == 1


def test_a_validation_rows_target_never_influences_its_own_prediction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, card(stops_early=True))
    job = train_job(tmp_path, preprocess=STATISTICS)
    run(job)
    before = read_members(job.out)[0].oof
    fold = next(iter(read_dataset(job).folds))
    table = read_table(job.path("clean", "target.parquet"))
    table.loc[fold.valid, "target"] = 1 - table.loc[fold.valid, "target"]
    write_table(table, job.path("clean", "target.parquet"))
    run(job)
    after = read_members(job.out)[0].oof
    assert np.array_equal(before[fold.valid], after[fold.valid])
    assert not np.array_equal(before[fold.train], after[fold.train])


def test_a_resampled_model_is_also_scored_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    plain, job = train_job(tmp_path / "plain"), train_job(tmp_path / "weighted", resampling="class_weight")
    write_json({f"r0f{k}": {"0": 1.0, "1": 8.0} for k in range(5)}, job.path("oversample", "weights.json"))
    run(plain)
    run(job)
    without, weighted = (read_json(j.out / "scores.json")["toy"] for j in (plain, job))
    assert weighted["resampling"] == "class_weight" and "without_resampling" not in without
    assert weighted["without_resampling"] == without["scores"] != weighted["scores"]
    assert read_json(job.out / "timing.json")["toy"]["without_resampling"] > 0


def test_a_model_on_selected_columns_is_also_scored_on_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    whole = train_job(tmp_path / "whole")
    chosen, quiet = (
        train_job(tmp_path / str(on), resampling="class_weight", compare_selection=on) for on in (True, False)
    )
    for job in (chosen, quiet):
        write_json({f"r0f{k}": {"0": 1.0, "1": 1.0} for k in range(5)}, job.path("oversample", "weights.json"))
        write_json({f"r0f{k}": ["x2", "street"] for k in range(5)}, job.path("select", "columns.json"))
    for job in (whole, chosen, quiet):
        run(job)
    every, few, without = (read_json(job.out / "scores.json")["toy"] for job in (whole, chosen, quiet))
    assert few["without_selection"] == pytest.approx(every["scores"]) and few["mean"] < every["mean"] - 0.1
    assert few["scores"] == few["without_resampling"] == without["scores"]
    assert "without_selection" not in {**without, **every}
    assert read_json(chosen.out / "timing.json")["toy"]["without_selection"] > 0
    assert file_hash(chosen.out / "oof.parquet") == file_hash(quiet.out / "oof.parquet")


@pytest.mark.parametrize("task", TASKS)
def test_every_variant_is_a_member_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    install(monkeypatch, card(stops_early=True))
    alone, several = (
        train_job(tmp_path / name, task, portfolio=portfolio)
        for name, portfolio in (("alone", []), ("several", [{"alpha": 50.0}, {"alpha": 1.0}, {"alpha": 9.0}]))
    )
    run(alone)
    assert "2 more of its settings" in run(several)
    (first, *others), (only,) = read_members(several.out), read_members(alone.out)
    assert [member.name for member in others] == ["toy-2", "toy-3"], "the declared settings again are no variant"
    assert [params_of(several, member.name)["alpha"] for member in others] == [50.0, 9.0]
    assert np.array_equal(first.oof, only.oof) and np.array_equal(first.test, only.test)
    assert not np.array_equal(first.oof, others[0].oof) and others[0].oof.shape == first.oof.shape
    assert set(read_json(several.out / "scores.json")) == set(read_json(several.out / "timing.json"))
    assert set(read_table(several.out / "importance.parquet")["member"]) == {"toy", "toy-2", "toy-3"}
    dataset = read_dataset(several)
    fold = next(iter(dataset.folds))
    again = FoldModel.load(several.out / "models" / "toy-3" / fold.name).predict(dataset.train.iloc[fold.valid])
    assert np.array_equal(others[1].oof[fold.valid], again)


def test_a_further_variant_fits_only_itself_and_one_taken_out_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting()
    install(monkeypatch, card(fit=counting))
    for portfolio, fits in (([{"alpha": 5.0}], 10), ([{"alpha": 7.0}, {"alpha": 5.0}], 15), ([], 15)):
        job = train_job(tmp_path, portfolio=portfolio)
        run(job)
        assert counting.count == fits
        assert len(list(job.paths.cache("train", "toy").glob("*/*"))) == len(portfolio) + 1


def test_the_kept_trials_come_before_the_portfolio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    job = train_job(tmp_path, portfolio=[{"alpha": 5.0}, {"alpha": 4.0}])
    kept = [{"alpha": 3.0}, {"alpha": 5.0}]
    write_json({"params": kept[0], "kept": kept, "trials": 9}, job.path("tune", "toy", "best.json"))
    run(job)
    members = read_json(job.out / "model.json")["members"]
    assert [members[name]["params"]["alpha"] for name in ("toy", "toy-2", "toy-3")] == [3.0, 5.0, 4.0]


def test_a_budget_leaves_out_what_does_not_fit_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    share = {"budget": 100.0, "weights": {"toy": 1.0, "other": 1.0}}
    portfolio = [{"alpha": 50.0}, {"alpha": 9.0}]
    rich, poor = (train_job(tmp_path / name, share=share, portfolio=portfolio) for name in ("rich", "poor"))
    start_clock(time.time(), 100.0)
    run(rich)
    record = read_json(rich.out / "model.json")
    assert list(record["members"]) == ["toy", "toy-2", "toy-3"] and record["limited_by_time"]["done"] == 3
    assert all(np.isfinite(member.oof).all() for member in read_members(rich.out))
    start_clock(time.time() - 99.0, 100.0)
    monkeypatch.setattr("pipeline.stages.train.read_recipes", None)  # which would import its library
    assert "left out" in run(poor)
    assert read_members(poor.out) == [] and read_json(poor.out / "model.json")["limited_by_time"]["done"] == 0
    monkeypatch.delenv("PODIUM_CLOCK")


def test_where_folds_go_forward_in_time_a_model_of_all_rows_predicts_the_test_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, card(stops_early=True))
    job = train_job(tmp_path, resampling="class_weight", refit=True)
    order = np.arange(150.0)
    marks = {f"r0f{k}": np.select([order < 50 * k + 50, order < 50 * k + 100], [TRAIN, VALID], UNUSED) for k in (0, 1)}
    Folds(np.arange(150), {n: m.astype(np.int8) for n, m in marks.items()}, None, order).write(
        job.path("split", "folds.parquet")
    )
    write_json({n: {"0": 1.0, "1": 3.0} for n in (*marks, "full")}, job.path("oversample", "weights.json"))
    run(job)
    dataset = read_dataset(job)
    full = FoldModel.load(job.out / "models" / "toy" / "full")
    scores, (member,) = read_json(job.out / "scores.json")["toy"], read_members(job.out)
    assert full.rows == 150 and scores["rows"] == {"r0f0": 50, "r0f1": 100, "full": 150}
    assert np.array_equal(member.test, full.predict(dataset.test))
    assert np.isnan(member.oof).tolist() == [True] * 50 + [False] * 100
    assert len(scores["scores"]) == 2 and read_json(job.out / "model.json")["members"]["toy"]["predicting"] == ["full"]


STOPPED = {"alpha": 1.0, "n_estimators": 900, "early_stopping_rounds": 9}


def found_rounds(model: Ridge) -> dict[str, Any]:
    """As many rounds as rows where the toy stops early; else those that it is given."""
    asked = model.setting.params
    return {"rounds": model.rounds if asked["early_stopping_rounds"] else asked["n_estimators"]}


def test_a_refit_has_all_rows_and_the_folds_rounds_and_counts_as_one_more_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, replace(card(stops_early=True), describe=found_rounds))
    plain, job = (train_job(tmp_path / str(on), repeats=2, params=STOPPED, refit=on) for on in (False, True))
    run(plain)
    run(job)
    (alone,), (member,) = read_members(plain.out), read_members(job.out)
    assert member.oof.tobytes() == alone.oof.tobytes() and not np.array_equal(member.test, alone.test)
    known = read_json(job.out / "model.json")["members"]["toy"]
    names = [f"r0f{k}" for k in range(5)]
    assert known["predicting"] == [*names, "full"]
    found = [part["rounds"] for name in names for part in known["folds"][name]]
    assert {part["rounds"] for part in known["folds"]["full"]} == {round(float(np.mean(found)))}
    dataset = read_dataset(job)
    models = [FoldModel.load(job.out / "models" / "toy" / name) for name in known["predicting"]]
    assert models[-1].rows == len(dataset.target)
    assert np.array_equal(member.test, np.mean([model.predict(dataset.test) for model in models], axis=0))


def test_a_refit_waits_for_the_folds_and_goes_on_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, bool]] = []

    def telling(model: Ridge, training: Rows, stopping: Rows | None) -> None:
        seen.append((len(training.y), stopping is None))
        if len(seen) == 6:
            raise KeyboardInterrupt
        fit(model, training, stopping)

    install(monkeypatch, replace(card(stops_early=True, fit=telling), describe=found_rounds))
    job, whole = (train_job(tmp_path / name, params=STOPPED, refit=True) for name in ("killed", "whole"))
    with pytest.raises(KeyboardInterrupt):
        run(job)
    run(job)
    assert len(seen) == 7 and seen[5:] == [(150, True)] * 2 and all(not stopped for _, stopped in seen[:5])
    run(whole)
    assert contents(job) == contents(whole)


def test_a_refit_in_a_budget_comes_with_the_first_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, replace(card(stops_early=True), describe=found_rounds))
    share = {"budget": 100.0, "weights": {"toy": 1.0}}
    job = train_job(tmp_path, params=STOPPED, refit=True, share=share, portfolio=[{"alpha": 50.0}])
    start_clock(time.time(), 100.0)
    run(job)
    members = read_json(job.out / "model.json")["members"]
    assert [member["predicting"][-1] for member in members.values()] == ["full", "full"]
    monkeypatch.delenv("PODIUM_CLOCK")


def test_ordered_classes_are_fitted_as_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    job = train_job(tmp_path, "multiclass", metric="qwk", objective="regression")
    run(job)
    oof = read_members(job.out)[0].oof
    assert oof.shape == (150,) and len(np.unique(oof)) > 100
    assert read_json(job.out / "scores.json")["toy"]["mean"] > 0.2


def test_predictions_that_are_no_numbers_stop_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    job = train_job(tmp_path, params={"alpha": 1.0, "fails": True})
    with pytest.raises(PodiumError, match=r"models\.toy must give finite predictions.*fold r0f0"):
        run(job)


def test_out_of_fold_covers_each_row_once_and_averages_the_repeats() -> None:
    draw = np.random.default_rng(0)
    marks = {}
    for repeat in range(3):
        number = draw.permutation(np.arange(20) % 4)
        marks |= {f"r{repeat}f{k}": np.where(number == k, VALID, TRAIN).astype(np.int8) for k in range(4)}
    folds = Folds(np.arange(20), marks)
    valid = {fold.name: np.full(len(fold.valid), float(fold.name[1])) for fold in folds}
    assert out_of_fold(folds, valid).tolist() == [1.0] * 20
    wide = out_of_fold(folds, {name: np.stack([v, 1 - v], axis=1) for name, v in valid.items()})
    assert wide.tolist() == [[1.0, 0.0]] * 20


def test_rows_that_are_never_validated_have_no_prediction() -> None:
    marks = {"r0f0": np.array([TRAIN, TRAIN, VALID, UNUSED], dtype=np.int8)}
    assert np.isnan(out_of_fold(Folds(np.arange(4), marks), {"r0f0": np.array([0.5])})).tolist() == [1, 1, 0, 1]


def test_importance_is_the_mean_over_folds_in_falling_order() -> None:
    table = mean_importance([{"a": 1.0, "b": 2.0}, {"b": 4.0, "c": 1.0}])
    assert table["column"].tolist() == ["b", "a", "c"] and table["importance"].tolist() == [3.0, 0.5, 0.5]
    assert mean_importance([{}, {}]).columns.tolist() == ["column", "importance"]


def test_progress_names_what_an_earlier_run_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Listening:
        notes: list[str] = []  # noqa: RUF012

        def track(self, items: Iterator, label: str, total: int | None = None) -> Iterator:
            yield from items

        def note(self, text: str) -> None:
            self.notes.append(text)

    install(monkeypatch, card(fit=fit))
    job = train_job(tmp_path)
    run(job)
    run(replace(job, screen=Listening()))
    assert Listening.notes == ["toy: 5 of 5 folds were finished by an earlier run"]
