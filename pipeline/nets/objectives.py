"""What a network is trained to make small, chosen by declaration; ``auto`` is the sane default for the metric."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.errors import PodiumError, nearest
from pipeline.models import Setting

FOR_CLASSES = ("cross_entropy", "focal", "soft_fbeta", "soft_average_precision")
FOR_VALUES = ("squared", "absolute", "huber", "rmspe", "qwk")
OF_BATCHES = ("soft_fbeta", "soft_average_precision", "qwk")
_AUTO = {"mae": "absolute", "mape": "absolute", "smape": "absolute", "rmspe": "rmspe"}
# Each loss's own setting: the key, its default, what is allowed.
_OWN = {
    "cross_entropy": ("smoothing", 0.0, (0.0, 0.5)),
    "focal": ("gamma", 2.0, (1e-6, 10.0)),
    "soft_fbeta": ("beta", None, (1e-6, 100.0)),
    "huber": ("delta", 1.0, (1e-6, 100.0)),
}


@dataclass(frozen=True)
class Objective:
    """A loss and its one number.

    Parameters
    ----------
    name : str
        One of ``FOR_CLASSES`` or ``FOR_VALUES``.
    smoothing : float in [0, 0.5]
        The share of a row's certainty that label smoothing spreads over all classes.
    gamma : float
        How fast easy rows fade in the focal loss; 0 for any other loss.
    beta : float
        How many times recall counts as much as precision, for the soft F-beta; the metric's own by default.
    delta : float
        Where the Huber loss goes from squares to a line, in standard deviations of the target.
    logs : bool
        Whether the target is a logarithm, as RMSPE's is.
    """

    name: str
    smoothing: float = 0.0
    gamma: float = 0.0
    beta: float = 1.0
    delta: float = 1.0
    logs: bool = False

    @property
    def of_batches(self) -> bool:
        """Whether it is defined over many rows together."""
        return self.name in OF_BATCHES


def objective_of(setting: Setting, model: str) -> Objective:
    """The objective that a model's settings declare.

    Raises
    ------
    PodiumError
        Where the loss is unknown or not for this task, or a number has no effect with it or lies outside its range.
    """
    params = setting.params
    name = _name(setting, model)
    numbers = {key: params[key] for key, _, _ in _OWN.values() if params.get(key) is not None}
    key, default, (low, high) = _OWN.get(name, ("", None, (0.0, 0.0)))
    for other in numbers:
        if other != key:
            owner = next(loss for loss, (own, _, _) in _OWN.items() if own == other)
            raise PodiumError("", f"models.{model}.{other}", f"belongs to loss: {owner} only", got=f"loss: {name}")
    if not key:
        return Objective(name, logs=setting.transform == "log")
    if default is None:
        default = setting.metric.beta if setting.metric is not None else 1.0
    value = numbers.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        allowed = f"must be a number from {low:g} to {high:g}"
        raise PodiumError("", f"models.{model}.{key}", allowed, got=repr(value))
    return Objective(name, **{key: float(value)}, logs=setting.transform == "log")


def _name(setting: Setting, model: str) -> str:
    regression = setting.objective == "regression"
    known: tuple[str, ...] = FOR_VALUES if regression else FOR_CLASSES
    name = setting.params.get("loss", "auto")
    if name == "auto":
        scored = setting.metric.name if setting.metric is not None else ""
        return _AUTO.get(scored, "squared") if regression else "cross_entropy"
    if name not in known:
        where = "values" if regression else "classes"
        allowed = f"must be auto or, where {where} are predicted, one of {', '.join(known)}"
        raise PodiumError("", f"models.{model}.loss", allowed, got=repr(name), step=nearest(str(name), known))
    return str(name)
