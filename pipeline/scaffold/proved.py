"""Features that a trial proves: how often a number stands, sums, arithmetic, differences from a level's mean, turns.

No column's name tells that such a feature is worth it, so boosted trees are asked, with it and without it. Only what
is sure stays, and the declaration says by how much. Where test rows come later or are of other groups, folds at random
would flatter, and nothing is tried.

References
----------
Zhang, Zhang, Fan, Luo, Liu, Liu, Cao, Li, "OpenFE: automated feature generation with expert-level performance", ICML
2023, for judging candidates by what they add to a boosted base model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipeline.scaffold import proposals
from pipeline.scaffold.asked import Asked
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.proposals import Proposal

if TYPE_CHECKING:
    import numpy as np

    from pipeline.scaffold.trial import Trial

WORTH, KEPT = 0.1, 0.8  # of the best entry's gain, and of the whole proposal's
KINDS = (
    proposals.names,
    proposals.counts,
    proposals.row_statistics,
    proposals.arithmetic,
    proposals.groups,
    proposals.components,
)


@dataclass(frozen=True)
class Proved:
    """What a trial has proved.

    Parameters
    ----------
    counts : guess of list of str, or None
        Columns of numbers whose counts tell of the target.
    sections : mapping of str to guess
        The other keys of ``features``.
    names : list of str or None
        Which of the whole numbers that may be names are; None where that was not tried.
    """

    counts: Guess[list[str]] | None = None
    sections: Mapping[str, Guess[list[dict[str, Any]]]] = field(default_factory=dict)
    names: list[str] | None = None

    @property
    def reasons(self) -> dict[str, str]:
        """What each is worth, by its key in ``features``."""
        counted = {"counts": self.counts.why} if self.counts else {}
        return counted | {key: guess.why for key, guess in self.sections.items()}


def prove(asked: Asked) -> Proved:
    """Try what is proposed, one kind after the other, each on top of what is proved."""
    if not asked.worth_it or asked.y is None:
        return Proved()
    from pipeline.scaffold.trial import Trial

    seen = {*asked.numbers, *asked.levels}
    trial = Trial({name: asked.column(name) for name in asked.looks if name in seen}, asked.y, asked.task)
    found: dict[str, Guess[list[Any]]] = {}
    for kind in KINDS:
        for proposal in kind(asked, trial):
            trial, guess = _tried(trial, proposal)
            if guess:
                before = found.get(proposal.key, Guess([], guess.why))
                found[proposal.key] = Guess([*before.value, *guess.value], before.why)
    names = found.pop("names", None)
    return Proved(found.pop("counts", None), found, names.value if names else [])


def _tried(trial: Trial, proposal: Proposal) -> tuple[Trial, Guess[list[Any]] | None]:
    """The trial to go on from, and what of the proposal is proved: the entries that carry a good part of the gain.

    Columns of noise can help trees too, as they leave others out of more splits. So a proposal must also do better than
    its control, or else its own columns with the rows' values dealt out anew.
    """
    if not proposal.entries:
        return trial, None
    tried = trial.with_columns(proposal.columns)
    control = proposal.control or _dealt_anew(proposal.columns)
    gain = tried.gain_over(trial)
    if not gain.sure or not tried.gain_over(trial.with_columns(control)).sure:
        return trial, None
    gains = [max(tried.gains[name] for name in made) for _, made in proposal.entries]
    kept = [entry for entry, each in zip(proposal.entries, gains, strict=True) if each >= WORTH * max(gains)]
    fewer = trial.with_columns(replace(proposal, entries=kept).columns) if len(kept) < len(gains) else tried
    without = fewer.gain_over(trial)
    if without.sure and without.mean >= KEPT * gain.mean:
        tried, gain = fewer, without
    else:
        kept = proposal.entries
    why = f"{proposal.what}: with it boosted trees lose {gain} less, in folds of the training rows"
    return tried, Guess([entry for entry, _ in kept], why)


def _dealt_anew(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns with their rows in another order, the same one for all."""
    import numpy as np

    order = np.random.default_rng(1).permutation(len(next(iter(columns.values()))))
    return {name: values[order] for name, values in columns.items()}
