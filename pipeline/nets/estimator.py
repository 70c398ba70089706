"""A network for one setting: built for the columns it meets, trained, and ready to predict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch
from skorch.callbacks import GradientNormClipping
from skorch.helper import predefined_split
from torch import Tensor

from pipeline.models import Rows, Setting
from pipeline.nets.architecture import Architecture
from pipeline.nets.callbacks import Averaging, BestEpoch, Pace
from pipeline.nets.checkpoint import Checkpoint, key_of
from pipeline.nets.columns import Columns
from pipeline.nets.loop import TableNet
from pipeline.nets.losses import Loss, focal_posterior
from pipeline.nets.network import Network
from pipeline.nets.numbers import find_bins
from pipeline.nets.objectives import Objective
from pipeline.nets.sizes import batch_size_for, epochs_for, members_for, number_width_for
from pipeline.nets.tables import Batches, Table, count_batches

_EVALUATED_ROWS, _EVALUATED_TOGETHER = 16_384, 2_048
_WIDE_STEP = 2**19
_NO_DECAY = ("*norm*", "*bias", "inputs.*")


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

    def fit(self, setting: Setting, training: Rows, stopping: Rows | None) -> None:
        """Train on the one, stop on the other; without stopping rows all epochs are trained."""
        with _fixed(setting.seed, self.threads, self.device):
            self.columns = Columns.of(training.X, setting.params["shared"])
            if self.classes == 0:
                self.mean = float(np.average(training.y, weights=training.weight))
                self.scale = float(np.sqrt(np.average((training.y - self.mean) ** 2, weights=training.weight))) or 1.0
            table = self._table(training)
            held = None if stopping is None else self._table(stopping)
            architecture = self._architecture(setting.params, table)
            torch.set_num_threads(self._training_threads(setting.params, architecture, len(table)))
            net = self._net(setting, architecture, table, held).fit(table, None)
            self.module = net.judged.eval()
            self.rounds = dict(net.callbacks_)["best"].epoch_ if held is not None else net.epochs_

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

    def _training_threads(self, params: Mapping[str, Any], of: Architecture, rows: int) -> int:
        """One where a step is so small that threads would only wait for one another."""
        step = (params["batch_size"] or batch_size_for(rows)) * of.width * of.heads
        return self.threads if step >= _WIDE_STEP else 1

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

    def _net(self, setting: Setting, architecture: Architecture, table: Table, held: Table | None) -> TableNet:
        params = setting.params
        size = params["batch_size"] or batch_size_for(len(table), self.loss.of_batches)
        epochs = params["max_epochs"] or epochs_for(len(table))
        generator = torch.Generator().manual_seed(setting.seed)
        callbacks: list[tuple[str, Any]] = [
            ("clip", GradientNormClipping(params["clip"])),
            ("pace", Pace(params["learning_rate"], epochs * count_batches(len(table), size), params["warm_up"])),
        ]
        if params["ema"]:
            callbacks.append(("averaging", Averaging(params["ema"])))
        if held is not None:
            callbacks.append(("best", BestEpoch(params["patience"] or epochs)))
        if setting.checkpoints is not None:
            tables = [table] if held is None else [table, held]
            key = key_of(
                tables, sorted(params.items()), self.loss, self.classes, setting.seed, architecture, self.columns
            )
            callbacks.append(
                ("checkpoint", Checkpoint(setting.checkpoints / f"{key}.safetensors", len(table), generator))
            )
        return TableNet(
            Network,
            Loss(self.loss, self.mean, self.scale),
            module__architecture=architecture,
            module__start=self._start(table),
            objective=self.objective,
            mixed=self.device == "cuda" and torch.cuda.is_bf16_supported(),
            optimizer=torch.optim.AdamW,
            optimizer__weight_decay=params["weight_decay"],
            optimizer__fused=True,
            optimizer__param_groups=[(name, {"weight_decay": 0.0}) for name in _NO_DECAY],
            max_epochs=epochs,
            iterator_train=Batches,
            iterator_train__batch_size=size,
            iterator_train__generator=generator,
            iterator_valid=Batches,
            iterator_valid__batch_size=_EVALUATED_TOGETHER if self.loss.of_batches else _EVALUATED_ROWS,
            train_split=None if held is None else predefined_split(held),
            callbacks=callbacks,
            callbacks__epoch_timer=None,
            callbacks__print_log=None,
            device=self.device,
            verbose=0,
        )

    def _start(self, table: Table) -> tuple[float, ...] | None:
        """The classes' log frequencies among the rows, half a row added to each; None for a value."""
        if self.classes == 0:
            return None
        counts = torch.bincount(table.target.cpu(), table.weight.cpu().double(), minlength=self.classes) + 0.5
        return tuple((counts / counts.sum()).log().tolist())

    def _architecture(self, params: Mapping[str, Any], table: Table) -> Architecture:
        """The settings with what follows from the columns and the rows."""
        if self.columns is None:
            raise RuntimeError("the columns are taken from the training rows first")
        count = len(self.columns.numbers)
        width = params["number_width"] or number_width_for(count)
        embedded = params["numbers"] if count and width else "plain"
        if params["module"] == "transformer":
            width = params["width"]
        heads = params["heads"] or members_for(len(table), self.device)
        return Architecture(
            numbers=count,
            levels=self.columns.levels,
            table=self.columns.table,
            outputs=max(self.classes, 1),
            body=params["module"],
            width=params["width"],
            layers=params["layers"],
            heads=heads if params["module"].startswith("tabm") else 1,
            dropout=params["dropout"],
            embedding_dropout=params["embedding_dropout"],
            residual=params["residual"],
            norm=params["norm"],
            activation=params["activation"],
            embedded=embedded,
            number_width=width,
            frequency_scale=params["frequency_scale"],
            bins=find_bins(table.numbers, params["bins"]) if embedded == "piecewise" else (),
            buckets=params["buckets"],
            attention_heads=params["attention_heads"],
        )


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
