"""The reference of ``competition.yaml``: up to date, whole, and its links lead somewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline import reference, schema
from tests.conftest import ROOT

FOUND = schema.schema()
PAGE = reference.page(FOUND)
SECTIONS = {"the file": FOUND, **{path: FOUND["$defs"][part] for part, path in reference.Page(FOUND).homes.items()}}


def told(path: str) -> str:
    """What stands between a section's heading and the next one."""
    return re.split(rf"^##+ {re.escape(path)}$", PAGE, flags=re.MULTILINE | re.IGNORECASE)[1].partition("\n## ")[0]


def test_the_file_is_the_schemas() -> None:
    assert (ROOT / reference.FILE).read_text(encoding="utf-8") == PAGE, f"renew it by `{schema.RENEW}`"


def test_no_part_of_the_schema_is_left_out() -> None:
    assert set(reference.Page(FOUND).homes) == set(FOUND["$defs"])


@pytest.mark.parametrize("path", SECTIONS)
def test_every_key_has_its_type_its_default_and_a_description(path: str) -> None:
    zoo = FOUND["properties"]["models"]["properties"]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", told(path).partition("\n### ")[0], flags=re.MULTILINE))
    keys = [key for key in SECTIONS[path]["properties"] if key not in zoo]
    assert list(rows) == keys
    for key in keys:
        kind, default, said = re.split(r" \| ", rows[key])
        assert kind and said, key
        assert (default == "**must be given**") == (key in SECTIONS[path].get("required", []))


def test_every_models_settings_stand_there() -> None:
    for name, card in FOUND["properties"]["models"]["properties"].items():
        line = next(line for line in PAGE.splitlines() if line.startswith(f"**`{name}`**"))
        assert set(re.findall(r"`(\w+)`", line)) == {name, *card["properties"]}


def test_links_lead_to_headings() -> None:
    headings = {reference._anchor(found) for found in re.findall(r"^##+ (.+)$", PAGE, flags=re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "integer", "minimum": 2}, "integer at least 2"),
        ({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]}, "number above 0 or null"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "list of (string or null)"),
        ({"type": "object", "additionalProperties": {"enum": ["a", "b"]}}, "mapping to `a`, `b`"),
    ],
)
def test_types_read_as_people_say_them(value: dict[str, Any], expected: str) -> None:
    assert reference.Page(FOUND)._type(value) == expected
