"""The sample submission as the raw files have it, and the layout that it gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_table
from pipeline.dataset import Schema
from pipeline.declaration.specs import SubmitSpec
from pipeline.reading import joined_id, read_delimiter, read_raw
from pipeline.submission.layout import Layout, make_sample, read_layout


def layout_of(job: Job, spec: SubmitSpec, schema: Schema, ids: pd.Series) -> tuple[Layout, str]:
    """The layout, and the delimiter: the sample's, or made from the test ids where the competition ships no sample."""
    sample, delimiter = read_sample(job, spec)
    if sample is None:
        return read_layout(spec, schema, make_sample(spec, schema, ids)), delimiter
    whole = with_made_id(spec, sample)
    parts = None if whole is sample else sample.set_index(whole[str(spec.columns.id)])
    return replace(read_layout(spec, schema, whole), parts=parts), delimiter


def with_made_id(spec: SubmitSpec, sample: pd.DataFrame) -> pd.DataFrame:
    """The sample, or a submission in its layout, with the id in the place of the columns that make it."""
    columns, name = spec.columns.id_from, spec.columns.id
    if name is None or not columns or name in sample or not set(columns) <= set(sample.columns):
        return sample
    return sample.drop(columns=columns).assign(**{name: joined_id(sample, columns, spec.columns.id_separator)})


def in_parts(spec: SubmitSpec, frame: pd.DataFrame, parts: pd.DataFrame | None) -> pd.DataFrame:
    """A submission with the columns that its id is made of, as the sample has them (``Layout.parts``)."""
    if parts is None or spec.columns.id is None:
        return frame
    named = parts.loc[frame[spec.columns.id], spec.columns.id_from].reset_index(drop=True)
    return pd.concat([named, frame.drop(columns=spec.columns.id)], axis=1)[list(parts.columns)]


def row_ids(job: Job) -> pd.Series:
    """The test rows' ids by their ``row_id``."""
    return read_table(job.path("clean", "ids.parquet")).set_index("row_id")["id"]


def ids_for(job: Job, schema: Schema, layout: Layout, row_id: pd.Series) -> pd.Series:
    """These test rows' ids, as the sample writes them where the files have none: see ``number_ids``."""
    ids = row_ids(job).loc[row_id]
    return number_ids(ids, layout.sample[layout.id]) if schema.id is None and layout.id is not None else ids


def read_sample(job: Job, spec: SubmitSpec) -> tuple[pd.DataFrame | None, str]:
    """The sample submission's fields as texts, and its delimiter; None where the competition ships none."""
    if spec.files.sample is None:
        return None, ","
    path = job.path("fetch", Path(spec.files.sample).name)
    frame = read_raw(path, spec.competition, spec.delimiter, spec.encoding)
    delimiter = (
        "," if path.suffix == ".parquet" else read_delimiter(path, spec.competition, spec.delimiter, spec.encoding)
    )
    return frame.astype("str"), delimiter


def number_ids(ids: pd.Series, sample: pd.Series) -> pd.Series:
    """Row numbers counted from where the sample's own begin, for files without ids: 0, 1 or any other number.

    Ids of the sample that are no rising row numbers stay unmatched, and ``lint`` names them.
    """
    numbers = pd.to_numeric(sample, errors="coerce").to_numpy()
    if len(numbers) == len(ids) and np.isfinite(numbers).all() and (np.diff(numbers) == 1).all():
        return pd.Series(sample.to_numpy(), ids.index)
    return ids
