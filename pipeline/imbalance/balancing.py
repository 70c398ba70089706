"""One method's doing on the folds' training rows; and on all rows before the split, which is the wrong way."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.core.seeds import derive
from pipeline.dataset import Dataset
from pipeline.declaration.oversample import Oversample
from pipeline.declaration.specs import OversampleSpec, SplitSpec
from pipeline.declaration.split import Split
from pipeline.fitting.cuts import Cut, Resampled
from pipeline.folding import make_folds
from pipeline.imbalance.methods import RESAMPLERS, WEIGHTS
from pipeline.resampling import Part, class_weights
from pipeline.resampling.samplers import resample

FULL = "full"


class Balancing:
    """What a method makes of the training rows, made when it is first asked for and kept for every model.

    Parameters
    ----------
    dataset : Dataset
        The table and the folds.
    spec : OversampleSpec
        The ratio, the neighbours and the seed; its method is overruled.
    method : str
        One of ``METHODS``; those that touch no rows leave the folds as they are.
    """

    def __init__(self, dataset: Dataset, spec: OversampleSpec, method: str) -> None:
        self.dataset, self.method = dataset, method
        self.resamples = method in RESAMPLERS
        declared = method if self.resamples or method == WEIGHTS else "none"
        section = Oversample.model_validate({**spec.oversample.model_dump(), "method": declared})
        self.spec = spec.model_copy(update={"oversample": section})

    @cached_property
    def by_fold(self) -> dict[str, Resampled]:
        """For each fold, what is made of its training rows; empty for a method that leaves them as they are.

        Raises
        ------
        PodiumError
            Where the method does not suit the rows or the columns' kinds.
        """
        if self.method == WEIGHTS:
            return {fold.name: self._weighed(fold.name, fold.train) for fold in self.dataset.folds}
        if not self.resamples:
            return {}
        return {fold.name: self._made(fold.name, fold.train) for fold in self.dataset.folds}

    @cached_property
    def before_the_split(self) -> Dataset | None:
        """The wrong way: all rows resampled first, then put into stratified folds; None where no row is touched."""
        if not self.resamples:
            return None
        made = self._made(FULL, np.arange(len(self.dataset.target)))
        kept = np.setdiff1d(np.arange(len(self.dataset.target)), made.dropped)
        parts = [self.dataset.train.iloc[kept], *([] if made.made is None else [made.made])]
        target = np.concatenate([self.dataset.target[kept], made.made_target])
        rows = pd.DataFrame({"row_id": np.arange(len(target))})
        split = SplitSpec(
            competition=self.spec.competition,
            seed=derive(self.spec.seed, "before the split"),
            task=self.dataset.schema.task,
            split=Split(kind="stratified", folds=max(2, len(self.dataset.folds))),
        )
        return replace(
            self.dataset,
            train=pd.concat(parts, ignore_index=True),
            target=target,
            folds=make_folds(split, rows, target, self.dataset.schema.classes),
        )

    def cut(self, cut: Cut) -> Cut:
        """The fold with what the method makes of it."""
        return replace(cut, resampled=self.by_fold.get(cut.name))

    def _part(self, name: str, positions: np.ndarray) -> Part:
        data = self.dataset
        frame, y = data.train.iloc[positions], data.target[positions]
        seed = derive(self.spec.seed, name)
        return Part(self.spec.competition, name, frame, data.kinds, y, data.schema.classes, seed)

    def _made(self, name: str, positions: np.ndarray) -> Resampled:
        made = resample(self._part(name, positions), self.spec.oversample)
        rows = made.rows.reset_index(drop=True) if len(made.rows) else None
        return Resampled(rows, made.y.astype(np.int64), positions[made.dropped])

    def _weighed(self, name: str, positions: np.ndarray) -> Resampled:
        weights = class_weights(self._part(name, positions).counts(), self.spec.oversample.ratio)
        return Resampled(weights=weights)
