"""Which two submissions to pick as finals: the best by cross-validation, and the most different of those as good.

A second final is an insurance. One that is as good as the best as far as cross-validation can tell, within the best
one's standard error, and answers most differently, insures best; one chosen by its public score insures against
nothing, since the public rows are few and were looked at often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.ledger.agreement import alike
from pipeline.ledger.entry import Entry

ROUNDING = 1 + 1e-9


@dataclass(frozen=True)
class Finals:
    """The two to pick, and why.

    Parameters
    ----------
    first : Entry or None
        The best by cross-validation; None where nothing was sent.
    second : Entry or None
        The other one; None where there is none.
    apart : float or None
        How different they are, as ``submission.compare.difference`` says it; None where that is not known.
    reason : str
        Why the second one was taken, or why there is none.
    """

    first: Entry | None
    second: Entry | None
    apart: float | None
    reason: str


def pick_finals(
    entries: Sequence[Entry], greater_is_better: bool, apart: Callable[[Entry, Entry], float | None]
) -> Finals:
    """The two to pick among the entries whose scores compare.

    Parameters
    ----------
    apart : callable
        ``apart(a, b) -> float or None``: how different two submissions are, None where a copy is not here.
    """
    known = alike(entries)
    if not known:
        return Finals(None, None, None, "nothing was sent yet")
    ordered = sorted(known, key=lambda entry: -entry.cv if greater_is_better else entry.cv)
    first, rest = ordered[0], ordered[1:]
    if not rest:
        return Finals(first, None, None, "no other submission is scored on the same folds")
    near = [entry for entry in rest if abs(entry.cv - first.cv) <= (first.se or 0.0) * ROUNDING]
    if not near:
        return Finals(
            first, rest[0], apart(first, rest[0]), "the second best: none is within a standard error of the best"
        )
    far = [(distance, entry) for entry in near if (distance := apart(first, entry)) is not None]
    if not far:
        return Finals(first, near[0], None, "the second best: no copies are here to tell how different they are")
    distance, second = max(far, key=lambda pair: pair[0])
    missing = len(near) - len(far)
    reason = f"the most different of {len(far)} within a standard error of the best"
    return Finals(first, second, distance, reason + (f" ({missing} more have no copy here)" if missing else ""))
