"""One seeded, resumable Optuna study: the portfolio's settings first, then TPE or a Gaussian process, pruned by folds.

A study is a journal file that survives a kill. Trials run one after another, and each draws from a sampler that is
seeded by the number of trials finished before it, so a study that was killed and resumed ends like one that was not.

References
----------
Akiba et al., "Optuna: a next-generation hyperparameter optimization framework", KDD 2019.
Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011 (TPE).
Falkner, Klein, Hutter, "BOHB", ICML 2018 (TPE over all settings together).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.models import Range
from pipeline.ranges import distribution, recorded

if TYPE_CHECKING:
    from optuna import Study
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial, Trial

Evaluate = Callable[[Mapping[str, Any]], Generator[float]]
FAILED = "failed"


@dataclass(frozen=True)
class Search:
    """What to search, and for how long.

    Parameters
    ----------
    competition, model : str
        For errors.
    defaults : mapping
        The declared settings: trial 0.
    known : tuple of mapping
        Changes to them that are tried next, as they are: the portfolio's, and those of another study.
    space : mapping of str to Range
        Where to look.
    greater_is_better : bool
        Of the metric.
    trials : int
        The number of trials, trial 0 among them.
    seconds : float or None
        A wall-clock limit, over all runs of the study together.
    pruner : {"median", "wilcoxon", "none"}
        The median of other trials' running means; or a signed-rank test against the best trial, fold by fold.
    sampler : {"tpe", "gp"}
        Tree-structured Parzen estimators of all settings together, or a Gaussian process.
    keep : int
        How many of the best trials are kept.
    seed : int
    """

    competition: str
    model: str
    defaults: Mapping[str, Any]
    space: Mapping[str, Range]
    greater_is_better: bool
    trials: int
    seconds: float | None = None
    pruner: str = "median"
    sampler: str = "tpe"
    keep: int = 1
    seed: int = 0
    known: tuple[Mapping[str, Any], ...] = ()

    @property
    def first(self) -> list[dict[str, Any]]:
        """The settings of the first trials: the declared ones, and the known changes to them."""
        return [dict(self.defaults), *({**self.defaults, **changes} for changes in self.known)]


@dataclass(frozen=True)
class Found:
    """What a study found.

    Parameters
    ----------
    params : dict
        The best settings, only those that differ from the declared ones.
    kept : list of dict
        The same of the best trials with different settings, the best first; as many as were asked for, or fewer.
    value : float
        The best settings' mean score over the folds.
    trials : int
        The number of trials that ran.
    limited_by_time : bool
        Whether the limit ended the search before its last trial.
    table : list of dict
        One line a trial: ``trial``, ``state``, ``value``, ``folds``, and its settings.
    """

    params: dict[str, Any]
    kept: list[dict[str, Any]]
    value: float
    trials: int
    limited_by_time: bool
    table: list[dict[str, Any]]


def search(
    task: Search, evaluate: Evaluate, journal: Path, notice: Callable[[int], None] = lambda trial: None
) -> Found:
    """Run the study to its end, from wherever its journal stands.

    Parameters
    ----------
    evaluate : callable
        ``evaluate(params)`` yields the score of one fold after another; a pruned trial takes no more of them.
    journal : Path
        The study's file; it is made where there is none.
    notice : callable
        Told the number of each trial that ends, those of earlier runs included.

    Raises
    ------
    PodiumError
        Where no trial could be fitted; the first trial's error.
    """
    study = _open(task, journal)
    _drop_unfinished(study)
    errors: list[PodiumError] = []
    done = len(_finished(study))
    for number in range(done):
        notice(number)
    while done < task.trials and not (done and _out_of_time(task, study)):
        error = _one_trial(task, study, evaluate, done)
        errors += [error] if error else []
        notice(done)
        done += 1
    return _found(task, study, errors)


def distinct_changes(defaults: Mapping[str, Any], known: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Changes to the defaults, none twice, and without those that change nothing."""
    seen, found = [dict(defaults)], []
    for changes in known:
        params = {**defaults, **changes}
        if params not in seen:
            seen.append(params)
            found.append(dict(changes))
    return tuple(found)


def _open(task: Search, journal: Path) -> Study:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    journal.parent.mkdir(parents=True, exist_ok=True)
    _mend(journal)
    pruners = {"median": optuna.pruners.MedianPruner, "wilcoxon": optuna.pruners.WilcoxonPruner}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        pruner = pruners.get(task.pruner, optuna.pruners.NopPruner)()
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(journal))),
        study_name=task.model,
        direction="maximize" if task.greater_is_better else "minimize",
        pruner=pruner,
        load_if_exists=True,
    )


def _mend(journal: Path) -> None:
    """Cut off a line that a kill left half-written: Optuna would append to it, and never read the file again."""
    if journal.exists():
        content = journal.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with journal.open("r+b") as stream:
                stream.truncate(whole)


def _drop_unfinished(study: Study) -> None:
    """Trials that a kill left running or waiting fail, and count for nothing."""
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING, TrialState.WAITING)):
        study.tell(trial.number, state=TrialState.FAIL)


def _finished(study: Study) -> list[FrozenTrial]:
    """Trials that ended by themselves: complete, pruned, or with an error of the model's own."""
    return [trial for trial in study.get_trials(deepcopy=False) if _ended(trial)]


def _ended(trial: FrozenTrial) -> bool:
    return trial.state.name in ("COMPLETE", "PRUNED") or FAILED in trial.user_attrs


def _out_of_time(task: Search, study: Study) -> bool:
    spent = sum(trial.duration.total_seconds() for trial in _finished(study) if trial.duration)
    return task.seconds is not None and spent >= task.seconds


def _one_trial(task: Search, study: Study, evaluate: Evaluate, done: int) -> PodiumError | None:
    """Ask, evaluate fold by fold, tell; the error of a model that cannot be fitted with these settings."""
    from optuna.trial import TrialState

    distributions = {name: distribution(limits) for name, limits in task.space.items()}
    study.sampler = _sampler(task.sampler, derive(task.seed, "trial", done))
    params = task.first[done] if done < len(task.first) else None
    if params is not None:
        study.enqueue_trial(recorded(task.space, params))
    trial = study.ask(distributions)
    params = params or {**task.defaults, **trial.params}
    try:
        value = _mean(trial, evaluate(params), each=task.pruner == "wilcoxon")
    except PodiumError as error:
        trial.set_user_attr(FAILED, str(error))
        study.tell(trial, state=TrialState.FAIL)
        return error
    if value is None:
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, value)
    return None


def _sampler(name: str, seed: int) -> BaseSampler:
    from optuna.exceptions import ExperimentalWarning
    from optuna.samplers import GPSampler, TPESampler

    if name == "gp":
        return GPSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return TPESampler(seed=seed, multivariate=True, group=True)


def _mean(trial: Trial, scores: Generator[float], each: bool) -> float | None:
    """The mean over the folds, or None once the pruner gives the trial up.

    Parameters
    ----------
    each : bool
        Whether the pruner is told the score of each fold, instead of the running mean.
    """
    total = 0.0
    count = 0
    with closing(scores):
        for count, score in enumerate(scores, 1):
            total += score
            trial.report(score if each else total / count, count - 1)
            if trial.should_prune():
                return None
    return total / count


def _found(task: Search, study: Study, errors: list[PodiumError]) -> Found:
    finished = _finished(study)[: task.trials]
    complete = [(place, trial) for place, trial in enumerate(finished) if trial.state.name == "COMPLETE"]
    if not complete:
        raise errors[0] if errors else _nothing(task, finished)
    sign = -1 if task.greater_is_better else 1
    ranked = sorted(complete, key=lambda pair: (sign * float(pair[1].value or 0.0), pair[0]))
    kept: list[dict[str, Any]] = []
    for place, trial in ranked:
        changes = _changes(task, place, trial)
        kept += [] if changes in kept else [changes]
    table = [_line(task, number, trial) for number, trial in enumerate(finished)]
    best = float(ranked[0][1].value or 0.0)
    return Found(kept[0], kept[: task.keep], best, len(finished), len(finished) < task.trials, table)


def _changes(task: Search, place: int, trial: FrozenTrial) -> dict[str, Any]:
    """A trial's settings, only those that differ from the declared ones."""
    params = task.first[place] if place < len(task.first) else trial.params
    return {key: value for key, value in params.items() if value != task.defaults.get(key)}


def _nothing(task: Search, finished: list[FrozenTrial]) -> PodiumError:
    said = finished[0].user_attrs.get(FAILED, "every trial was pruned") if finished else "no trial ran"
    step = "Change its settings, or set tune.trials to 0"
    return PodiumError(task.competition, f"models.{task.model}", "cannot be fitted", got=str(said), step=step)


def _line(task: Search, number: int, trial: FrozenTrial) -> dict[str, Any]:
    """A trial as the report shows it; a pruned one has the mean over the folds that it saw."""
    seen, each = trial.intermediate_values, task.pruner == "wilcoxon"
    mean = (sum(seen.values()) / len(seen) if each else seen[max(seen)]) if seen else None
    value = trial.value if trial.state.name == "COMPLETE" else mean
    own = task.first[number] if number < len(task.first) else trial.params
    params = {name: own.get(name) for name in task.space}
    state = "failed" if trial.state.name == "FAIL" else trial.state.name.lower()
    return {"trial": number, "state": state, "value": value, "folds": len(seen), **params}
