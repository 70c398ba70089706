"""Bayesian factorization machine: every level has a weight and a few factors, and pairs of levels meet in these.

It learns from ids that trees cannot split on, a person's and a film's, and what two of them have in common: keys are
columns for it. Numbers go in as bins, missing values as levels. Nothing is to be tuned: how far a level of few rows is
drawn to the others of its column is sampled with the rest. A table of many levels keeps fewer draws. Of more than two
classes, each is told from all others, and their probabilities are made to add up to 1.

Source: Freudenthaler, Schmidt-Thieme, Rendle (2011), Bayesian factorization machines; the sampler is told in
``pipeline.models._gibbs``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import shares
from pipeline.models._fields import Fields

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from pipeline.models._gibbs import Draws

_MOST_KEPT, _FEWEST_DRAWS = 10_000_000, 5  # numbers of all draws together; draws, however many levels there are
_FACTS = ("classes", "mean", "scale", "sweeps", "worth")


@dataclass
class Machine:
    """What is fitted.

    Parameters
    ----------
    classes : int
        The number of classes; 0 for a regression.
    fields : Fields
        The columns' levels.
    draws : list of Draws
        One for values and for two classes; one a class for more.
    mean, scale : float
        Of the target in training, which is standardised for a regression.
    sweeps : int
        How often every parameter was drawn.
    worth : list of float
        The mean square of each field's part of the score.
    """

    classes: int
    setting: Setting | None = None
    fields: Fields = field(default_factory=lambda: Fields((), ()))
    draws: list[Draws] = field(default_factory=list)
    mean: float = 0.0
    scale: float = 1.0
    sweeps: int = 0
    worth: list[float] = field(default_factory=list)


def _fit(model: Machine, training: Rows, stopping: Rows | None) -> None:
    import numpy as np

    from pipeline.models._gibbs import Plan, sample

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    params, y = model.setting.params, training.y
    weight = None if training.weight is None else training.weight / training.weight.mean()
    model.fields = Fields.of(training.X, params["bins"])
    codes, model.sweeps = model.fields.codes(training.X), int(params["n_iter"])
    if model.classes == 0:
        model.mean = float(np.average(y, weights=weight))
        model.scale = float(np.sqrt(np.average((y - model.mean) ** 2, weights=weight))) or 1.0
        targets = [(y - model.mean) / model.scale]
    else:
        targets = [(y == k).astype(np.int64) for k in (range(model.classes) if model.classes > 2 else (1,))]
    cells = sum(model.fields.sizes) * (1 + params["rank"]) * len(targets)
    draws = max(_FEWEST_DRAWS, min(params["draws"], _MOST_KEPT // max(cells, 1)))
    plan = Plan(params["rank"], model.sweeps, draws)
    chains = np.random.default_rng(model.setting.seed).spawn(len(targets))
    found = [
        sample((codes, model.fields.sizes), target, weight, plan, chain)
        for target, chain in zip(targets, chains, strict=True)
    ]
    model.draws = [drawn for drawn, _ in found]
    model.worth = np.sum([parts for _, parts in found], axis=0).tolist()


def _predict(model: Machine, X: pd.DataFrame) -> np.ndarray:
    import numpy as np

    codes = model.fields.codes(X)
    if model.classes == 0:
        return model.draws[0].scores(codes) * model.scale + model.mean
    p = np.stack([drawn.probabilities(codes) for drawn in model.draws], axis=1)
    if len(model.draws) == 1:
        return np.concatenate([1 - p, p], axis=1)
    p = np.maximum(p, 1e-9)
    return p / p.sum(axis=1, keepdims=True)


def _save(model: Machine, path: Path) -> None:
    """Draws as tensors, and in the file's header all else as JSON."""
    import json

    from safetensors.numpy import save_file

    facts = {"fields": model.fields.to_state(), **{name: getattr(model, name) for name in _FACTS}}
    tensors = {f"{name} {k}": own for k, drawn in enumerate(model.draws) for name, own in vars(drawn).items()}
    save_file(tensors, path, metadata={"podium": json.dumps(facts, ensure_ascii=False)})


def _restore(path: Path) -> Machine:
    import json

    from safetensors import safe_open

    from pipeline.models._gibbs import Draws

    with safe_open(path, framework="numpy") as file:
        facts = json.loads(file.metadata()["podium"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    names = ("bias", "table", "spread", "starts")
    draws = [Draws(*(tensors[f"{name} {k}"] for name in names)) for k in range(len(tensors) // len(names))]
    fields = Fields.from_state(facts.pop("fields"))
    return Machine(fields=fields, draws=draws, **facts)


def _importance(model: Machine, columns: list[str]) -> dict[str, float]:
    """How far each column moves the score."""
    worth = dict(zip(model.fields.columns, model.worth, strict=True))
    return shares(columns, [worth.get(name, 0.0) for name in columns])


def _describe(model: Machine) -> dict[str, Any]:
    """The sweeps, the draws that are kept, and the levels of all columns."""
    return {
        "sweeps": model.sweeps,
        "draws": len(model.draws[0].bias),
        "levels": sum(model.fields.sizes),
        "device": "cpu",
    }


MODEL = Model(
    build=lambda setting: Machine(setting.classes, setting),
    defaults={"rank": 8, "n_iter": 100, "bins": 20, "draws": 25},
    space={"rank": Range(2, 32, log=True, integer=True), "bins": Range(5, 100, log=True, integer=True)},
    portfolio=(
        {},
        {"rank": 16, "bins": 50},
        {"rank": 4, "bins": 10},
    ),
    wants=Wants(scale="none", missing=True, categories="native", keys=True),
    by_class=True,
    libraries=("scipy", "safetensors"),
    side_by_side=False,
    code=("models/_fields.py", "models/_gibbs.py"),
    suffix=".safetensors",
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
)
