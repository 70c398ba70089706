"""pydantic's findings in the words a user of ``competition.yaml`` reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from pipeline.core.errors import nearest
from pipeline.declaration.base import Section
from pipeline.declaration.competition import Competition

Keys = tuple[str | int, ...]

_TYPES = {
    "int": "an integer",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping of keys to values",
    "model": "a mapping of keys to values",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "of at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "of at most"),
    "less_than": ("lt", "below"),
}


@dataclass(frozen=True)
class Trouble:
    """One problem: the keys that lead to it, what is allowed there, what came, and the next step."""

    keys: Keys
    allowed: str
    got: str = ""
    step: str = ""


def first_trouble(error: ValidationError, present: Callable[[Keys], bool]) -> Trouble:
    """The problem to mend first: an unknown key before all others, since it often explains them.

    Parameters
    ----------
    error : ValidationError
        What pydantic found in a whole declaration.
    present : callable
        Whether keys lead to something that stands in the file; pydantic's path has steps that do not.
    """
    findings = sorted(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    keys = _written(findings[0]["loc"], findings[0]["type"], present)
    same = [found for found in findings if _written(found["loc"], found["type"], present) == keys]
    trouble = _worded(keys, dict(findings[0]), [dict(found) for found in same])
    others = len({_written(found["loc"], found["type"], present) for found in findings}) - 1
    if others and not trouble.step:
        more = f"{others} more problem{'s' if others > 1 else ''} will be shown after it"
        return Trouble(trouble.keys, trouble.allowed, trouble.got, more)
    return trouble


def _written(loc: Keys, kind: str, present: Callable[[Keys], bool]) -> Keys:
    """The keys as the file has them: without the members of unions, and without ``train``'s unwritten ``models``."""
    keys: Keys = ()
    for place, key in enumerate(loc):
        last = place == len(loc) - 1
        if present((*keys, key)) or (last and kind == "missing"):
            keys = (*keys, key)
    return keys


def _worded(keys: Keys, found: dict[str, Any], same: list[dict[str, Any]]) -> Trouble:
    kind, value = found["type"], found["input"]
    if kind == "missing":
        return Trouble(keys, "is missing")
    if kind == "extra_forbidden":
        return _unknown_key(keys)
    if kind == "value_error":
        return _own_words(keys, str(found["ctx"]["error"]))
    if kind == "literal_error":
        return _choice(keys, value)
    if kind == "string_pattern_mismatch":
        return Trouble(keys, "must be lower-case letters, digits and hyphens", repr(value))
    if kind == "string_too_short":
        return Trouble(keys, "must not be empty")
    if kind == "too_short":
        return Trouble(keys, f"must name at least {found['ctx']['min_length']}", _shown(value))
    phrases = dict.fromkeys(phrase for each in same if (phrase := _type_words(keys, each)))
    allowed = (
        f"must be {' or '.join(phrases)}" if phrases else found["msg"].removeprefix("Input ").replace("should", "must")
    )
    quote = kind == "string_type" and isinstance(value, int | float)
    return Trouble(keys, allowed, _shown(value), "Put it in quotes" if quote else "")


def _type_words(keys: Keys, found: dict[str, Any]) -> str:
    kind = found["type"]
    name = "float" if kind == "finite_number" else kind.split("_")[0]
    if kind in _BOUNDS:
        name = "int" if isinstance(found["ctx"][_BOUNDS[kind][0]], int) else "float"
    field = _field(keys)
    bounds = _bound_words(field) if field and name in ("int", "float") else ""
    return " ".join(word for word in (_TYPES.get(name, ""), bounds) if word)


def _bound_words(field: FieldInfo) -> str:
    limits = [
        (words, getattr(limit, key))
        for limit in field.metadata
        for key, words in _BOUNDS.values()
        if hasattr(limit, key)
    ]
    return " and ".join(f"{words} {limit:g}" for words, limit in limits if abs(limit) < 2**31)


def _own_words(keys: Keys, message: str) -> Trouble:
    """A section's own message; where it starts with one of the section's keys, that key is the subject."""
    first, _, rest = message.partition(" ")
    section = _section(keys)
    top = first.split(".")[0]
    if rest and section and top in section.model_fields:
        keys, message = (*keys, *first.split(".")), rest
    allowed, got, tail = message, "", ""
    if match := re.fullmatch(r"(.*?); got (.*?)(?:; (.*))?", message, flags=re.DOTALL):
        allowed, got, tail = match[1], match[2], match[3] or ""
    elif match := re.fullmatch(r"(has no key .*?); (.*)", message, flags=re.DOTALL):
        allowed, tail = match[1], match[2]
    return Trouble(keys, allowed, got, tail[:1].upper() + tail[1:])


def _unknown_key(keys: Keys) -> Trouble:
    section = _section(keys[:-1])
    known = list(section.model_fields) if section else []
    hint = nearest(str(keys[-1]), known)
    return Trouble(keys, "is not a known key", step=hint)


def _choice(keys: Keys, value: Any) -> Trouble:
    field = _field(keys)
    choices = [c for c in dict.fromkeys(_literals(field.annotation)) if isinstance(c, str)] if field else []
    hint = nearest(str(value), choices).partition("Known:")[0].strip()
    return Trouble(keys, f"must be one of {', '.join(choices)}", _shown(value), hint)


def _literals(annotation: Any) -> Iterator[Any]:
    for part in get_args(annotation):
        yield from _literals(part) if get_args(part) else [part]


def _field(keys: Keys) -> FieldInfo | None:
    """The field that keys lead to, or the one whose items they lead to."""
    for depth in range(len(keys), 0, -1):
        section = _section(keys[: depth - 1])
        if section and keys[depth - 1] in section.model_fields:
            return section.model_fields[str(keys[depth - 1])]
    return None


def _section(keys: Keys) -> type[Section] | None:
    """The section that keys lead to: through fields, lists and mappings of sections."""
    section: type[Section] | None = Competition
    pending: type[Section] | None = None
    for key in keys:
        if pending is not None:
            section, pending = pending, None
            continue
        if section is None:
            return None
        if key not in section.model_fields and "models" in section.model_fields and section is not Competition:
            key, pending = "models", None
            section = next(_sections(section.model_fields["models"].annotation), None)
            continue
        field = section.model_fields.get(str(key))
        inner = next(_sections(field.annotation), None) if field else None
        held = inner is not None and field is not None and field.annotation is not inner
        section, pending = (None, inner) if held else (inner, None)
    return section


def _sections(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)


def _shown(value: Any) -> str:
    text = (
        {None: "nothing", True: "true", False: "false"}.get(value) if value is None or isinstance(value, bool) else None
    )
    text = text or repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
