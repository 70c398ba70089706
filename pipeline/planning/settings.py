"""A model's settings and search space as declared, held to what its card knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline import models
from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.competition import Competition
from pipeline.planning.objective import objective


def check_settings(c: Competition, where: str, card: models.Model, declared: Mapping[str, Any]) -> None:
    """Refuse a setting that the model does not have, or that is of another kind; ``where`` is the key they stand under.

    A word where the card's own is a number would otherwise come to light in the middle of the run, in the library's
    own words.
    """
    known = {*card.defaults, *card.also}
    for key, value in declared.items():
        if key not in known:
            step = nearest(str(key), known)
            raise PodiumError(c.name, f"{where}.{key}", "is not a setting of this model", step=step)
        if key in card.defaults and (allowed := _refused(card, key, value)):
            own = card.defaults[key]
            step = f"By default it is {'null: the model chooses' if own is None else str(own).lower()}"
            raise PodiumError(c.name, f"{where}.{key}", allowed, got=repr(value), step=step)


def _refused(card: models.Model, key: str, value: Any) -> str:
    """What a setting must be, where the value is nothing of the kind. One that is null by default is a number."""
    own = card.defaults[key]
    if value is None or key in card.words:
        return ""
    if isinstance(own, bool):
        return "" if isinstance(value, int | float) else "must be true or false"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "must be a number" if (own is None or isinstance(own, int | float)) and not number else ""


def settings_of(c: Competition, name: str, card: models.Model) -> dict[str, Any]:
    """The card's defaults with the competition's directions and the declared settings over them."""
    declared = c.models[name]
    check_settings(c, f"models.{name}", card, declared)
    return {**card.defaults, **_monotone(c, name, card), **declared}


def _monotone(c: Competition, name: str, card: models.Model) -> dict[str, Any]:
    """The competition's own directions, where it declares any; a model that cannot hold them is refused."""
    declared = c.models[name].get("monotone", c.train.monotone)
    if not declared:
        return {}
    where = f"models.{name}.monotone" if "monotone" in c.models[name] else "train.monotone"
    able = [other for other in models.names() if "monotone" in models.load(other, c.name).also]
    if name not in able:
        step = f"Declare monotone under {', '.join(f'models.{other}' for other in able)} instead"
        raise PodiumError(c.name, where, "needs models that can hold it", got=name, step=step)
    if objective(c)[0] == "multiclass":
        raise PodiumError(c.name, where, "is for two classes or values", got="multiclass", step="Take it out")
    wrong = not isinstance(declared, dict) or set(declared.values()) - {"increasing", "decreasing"}
    if wrong:
        raise PodiumError(c.name, where, "must say increasing or decreasing by column", got=repr(declared))
    return {"monotone": declared}


def space_of(c: Competition, name: str, card: models.Model) -> dict[str, dict[str, Any]]:
    """The declared ranges of a search, held to the model's settings and to what a range is made of."""
    declared = c.tune.space.get(name, {})
    known = {*card.defaults, *card.also}
    for key, limits in declared.items():
        where = f"tune.space.{name}.{key}"
        if key not in known:
            raise PodiumError(c.name, where, "is not a setting of this model", step=nearest(str(key), known))
        allowed = set(models.Range.__dataclass_fields__)
        if not isinstance(limits, dict) or not set(limits) <= allowed:
            raise PodiumError(
                c.name, where, f"must be a mapping with keys of {', '.join(sorted(allowed))}", got=repr(limits)
            )
    return declared
