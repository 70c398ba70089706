"""A fold's fitted model: what it predicts on the final scale, and how it is kept without pickles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import models
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import ModelSpec
from pipeline.fitting.learning import CurveFacts
from pipeline.models import Model
from pipeline.preprocess import Preprocessor
from pipeline.targets import Scale


@dataclass(frozen=True)
class FoldModel:
    """A fold's fitted models, one for each repeat, with the preprocessing they share.

    Parameters
    ----------
    name : str
        The fold's name, for errors.
    spec : ModelSpec
        The model's plan.
    card : Model
        The model's card.
    preprocessor : Preprocessor
        Fitted on the fold's training rows.
    scale : Scale
        From raw output to predictions.
    estimators : tuple
        As ``card.predict`` takes them.
    columns : tuple of str
        What the estimators were fitted on.
    rows : int
        How many rows they were fitted on, stopping rows included.
    curves : tuple of mapping or None
        Each estimator's learning curve, None where it has none; empty in a restored one.
    """

    name: str
    spec: ModelSpec
    card: Model
    preprocessor: Preprocessor
    scale: Scale
    estimators: tuple[Any, ...]
    columns: tuple[str, ...]
    rows: int
    curves: tuple[CurveFacts | None, ...] = ()

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Predictions on the final scale, averaged over the repeats before a target's transform is undone.

        Parameters
        ----------
        frame : DataFrame of n rows
            Feature columns.

        Returns
        -------
        float64 array of shape (n,): values, or probabilities of the positive class; or (n, classes).

        Raises
        ------
        PodiumError
            Where a prediction is not a number, or the model gives another number of classes than it was fitted on.
        """
        return self.settled(self.raws(frame))

    def raws(self, frame: pd.DataFrame) -> list[np.ndarray]:
        """What each repeat's model gives, before a target's transform is undone: values, or (n, classes)."""
        X = self.preprocessor.transform(frame)
        raws = [np.asarray(self.card.predict(estimator, X), dtype=np.float64) for estimator in self.estimators]
        expected = (len(frame),) if self.scale.objective == "regression" else (len(frame), len(self.scale.labels))
        for raw in raws:
            if raw.shape != expected:
                raise self._error(f"must predict an array of shape {expected}", str(raw.shape))
        return raws

    def settled(self, raws: Sequence[np.ndarray]) -> np.ndarray:
        """The mean of what the repeats give, on the final scale; parameters and errors are those of ``predict``."""
        with np.errstate(invalid="ignore", divide="ignore"):
            prediction = self.scale.final(np.mean(raws, axis=0))
        wrong = int((~np.isfinite(prediction)).reshape(len(prediction), -1).any(axis=1).sum())
        if wrong:
            raise self._error("must give finite predictions", f"{wrong} of {len(prediction)} rows NaN or infinite")
        return prediction

    def _error(self, allowed: str, got: str) -> PodiumError:
        step = "Change its settings, or take it out of models"
        return PodiumError(
            self.spec.competition, f"models.{self.spec.model}", allowed, got=f"{got} in fold {self.name}", step=step
        )

    def importance(self) -> dict[str, float]:
        """Each column's importance, averaged over the repeats; empty where the model cannot say."""
        parts = [self.card.importance(estimator, list(self.columns)) for estimator in self.estimators]
        names = [name for name in self.columns if any(name in part for part in parts)]
        return {name: float(np.mean([part.get(name, 0.0) for part in parts])) for name in names}

    def describe(self) -> list[dict[str, Any]]:
        """What each repeat's model says of itself, such as its rounds and its device."""
        return [self.card.describe(estimator) for estimator in self.estimators]

    def save(self, folder: Path) -> None:
        """Write ``preprocess.json``, ``fold.json`` and ``model-<repeat><suffix>``; no pickles."""
        folder.mkdir(parents=True, exist_ok=True)
        _dump(self.preprocessor.to_state(), folder / "preprocess.json")
        scale = {"labels": self.scale.labels, "prior": self.scale.prior, "classes": self.scale.classes}
        facts = {"name": self.name, "columns": self.columns, "rows": self.rows, "repeats": len(self.estimators)}
        _dump({**facts, "scale": scale, "spec": self.spec.model_dump(mode="json")}, folder / "fold.json")
        for repeat, estimator in enumerate(self.estimators):
            self.card.save(estimator, folder / f"model-{repeat}{self.card.suffix}")

    @classmethod
    def load(cls, folder: Path) -> FoldModel:
        """Read what ``save`` wrote; it predicts the same bytes."""
        facts = json.loads((folder / "fold.json").read_text(encoding="utf-8"))
        spec = ModelSpec.model_validate({k: v for k, v in facts["spec"].items() if k in ModelSpec.model_fields})
        card = models.load(spec.model, spec.competition)
        preprocessor = Preprocessor.from_state(json.loads((folder / "preprocess.json").read_text(encoding="utf-8")))
        estimators = tuple(card.restore(folder / f"model-{r}{card.suffix}") for r in range(facts["repeats"]))
        own = {key: tuple(facts["scale"][key]) for key in ("labels", "prior")}
        scale = Scale(spec.objective, spec.transform, facts["scale"]["classes"], **own)
        return cls(facts["name"], spec, card, preprocessor, scale, estimators, tuple(facts["columns"]), facts["rows"])


def _dump(content: Any, path: Path) -> None:
    """JSON in one line: a table of a million levels is written by the C encoder."""
    text = json.dumps(content, sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
