"""Learning curves: how each fit went on its stopping rows, in few enough points to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.models import Curve

CurveFacts = dict[str, Any]  # as ``curve_facts`` gives them

POINTS = 60
_TYPES = {"member": "str", "fold": "str", "repeat": "int64", "round": "int64", "measure": "str", "value": "float64"}
_EMPTY = pd.DataFrame({name: [] for name in (*_TYPES, "kept")}).astype({**_TYPES, "kept": "bool"})


def curve_facts(curve: Curve | None, kept: int | None) -> CurveFacts | None:
    """A curve as JSON: ``measure``, ``rounds``, ``values`` and which round was ``kept``; None where there is none.

    Parameters
    ----------
    kept : int or None
        The rounds at which the fit stopped.
    """
    if curve is None:
        return None
    rounds = drawn_rounds(len(curve.values), kept)
    values = [float(curve.values[number - 1]) for number in rounds]
    return {"measure": curve.measure, "rounds": rounds, "values": values, "kept": kept}


def drawn_rounds(rounds: int, kept: int | None) -> list[int]:
    """At most 120 of so many rounds: close together at first, where most happens, then even; and the one kept.

    >>> drawn_rounds(4, 3)
    [1, 2, 3, 4]
    """
    spread = np.concatenate([np.geomspace(1, rounds, POINTS), np.linspace(1, rounds, POINTS)])
    own = set(np.rint(spread).astype(int).tolist())
    return sorted(own | ({kept} if kept is not None and 1 <= kept <= rounds else set()))


def curve_table(members: Mapping[str, Mapping[str, Sequence[Mapping[str, Any] | None]]]) -> pd.DataFrame:
    """The curves as ``curve_facts`` gives them, by member, fold and repeat, as one table.

    Returns
    -------
    DataFrame
        ``member``, ``fold``, ``repeat``, ``round`` (from 1), ``measure``, ``value``, ``kept`` (the last round that the
        model keeps); without lines where no member has a curve.
    """
    parts = [
        _lines(curve).assign(member=member, fold=fold, repeat=repeat)
        for member, folds in members.items()
        for fold, repeats in folds.items()
        for repeat, curve in enumerate(repeats)
        if curve is not None
    ]
    return pd.concat([_EMPTY, *parts], ignore_index=True)


def _lines(curve: Mapping[str, Any]) -> pd.DataFrame:
    lines = pd.DataFrame({"round": curve["rounds"], "measure": curve["measure"], "value": curve["values"]})
    return lines.assign(kept=lines["round"] == curve["kept"])
