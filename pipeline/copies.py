"""The competitions' folders as DVC reads them: each with a copy of the one chain, and a declaration beside it.

The copies are files and no links, because DVC reads ``dvc.yaml`` out of git commits too, where it follows no link:
``dvc metrics diff``, ``dvc plots diff`` and ``dvc exp show`` would skip every commit. DVC reads every ``dvc.yaml`` of
the project whichever is asked for, so one broken folder stops all: ``check_folders`` says which, and how to mend it.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from pipeline.core.errors import PodiumError
from pipeline.declaration.read import Loader

RENEW = "python -m pipeline chains"


def renew(root: Path) -> list[str]:
    """Write ``pipeline/chain.yaml`` into every competition's folder; gives the names of those that changed."""
    chain = _chain(root)
    changed = []
    for folder in _folders(root, "competition.yaml"):
        copy = folder / "dvc.yaml"
        if copy.is_symlink() or not copy.exists() or copy.read_bytes() != chain:
            aside = folder / ".dvc.yaml.tmp"
            aside.write_bytes(chain)
            aside.replace(copy)
            changed.append(folder.name)
    return changed


def stale(root: Path) -> list[str]:
    """The competitions whose ``dvc.yaml`` is absent, a link, or another text than ``pipeline/chain.yaml``."""
    chain = _chain(root)
    copies = [folder / "dvc.yaml" for folder in _folders(root, "competition.yaml")]
    return [c.parent.name for c in copies if c.is_symlink() or not c.is_file() or c.read_bytes() != chain]


def check_folders(root: Path, competition: str) -> None:
    """Refuse what DVC would stop at: a chain that is not the one chain, or another folder that it cannot read.

    Raises
    ------
    PodiumError
        Where this competition's ``dvc.yaml`` is no copy of ``pipeline/chain.yaml``, or any competition's folder holds
        a ``dvc.yaml`` without a declaration that names the folder and its models.
    """
    if competition in stale(root):
        copy = f"competitions/{competition}/dvc.yaml"
        raise PodiumError(competition, copy, "must be a copy of pipeline/chain.yaml", step=f"Renew it: {RENEW}")
    for folder in _folders(root, "dvc.yaml"):
        _check_folder(folder, competition)


def _check_folder(folder: Path, competition: str) -> None:
    shown = f"competitions/{folder.name}"
    declaration = folder / "competition.yaml"
    if not declaration.is_file():
        step = f"DVC reads every dvc.yaml, so no competition runs: bring the declaration back, or remove {shown}"
        raise PodiumError(competition, f"{shown}/dvc.yaml", "needs a competition.yaml beside it", step=step)
    try:
        content = yaml.load(declaration.read_bytes(), Loader)
    except (yaml.YAMLError, ValueError):
        content = None
    sound = isinstance(content, dict) and content.get("name") == folder.name and isinstance(content.get("models"), dict)
    if not sound:
        step = f"DVC reads every competition's, so none runs. See: python -m pipeline check {folder.name}"
        allowed = f"must be YAML with name: {folder.name} and a mapping of models"
        raise PodiumError(competition, f"{shown}/competition.yaml", allowed, step=step)


def _folders(root: Path, holding: str) -> list[Path]:
    return [path.parent for path in sorted((root / "competitions").glob(f"*/{holding}"))]


def _chain(root: Path) -> bytes:
    return (root / "pipeline" / "chain.yaml").read_bytes()
