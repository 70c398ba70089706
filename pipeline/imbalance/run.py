"""The study from end to end: its cells, its tables, its picture, and the competition's README.

``data/<competition>/imbalance/`` then holds ``folds.parquet`` (every cell's score in every fold), ``summary.parquet``
and ``summary.csv`` (a row a cell), ``table.md`` and ``imbalance.svg``. Finished cells lie under ``.cache/``, so a study
that was killed, or is asked for more models or methods, goes on from there.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import write_table
from pipeline.imbalance import markdown, scores
from pipeline.imbalance.balancing import Balancing
from pipeline.imbalance.cells import Cell, make_cell
from pipeline.imbalance.methods import METHODS, MODELS, NONE, THRESHOLD, applies
from pipeline.imbalance.options import Options
from pipeline.imbalance.picture import picture
from pipeline.imbalance.study import Study, open_study

PICTURE = "imbalance.svg"


def run_study(job: Job, options: Options) -> str:
    """Make the study and write everything; a one-line summary."""
    study = open_study(job, options)
    cells = ordered(list(make_cells(study)), options)
    folds = scores.fold_table(cells, options.precision)
    summary = scores.summary(folds, cells)
    text = f"{_told(study)}\n\n{markdown.table(summary, options.precision)}"
    with job.writing() as folder:
        write_table(folds, folder / "folds.parquet")
        write_table(summary, folder / "summary.parquet")
        summary.to_csv(folder / "summary.csv", index=False, lineterminator="\n")
        (folder / "table.md").write_text(text + "\n", encoding="utf-8")
        (folder / PICTURE).write_text(picture(summary), encoding="utf-8")
    _publish(study, text, summary)
    made = int((summary["refused"] == "").sum())
    return f"{made} cells of {len(options.models)} models over {len(study.dataset.folds)} folds"


def make_cells(study: Study) -> Iterator[Cell]:
    """Every cell that is asked for, a method after the other, so that one method's rows are in memory at a time."""
    options = study.options
    fitted = [name for name in METHODS if name in options.methods and name != THRESHOLD]
    if THRESHOLD in options.methods and NONE not in fitted:
        fitted.insert(0, NONE)
    wanted = [(method, model) for method in fitted for model in options.models if applies(model, method)]
    balancing: Balancing | None = None
    for method, model in study.job.screen.track(wanted, "imbalance", len(wanted)):
        if balancing is None or balancing.method != method:
            balancing = Balancing(study.dataset, study.oversample, method)
        cell = make_cell(study, model, balancing)
        if cell.refused and model == options.models[0]:
            study.job.screen.note(f"{method} is left out: {cell.refused}")
        yield cell
        if method == NONE and THRESHOLD in options.methods:
            yield scores.threshold_cell(cell)


def ordered(cells: list[Cell], options: Options) -> list[Cell]:
    """By model, then by method, without what was made for another cell's sake."""
    places = {name: k for k, name in enumerate(METHODS)}
    shown = [cell for cell in cells if cell.method in options.methods]
    return sorted(shown, key=lambda cell: (options.models.index(cell.model), places[cell.method]))


def _told(study: Study) -> str:
    """How the table was made: the command, the rows and the folds."""
    options, data = study.options, study.dataset
    words = ["python", "-m", "pipeline", "imbalance", study.job.competition]
    if list(options.models) != list(MODELS):
        words += ["--models", ",".join(options.models)]
    if list(options.methods) != list(METHODS):
        words += ["--methods", ",".join(options.methods)]
    if options.rows is not None:
        words += ["--rows", str(options.rows)]
    if options.precision != Options.precision:
        words += ["--precision", f"{options.precision:g}"]
    rarest = int(pd.Series(data.target).value_counts().min())
    sample = "a sample of " if options.rows is not None else ""
    return (
        f"`{shlex.join(words)}`, on {sample}{len(data.target):,} rows, {rarest:,} of them of the rarest class, "
        f"in {len(data.folds)} folds."
    )


def _publish(study: Study, text: str, summary: pd.DataFrame) -> None:
    recipe, name = study.job.paths.recipe, study.job.competition
    content = f"{text}\n\n![Average precision by model and method]({PICTURE})"
    if markdown.put_between_markers(recipe / "README.md", content, name):
        (recipe / PICTURE).write_text(picture(summary), encoding="utf-8")
        return
    study.job.screen.note(
        f"competitions/{name}/README.md has no place for the table: "
        f"write {markdown.START} and {markdown.END} where it should stand"
    )
