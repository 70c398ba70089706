"""The stage on fabricated outputs of the stages before it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.screen import Silence
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.dataset import prediction_array
from pipeline.decisions import Decision
from pipeline.decisions.calibration import Calibration
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import EnsembleSpec, read_spec
from pipeline.ensembles import second_layer
from pipeline.folds import Folds
from pipeline.metrics import fold_scores
from pipeline.stages import ensemble
from tests.factory import add_variant, fabricate


@dataclass
class Ear(Silence):
    """A screen that remembers the notes."""

    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.mark.parametrize(
    ("task", "metric"),
    [
        ("binary", "accuracy"),
        ("binary", "auc"),
        ("multiclass", "log_loss"),
        ("multiclass", "qwk"),
        ("regression", "rmsle"),
    ],
)
def test_outputs_agree_with_each_other(tmp_path: Path, task: str, metric: str) -> None:
    paths = fabricate(tmp_path, task, metric=metric)  # type: ignore[arg-type]
    summary = ensemble.run(Job(paths, "ensemble"))
    out = paths.stage("ensemble")
    candidates, nested = read_table(out / "candidates.parquet"), read_table(out / "folds.parquet")
    chosen = candidates[candidates["chosen"]].iloc[0]
    assert chosen["name"] in summary and f"{chosen['score']:.4f}" in summary

    own = nested[nested["candidate"] == chosen["name"]]
    y = read_table(paths.stage("clean") / "target.parquet")["target"].to_numpy()
    folds = Folds.read(paths.stage("split") / "folds.parquet")
    oof = prediction_array(read_table(out / "oof.parquet"))
    assert fold_scores(Metric(name=metric), y, oof, folds.outer).scores == pytest.approx(own["score"].to_numpy())
    assert own["score"].mean() == pytest.approx(chosen["score"])

    record, test = read_json(out / "weights.json"), prediction_array(read_table(out / "test.parquet"))
    decided = read_table(out / "decided.parquet")
    assert record["candidate"] == chosen["name"] and set(record["weights"]) <= {"lightgbm", "linear"}
    assert np.array_equal(prediction_array(decided), Decision.from_json(record["decision"]).apply(test).astype(float))
    assert decided["row_id"].tolist() == list(range(200, 260))


def test_the_same_bytes_again(tmp_path: Path) -> None:
    hashes = []
    for part in "ab":
        paths = fabricate(tmp_path / part, "multiclass")
        ensemble.run(Job(paths, "ensemble"))
        hashes.append(file_hash(paths.stage("ensemble")))
    assert hashes[0] == hashes[1]


def test_what_does_not_apply_is_said(tmp_path: Path) -> None:
    paths, ear = fabricate(tmp_path, "regression"), Ear()
    ensemble.run(Job(paths, "ensemble", screen=ear))
    assert any(note.startswith("rank_mean does not apply") for note in ear.notes)


def test_one_model_alone(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary", models=("linear",))
    assert ensemble.run(Job(paths, "ensemble")).startswith("best_single of 1 members, auc")
    test = read_table(paths.stage("train", "linear") / "test.parquet").rename(columns={"linear": "prediction"})
    assert read_table(paths.stage("ensemble") / "test.parquet").equals(test)


def test_declared_members_only(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"members": ["linear"]}}, paths.plan("ensemble"))
    ensemble.run(Job(paths, "ensemble"))
    assert read_json(paths.stage("ensemble") / "weights.json")["weights"] == {"linear": 1.0}


def test_every_variant_of_a_model_is_a_member(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "multiclass")
    name = add_variant(paths, "linear")
    assert "of 3 members" in ensemble.run(Job(paths, "ensemble"))
    assert set(read_json(paths.stage("ensemble") / "weights.json")["weights"]) <= {"lightgbm", "linear", name}


def refusal(paths: Paths) -> str:
    before = file_hash(paths.stage("ensemble"))
    with pytest.raises(PodiumError) as caught:
        ensemble.run(Job(paths, "ensemble"))
    assert file_hash(paths.stage("ensemble")) == before, "what was there is gone"
    return str(caught.value)


def test_a_member_of_another_split_is_refused(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    card = paths.stage("train", "linear") / "model.json"
    write_json({**read_json(card), "split": "0" * 64}, card)
    message = refusal(paths)
    assert "member linear must be trained on split" in message and "got split 000000" in message


@pytest.mark.parametrize("part", ["oof", "test"])
def test_a_member_with_other_rows_is_refused(tmp_path: Path, part: str) -> None:
    paths = fabricate(tmp_path, "binary")
    path = paths.stage("train", "linear") / f"{part}.parquet"
    write_table(read_table(path).iloc[1:], path)
    message = refusal(paths)
    assert f"{part} rows" in message and "others" in message


def test_test_predictions_must_be_finite(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "regression")
    path = paths.stage("train", "linear") / "test.parquet"
    table = read_table(path)
    table.loc[0, "linear"] = np.inf
    write_table(table, path)
    assert "must give finite test predictions; got 1 that are not" in refusal(paths)


def test_rows_without_an_out_of_fold_prediction_are_left_out_and_said(tmp_path: Path) -> None:
    paths, ear = fabricate(tmp_path, "binary"), Ear()
    path = paths.stage("train", "linear") / "oof.parquet"
    table = read_table(path)
    table.loc[:9, "linear"] = np.nan
    write_table(table, path)
    ensemble.run(Job(paths, "ensemble", screen=ear))
    assert any(note.startswith("10 validated rows") for note in ear.notes)
    assert read_table(paths.stage("ensemble") / "oof.parquet")["prediction"].isna().sum() == 10


def test_a_shuffled_target_scores_chance(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary", metric="balanced_accuracy", rows=600)
    path = paths.stage("clean") / "target.parquet"
    table = read_table(path)
    table["target"] = np.random.default_rng(0).permutation(table["target"].to_numpy())
    write_table(table, path)
    ensemble.run(Job(paths, "ensemble"))
    scores = read_table(paths.stage("ensemble") / "candidates.parquet")["score"].dropna()
    assert (np.abs(scores - 0.5) < 0.065).all()  # three standard errors of 600 rows


@pytest.mark.parametrize(("bias", "said"), [(1.3, "values are multiplied by 0."), (1.0, "a factor on the values is")])
def test_a_declared_factor_is_on_the_submitted_values_and_in_the_printed_score(
    tmp_path: Path, bias: float, said: str
) -> None:
    paths, ear = fabricate(tmp_path, "regression", metric="rmse"), Ear()
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"candidates": ["mean"], "factor": "earned"}}, paths.plan("ensemble"))
    for model in ("lightgbm", "linear"):
        for part in ("oof", "test"):
            path = paths.stage("train", model) / f"{part}.parquet"
            table = read_table(path)
            write_table(table.assign(**{model: table[model] * bias}), path)
    ensemble.run(Job(paths, "ensemble", screen=ear))
    out = paths.stage("ensemble")
    test, decided = (prediction_array(read_table(out / f"{part}.parquet")) for part in ("test", "decided"))
    decision = Decision.from_json(read_json(out / "weights.json")["decision"])
    assert np.array_equal(decided, decision.apply(test)) and (decision.kind == "factor") == (bias > 1)
    assert any(note.startswith(said) for note in ear.notes)
    nested = read_table(out / "folds.parquet").groupby("candidate")["score"].mean()
    assert nested.min() == pytest.approx(read_table(out / "candidates.parquet").query("chosen")["score"].iloc[0])


def drop_in(paths: Paths, name: str, split: str | None = None) -> None:
    """Another run's folder beside this run's: the linear model's tables under another name."""
    folder = paths.stage("train", name)
    shutil.copytree(paths.stage("train", "linear"), folder)
    if split:
        write_json({**read_json(folder / "model.json"), "split": split}, folder / "model.json")
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"others": [name]}}, paths.plan("ensemble"))


def test_members_of_another_run_take_part(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    drop_in(paths, "old-run")
    ensemble.run(Job(paths, "ensemble"))
    members = set(read_table(paths.stage("ensemble") / "worth.parquet")["member"])
    assert members == {"lightgbm", "linear", "old-run/linear"}


def test_members_of_another_split_are_refused(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    drop_in(paths, "old-run", split="0" * 64)
    message = refusal(paths)
    assert "member old-run/linear must be trained on split" in message and "ensemble.others" in message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"others": ["linaer"]}}, paths.plan("ensemble"))
    message = refusal(paths)
    assert "ensemble.others: linaer must be a folder with model.json" in message and "Did you mean linear" in message


def test_the_second_pick_is_written_beside_the_first(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    ensemble.run(Job(paths, "ensemble"))
    out, second = paths.stage("ensemble"), read_json(paths.stage("ensemble") / "weights.json")["second"]
    assert (out / "test-2.parquet").exists() == (out / "decided-2.parquet").exists() == (second is not None)
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"final_picks": 1}}, paths.plan("ensemble"))
    ensemble.run(Job(paths, "ensemble"))
    assert not (out / "test-2.parquet").exists() and read_json(out / "weights.json")["second"] is None


def test_a_declared_calibration_reaches_the_test_rows(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary", metric="log_loss")
    plain = ensemble.run(Job(paths, "ensemble"))
    before = prediction_array(read_table(paths.stage("ensemble") / "test.parquet"))
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"calibration": "platt"}}, paths.plan("ensemble"))
    ensemble.run(Job(paths, "ensemble"))
    record, out = read_json(paths.stage("ensemble") / "weights.json"), paths.stage("ensemble")
    after = prediction_array(read_table(out / "test.parquet"))
    assert plain and record["calibration"]["kind"] == "platt"
    assert np.array_equal(after, Calibration.from_json(record["calibration"]).apply(before))
    chosen = read_table(out / "candidates.parquet")
    nested = read_table(out / "folds.parquet")
    own = nested[nested["candidate"] == chosen.loc[chosen["chosen"], "name"].item()]["score"]
    y = read_table(paths.stage("clean") / "target.parquet")["target"].to_numpy()
    folds = Folds.read(paths.stage("split") / "folds.parquet")
    scores = fold_scores(Metric(name="log_loss"), y, prediction_array(read_table(out / "oof.parquet")), folds.outer)
    assert own.to_numpy() == pytest.approx(scores.scores)


@pytest.mark.parametrize("name", ["feature_stack", "second_layer", "two_layer"])
def test_raw_features_tell_whom_to_believe(tmp_path: Path, name: str) -> None:
    """Either member is right in one half of a column that the members do not show."""
    paths = fabricate(tmp_path, "binary", metric="log_loss", rows=1500)
    table = read_table(paths.stage("features") / "train.parquet")
    y = read_table(paths.stage("clean") / "target.parquet")["target"].to_numpy()
    rng = np.random.default_rng(0)
    first = table["x2"].fillna(0).to_numpy() > 0
    for member, half in (("lightgbm", first), ("linear", ~first)):
        folder = paths.stage("train", member)
        oof = read_table(folder / "oof.parquet")
        oof[member] = np.where(half, 0.15 + 0.7 * y, 0.5) + 0.1 * rng.uniform(-1, 1, len(y))
        write_table(oof, folder / "oof.parquet")
    spec = read_json(paths.plan("ensemble"))
    write_json({**spec, "ensemble": {"candidates": ["boosted_stack", name]}}, paths.plan("ensemble"))
    ensemble.run(Job(paths, "ensemble"))
    scores = read_table(paths.stage("ensemble") / "candidates.parquet").set_index("name")["score"]
    assert np.isfinite(scores).all() and scores[name] <= scores["boosted_stack"] + 0.01


@pytest.mark.parametrize(("most", "read"), [(10_000, True), (10, False)])
def test_features_are_read_only_for_a_candidate_that_takes_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, read: bool
) -> None:
    paths = fabricate(tmp_path, "binary", metric="log_loss")
    monkeypatch.setattr(second_layer, "MOST_ROWS_IN_ALL", most)
    job = Job(paths, "ensemble")
    field = ensemble.read_field(job, read_spec(job, EnsembleSpec), Folds.read(paths.stage("split") / "folds.parquet"))
    assert (field.raw is not None) == read
