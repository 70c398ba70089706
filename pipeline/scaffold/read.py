"""The competition's files, found by their names and read as words."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import PodiumError
from pipeline.reading import DELIMITERS, read_raw, sniff_delimiter
from pipeline.scaffold.guess import names_of, words_of
from pipeline.scaffold.halves import Files, by_sample, together
from pipeline.scaffold.shapes import find_labels, find_unlabelled, named_labels
from pipeline.sources.archives import unpack

if TYPE_CHECKING:
    import pandas as pd

TABLES = frozenset({".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".data", ".parquet"})
RARE_DELIMITERS = (":", "~", "^", "#", " ")
_HEAD_BYTES = 65536


@dataclass(frozen=True)
class Raw:
    """What was read.

    Parameters
    ----------
    train, test : DataFrame of words
        As the files have them; only the empty field is missing.
    sample : DataFrame of words or None
        The sample submission.
    files : Files
        Where they stood.
    encoding : str
        The encoding that reads them all.
    delimiter : str or None
        The fields' delimiter, where ``clean`` would not find it out by itself.
    sides : mapping of str to DataFrame of words
        Those of ``files.others`` that could be read; of files for training and test rows each, both together under the
        first one's name.
    below : mapping of str to str
        For such a side table, the second file.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame | None
    files: Files
    encoding: str = "utf-8"
    delimiter: str | None = None
    sides: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    below: Mapping[str, str] = field(default_factory=dict)


def read_files(source: Path, slug: str) -> Raw:
    """Unpack a zip or folder aside, find the train, test and sample-submission files, and read them.

    Raises
    ------
    PodiumError
        Where there is nothing at ``source``, or no train or no test file in it.
    """
    if not source.exists():
        raise PodiumError(slug, "--from", "must be a zip or a folder that is there", got=str(source))
    with tempfile.TemporaryDirectory(prefix="podium-new-") as name:
        folder = Path(name)
        files = find_files(unpack(source, folder, slug), slug, source)
        paths = [folder / part for part in (files.train, files.test, files.sample, *files.others) if part]
        encoding = find_encoding(paths)
        delimiter = find_delimiter(folder / files.train, encoding)
        sample = _read_aside(folder / files.sample, slug, delimiter, encoding) if files.sample else None
        parts = [part for part in (files.train, files.test) if part]
        read = {part: read_raw(folder / part, slug, delimiter, encoding).rename(columns=str) for part in parts}
        aside = {name: _read_aside(folder / name, slug, delimiter, encoding) for name in files.others}
    read |= {name: frame.rename(columns=str) for name, frame in aside.items() if frame is not None}
    files = by_sample(files, sample, read)
    sides = {name: read[name] for name in files.others if name in read}
    train = read[files.train]
    train, test = (train, read[files.test]) if files.test else _parted(train, sample, files, slug)
    if (labels := find_labels(train, test, sides)) is not None:
        shared = [name for name in names_of(train) if name in sides[labels].columns]
        train = train.merge(sides.pop(labels), on=shared, validate="one_to_one")
        files = replace(files, labels=labels, others=tuple(name for name in files.others if name != labels))
    sides, below = together(sides)
    return Raw(train, test, sample, files, encoding, delimiter, sides, below)


def _parted(
    both: pd.DataFrame, sample: pd.DataFrame | None, files: Files, slug: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The training and the test rows of one file.

    Raises
    ------
    PodiumError
        Where no column tells them apart.
    """
    target = find_unlabelled(both, sample)
    if target is None:
        step = "Put test rows aside, without their target, as test.csv; or leave their target empty in this one file"
        allowed = "must hold test rows too, with an empty target, since there is no file named test*"
        raise PodiumError(slug, files.train, allowed, got="no target that some rows lack", step=step)
    missing = words_of(both[target]).isna()
    return both[~missing].reset_index(drop=True), both[missing].drop(columns=target).reset_index(drop=True)


def find_files(names: list[str], slug: str, source: Path) -> Files:
    """Which of the files is which, by their names.

    >>> find_files(["gender_submission.csv", "test.csv", "train.csv"], "titanic", Path("titanic.zip"))
    Files(train='train.csv', test='test.csv', sample='gender_submission.csv', others=())
    """
    tables = [name for name in names if Path(name).suffix.lower() in TABLES]
    sample = _best(tables, _is_sample, ("sample_submission", "samplesubmission", "submission"))
    rest = [name for name in tables if not _is_sample(name)]
    train = _best(
        [name for name in rest if not named_labels(_stem(name))] or rest,
        lambda name: "train" in _stem(name),
        ("train", "training", "train_data"),
    )
    test = _best(
        rest, lambda name: re.search(r"(^|[^a-z])(test|holdout|eval)", _stem(name)) is not None, ("test", "testing")
    )
    there = f"there are: {', '.join(names)}" if names else "there are no tables"
    if train is None and test is None and len(rest) == 1:
        train = rest[0]
    if train is None:
        strange = [name for name in names if "train" in _stem(name)]
        step = f"Write {strange[0]}, and its like, as CSV or parquet" if strange else "Rename the training file"
        kinds = f"must hold a table named train* ({', '.join(sorted(TABLES))})"
        raise PodiumError(slug, str(source), kinds, got=there, step=step)
    others = tuple(name for name in tables if name not in (train, test, sample))
    return Files(train, test, sample, others)


def find_encoding(paths: list[Path]) -> str:
    """``utf-8`` where every text file is; else UTF-16 by its mark, or the Windows code page 1252."""
    for path in paths:
        if path.suffix.lower() == ".parquet":
            continue
        content = path.read_bytes()
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return "latin-1" if any(byte in content for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"
    return "utf-8"


def find_delimiter(path: Path, encoding: str) -> str | None:
    """A delimiter that ``clean`` does not look for, where none of the usual ones parts the fields; else None."""
    if path.suffix.lower() == ".parquet":
        return None
    with path.open("rb") as stream:
        lines = stream.read(_HEAD_BYTES).decode(encoding, errors="ignore").splitlines()[:-1]
    header = lines[0] if lines else ""
    if sniff_delimiter(lines) in header:
        return None
    counts = {d: header.count(d) for d in RARE_DELIMITERS if d not in DELIMITERS}
    same = [d for d, count in counts.items() if count and all(line.count(d) == count for line in lines[:50] if line)]
    return same[0] if same else None


def _read_aside(path: Path, slug: str, delimiter: str | None, encoding: str) -> pd.DataFrame | None:
    """The sample submission or a side table; None where it cannot be read or has one column, which joins on nothing."""
    try:
        return read_raw(path, slug, delimiter, encoding)
    except PodiumError:
        return None


def _stem(name: str) -> str:
    return name.lower().split(".")[0]


def _is_sample(name: str) -> bool:
    stem = _stem(name)
    return "submission" in stem or "submit" in stem or ("sample" in stem and "train" not in stem and "test" not in stem)


def _best(names: list[str], fits: Callable[[str], bool], exact: tuple[str, ...]) -> str | None:
    """The fitting name: one of the usual ones first, then the shortest."""
    fitting = [name for name in names if fits(name)]
    order = {stem: place for place, stem in enumerate(exact)}
    return min(fitting, key=lambda name: (order.get(_stem(name), len(exact)), len(name), name), default=None)
