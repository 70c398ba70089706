"""skrub's report of each table, column by column, beside a finished run's page; made when the page is first opened.

A table's report takes seconds that a run need not wait for, and no two calls give it the same bytes, so it is no output
of a stage: ``evaluate`` leaves a page that says how to get it, ``report`` puts the real one in its place, and DVC looks
at neither (``.dvcignore``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
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
    for name in read_json(paths.stage("evaluate") / "tables" / "facts.json")["tables"]:
        page = folder / f"{name}.html"
        if page.exists() and page.read_text(encoding="utf-8") != waiting_page(competition, name):
            continue
        note(f"{competition}: a report of the table {name}")
        page.write_text(table_report(_read(paths, name), f"{competition}: {name}"), encoding="utf-8")


def table_report(frame: pd.DataFrame, title: str) -> str:
    """Skrub's report of a table as a page of its own, of a sample where it is large."""
    from skrub import TableReport

    if len(frame) > MOST_ROWS:
        title = f"{title}, {MOST_ROWS:,} of {len(frame):,} rows at even distances"
        frame = frame.iloc[np.linspace(0, len(frame) - 1, MOST_ROWS).astype(np.int64)]
    return str(TableReport(frame.reset_index(drop=True), title=title, verbose=0).html())


def _read(paths: Paths, name: str) -> pd.DataFrame:
    """One table of a run: ``train``, ``test`` or a side table by its name in the declaration."""
    job = Job(paths, "clean")
    if name in ("train", "test"):
        frame = read_table(job.path("clean", f"{name}.parquet")).drop(columns="row_id")
        return _with_target(job, frame) if name == "train" else frame
    spec = read_spec(job, CleanSpec)
    path = job.path("fetch", spec.tables[name].file)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    delimiter = read_delimiter(path, spec.competition, spec.delimiter, spec.encoding)
    return pd.read_csv(path, sep=delimiter, encoding=spec.encoding, low_memory=False)


def _with_target(job: Job, frame: pd.DataFrame) -> pd.DataFrame:
    schema, values = read_schema(job), read_target(job)
    told = pd.Series(values) if not schema.classes else pd.Series(values).map(dict(enumerate(map(str, schema.classes))))
    return pd.concat([told.rename(schema.target), frame], axis=1)
