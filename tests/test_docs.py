"""What the documents say is so: every command, target, declaration, link and piece of Python in them holds."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.main import get_command

from pipeline import models, plan
from pipeline.__main__ import app
from pipeline.core.errors import PodiumError
from pipeline.core.screen import Silence
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import Loader, read_declaration
from pipeline.new import create
from tests.conftest import ROOT

DOCS = sorted((ROOT / "docs").rglob("*.md"))
STORIES = sorted((ROOT / "competitions").glob("*/README.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md", *DOCS, *STORIES]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = get_command(app).commands
RECIPES = {path.parent.name for path in (ROOT / "competitions").glob("*/competition.yaml")}
INVENTED = {"my-competition", "my-titanic", "NAME"}
SOUND: dict[str, Any] = {
    "name": "toy",
    "title": "Toy",
    "columns": {"target": "y"},
    "task": "binary",
    "metric": "auc",
    "models": {"linear": None, "xgboost": None, "lightgbm": None, "mlp": None},
}
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def blocks(text: str, language: str = r"\w*") -> list[str]:
    """The fenced blocks of a language, without their fences."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def shown(text: str) -> Iterator[str]:
    """Every line of shell that a page shows: in code blocks, and between backticks in the prose."""
    prose = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    fenced = [line for block in blocks(text, "(?:text|bash|sh)?") for line in block.splitlines()]
    indented = re.findall(r"^ {4,}(\S.*)$", prose, flags=re.MULTILINE)
    for line in [*fenced, *indented, *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose)]:
        yield re.sub(r"^(\$ )?([A-Z_]+=\S+ )*(\.venv/bin/)?", "", line.strip())


def calls(page: Path, program: str) -> Iterator[list[str]]:
    """The words after a program's name, wherever a page calls it."""
    for line in shown(page.read_text(encoding="utf-8")):
        if line.startswith(f"{program} "):
            yield shlex.split(line.removeprefix(f"{program} "), comments=True)


def targets() -> dict[str, str]:
    """Make's targets with their recipes; the competitions' own by name."""
    found = dict(re.findall(r"^([a-z-]+%?):(?!=).*\n((?:\t.*\n)*)", MAKEFILE, flags=re.MULTILINE))
    one, audit = (
        re.search(rf"^\$\({name}\):.*\n((?:\t.*\n)*)", MAKEFILE, re.MULTILINE) for name in ("COMPETITIONS", "AUDITS")
    )
    assert one and audit
    found |= dict.fromkeys(RECIPES | INVENTED, one[1])
    return found | {f"audit-{name}": audit[1] for name in RECIPES | INVENTED}


def recipe_of(target: str) -> str:
    known = targets()
    if target in known:
        return known[target]
    pattern = next((p for p in known if p.endswith("%") and target.startswith(p[:-1])), None)
    assert pattern, f"make has no target {target}"
    assert target.removeprefix(pattern[:-1]) in RECIPES | INVENTED | {"<slug>"}
    return known[pattern]


def check_options(command: str, words: list[str]) -> None:
    known = {name for parameter in COMMANDS[command].params for name in parameter.opts}
    given = [word.partition("=")[0] for word in words if word.startswith("-")]
    assert set(given) <= known, f"{command} has no option {set(given) - known}"


@each_page
def test_commands_exist_and_take_what_they_are_given(page: Path) -> None:
    for words in [call for program in ("python -m pipeline", "podium") for call in calls(page, program)]:
        if words[0].isupper() or words[0] == "--install-completion":
            continue
        assert words[0] in COMMANDS, f"no command {words[0]}"
        if words[1:]:
            COMMANDS[words[0]].make_context(words[0], words[1:])


@each_page
def test_targets_and_their_variables_exist(page: Path) -> None:
    for words in calls(page, "make"):
        given = dict(word.split("=", 1) for word in words if "=" in word)
        for target in (word for word in words if "=" not in word):
            recipe = recipe_of(target)
            for name, value in given.items():
                assert re.search(rf"\$[({{$]+{name}\b", recipe + MAKEFILE if name == "PYTHON" else recipe), (
                    target,
                    name,
                )
                if name == "OPTIONS" and (command := re.search(r"\$\(RUN\) ([\w-]+)", recipe)):
                    check_options(command[1], shlex.split(value))


@each_page
def test_other_programs_are_called_by_what_they_know(page: Path) -> None:
    from dvc.cli.parser import get_main_parser

    known = next(action.choices for action in get_main_parser()._actions if action.dest == "cmd")
    for words in calls(page, "dvc"):
        assert words[0] in known, f"no command dvc {words[0]}"
    for words in calls(page, "python"):
        if words[:2] == ["-m", "pytest"]:
            assert all((ROOT / word).exists() for word in words[2:] if not word.startswith("-"))
        elif words[1].startswith("benchmarks"):
            there = ROOT / words[1].replace(".", "/")
            assert there.with_suffix(".py").exists() or (there / "__main__.py").exists(), words[1]


@each_page
def test_declarations_hold(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "yaml"):
        content = yaml.load(block, Loader)
        plan.plan(Competition.model_validate(SOUND | content))


@each_page
def test_python_compiles(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "python"):
        compile(block, str(page), "exec")


@each_page
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text) + re.findall(
        r"^\[[^\]]+\]: (?!https?:)(\S+)$", text, re.MULTILINE
    )
    for link in links:
        assert (page.parent / link).exists(), link


@each_page
def test_prose_is_narrow_and_no_command_is_broken(page: Path) -> None:
    prose = re.sub(r"^```\w*\n.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in prose.splitlines() if not line.startswith(("|", "    ", "**`"))]
    wide = [line for line in lines if len(line) > 120]
    assert not wide, wide
    broken = [line for line in lines if line.count("`") % 2]
    assert not broken, broken


def functions(page: str) -> list[dict[str, Any]]:
    """What each piece of Python on a page defines."""
    found = []
    for block in blocks((ROOT / "docs" / page).read_text(encoding="utf-8"), "python"):
        found.append({"__name__": "shown"})
        exec(compile(block, page, "exec"), found[-1])
    return found


def test_the_features_that_are_shown_work() -> None:
    passengers = pd.DataFrame(
        {"Name": ["Braund, Mr. Owen", "Heikkinen, Miss. Laina"], "SibSp": [1, 0], "Parch": [0, 2], "Ticket": ["A", "A"]}
    )
    made = functions("tutorial.md")[0]["add"](passengers)
    assert made["Title"].tolist() == ["Mr", "Miss"]
    assert made["FamilySize"].tolist() == [2, 3]
    assert made["TicketSize"].tolist() == [2, 2]
    houses = pd.DataFrame({"GrLivArea": [1000.0], "TotalBsmtSF": [500.0]})
    assert functions("how-to/new-competition.md")[0]["add"](houses)["TotalArea"].tolist() == [1500.0]


@pytest.mark.shared
def test_new_says_and_writes_what_the_tutorial_shows(competition_data: Path, tmp_path: Path) -> None:
    class Notes(Silence):
        def note(self, text: str) -> None:
            said.append(text)

    said: list[str] = []
    folder = create("my-titanic", competition_data / "titanic.zip", None, tmp_path, Notes())
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert blocks(text, "text")[0].splitlines()[:-1] == [f"  - {line}" for line in said]
    written = (folder / "competition.yaml").read_text(encoding="utf-8")
    assert all(part in written for part in blocks(text, "yaml")[0].split("\n\n"))


def test_a_slip_is_answered_as_the_tutorial_shows() -> None:
    declared = read_declaration(ROOT / "competitions" / "titanic" / "competition.yaml")
    with pytest.raises(PodiumError) as found:
        plan.plan(declared.model_copy(update={"models": {"xgboost": {"max_detph": 5}}}))
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    begun = blocks(text, "text")[1].removeprefix("error: ").rstrip().removesuffix(", …")
    assert str(found.value).startswith(begun)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_model_that_is_shown_works(classes: int, tmp_path: Path) -> None:
    from pipeline.models import Rows, Setting

    card = functions("how-to/new-model.md")[0]["MODEL"]
    rng = np.random.default_rng(0)
    y = np.arange(120) % classes
    X = pd.DataFrame({"a": y + 0.1 * rng.normal(size=120), "b": rng.normal(size=120)})
    setting = Setting(dict(card.defaults), "binary" if classes == 2 else "multiclass", classes, seed=1)
    model = card.build(setting)
    card.fit(model, Rows(X, y, np.ones(120)), None)
    assert (card.predict(model, X).argmax(axis=1) == y).all()
    card.save(model, tmp_path / "model.skops")
    assert np.array_equal(card.predict(card.restore(tmp_path / "model.skops"), X), card.predict(model, X))
    assert set(card.space) | {key for change in card.portfolio for key in change} <= set(card.defaults)


def test_the_reference_has_every_command_and_target() -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    rows = {row[0].split()[0]: row for row in re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, flags=re.MULTILINE)}
    assert set(COMMANDS) <= set(rows)
    for name, command in COMMANDS.items():
        assert rows[name][1].startswith(str(command.help)), name
        options = [parameter.opts[0] for parameter in command.params if parameter.param_type_name == "option"]
        assert {o for o in options if o not in ("--debug", "--quiet")} <= set(
            re.findall(r"--[\w-]+", " ".join(rows[name]))
        )
    patterns = re.findall(r"^([a-z-]+%?):.*## ", MAKEFILE, flags=re.MULTILINE)
    assert all(f"make {target.removesuffix('%')}" in text for target in patterns if target != "help")


def test_the_reference_has_every_model() -> None:
    text = (ROOT / "docs" / "reference" / "models.md").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row.startswith("| `")]
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])) == models.names()


def test_every_page_stands_in_the_table_of_contents() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r": (\S+\.md)$", text, flags=re.MULTILINE))
    assert listed == {str(page.relative_to(ROOT / "docs")) for page in DOCS}


def test_the_site_brings_what_its_search_needs_without_a_server() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert "offline" in config["plugins"] and config["theme"]["font"] is False
    assert any("iframe-worker" in name for name in config["extra"]["polyfills"])  # else the plugin names a server's
    assert all((ROOT / "docs" / name).is_file() for name in [*config["extra"]["polyfills"], *config["extra_css"]])
