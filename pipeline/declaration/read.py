"""Reading ``competition.yaml``: from bytes to a checked declaration, every problem said with its file and line.

YAML is read by version 1.2's rules, as DVC reads it: ``on``, ``yes`` and ``no`` are texts, ``1e-3`` is a number and a
date is a text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.competition import Competition
from pipeline.declaration.wording import Trouble, first_trouble

Keys = tuple[str | int, ...]


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 PyYAML's own class attribute, filled below

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        """An integer: decimal (leading zeros do not make it octal), ``0o17`` or ``0x1f``."""
        text = str(self.construct_scalar(node))
        bare = text.lstrip("+-").lower()
        return int(text, 0) if bare.startswith(("0o", "0x")) else int(text)

    def construct_decimal(self, node: yaml.ScalarNode) -> float:
        """A number with a point or an exponent, ``.inf`` or ``.nan``."""
        text = str(self.construct_scalar(node)).lower()
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "tag:yaml.org,2002:float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "tag:yaml.org,2002:merge": (r"<<", "<"),
}
for _tag, (_pattern, _first) in _SCALARS.items():
    Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_integer)
Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_decimal)


def read_declaration(path: Path) -> Competition:
    """The declaration in ``competitions/<slug>/competition.yaml``, with every default filled in.

    Parameters
    ----------
    path : Path
        The file; its folder's name is the competition's.

    Raises
    ------
    PodiumError
        For a missing file, broken YAML, an unknown key, a wrong type or value, or a name that is not the folder's.
    """
    text = _text(path)
    node, content = _parse(text, path)
    if not isinstance(node, yaml.MappingNode):
        raise _error(path, path.name, "must be a mapping of keys to values", line=1)
    _refuse_duplicates(node, path, ())
    try:
        competition = Competition.model_validate(content)
    except ValidationError as error:
        raise _translated(error, node, path) from None
    if competition.name != path.parent.name:
        raise _error(
            path,
            "name",
            f"must be the folder's name, {path.parent.name}",
            got=repr(competition.name),
            line=_line(node, ("name",)),
        )
    return competition


def competitions(folder: Path) -> list[str]:
    """The names of the competitions in a ``competitions/`` folder: those that have a declaration."""
    return sorted(p.parent.name for p in folder.glob("*/competition.yaml"))


def shown(path: Path) -> str:
    """The declaration's path as a user reads it, from the project's root."""
    return "/".join(path.absolute().parts[-3:])


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _error(
            path, path.name, "must be UTF-8 text", got=f"byte {error.object[error.start]:#04x}", line=line
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        known = competitions(path.parent.parent)
        step = nearest(path.parent.name, known) if known else "Make one by python -m pipeline new"
        raise PodiumError(path.parent.name, shown(path), "is not there", step=step) from None
    except OSError as error:
        raise PodiumError(path.parent.name, shown(path), "cannot be read", got=error.strerror or "") from None


def _parse(text: str, path: Path) -> tuple[yaml.Node | None, Any]:
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise _error(path, path.name, "must be sound YAML", got=what, line=line) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        got = f"the character {error.character!r}"
        raise _error(path, path.name, "must be sound YAML", got=got, line=line) from None
    except (ValueError, RecursionError) as error:
        raise _error(path, path.name, "must be sound YAML", got=str(error)) from None


def _refuse_duplicates(node: yaml.Node, path: Path, keys: Keys) -> None:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _refuse_duplicates(item, path, (*keys, number))
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in lines:
            raise _error(
                path,
                subject((*keys, key.value)),
                f"must stand once; it stands in line {lines[key.value]} already",
                line=line,
            )
        lines[str(key.value)] = line
        _refuse_duplicates(value, path, (*keys, str(key.value)))


def subject(keys: Keys) -> str:
    """Keys as a user writes them: ``clean.outliers[0].reason``."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix(".")


def _translated(error: ValidationError, node: yaml.Node, path: Path) -> PodiumError:
    trouble: Trouble = first_trouble(error, lambda keys: _node(node, keys) is not None)
    name = subject(trouble.keys) or path.name
    return _error(path, name, trouble.allowed, got=trouble.got, line=_line(node, trouble.keys), step=trouble.step)


def _node(node: yaml.Node, keys: Keys) -> yaml.Node | None:
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode) and (found := [v for k, v in node.value if k.value == str(key)]):
            node = found[0]
        else:
            return None
    return node


def _line(node: yaml.Node, keys: Keys) -> int:
    """The line of the last key of these that stands in the file."""
    line = node.start_mark.line + 1
    for depth, key in enumerate(keys, start=1):
        parent, value = _node(node, keys[: depth - 1]), _node(node, keys[:depth])
        if value is None:
            break
        line = value.start_mark.line + 1
        if isinstance(parent, yaml.MappingNode):
            line = next(k.start_mark.line + 1 for k, _ in parent.value if k.value == str(key))
    return line


def _error(
    path: Path, name: str, allowed: str, *, got: str = "", line: int | None = None, step: str = ""
) -> PodiumError:
    where = shown(path) + (f", line {line}" if line else "")
    return PodiumError(path.parent.name, name, allowed, got=got, where=where, step=step)
