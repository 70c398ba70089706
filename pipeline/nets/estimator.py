"""A network for one setting: built for the columns it meets, trained, and ready to predict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from pipeline.models import Rows, Setting
from pipeline.nets.building import Plan, net_for, shape_for
from pipeline.nets.columns import Columns
from pipeline.nets.losses import Loss, focal_posterior
from pipeline.nets.network import Network
from pipeline.nets.objectives import Objective
from pipeline.nets.tables import Table

_EVALUATED_ROWS = 16_384


@dataclass
class NetEstimator:
    """A network for one setting, and after ``fit`` all that predicting takes.

    Parameters
    ----------
    objective : {"binary", "multiclass", "regression"}
    classes : int
        The number of classes; 0 for a regression.
    device : {"cpu", "cuda"}
    threads : int
        torch's threads while fitting and predicting.
    columns, module : Columns, Network
        Set by ``fit``.
    mean, scale : float
        Of the target in training, which is standardised for a regression.
    rounds : int
        The best epoch.
    gamma : float
        Of the focal loss it was fitted with, whose probabilities ``predict`` puts right; 0 for any other loss.
    loss : Objective
        What is made small.
    losses : tuple of float
        On the stopping rows, epoch by epoch, values in standard deviations of the target; none where there were no
        such rows, or once restored.
    """

    objective: str
    classes: int
    device: str = "cpu"
    threads: int = 1
    columns: Columns | None = None
    module: Network | None = None
    mean: float = 0.0
    scale: float = 1.0
    rounds: int = 0
    gamma: float = 0.0
    loss: Objective = field(default_factory=lambda: Objective("squared"))
    losses: tuple[float, ...] = ()

    def fit(self, setting: Setting, training: Rows, stopping: Rows | None) -> None:
        """Train on the one, stop on the other; without stopping rows all epochs are trained."""
        with _fixed(setting.seed, self.threads, self.device):
            self.columns = Columns.of(training.X, setting.params["shared"])
            if self.classes == 0:
                self.mean = float(np.average(training.y, weights=training.weight))
                self.scale = float(np.sqrt(np.average((training.y - self.mean) ** 2, weights=training.weight))) or 1.0
            table = self._table(training)
            held = None if stopping is None else self._table(stopping)
            shape = shape_for(setting, self.columns, table)
            plan = Plan(setting, self.columns, shape, Loss(self.loss, self.mean, self.scale), table, held)
            torch.set_num_threads(plan.threads)
            net = net_for(plan).fit(table, None)
            self.module = net.judged.eval()
            best = dict(net.callbacks_).get("best")
            self.rounds, self.losses = (best.epoch_, tuple(best.losses_)) if best else (net.epochs_, ())

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Values (n,), or probabilities (n, classes), in float64."""
        if self.columns is None or self.module is None:
            raise RuntimeError("a network predicts only after fit or restore")
        with _threads(self.threads), torch.inference_mode():
            numbers, codes = self.columns.tensors(X, self.device)
            rows = max(1, _EVALUATED_ROWS // self.module.architecture.heads)
            parts = zip(numbers.split(rows), codes.split(rows), strict=True)
            return torch.cat([self._final(self.module(*part).double()) for part in parts]).cpu().numpy()

    def _final(self, scores: Tensor) -> Tensor:
        """The mean over the members of values (n,), or of probabilities (n, classes)."""
        if self.classes == 0:
            return scores[..., 0].mean(dim=1) * self.scale + self.mean
        p = torch.softmax(scores, dim=2)
        return (focal_posterior(p, self.gamma) if self.gamma else p).mean(dim=1)

    def _table(self, rows: Rows) -> Table:
        if self.columns is None:
            raise RuntimeError("the columns are taken from the training rows first")
        numbers, codes = self.columns.tensors(rows.X, self.device)
        if self.classes == 0:
            target = torch.tensor((np.asarray(rows.y) - self.mean) / self.scale, dtype=torch.float32)
        else:
            target = torch.tensor(np.asarray(rows.y), dtype=torch.int64)
        weight = torch.ones(len(target)) if rows.weight is None else torch.tensor(rows.weight, dtype=torch.float32)
        return Table(numbers, codes, target.to(self.device), weight.to(self.device))


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _fixed(seed: int, threads: int, device: str) -> Iterator[None]:
    """Seed torch's global generators, on which initial weights and dropout draw, and put them back after the block.

    On a CPU only algorithms that repeat are allowed too; a GPU's may add floats up in another order.
    """
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    strict = torch.are_deterministic_algorithms_enabled(), torch.utils.deterministic.fill_uninitialized_memory
    with _threads(threads), torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(device == "cpu")
        torch.utils.deterministic.fill_uninitialized_memory = False
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(strict[0])
            torch.utils.deterministic.fill_uninitialized_memory = strict[1]
