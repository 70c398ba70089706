"""What a competition's submissions look like: to read one, to judge it, to compare two."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.dataset import read_schema
from pipeline.declaration.specs import SubmitSpec, read_spec
from pipeline.submission.build import rules_of
from pipeline.submission.layout import Layout
from pipeline.submission.lint import Rules
from pipeline.submission.sample import layout_of, row_ids, with_made_id


@dataclass(frozen=True)
class Form:
    """The layout and the rules of the stage ``submit``, and the delimiter of its files."""

    spec: SubmitSpec
    layout: Layout
    rules: Rules
    delimiter: str

    def read(self, path: Path) -> pd.DataFrame:
        """A submission's fields as the texts that they are; an id of several columns is put together."""
        return with_made_id(self.spec, pd.read_csv(path, dtype="str", keep_default_na=False, sep=self.delimiter))


def form_of(paths: Paths) -> Form:
    """The form that the stage ``submit`` used."""
    job = Job(paths, "submit")
    spec, schema = read_spec(job, SubmitSpec), read_schema(job)
    layout, delimiter = layout_of(job, spec, schema, row_ids(job))
    return Form(spec, layout, rules_of(spec, layout), delimiter)
