"""``oversample``: balance each fold's training classes; only synthetic rows, dropped rows and weights are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.job import Job
from pipeline.core.seeds import derive
from pipeline.core.tables import write_json, write_table
from pipeline.declaration.specs import OversampleSpec, read_spec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.dataset import Dataset
    from pipeline.resampling import Part, Resampled


def run(job: Job) -> str:
    """Read the features and folds; write ``counts.json``, and the tables or weights that the method makes."""
    spec = read_spec(job, OversampleSpec)
    method = spec.oversample.method
    if method == "none":
        with job.writing() as folder:
            write_json({"method": "none"}, folder / "counts.json")
        return "none: every model trains on the rows as they are"
    from pipeline.dataset import read_dataset

    dataset = read_dataset(job)
    with job.writing() as folder:
        counts = (
            _write_weights(spec, dataset, folder)
            if method == "class_weight"
            else _write_rows(job, spec, dataset, folder)
        )
        write_json({"method": method, **counts}, folder / "counts.json")
    return f"{method}: {told(counts['full'], [str(label) for label in dataset.schema.classes])}"


def parts(spec: OversampleSpec, dataset: Dataset) -> Iterator[tuple[np.ndarray, Part]]:
    """The training rows of each fold, then all rows as ``full``: their positions and the part to resample."""
    import numpy as np

    from pipeline.resampling import Part

    rows = {fold.name: fold.train for fold in dataset.folds} | {"full": np.arange(len(dataset.target))}
    for name, positions in rows.items():
        yield (
            positions,
            Part(
                spec.competition,
                name,
                dataset.train.iloc[positions],
                dataset.kinds,
                dataset.target[positions],
                dataset.schema.classes,
                derive(spec.seed, name),
            ),
        )


def counted(part: Part, resampled: Resampled) -> dict[str, dict[str, int]]:
    """A part's class counts ``before`` and ``after``: what puts probabilities back on the true prior."""
    import numpy as np

    gone = part.y[resampled.dropped]
    after = {code: n + int(np.sum(resampled.y == code) - np.sum(gone == code)) for code, n in part.counts().items()}
    return {"before": _by_text(part.counts()), "after": _by_text(after)}


def weighed(part: Part, ratio: float) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """A part's weights by class, and its class counts before and after; after is the sum of the rows' weights."""
    from pipeline.resampling import class_weights

    before = part.counts()
    weights = class_weights(before, ratio)
    after = {code: weights[code] * count for code, count in before.items()}
    return _by_text(weights), {"before": _by_text(before), "after": _by_text(after)}


def told(counts: Mapping[str, Mapping[str, float]], labels: list[str]) -> str:
    """The change in class counts as people read it: the first classes by name, then how many more."""
    before, after = counts["before"], counts["after"]
    changed = [code for code in before if round(before[code]) != round(after[code])]
    if not changed:
        return "the classes are balanced to that ratio already"
    shown = [f"{labels[int(code)]} {before[code]:.0f} to {after[code]:.0f}" for code in changed[:3]]
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"full table's classes {', '.join(shown)}{more} rows"


def _write_weights(spec: OversampleSpec, dataset: Dataset, folder: Path) -> dict[str, Any]:
    told_apart = {part.name: weighed(part, spec.oversample.ratio) for _, part in parts(spec, dataset)}
    write_json({name: weights for name, (weights, _) in told_apart.items()}, folder / "weights.json")
    return {name: counts for name, (_, counts) in told_apart.items()}


def _write_rows(job: Job, spec: OversampleSpec, dataset: Dataset, folder: Path) -> dict[str, Any]:
    import pandas as pd

    from pipeline.resampling import DROPPING
    from pipeline.resampling.samplers import resample

    counts, dropped = {}, []
    table = _Rows(folder / "synthetic.parquet")
    with table:
        everything = job.screen.track(
            parts(spec, dataset), f"oversample by {spec.oversample.method}", len(dataset.folds) + 1
        )
        for positions, part in everything:
            resampled = resample(part, spec.oversample)
            counts[part.name] = counted(part, resampled)
            gone = dataset.folds.row_id[positions[resampled.dropped]]
            dropped.append(pd.DataFrame({"fold": pd.Series(part.name, range(len(gone)), dtype="str"), "row_id": gone}))
            if spec.oversample.method != "random_under":
                table.add(part.name, resampled)
    if spec.oversample.method in DROPPING:
        write_table(pd.concat(dropped, ignore_index=True), folder / "dropped.parquet")
    return counts


class _Rows:
    """The table of synthetic rows, written fold by fold, so that memory holds one fold's at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: Any = None

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def add(self, fold: str, resampled: Resampled) -> None:
        """Add one fold's rows: ``fold``, ``target``, then the features."""
        import pyarrow
        from pyarrow.parquet import ParquetWriter

        frame: pd.DataFrame = resampled.rows.reset_index(drop=True)
        frame.insert(0, "fold", fold)
        frame["fold"] = frame["fold"].astype("str")
        frame.insert(1, "target", resampled.y.astype("int64"))
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        if self._writer is None:
            self._writer = ParquetWriter(self.path, table.schema, compression="zstd")
        self._writer.write_table(table)


def _by_text(counts: Mapping[int, Any]) -> dict[str, Any]:
    return {str(code): count for code, count in counts.items()}
