"""A trained network as one safetensors file, whose header holds everything else in JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pipeline.nets.architecture import Architecture
from pipeline.nets.columns import Columns
from pipeline.nets.estimator import NetEstimator
from pipeline.nets.network import Network
from pipeline.nets.objectives import Objective

_FACTS = ("objective", "classes", "threads", "mean", "scale", "rounds", "gamma")


def save(model: NetEstimator, path: Path) -> None:
    """Store a network: its tensors, its architecture, its columns and the target's scale."""
    from safetensors.torch import save_file

    if model.columns is None or model.module is None:
        raise RuntimeError("a network is stored only after fit")
    header = {
        **{name: getattr(model, name) for name in _FACTS},
        "columns": model.columns.to_state(),
        "architecture": asdict(model.module.architecture),
        "loss": asdict(model.loss),
    }
    tensors = {name: value.cpu().contiguous() for name, value in model.module.state_dict().items()}
    save_file(tensors, path, metadata={"podium": json.dumps(header, ensure_ascii=False)})


def restore(path: Path) -> NetEstimator:
    """Read a stored network, onto the CPU; nothing in the file is executed."""
    from safetensors import safe_open

    with safe_open(path, framework="pt", device="cpu") as file:
        header = json.loads(file.metadata()["podium"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    module = Network(Architecture.from_state(header["architecture"]))
    module.load_state_dict(tensors)
    columns, loss = Columns.from_state(header["columns"]), Objective(**header["loss"])
    facts = {name: header[name] for name in _FACTS}
    return NetEstimator(**facts, columns=columns, module=module.eval(), loss=loss)
