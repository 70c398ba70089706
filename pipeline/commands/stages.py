"""One command a stage, as the chain calls them; ``plan`` before them, and ``check``, which plans and writes nothing."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections.abc import Callable

import typer

from pipeline.commands.arguments import Debug, Name, Quiet, paths_of
from pipeline.commands.guard import guarded
from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.times import remember
from pipeline.screens import choose_screen, say_summary
from pipeline.stages import BY_MODEL, STAGES

commands = typer.Typer()


def run_stage(stage: str, competition: str, model: str | None, quiet: bool) -> None:
    """Run one stage and print its summary line: what it did, seconds, peak memory."""
    start = time.perf_counter()
    job = Job(paths_of(competition), stage, model, choose_screen(quiet))
    if model is not None:
        _check_model(job, model)
    summary = importlib.import_module(_module(stage)).run(job)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    remember(job.paths, stage, model, seconds, peak)
    if not quiet:
        say_summary(f"{stage} {model}" if model else stage, summary, seconds, peak)


def _check_model(job: Job, model: str) -> None:
    """Refuse a model that the plan does not know; where there is no plan, the stage says so."""
    plans = job.paths.plan(job.stage).parent.glob(f"{job.stage}-*.json")
    known = [path.stem.removeprefix(f"{job.stage}-") for path in plans]
    if known and model not in known:
        step = f"{nearest(model, known)}. For another, name it under models and run `python -m pipeline plan`"
        raise PodiumError(job.paths.competition, job.stage, "is for the declared models", got=repr(model), step=step)


def _module(stage: str) -> str:
    return "pipeline.plan" if stage == "plan" else f"pipeline.stages.{stage}"


def _stage_command(stage: str) -> Callable[..., None]:
    @guarded
    def command(competition: Name, quiet: Quiet = False, debug: Debug = False) -> None:
        run_stage(stage, competition, None, quiet)

    @guarded
    def command_by_model(competition: Name, model: str, quiet: Quiet = False, debug: Debug = False) -> None:
        run_stage(stage, competition, model, quiet)

    return command_by_model if stage in BY_MODEL else command


commands.command("plan", help="Check the declaration and write each stage's spec.")(_stage_command("plan"))
for _stage, _line in STAGES.items():
    commands.command(_stage, help=_line)(_stage_command(_stage))


@commands.command("check", help="Check a competition's declaration, without running anything.")
@guarded
def check(competition: Name, debug: Debug = False) -> None:
    """Read and plan, write nothing; the folders that DVC will read are looked at too."""
    from pipeline.copies import check_folders
    from pipeline.declaration.read import read_declaration
    from pipeline.plan import plan

    paths = paths_of(competition)
    plan(read_declaration(paths.declaration))
    check_folders(paths.root, competition)
