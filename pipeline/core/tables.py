"""Reading and writing: whole files or none, and the same bytes for the same content."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError

if TYPE_CHECKING:
    import pandas as pd

LARGE = 2**22  # bytes of a file
PARTS = 10


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as parquet, aside and then renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    frame.to_parquet(aside, index=False, compression="zstd")
    aside.replace(path)


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a parquet table that an earlier stage wrote; a large one in parts, as reading takes four times its size."""
    import pandas as pd

    _must_exist(path)
    if path.stat().st_size < LARGE or columns == []:
        return pd.read_parquet(path, columns=columns)
    import pyarrow as pa
    from pyarrow.parquet import read_schema

    names = columns if columns is not None else read_schema(path).names
    width = -(-len(names) // PARTS)
    parts = []
    for start in range(0, len(names), width):
        parts.append(pd.read_parquet(path, columns=names[start : start + width]))
        pa.default_memory_pool().release_unused()
    return pd.concat(parts, axis=1)


def write_json(content: Any, path: Path) -> None:
    """Write JSON with sorted keys; numbers must be finite, because no JSON reader agrees on the others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False)
    aside.write_text(text + "\n", encoding="utf-8")
    aside.replace(path)


def read_json(path: Path) -> Any:
    """Read JSON that an earlier stage wrote."""
    _must_exist(path)
    return json.loads(path.read_text(encoding="utf-8"))


def finite(value: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return float(value) if math.isfinite(value) else None


def file_hash(*paths: Path) -> str:
    """The SHA-256 of files, and of all files under folders, by name and content."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(file.name.encode())
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def text_hash(*parts: str) -> str:
    """The SHA-256 of texts, each kept apart from the next."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder that appears under its name only when the block ends without an error.

    The block writes into a neighbour whose name starts with a dot; the old folder, if any, is then replaced.
    """
    aside = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _must_exist(path: Path) -> None:
    if path.exists():
        return
    home = next((folder for folder in path.parents if folder.parent.name == "data"), None)
    if home is None:
        step = "Run the stage that writes it, or the whole chain by make"
        raise PodiumError("", str(path), "is not there", step=step)
    step = f"Finish the run first: make {home.name}, or dvc pull competitions/{home.name}/dvc.yaml"
    raise PodiumError(home.name, str(path.relative_to(home.parent.parent)), "is not there", step=step)
