"""Multi-layer perceptron with entity embeddings, trained by skorch.

The network and its training are in ``pipeline.nets``. For classes, ``loss: focal`` trains on the focal loss, ``gamma``
(2 by default) saying how fast easy rows fade; row weights hold there too, and probabilities are put right after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Model, Range, Rows, Setting, Wants

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd


@dataclass
class Net:
    """The network, and the setting it is to be fitted for; a restored one has none."""

    estimator: Any
    setting: Setting | None = None


def _build(setting: Setting) -> Net:
    import torch

    from pipeline.nets.estimator import NetEstimator

    if setting.device == "cuda" and not torch.cuda.is_available():
        raise PodiumError(
            "",
            "train.device",
            "is cuda, and the installed torch finds no GPU",
            step="Write cpu, or install a wheel of torch that has CUDA",
        )
    net = NetEstimator(setting.objective, setting.classes, setting.device, setting.threads, gamma=_gamma(setting))
    return Net(net, setting)


def _gamma(setting: Setting) -> float:
    """The focal loss's exponent, 0 for the plain loss; a setting that would have no effect is refused."""
    loss, gamma = setting.params.get("loss", "plain"), setting.params.get("gamma")
    if loss not in ("plain", "focal"):
        raise PodiumError("", "models.mlp.loss", "must be plain or focal", got=repr(loss))
    if loss == "plain":
        if gamma is not None:
            raise PodiumError("", "models.mlp.gamma", "belongs to loss: focal only", got=repr(gamma))
        return 0.0
    if setting.objective == "regression":
        raise PodiumError("", "models.mlp.loss", "must be plain where values are predicted", got="'focal'")
    gamma = 2.0 if gamma is None else gamma
    if isinstance(gamma, bool) or not isinstance(gamma, int | float) or not 0 < gamma <= 10:
        raise PodiumError("", "models.mlp.gamma", "must be a number above 0, at most 10", got=repr(gamma))
    return float(gamma)


def _fit(model: Net, training: Rows, stopping: Rows | None) -> None:
    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    model.estimator.fit(model.setting, training, stopping)


def _predict(model: Net, X: pd.DataFrame) -> np.ndarray:
    return model.estimator.predict(X)


def _save(model: Net, path: Path) -> None:
    from pipeline.nets.estimator import save

    save(model.estimator, path)


def _restore(path: Path) -> Net:
    from pipeline.nets.estimator import restore

    return Net(restore(path))


def _describe(model: Net) -> dict[str, Any]:
    """The best epoch, and the device of the weights themselves."""
    return {"rounds": model.estimator.rounds, "device": next(model.estimator.module.parameters()).device.type}


MODEL = Model(
    build=_build,
    defaults={
        "width": 128,
        "layers": 2,
        "dropout": 0.4,
        "embedding_dropout": 0.02,
        "residual": True,
        "learning_rate": 1e-3,
        "weight_decay": 0.05,
        "max_epochs": 60,
        "patience": 30,
        "batch_size": None,
        "warm_up": 0.2,
        "clip": 1.0,
    },
    space={
        "width": Range(32, 512, log=True, integer=True),
        "layers": Range(1, 4, integer=True),
        "dropout": Range(0.0, 0.6),
        "learning_rate": Range(3e-4, 1e-2, log=True),
        "weight_decay": Range(1e-4, 1.0, log=True),
    },
    portfolio=(
        {},
        {"width": 256, "layers": 3, "dropout": 0.3},
        {"width": 64, "layers": 1, "dropout": 0.1, "weight_decay": 0.3},
        {"width": 512, "layers": 2, "dropout": 0.5, "learning_rate": 5e-4},
    ),
    share=2.0,
    wants=Wants(scale="quantile", missing=False, categories="codes"),
    libraries=("torch", "skorch"),
    stops_early=True,
    also=("loss", "gamma"),
    side_by_side=False,
    code=("nets",),
    suffix=".safetensors",
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    describe=_describe,
)
