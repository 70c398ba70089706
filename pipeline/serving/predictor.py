"""A finished run as a function of new rows: cleaned, given features, predicted by every fold's model, blended, decided.

Loading reads models in their libraries' own formats, skops behind its closed list, and JSON: no file's code is run but
the competition's own ``features.py``. What needs no target (the features' statistics) and what tables alone determine
(the ensemble) is fitted again from the run's tables, which gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.cleaning.sides import side_tables
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.screen import Screen, Silence
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import read_schema
from pipeline.decisions import Decision
from pipeline.decisions.calibration import Calibration
from pipeline.declaration.specs import CleanSpec, EnsembleSpec, FeaturesSpec, read_spec
from pipeline.ensembles import Blend, Raw, Table
from pipeline.ensembles._contest import fit_on_all
from pipeline.features.added import load_own
from pipeline.fitting.foldmodel import FoldModel
from pipeline.folds import Folds
from pipeline.members import read_records
from pipeline.reading import read_raw
from pipeline.serving.cleaner import Cleaner
from pipeline.serving.featurizer import Featurizer
from pipeline.stages.ensemble import of_candidate, read_field


@dataclass(frozen=True)
class Predictor:
    """A competition's finished run, ready for new rows.

    Parameters
    ----------
    paths : Paths
        The competition's folders.
    cleaner : Cleaner
        From raw rows to cleaned ones.
    featurizer : Featurizer
        From cleaned rows to features.
    members : mapping of str to tuple of FoldModel
        By member, the models whose predictions are averaged.
    blend : Blend
        The ensemble.
    calibration : Calibration
        From the blend's probabilities to those that are given out.
    decision : Decision
        From probabilities or values to what is submitted.
    raw : tuple of str
        The features that the blend looks at; none for most.

    Examples
    --------
    >>> predictor = Predictor.load("titanic")                       # doctest: +SKIP
    >>> predictor.predict(pd.read_csv("new.csv", dtype=str))        # doctest: +SKIP
    """

    paths: Paths
    cleaner: Cleaner
    featurizer: Featurizer
    members: Mapping[str, tuple[FoldModel, ...]]
    blend: Blend
    calibration: Calibration
    decision: Decision
    raw: tuple[str, ...] = ()

    @classmethod
    def load(cls, competition: str, root: Path | None = None, screen: Screen | None = None) -> Predictor:
        """Read a finished run.

        Parameters
        ----------
        competition : str
            The competition's folder name.
        root : Path or None
            The project's root; the working folder by default.
        screen : Screen or None
            Told how far it is; nobody by default.

        Raises
        ------
        PodiumError
            Where the run is not finished.
        """
        paths = Paths(root or Path.cwd(), competition)
        screen = screen or Silence()
        job = Job(paths, "predict", None, screen)
        _check_finished(paths)
        content = read_json(job.path("ensemble", "weights.json"))
        spec = of_candidate(read_spec(Job(paths, "ensemble"), EnsembleSpec), content["candidate"])
        field = read_field(job, spec, Folds.read(job.path("split", "folds.parquet")))
        blend = fit_on_all(spec, field, content["candidate"])
        wanted = [name for name in field.oof if not blend.weights or blend.weights.get(name)]
        records = read_records(job, spec.models)
        _check_own(competition, [name for name in wanted if name not in records])
        members = {}
        for name in screen.track(wanted, "models", len(wanted)):
            home = job.path("train", str(records[name]["model"]), "models", name)
            members[name] = tuple(FoldModel.load(home / fold) for fold in records[name]["predicting"])
        decision, calibration = Decision.from_json(content["decision"]), Calibration.from_json(content["calibration"])
        cleaner, featurizer = _cleaner(job), _featurizer(job)
        raw = () if field.raw is None else tuple(field.raw.columns)
        return cls(paths, cleaner, featurizer, members, blend, calibration, decision, raw)

    def predict(self, raw: pd.DataFrame, allow_missing: bool = False) -> np.ndarray:
        """What the ensemble gives for new rows.

        Parameters
        ----------
        raw : DataFrame of n rows
            As the test file has them: fields as texts, or typed; the id may be absent unless it is a feature.
        allow_missing : bool
            Whether columns may be absent; their values are then missing.

        Returns
        -------
        array of shape (n,) or (n, classes)
            Probabilities of class 1, or by class; values.
        """
        return self.predict_cleaned(self.clean(raw, allow_missing))

    def clean(self, raw: pd.DataFrame, allow_missing: bool = False) -> pd.DataFrame:
        """New rows as ``clean`` leaves the competition's own; the parameters are those of ``predict``."""
        if not len(raw):
            raise PodiumError(self.paths.competition, "the new rows", "must be one at least", got="none")
        return self.cleaner.clean(raw, allow_missing)

    def predict_cleaned(self, cleaned: pd.DataFrame) -> np.ndarray:
        """What the ensemble gives for cleaned rows, in the form of ``predict``."""
        features = self.featurizer.features(cleaned)
        found = {name: _mean(models, features) for name, models in self.members.items()}
        rows = np.arange(len(features))
        seen = Table(found, np.full(len(rows), -1), Raw(features[list(self.raw)], rows))
        return self.calibration.apply(self.blend.predict(seen))

    def decide(self, prediction: np.ndarray) -> np.ndarray:
        """What is submitted for such predictions: class codes for a metric of labels, else probabilities or values."""
        return self.decision.apply(prediction)


def _mean(models: tuple[FoldModel, ...], features: pd.DataFrame) -> np.ndarray:
    parts = [model.predict(features) for model in models]
    return np.asarray(np.mean(parts, axis=0))


def _check_own(competition: str, foreign: list[str]) -> None:
    if foreign:
        raise PodiumError(
            competition,
            "ensemble.others",
            "holds tables only, and new rows need the models themselves",
            got=foreign[0],
            step="Take it out of ensemble.others, and run the ensemble again",
        )


def _check_finished(paths: Paths) -> None:
    for stage, file in (("clean", "schema.json"), ("features", "columns.json"), ("ensemble", "weights.json")):
        if not (paths.stage(stage) / file).exists():
            raise PodiumError(
                paths.competition,
                "predict",
                "needs a finished run",
                got=f"no {paths.shown(paths.stage(stage) / file)}",
                step=f"Run it first: make {paths.competition}, or dvc pull",
            )


def _cleaner(job: Job) -> Cleaner:
    spec = read_spec(Job(job.paths, "clean"), CleanSpec)
    files = {file for join in spec.tables.values() for file in join.files}
    read = {
        file: read_raw(job.path("fetch", file), spec.competition, spec.delimiter, spec.encoding)
        for file in sorted(files)
    }
    tables = side_tables(spec, read)
    test = read_table(job.path("clean", "test.parquet")).drop(columns="row_id")
    report = read_json(job.path("clean", "report.json"))
    rules = [entry for entry in report.get("outliers", []) if str(entry["rule"]).startswith("clip ")]
    clips = [{**entry, "column": str(entry["rule"]).removeprefix("clip ")} for entry in rules]
    return Cleaner(spec, read_schema(job), dict(test.dtypes), tables, clips)


def _featurizer(job: Job) -> Featurizer:
    spec = read_spec(Job(job.paths, "features"), FeaturesSpec)
    train, test = (read_table(job.path("clean", f"{part}.parquet")) for part in ("train", "test"))
    roles = {column.name: column.role for column in read_schema(job).columns}
    return Featurizer.fit(spec, roles, train, test, load_own(spec.competition, job.paths.recipe / "features.py"))
