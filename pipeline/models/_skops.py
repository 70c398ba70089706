"""scikit-learn estimators in skops' format: read without trust, and the same bytes for the same estimator."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.core.errors import PodiumError

TRUSTED = frozenset(
    {
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.tree._tree.Tree",
        "sklearn.utils.validation.check_array",
    }
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_by_skops(estimator: Any, path: Path) -> None:
    """Store a scikit-learn estimator in skops' format, whose reader need not trust the file.

    skops names the parts of a file by their addresses in memory and stamps them with the time; here they are numbered
    in the order in which they stand, so that equal estimators make equal files.
    """
    import skops.io

    with zipfile.ZipFile(BytesIO(skops.io.dumps(estimator))) as written:
        schema = json.loads(written.read("schema.json"))
        renamed = _number(schema)
        with zipfile.ZipFile(path, "w") as archive:
            _add(archive, "schema.json", json.dumps(schema, separators=(",", ":")).encode())
            for old, new in renamed.items():
                _add(archive, new, written.read(old))


def restore_by_skops(path: Path) -> Any:
    """Read an estimator of skops' format.

    Raises
    ------
    PodiumError
        Where the file holds a type that is neither in skops' own list nor in ``TRUSTED``.
    """
    import skops.io

    unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - TRUSTED)
    if unknown:
        raise PodiumError(
            "",
            str(path),
            "must hold types of scikit-learn only",
            got=", ".join(unknown),
            step="Don't use this file; train the model again",
        )
    return skops.io.load(path, trusted=sorted(TRUSTED))


def _number(schema: dict[str, Any]) -> dict[str, str]:
    """Number the parts of a schema in place, and say what each file is called from then on."""
    numbers: dict[Any, int] = {}
    renamed: dict[str, str] = {}
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if "__id__" in node:
                node["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
            if isinstance(node.get("file"), str):
                suffix = Path(node["file"]).suffix
                node["file"] = renamed.setdefault(node["file"], f"{len(renamed)}{suffix}")
            waiting.extend(reversed(node.values()))
    return renamed


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    archive.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=1)
