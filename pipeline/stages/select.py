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
    """Read the features and folds, write ``columns.json``.

    Where a method is declared, also ``scores.parquet``, ``stability.parquet`` and ``summary.json``.
    """
    spec = read_spec(job, SelectSpec)
    if spec.select.method == "none":
        with job.writing() as folder:
            write_json({"all": True}, folder / "columns.json")
        return "none: every fold keeps all columns"
    return _run_method(job, spec)


def _run_method(job: Job, spec: SelectSpec) -> str:
    import pandas as pd

    from pipeline.dataset import read_dataset
    from pipeline.selection.stability import stability_table

    dataset = read_dataset(job)
    check(spec, dataset)
    parts = training_parts(dataset)
    tables = {
        name: verdicts(spec, name, dataset, rows)
        for name, rows in job.screen.track(parts.items(), f"select: {spec.select.label}", len(parts))
    }
    scores = pd.concat(tables.values(), ignore_index=True)
    columns = {name: kept(table, dataset.features) for name, table in tables.items()}
    stability = stability_table(columns, scores)
    facts = summary(spec, stability, scores)
    with job.writing() as folder:
        write_json(columns, folder / "columns.json")
        write_table(scores, folder / "scores.parquet")
        write_table(stability, folder / "stability.parquet")
        write_json(facts, folder / "summary.json")
    counts = [len(names) for name, names in columns.items() if name != "full"]
    spread = str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    full = len(columns["full"])
    return f"{spec.select.label}: {spread} of {len(dataset.features)} columns in a fold, {full} for the full table"


def check(spec: SelectSpec, dataset: Dataset) -> None:
    """Refuse what cannot be done, before anything is fitted.

    Raises
    ------
    PodiumError
        Where ``select.always`` names a column that ``features`` did not write, a search would take too many fits, or
        there are too few test rows to tell from training rows.
    """
    from pipeline.selection.adversarial import LEAST_ROWS
    from pipeline.selection.inner import FOLDS
    from pipeline.selection.stepwise import most_fits

    known = [feature.name for feature in dataset.features]
    for name in spec.select.always:
        if name not in known:
            hint = nearest(name, known)
            raise PodiumError(spec.competition, "select.always", "must name feature columns", got=repr(name), step=hint)
    columns = sum(feature.kind != "key" for feature in dataset.features)
    fits, parts = most_fits(spec.select, columns), len(dataset.folds) + 1
    if fits > spec.select.most_fits:
        got = f"up to {fits:,} for {columns} columns on {FOLDS} inner folds, for each of {parts} parts"
        step = "Use `by: elimination`, take columns out first (features.drop), or raise select.most_fits"
        allowed = f"must take at most {spec.select.most_fits:,} fits a fold (select.most_fits)"
        raise PodiumError(spec.competition, f"select.by {spec.select.way}", allowed, got=got, step=step)
    if spec.select.method == "adversarial" and len(dataset.test) < LEAST_ROWS:
        allowed = f"needs at least {LEAST_ROWS} test rows"
        raise PodiumError(spec.competition, "select.method adversarial", allowed, got=str(len(dataset.test)))


def training_parts(dataset: Dataset) -> dict[str, np.ndarray]:
    """The positions of each fold's training rows by the fold's name, and of all rows as ``full``."""
    import numpy as np

    return {fold.name: fold.train for fold in dataset.folds} | {"full": np.arange(len(dataset.target))}


def verdicts(spec: SelectSpec, name: str, dataset: Dataset, rows: np.ndarray) -> pd.DataFrame:
    """Judge the columns of one fold; keys are not judged.

    Parameters
    ----------
    spec : SelectSpec
        The method and the seed.
    name : str
        The fold's name.
    dataset : Dataset
        Everything; only ``rows`` of its training table are looked at, and its test rows by ``adversarial`` alone.
    rows : int array
        The positions of the fold's training rows.

    Returns
    -------
    DataFrame
        ``fold``, ``column``, ``score``, ``chosen``, in the order of the columns.
    """
    import pandas as pd

    from pipeline.selection import Around, judge, load

    names = [feature.name for feature in dataset.features if feature.kind != "key"]
    group, order = (None if part is None else part[rows] for part in (dataset.folds.group, dataset.folds.order))
    around = Around(group, order, dataset.test if spec.select.method == "adversarial" else None)
    frame, seed = dataset.train[names].iloc[rows], derive(spec.seed, name)
    judged = judge(frame, dataset.target[rows], spec.task, seed, cores(), around)
    file = "filter" if spec.select.method == "filter" else spec.select.way
    verdict = load(file)(judged, spec.select)
    chosen: Any = verdict.chosen | pd.Index(names).isin(spec.select.always)
    return pd.DataFrame({"fold": name, "column": names, "score": verdict.score, "chosen": chosen})


def summary(spec: SelectSpec, stability: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """``summary.json``: the method, how many columns were judged and kept in a fold, and how far the folds agree."""
    from pipeline.selection.stability import steadiness

    judged = stability[stability["column"].isin(scores["column"])]
    folds = int(stability["folds"].iloc[0])
    return {
        "method": spec.select.label,
        "test_rows_seen": spec.select.method == "adversarial",
        "judged": len(judged),
        "kept": float(judged["kept"].sum() / folds),
        "steadiness": steadiness(judged["kept"].tolist(), folds),
    }


def kept(table: pd.DataFrame, features: Sequence[Feature]) -> list[str]:
    """The chosen columns and all keys, in the order of the features."""
    chosen = set(table.loc[table["chosen"], "column"])
    return [feature.name for feature in features if feature.kind == "key" or feature.name in chosen]
