"""Which declared settings differ: two declarations as dotted keys, and what stands under each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = "–"


@dataclass(frozen=True)
class Change:
    """A key of ``competition.yaml`` with what stood there and what stands there now; a dash where nothing did."""

    key: str
    before: str
    after: str


def changed_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The keys that differ, in the order of the later declaration, those that are gone at the end.

    >>> changed_settings({"models": {"linear": {}}}, {"models": {"linear": {"C": 0.5}}})
    [Change(key='models.linear.C', before='–', after='0.5')]
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    changes = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        opened = any(other.startswith(f"{key}.") for other in [*old, *new])
        if was != now and not opened:
            changes.append(Change(key, was or ABSENT, now or ABSENT))
    return changes


def _leaves(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping) and (content or not key):
        for name, value in content.items():
            yield from _leaves(value, f"{key}.{name}" if key else str(name))
    else:
        yield key, _written(content)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_written(item) for item in value) or "[]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_written(v)}" for k, v in value.items()) + "}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
