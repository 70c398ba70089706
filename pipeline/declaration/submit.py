"""``submit``: the last look before a file goes out."""

from __future__ import annotations

from pydantic import Field

from pipeline.declaration.base import Section


class Known(Section):
    """Test rows whose value is known without a model.

    Attributes
    ----------
    where : str
        A ``pandas.DataFrame.query`` expression over the cleaned columns of the test file, such as ``Open == 0``.
    value : float
        What is submitted for them.
    reason : str
        Why, for the report.
    """

    where: str
    value: float
    reason: str


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
    known : list of Known
        Rows of a regression whose value needs no model: a closed shop sells nothing. Of two rules the later one counts.
    """

    low: float | None = None
    high: float | None = None
    clip: bool = False
    decimals: int | None = Field(default=None, ge=0)
    known: list[Known] = Field(default_factory=list)
