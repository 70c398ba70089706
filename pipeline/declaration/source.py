"""``source``: where the raw files come from."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section


class Files(Section):
    """The raw files' names inside the zip or folder.

    Attributes
    ----------
    train : str
        The training rows.
    test : str or None
        The rows to predict; null means that the training file holds them too: those without a target.
    labels : str or None
        A file with the target of the training rows, joined on the columns that it shares with ``train``.
    sample : str or None
        The sample submission; null means that the competition ships none and one is made from the test file's ids.
    solution : str or None
        Held-out answers in the sample's layout, where the source has them.
    """

    train: str = "train.csv"
    test: str | None = "test.csv"
    labels: str | None = None
    sample: str | None = "sample_submission.csv"
    solution: str | None = None

    @property
    def tested(self) -> str:
        """The file that holds the test rows."""
        return self.test or self.train


class KaggleSource(Section):
    """What Kaggle is asked for: a competition, written ``kaggle: slug``, or a data set, which has no leaderboard.

    Attributes
    ----------
    competition : str or None
        The competition's slug, as in its address.
    dataset : str or None
        A data set's owner and name, as in its address: ``owner/name``, or ``owner/name/3`` for its third version.
    table : str or None
        The one table of the data set that becomes train and test file, as ``holdout`` says; by default it holds the
        files that ``files`` names.
    """

    competition: str | None = None
    dataset: str | None = None
    table: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_slug(cls, content: Any) -> Any:
        if content is None:
            return {}
        return content if isinstance(content, dict | KaggleSource) else {"competition": content}

    @model_validator(mode="after")
    def _one_of_both(self) -> KaggleSource:
        if self.dataset is not None and not re.fullmatch(r"[\w-]+/[\w.-]+(/[1-9]\d*)?", self.dataset, re.ASCII):
            raise ValueError(f"dataset must be owner/name or owner/name/version; got {self.dataset!r}")
        if self.dataset is not None and self.competition is not None:
            raise ValueError("dataset has no effect beside competition")
        if self.table is not None and self.dataset is None:
            raise ValueError("table has no effect without dataset")
        return self

    @property
    def asked(self) -> str | None:
        """What is asked for, a competition's slug or a data set's owner and name; None for neither."""
        return self.dataset or self.competition

    @property
    def mirrored(self) -> str | None:
        """The name that a mirror's zip or folder has: the competition's slug, or the data set's name."""
        return self.dataset.split("/")[1] if self.dataset else self.competition


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
    kaggle : KaggleSource
        A Kaggle competition's slug, or a data set there; also the name looked for under ``COMPETITION_DATA``, where
        the competition's own name serves by default.
    holdout : float
        For ``sklearn``, ``openml`` and one table of a Kaggle data set: the share of rows that becomes the test file,
        drawn with the competition's seed.
    delimiter : str or None
        The fields' delimiter; by default it is found out from the file.
    encoding : str
        The files' encoding.
    """

    files: Files = Field(default_factory=Files)
    path: str | None = None
    sklearn: Literal["breast_cancer", "iris", "wine", "digits", "diabetes"] | None = None
    openml: int | None = Field(default=None, ge=1)
    kaggle: KaggleSource = Field(default_factory=KaggleSource)
    holdout: float = Field(default=0.25, gt=0, lt=1)
    delimiter: str | None = Field(default=None, min_length=1)
    encoding: str = "utf-8"

    @model_validator(mode="after")
    def _library_has_a_test_file(self) -> Source:
        if (self.sklearn or self.openml) and (self.files.test is None or self.files.labels):
            raise ValueError("files.test and files.labels keep their defaults with sklearn and openml")
        return self
