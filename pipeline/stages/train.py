"""``train``: one model on every fold: out-of-fold and test predictions, and the fitted models themselves.

Each setting that the portfolio or the search gives is fitted on all folds and becomes a member of its own
(``pipeline/members.py`` says what is written). Finished folds lie under ``.cache/<competition>/train/<model>/<key>/
<settings>/<fold>/``, so a run that was killed goes on from there: the outputs are put together from these folders
either way, and have the same bytes, ``timing.json`` excepted.

With ``train.pseudo_labels`` each fold is fitted twice: a teacher on its training rows, which labels test rows, and a
student on both, which predicts; the teacher's scores stand beside.

The test rows get the mean of the folds' predictions. With ``train.refit`` one more model, ``full``, is fitted on all
rows, with the rounds that the folds have found, and counts in that mean as one of them. Where folds go forward in time
the early ones know little, and none knows the latest rows: there it is fitted by default, and alone predicts the test
rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import finite, write_json, write_table
from pipeline.dataset import Dataset, read_dataset
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import TrainSpec, read_spec
from pipeline.fitting.cache import versions
from pipeline.fitting.cuts import Cut, read_cuts
from pipeline.fitting.kept import FoldResult, Variant
from pipeline.fitting.learning import curve_table
from pipeline.fitting.refit import predicting, waits, with_found_rounds
from pipeline.fitting.timed import Block, Ledger, affordable, fit_within, left_out
from pipeline.fitting.variants import named_variants, read_recipes
from pipeline.fitting.workload import Workload, side_by_side
from pipeline.folds import Folds
from pipeline.members import members_table
from pipeline.metrics import FoldScores, fold_scores


@dataclass(frozen=True)
class Trained:
    """One member's finished folds, put together.

    Parameters
    ----------
    variant : Variant
        Its name and settings.
    results : mapping of str to FoldResult
        By fold.
    oof, test : float arrays of shape (n,) or (n, classes)
        Out-of-fold predictions, and those of the test rows.
    scores : FoldScores
        The metric on the outer folds.
    """

    variant: Variant
    results: Mapping[str, FoldResult]
    oof: np.ndarray
    test: np.ndarray
    scores: FoldScores


def run(job: Job) -> str:
    """Fit the folds that are not finished yet, and write everything that ``train/<model>/`` holds."""
    spec = read_spec(job, TrainSpec)
    dataset = read_dataset(job)
    if (refused := left_out(job, dataset, spec)) is not None:
        job.screen.note(refused.told(spec.model))
        _write(job, spec, dataset, [], (Workload(1, 1), refused))
        return summary(spec.metric, [])
    recipes, load = read_recipes(job, spec, dataset)
    cuts = read_cuts(job, dataset, spec.resampling, full=spec.refit)
    ledger = None
    if spec.share is not None:
        recipes, ledger = affordable(job, dataset, recipes, cuts, (load, spec.share))
    if recipes and recipes[0].shift is not None:
        job.screen.note(f"{spec.model}: {recipes[0].shift.told()}")
    variants = named_variants(job, recipes, load)
    finished = _fit(job, dataset, (variants, cuts), load, ledger)
    members = [trained(dataset, variant, finished[variant.name]) for variant in variants if variant.name in finished]
    if ledger is not None:
        job.screen.note(ledger.told(spec.model))
    _write(job, spec, dataset, members, (load, ledger))
    return summary(spec.metric, members)


def _fit(
    job: Job, dataset: Dataset, work: tuple[list[Variant], list[Cut]], load: Workload, ledger: Ledger | None
) -> dict[str, list[str]]:
    """Fit every variant on every fold, or what the ledger's time allows; by member, the folds that are finished."""
    variants, cuts = work
    _tell_kept(job, [(variant, cut) for variant in variants for cut in cuts])
    if ledger is not None:
        return fit_within(variants, cuts, ledger, lambda block: _fit_block(job, dataset, block, load), load.jobs)
    _fit_missing(job, dataset, [(variant, cut) for variant in variants for cut in cuts], load)
    return {variant.name: [cut.name for cut in cuts] for variant in variants}


def _fit_block(job: Job, dataset: Dataset, block: Block, load: Workload) -> float:
    _fit_missing(job, dataset, [(block.variant, cut) for cut in block.cuts], load)
    return block.seconds(load)


def summary(metric: Metric, members: Sequence[Trained]) -> str:
    """The one line for the screen: the first member's score, and how many further members there are."""
    if not members:
        return "left out"
    first = members[0]
    device = " and ".join(sorted(_devices(first.results)))
    more = f"; {len(members) - 1} more of its settings" if len(members) > 1 else ""
    return f"{metric.label} {told(first.scores)} over {len(first.scores.scores)} folds, {device}{more}"


def told(scores: FoldScores) -> str:
    """A score as people read it: mean ± standard error."""
    return f"{scores.mean:.4f} ± {scores.se:.4f}" if len(scores.scores) > 1 else f"{scores.mean:.4f}"


def _tell_kept(job: Job, fits: Sequence[tuple[Variant, Cut]]) -> None:
    if kept := sum(variant.has(cut) for variant, cut in fits):
        job.screen.note(f"{job.model}: {kept} of {len(fits)} folds were finished by an earlier run")


def _fit_missing(job: Job, dataset: Dataset, fits: Sequence[tuple[Variant, Cut]], load: Workload) -> None:
    """Fit what is not finished yet: the folds first, then the models that take their rounds from them."""
    missing = [(variant, cut) for variant, cut in fits if not variant.has(cut)]
    model = fits[0][0].recipe.spec.model

    def finish(fit: tuple[Variant, Cut]) -> None:
        variant, cut = fit
        variant = with_found_rounds(variant, dataset.folds) if waits(dataset.folds, cut) else variant
        variant.fit(dataset, cut)

    for late, name in ((False, "train"), (True, "refit")):
        now = [fit for fit in missing if waits(dataset.folds, fit[1]) == late]
        for _ in job.screen.track(side_by_side(finish, now, load), f"{name} {model}", len(now)) if now else ():
            pass


def trained(dataset: Dataset, variant: Variant, names: Sequence[str]) -> Trained:
    """A variant's finished folds of these names, put together."""
    results = {name: variant.result(name) for name in names}
    oof = out_of_fold(dataset.folds, {name: result.valid for name, result in results.items()})
    test = np.mean([results[name].test for name in predicting(dataset.folds, names)], axis=0)
    scores = fold_scores(variant.recipe.spec.metric, dataset.target, oof, dataset.folds.outer)
    return Trained(variant, results, oof, test, scores)


def out_of_fold(folds: Folds, valid: Mapping[str, np.ndarray]) -> np.ndarray:
    """Each row's prediction by the models that did not see it, averaged over the repeats of the split.

    Parameters
    ----------
    valid : mapping of str to float array
        By fold, the predictions of its validation rows; folds that are not named are passed over.

    Returns
    -------
    float64 array of shape (n,) or (n, classes); NaN for rows that no fold validates.
    """
    shape = (len(folds.row_id), *next(iter(valid.values())).shape[1:])
    total, times = np.zeros(shape), np.zeros(len(folds.row_id))
    for fold in folds:
        if fold.name in valid:
            total[fold.valid] += valid[fold.name]
            times[fold.valid] += 1
    with np.errstate(invalid="ignore"):
        return total / times.reshape(-1, *[1] * (len(shape) - 1))


def _write(
    job: Job, spec: TrainSpec, dataset: Dataset, members: Sequence[Trained], how: tuple[Workload, Ledger | None]
) -> None:
    load, ledger = how
    limited = {} if ledger is None else {"limited_by_time": ledger.to_json()}
    oof, test = ({m.variant.name: getattr(m, part) for m in members} for part in ("oof", "test"))
    importances = [member_importance(m.variant.name, m.results) for m in members]
    with job.writing() as folder:
        write_table(members_table(dataset.folds.row_id, oof), folder / "oof.parquet")
        write_table(members_table(dataset.test_row_id, test), folder / "test.parquet")
        write_table(pd.concat([_NO_IMPORTANCE, *importances], ignore_index=True), folder / "importance.parquet")
        write_table(curve_table({m.variant.name: _curves(m) for m in members}), folder / "curves.parquet")
        write_json({m.variant.name: scores_json(dataset, m) for m in members}, folder / "scores.json")
        write_json(_model_json(spec, dataset, members) | limited, folder / "model.json")
        write_json({m.variant.name: _timing(m, load) for m in members}, folder / "timing.json")
        for member in members:
            _copy_models(member, folder / "models" / member.variant.name)


_NO_IMPORTANCE = pd.DataFrame({"member": [], "column": [], "importance": []}).astype({"member": "str", "column": "str"})


def _copy_models(member: Trained, folder: Path) -> None:
    for name in member.results:
        shutil.copytree(member.variant.store / name / "model", folder / name)


def scores_json(dataset: Dataset, member: Trained) -> dict[str, Any]:
    """The metric in each fold, the same without resampling, selection or pseudo-labels; rounds, columns and rows."""
    results, scores, spec = member.results, member.scores, member.variant.recipe.spec
    content: dict[str, Any] = {
        "metric": spec.metric.label,
        "resampling": spec.resampling,
        "scores": list(scores.scores),
        "mean": scores.mean,
        "se": finite(scores.se),
        "columns": {name: result.facts["columns"] for name, result in results.items()},
        "rows": {name: result.facts["rows"] for name, result in results.items()},
        "rounds": {name: _rounds(result.facts["describe"]) for name, result in results.items()},
    }
    others = {
        "without_resampling": {name: result.plain for name, result in results.items() if result.plain is not None},
        "without_selection": {name: result.whole for name, result in results.items() if result.whole is not None},
        "without_pseudo_labels": {name: r.teacher for name, r in results.items() if r.teacher is not None},
    }
    for key, valid in others.items():
        if valid:
            without = out_of_fold(dataset.folds, valid)
            compared = fold_scores(spec.metric, dataset.target, without, dataset.folds.outer)
            content[key] = list(compared.scores)
    return content


def _rounds(described: Sequence[Mapping[str, Any]]) -> float | None:
    rounds = [part["rounds"] for part in described if "rounds" in part]
    return float(np.mean(rounds)) if rounds else None


def _curves(member: Trained) -> dict[str, Any]:
    return {name: result.facts["curves"] for name, result in member.results.items()}


def _devices(results: Mapping[str, FoldResult]) -> set[str]:
    return {str(part.get("device", "cpu")) for result in results.values() for part in result.facts["describe"]}


def _model_json(spec: TrainSpec, dataset: Dataset, members: Sequence[Trained]) -> dict[str, Any]:
    shift = members[0].variant.recipe.shift if members else None
    weighted = {} if shift is None else {"shift_weights": shift.to_json()}
    return weighted | {
        "model": spec.model,
        "versions": versions(members[0].variant.recipe.card.libraries) if members else {},
        "split": dataset.folds.hash,
        "rows": len(dataset.target),
        "test_rows": len(dataset.test),
        "members": {m.variant.name: _record(dataset.folds, m) for m in members},
    }


def _record(folds: Folds, member: Trained) -> dict[str, Any]:
    recipe = member.variant.recipe
    labelled = {name: r.facts["labelled"] for name, r in member.results.items() if "labelled" in r.facts}
    taught = {"pseudo_labels": {"rows": labelled, "target": {n: member.results[n].facts["target"] for n in labelled}}}
    return (taught if labelled else {}) | {
        "params": dict(recipe.params),
        "repeats": recipe.repeats,
        "device": " and ".join(sorted(_devices(member.results))),
        "predicting": predicting(folds, list(member.results)),
        "folds": {name: result.facts["describe"] for name, result in member.results.items()},
    }


def _timing(member: Trained, load: Workload) -> dict[str, Any]:
    """Seconds of fitting and predicting by fold, as they were when the fold was fitted; not the same in two runs.

    ``with_selection`` and ``without_selection`` leave the test rows out, and are the median fold's times the folds: the
    first fold of a process also pays for imports.
    """
    by_fold = {name: member.variant.seconds(name) for name in member.results}
    seconds = {name: times["seconds"] for name, times in by_fold.items()}
    without = sum(times.get("without_resampling", 0.0) for times in by_fold.values())
    timing = {"folds": seconds, "seconds": sum(seconds.values()), "without_resampling": without}
    for key in ("with_selection", "without_selection"):
        if measured := [times[key] for times in by_fold.values() if key in times]:
            timing[key] = len(measured) * float(np.median(measured))
    return timing | {"side_by_side": load.jobs}


def member_importance(name: str, results: Mapping[str, FoldResult]) -> pd.DataFrame:
    """``member``, ``column`` and ``importance``, the mean over folds."""
    table = mean_importance([result.facts["importance"] for result in results.values()])
    return table.assign(member=pd.Series(name, table.index, dtype="str"))[["member", "column", "importance"]]


def mean_importance(parts: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """``column`` and ``importance``, the mean over folds, the greatest first; 0 for a fold that lacks the column."""
    names = list(dict.fromkeys(name for part in parts for name in part))
    values = [float(np.mean([part.get(name, 0.0) for part in parts])) for name in names]
    table = pd.DataFrame({"column": pd.Series(names, dtype="str"), "importance": np.asarray(values, dtype=np.float64)})
    return table.sort_values(["importance", "column"], ascending=[False, True], ignore_index=True)
