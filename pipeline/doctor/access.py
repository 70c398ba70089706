"""Kaggle's credentials, without ever showing one, and where each competition's files would come from."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.read import competitions, read_declaration
from pipeline.declaration.source import Source
from pipeline.doctor.finding import Finding

MIRROR = "COMPETITION_DATA"
WAYS = "`kaggle auth login`, or set KAGGLE_API_TOKEN (a token is made at https://www.kaggle.com/settings/api)"


def kaggle_finding(home: Path | None = None, environment: Mapping[str, str] = os.environ) -> Finding:
    """Which way of signing in to Kaggle is there; whether Kaggle takes it is not asked."""
    home = Path.home() if home is None else home
    if environment.get("KAGGLE_API_TOKEN"):
        return Finding("Kaggle", "a token in KAGGLE_API_TOKEN")
    if environment.get("KAGGLE_USERNAME") and environment.get("KAGGLE_KEY"):
        return Finding("Kaggle", "KAGGLE_USERNAME and KAGGLE_KEY are set")
    folder = Path(environment.get("KAGGLE_CONFIG_DIR") or home / ".kaggle")
    for name in ("access_token", "credentials.json", "kaggle.json"):
        if (folder / name).is_file():
            return _file_finding(folder / name)
    return Finding("Kaggle", "no credentials: files come from elsewhere, nothing can be sent", "note", WAYS)


def _file_finding(path: Path) -> Finding:
    try:
        text = path.read_text(encoding="utf-8")
        sound = bool(text.strip()) if path.suffix != ".json" else isinstance(json.loads(text), dict)
    except (OSError, ValueError):
        sound = False
    if not sound:
        return Finding("Kaggle", f"{path} cannot be read as credentials", "bad", f"Delete it, then {WAYS}")
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return Finding("Kaggle", f"{path} is readable by others", "bad", f"chmod 600 {path}")
    return Finding("Kaggle", f"credentials in {path}")


def data_findings(root: Path) -> list[Finding]:
    """For each competition, where ``fetch`` would take its files from, or what its declaration lacks."""
    findings = []
    named = os.environ.get(MIRROR)
    if named and not any((base / Path(named).expanduser()).is_dir() for base in (root, Path.cwd())):
        remedy = f"Correct {MIRROR}, or unset it"
        findings.append(Finding("data", f"{MIRROR} names a folder that is not there: {named}", "bad", remedy))
    for name in competitions(root / "competitions"):
        try:
            findings.append(_origin(root, name, read_declaration(Paths(root, name).declaration).source))
        except PodiumError as error:
            findings.append(Finding(name, str(error), "bad", f"python -m pipeline check {name}"))
    return findings


def _origin(root: Path, name: str, source: Source) -> Finding:
    from pipeline.stages.fetch import mirrored

    slug = source.kaggle.mirrored or name
    if found := mirrored(slug, root):
        return Finding(name, f"files found: {found}")
    if (root / "data" / name / "fetch").is_dir():
        return Finding(name, f"files fetched already: data/{name}/fetch")
    if source.path:
        if (root / Path(source.path).expanduser()).exists():
            return Finding(name, f"files at {source.path}")
        remedy = f"Put it there, or correct source.path in competitions/{name}/competition.yaml"
        return Finding(name, f"not there: {source.path}", "bad", remedy)
    if source.sklearn or source.openml:
        whence = f"scikit-learn's {source.sklearn}" if source.sklearn else f"OpenML's data set {source.openml}"
        return Finding(name, f"files come from {whence}")
    if source.kaggle.asked:
        remedy = f"Set {MIRROR} to a folder with {slug}.zip, or sign in to Kaggle: {WAYS}"
        return Finding(name, f"files come from Kaggle: {slug}", "note", remedy)
    remedy = f"Declare source in competitions/{name}/competition.yaml, or set {MIRROR}"
    return Finding(name, "no source of files", "bad", remedy)
