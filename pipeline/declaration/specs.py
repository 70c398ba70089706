"""What ``plan`` writes for each stage and the stage reads: the sections that bear on it, and nothing else.

A stage depends on its own spec alone, so a changed key reruns exactly the stages whose spec it appears in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from pipeline.core.job import Job
from pipeline.core.tables import read_json
from pipeline.declaration.base import Section
from pipeline.declaration.clean import Clean
from pipeline.declaration.columns import Columns
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.evaluate import Evaluate
from pipeline.declaration.features import Features
from pipeline.declaration.metric import Metric, Needs, Task, Transform
from pipeline.declaration.oversample import Method, Oversample
from pipeline.declaration.preprocess import Preprocess
from pipeline.declaration.select import Select
from pipeline.declaration.source import Files, Source
from pipeline.declaration.split import Split
from pipeline.declaration.submit import Submit
from pipeline.declaration.tables import Join
from pipeline.declaration.train import PseudoLabels, ShiftWeights


class Spec(Section):
    """What every stage knows: whose run it is, and its own seed."""

    competition: str
    seed: int


class FetchSpec(Spec):
    """``fetch``: the sources, and what a made hold-out needs (``needs``: what its sample submission shows)."""

    source: Source
    columns: Columns
    task: Task
    tables: dict[str, Join]
    needs: Needs = "label"


class CleanSpec(Spec):
    """``clean``: the files, their columns, the joins and the rules."""

    task: Task
    columns: Columns
    files: Files
    delimiter: str | None
    encoding: str
    tables: dict[str, Join]
    clean: Clean
    transform: Transform
    split_columns: list[str]

    @property
    def id_is_column(self) -> bool:
        """Whether the id is a column of the cleaned tables, for the folds or as a feature."""
        return self.columns.id in (*self.split_columns, self.columns.featured_id)


class FeaturesSpec(Spec):
    """``features``: the automatic recipe."""

    features: Features


class AuditSpec(Spec):
    """``audit``: the task, how the folds are made, the column that orders the rows, and what may go wrong in a fold.

    ``leave_one_out``: the columns of each declared target statistic that leaves one row out.
    """

    task: Task
    title: str = ""
    split: str = "auto"
    time: str | None = None
    leave_one_out: list[list[str]] = Field(default_factory=list)


class SplitSpec(Spec):
    """``split``: how to fold."""

    task: Task
    split: Split


class SelectSpec(Spec):
    """``select``: how to choose columns."""

    task: Task
    select: Select


class OversampleSpec(Spec):
    """``oversample``: how to balance."""

    task: Task
    oversample: Oversample


class ShiftPlan(ShiftWeights):
    """``train.shift_weights`` with the seed of its classifier, the same for every model."""

    seed: int


class ModelSpec(Spec):
    """What ``tune`` and ``train`` share: everything that determines how one fold's model is fitted.

    Attributes
    ----------
    objective : {"binary", "multiclass", "regression"}
        What the model is fitted for; a metric of ordered labels (QWK) is fitted as a regression.
    transform : {"identity", "log1p", "log"}
        What a regression's target is put through before fitting; predictions are put back.
    params : dict
        The model card's defaults with the declared settings over them.
    resampling : str
        The oversampling method that this model eats; ``none`` where it does not.
    weights : str or None
        ``train.weights``, as declared.
    shift : ShiftPlan or None
        ``train.shift_weights``; None where the model is fitted without.
    code : str
        The hash of the model's code outside its own file, so that an edit there reruns this model alone.
    """

    model: str
    task: Task
    objective: Task
    transform: Transform
    metric: Metric
    params: dict[str, Any]
    resampling: Method
    preprocess: Preprocess
    device: str
    stopping_share: float
    stopping_refit: bool | Literal["auto"] = False
    weights: str | None = None
    shift: ShiftPlan | None = None
    code: str = ""


FEW_CLASSES = 8
START = 3.0


class Share(Section):
    """One model's part of a run that has a budget.

    Attributes
    ----------
    budget : float
        The seconds that the whole run may take.
    weights : dict of str to float
        Every model of the run in order, with its weight in the sharing.
    by_class : list of str
        Those whose time grows with the number of classes.
    starts : dict of str to float
        The seconds of those that need other than ``START`` before and after any fit.
    """

    budget: float
    weights: dict[str, float]
    by_class: list[str] = Field(default_factory=list)
    starts: dict[str, float] = Field(default_factory=dict)

    def start(self, model: str) -> float:
        """The seconds of tune and train of one more model, before and after any fit."""
        return self.starts.get(model, START)

    def weights_for(self, classes: int) -> dict[str, float]:
        """The weights on a target of so many classes: many of them make a round of boosting cost more than it is worth.

        >>> Share(budget=60, weights={"lightgbm": 2.5, "mlp": 2.0}, by_class=["lightgbm"]).weights_for(24)
        {'lightgbm': 1.0, 'mlp': 2.0}
        """
        times = max(classes / FEW_CLASSES, 1.0)
        slow = {name: max(self.weights[name] / times, min(self.weights[name], 1.0)) for name in self.by_class}
        return self.weights | slow


class TuneSpec(ModelSpec):
    """``tune``: the search. ``portfolio``: changes to ``params`` that are tried first, after ``params`` themselves."""

    share: Share | None = None
    portfolio: list[dict[str, Any]] = Field(default_factory=list)
    trials: int
    keep: int = 1
    seconds: float | None
    sampler: str = "tpe"
    pruner: str
    warm_start: str | None = None
    space: dict[str, dict[str, Any]]


class TrainSpec(ModelSpec):
    """``train``: the fold models.

    ``portfolio``: changes to ``params``, a further variant each. ``compare_selection``: whether every fold is also
    fitted on all columns, to be scored beside the selected ones. ``share``: its part of a budget, where there is one.
    ``refit``: whether one more model is fitted on all rows. ``pseudo``: how fold models label test rows for students.
    """

    share: Share | None = None
    repeats: int = Field(ge=1)
    portfolio: list[dict[str, Any]] = Field(default_factory=list)
    compare_selection: bool = False
    refit: bool = False
    pseudo: PseudoLabels | None = None


class EnsembleSpec(Spec):
    """``ensemble``: the candidates and the members."""

    task: Task
    metric: Metric
    models: list[str]
    ensemble: Ensemble


class EvaluateSpec(Spec):
    """``evaluate``: what to report.

    ``declared_seed`` is the competition's own; ``split_columns`` are the group or time that the folds go by.
    """

    declared_seed: int = 0
    title: str
    task: Task
    metric: Metric
    models: list[str]
    evaluate: Evaluate
    columns: Columns
    files: Files
    oversample: Method
    select: str
    scope: str
    limited_by_time: bool
    split_columns: list[str] = Field(default_factory=list)
    budget: float | None = None


class SubmitSpec(Spec):
    """``submit``: the sample submission to join, and the allowed values."""

    task: Task
    metric: Metric
    columns: Columns
    files: Files
    delimiter: str | None = None
    encoding: str = "utf-8"
    submit: Submit
    budget: float | None = None


AnySpec = TypeVar("AnySpec", bound=Spec)


def read_spec(job: Job, kind: type[AnySpec]) -> AnySpec:
    """This stage's spec, as ``plan`` wrote it."""
    path: Path = job.paths.plan(job.stage, job.model)
    return kind.model_validate(read_json(path))
