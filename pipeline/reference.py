"""The reference of ``competition.yaml`` for readers: the JSON Schema's every key, type and default, as Markdown.

The page follows the file's own order: its sections, and after each section what the lists and mappings in it hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path("docs") / "reference" / "competition-yaml.md"
_PART = "#/$defs/"
_BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
_INTRODUCTION = """\
# competition.yaml

Every key that a declaration may hold, with its type and default; what is left out takes the default. Unknown keys are
refused with the nearest known one, and so are keys that would have no effect. This page is made of the declaration's
own classes by `python -m pipeline schema`, as is the JSON Schema by which editors complete and check the file.

`python -m pipeline check COMPETITION` checks a file without running anything.
"""


@dataclass
class Page:
    """The page while it is made.

    Parameters
    ----------
    schema : dict
        The JSON Schema.

    ``homes``: by part of the schema, the path under which it is told.
    """

    schema: dict[str, Any]
    homes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path, part in self._walk("", self.schema):
            self.homes.setdefault(part, path)

    def text(self) -> str:
        """The whole page."""
        lines = [_INTRODUCTION, "## The file", "", *self._table(self.schema)]
        for part, path in self.homes.items():
            content = self.schema["$defs"][part]
            level = "##" if "." not in path else "###"
            lines += ["", f"{level} {path}", "", _plain(content.get("description", "")), ""]
            lines += self._table(content)
        return "\n".join([*lines, "", "## models", "", *self._zoo()]) + "\n"

    def _walk(self, path: str, content: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Every part below, in the file's order, by the path at which it stands."""
        for key, value in content.get("properties", {}).items():
            for part in _parts(value):
                place = f"{path}.{key}".lstrip(".")
                yield place, part
                yield from self._walk(place, self.schema["$defs"][part])

    def _table(self, content: dict[str, Any]) -> list[str]:
        needed = content.get("required", [])
        rows = ["| key | type | default | what it is |", "|---|---|---|---|"]
        keys = {key: value for key, value in content.get("properties", {}).items() if key not in self._models()}
        told = [value.get("description") for value in keys.values()]
        for key, value in keys.items():
            shared = told.count(value.get("description")) > 1
            cells = [f"`{key}`", self._type(value), _default(key, value, needed), self._said(value, shared)]
            rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        return rows

    def _type(self, value: dict[str, Any]) -> str:
        if "$ref" in value:
            home = self.homes[value["$ref"].removeprefix(_PART)]
            return f"[{home}](#{_anchor(home)})"
        if "anyOf" in value:
            return " or ".join(dict.fromkeys(self._type(one) for one in value["anyOf"]))
        if "const" in value:
            return f"`{value['const']}`"
        if "enum" in value:
            return ", ".join(f"`{one}`" for one in value["enum"])
        kind = value.get("type", "anything")
        if kind == "array":
            items = self._type(value.get("items", {}))
            return f"list of ({items})" if " or " in items else f"list of {items}"
        if kind == "object":
            held = value.get("additionalProperties")
            return f"mapping to {self._type(held)}" if isinstance(held, dict) and held else "mapping"
        bounds = [f"{word} {value[key]}" for key, word in _BOUNDS.items() if key in value]
        return " ".join([kind, " and ".join(bounds)]).strip()

    def _said(self, value: dict[str, Any], shared: bool) -> str:
        """The description without the docstring's type, which has a column of its own.

        A part's own stands in for one that is absent, or shared by several keys.
        """
        told = str(value.get("description", "")).partition(". ")[2]
        parts = list(_parts(value)) if shared or not told else []
        return _plain(self.schema["$defs"][parts[0]].get("description", "") if parts else told)

    def _models(self) -> dict[str, Any]:
        """The zoo; beside the keys of ``train`` its names stand for the exceptions of ``train.models``."""
        zoo: dict[str, Any] = self.schema["properties"]["models"]["properties"]
        return zoo

    def _zoo(self) -> Iterator[str]:
        yield "Each model's settings with the card's defaults; `C` alone means that the model finds the value itself or"
        yield "that its library's default holds. A setting that is not listed is refused."
        for name, card in self._models().items():
            known = [f"`{key}`{_set_to(value)}" for key, value in card["properties"].items()]
            yield from ("", f"**`{name}`**: {', '.join(known) or 'no settings'}")


def page(schema: dict[str, Any]) -> str:
    """The page as the file has it."""
    return Page(schema).text()


def write_page(schema: dict[str, Any], root: Path) -> str:
    """Write ``docs/reference/competition-yaml.md``; gives its name."""
    (root / FILE).parent.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(page(schema), encoding="utf-8")
    return str(FILE)


def _parts(value: Any) -> Iterator[str]:
    """The parts of the schema that a key's value refers to."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix(_PART)
        for one in value.values():
            yield from _parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)


def _default(key: str, value: dict[str, Any], needed: list[str]) -> str:
    if key in needed:
        return "**must be given**"
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`" if "default" in value else ""


def _plain(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _anchor(heading: str) -> str:
    """A heading's anchor, as MkDocs and GitHub make it.

    >>> _anchor("preprocess.target_lags")
    'preprocesstarget_lags'
    """
    return re.sub(r"[^\w-]", "", heading.lower())


def _set_to(value: dict[str, Any]) -> str:
    return f" {json.dumps(value['default'])}" if "default" in value else ""
