"""Which commit is checked out, and whether the working files differ from it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.paths import Paths


def revision(paths: Paths, apart: Sequence[Path] = ()) -> tuple[str, bool]:
    """The commit, and whether the pipeline or the recipe differs from it; "" where there is no git.

    Parameters
    ----------
    apart : sequence of Path
        Files whose changes do not count.
    """
    mine = [paths.shown(paths.root / "pipeline"), paths.shown(paths.recipe)]
    others = [f":(exclude){paths.shown(path)}" for path in apart]
    try:
        commit = _git(paths.root, "rev-parse", "HEAD")
        changed = _git(paths.root, "status", "--porcelain", "--", *mine, *others)
    except (OSError, subprocess.CalledProcessError):
        return "", False
    return commit, bool(changed)


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout.strip()
