"""The folder of a new competition: the declaration with every guess as a comment, and what belongs beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

from pipeline.core.tables import written_whole
from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import Guess, listed
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.recipe import Recipe, Section
from pipeline.scaffold.task import Aim

CHAIN = Path(__file__).parent.parent / "chain.yaml"
SCHEMA = "# yaml-language-server: $schema=../../pipeline/competition.schema.json"
WIDTH = 118
PLAIN = re.compile(r"(/|(\.\./)+)?[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))

FEATURES = '''"""What no general recipe knows of {slug}: titles out of names, distances between dates, ratios."""

from __future__ import annotations

import pandas as pd


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the competition's own features.

    Parameters
    ----------
    frame : DataFrame
        The cleaned training rows and test rows, without the target, one after the other.

    Returns
    -------
    DataFrame
        The same rows, with more columns.
    """
    return frame
'''


@dataclass(frozen=True)
class Draft:
    """Everything that is guessed of a new competition.

    Parameters
    ----------
    slug : str
        The folder's name.
    raw : Raw
        The files.
    keys : Keys
        The id and the target.
    aim : Aim
        The task and the metric.
    roles : mapping of str to guess of role
        The roles worth a line; ``more_roles`` counts what is left to ``clean``.
    source : mapping of str to guess of str
        ``path`` or ``kaggle`` with the reason; empty where ``COMPETITION_DATA`` has the files under the slug.
    recipe : Recipe
        The joins, features, statistics, folds, selection, ensemble and models.
    """

    slug: str
    raw: Raw
    keys: Keys
    aim: Aim
    roles: Mapping[str, Guess[Role]]
    more_roles: int
    source: Mapping[str, Guess[str]]
    recipe: Recipe


def write_folder(draft: Draft, folder: Path) -> None:
    """Write ``competitions/<slug>/``, whole or not at all."""
    with written_whole(folder) as aside:
        (aside / "competition.yaml").write_text(declaration(draft), encoding="utf-8")
        (aside / "features.py").write_text(FEATURES.format(slug=draft.slug), encoding="utf-8")
        (aside / "README.md").write_text(readme(draft), encoding="utf-8")
        (aside / "dvc.yaml").write_bytes(CHAIN.read_bytes())


def declaration(draft: Draft) -> str:
    """The text of ``competition.yaml``."""
    recipe = draft.recipe
    parts = [_head(draft), _source(draft), _columns(draft)]
    parts += [_section(name, section) for name, section in recipe.before.items()]
    parts += [_split(recipe), *(_section(name, section) for name, section in recipe.after.items()), _models(recipe)]
    return "\n".join("\n".join(part) + "\n" for part in (list(lines) for lines in parts) if part)


def no_sample(raw: Raw) -> str:
    """Why there is no sample submission, and what is done instead."""
    why = f"{raw.files.sample} has no two columns to join on" if raw.files.sample else "no sample submission is there"
    return f"{why}: one will be made of the test rows' ids and the target"


def title(slug: str) -> str:
    """A slug as people read it: ``House prices``."""
    return slug.replace("-", " ").capitalize()


def scalar(value: Any) -> str:
    """A value as YAML, quoted unless it is a plain word."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False)


def comment(text: str, indent: int = 0) -> Iterator[str]:
    """Comment lines of a text, wrapped."""
    pad = " " * indent + "# "
    one_line = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)
    yield from (pad + line for line in wrap(one_line, WIDTH - len(pad)))


def _head(draft: Draft) -> Iterator[str]:
    task, metric, raw = draft.aim.task, draft.aim.metric, draft.raw
    yield SCHEMA
    yield from comment(
        f"Guessed by `python -m pipeline new` from {len(raw.train):,} training rows and {len(raw.test):,} test rows. "
        "Every comment says what a guess rests on: look them through, above all the metric."
    )
    yield f"name: {scalar(draft.slug)}"
    yield f"title: {scalar(title(draft.slug))}"
    yield ""
    yield from comment(f"{task.value}: {task.why}")
    yield f"task: {task.value}"
    yield from comment(f"{metric.value['name']}: {metric.why}")
    if len(metric.value) == 1:
        yield f"metric: {metric.value['name']}"
    else:
        yield "metric:"
        yield from (f"  {key}: {scalar(value)}" for key, value in metric.value.items())


def _source(draft: Draft) -> Iterator[str]:
    raw = draft.raw
    yield "source:"
    if not draft.source:
        yield from comment(f"COMPETITION_DATA has the files under this competition's name, {draft.slug}", 2)
    for key, guess in draft.source.items():
        yield from comment(guess.why, 2)
        yield f"  {key}: {scalar(guess.value)}"
    if raw.encoding != "utf-8":
        yield from comment("the files are not UTF-8; this encoding reads them", 2)
        yield f"  encoding: {raw.encoding}"
    if raw.delimiter:
        yield from comment("what parts the fields, found from the first lines", 2)
        yield f"  delimiter: {scalar(raw.delimiter)}"
    yield "  files:"
    yield f"    train: {scalar(raw.files.train)}"
    if raw.files.test is None:
        yield from comment("the test rows stand in the same file: those whose target is missing", 4)
    yield f"    test: {scalar(raw.files.test)}"
    if raw.files.labels:
        yield from comment("the target of the training rows, joined on the columns that both files share", 4)
        yield f"    labels: {scalar(raw.files.labels)}"
    if raw.sample is None:
        yield from comment(no_sample(raw), 4)
        yield "    sample: null"
    else:
        yield f"    sample: {scalar(raw.files.sample)}"
    for name, why in draft.recipe.unused.items():
        yield from comment(f"not used: {name}, because {why}", 2)


def _columns(draft: Draft) -> Iterator[str]:
    keys, positive = draft.keys, draft.aim.positive
    yield "columns:"
    yield from comment(f"id: {keys.id.why}", 2)
    yield f"  id: {scalar(keys.id.value)}"
    if keys.id_from:
        yield from _entry("id_from", list(keys.id_from), 2)
        if keys.id_separator != "_":
            yield f"  id_separator: {scalar(keys.id_separator)}"
    yield from comment(f"target: {keys.target.why}", 2)
    yield f"  target: {scalar(keys.target.value)}"
    if positive:
        yield from comment(f"positive: {positive.why}", 2)
        yield f"  positive: {scalar(positive.value)}"
    if keys.train_only:
        names = listed(list(keys.train_only), 12)
        yield from comment(f"in train only, so no model sees them, and some may give the target away: {names}", 2)
    if keys.dropped:
        yield from comment("drop: train and test each have columns that the other lacks; is one of them renamed?", 2)
        yield "  drop:"
        yield from (f"    - {scalar(name)}" for name in keys.dropped)
    if draft.roles:
        yield from comment(
            "roles: what the values do not tell by themselves; the other columns are inferred by `clean`", 2
        )
        yield "  roles:"
    for column, guess in draft.roles.items():
        yield from comment(guess.why, 4)
        yield f"    {_key(column)}: {guess.value}"
    if draft.more_roles:
        yield from comment(f"{draft.more_roles} more columns are like these, and are left to `clean`", 4)


def _section(name: str, section: Section) -> Iterator[str]:
    """A section, each key with its reason above it; nothing where it is empty."""
    if section:
        yield f"{name}:"
    for key, guess in section.items():
        yield from comment(guess.why, 2)
        yield from _entry(key, guess.value, 2)


def _split(recipe: Recipe) -> Iterator[str]:
    yield from comment(f"split: {recipe.split.why}")
    yield "split:"
    for key, value in recipe.split.value.items():
        yield f"  {key}: {scalar(value)}"


def _models(recipe: Recipe) -> Iterator[str]:
    yield from comment("models: settings that differ from a model's defaults stand below its name")
    yield "models:"
    for name, guess in recipe.zoo.models.items():
        yield from comment(guess.why, 2)
        yield from _entry(name, guess.value, 2)
    for name, left in recipe.zoo.left_out.items():
        yield from comment(f"{name} is left out: {left.why}", 2)
        yield f"  # {name}: {{}}"


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """``key: value``, a mapping or a list below its key."""
    pad = " " * indent
    if isinstance(value, Mapping) and value:
        yield f"{pad}{_key(key)}:"
        for name, part in value.items():
            yield from _entry(str(name), part, indent + 2)
    elif isinstance(value, list):
        flow = f"{pad}{_key(key)}: {_flow(value)}"
        if len(flow) <= WIDTH and not any(isinstance(part, Mapping) for part in value):
            yield flow
        else:
            yield f"{pad}{_key(key)}:"
            yield from (f"{pad}  - {_flow(part)}" for part in value)
    else:
        yield f"{pad}{_key(key)}: {_flow(value)}"


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(_flow(part) for part in value) + "]" if isinstance(value, list) else scalar(value)


def _key(name: str) -> str:
    """A mapping's key, always as text."""
    return (
        scalar(name) if PLAIN.fullmatch(name) and name.lower() not in RESERVED else json.dumps(name, ensure_ascii=False)
    )


def readme(draft: Draft) -> str:
    """The text of the competition's ``README.md``."""
    keys, aim, raw = draft.keys, draft.aim, draft.raw
    sizes = f"{len(raw.train):,} training rows, {len(raw.test):,} test rows, {len(raw.train.columns)} columns"
    return f"""# {title(draft.slug)}

{sizes}. Predict `{keys.target.value}` ({aim.task.value}), scored by {aim.metric.value["name"]}.

Made by `python -m pipeline new`; the guesses and what they rest on are comments in `competition.yaml`.

    make {draft.slug}

## The recipe

What `new` guessed by role, cardinality and size; nothing of its own yet. Features go into `features.py`, everything
else into `competition.yaml`. Write down here what was tried, and its cross-validated score with its standard error.
"""
