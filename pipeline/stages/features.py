"""``features``: the competition's own features, then the automatic recipe; neither ever sees the target."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_table, write_json, write_table
from pipeline.dataset import Feature, Schema, read_schema
from pipeline.declaration.columns import Role
from pipeline.declaration.specs import FeaturesSpec, read_spec
from pipeline.features.added import Own, load_own, roles_after
from pipeline.features.recipe import Recipe


@dataclass(frozen=True)
class Built:
    """What ``features`` writes.

    Parameters
    ----------
    train, test : DataFrame
        ``row_id`` and the features: float32, or categories with the same levels in both.
    features : list of Feature
        What the columns are, in their order.
    notes : list of str
        Lines that the user should read.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    features: list[Feature]
    notes: list[str]


def run(job: Job) -> str:
    """Write ``data/<competition>/features/``: ``train.parquet``, ``test.parquet``, ``columns.json``."""
    spec = read_spec(job, FeaturesSpec)
    train, test = (read_table(job.path("clean", f"{part}.parquet")) for part in ("train", "test"))
    own = load_own(spec.competition, job.paths.recipe / "features.py")
    built = build(spec, read_schema(job), train, test, own)
    for note in built.notes:
        job.screen.note(note)
    with job.writing() as folder:
        write_table(built.train, folder / "train.parquet")
        write_table(built.test, folder / "test.parquet")
        write_json([feature.model_dump(mode="json") for feature in built.features], folder / "columns.json")
    return _summary(built, spec.features.scope)


def build(spec: FeaturesSpec, schema: Schema, train: pd.DataFrame, test: pd.DataFrame, own: Own) -> Built:
    """The features of train and test.

    Parameters
    ----------
    train, test : DataFrame
        The cleaned tables, ``row_id`` first; the target is in neither.
    own : Own
        The competition's own function.

    Raises
    ------
    PodiumError
        Where the competition's function fails, a declared column is not there, or a feature is infinite.
    """
    known = {column.name: column.role for column in schema.columns}
    train = train[[name for name in train.columns if name in test.columns]]
    ours, theirs = own.apply_to_both(train, test, together=spec.features.scope == "train+test")
    roles = roles_after(known, ours, spec.features.text.columns)
    recipe = Recipe(spec.competition, spec.features, spec.seed)
    final_train, final_test = recipe.fit_transform(ours, theirs, roles)
    features = [_feature(name, recipe, train, ours) for name in recipe.finish.kinds]
    return Built(final_train, final_test, features, _notes(recipe, roles))


def _feature(name: str, recipe: Recipe, cleaned: pd.DataFrame, added: pd.DataFrame) -> Feature:
    kind = recipe.finish.kinds[name]
    if name in recipe.made_by:
        builder, source = recipe.made_by[name]
    elif name in cleaned and (added[name].dtype == cleaned[name].dtype):
        builder, source = "clean", name
    else:
        builder, source = "features.py", name if name in cleaned else ""
    return Feature(name=name, kind=kind, builder=builder, source=source)


def _notes(recipe: Recipe, roles: dict[str, Role]) -> list[str]:
    return [f"feature {name} is dropped: no training row has a value" for name in recipe.finish.empty]


def _summary(built: Built, scope: str) -> str:
    kinds = pd.Series([feature.kind for feature in built.features]).value_counts(sort=False)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    made = sum(feature.builder != "clean" for feature in built.features)
    return f"{len(built.features)} features ({counts}), {made} of them built; statistics from {scope} rows"
