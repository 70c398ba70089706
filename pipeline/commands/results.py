"""Commands that show or compare what is there, and run nothing of the chain."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.arguments import Debug, Name, known_competitions, paths_of, project_root
from pipeline.commands.guard import guarded
from pipeline.core.paths import Paths
from pipeline.screens import choose_screen, console

commands = typer.Typer()


@commands.command("show", help="Print a finished run's leaderboard and where its files lie.")
@guarded
def show(competition: Name, debug: Debug = False) -> None:
    """The final table: model, score and standard error, seconds, ensemble weight."""
    print_leaderboard(paths_of(competition))


def print_leaderboard(paths: Paths) -> None:
    """The final table, and the lines below it."""
    from pipeline.report.terminal import final_lines, leaderboard_table

    screen = console()
    screen.print(leaderboard_table(paths))
    for line in final_lines(paths):
        screen.print(line, highlight=False, soft_wrap=True)


@commands.command(
    "diff", help="What changed since a revision: settings, columns, members, and scores by a paired test."
)
@guarded
def diff(
    competition: Name,
    revision: Annotated[str, typer.Argument(metavar="[REV]", help="A commit, branch, tag or DVC experiment.")] = "HEAD",
    later: Annotated[
        str | None, typer.Argument(metavar="[LATER]", help="Another one to hold against it; else the working folder.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Hold a run against an earlier one, on the terminal and as a page."""
    from pipeline.comparison.command import run_diff

    run_diff(paths_of(competition), revision, later, console())


@commands.command("status", help="What is up to date, what would run and why, and how long it took last time.")
@guarded
def status(
    competition: Annotated[
        str | None,
        typer.Argument(help="One competition; a line for each where not given.", autocompletion=known_competitions),
    ] = None,
    debug: Debug = False,
) -> None:
    """Run nothing, write nothing."""
    from pipeline.standing.command import show_status

    show_status(project_root(), competition, console())


@commands.command("effort", help="Print what the last ensemble's weights come to as tune.effort.")
@guarded
def effort(competition: Name, debug: Debug = False) -> None:
    """Lines to put under ``tune`` in competition.yaml: declared, so that the search they steer repeats."""
    from pipeline.report.terminal import effort_lines

    for line in effort_lines(paths_of(competition)):
        typer.echo(line)


@commands.command("report", help="Open a finished run's report in the browser, or the page over all of them.")
@guarded
def report(
    competition: Annotated[str, typer.Argument(autocompletion=known_competitions)] = "", debug: Debug = False
) -> None:
    """Make the reports of its tables where there are none yet, say where the page lies, have the browser show it."""
    import webbrowser

    from pipeline.report.collection import report_of, write_collection

    paths = paths_of(competition)
    page = report_of(paths) if competition else write_collection(paths.root)
    if competition:
        from pipeline.report.table_reports import write_table_reports

        write_table_reports(paths, choose_screen(False).note)
    typer.echo(paths.shown(page))
    webbrowser.open(page.as_uri())


@commands.command("leaderboard", help="Write one competition's row of the leaderboard over all competitions.")
@guarded
def leaderboard(competition: Name, debug: Debug = False) -> None:
    """Read evaluate's and submit's outputs and write the row."""
    from pipeline.report.leaderboard import write_row

    typer.echo(write_row(paths_of(competition)))


@commands.command("index", help="Write the index page over all rows of the leaderboard.")
@guarded
def index(debug: Debug = False) -> None:
    """Read ``params.yaml`` for the competitions and write the page."""
    import yaml

    from pipeline.report.leaderboard import write_index

    root = project_root()
    listed = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["competitions"]
    typer.echo(write_index(root, listed))
