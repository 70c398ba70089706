"""A network trained by a plain loop of PyTorch's: the same module, batches, optimiser and schedule, without skorch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from benchmarks.fits.bare import Bare, Data
from pipeline.models import Setting
from pipeline.nets.building import shape_for
from pipeline.nets.columns import Columns
from pipeline.nets.network import Network
from pipeline.nets.tables import Table

_EVALUATED_ROWS = 16_384


@dataclass(frozen=True)
class Inputs:
    """A frame's columns, and its numbers and codes as tensors."""

    columns: Columns
    numbers: Tensor
    codes: Tensor


def _ready(X: pd.DataFrame) -> Inputs:
    columns = Columns.of(X)
    return Inputs(columns, *columns.tensors(X, "cpu"))


def _fit(setting: Setting, training: Data, stopping: Data | None) -> Network:
    torch.manual_seed(setting.seed)
    torch.set_num_threads(setting.threads)
    inputs, y, params = training.X, torch.tensor(training.y), setting.params
    table = Table(inputs.numbers, inputs.codes, y, torch.ones(len(y)))
    net = Network(shape_for(setting, inputs.columns, table))
    batches = max(1, round(len(y) / params["batch_size"]))
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=params["learning_rate"], weight_decay=params["weight_decay"], fused=True
    )
    pace = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, params["max_epochs"] * batches)
    for _ in range(params["max_epochs"]):
        net.train()
        for index in torch.tensor_split(torch.randperm(len(y)), batches):
            optimiser.zero_grad()
            scores = net(inputs.numbers[index], inputs.codes[index])
            loss = cross_entropy(scores.flatten(0, 1), y[index].repeat_interleave(scores.shape[1]))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), params["clip"])
            optimiser.step()
            pace.step()
        if stopping is not None:
            _loss(net, stopping)
    return net.eval()


def _loss(net: Network, held: Data) -> float:
    """The loss on the stopping rows."""
    scores = torch.tensor(_predict(net, held.X))
    return float(-scores.gather(1, torch.tensor(held.y)[:, None]).log().mean())


def _predict(net: Network, X: Inputs) -> np.ndarray:
    net.eval()
    rows = max(1, _EVALUATED_ROWS // net.architecture.heads)
    with torch.inference_mode():
        parts: Any = zip(X.numbers.split(rows), X.codes.split(rows), strict=True)
        return torch.cat([torch.softmax(net(*part).double(), dim=2).mean(dim=1) for part in parts]).numpy()


NET = Bare(_ready, _fit, _predict)
