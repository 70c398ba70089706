"""``python -m pipeline new``: a competition's folder out of its files, every guess with its evidence."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.screen import Screen
from pipeline.scaffold.folds import find_split
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.keys import find_keys
from pipeline.scaffold.read import read_files
from pipeline.scaffold.recipe import Guessed, find_recipe
from pipeline.scaffold.roles import find_roles, looks
from pipeline.scaffold.task import find_aim, parse_metric
from pipeline.scaffold.write import Draft, no_sample, write_folder

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


def create(slug: str, source: Path, metric: str | None, root: Path, screen: Screen) -> Path:
    """Write ``competitions/<slug>/`` for the train, test and sample-submission files in a zip or folder.

    Parameters
    ----------
    slug : str
        The new folder's name: small letters, digits and hyphens.
    source : Path
        A zip or folder, from the working folder or the project's root.
    metric : str or None
        The metric's name; guessed where None.
    root : Path
        The project's root.
    screen : Screen
        Told of each guess.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PodiumError
        Where the slug is taken or not allowed, the metric not known, or the files are not those of a competition.
    """
    folder = Paths(root, slug).recipe
    _check_slug(slug, folder)
    if metric is not None:
        parse_metric(metric, slug)
    found = source.expanduser() if source.expanduser().exists() else root / source
    draft = draft_of(slug, found, metric, root)
    for line in guesses(draft):
        screen.note(line)
    write_folder(draft, folder)
    return folder


def draft_of(slug: str, source: Path, metric: str | None, root: Path) -> Draft:
    """Everything that the files tell about the competition."""
    raw = read_files(source, slug)
    keys = find_keys(raw, slug)
    aim = find_aim(raw, keys, metric, slug)
    roles, more = find_roles(raw, keys)
    split = find_split(raw, keys, roles, aim.task.value)
    if group := split.value.get("group"):
        roles = {**roles, group: Guess("group", "its groups are for the folds: no test row has one that is known")}
    recipe = find_recipe(Guessed(raw, keys, aim, looks(raw, keys), roles, split))
    return Draft(slug, raw, keys, aim, {**roles, **recipe.roles}, more, where_from(slug, source, root), recipe)


def where_from(slug: str, source: Path, root: Path) -> dict[str, Guess[str]]:
    """The ``source`` key that finds the files again; none where ``COMPETITION_DATA`` has them under the slug."""
    source = source.absolute()
    name = source.name.removesuffix(".zip")
    named = os.environ.get("COMPETITION_DATA")
    mirrors = {(base / named).resolve() for base in (root, Path.cwd())} if named else set()
    if source.parent.resolve() in mirrors and (source.is_dir() or source.suffix == ".zip"):
        if name == slug:
            return {}
        return {"kaggle": Guess(name, "the name under which COMPETITION_DATA, or else Kaggle, has the files")}
    near = source.resolve().is_relative_to(root.resolve().parent)
    path = os.path.relpath(source.resolve(), root.resolve()) if near else str(source)
    return {"path": Guess(path, "where the files are on this machine, from the project's root")}


def guesses(draft: Draft) -> list[str]:
    """The guesses in a line each, for the screen."""
    keys, aim = draft.keys, draft.aim
    lines = [
        f"id {keys.id.value}: {keys.id.why}" if keys.id.value else f"no id: {keys.id.why}",
        f"target {keys.target.value}: {keys.target.why}",
        f"task {aim.task.value}: {aim.task.why}",
        f"metric {aim.metric.value['name']}: {aim.metric.why}",
        f"split {draft.recipe.split.value['kind']}: {draft.recipe.split.why}",
    ]
    if draft.raw.sample is None:
        lines.append(no_sample(draft.raw))
    if keys.train_only:
        lines.append(f"in train only, and not used: {', '.join(keys.train_only[:12])}")
    lines += [f"table {name} is joined: {guess.why}" for name, guess in draft.recipe.before["tables"].items()]
    lines += [f"{name} is not used: {why}" for name, why in draft.recipe.unused.items()]
    lines += [f"features.{key}: {why}" for key, why in draft.recipe.proved.reasons.items()]
    lines += [f"{name} is left out: {guess.why}" for name, guess in draft.recipe.zoo.left_out.items()]
    return lines


def _check_slug(slug: str, folder: Path) -> None:
    if not SLUG.fullmatch(slug):
        raise PodiumError("", "the slug", "must be small letters, digits and hyphens", got=repr(slug))
    if folder.exists() or folder.is_symlink():
        step = "Choose another slug, or move the folder away"
        raise PodiumError(slug, f"competitions/{slug}", "is there already and is not overwritten", step=step)
