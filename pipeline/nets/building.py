"""From a setting and a table to a network's shape and its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from skorch.callbacks import GradientNormClipping
from skorch.helper import predefined_split

from pipeline.models import Setting
from pipeline.nets.architecture import Architecture
from pipeline.nets.callbacks import Averaging, BestEpoch, Pace
from pipeline.nets.checkpoint import Checkpoint, key_of
from pipeline.nets.columns import Columns
from pipeline.nets.loop import TableNet
from pipeline.nets.losses import Loss
from pipeline.nets.network import Network
from pipeline.nets.numbers import find_bins
from pipeline.nets.sizes import batch_size_for, epochs_for, members_for, number_width_for
from pipeline.nets.tables import Batches, Table, count_batches

_EVALUATED_ROWS, _EVALUATED_TOGETHER = 16_384, 2_048
_NO_DECAY = ("*norm*", "*bias", "inputs.*")
_WIDE_STEP = 2**19
_SETTINGS = (
    "width",
    "layers",
    "dropout",
    "embedding_dropout",
    "residual",
    "norm",
    "activation",
    "frequency_scale",
    "buckets",
    "attention_heads",
)


def shape_for(setting: Setting, columns: Columns, table: Table) -> Architecture:
    """The settings, with what follows from the columns and the rows."""
    params, count = setting.params, len(columns.numbers)
    member = params["module"].startswith("tabm")
    width = params["number_width"] or number_width_for(count, member)
    embedded = params["numbers"] if count and width else "plain"
    heads = (params["heads"] or members_for(len(table), setting.device)) if member else 1
    return Architecture(
        numbers=count,
        levels=columns.levels,
        table=columns.table,
        outputs=max(setting.classes, 1),
        body=params["module"],
        heads=heads,
        embedded=embedded,
        number_width=params["width"] if params["module"] == "transformer" else width,
        bins=find_bins(table.numbers, params["bins"]) if embedded == "piecewise" else (),
        **{name: params[name] for name in _SETTINGS},
    )


@dataclass(frozen=True)
class Plan:
    """Everything that a training follows from.

    Parameters
    ----------
    setting : Setting
    columns : Columns
    shape : Architecture
    loss : Loss
    table, held : Table, Table or None
        The rows to train on and to stop on.
    """

    setting: Setting
    columns: Columns
    shape: Architecture
    loss: Loss
    table: Table
    held: Table | None

    @property
    def params(self) -> Mapping[str, Any]:
        """The model's settings."""
        return self.setting.params

    @property
    def batch_size(self) -> int:
        """Rows of a batch."""
        size: int = self.params["batch_size"] or batch_size_for(len(self.table), self.loss.objective.of_batches)
        return size

    @property
    def epochs(self) -> int:
        """Epochs, were the training not stopped early."""
        most: int = self.params["max_epochs"] or epochs_for(len(self.table))
        return most

    @property
    def threads(self) -> int:
        """One where a step is so small that threads would only wait for one another."""
        step = self.batch_size * self.shape.width * self.shape.heads
        return self.setting.threads if step >= _WIDE_STEP else 1

    @property
    def start(self) -> tuple[float, ...] | None:
        """The classes' log frequencies among the rows, half a row added to each; None for a value."""
        if self.setting.classes == 0:
            return None
        weight = self.table.weight.cpu().double()
        counts = torch.bincount(self.table.target.cpu(), weight, minlength=self.setting.classes) + 0.5
        return tuple((counts / counts.sum()).log().tolist())

    @property
    def key(self) -> str:
        """The name of the training's checkpoint."""
        own = (sorted(self.params.items()), self.loss.objective, self.shape, self.columns, self.threads)
        tables = [self.table] if self.held is None else [self.table, self.held]
        return key_of(tables, *own, self.setting.objective, self.setting.seed, self.setting.device, torch.__version__)


def net_for(plan: Plan) -> TableNet:
    """The net of skorch, ready to be fitted on the plan's table."""
    params, device = plan.params, plan.setting.device
    generator = torch.Generator().manual_seed(plan.setting.seed)
    return TableNet(
        Network,
        plan.loss,
        module__architecture=plan.shape,
        module__start=plan.start,
        objective=plan.setting.objective,
        mixed=device == "cuda" and torch.cuda.is_bf16_supported(),
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=params["weight_decay"],
        optimizer__fused=True,
        optimizer__param_groups=[(name, {"weight_decay": 0.0}) for name in _NO_DECAY],
        max_epochs=plan.epochs,
        iterator_train=Batches,
        iterator_train__batch_size=plan.batch_size,
        iterator_train__generator=generator,
        iterator_valid=Batches,
        iterator_valid__batch_size=_EVALUATED_TOGETHER if plan.loss.objective.of_batches else _EVALUATED_ROWS,
        train_split=None if plan.held is None else predefined_split(plan.held),
        callbacks=_callbacks(plan, generator),
        callbacks__epoch_timer=None,
        callbacks__print_log=None,
        callbacks__train_loss=None,
        callbacks__valid_loss=None,
        device=device,
        verbose=0,
    )


def _callbacks(plan: Plan, generator: torch.Generator) -> list[tuple[str, Any]]:
    """What happens beside the steps; the checkpoint comes last, when the others have begun or ended an epoch."""
    params, rows = plan.params, len(plan.table)
    steps = plan.epochs * count_batches(rows, plan.batch_size)
    found: list[tuple[str, Any]] = [
        ("clip", GradientNormClipping(params["clip"])),
        ("pace", Pace(params["learning_rate"], steps, params["warm_up"])),
    ]
    if params["ema"]:
        found.append(("averaging", Averaging(params["ema"])))
    if plan.held is not None:
        found.append(("best", BestEpoch(params["patience"])))
    if plan.setting.checkpoints is not None:
        path = plan.setting.checkpoints / f"{plan.key}.safetensors"
        found.append(("checkpoint", Checkpoint(path, rows, generator)))
    return found
