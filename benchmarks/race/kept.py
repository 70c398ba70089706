"""Peers' predictions of earlier races, so that Podium can be raced again without running them again.

A peer that got the same files, the same seconds and the same versions would do the same work: its predictions and what
they cost are kept under ``.cache/race/kept/``, named by a hash of all of these.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from benchmarks.race.contestants import Run
from benchmarks.race.course import ROOT

FOLDER = ROOT / ".cache" / "race" / "kept"
PEERS = Path(__file__).resolve().parent / "peers"


def key_of(name: str, data: Path, seconds: int, cores: int) -> str:
    """The race that a peer ran: its files, its seconds and cores, its versions and its quick start."""
    digest = hashlib.sha256(f"{name} {seconds} {cores}".encode())
    own = [PEERS / "requirements" / f"{name}.txt", PEERS / f"run_{name}.py", PEERS / "files.py"]
    for file in [*sorted(data.iterdir()), *own]:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return f"{name}-{digest.hexdigest()[:16]}"


def keep(run: Run, key: str, folder: Path = FOLDER) -> None:
    """Store a run's predictions and facts, or why it has none."""
    folder.mkdir(parents=True, exist_ok=True)
    if run.prediction is not None:
        np.save(folder / f"{key}.npy", run.prediction)
    (folder / f"{key}.json").write_text(json.dumps(asdict(replace(run, prediction=None))), encoding="utf-8")


def kept(key: str, folder: Path = FOLDER) -> Run | None:
    """The run of that name; None where there was none."""
    facts, prediction = folder / f"{key}.json", folder / f"{key}.npy"
    if not facts.exists():
        return None
    run = Run(**json.loads(facts.read_text(encoding="utf-8")))
    return replace(run, prediction=np.load(prediction)) if prediction.exists() else run
