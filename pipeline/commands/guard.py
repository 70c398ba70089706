"""What goes wrong in a command: one sentence on standard error and an exit code."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from pipeline.core.errors import PodiumError

Options = ParamSpec("Options")


def guarded(command: Callable[Options, None]) -> Callable[Options, None]:
    """The command with its errors told in a sentence; its option ``--debug`` lets their tracebacks through."""

    @wraps(command)
    def run(*args: Options.args, **options: Options.kwargs) -> None:
        try:
            command(*args, **options)
        except KeyboardInterrupt:
            typer.echo("interrupted: what is finished is kept; the same command goes on from there", err=True)
            raise SystemExit(130) from None
        except BrokenPipeError:  # nobody reads on, as after `| head`: typer ends with exit code 1 and no word
            raise
        except Exception as error:  # whatever it is, a user gets one sentence and exit code 1
            if options.get("debug"):
                raise
            typer.echo(f"error: {_sentence(error)}", err=True)
            raise SystemExit(1) from None

    return run


def _sentence(error: Exception) -> str:
    if isinstance(error, PodiumError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        where = error.filename or "data/ or .cache/"
        return f"no space left on the disk ({where}). Free some (`dvc gc --workspace` helps), then run it again"
    return (
        f"{type(error).__name__}: {error}. This is a defect of the pipeline or of a feature function, "
        "or a model's library refuses a declared setting; "
        "the same command with --debug (or PODIUM_DEBUG=1) shows where"
    )
