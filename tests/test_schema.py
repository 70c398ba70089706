"""The schema that editors check ``competition.yaml`` by: it is up to date, and agrees with the declaration."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pipeline import models, schema
from pipeline.core.errors import PodiumError
from pipeline.declaration.read import Loader
from pipeline.scaffold.write import SCHEMA
from tests.conftest import ROOT

FOUND = schema.schema()
CHECKER = Draft202012Validator(FOUND)
RECIPES = sorted((ROOT / "competitions").glob("*/competition.yaml"))
SOUND: dict[str, Any] = {
    "name": "toy",
    "title": "Toy",
    "columns": {"target": "y"},
    "task": "binary",
    "metric": "auc",
    "models": {"linear": None},
}


def test_the_file_is_the_declarations() -> None:
    assert (ROOT / schema.FILE).read_text(encoding="utf-8") == schema.text(), f"renew it by `{schema.RENEW}`"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(FOUND)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.parent.name)
def test_every_recipe_passes_and_names_it(recipe: Any) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert not list(CHECKER.iter_errors(yaml.load(text, Loader)))
    assert text.splitlines()[0] == SCHEMA
    assert (recipe.parent / SCHEMA.partition("=")[2]).resolve() == ROOT / schema.FILE


@pytest.mark.parametrize(
    "more",
    [
        {"metric": {"name": "fbeta", "beta": 2}},
        {"train": {"linear": {"repeats": 2}}},
        {"train": {"models": {"linear": {"repeats": 2}}}},
        {"tune": {"trials": 5, "models": {"linear": 3}}},
    ],
)
def test_what_the_declaration_takes_passes(more: dict[str, Any]) -> None:
    from pipeline.declaration.competition import Competition

    Competition.model_validate(SOUND | more)
    assert not list(CHECKER.iter_errors(SOUND | more))


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "acuracy"},
        {"models": {"liner": {}}},
        {"models": {"linear": {"depth": 3}}},
        {"split": {"folds": 1}},
        {"spilt": {}},
        {"tune": {"models": {"liner": 3}}},
    ],
)
def test_what_the_declaration_refuses_fails(wrong: dict[str, Any]) -> None:
    from pipeline import plan
    from pipeline.declaration.competition import Competition

    assert list(CHECKER.iter_errors(SOUND | wrong))
    with pytest.raises((ValueError, PodiumError)):
        plan.plan(Competition.model_validate(SOUND | wrong))


def test_every_key_is_described_and_every_models_settings_are_known() -> None:
    assert "description" in FOUND["properties"]["models"]
    assert FOUND["$defs"]["Split"]["properties"]["folds"]["description"]
    for name in models.names():
        assert set(FOUND["properties"]["models"]["properties"][name]["properties"]) >= set(models.load(name).defaults)
    json.dumps(FOUND, allow_nan=False)


def test_defaults_of_lists_and_mappings_stand_there_too() -> None:
    from pipeline.declaration.ensemble import USUAL

    parts = FOUND["$defs"]
    assert parts["Ensemble"]["properties"]["candidates"]["default"] == list(USUAL)
    assert parts["Clean"]["properties"]["meaning"]["default"] == {}
    assert "default" not in parts["Columns"]["properties"]["target"]
