"""A small table for networks, and a setting to fit one by."""

import numpy as np
import pandas as pd

from pipeline.models import Rows, Setting, load
from pipeline.nets.architecture import Architecture
from pipeline.nets.estimator import NetEstimator
from pipeline.nets.objectives import objective_of

SMALL = Architecture(numbers=3, levels=(4, 200), table=(0, 1), outputs=2, width=8, embedding_dropout=0.1, dropout=0.1)


def frame(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)).astype("float32"), columns=["a", "b", "c"])
    X["k"] = pd.Categorical(rng.choice(["x", "y", "z"], n), categories=["x", "y", "z"])
    return X, (X["a"] + (X["k"] == "y") + rng.normal(size=n) * 0.1).to_numpy()


def setting(objective="regression", classes=0, model="mlp", **params):
    own = {**load(model).defaults, "max_epochs": 5, "width": 16, "learning_rate": 5e-3, **params}
    context = {key: own.pop(key) for key in ("metric", "transform", "checkpoints") if key in own}
    return Setting(own, objective, classes, 11, **context)


def unfitted(chosen, **kwargs):
    loss = objective_of(chosen, "mlp")
    return NetEstimator(chosen.objective, chosen.classes, gamma=loss.gamma, loss=loss, **kwargs)


def trained(params=None, n=120, held=True, **kwargs):
    chosen = setting(**(params or {}))
    net = unfitted(chosen, **kwargs)
    net.fit(chosen, Rows(*frame(n)), Rows(*frame(40, seed=1)) if held else None)
    return net
