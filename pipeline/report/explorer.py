"""The threshold explorer: what the page needs to show any threshold's matrix and rates without asking anyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.evaluation.scored import ENSEMBLE


def content(thresholds: pd.DataFrame, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The ensemble's counts at every threshold, the classes' names, and where the explorer starts.

    It starts at the submission's own threshold where there is one, else where F1 is highest.
    """
    own = thresholds[thresholds["model"] == ENSEMBLE]
    decision = facts["decision"]
    used = float(decision["values"][0]) if decision["kind"] == "threshold" else None
    places = own["threshold"].to_numpy()
    start = int(abs(places - used).argmin()) if used is not None else int(own["f1"].to_numpy().argmax())
    counts = {name: own[name].astype(int).tolist() for name in ("tp", "fp", "fn", "tn")}
    return counts | {"thresholds": own["threshold"].round(2).tolist(), "start": start, "used": used}
