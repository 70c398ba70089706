"""What survives a kill: a folder under ``.cache/``, named by the hash of everything that determines what lies in it."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.core.job import Job
from pipeline.core.tables import file_hash, text_hash
from pipeline.declaration.specs import ModelSpec

INPUTS = (
    ("features", "train.parquet"),
    ("features", "test.parquet"),
    ("features", "columns.json"),
    ("clean", "target.parquet"),
    ("clean", "schema.json"),
    ("split", "folds.parquet"),
    ("select", "columns.json"),
)


def versions(libraries: tuple[str, ...]) -> dict[str, str]:
    """The installed versions of these distributions; ``absent`` for one that is not installed."""
    found = {}
    for name in libraries:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def folder_of(job: Job, spec: ModelSpec, libraries: tuple[str, ...], *further: Any) -> Path:
    """The folder for this work, ``.cache/<competition>/<stage>/<model>/<key>``; those of other keys are removed.

    The key covers the spec, the bytes of every input, the versions of Python and of the libraries, and the pipeline's
    own code.

    Parameters
    ----------
    libraries : tuple of str
        Distributions that the work depends on, besides numpy and pandas.
    further : values with a repr
        Whatever else determines the work, such as the device.
    """
    inputs = [job.path(*parts) for parts in INPUTS]
    if spec.resampling != "none":
        inputs.append(job.path("oversample"))
    code = Path(__file__).parent.parent
    key = text_hash(
        spec.model_dump_json(),
        repr(further),
        platform.python_version(),
        repr(sorted(versions(("numpy", "pandas", *libraries)).items())),
        *(file_hash(path) for path in inputs),
        *(f"{file.relative_to(code)} {file_hash(file)}" for file in sorted(code.rglob("*.py"))),
    )[:16]
    home = job.paths.cache(job.stage, job.model)
    for old in home.glob("*"):
        if old.name != key:
            shutil.rmtree(old, ignore_errors=True)
    return home / key
