"""How long each stage took the last time, kept beside what survives a kill: ``.cache/<competition>/times/``."""

from __future__ import annotations

import json
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


def _name(stage: str, model: str | None) -> str:
    return f"{stage}-{model}" if model else stage
