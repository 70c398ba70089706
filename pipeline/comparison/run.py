"""One side of a comparison: a finished run as git keeps it, at a revision, or as it lies in the working folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.chain import hush_dvc
from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.read import Loader

Read = Callable[[Path], bytes | None]
WORKING = "the working folder"


@dataclass(frozen=True)
class Run:
    """What git keeps of a run.

    Parameters
    ----------
    label : str
        The revision as the user names it, or ``the working folder``.
    declared : mapping
        ``competition.yaml`` as it is written, without defaults.
    record : mapping
        ``record.json``: fold scores, columns, members.
    inputs : mapping of str to str
        The hash of each file and folder of code, and of the raw files, by path, out of ``dvc.lock``.
    ran : bool
        Whether the scores are of this declaration: false where it was edited since.
    """

    label: str
    declared: Mapping[str, Any]
    record: Mapping[str, Any]
    inputs: Mapping[str, str]
    ran: bool


def working_run(paths: Paths) -> Run:
    """The run whose outputs lie in the working folder.

    Raises
    ------
    PodiumError
        Where no run is finished there.
    """
    return _run(paths, WORKING, lambda path: path.read_bytes() if path.is_file() else None)


def run_at(paths: Paths, revision: str) -> Run:
    """The run that git keeps at a revision: a commit, a branch, a tag or the name of a DVC experiment.

    Raises
    ------
    PodiumError
        Where the revision is not known, or holds no finished run of this competition.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.repo.brancher import switch
    from dvc.scm import RevError, resolve_rev

    hush_dvc()
    try:
        with Repo(str(paths.root)) as repo:
            commit = resolve_rev(repo.scm, revision)
            with switch(repo, commit):
                fs, top = repo.fs, repo.root_dir

                def read(path: Path) -> bytes | None:
                    there = fs.join(top, *path.relative_to(paths.root).parts)
                    if not fs.isfile(there):
                        return None
                    with fs.open(there, "rb") as stream:
                        return bytes(stream.read())

                return _run(paths, revision, read)
    except RevError as error:
        step = "Name a commit, a branch, a tag, or an experiment out of `dvc exp show`"
        raise PodiumError(paths.competition, "the revision", "must be known to git", got=revision, step=step) from error
    except DvcException as error:
        raise PodiumError(paths.competition, f"revision {revision}", "cannot be read", got=str(error)) from error


def _run(paths: Paths, label: str, read: Read) -> Run:
    content = read(paths.declaration)
    record = read(paths.stage("evaluate") / "record.json")
    if content is None or record is None:
        missing = paths.declaration if content is None else paths.stage("evaluate") / "record.json"
        step = f"Commit it with a finished run: make {paths.competition}, then git add and git commit"
        if label == WORKING:
            step = f"Finish a run first: make {paths.competition}"
        raise PodiumError(paths.competition, label, f"must hold {paths.shown(missing)}", step=step)
    lock = yaml.load(read(paths.recipe / "dvc.lock") or b"{}", Loader) or {}
    inputs = _inputs(lock, paths)
    known = inputs.get(paths.shown(paths.declaration))
    ran = known is None or known == hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Run(label, yaml.load(content, Loader), json.loads(record), inputs, ran)


def _inputs(lock: Mapping[str, Any], paths: Paths) -> dict[str, str]:
    stages = lock.get("stages") or {}
    deps = {dep["path"]: dep["md5"] for stage in stages.values() for dep in stage.get("deps", []) if "md5" in dep}
    raw = paths.shown(paths.stage("fetch"))
    return {path: digest for path, digest in sorted(deps.items()) if not path.startswith("data/") or path == raw}
