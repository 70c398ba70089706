"""Python, the packages against ``constraints.txt``, git, and the project's own files."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.copies import RENEW, stale
from pipeline.doctor.finding import Finding

MOST_NAMED = 6


def python_finding(root: Path, running: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether this Python is one that ``pyproject.toml`` allows."""
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    least = tuple(int(part) for part in re.findall(r"\d+", wanted))
    said = ".".join(map(str, running))
    if running[: len(least)] < least:
        least_said = ".".join(map(str, least))
        return Finding("Python", f"{said}, {wanted} is needed", "bad", f"make setup PYTHON=python{least_said}")
    return Finding("Python", f"{said} ({sys.prefix})")


def package_findings(root: Path) -> list[Finding]:
    """The direct dependencies that are not there, and any package of another version than the pinned one."""
    pinned = pins((root / "constraints.txt").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [name_of(line) for line in project["dependencies"]]
    there = {name: found for name in {*pinned, *direct} if (found := _installed(name)) is not None}
    absent = sorted(name for name in direct if name not in there)
    others = sorted(name for name, found in there.items() if name in pinned and _public(found) != pinned[name])
    setup = "make setup"
    findings = []
    if absent:
        findings.append(Finding("packages", f"not installed: {_listed(absent)}", "bad", setup))
    if others:
        told = [f"{name} {there[name]} (tested: {pinned[name]})" for name in others]
        remedy = f"{setup}, after deleting .venv/.ready; results may differ from those of the tested versions"
        findings.append(Finding("packages", _listed(told), "bad", remedy))
    if not findings:
        findings.append(Finding("packages", f"{len(there)} installed, all as constraints.txt pins them"))
    return findings


def project_findings(root: Path) -> list[Finding]:
    """git, DVC's folder, and the copies of the chain."""
    findings = []
    if shutil.which("git") is None:
        findings.append(Finding("git", "not found", "bad", "Install git: DVC and `diff` need it"))
    elif not any((folder / ".git").exists() for folder in (root, *root.parents)):
        findings.append(Finding("git", f"{root} is in no repository", "bad", "git init, or clone the project anew"))
    else:
        findings.append(Finding("git", "the project is in a repository"))
    if not (root / ".dvc").is_dir():
        findings.append(Finding("DVC", ".dvc is not there", "bad", "dvc init"))
    elif others := stale(root):
        findings.append(Finding("DVC", f"no copy of the chain: {_listed(others)}", "bad", RENEW))
    else:
        findings.append(Finding("DVC", f"{version('dvc')}, every competition holds the one chain"))
    return findings


def pins(text: str) -> dict[str, str]:
    r"""Name and version of every line such as ``numpy==2.4.6``; names as ``name_of`` writes them.

    >>> pins("# tested\nPyYAML==6.0.3\n")
    {'pyyaml': '6.0.3'}
    """
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, flags=re.MULTILINE)
    return {name_of(name): number for name, number in found}


def name_of(requirement: str) -> str:
    """A requirement's distribution, in the one spelling that all its spellings share.

    >>> name_of("ruamel.yaml.clib>=0.2"), name_of("typing_extensions")
    ('ruamel-yaml-clib', 'typing-extensions')
    """
    name = re.match(r"[A-Za-z0-9_.-]+", requirement.strip())
    return re.sub(r"[-_.]+", "-", name[0] if name else requirement).lower()


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _public(number: str) -> str:
    """A version without its local part: ``2.13.0+cpu`` is the tested 2.13.0, built for another device."""
    return number.partition("+")[0]


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
