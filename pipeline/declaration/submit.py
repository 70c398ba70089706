"""``submit``: the last look before a file goes out."""

from __future__ import annotations

from pydantic import Field

from pipeline.declaration.base import Section


class Submit(Section):
    """How predictions become the submission.

    Attributes
    ----------
    low, high : float or None
        The range of allowed predictions; a value outside it is refused unless ``clip`` is true.
    clip : bool
        Whether values are put into the range instead of being refused.
    decimals : int or None
        Digits after the point; by default as many as it takes to read the same number again.
    """

    low: float | None = None
    high: float | None = None
    clip: bool = False
    decimals: int | None = Field(default=None, ge=0)
