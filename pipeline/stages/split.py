"""``split``: put the training rows into folds, once; every later stage reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.tables import read_table, write_json
from pipeline.declaration.specs import SplitSpec, read_spec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.folds import Folds


def run(job: Job) -> str:
    """Read the target and the split's column, write ``folds.parquet`` and ``split.json``."""
    from pipeline.dataset import read_schema
    from pipeline.folding import make_folds

    spec = read_spec(job, SplitSpec)
    target = read_table(job.path("clean", "target.parquet"))
    frame, classes = split_frame(job, spec, target[["row_id"]]), read_schema(job).classes
    folds = make_folds(spec, frame, target["target"].to_numpy(), classes)
    facts = describe(spec, folds, target["target"].to_numpy())
    for warning in unscored(folds, facts, [str(label) for label in classes]):
        job.screen.note(warning)
    with job.writing() as folder:
        folds.write(folder / "folds.parquet")
        write_json(facts, folder / "split.json")
    drawn = f", drawn {spec.split.repeats} times," if spec.split.repeats > 1 else ""
    return f"{facts['folds']} {facts['kind']} folds{drawn} of {facts['rows']} rows, split {facts['hash'][:6]}"


def split_frame(job: Job, spec: SplitSpec, rows: pd.DataFrame) -> pd.DataFrame:
    """``row_id`` and the one column that the split names, if any.

    A group may be built by the competition's ``features.py``, so ``features`` is looked at first. Times and fold ids
    are read as ``clean`` left them where it has them, in full precision.

    Raises
    ------
    PodiumError
        Where neither table has the column; it names the nearest.
    """
    from pyarrow.parquet import read_schema as read_columns

    key, name = next(((k, n) for k in ("group", "time", "column") if (n := getattr(spec.split, k))), ("", ""))
    if not name:
        return rows
    stages = ("features", "clean") if key == "group" else ("clean", "features")
    known: set[str] = set()
    for path in (job.path(stage, "train.parquet") for stage in stages):
        columns = read_columns(path).names if path.exists() else []
        if name in columns:
            return rows.merge(read_table(path, ["row_id", name]), on="row_id", how="left", validate="one_to_one")
        known |= set(columns) - {"row_id"}
    raise PodiumError(
        spec.competition,
        f"split.{key}",
        "must name a column of the training table, or one that features.py builds",
        got=repr(name),
        step=nearest(name, known),
    )


def describe(spec: SplitSpec, folds: Folds, target: np.ndarray) -> dict[str, Any]:
    """The facts of ``split.json``: kind, number of folds, repeats, rows, hash, and the rows of each fold.

    ``counts`` has, by fold, the rows that train, validate and do neither, and for classes the validated rows of each.
    """
    import numpy as np

    from pipeline.folding import kind_of

    counts: dict[str, Any] = {}
    for fold in folds:
        train, valid = len(fold.train), len(fold.valid)
        counts[fold.name] = {"train": train, "valid": valid, "unused": len(folds.row_id) - train - valid}
        if spec.task != "regression":
            per_class = np.bincount(target[fold.valid].astype(np.int64), minlength=int(target.max()) + 1)
            counts[fold.name]["classes"] = {str(code): int(n) for code, n in enumerate(per_class)}
    return {
        "kind": kind_of(spec.split),
        "folds": len(folds) // spec.split.repeats,
        "repeats": spec.split.repeats,
        "rows": len(folds.row_id),
        "hash": folds.hash,
        "counts": counts,
    }


def unscored(folds: Folds, facts: dict[str, Any], labels: list[str]) -> list[str]:
    """What the user should know: folds that validate no row of a class, and rows that no fold validates."""
    notes = []
    for name, counts in facts["counts"].items():
        absent = [labels[int(code)] for code, n in counts.get("classes", {}).items() if n == 0]
        if absent:
            notes.append(f"split: fold {name} validates no row of class {', '.join(absent)}")
    never = int((folds.outer == -1).sum())
    if never:
        notes.append(
            f"split: {never} of {facts['rows']} rows are never validated, so they have no out-of-fold prediction"
        )
    return notes
