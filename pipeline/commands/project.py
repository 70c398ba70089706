"""Commands about the project itself: a new competition's folder, the machine, and files made out of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import Debug, project_root
from pipeline.commands.guard import guarded
from pipeline.screens import choose_screen, console

commands = typer.Typer()


@commands.command("new", help="Make a competition's folder out of its train, test and sample-submission files.")
@guarded
def new(
    slug: Annotated[str, typer.Argument(help="The new folder's name: small letters, digits and hyphens.")],
    source: Annotated[Path, typer.Option("--from", help="A zip or folder that holds the files.")],
    metric: Annotated[str | None, typer.Option(help="The competition's metric; guessed where not given.")] = None,
    debug: Debug = False,
) -> None:
    """Infer id, target, task, roles and metric, and write the declaration with its guesses as comments."""
    from pipeline.new import create

    root = project_root()
    folder = create(slug, source, metric, root, choose_screen(False))
    typer.echo(f"wrote {folder.relative_to(root)}/: read competition.yaml, then run `make {slug}`")


@commands.command(
    "doctor", help="Look over this machine and project: what Podium needs, and how to mend what is wrong."
)
@guarded
def doctor(debug: Debug = False) -> None:
    """Exit code 1 where anything needs mending."""
    from pipeline.doctor.command import show_findings

    if not show_findings(project_root(), console()):
        raise SystemExit(1)


@commands.command("schema", help="Renew the JSON Schema of competition.yaml, by which editors complete and check it.")
@guarded
def schema(debug: Debug = False) -> None:
    """Write the file that recipes name in their first line."""
    from pipeline.schema import write_schema

    typer.echo(write_schema(project_root()))


@commands.command("chains", help="Renew every competition's dvc.yaml, a copy of pipeline/chain.yaml.")
@guarded
def chains(debug: Debug = False) -> None:
    """Write the copies that differ."""
    from pipeline.copies import renew

    typer.echo(f"renewed: {', '.join(renew(project_root())) or 'none, all are up to date'}")
