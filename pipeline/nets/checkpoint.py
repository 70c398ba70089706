"""A training that survives a kill: its whole state after an epoch, as safetensors with JSON in the header."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from torch import Tensor

from pipeline.nets.tables import Table

ROWS_APART = 200_000


class Checkpoint(Callback):
    """Writes the state at the end of epochs, and takes a training up where the file left it.

    Weights, their average, the best ones, the optimiser's moments, every generator's state and the counters are in
    it, so the training goes on to the same bytes. Short epochs share a checkpoint: it is written after the first epoch
    that brings 200,000 more rows.

    Parameters
    ----------
    path : Path
        The file, named by everything that determines the training.
    rows : int
        Of an epoch.
    generator : torch.Generator
        Draws the batches' order.
    """

    def __init__(self, path: Path, rows: int, generator: torch.Generator) -> None:
        self.path, self.rows, self.generator = path, rows, generator

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Go on from the file, where there is one; the other callbacks have begun before."""
        self.every_ = max(1, round(ROWS_APART / self.rows))
        if self.path.exists():
            restore_training(net, self.path, self.generator)

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Write the state; an epoch that ends the training early is not written."""
        if net.epochs_ % self.every_ == 0:
            write_training(net, self.path, self.generator)


def key_of(tables: list[Table], *parts: Any) -> str:
    """A name for a training: the hash of its rows and of whatever else determines it."""
    digest = sha256(repr(parts).encode())
    for table in tables:
        for tensor in (table.numbers, table.codes, table.target, table.weight):
            digest.update(repr(tensor.shape).encode())
            digest.update(tensor.cpu().contiguous().numpy())
    return digest.hexdigest()[:24]


def write_training(net: NeuralNet, path: Path, generator: torch.Generator) -> None:
    """Write a training's state; the file appears whole or not at all."""
    from safetensors.torch import save_file

    callbacks = dict(net.callbacks_)
    best, averaging = callbacks.get("best"), callbacks.get("averaging")
    state = net.optimizer_.state_dict()["state"]
    parts: dict[str, dict[str, Tensor]] = {
        "module": net.module_.state_dict(),
        "average": averaging.average_.state_dict() if averaging else {},
        "best": best.weights_ if best else {},
        "moments": {f"{number}.{name}": value for number, own in state.items() for name, value in own.items()},
        "random": _random_states(net.device, generator),
    }
    tensors = {f"{part}/{name}": t.cpu().clone().contiguous() for part, own in parts.items() for name, t in own.items()}
    counters: dict[str, Any] = {"epochs": net.epochs_, "step": callbacks["pace"].step_}
    counters |= {"loss": best.loss_, "best": best.epoch_, "losses": best.losses_} if best else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    save_file(tensors, aside, metadata={"podium": json.dumps(counters)})
    aside.replace(path)


def restore_training(net: NeuralNet, path: Path, generator: torch.Generator) -> None:
    """Take up the state that ``write_training`` wrote."""
    from safetensors import safe_open

    with safe_open(path, framework="pt", device="cpu") as file:
        counters = json.loads(file.metadata()["podium"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping

    def part(name: str) -> dict[str, Tensor]:
        return {key.removeprefix(f"{name}/"): t for key, t in tensors.items() if key.startswith(f"{name}/")}

    callbacks = dict(net.callbacks_)
    net.module_.load_state_dict(part("module"))
    if averaging := callbacks.get("averaging"):
        averaging.average_.load_state_dict(part("average"))
    moments: dict[int, dict[str, Tensor]] = {}
    for key, tensor in part("moments").items():
        number, _, name = key.partition(".")
        moments.setdefault(int(number), {})[name] = tensor
    net.optimizer_.load_state_dict({"state": moments, "param_groups": net.optimizer_.state_dict()["param_groups"]})
    net.epochs_, callbacks["pace"].step_ = counters["epochs"], counters["step"]
    if best := callbacks.get("best"):
        best.loss_, best.epoch_, best.losses_ = counters["loss"], counters["best"], counters["losses"]
        best.weights_ = {name: value.to(net.device) for name, value in part("best").items()}
    _set_random_states(net.device, generator, part("random"))


def _random_states(device: str, generator: torch.Generator) -> dict[str, Tensor]:
    states = {"batches": generator.get_state(), "cpu": torch.get_rng_state()}
    return states | ({"cuda": torch.cuda.get_rng_state()} if device == "cuda" else {})


def _set_random_states(device: str, generator: torch.Generator, states: dict[str, Tensor]) -> None:
    generator.set_state(states["batches"])
    torch.set_rng_state(states["cpu"])
    if device == "cuda":
        torch.cuda.set_rng_state(states["cuda"])
