"""``select``: which columns each fold's models may eat, chosen from that fold's training rows only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.core.device import cores
from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.seeds import derive
from pipeline.core.tables import write_json, write_table
from pipeline.declaration.specs import SelectSpec, read_spec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.dataset import Dataset, Feature


def run(job: Job) -> str:
    """Read the features and folds, write ``columns.json`` and, where a method is declared, ``scores.parquet``."""
    spec = read_spec(job, SelectSpec)
    if spec.select.method == "none":
        with job.writing() as folder:
            write_json({"all": True}, folder / "columns.json")
        return "none: every fold keeps all columns"
    return _run_method(job, spec)


def _run_method(job: Job, spec: SelectSpec) -> str:
    import pandas as pd

    from pipeline.dataset import read_dataset

    dataset = read_dataset(job)
    check_always(spec, dataset.features)
    parts = training_parts(dataset)
    tables = {
        name: verdicts(spec, name, dataset.train.iloc[rows], dataset.target[rows], dataset.features)
        for name, rows in job.screen.track(parts.items(), f"select by {spec.select.method}", len(parts))
    }
    columns = {name: kept(table, dataset.features) for name, table in tables.items()}
    with job.writing() as folder:
        write_json(columns, folder / "columns.json")
        write_table(pd.concat(tables.values(), ignore_index=True), folder / "scores.parquet")
    counts = [len(names) for name, names in columns.items() if name != "full"]
    spread = str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    full = len(columns["full"])
    return f"{spec.select.method}: {spread} of {len(dataset.features)} columns in a fold, {full} for the full table"


def check_always(spec: SelectSpec, features: Sequence[Feature]) -> None:
    """Refuse a column under ``select.always`` that ``features`` did not write."""
    known = [feature.name for feature in features]
    for name in spec.select.always:
        if name not in known:
            hint = nearest(name, known)
            raise PodiumError(spec.competition, "select.always", "must name feature columns", got=repr(name), step=hint)


def training_parts(dataset: Dataset) -> dict[str, np.ndarray]:
    """The positions of each fold's training rows by the fold's name, and of all rows as ``full``."""
    import numpy as np

    return {fold.name: fold.train for fold in dataset.folds} | {"full": np.arange(len(dataset.target))}


def verdicts(
    spec: SelectSpec, name: str, frame: pd.DataFrame, target: np.ndarray, features: Sequence[Feature]
) -> pd.DataFrame:
    """Judge the columns of one fold.

    Parameters
    ----------
    spec : SelectSpec
        The method and the seed.
    name : str
        The fold's name.
    frame : DataFrame of n rows
        The fold's training rows.
    target : array of shape (n,)
        Their class codes or values.
    features : sequence of Feature
        What the columns are; keys are not judged.

    Returns
    -------
    DataFrame
        ``fold``, ``column``, ``score``, ``chosen``, in the order of the columns.
    """
    import pandas as pd

    from pipeline.selection import judge, load

    names = [feature.name for feature in features if feature.kind != "key"]
    judged = judge(frame[names], target, spec.task, derive(spec.seed, name), cores())
    verdict = load(spec.select.method)(judged, spec.select)
    chosen: Any = verdict.chosen | pd.Index(names).isin(spec.select.always)
    return pd.DataFrame({"fold": name, "column": names, "score": verdict.score, "chosen": chosen})


def kept(table: pd.DataFrame, features: Sequence[Feature]) -> list[str]:
    """The chosen columns and all keys, in the order of the features."""
    chosen = set(table.loc[table["chosen"], "column"])
    return [feature.name for feature in features if feature.kind == "key" or feature.name in chosen]
