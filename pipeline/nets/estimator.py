"""Training a network on a table: skorch's loop with our batches, weights, schedule and stopping."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, GradientNormClipping, LRScheduler
from skorch.helper import predefined_split
from torch import Tensor, nn

from pipeline.models import Rows, Setting
from pipeline.nets.losses import FocalLoss, focal_posterior
from pipeline.nets.mlp import MLP, Architecture
from pipeline.nets.tables import Batches, Columns, Table, count_batches

_EVALUATED_ROWS = 16_384
_WIDE_STEP = 2**17


class StopTraining(Exception):
    """No better epoch is to be expected."""


class BestEpoch(Callback):
    """Keeps the weights of the epoch with the least loss on the stopping rows, and stops when it stays the best.

    skorch's own callback stops by a ``KeyboardInterrupt``, which the loop then swallows, the user's too.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Forget an earlier training."""
        self.loss_, self.epoch_ = float("inf"), 0
        self.weights_: dict[str, Tensor] = {}

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Compare the epoch with the best one."""
        loss, epoch = net.history[-1, "valid_loss"], len(net.history)
        if loss < self.loss_:
            self.loss_, self.epoch_ = loss, epoch
            self.weights_ = {name: value.clone() for name, value in net.module_.state_dict().items()}
        elif epoch - self.epoch_ >= self.patience:
            raise StopTraining

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Put the best epoch's weights back."""
        if self.weights_:
            net.module_.load_state_dict(self.weights_)


class TableNet(NeuralNet):
    """skorch's net with a weighted loss, fed from tables on the device; an interrupt by the user goes through."""

    def get_loss(self, y_pred: Tensor, y_true: tuple[Tensor, Tensor], *args: Any, **kwargs: Any) -> Tensor:
        """The mean loss of a batch, each row by its weight."""
        target, weight = y_true
        losses = self.criterion_(y_pred if y_pred.shape[1] > 1 else y_pred[:, 0], target)
        return (losses * weight).sum() / weight.sum().clamp_min(1e-12)

    def partial_fit(self, X: Table, y: None = None, classes: None = None, **fit_params: Any) -> TableNet:
        """Train until the last epoch, or until a callback raises ``StopTraining``."""
        if not self.initialized_:
            self.initialize()
        self.notify("on_train_begin", X=X, y=y)
        with suppress(StopTraining):
            self.fit_loop(X)
        self.notify("on_train_end", X=X, y=y)
        return self


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
    columns, module : Columns, MLP
        Set by ``fit``.
    mean, scale : float
        Of the target in training, which is standardised for a regression.
    rounds : int
        The best epoch.
    gamma : float
        Of the focal loss it was fitted with, whose probabilities ``predict`` puts right; 0 for cross-entropy.
    """

    objective: str
    classes: int
    device: str = "cpu"
    threads: int = 1
    columns: Columns | None = None
    module: MLP | None = None
    mean: float = 0.0
    scale: float = 1.0
    rounds: int = 0
    gamma: float = 0.0

    def fit(self, setting: Setting, training: Rows, stopping: Rows | None) -> None:
        """Train on the one, stop on the other; without stopping rows all epochs are trained."""
        with _fixed(setting.seed, self._training_threads(setting, len(training.y)), self.device):
            self.columns = Columns.of(training.X)
            if self.classes == 0:
                self.mean = float(np.average(training.y, weights=training.weight))
                self.scale = float(np.sqrt(np.average((training.y - self.mean) ** 2, weights=training.weight))) or 1.0
            table = self._table(training)
            held = None if stopping is None else self._table(stopping)
            net = self._net(setting, table, held).fit(table, None)
            self.module = net.module_.eval()
            self.rounds = dict(net.callbacks_)["best"].epoch_ if held is not None else len(net.history)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Values (n,), or probabilities (n, classes), in float64."""
        if self.columns is None or self.module is None:
            raise RuntimeError("a network predicts only after fit or restore")
        with _threads(self.threads), torch.inference_mode():
            numbers, codes = self.columns.tensors(X, self.device)
            parts = zip(numbers.split(_EVALUATED_ROWS), codes.split(_EVALUATED_ROWS), strict=True)
            scores = torch.cat([self.module(*part) for part in parts]).double()
            if self.classes == 0:
                return (scores[:, 0] * self.scale + self.mean).cpu().numpy()
            p = torch.softmax(scores, dim=1)
            return (focal_posterior(p, self.gamma) if self.gamma else p).cpu().numpy()

    def _training_threads(self, setting: Setting, rows: int) -> int:
        """One where a step is so small that threads would only wait for one another."""
        step = (setting.params["batch_size"] or batch_size_for(rows)) * setting.params["width"]
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

    def _net(self, setting: Setting, table: Table, held: Table | None) -> TableNet:
        params = setting.params
        size = params["batch_size"] or batch_size_for(len(table))
        best = [("best", BestEpoch(params["patience"]))] if held is not None else []
        schedule = LRScheduler(
            torch.optim.lr_scheduler.OneCycleLR,
            step_every="batch",
            max_lr=params["learning_rate"],
            total_steps=params["max_epochs"] * count_batches(len(table), size),
            pct_start=params["warm_up"],
        )
        return TableNet(
            MLP,
            FocalLoss if self.gamma else nn.MSELoss if self.classes == 0 else nn.CrossEntropyLoss,
            module__architecture=self._architecture(params),
            module__start=self._start(table),
            criterion__reduction="none",
            **({"criterion__gamma": self.gamma} if self.gamma else {}),
            optimizer=torch.optim.AdamW,
            lr=params["learning_rate"] / 25,
            optimizer__weight_decay=params["weight_decay"],
            optimizer__param_groups=[(name, {"weight_decay": 0.0}) for name in ("*norm*", "*bias")],
            max_epochs=params["max_epochs"],
            iterator_train=Batches,
            iterator_train__batch_size=size,
            iterator_train__generator=torch.Generator().manual_seed(setting.seed),
            iterator_valid=Batches,
            iterator_valid__batch_size=_EVALUATED_ROWS,
            train_split=None if held is None else predefined_split(held),
            callbacks=[*best, ("clip", GradientNormClipping(params["clip"])), ("schedule", schedule)],
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

    def _architecture(self, params: Mapping[str, Any]) -> Architecture:
        if self.columns is None:
            raise RuntimeError("the columns are taken from the training rows first")
        return Architecture(
            numbers=len(self.columns.numbers),
            levels=tuple(self.columns.levels.values()),
            outputs=max(self.classes, 1),
            hidden=(params["width"],) * params["layers"],
            dropout=params["dropout"],
            embedding_dropout=params["embedding_dropout"],
            residual=params["residual"],
        )


def batch_size_for(rows: int) -> int:
    """Rows of a batch by rows of the table: many steps on small ones, wide steps on large ones."""
    return next((size for most, size in ((500, 32), (1_000, 64), (5_000, 128), (50_000, 256)) if rows <= most), 1024)


def save(model: NetEstimator, path: Path) -> None:
    """Store a network as one safetensors file; its header holds the architecture, the columns and the scale in JSON."""
    from safetensors.torch import save_file

    if model.columns is None or model.module is None:
        raise RuntimeError("a network is stored only after fit")
    header = {
        "objective": model.objective,
        "classes": model.classes,
        "threads": model.threads,
        "mean": model.mean,
        "scale": model.scale,
        "rounds": model.rounds,
        "gamma": model.gamma,
        "numbers": model.columns.numbers,
        "levels": model.columns.levels,
        "architecture": asdict(model.module.architecture),
    }
    tensors = {name: value.cpu().contiguous() for name, value in model.module.state_dict().items()}
    save_file(tensors, path, metadata={"podium": json.dumps(header, ensure_ascii=False)})


def restore(path: Path) -> NetEstimator:
    """Read a stored network, onto the CPU; nothing in the file is executed."""
    from safetensors import safe_open

    with safe_open(path, framework="pt", device="cpu") as file:
        header = json.loads(file.metadata()["podium"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    columns = Columns(tuple(header.pop("numbers")), header.pop("levels"))
    shape = header.pop("architecture")
    module = MLP(Architecture(**{**shape, "levels": tuple(shape["levels"]), "hidden": tuple(shape["hidden"])}))
    module.load_state_dict(tensors)
    return NetEstimator(**header, columns=columns, module=module.eval())


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
    """Seed torch's global generators, on which initial weights and dropout draw, and put them back after the block."""
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    with _threads(threads), torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield
