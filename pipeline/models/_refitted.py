"""Models of optional packages that store nothing but pickles: what is kept is what they were fitted on.

A restored one is fitted again, with the same seed, when it first predicts. For a model that learns nothing from the
rows but looks at them, as TabPFN does, that is the model itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import Levels, coded, levels_of, spread

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_FACTS = ("objective", "classes", "seed", "threads", "device")


@dataclass(frozen=True)
class Package:
    """An optional package and what is needed of it.

    Parameters
    ----------
    model : str
        The model's name.
    module : str
        What is imported.
    distribution : str
        What pip installs.
    estimator : callable
        ``estimator(setting, categories)`` gives it unfitted; ``categories`` are the positions of categorical columns.
    most : mapping of str to int
        How many ``rows``, ``columns`` and ``classes`` it takes; none named, any number.
    """

    model: str
    module: str
    distribution: str
    estimator: Callable[[Setting, list[int]], Any]
    most: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Taught:
    """The rows as one matrix, and the estimator fitted on them, once it is needed."""

    setting: Setting
    levels: Levels = field(default_factory=list)
    matrix: np.ndarray | None = None
    y: np.ndarray | None = None
    estimator: Any = None

    @property
    def categories(self) -> list[int]:
        """The positions of the categorical columns."""
        return [position for position, levels in enumerate(self.levels) if levels is not None]


def refitted_card(
    package: Package,
    defaults: Mapping[str, Any],
    space: Mapping[str, Range],
    portfolio: tuple[Mapping[str, Any], ...] = ({},),
    missing: bool = False,
) -> Model:
    """The card of an optional model.

    Parameters
    ----------
    package : Package
    defaults, space, portfolio
        As on a card.
    missing : bool
        Whether NaN may stand in numeric columns.
    """

    def build(setting: Setting) -> Taught:
        _must_be_installed(package)
        return Taught(setting)

    def fit(model: Taught, training: Rows, stopping: Rows | None) -> None:
        _check(package, model.setting, training)
        model.levels = levels_of(training.X)
        model.matrix, model.y = coded(training.X, model.levels), training.y
        _teach(package, model)

    def predict(model: Taught, X: pd.DataFrame) -> np.ndarray:
        if model.estimator is None:
            _must_be_installed(package)
            _teach(package, model)
        return _predicted(model, _frame(coded(X, model.levels), model.categories))

    return Model(
        build=build,
        defaults=defaults,
        space=space,
        portfolio=portfolio,
        start=8.0,
        wants=Wants(missing=missing, categories="codes"),
        libraries=(package.distribution, "torch"),
        oversample=False,
        weighted=False,
        side_by_side=False,
        code=("models/_refitted.py",),
        suffix=".safetensors",
        fit=fit,
        predict=predict,
        save=_save,
        restore=_restore,
        describe=lambda model: {"rows": len(model.y), "device": model.setting.device},
    )


def _must_be_installed(package: Package) -> None:
    if find_spec(package.module) is None:
        raise PodiumError(
            "",
            f"models.{package.model}",
            f"needs the package {package.distribution}, which is not installed",
            step=f"Run pip install -c constraints.txt -e '.[{package.model}]', or take {package.model} out of models",
        )


def _check(package: Package, setting: Setting, training: Rows) -> None:
    """Refuse what the package cannot take: row weights, and a table beyond its limits."""
    if training.weight is not None and len(set(training.weight.tolist())) > 1:
        step = f"Write oversample: false under train.{package.model}"
        raise PodiumError("", f"models.{package.model}", "takes no row weights", step=step)
    sizes = {"rows": len(training.y), "columns": training.X.shape[1], "classes": setting.classes}
    for what, most in package.most.items():
        if sizes[what] > most:
            step = f"Take {package.model} out of models"
            raise PodiumError(
                "", f"models.{package.model}", f"takes at most {most:,} {what}", got=f"{sizes[what]:,}", step=step
            )


def _teach(package: Package, model: Taught) -> None:
    """Fit the estimator; torch's threads and generators are put back, the package's own warnings kept to itself."""
    import warnings

    import numpy as np
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(model.setting.threads)
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the packages' own libraries, which no user of Podium can act on
            estimator = package.estimator(model.setting, model.categories)
            model.estimator = estimator.fit(_frame(model.matrix, model.categories), np.array(model.y))
    finally:
        torch.set_num_threads(threads)


def _predicted(model: Taught, table: pd.DataFrame) -> np.ndarray:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # likewise
        if model.setting.objective == "regression":
            return model.estimator.predict(table).astype("float64")
        p = model.estimator.predict_proba(table).astype("float64")
    return spread(p / p.sum(axis=1, keepdims=True), model.estimator.classes_, model.setting.classes)


def _frame(matrix: np.ndarray | None, categories: list[int]) -> pd.DataFrame:
    """Numbers in float32 and categories as integers, -1 for a level that was not there."""
    import numpy as np
    import pandas as pd

    table = pd.DataFrame(np.asarray(matrix)).rename(columns=str)
    for position in categories:
        table[str(position)] = table[str(position)].fillna(-1).astype("int64").astype("category")
    return table


def _save(model: Taught, path: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    own = model.setting
    header = {name: getattr(own, name) for name in _FACTS} | {"params": dict(own.params), "levels": model.levels}
    tensors = {"X": np.ascontiguousarray(model.matrix), "y": np.ascontiguousarray(model.y)}
    save_file(tensors, path, metadata={"podium": json.dumps(header, ensure_ascii=False)})


def _restore(path: Path) -> Taught:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        header = json.loads(file.metadata()["podium"])
        matrix, y = file.get_tensor("X"), file.get_tensor("y")
    setting = Setting(header["params"], **{name: header[name] for name in _FACTS})
    return Taught(setting, header["levels"], matrix, y)
