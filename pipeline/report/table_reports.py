"""skrub's report of each table, column by column, beside a finished run's page; made when the page is first opened.

A table's report takes seconds that a run need not wait for, and no two calls give it the same bytes, so it is no output
of a stage: ``evaluate`` leaves a page that says how to get it, ``report`` puts the real one in its place, and DVC looks
at neither (``.dvcignore``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.dataset import read_schema, read_target
from pipeline.declaration.specs import CleanSpec, read_spec
from pipeline.reading import read_delimiter
from pipeline.report.waiting import FOLDER, waiting_page

MOST_ROWS = 20_000


def write_table_reports(paths: Paths, note: Callable[[str], None]) -> None:
    """Write skrub's report of every table of a finished run that has none yet.

    Training and test rows are as ``clean`` left them, the target beside; a side table is as it came. Of a table of more
    than 20,000 rows so many are taken, at even distances, and the report's title says so.

    Parameters
    ----------
    note : callable
        Told each table before its report is made.
    """
    folder, competition = paths.stage("evaluate") / "report" / FOLDER, paths.competition
    folder.mkdir(parents=True, exist_ok=True)
    for name in read_json(paths.stage("evaluate") / "tables" / "facts.json").get("tables", ()):
        page = folder / f"{name}.html"
        if page.exists() and page.read_text(encoding="utf-8") != waiting_page(competition, name):
            continue
        note(f"{competition}: a report of the table {name}")
        page.write_text(table_report(f"{competition}: {name}", *_read(paths, name)), encoding="utf-8")


def table_report(title: str, frame: pd.DataFrame, rows: int) -> str:
    """Skrub's report of a table as a page of its own; where the frame is a sample of more rows, the title says so."""
    from skrub import TableReport

    if len(frame) < rows:
        title = f"{title}, {len(frame):,} of {rows:,} rows at even distances"
    return str(TableReport(frame.reset_index(drop=True), title=title, verbose=0).html())


def sampled(path: Path) -> tuple[pd.DataFrame, int]:
    """At most 20,000 rows of a parquet file, at even distances, and how many it has; it is read part by part."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(path)
    wanted, parts, start = _places(file.metadata.num_rows), [], 0
    for number in range(file.num_row_groups):
        part = file.read_row_group(number)
        parts.append(part.take(wanted[(wanted >= start) & (wanted < start + len(part))] - start))
        start += len(part)
    return pa.concat_tables(parts).to_pandas(), file.metadata.num_rows


def _read(paths: Paths, name: str) -> tuple[pd.DataFrame, int]:
    """A sample of ``train``, ``test`` or a side table by its declared name, and how many rows the table has."""
    job = Job(paths, "clean")
    if name in ("train", "test"):
        frame, rows = sampled(job.path("clean", f"{name}.parquet"))
        frame = frame.drop(columns="row_id")
        return (_with_target(job, frame) if name == "train" else frame), rows
    spec = read_spec(job, CleanSpec)
    path = job.path("fetch", spec.tables[name].file)
    if path.suffix == ".parquet":
        return sampled(path)
    delimiter = read_delimiter(path, spec.competition, spec.delimiter, spec.encoding)
    whole = pd.read_csv(path, sep=delimiter, encoding=spec.encoding, low_memory=False)
    return whole.iloc[_places(len(whole))], len(whole)


def _with_target(job: Job, frame: pd.DataFrame) -> pd.DataFrame:
    schema, values = read_schema(job), read_target(job)
    told = pd.Series(values[_places(len(values))], name=schema.target)
    told = told.map(dict(enumerate(map(str, schema.classes)))) if schema.classes else told
    return pd.concat([told, frame], axis=1)


def _places(rows: int) -> np.ndarray:
    return np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(np.int64)
