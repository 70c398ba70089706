"""A table cut by model, in the order that lines are drawn in."""

from __future__ import annotations

import pandas as pd

from pipeline.evaluation.scored import ENSEMBLE


def ensemble_last(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each model's lines, the ensemble's last, so that its curve lies on top."""
    parts = [(str(model), part) for model, part in table.groupby("model", sort=False)]
    return sorted(parts, key=lambda pair: pair[0] == ENSEMBLE)
