"""One figure on the page, with the words that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ALL_CLASSES, ENSEMBLE
from pipeline.report.captions import CAPTIONS, TITLES

Tables = Mapping[str, pd.DataFrame]
Facts = Mapping[str, Any]

UNITS = {"log1p": "log(1 + {})", "log": "log {}"}


@dataclass(frozen=True)
class Exhibit:
    """One figure on the page.

    Parameters
    ----------
    id : str
        Its name in the page, which its title and its caption go by.
    figure : Figure
        The figure.
    alt : str
        What it says, for those who do not see it.
    more : str
        Added to the caption.
    wide : bool
        Whether it takes the whole width on a large screen.
    names : mapping of str to str
        What the caption's blanks are filled with.
    """

    id: str
    figure: go.Figure = field(repr=False)
    alt: str
    more: str = ""
    wide: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def picks(self) -> list[str]:
        """What the reader may pick one of; nothing where the figure shows all it has."""
        return list((self.figure.layout.meta or {}).get("picks", {}))

    @property
    def title(self) -> str:
        """What it shows."""
        return TITLES[self.id]

    @property
    def caption(self) -> str:
        """How to read it."""
        return CAPTIONS[self.id].format(**self.names) + self.more


def unit_of(facts: Facts) -> str:
    """What residuals are of: the target, on the metric's own scale."""
    return UNITS.get(facts["transform"], "{}").format(facts["target"])


def ensembles_own(table: pd.DataFrame) -> pd.DataFrame:
    """The ensemble's lines; with several classes, those of all classes pooled."""
    own = table[table["model"] == ENSEMBLE]
    if "label" in own and (own["label"] == ALL_CLASSES).any():
        return own[own["label"] == ALL_CLASSES]
    return own
