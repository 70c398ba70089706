"""How a model is fitted on every fold, and how its folds share the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import models
from pipeline.core.device import choose_device, cores, wait_briefly
from pipeline.dataset import Dataset
from pipeline.declaration.specs import ModelSpec
from pipeline.declaration.train import PseudoLabels
from pipeline.fitting.shift import Weighting, weigh_shift
from pipeline.fitting.workload import Workload, share
from pipeline.models import Model, Setting


@dataclass(frozen=True)
class Recipe:
    """How every fold's model is fitted, apart from the fold's rows.

    Parameters
    ----------
    spec : ModelSpec
        The model's plan.
    card : Model
        The model's card.
    params : mapping
        The planned settings with the tuned ones over them.
    repeats : int
        Models per fold, each with its own seed and its own stopping rows; their predictions are averaged.
    threads : int
        Threads inside one fit.
    device : {"cpu", "cuda"}
    most_rows : int or None
        A fold with more training rows is fitted on a sample of so many, spread over the target: only in a run that has
        a budget.
    checkpoints : Path or None
        Where a model may keep the state of a training that is under way.
    shift : Weighting or None
        What the training rows count for being like test rows.
    pseudo : PseudoLabels or None
        How each fold's model labels test rows for a student of its own.
    """

    spec: ModelSpec
    card: Model
    params: Mapping[str, Any]
    repeats: int = 1
    threads: int = 1
    device: str = "cpu"
    most_rows: int | None = None
    checkpoints: Path | None = None
    shift: Weighting | None = None
    pseudo: PseudoLabels | None = None


def planned(spec: ModelSpec, dataset: Dataset, params: Mapping[str, Any], repeats: int = 1) -> tuple[Recipe, Workload]:
    """The recipe for a planned model on this machine, and how its folds share the cores.

    The model's library is imported here, in the main thread: no two threads then import it at once, and the limits on
    its threads find it loaded.
    """
    wait_briefly()
    card = models.load(spec.model, spec.competition)
    device = choose_device(spec.device, spec.competition)
    load = share(dataset.train.size, len(dataset.folds), cores(), card.side_by_side)
    if load.processes and device == "cuda":
        load = Workload(1, load.threads)  # one GPU serves one process at a time best
    aim = (spec.metric, spec.transform)
    card.build(Setting(params, spec.objective, dataset.schema.class_count, spec.seed, load.threads, device, *aim))
    return Recipe(spec, card, params, repeats, load.threads, device, shift=weigh_shift(spec, dataset)), load
