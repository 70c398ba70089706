"""What the test rows may teach a model, where that is declared: weights against a shift, and labels."""

from __future__ import annotations

from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.declaration import specs
from pipeline.declaration.competition import Competition
from pipeline.declaration.train import PseudoLabels
from pipeline.models import Model
from pipeline.planning.objective import objective


def shift_plan(c: Competition, name: str, card: Model) -> specs.ShiftPlan | None:
    """The weights against a shift between the files, for a model that is fitted with them."""
    if c.train.weights is not None and not card.weighted:
        raise PodiumError(
            c.name, "train.weights", "needs models that take row weights", got=name, step=f"Take {name} out of models"
        )
    own = c.train.models.get(name)
    if c.train.shift_weights is None or (own is not None and not own.shift_weights):
        return None
    if not card.weighted:
        step = f"Write shift_weights: false under train.{name}"
        raise PodiumError(c.name, "train.shift_weights", "needs models that take row weights", got=name, step=step)
    return specs.ShiftPlan(**c.train.shift_weights.model_dump(), seed=derive(c.seed, "shift weights"))


def pseudo_labels(c: Competition, name: str, card: Model, repeats: int) -> PseudoLabels | None:
    """How a model's folds label test rows, where they do.

    Where folds go forward in time the test rows lie after every row that is validated: a student would learn from a
    future that nothing has when the test rows themselves are predicted.
    """
    declared, own = c.train.pseudo_labels, c.train.models.get(name)
    if declared is None or (own is not None and not own.pseudo_labels):
        return None
    where, without = "train.pseudo_labels", f"Write pseudo_labels: false under train.{name}"
    if c.split.kind == "time":
        allowed = "may not be used where folds go forward in time: the test rows lie after all of them"
        raise PodiumError(c.name, where, allowed, got="split.kind: time", step="Take it out")
    if not card.weighted:
        raise PodiumError(c.name, where, "needs models that take row weights", got=name, step=without)
    if c.oversample.method != "none" and (card.oversample if own is None or own.oversample is None else own.oversample):
        step = f"{without}, or oversample: false"
        raise PodiumError(c.name, where, "may not be used for a resampled model", got=name, step=step)
    if objective(c)[0] == "regression":
        if declared.labels == "soft":
            raise PodiumError(c.name, f"{where}.labels", "must be hard for values", got="soft")
        if (declared.share or 1) < 1 and repeats < 2:
            step = "Leave share out, or let train.repeats be at least 2"
            allowed = "below 1 needs repeats, whose differences say how sure a value is"
            raise PodiumError(c.name, f"{where}.share", allowed, got=f"{declared.share:g} for {name}", step=step)
    if declared.labels != "auto":
        return declared
    plainly = objective(c)[0] == "regression" or c.metric.facts.needs == "label"
    return declared.model_copy(update={"labels": "hard" if plainly else "soft"})
