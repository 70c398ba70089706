"""From a file of new rows to a file of predictions in the submission's layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.cleaning.files import with_id
from pipeline.cleaning.words import as_text
from pipeline.core.job import Job
from pipeline.dataset import Schema
from pipeline.declaration.specs import SubmitSpec, read_spec
from pipeline.reading import read_raw
from pipeline.serving.predictor import Predictor
from pipeline.submission.build import build
from pipeline.submission.known import put_known
from pipeline.submission.sample import layout_of


def predict_file(predictor: Predictor, rows: Path, out: Path, allow_missing: bool = False) -> str:
    """Predict a file's rows in their order and write them as the competition's submission is laid out; one line.

    Parameters
    ----------
    rows : Path
        A CSV or parquet file with the test file's columns; rows without an id are numbered from 0, where models do
        without it.
    out : Path
        The CSV file to write.
    """
    paths = predictor.paths
    spec = read_spec(Job(paths, "submit"), SubmitSpec)
    raw = read_raw(rows, paths.competition, None, predictor.cleaner.spec.encoding)
    if set(spec.columns.id_from) <= set(raw.columns):
        raw = with_id(predictor.cleaner.spec, raw)
    cleaned = predictor.clean(raw, allow_missing)
    decided = predictor.decide(predictor.predict_cleaned(cleaned))
    if spec.submit.known:
        decided, _ = put_known(spec, cleaned, decided)
    frame = laid_out(predictor, spec, raw, decided)
    out.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(out, index=False, lineterminator="\n")
    return f"{len(frame)} rows predicted by {len(predictor.members)} members: {out}"


def laid_out(predictor: Predictor, spec: SubmitSpec, raw: pd.DataFrame, decided: np.ndarray) -> pd.DataFrame:
    """Predictions as texts under the submission's columns, in the rows' order."""
    schema: Schema = predictor.cleaner.schema
    numbers = pd.Series(np.arange(len(raw)).astype(str), dtype="str")
    ids = as_text(raw[schema.id]).reset_index(drop=True) if schema.id in raw else numbers
    layout, _ = layout_of(Job(predictor.paths, "submit"), spec, schema, ids)
    empty = {name: np.full(len(ids), "") for name in layout.columns}
    own = {} if layout.id is None else {layout.id: ids.to_numpy()}
    rows = pd.DataFrame({**own, **empty}).astype("str")
    names = [name for name in layout.sample.columns if name in rows]
    return build(spec, replace(layout, sample=rows[names]), ids, decided)
