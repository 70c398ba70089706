"""What stacks of stacks have in common: the mean of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.ensembles import Blend, Members, Problem


@dataclass(frozen=True)
class Layered:
    """The mean of second-layer models.

    Parameters
    ----------
    parts : tuple of Blend
        One at least.
    problem : Problem
        For the scale.
    note : str
        What a guard found.
    weights : mapping of str to float
        The linear stack's, where it stands alone.
    """

    parts: tuple[Blend, ...]
    problem: Problem
    note: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)

    def predict(self, members: Members) -> np.ndarray:
        """The parts' mean, on the problem's scale."""
        return mean_of([part.predict(members) for part in self.parts], self.problem)


def mean_of(parts: list[np.ndarray], problem: Problem) -> np.ndarray:
    """Predictions' mean, on the problem's scale."""
    return problem.from_scale(np.mean([problem.to_scale(p) for p in parts], axis=0))
