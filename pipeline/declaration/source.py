"""``source``: where the raw files come from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.declaration.base import Section


class Files(Section):
    """The raw files' names inside the zip or folder.

    ``sample`` null means that the competition ships no sample submission and one is made from the test file's ids.
    ``solution`` names held-out answers in the sample's layout, where the source has them.
    """

    train: str = "train.csv"
    test: str = "test.csv"
    sample: str | None = "sample_submission.csv"
    solution: str | None = None


class Source(Section):
    """Where ``fetch`` looks, after the local mirror of ``COMPETITION_DATA``.

    Attributes
    ----------
    files : Files
        The raw files' names.
    path : str or None
        A zip or folder on this machine, from the project's root.
    sklearn : str or None
        A data set that scikit-learn ships.
    openml : int or None
        The id of an OpenML data set.
    kaggle : str or None
        A Kaggle competition's slug; also the name looked for under ``COMPETITION_DATA``, where the competition's
        own name serves by default.
    holdout : float
        For ``sklearn`` and ``openml``: the share of rows that becomes the test file, drawn with the competition's seed.
    delimiter : str or None
        The fields' delimiter; by default it is found out from the file.
    encoding : str
        The files' encoding.
    """

    files: Files = Field(default_factory=Files)
    path: str | None = None
    sklearn: Literal["breast_cancer", "iris", "wine", "digits", "diabetes"] | None = None
    openml: int | None = Field(default=None, ge=1)
    kaggle: str | None = None
    holdout: float = Field(default=0.25, gt=0, lt=1)
    delimiter: str | None = Field(default=None, min_length=1)
    encoding: str = "utf-8"
