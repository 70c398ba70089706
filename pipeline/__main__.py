"""The command line: ``python -m pipeline STAGE COMPETITION [MODEL]``, and a few commands around the stages.

It imports only the stage that is asked for, and owns the screen: a summary line a stage, one clear error, an exit code
(0 done, 1 an error that is said in one sentence, 2 a wrong command line, 130 interrupted).
"""

from __future__ import annotations

import errno
import importlib
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipeline import plan
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.times import remember
from pipeline.screens import choose_screen, console, say_summary
from pipeline.stages import BY_MODEL, STAGES

STARTED = time.time()
app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Podium: a reproducible pipeline for tabular machine-learning competitions.",
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", envvar="PODIUM_QUIET", help="Print errors only.")]
Debug = Annotated[bool, typer.Option("--debug", envvar="PODIUM_DEBUG", help="Show the traceback of an error.")]


def project_root() -> Path:
    """The folder that holds ``pipeline/`` and ``competitions/``: the working folder, or one above it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pipeline" / "chain.yaml").is_file():
            return folder
    raise PodiumError("", str(here), "is not inside a Podium project", step="Change to the project's root folder")


def known_competitions(incomplete: str) -> list[str]:
    """What the shell completes a competition's name to."""
    from pipeline.declaration.read import competitions

    try:
        return [name for name in competitions(project_root() / "competitions") if name.startswith(incomplete)]
    except PodiumError:
        return []


Name = Annotated[
    str,
    typer.Argument(
        metavar="COMPETITION", help="A folder's name under competitions/.", autocompletion=known_competitions
    ),
]


def guarded(work: Callable[[], None], debug: bool) -> None:
    """Run, and turn what goes wrong into one sentence on standard error and an exit code."""
    try:
        work()
    except KeyboardInterrupt:
        typer.echo("interrupted: what is finished is kept; the same command goes on from there", err=True)
        raise SystemExit(130) from None
    except Exception as error:  # whatever it is, a user gets one sentence and exit code 1
        if debug:
            raise
        typer.echo(f"error: {_sentence(error)}", err=True)
        raise SystemExit(1) from None


def _sentence(error: Exception) -> str:
    if isinstance(error, PodiumError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        where = error.filename or "data/ or .cache/"
        return f"no space left on the disk ({where}). Free some (`dvc gc --workspace` helps), then run it again"
    return (
        f"{type(error).__name__}: {error}. This is a defect of the pipeline or of a feature function; "
        "the same command with --debug (or PODIUM_DEBUG=1) shows where"
    )


def run_stage(stage: str, competition: str, model: str | None, quiet: bool) -> None:
    """Run one stage and print its summary line: what it did, seconds, peak memory."""
    start = time.perf_counter()
    job = Job(Paths(project_root(), competition), stage, model, choose_screen(quiet))
    module = plan if stage == "plan" else importlib.import_module(f"pipeline.stages.{stage}")
    summary = module.run(job)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    remember(job.paths, stage, model, seconds, peak)
    if not quiet:
        say_summary(f"{stage} {model}" if model else stage, summary, seconds, peak)


def _stage_command(stage: str) -> Callable[..., None]:
    def command(competition: Name, quiet: Quiet = False, debug: Debug = False) -> None:
        guarded(lambda: run_stage(stage, competition, None, quiet), debug)

    def command_by_model(competition: Name, model: str, quiet: Quiet = False, debug: Debug = False) -> None:
        guarded(lambda: run_stage(stage, competition, model, quiet), debug)

    return command_by_model if stage in BY_MODEL else command


app.command("plan", help="Check the declaration and write each stage's spec.")(_stage_command("plan"))
for _stage, _line in STAGES.items():
    app.command(_stage, help=_line)(_stage_command(_stage))


@app.command("check", help="Check a competition's declaration, without running anything.")
def check(competition: Name, debug: Debug = False) -> None:
    """Read and plan, write nothing; the folders that DVC will read are looked at too."""

    def work() -> None:
        from pipeline.copies import check_folders
        from pipeline.declaration.read import read_declaration

        plan.plan(read_declaration(Paths(project_root(), competition).declaration))
        check_folders(project_root(), competition)

    guarded(work, debug)


@app.command("run", help="Bring a competition's whole chain up to date, and print its leaderboard.")
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

    def work() -> None:
        from pipeline.board.command import run_shown

        paths = Paths(project_root(), competition)
        fits = _prepared(paths, budget)
        if not run_shown(paths, quiet, plain, force=force, replan=not fits) and not quiet:
            typer.echo(f"{competition} is up to date")
        if not quiet:
            _print_leaderboard(paths)

    guarded(work, debug)


def _prepared(paths: Paths, budget: str | None) -> bool:
    """Check the declaration and start the clock of a run that has a budget; whether the plan on disk is for the same.

    A budget given to the command stands in no file, so DVC cannot see it: ``plan`` is then run again by force.
    """
    from pipeline.core.clock import seconds_of, start_clock
    from pipeline.declaration.read import read_declaration

    declared = read_declaration(paths.declaration)
    seconds = seconds_of(budget, paths.competition, "--budget") if budget else declared.budget
    plan.plan(declared.model_copy(update={"budget": seconds}))
    if seconds is not None:
        start_clock(STARTED, seconds)
    known = paths.plan("evaluate")
    return known.exists() and plan.planned_budget(paths) == seconds


@app.command("audit-page", help="Bring the chain up to date as far as audit, and print what to look at.")
def audit_page(competition: Name, debug: Debug = False) -> None:
    """Warnings with what to do about each, the columns that differ most, and where the page lies."""

    def work() -> None:
        from pipeline.chain import run_chain
        from pipeline.declaration.read import read_declaration
        from pipeline.report.audit_terminal import closing_lines, drift_table, warnings_table

        paths = Paths(project_root(), competition)
        plan.plan(read_declaration(paths.declaration))
        run_chain(paths, until="audit")
        screen = console()
        screen.print(drift_table(paths), warnings_table(paths))
        for line in closing_lines(paths):
            screen.print(line, highlight=False, soft_wrap=True)

    guarded(work, debug)


def _print_leaderboard(paths: Paths) -> None:
    from pipeline.report.terminal import final_lines, leaderboard_table

    screen = console()
    screen.print(leaderboard_table(paths))
    for line in final_lines(paths):
        screen.print(line, highlight=False, soft_wrap=True)


@app.command(
    "imbalance", help="Measure every way of treating rare classes, with each kind of model, on the same folds."
)
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

    def work() -> None:
        from pipeline.chain import run_chain
        from pipeline.imbalance.options import choose

        paths = Paths(project_root(), competition)
        options = choose(paths, models, methods, rows, precision)
        if quiet:
            os.environ["PODIUM_QUIET"] = "1"
        run_chain(paths, until="select")
        from pipeline.imbalance.run import run_study

        job = Job(paths, "imbalance", None, choose_screen(quiet))
        summary = run_study(job, options)
        if not quiet:
            typer.echo(f"{'imbalance':<22} {summary}; see {paths.shown(job.out)}/")

    guarded(work, debug)


@app.command("new", help="Make a competition's folder out of its train, test and sample-submission files.")
def new(
    slug: Annotated[str, typer.Argument(help="The new folder's name: small letters, digits and hyphens.")],
    source: Annotated[Path, typer.Option("--from", help="A zip or folder that holds the files.")],
    metric: Annotated[str | None, typer.Option(help="The competition's metric; guessed where not given.")] = None,
    debug: Debug = False,
) -> None:
    """Infer id, target, task, roles and metric, and write the declaration with its guesses as comments."""

    def work() -> None:
        from pipeline.new import create

        folder = create(slug, source, metric, project_root(), choose_screen(False))
        typer.echo(f"wrote {folder.relative_to(project_root())}/: read competition.yaml, then run `make {slug}`")

    guarded(work, debug)


@app.command("send", help="Send a finished run's submission to Kaggle, wait for its score, and enter it in the ledger.")
def send(
    competition: Name,
    message: Annotated[str, typer.Option("--message", "-m", help="What is new in it, for Kaggle and the ledger.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Send it in spite of what the check warns of.")] = False,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Check and show it; ask and send nothing.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the score.")] = 300,
    debug: Debug = False,
) -> None:
    """Check, show, send, wait, enter; nothing is sent twice."""

    def work() -> None:
        from pipeline.ledger.send import await_score, deliver, prepare
        from pipeline.ledger.terminal import parcel_table, sent_lines

        paths, terminal, screen = Paths(project_root(), competition), console(), choose_screen(False)
        ready = prepare(paths, message, anyway, rehearse, screen.note)
        terminal.print(parcel_table(ready))
        if ready.kaggle is None:
            return
        entry = deliver(ready, ready.kaggle)
        with terminal.status("waiting for the score"):
            entry = await_score(ready, ready.kaggle, entry, wait)
        for line in sent_lines(paths, entry):
            terminal.print(line, highlight=False, soft_wrap=True, markup=False)

    guarded(work, debug)


@app.command("ledger", help="Show what was sent to Kaggle, how far it agrees with cross-validation, what to pick.")
def ledger(
    competition: Name,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Kaggle for new scores.")] = False,
    debug: Debug = False,
) -> None:
    """Bring the ledger's scores up to date where Kaggle answers, print the table and write the page."""

    def work() -> None:
        from pipeline.ledger.page import write_ledger_page
        from pipeline.ledger.refresh import overview
        from pipeline.ledger.terminal import closing_lines, ledger_table

        paths, terminal = Paths(project_root(), competition), console()
        found = overview(paths, offline, choose_screen(False).note)
        terminal.print(ledger_table(found))
        for line in closing_lines(found, paths.shown(write_ledger_page(paths, found))):
            terminal.print(line, highlight=False, soft_wrap=True, markup=False)

    guarded(work, debug)


@app.command("show", help="Print a finished run's leaderboard and where its files lie.")
def show(competition: Name, debug: Debug = False) -> None:
    """The final table: model, score and standard error, seconds, ensemble weight."""
    guarded(lambda: _print_leaderboard(Paths(project_root(), competition)), debug)


@app.command("predict", help="Predict new rows with a finished run's models, in the submission's layout.")
def predict(
    competition: Name,
    rows: Annotated[Path, typer.Argument(help="A file with the test file's columns.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    allow_missing: Annotated[bool, typer.Option(help="Let columns be absent: their values are then missing.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Load the run, predict, write."""

    def work() -> None:
        from pipeline.serving.file import predict_file
        from pipeline.serving.predictor import Predictor

        predictor = Predictor.load(competition, project_root(), choose_screen(quiet))
        summary = predict_file(predictor, rows, out, allow_missing)
        if not quiet:
            typer.echo(f"{'predict':<22} {summary}")

    guarded(work, debug)


@app.command("notebook", help="Write a Kaggle notebook without internet, and the private data set it reads.")
def notebook(
    competition: Name,
    user: Annotated[str, typer.Option(envvar="KAGGLE_USERNAME", help="The Kaggle account they will belong to.")],
    wheels: Annotated[str, typer.Option(help="Packages whose installed version goes along, commas between.")] = "",
    debug: Debug = False,
) -> None:
    """Copy what prediction needs, build the wheels, write the notebook."""

    def work() -> None:
        from pipeline.serving.bundle import Request, write_bundle

        more = tuple(name.strip() for name in wheels.split(",") if name.strip())
        summary = write_bundle(Paths(project_root(), competition), Request(user, more))
        typer.echo(f"{'notebook':<22} {summary}")

    guarded(work, debug)


@app.command("diff", help="What changed since a revision: settings, columns, members, and scores by a paired test.")
def diff(
    competition: Name,
    revision: Annotated[str, typer.Argument(metavar="[REV]", help="A commit, branch, tag or DVC experiment.")] = "HEAD",
    later: Annotated[
        str | None, typer.Argument(metavar="[LATER]", help="Another one to hold against it; else the working folder.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Hold a run against an earlier one, on the terminal and as a page."""

    def work() -> None:
        from pipeline.comparison.command import run_diff

        run_diff(Paths(project_root(), competition), revision, later, console())

    guarded(work, debug)


@app.command("status", help="What is up to date, what would run and why, and how long it took last time.")
def status(
    competition: Annotated[
        str | None,
        typer.Argument(help="One competition; a line for each where not given.", autocompletion=known_competitions),
    ] = None,
    debug: Debug = False,
) -> None:
    """Run nothing, write nothing."""

    def work() -> None:
        from pipeline.standing.command import show_status

        show_status(project_root(), competition, console())

    guarded(work, debug)


@app.command("doctor", help="Look over this machine and project: what Podium needs, and how to mend what is wrong.")
def doctor(debug: Debug = False) -> None:
    """Exit code 1 where anything needs mending."""

    def work() -> None:
        from pipeline.doctor.command import show_findings

        if not show_findings(project_root(), console()):
            raise SystemExit(1)

    guarded(work, debug)


@app.command("schema", help="Renew the JSON Schema of competition.yaml, by which editors complete and check it.")
def schema(debug: Debug = False) -> None:
    """Write the file that recipes name in their first line."""

    def work() -> None:
        from pipeline.schema import write_schema

        typer.echo(write_schema(project_root()))

    guarded(work, debug)


@app.command("chains", help="Renew every competition's dvc.yaml, a copy of pipeline/chain.yaml.")
def chains(debug: Debug = False) -> None:
    """Write the copies that differ."""

    def work() -> None:
        from pipeline.copies import renew

        typer.echo(f"renewed: {', '.join(renew(project_root())) or 'none, all are up to date'}")

    guarded(work, debug)


@app.command("effort", help="Print what the last ensemble's weights come to as tune.effort.")
def effort(competition: Name, debug: Debug = False) -> None:
    """Lines to put under ``tune`` in competition.yaml: declared, so that the search they steer repeats."""

    def work() -> None:
        from pipeline.report.terminal import effort_lines

        for line in effort_lines(Paths(project_root(), competition)):
            typer.echo(line)

    guarded(work, debug)


@app.command("report", help="Open a finished run's report in the browser, or the page over all of them.")
def report(
    competition: Annotated[str, typer.Argument(autocompletion=known_competitions)] = "", debug: Debug = False
) -> None:
    """Make the reports of its tables where there are none yet, say where the page lies, have the browser show it."""

    def work() -> None:
        import webbrowser

        from pipeline.report.collection import report_of, write_collection

        root = project_root()
        page = report_of(Paths(root, competition)) if competition else write_collection(root)
        if competition:
            from pipeline.report.table_reports import write_table_reports

            write_table_reports(Paths(root, competition), choose_screen(False).note)
        typer.echo(Paths(root, competition).shown(page))
        webbrowser.open(page.as_uri())

    guarded(work, debug)


@app.command("leaderboard", help="Write one competition's row of the leaderboard over all competitions.")
def leaderboard(competition: Name, debug: Debug = False) -> None:
    """Read evaluate's and submit's outputs and write the row."""

    def work() -> None:
        from pipeline.report.leaderboard import write_row

        typer.echo(write_row(Paths(project_root(), competition)))

    guarded(work, debug)


@app.command("index", help="Write the index page over all rows of the leaderboard.")
def index(debug: Debug = False) -> None:
    """Read ``params.yaml`` for the competitions and write the page."""

    def work() -> None:
        import yaml

        from pipeline.report.leaderboard import write_index

        root = project_root()
        listed = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["competitions"]
        typer.echo(write_index(root, listed))

    guarded(work, debug)


if __name__ == "__main__":
    app(prog_name="python -m pipeline")
