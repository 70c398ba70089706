"""Commands that bring the chain up to date: all of it, as far as the audit, or as far as a study needs it."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from pipeline.commands.arguments import Debug, Name, Quiet, paths_of
from pipeline.commands.guard import guarded
from pipeline.commands.results import print_leaderboard
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.screens import choose_screen, console

STARTED = time.time()
commands = typer.Typer()


@commands.command("run", help="Bring a competition's whole chain up to date, and print its leaderboard.")
@guarded
def run(
    competition: Name,
    quiet: Quiet = False,
    debug: Debug = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Run every stage, changed or not.")] = False,
    budget: Annotated[str | None, typer.Option(help="What the whole run may take, such as 240s or 4m.")] = None,
    plain: Annotated[bool, typer.Option("--plain", envvar="PODIUM_PLAIN", help="Lines only: no live board.")] = False,
) -> None:
    """The same as ``dvc repro competitions/<competition>/dvc.yaml``, with the declaration checked first.

    A budget, of the command or declared, counts from the start of this command.
    """
    from pipeline.board.command import run_shown

    paths = paths_of(competition)
    fits = _prepared(paths, budget)
    if not run_shown(paths, quiet, plain, force=force, replan=not fits) and not quiet:
        typer.echo(f"{competition} is up to date")
    if not quiet:
        print_leaderboard(paths)


def _prepared(paths: Paths, budget: str | None) -> bool:
    """Check the declaration and start the clock of a run that has a budget; whether the plan on disk is for the same.

    A budget given to the command stands in no file, so DVC cannot see it: ``plan`` is then run again by force.
    """
    from pipeline.core.clock import seconds_of, start_clock
    from pipeline.declaration.read import read_declaration
    from pipeline.plan import plan, planned_budget

    declared = read_declaration(paths.declaration)
    seconds = seconds_of(budget, paths.competition, "--budget") if budget else declared.budget
    plan(declared.model_copy(update={"budget": seconds}))
    if seconds is not None:
        start_clock(STARTED, seconds)
    return paths.plan("evaluate").exists() and planned_budget(paths) == seconds


@commands.command("audit-page", help="Bring the chain up to date as far as audit, and print what to look at.")
@guarded
def audit_page(competition: Name, debug: Debug = False) -> None:
    """Warnings with what to do about each, the columns that differ most, and where the page lies."""
    from pipeline.chain import run_chain
    from pipeline.declaration.read import read_declaration
    from pipeline.plan import plan
    from pipeline.report.audit_terminal import closing_lines, drift_table, warnings_table

    paths = paths_of(competition)
    plan(read_declaration(paths.declaration))
    run_chain(paths, until="audit")
    screen = console()
    screen.print(drift_table(paths), warnings_table(paths))
    for line in closing_lines(paths):
        screen.print(line, highlight=False, soft_wrap=True)


@commands.command(
    "imbalance", help="Measure every way of treating rare classes, with each kind of model, on the same folds."
)
@guarded
def imbalance(
    competition: Name,
    models: Annotated[str | None, typer.Option(help="Models to compare, with commas between; five by default.")] = None,
    methods: Annotated[
        str | None, typer.Option(help="Methods to compare, with commas between; all by default.")
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Take a sample of so many training rows.")] = None,
    precision: Annotated[float, typer.Option(min=0.01, max=1.0, help="The precision at which recall is told.")] = 0.9,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Bring the features and folds up to date; then fit what is not fitted yet, and write tables and a picture."""
    from pipeline.chain import run_chain
    from pipeline.imbalance.options import choose

    paths = paths_of(competition)
    options = choose(paths, models, methods, rows, precision)
    if quiet:
        os.environ["PODIUM_QUIET"] = "1"
    run_chain(paths, until="select")
    from pipeline.imbalance.run import run_study  # numpy and all, which its refusals above need not wait for

    job = Job(paths, "imbalance", None, choose_screen(quiet))
    summary = run_study(job, options)
    if not quiet:
        typer.echo(f"{'imbalance':<22} {summary}; see {paths.shown(job.out)}/")
