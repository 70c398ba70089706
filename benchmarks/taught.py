"""``python -m benchmarks.taught``: what test rows teach, on made-up tables where they have something to teach.

A shift: the target bends over a column that is moved in the test rows; models are fitted with and without
``train.shift_weights``. Few labels: two classes that lie apart, thirty labelled rows, many test rows; each
fold's teacher beside its student of ``train.pseudo_labels``. Five draws each; scored on the test rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline import models
from pipeline.dataset import Dataset
from pipeline.declaration.train import PseudoLabels
from pipeline.fitting.cuts import Cut
from pipeline.fitting.pseudo import Taught, fit_taught
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.shift import weigh_shift
from tests.toy_model import model_spec, table_of

DRAWS = 5
Pair = tuple[float, float]


@dataclass(frozen=True)
class Question:
    """A kind of table, the models that are asked, and what a draw of it gives: the score without and with."""

    about: str
    names: tuple[str, ...]
    pair: Callable[[str, int], Pair]


def shifted(name: str, seed: int) -> Pair:
    """RMSE on 1,500 test rows whose first column is moved by 1.5 deviations and half as wide; 750 training rows."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1500, 2)), rng.normal(size=(1500, 2))
    x[1][:, 0] = 1.5 + 0.5 * x[1][:, 0]
    y = [part[:, 0] ** 2 + np.sin(3 * part[:, 1]) + 0.5 * rng.normal(size=1500) for part in x]
    dataset = table_of(x, y[0], "regression")
    each = (_taught(dataset, name, "regression", plan).model for plan in (None, {"clip": 10.0, "seed": 1}))
    without, with_ = (float(np.sqrt(np.mean((model.predict(dataset.test) - y[1]) ** 2))) for model in each)
    return without, with_


def few_labels(name: str, seed: int) -> Pair:
    """Accuracy on 1,500 test rows of twelve columns, three of which tell; 30 training rows in a fold."""
    rng = np.random.default_rng(seed)
    labels = np.arange(60) // 2 % 2, rng.integers(0, 2, 1500)
    centres = [1.1 * (2 * y[:, None] - 1) * (np.arange(12) < 3) for y in labels]
    x = rng.normal(size=(60, 12)) + centres[0], rng.normal(size=(1500, 12)) + centres[1]
    dataset = table_of(x, labels[0], "binary")
    taught = _taught(dataset, name, "binary")
    each = (taught.teacher or taught.model, taught.model)
    without, with_ = (float(((model.predict(dataset.test) > 0.5) == labels[1]).mean()) for model in each)
    return without, with_


def _taught(dataset: Dataset, name: str, task: str, shift: dict[str, float] | None = None) -> Taught:
    """The first fold's model of one half of the rows; of classes, a student with its teacher."""
    spec, card = model_spec(task, metric={"regression": "rmse"}.get(task, "accuracy"), shift=shift), models.load(name)
    pseudo = None if task == "regression" else PseudoLabels()
    recipe = Recipe(spec, card, card.defaults, shift=weigh_shift(spec, dataset), pseudo=pseudo)
    return fit_taught(dataset, recipe, Cut(next(iter(dataset.folds)), tuple(dataset.kinds)))


QUESTIONS = (
    Question("a shift, RMSE", ("linear", "knn", "extra_trees", "lightgbm"), shifted),
    Question("few labels, accuracy", ("linear", "knn", "extra_trees", "svm"), few_labels),
)


def lines() -> Iterator[tuple[str, ...]]:
    """Question, model, the mean score without and with, and their paired difference with its standard error."""
    for question in QUESTIONS:
        for name in question.names:
            pairs = np.array([question.pair(name, seed) for seed in range(DRAWS)])
            apart = pairs[:, 1] - pairs[:, 0]
            se = apart.std(ddof=1) / np.sqrt(DRAWS)
            yield (
                question.about,
                name,
                *(f"{mean:.3f}" for mean in pairs.mean(axis=0)),
                f"{apart.mean():+.3f} ± {se:.3f}",
            )


def main() -> None:
    """Print the table."""
    table = Table("table", "model", "without", "with", "difference")
    for line in lines():
        table.add_row(*line)
    Console().print(table)


if __name__ == "__main__":
    main()
