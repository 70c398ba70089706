"""One thing that the audit found, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """A warning of the audit.

    Parameters
    ----------
    kind : str
        ``leak``, ``train_only``, ``order``, ``adversarial``, ``drift``, ``unseen``, ``duplicates``, ``constant``,
        ``twin``, ``id_like``, ``outliers``, ``leave_one_out``, ``forward``, ``covariate_shift``, ``label_shift`` or
        ``concept_shift``.
    column : str
        The column; empty where it is about rows.
    what : str
        What was found, with its number.
    advice : str
        What to do about it.
    """

    kind: str
    column: str
    what: str
    advice: str

    def to_json(self) -> dict[str, str]:
        """The finding as ``audit.json`` holds it."""
        return asdict(self)
