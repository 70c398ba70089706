"""Commands for what leaves a finished run: predictions of new rows, submissions and their ledger, notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import Debug, Name, Quiet, paths_of, project_root
from pipeline.commands.guard import guarded
from pipeline.screens import choose_screen, console

commands = typer.Typer()


@commands.command(
    "send", help="Send a finished run's submission to Kaggle, wait for its score, and enter it in the ledger."
)
@guarded
def send(
    competition: Name,
    message: Annotated[str, typer.Option("--message", "-m", help="What is new in it, for Kaggle and the ledger.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Send it in spite of what the check warns of.")] = False,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Check and show it; ask and send nothing.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the score.")] = 300,
    debug: Debug = False,
) -> None:
    """Check, show, send, wait, enter; nothing is sent twice."""
    from pipeline.ledger.send import await_score, deliver, prepare
    from pipeline.ledger.terminal import parcel_table, sent_lines

    paths, terminal, screen = paths_of(competition), console(), choose_screen(False)
    ready = prepare(paths, message, anyway, rehearse, screen.note)
    terminal.print(parcel_table(ready))
    if ready.kaggle is None:
        return
    entry = deliver(ready, ready.kaggle)
    with terminal.status("waiting for the score"):
        entry = await_score(ready, ready.kaggle, entry, wait)
    for line in sent_lines(paths, entry):
        terminal.print(line, highlight=False, soft_wrap=True, markup=False)


@commands.command("ledger", help="Show what was sent to Kaggle, how far it agrees with cross-validation, what to pick.")
@guarded
def ledger(
    competition: Name,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Kaggle for new scores.")] = False,
    debug: Debug = False,
) -> None:
    """Bring the ledger's scores up to date where Kaggle answers, print the table and write the page."""
    from pipeline.ledger.page import write_ledger_page
    from pipeline.ledger.refresh import overview
    from pipeline.ledger.terminal import closing_lines, ledger_table

    paths, terminal = paths_of(competition), console()
    found = overview(paths, offline, choose_screen(False).note)
    terminal.print(ledger_table(found))
    for line in closing_lines(found, paths.shown(write_ledger_page(paths, found))):
        terminal.print(line, highlight=False, soft_wrap=True, markup=False)


@commands.command("predict", help="Predict new rows with a finished run's models, in the submission's layout.")
@guarded
def predict(
    competition: Name,
    rows: Annotated[Path, typer.Argument(help="A file with the test file's columns.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    allow_missing: Annotated[bool, typer.Option(help="Let columns be absent: their values are then missing.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Load the run, predict, write."""
    from pipeline.serving.file import predict_file
    from pipeline.serving.predictor import Predictor

    predictor = Predictor.load(competition, project_root(), choose_screen(quiet))
    summary = predict_file(predictor, rows, out, allow_missing)
    if not quiet:
        typer.echo(f"{'predict':<22} {summary}")


@commands.command("notebook", help="Write a Kaggle notebook without internet, and the private data set it reads.")
@guarded
def notebook(
    competition: Name,
    user: Annotated[str, typer.Option(envvar="KAGGLE_USERNAME", help="The Kaggle account they will belong to.")],
    wheels: Annotated[str, typer.Option(help="Packages whose installed version goes along, commas between.")] = "",
    debug: Debug = False,
) -> None:
    """Copy what prediction needs, build the wheels, write the notebook."""
    from pipeline.serving.bundle import Request, write_bundle

    more = tuple(name.strip() for name in wheels.split(",") if name.strip())
    summary = write_bundle(paths_of(competition), Request(user, more))
    typer.echo(f"{'notebook':<22} {summary}")
