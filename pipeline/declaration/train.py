"""``train``: what holds for every model's training, and exceptions by model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from pipeline.core.errors import nearest
from pipeline.declaration.base import Section


class ModelTraining(Section):
    """What one model does otherwise than the rest."""

    oversample: bool | None = None
    repeats: int | None = Field(default=None, ge=1)
    variants: int | list[dict[str, Any]] | None = None
    device: Literal["auto", "cpu", "cuda"] | None = None

    @field_validator("variants")
    @classmethod
    def _at_least_one(cls, variants: int | list[dict[str, Any]] | None) -> int | list[dict[str, Any]] | None:
        if isinstance(variants, int) and variants < 1:
            raise ValueError(f"variants must be an integer of at least 1, or a list of settings; got {variants}")
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
    models : dict of str to mapping
        Exceptions by model: ``oversample`` (whether it eats the synthetic rows), ``repeats``, ``device``, ``variants``
        (also a list of changes to the declared settings, one further variant each, in the portfolio's place).
        In the YAML they stand directly under ``train``: ``train: {xgboost: {oversample: true}}``.
    """

    repeats: int = Field(default=1, ge=1)
    variants: int = Field(default=1, ge=1)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    stopping_share: float = Field(default=0.1, gt=0, lt=0.5)
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

    @field_validator("models", mode="before")
    @classmethod
    def _mappings(cls, content: Any) -> Any:
        return content or {}
