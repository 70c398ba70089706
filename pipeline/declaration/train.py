"""``train``: what holds for every model's training, and exceptions by model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from pipeline.core.errors import nearest
from pipeline.declaration.base import Section

INVERSE_SQUARE = "inverse_square"


class ShiftWeights(Section):
    """Weights for rows that are like test rows, by a classifier that tells test from training rows.

    Attributes
    ----------
    clip : float
        The most that a row may count, as a multiple of a row whose like is as frequent in both files.
    leave_out : list of str
        Features that the classifier does not see, such as those that tell the time, by which any test row that comes
        later is known.
    """

    clip: float = Field(default=10.0, gt=1)
    leave_out: list[str] = Field(default_factory=list)


class PseudoLabels(Section):
    """Test rows that a fold's model labels, for a second model of the fold to be fitted on too.

    Attributes
    ----------
    share : float or None
        The share of the test rows that are labelled: of the rows that are called each class the surest; of values
        those on which the repeats differ least, which takes ``train.repeats`` of at least 2. By default half of them
        for classes, and all of them for values.
    weight : float
        How much a labelled row counts beside a mean training row.
    labels : {"auto", "hard", "soft"}
        For classes: the likeliest one, or each of them by its probability. ``auto``: the likeliest one where the metric
        scores labels; rare classes' probabilities would suffer from it.
    """

    share: float | None = Field(default=None, gt=0, le=1)
    weight: float = Field(default=0.5, gt=0)
    labels: Literal["auto", "hard", "soft"] = "auto"


class ModelTraining(Section):
    """What one model does otherwise than the rest.

    Attributes
    ----------
    oversample : bool or None
        Whether it eats the synthetic rows; by default its card says.
    repeats : int or None
        Models per fold; by default those of ``train.repeats``.
    variants : int, list of mappings or None
        How many settings of its portfolio; or changes to the declared settings, one further variant each.
    device : {"auto", "cpu", "cuda"} or None
        Where it is fitted; by default as ``train.device`` says.
    shift_weights, pseudo_labels : bool
        Whether it is fitted with them, where they are declared; a model that takes no row weights must not be.
    """

    oversample: bool | None = None
    repeats: int | None = Field(default=None, ge=1)
    variants: int | list[dict[str, Any]] | None = None
    device: Literal["auto", "cpu", "cuda"] | None = None
    shift_weights: bool = True
    pseudo_labels: bool = True

    @field_validator("variants")
    @classmethod
    def _at_least_one(cls, variants: int | list[dict[str, Any]] | None) -> int | list[dict[str, Any]] | None:
        if isinstance(variants, int) and variants < 1:
            raise ValueError(f"must be an integer of at least 1, or a list of settings; got {variants}")
        return variants


class Train(Section):
    """How fold models are trained.

    Attributes
    ----------
    repeats : int
        Models per fold, each with its own seed; their predictions are averaged.
    variants : int
        How many settings of each model are trained, each a member for the ensemble: the first so many of the model's
        own portfolio, the declared settings being the first. A model with a smaller portfolio trains all of it.
    device : {"auto", "cpu", "cuda"}
        ``auto`` takes a GPU where there is one, and says so.
    stopping_share : float
        The share of a fold's training rows held back for early stopping, by models that stop early.
    stopping_refit : bool or {"auto"}
        Whether boosting that stopped early is fitted again on all of the fold's training rows, with the rounds it
        stopped at and as many more as it has more rows: twice the time. ``auto``: up to 20,000 of them.
    weights : str or None
        How much each row counts when models are fitted and stopped. ``inverse_square``: one over its target's square,
        which makes the squared error RMSPE's own; the target is then fitted as it is, without a logarithm, and rows of
        target 0 are left out. Or the name of a feature or a key that holds the weights, 0 for a row that is left out.
        Synthetic rows count as the mean row does; scores count every row the same.
    shift_weights : ShiftWeights or None
        Whether rows count by how much likelier they are among the test rows than among the training rows, times
        ``weights``: ``true``, or a mapping. Their features alone are looked at, those of both files; models are fitted
        and stopped with them, scores count every row the same. For a test file that was drawn otherwise than the
        training file.
    pseudo_labels : PseudoLabels or None
        Whether every fold's model labels test rows, and a student of the same settings is fitted on the fold's training
        rows and on these: ``true``, or a mapping. The student predicts; the report has both scores. Doubles the time of
        training; a search is made without. Not for folds that go forward in time, nor for models that are resampled.
    refit : bool or {"auto"}
        Whether one more model is fitted on all rows. It predicts the test rows as one more fold would; where folds go
        forward in time, alone. Boosting takes the mean of the rounds at which the folds stopped. ``auto``: where folds
        go forward in time.
    monotone : dict of str to {"increasing", "decreasing"}
        Numeric columns that may only raise, or only lower, the prediction. Every model must be able to hold it; for
        some models alone it is their setting: ``models: {xgboost: {monotone: {age: increasing}}}``.
    models : dict of str to mapping
        Exceptions by model: ``oversample`` (whether it eats the synthetic rows), ``repeats``, ``device``, ``variants``
        (also a list of changes to the declared settings, one further variant each, in the portfolio's place),
        ``shift_weights`` and ``pseudo_labels`` (whether it is fitted with them).
        In the YAML they stand directly under ``train``: ``train: {xgboost: {oversample: true}}``.
    """

    repeats: int = Field(default=1, ge=1)
    variants: int = Field(default=1, ge=1)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    stopping_share: float = Field(default=0.1, gt=0, lt=0.5)
    stopping_refit: bool | Literal["auto"] = "auto"
    weights: str | None = None
    shift_weights: ShiftWeights | None = None
    pseudo_labels: PseudoLabels | None = None
    refit: bool | Literal["auto"] = "auto"
    monotone: dict[str, Literal["increasing", "decreasing"]] = Field(default_factory=dict)
    models: dict[str, ModelTraining] = Field(default_factory=dict)

    @classmethod
    def from_yaml(cls, content: Any) -> Any:
        """Move the models' names from beside the keys to ``models``."""
        if not isinstance(content, dict):
            return content
        own = {k: v for k, v in content.items() if k in cls.model_fields}
        others = {k: v for k, v in content.items() if k not in cls.model_fields}
        for name, exception in others.items():
            if not isinstance(exception, dict):
                raise ValueError(f"has no key {name!r}; {nearest(str(name), cls.model_fields)}")
        return {**own, "models": {**own.get("models", {}), **others}} if others else own

    @field_validator("shift_weights", "pseudo_labels", mode="before")
    @classmethod
    def _plainly(cls, content: Any) -> Any:
        return ({} if content else None) if isinstance(content, bool) else content

    @field_validator("models", mode="before")
    @classmethod
    def _mappings(cls, content: Any) -> Any:
        return content or {}
