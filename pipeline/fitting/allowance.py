"""How many seconds one model may take of a run that has a budget.

What is left on the run's clock, less what the stages after training need, is shared among the models that have not been
trained yet by their weights: what a quick model leaves over falls to those after it.
"""

from __future__ import annotations

from pipeline.core.clock import read_clock
from pipeline.core.job import Job
from pipeline.core.tables import read_json
from pipeline.declaration.specs import Share

TAIL = 14.0  # ensemble, evaluate and submit, with their starts and DVC's part, on a small table
TAIL_PER_ROW = 4e-5
TAIL_PER_MEMBER = 0.15
START = 3.5  # tune and train of one more model, before and after any fit


def allowance(job: Job, share: Share, rows: int) -> float:
    """The seconds that this model may take from now on; below 0 where none are left.

    Without a clock, under a bare ``dvc repro``, it is the model's part of the declared budget.

    Parameters
    ----------
    rows : int
        Of train and test together: the stages after training take longer on more.
    """
    clock = read_clock()
    model = job.model or ""
    pending = {name: weight for name, weight in share.weights.items() if name != model}
    if clock is not None:
        pending = {name: weight for name, weight in pending.items() if not _trained_since(job, name, clock.started)}
    members = 2 * len(share.weights)
    left = clock.left if clock is not None else 0.85 * share.budget - START
    own = share.weights[model] / (share.weights[model] + sum(pending.values()))
    return (left - TAIL - TAIL_PER_ROW * rows - TAIL_PER_MEMBER * members - START * len(pending)) * own


def _trained_since(job: Job, model: str, started: float) -> bool:
    record = job.path("train", model, "model.json")
    return record.exists() and record.stat().st_mtime >= started


def stands_alone(job: Job, share: Share) -> bool:
    """Whether this model is the last of the run and none before it has a member: it must not be left out."""
    clock = read_clock()
    others = [name for name in share.weights if name != job.model]
    if clock is None:
        return not others
    return all(_trained_since(job, name, clock.started) and not _members(job, name) for name in others)


def _members(job: Job, model: str) -> int:
    return len(read_json(job.path("train", model, "model.json"))["members"])
