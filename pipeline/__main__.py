"""The command line: ``python -m pipeline STAGE COMPETITION [MODEL]``, and a few commands around the stages.

It imports only the stage that is asked for, and owns the screen: a summary line a stage, one clear error, an exit code
(0 done, 1 an error that is said in one sentence, 2 a wrong command line, 130 interrupted).
"""

from __future__ import annotations

import typer

from pipeline.commands import deliveries, project, results, runs, stages

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Podium: a reproducible pipeline for tabular machine-learning competitions.",
)
for group in (stages, runs, project, deliveries, results):
    app.add_typer(group.commands)

if __name__ == "__main__":
    app(prog_name="python -m pipeline")
