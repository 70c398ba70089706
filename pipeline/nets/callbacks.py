"""What happens beside the steps of a training: the pace, the averaged weights, the best epoch."""

from __future__ import annotations

import math
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class StopTraining(Exception):
    """No better epoch is to be expected."""


class Pace(Callback):
    """The learning rate by step: it warms up on a line, then falls along a cosine to 0.

    Parameters
    ----------
    highest : float
        The learning rate at the end of the warm-up.
    steps : int
        Of the whole training, were it not stopped early.
    warm_up : float in [0, 1)
        The share of the steps that warm up.
    """

    def __init__(self, highest: float, steps: int, warm_up: float) -> None:
        self.highest, self.steps, self.warm_up = highest, steps, warm_up

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Begin at the first step."""
        self.step_ = 0

    def on_batch_begin(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        """Set the step's learning rate."""
        if training:
            for group in net.optimizer_.param_groups:
                group["lr"] = self.highest * self.share(self.step_)
            self.step_ += 1

    def share(self, step: int) -> float:
        """The share of the highest learning rate that a step, counted from 0, has."""
        rising = self.warm_up * self.steps
        if step < rising:
            return (step + 1) / (rising + 1)
        return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1.0, self.steps - rising)))


class Averaging(Callback):
    """An exponential moving average of the weights, which is what is evaluated and kept.

    Parameters
    ----------
    decay : float in (0, 1)
        The share of the average that a step keeps.
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Begin with the weights as they are."""
        self.average_ = AveragedModel(net.module_, multi_avg_fn=get_ema_multi_avg_fn(self.decay)).eval()

    def on_batch_end(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        """Move the average towards the step's weights."""
        if training:
            self.average_.update_parameters(net.module_)


class BestEpoch(Callback):
    """Keeps the weights of the epoch with the least loss on the stopping rows, and stops when it stays the best.

    skorch's own callback stops by a ``KeyboardInterrupt``, which the loop then swallows, the user's too.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Forget an earlier training."""
        self.loss_, self.epoch_ = float("inf"), 0
        self.losses_: list[float] = []
        self.weights_: dict[str, Tensor] = {}

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Compare the epoch with the best one."""
        loss = net.history[-1, "valid_loss"]
        self.losses_.append(loss)
        if loss < self.loss_:
            self.loss_, self.epoch_ = loss, net.epochs_
            self.weights_ = {name: value.clone() for name, value in net.judged.state_dict().items()}
        elif net.epochs_ - self.epoch_ >= self.patience:
            raise StopTraining

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Put the best epoch's weights back."""
        if self.weights_:
            net.judged.load_state_dict(self.weights_)
