"""What the models of a competition are fitted for, which is not always its task."""

from __future__ import annotations

from pipeline.core.errors import PodiumError
from pipeline.declaration.competition import Competition
from pipeline.declaration.metric import Task, Transform
from pipeline.declaration.train import INVERSE_SQUARE


def objective(c: Competition) -> tuple[Task, Transform]:
    """The task that models are fitted for, and what a regression's target is put through before.

    A metric of ordered labels is fitted as a regression. Weights of one over the target's square are for percentage
    errors of the target as it is.

    Raises
    ------
    PodiumError
        Where those weights are declared for classes.
    """
    if c.train.weights == INVERSE_SQUARE:
        _check_inverse_square(c)
    if c.metric.facts.ordered or c.train.weights == INVERSE_SQUARE:
        return "regression", "identity"
    return c.resolved_task, c.metric.facts.transform


def _check_inverse_square(c: Competition) -> None:
    if c.resolved_task != "regression":
        step = "Name a column of weights, or declare oversample.method: class_weight"
        raise PodiumError(
            c.name, "train.weights", f"may be {INVERSE_SQUARE} only for a regression", got=c.resolved_task, step=step
        )
