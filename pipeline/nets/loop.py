"""skorch's loop on tables: weighted losses, members judged together, mixed precision on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from skorch import NeuralNet
from torch import Tensor, nn

from pipeline.nets.callbacks import StopTraining
from pipeline.nets.network import together
from pipeline.nets.tables import Batches, Table


class TableNet(NeuralNet):
    """skorch's net with a weighted loss, fed from tables on the device; an interrupt by the user goes through.

    Parameters
    ----------
    objective : {"binary", "multiclass", "regression"}
        How the members of a network are put together when they are judged.
    mixed : bool
        Whether products of matrices are taken in bfloat16; for a GPU that has it.
    """

    def __init__(self, *args: Any, objective: str = "regression", mixed: bool = False, **kwargs: Any) -> None:
        self.objective, self.mixed = objective, mixed
        super().__init__(*args, **kwargs)

    @property
    def judged(self) -> nn.Module:
        """The network that is evaluated and kept: the average of the weights, where one is taken."""
        averaging = dict(self.callbacks_).get("averaging")
        return self.module_ if averaging is None else averaging.average_.module

    def infer(self, x: dict[str, Tensor], **fit_params: Any) -> Tensor:
        """Every member's scores, from the averaged weights outside training."""
        module = self.module_ if self.module_.training else self.judged
        with torch.autocast("cuda", torch.bfloat16, enabled=self.mixed):
            return module(**x).float()

    def get_loss(
        self, y_pred: Tensor, y_true: tuple[Tensor, Tensor], X: Any = None, training: bool = False, **kwargs: Any
    ) -> Tensor:
        """A batch's loss: in training the mean over the members', outside it that of the members together."""
        return self.criterion_(y_pred if training else together(y_pred, self.objective), *y_true)

    def run_single_epoch(
        self,
        iterator: Batches | None,
        training: bool,
        prefix: str,
        step_fn: Callable[..., dict[str, Any]],
        **params: Any,
    ) -> None:
        """One pass over the batches; their losses are added up on the device, which is waited for once."""
        if iterator is None:
            return
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **params)
            total += step["loss"].detach() * len(batch[1][0])
            self.notify("on_batch_end", batch=batch, training=training, **step)
        self.history.record(f"{prefix}_loss", total.item() / len(iterator.table))

    def partial_fit(self, X: Table, y: None = None, classes: None = None, **fit_params: Any) -> TableNet:
        """Train until the last epoch, or until a callback raises ``StopTraining``; a checkpoint may shorten the way."""
        if not self.initialized_:
            self.initialize()
        self.epochs_ = 0
        self.notify("on_train_begin", X=X, y=y)
        with suppress(StopTraining):
            self.fit_loop(X, epochs=self.max_epochs - self.epochs_)
        self.notify("on_train_end", X=X, y=y)
        return self

    def on_epoch_begin(self, net: NeuralNet, *args: Any, **kwargs: Any) -> None:
        """Count the epoch, those before a checkpoint among them."""
        super().on_epoch_begin(net, *args, **kwargs)
        self.epochs_ += 1
