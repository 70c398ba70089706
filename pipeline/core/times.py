"""How long each stage took the last time, kept beside what survives a kill: ``.cache/<competition>/times/``."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, write_json


def remember(paths: Paths, stage: str, model: str | None, seconds: float, peak_mib: float) -> None:
    """Write down what one call of a stage took: seconds, and its peak memory in MiB."""
    content = {
        "seconds": round(seconds, 3),
        "peak_mib": round(peak_mib, 1),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_json(content, paths.cache("times") / f"{_name(stage, model)}.json")


def last_seconds(paths: Paths, stage: str, model: str | None = None) -> float | None:
    """What the stage took last time on this machine; None where it is not known."""
    path = paths.cache("times") / f"{_name(stage, model)}.json"
    try:
        return float(read_json(path)["seconds"]) if path.exists() else None
    except (json.JSONDecodeError, KeyError, TypeError):
        return None  # a damaged note is no reason to stop a run


def all_times(paths: Paths) -> dict[str, dict[str, float]]:
    """``seconds`` and ``peak_mib`` of each stage's last call on this machine, by stage (and model), sorted by name."""
    found = {}
    for path in sorted(paths.cache("times").glob("*.json")):
        with suppress(json.JSONDecodeError, KeyError, TypeError):
            note = read_json(path)
            found[path.stem] = {"seconds": float(note["seconds"]), "peak_mib": float(note["peak_mib"])}
    return found


def _name(stage: str, model: str | None) -> str:
    return f"{stage}-{model}" if model else stage
