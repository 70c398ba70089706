"""The JSON Schema of ``competition.yaml``, out of the declaration's own classes and the models' cards.

Editors complete and check by it: a recipe's first line names the file. It says what the declaration says, and besides
what only the cards know: the zoo's names and each model's settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline import models, reference
from pipeline.core.tables import finite
from pipeline.declaration.base import Section
from pipeline.declaration.competition import Competition
from pipeline.declaration.metric import METRICS

FILE = Path("pipeline") / "competition.schema.json"
RENEW = "python -m pipeline schema"


def schema() -> dict[str, Any]:
    """The schema, draft 2020-12, with a description and the default of every key."""
    found = Competition.model_json_schema()
    for section in dict.fromkeys(_sections(Competition)):
        content = found if section is Competition else found["$defs"][section.__name__]
        described = _described(section.__doc__ or "")
        content["description"] = (section.__doc__ or "").strip().splitlines()[0]
        for key, value in content["properties"].items():
            value.pop("title", None)
            if key in described:
                value["description"] = described[key]
            made = section.model_fields[key].get_default(call_default_factory=True)
            if isinstance(made, list | dict):
                value["default"] = _plainly(made)
    _as_written(found)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "Podium competition.yaml"}


def text() -> str:
    """The schema as the file has it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_schema(root: Path) -> str:
    """Write ``pipeline/competition.schema.json`` and the reference made of it; gives a line that says so."""
    (root / FILE).write_text(text(), encoding="utf-8")
    return f"wrote {FILE} and {reference.write_page(schema(), root)}"


def _as_written(found: dict[str, Any]) -> None:
    """What the declaration's validators allow, and their fields' types do not tell."""
    zoo = models.names()
    parts, top = found["$defs"], found["properties"]
    named = {"type": "string", "enum": sorted(METRICS)}
    parts["Metric"]["properties"]["name"] |= named
    metric = {"anyOf": [named, {"$ref": "#/$defs/Metric"}]}
    top["metric"] = {k: v for k, v in top["metric"].items() if k == "description"} | metric
    parts["Evaluate"]["properties"]["also"]["items"] = metric
    kaggle = parts["Source"]["properties"]["kaggle"]
    kaggle["anyOf"] = [{"type": "string"}, {"type": "null"}, {"$ref": kaggle.pop("$ref")}]
    for key in ("shift_weights", "pseudo_labels"):
        declared = parts["Train"]["properties"][key]
        declared["anyOf"] = [{"type": "boolean"}, *declared["anyOf"]]
    top["models"]["properties"] = {name: _settings(name) for name in zoo}
    top["models"]["additionalProperties"] = False
    exceptions = {"anyOf": [{"$ref": "#/$defs/ModelTraining"}, {"type": "null"}]}
    parts["Train"]["properties"] |= {name: {"$ref": "#/$defs/ModelTraining"} for name in zoo}
    parts["Train"]["properties"]["models"]["additionalProperties"] = exceptions
    for owner, key in (("Train", "models"), ("Tune", "models"), ("Tune", "space")):
        parts[owner]["properties"][key]["propertyNames"] = {"enum": zoo}


def _settings(name: str) -> dict[str, Any]:
    card = models.load(name)
    known = {key: _default(card.defaults.get(key)) for key in sorted({*card.defaults, *card.also})}
    return {"type": ["object", "null"], "properties": known, "additionalProperties": False}


def _default(value: Any) -> dict[str, Any]:
    if isinstance(value, float):
        value = finite(value)
    plain = isinstance(value, (bool, int, float, str))
    return {"default": value} if plain else {}


def _plainly(made: Any) -> Any:
    """A default of lists and mappings as JSON has it."""
    return TypeAdapter(Any).dump_python(made, mode="json")


def _sections(annotation: Any) -> Iterator[type[Section]]:
    """Every section that a section's fields hold, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _sections(field.annotation)
    for part in getattr(annotation, "__args__", ()):
        yield from _sections(part)


def _described(docstring: str) -> dict[str, str]:
    r"""What a numpydoc ``Attributes`` section says of each name.

    >>> _described("Folds.\n\n    Attributes\n    ----------\n    a, b : int\n        How many.\n    ")
    {'a': 'int. How many.', 'b': 'int. How many.'}
    """
    _, _, listed = docstring.partition("----------\n")
    found: dict[str, str] = {}
    for match in re.finditer(r"^ {4}(\w[^\n:]*) : ([^\n]+)\n((?:^ {8}[^\n]*\n|^\s*\n)*)", listed, flags=re.MULTILINE):
        words = " ".join(match[3].split()).replace("``", "")
        said = f"{match[2].strip()}. {words}".strip()
        found |= dict.fromkeys((name.strip() for name in match[1].split(",")), said)
    return found
