"""What the networks of the zoo share: their settings, and the way from a card to a trained network.

The networks and their training are in ``pipeline.nets``. Settings, besides sizes and rates:

``module`` is the body: ``mlp`` (blocks), ``transformer`` (FT-Transformer), ``tabm`` or ``tabm-mini`` (``heads`` members
that share weights). ``numbers`` is how numeric columns go in: ``plain``, ``periodic`` or ``piecewise``. ``loss`` is
``auto``, or for classes ``cross_entropy`` (with ``smoothing``), ``focal`` (with ``gamma``, 2 by default),
``soft_fbeta`` (with ``beta``, the metric's own by default) or ``soft_average_precision``, and for values ``squared``,
``absolute``, ``huber`` (with ``delta``, in standard deviations), ``rmspe`` or ``qwk``. ``auto`` is the cross-entropy;
for values the absolute error where the metric is one (MAE, MAPE, SMAPE), RMSPE itself, and squares else. ``shared``
lists groups of columns that hold the same ids and share an embedding; a vocabulary of more than ``buckets`` levels is
hashed. ``ema`` is the decay of the weights' moving average, 0 for none. What is None follows from the table's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError, nearest
from pipeline.models import Curve, Model, Range, Rows, Setting, Wants

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

DEFAULTS: dict[str, Any] = {
    "module": "mlp",
    "width": 128,
    "layers": 2,
    "heads": None,
    "dropout": 0.4,
    "embedding_dropout": 0.02,
    "residual": True,
    "norm": "batch",
    "activation": "silu",
    "numbers": "plain",
    "number_width": None,
    "frequency_scale": 0.1,
    "bins": 24,
    "buckets": 100_000,
    "shared": (),
    "attention_heads": 4,
    "loss": "auto",
    "learning_rate": 1e-3,
    "weight_decay": 0.05,
    "ema": 0.0,
    "max_epochs": None,
    "patience": 30,
    "batch_size": None,
    "warm_up": 0.1,
    "clip": 1.0,
}
ALSO = ("smoothing", "gamma", "beta", "delta")


@dataclass
class Net:
    """The network, and the setting it is to be fitted for; a restored one has none."""

    estimator: Any
    setting: Setting | None = None


def net_card(
    name: str,
    defaults: Mapping[str, Any],
    space: Mapping[str, Range],
    portfolio: tuple[Mapping[str, Any], ...],
    libraries: tuple[str, ...] = (),
) -> Model:
    """The card of one network.

    Parameters
    ----------
    name : str
        The model's, for errors.
    defaults : mapping
        What differs from ``DEFAULTS``.
    space, portfolio
        As on a card.
    libraries : tuple of str
        Distributions besides torch and skorch.
    """

    def build(setting: Setting) -> Net:
        _check_device(setting)
        return _build(setting, name)

    return Model(
        build=build,
        defaults={**DEFAULTS, **defaults},
        space=space,
        portfolio=portfolio,
        share=2.0,
        start=8.0,
        wants=Wants(scale="quantile", missing=False, categories="native"),
        libraries=("torch", "skorch", "rtdl_num_embeddings", *libraries),
        stops_early=True,
        also=ALSO,
        side_by_side=False,
        code=("nets", "models/_net.py"),
        suffix=".safetensors",
        fit=_fit,
        predict=_predict,
        save=_save,
        restore=_restore,
        describe=_describe,
        curve=_curve,
    )


def _check_device(setting: Setting) -> None:
    import torch

    if setting.device == "cuda" and not torch.cuda.is_available():
        raise PodiumError(
            "",
            "train.device",
            "is cuda, and the installed torch finds no GPU",
            step="Write cpu, or install a wheel of torch that has CUDA",
        )


def _build(setting: Setting, name: str) -> Net:
    from pipeline.nets.estimator import NetEstimator
    from pipeline.nets.objectives import objective_of

    _check_words(setting.params, name)
    loss = objective_of(setting, name)
    net = NetEstimator(setting.objective, setting.classes, setting.device, setting.threads, gamma=loss.gamma, loss=loss)
    return Net(net, setting)


def _check_words(params: Mapping[str, Any], name: str) -> None:
    """Settings that are one of some words, and those that would have no effect."""
    from pipeline.nets.architecture import ACTIVATIONS, BODIES, NORMS, NUMBERS

    allowed = {"module": BODIES, "numbers": NUMBERS, "norm": NORMS, "activation": tuple(ACTIVATIONS)}
    for key, words in allowed.items():
        if params[key] not in words:
            step = nearest(str(params[key]), words)
            raise _error(name, key, f"must be one of {', '.join(words)}", params[key], step)
    if params["heads"] not in (None, 1) and not params["module"].startswith("tabm"):
        raise _error(name, "heads", "belongs to module: tabm and tabm-mini only", params["heads"])
    if params["module"] == "transformer" and params["width"] % params["attention_heads"]:
        whole = f"must be a multiple of attention_heads, {params['attention_heads']}"
        raise _error(name, "width", whole, params["width"])
    twice = [column for group in params["shared"] for column in group]
    if len(twice) > len(set(twice)):
        raise _error(name, "shared", "must name each column once", params["shared"])


def _error(name: str, key: str, allowed: str, got: Any, step: str = "") -> PodiumError:
    return PodiumError("", f"models.{name}.{key}", allowed, got=repr(got), step=step)


def _fit(model: Net, training: Rows, stopping: Rows | None) -> None:
    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    model.estimator.fit(model.setting, training, stopping)


def _predict(model: Net, X: pd.DataFrame) -> np.ndarray:
    return model.estimator.predict(X)


def _save(model: Net, path: Path) -> None:
    from pipeline.nets.storage import save

    save(model.estimator, path)


def _restore(path: Path) -> Net:
    from pipeline.nets.storage import restore

    return Net(restore(path))


def _describe(model: Net) -> dict[str, Any]:
    """The best epoch, and the device of the weights themselves."""
    return {"rounds": model.estimator.rounds, "device": next(model.estimator.module.parameters()).device.type}


def _curve(model: Net) -> Curve | None:
    losses = model.estimator.losses
    return Curve(model.estimator.loss.name, losses) if losses else None
