"""Zips and folders as competitions ship them, unpacked flat, with nothing from them trusted.

Kaggle's zips may hold one folder, further zips (``train.csv.zip``) and gzipped tables. Only tables and texts are taken.
An entry that would leave the folder is refused, and so is one that would fill the disk.
"""

from __future__ import annotations

import errno
import gzip
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from pipeline.core.errors import PodiumError

WANTED = frozenset(
    (".csv", ".tsv", ".tab", ".psv", ".txt", ".md", ".dat", ".data", ".parquet", ".json", ".jsonl", ".names")
)
PACKED = frozenset({".zip", ".gz"})
MAX_DEPTH = 3
MAX_RATIO = 250
SMALL_BYTES = 256 * 2**20
SPARE_BYTES = 64 * 2**20
CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class Unpacking:
    """Where files go and who is told when they cannot.

    Parameters
    ----------
    folder : Path
        The folder that the files are put into, flat, under their own names.
    competition : str
        Named in errors.
    wanted : callable
        ``wanted(name) -> bool``: whether a file of this name is to be taken.
    """

    folder: Path
    competition: str
    wanted: Callable[[str], bool]


class Stream(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many of the next bytes; none at the end."""
        ...


def is_wanted(name: str) -> bool:
    """Whether a file is a table or a text, packed or not; hidden files are not."""
    suffix = PurePosixPath(name).suffix.lower()
    return not name.startswith(".") and (suffix in WANTED or suffix in PACKED)


def unpack(source: Path, folder: Path, competition: str, also: frozenset[str] = frozenset()) -> list[str]:
    """Put the tables and texts of a zip or a folder into ``folder``, flat, under their own names.

    Parameters
    ----------
    source : Path
        A zip, a folder of files and zips, or a single table.
    folder : Path
        Where they go; it must be there.
    competition : str
        Named in errors.
    also : frozenset of str
        Names to take whatever their suffix.

    Returns
    -------
    list of str
        The names, sorted.

    Raises
    ------
    PodiumError
        For a damaged or hostile zip, two files of one name, or no space left.
    """
    unpacking = Unpacking(folder, competition, lambda name: is_wanted(name) or name in also)
    with space_errors(competition, folder):
        if source.is_dir():
            _take_folder(source, unpacking)
        else:
            _take_file(source, source.name, unpacking, 0)
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def space_errors(competition: str, folder: Path) -> Iterator[None]:
    """Say plainly that the disk is full, where the block finds it so."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _no_space(competition, folder) from error


def _take_folder(source: Path, unpacking: Unpacking) -> None:
    """Files of the folder, and of the folders right in it."""
    files = [path for pattern in ("*", "*/*") for path in sorted(source.glob(pattern)) if path.is_file()]
    taken: dict[str, Path] = {}
    for path in files:
        if not unpacking.wanted(path.name) or path.parent.name.startswith("."):
            continue
        if path.name not in taken:
            _take_file(path, path.name, unpacking, 0)
        elif taken[path.name].parent != source:
            raise _twice(unpacking, path.name, str(source))
        taken.setdefault(path.name, path)


def _take_file(path: Path, name: str, unpacking: Unpacking, depth: int) -> None:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        _take_zip(path, unpacking, depth)
    elif suffix == ".gz":
        with _sound(path.name, unpacking), gzip.open(path) as stream:
            _write(stream, PurePosixPath(name).stem, unpacking, path.stat().st_size)
    else:
        with path.open("rb") as stream:
            _write(stream, name, unpacking, path.stat().st_size)


def _take_zip(path: Path, unpacking: Unpacking, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _refused(unpacking, path.name, f"must not hold zips in zips more than {MAX_DEPTH} deep")
    with _sound(path.name, unpacking), zipfile.ZipFile(path) as archive:
        entries = _entries(archive, path.name, unpacking)
        _check_sizes(entries, path.name, unpacking)
        for entry in entries:
            name = PurePosixPath(entry.filename.replace("\\", "/")).name
            with archive.open(entry) as stream:
                if PurePosixPath(name).suffix.lower() in PACKED:
                    _take_inner(stream, name, entry.file_size, unpacking, depth)
                else:
                    _write(stream, name, unpacking, entry.compress_size)


def _take_inner(stream: Stream, name: str, size: int, unpacking: Unpacking, depth: int) -> None:
    """A zip or gzip inside a zip: put aside, then unpacked like any other."""
    aside = unpacking.folder / f".{depth}-{name}"
    try:
        with aside.open("wb") as out:
            shutil.copyfileobj(stream, out, CHUNK_BYTES)
        _take_file(aside, name, unpacking, depth + 1)
    finally:
        aside.unlink(missing_ok=True)


def _entries(archive: zipfile.ZipFile, zip_name: str, unpacking: Unpacking) -> list[zipfile.ZipInfo]:
    """The entries to take; of two with one name, the one less deep."""
    chosen: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        _must_stay_inside(entry, path, zip_name, unpacking)
        if entry.is_dir() or "__MACOSX" in path.parts or not unpacking.wanted(path.name):
            continue
        if entry.flag_bits & 0x1:
            raise _refused(unpacking, zip_name, f"must not be encrypted, and its entry {entry.filename} is")
        other = chosen.get(path.name)
        if other and other.filename.count("/") == entry.filename.count("/"):
            raise _twice(unpacking, path.name, zip_name)
        if not other or entry.filename.count("/") < other.filename.count("/"):
            chosen[path.name] = entry
    return [chosen[name] for name in sorted(chosen)]


def _must_stay_inside(entry: zipfile.ZipInfo, path: PurePosixPath, zip_name: str, unpacking: Unpacking) -> None:
    drive = len(path.parts[0]) == 2 and path.parts[0][1] == ":" if path.parts else False
    if path.is_absolute() or drive or ".." in path.parts:
        raise _refused(unpacking, zip_name, "must hold no entry that leaves the folder", repr(entry.filename))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(unpacking, zip_name, "must hold no symbolic link", repr(entry.filename))


def _check_sizes(entries: list[zipfile.ZipInfo], zip_name: str, unpacking: Unpacking) -> None:
    for entry in entries:
        _check_ratio(entry.file_size, entry.compress_size, entry.filename, unpacking)
    declared = sum(entry.file_size for entry in entries)
    if declared + SPARE_BYTES > _free(unpacking.folder):
        raise _no_space(unpacking.competition, unpacking.folder, f"{zip_name} unpacks to {declared:,} bytes")


def _check_ratio(size: int, packed: int, name: str, unpacking: Unpacking) -> None:
    if size > SMALL_BYTES and size > MAX_RATIO * max(packed, 1):
        got = f"{size:,} bytes or more out of {packed:,}"
        raise _refused(unpacking, name, f"must not unpack to more than {MAX_RATIO} times its size", got)


def _write(stream: Stream, name: str, unpacking: Unpacking, packed: int) -> None:
    target = unpacking.folder / name
    if target.exists():
        raise _twice(unpacking, name, "the source")
    written = 0
    with target.open("wb") as out:
        while chunk := stream.read(CHUNK_BYTES):
            written += len(chunk)
            _check_ratio(written, packed, name, unpacking)
            out.write(chunk)


@contextmanager
def _sound(name: str, unpacking: Unpacking) -> Iterator[None]:
    """Say plainly that an archive is damaged, where reading it in the block finds it so."""
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise PodiumError(
            unpacking.competition,
            name.lstrip("."),
            "is damaged, or is no archive of this kind",
            got=str(error),
            step="Download it again",
        ) from error


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _no_space(competition: str, folder: Path, got: str = "") -> PodiumError:
    step = f"Make room on its disk; {_free(folder):,} bytes are free"
    return PodiumError(competition, str(folder.parent), "has no space left for the files", got=got, step=step)


def _refused(unpacking: Unpacking, name: str, allowed: str, got: str = "") -> PodiumError:
    step = "It is not unpacked: look where it comes from"
    return PodiumError(unpacking.competition, name, allowed, got=got, step=step)


def _twice(unpacking: Unpacking, name: str, where: str) -> PodiumError:
    allowed = "must hold each file's name once, because files are put side by side"
    return PodiumError(unpacking.competition, where, allowed, got=f"two of the name {name}", step="Leave one of them")
