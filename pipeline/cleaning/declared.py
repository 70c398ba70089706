"""The declaration's column names, held against the columns that the files have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.specs import CleanSpec

_LISTED_AT_MOST = 20


@dataclass(frozen=True)
class Headers:
    """The files' column names.

    Parameters
    ----------
    train, test : list of str
        As the two files have them.
    tables : mapping of str to list of str
        Of each side table that is joined to them, by its name in the declaration.
    """

    train: list[str]
    test: list[str]
    tables: Mapping[str, list[str]] = field(default_factory=dict)


def declaration_of(competition: str) -> str:
    """Where a declared name is to be mended."""
    return f"competitions/{competition}/competition.yaml"


def hint(word: str, known: Iterable[str]) -> str:
    """The nearest known column, and all of them where they are few."""
    names = [str(name) for name in known]
    if not names:
        return ""
    text = nearest(word, names)
    if len(names) <= _LISTED_AT_MOST:
        return text
    return text.split(" Known:")[0] if text.startswith("Did") else ""


def lacking(competition: str, key: str, column: str, where: str, known: Iterable[str]) -> PodiumError:
    """The error for a declared column that a file lacks, with the nearest one that it has."""
    return PodiumError(
        competition,
        key,
        f"names a column that {where} lacks",
        got=repr(column),
        where=declaration_of(competition),
        step=hint(column, known),
    )


def joined_names(spec: CleanSpec, headers: Headers) -> dict[str, str]:
    """The columns that the joins will bring, each with its side table's name.

    Raises
    ------
    PodiumError
        Where a key or column is not there, or a joined column would take a name that is taken.
    """
    found: dict[str, str] = {}
    taken = {*headers.train, *headers.test}
    for name, side in headers.tables.items():
        join = spec.tables[name]
        for column in join.on:
            if column not in found:
                must_have(spec, f"tables.{name}.on", column, _both(spec, headers))
        for column in [c for c in side if c not in join.on]:
            new = join.prefix + column
            must_be_free(spec, name, new, taken | found.keys())
            found[new] = name
    return found


def must_be_free(spec: CleanSpec, table: str, new: str, taken: Set[str]) -> None:
    """Refuse a joined column whose name is taken."""
    if new in taken:
        step = f"Give tables.{table} a prefix, or list the columns to take"
        raise PodiumError(spec.competition, f"tables.{table}", f"brings {new}, a name that is taken", step=step)


def check_declared(spec: CleanSpec, headers: Headers) -> None:
    """Refuse declared columns that the files lack.

    Raises
    ------
    PodiumError
        For the first one, with the key, the file and the nearest column there is.
    """
    joined = list(joined_names(spec, headers))
    train, test = headers.train, headers.test
    must_have(spec, "columns.target", spec.columns.target, {spec.files.train: train})
    if spec.columns.id is not None:
        must_have(spec, "columns.id", spec.columns.id, {spec.files.tested: test})
    for column in spec.columns.drop:
        must_have(
            spec, "columns.drop", column, {f"{spec.files.train} or {spec.files.tested}": [*train, *test, *joined]}
        )
    exempt = {*joined, *spec.columns.drop, *spec.split_columns}
    for key, column in _described(spec):
        if column == spec.columns.target:
            raise PodiumError(spec.competition, key, "must not name the target", got=column)
        if column not in exempt:
            must_have(spec, key, column, _both(spec, headers))


def _described(spec: CleanSpec) -> Iterator[tuple[str, str]]:
    """Each column that a declared type, role or rule is about, with its key."""
    rules = spec.clean
    for key, columns in (
        ("columns.roles", spec.columns.roles),
        ("clean.types", rules.types),
        ("clean.meaning", rules.meaning),
        ("clean.fill_from", rules.fill_from),
        ("clean.fill_from", list(rules.fill_from.values())),
        ("clean.ordered", rules.ordered),
        ("clean.outliers.clip", [rule.clip for rule in rules.outliers if rule.clip]),
    ):
        for column in columns:
            yield key, column


def _both(spec: CleanSpec, headers: Headers) -> dict[str, list[str]]:
    return {spec.files.train: headers.train, spec.files.tested: headers.test}


def must_have(spec: CleanSpec, key: str, column: str, files: Mapping[str, list[str]]) -> None:
    """Refuse a declared column that one of these files, given with their columns, lacks."""
    for file, known in files.items():
        if column not in known:
            raise lacking(spec.competition, key, column, file, known)
