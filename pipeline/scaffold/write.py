"""The folder of a new competition: the declaration with every guess as a comment, and what belongs beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

from pipeline.core.tables import written_whole
from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import Guess, listed
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
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
    split : guess of dict
        The ``split`` section, empty for the default.
    source : mapping of str to guess of str
        ``path`` or ``kaggle`` with the reason; empty where ``COMPETITION_DATA`` has the files under the slug.
    models : list of str
        The zoo.
    left_out : mapping of str to guess
        Models that are left out, with the reason.
    """

    slug: str
    raw: Raw
    keys: Keys
    aim: Aim
    roles: Mapping[str, Guess[Role]]
    more_roles: int
    split: Guess[dict[str, Any]]
    source: Mapping[str, Guess[str]]
    models: list[str]
    left_out: Mapping[str, Guess[bool]] = field(default_factory=dict)


def write_folder(draft: Draft, folder: Path) -> None:
    """Write ``competitions/<slug>/``, whole or not at all."""
    with written_whole(folder) as aside:
        (aside / "competition.yaml").write_text(declaration(draft), encoding="utf-8")
        (aside / "features.py").write_text(FEATURES.format(slug=draft.slug), encoding="utf-8")
        (aside / "README.md").write_text(readme(draft), encoding="utf-8")
        (aside / "dvc.yaml").write_bytes(CHAIN.read_bytes())


def declaration(draft: Draft) -> str:
    """The text of ``competition.yaml``."""
    parts = [_head(draft), _source(draft), _columns(draft), _split(draft), _models(draft)]
    return "\n".join("\n".join(part) + "\n" for part in (list(lines) for lines in parts))


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
    yield f"    test: {scalar(raw.files.test)}"
    if raw.sample is None:
        yield from comment(no_sample(raw), 4)
        yield "    sample: null"
    else:
        yield f"    sample: {scalar(raw.files.sample)}"
    if raw.files.others:
        yield from comment(
            f"not used: {listed(list(raw.files.others), 8)}. A side table is joined by a section `tables`", 2
        )


def _columns(draft: Draft) -> Iterator[str]:
    keys, positive = draft.keys, draft.aim.positive
    yield "columns:"
    yield from comment(f"id: {keys.id.why}", 2)
    yield f"  id: {scalar(keys.id.value)}"
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


def _split(draft: Draft) -> Iterator[str]:
    yield from comment(f"split: {draft.split.why}")
    if draft.split.value:
        yield "split:"
    for key, value in draft.split.value.items():
        yield f"  {key}: {scalar(value)}"


def _models(draft: Draft) -> Iterator[str]:
    yield from comment("models: each runs with its defaults; settings that differ stand below a name")
    yield "models:"
    for name in draft.models:
        yield f"  {name}: {{}}"
    for name, guess in draft.left_out.items():
        yield from comment(f"{name} is left out: {guess.why}", 2)
        yield f"  # {name}: {{}}"


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

Nothing of its own yet. Features go into `features.py`, everything else into `competition.yaml`. Write down here what
was tried, and its cross-validated score with its standard error.
"""
