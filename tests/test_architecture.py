"""The floor plan, held against the code: floors, circles, the chain's completeness, docstrings."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from pipeline import models
from pipeline.copies import stale
from pipeline.stages import BY_MODEL, STAGES

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = ROOT / "pipeline"
FILES = sorted(PIPELINE.rglob("*.py"))
CHAIN = yaml.safe_load((PIPELINE / "chain.yaml").read_text(encoding="utf-8"))["stages"]

# From the ground up. A module imports from floors below its own, or from its own package.
FLOORS = [
    ["core"],
    ["declaration"],
    ["folds", "targets", "models", "nets", "features", "selection", "resampling", "reading"],
    ["folding", "ranges", "sources"],
    ["dataset", "members", "metrics", "decisions", "preprocess"],
    ["ensembles", "evaluation", "submission", "cleaning", "auditing", "scaffold", "fitting"],
    ["search", "report", "explaining"],
    ["stages", "new", "planning"],
    ["plan", "reference", "schema", "copies", "chain", "locks", "board", "screens", "comparison", "standing", "doctor"],
    ["imbalance", "serving", "ledger"],
    ["commands"],
    ["__main__"],
]


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in FILES}


@lru_cache
def imports(module: str) -> frozenset[str]:
    """The project's modules that a module imports, anywhere in it; type-checking imports apart."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(name for name in found if name in MODULES and name not in (module, "pipeline"))


def closure(module: str) -> set[str]:
    seen: set[str] = set()
    queue = [module]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += imports(name)
    return seen


def floor(module: str) -> int:
    head = module.split(".")[1]
    for number, rooms in enumerate(FLOORS):
        if head in rooms:
            return number
    raise AssertionError(f"{module} stands on no floor: add it to FLOORS")


@pytest.mark.parametrize("module", [m for m in MODULES if m != "pipeline"])
def test_imports_go_down(module: str) -> None:
    for other in imports(module):
        same_package = other.split(".")[1] == module.split(".")[1]
        assert same_package or floor(other) <= floor(module), f"{module} imports {other}, which lies above it"


def test_there_are_no_circles() -> None:
    for module in MODULES:
        for other in imports(module):
            assert module not in closure(other), f"{module} and {other} import each other"


def test_stages_never_import_one_another() -> None:
    for name in STAGES:
        others = {m for m in closure(f"pipeline.stages.{name}") if m.startswith("pipeline.stages.")}
        assert others == {f"pipeline.stages.{name}"}


def test_stage_is_module_is_test_is_entry_in_the_chain() -> None:
    modules = {file.stem for file in (PIPELINE / "stages").glob("*.py")} - {"__init__"}
    tests = {file.stem.removeprefix("test_") for file in (ROOT / "tests" / "stages").glob("test_*.py")}
    assert list(CHAIN) == ["plan", *STAGES]
    assert modules == set(STAGES) == tests


@pytest.mark.parametrize("stage", ["plan", *STAGES])
def test_each_stage_declares_all_the_code_it_runs(stage: str) -> None:
    entry = CHAIN[stage].get("do", CHAIN[stage])
    declared = [dep for dep in entry["deps"] if dep.startswith("pipeline/")]
    start = "pipeline.plan" if stage == "plan" else f"pipeline.stages.{stage}"
    needed = {str(MODULES[m].relative_to(ROOT)) for m in closure(start)}
    missing = {f for f in needed if not any(f == d or f.startswith(d + "/") for d in declared)}
    assert not missing - {"pipeline/__init__.py", "pipeline/stages/__init__.py"}
    idle = {d for d in declared if "${" not in d and not any(f == d or f.startswith(d + "/") for f in needed)}
    idle -= {d for d in idle if not d.endswith(".py") and any(Path(d).parent == Path(f).parent for f in needed)}
    allowed = {"plan": {"pipeline/nets"}}  # plan hashes the nets for the cards that name them, and imports none
    assert not idle - allowed.get(stage, set()), "dependencies that the stage does not import"


@pytest.mark.parametrize("name", models.names())
def test_each_models_code_is_declared_or_hashed_into_its_spec(name: str) -> None:
    deps = [dep.replace("${key}", name) for dep in CHAIN["train"]["do"]["deps"]]
    deps += [f"pipeline/{part}" for part in models.load(name).code]
    needed = {str(MODULES[m].relative_to(ROOT)) for m in closure(f"pipeline.models.{name}")}
    missing = {f for f in needed if not any(f == d or f.startswith(d + "/") for d in deps)}
    assert not missing - {"pipeline/__init__.py"}


@pytest.mark.parametrize("stage", list(STAGES))
def test_each_stage_depends_on_its_own_spec_alone(stage: str) -> None:
    entry = CHAIN[stage].get("do", CHAIN[stage])
    specs = [dep for dep in entry["deps"] if "/plan/" in dep]
    name = f"{stage}-${{key}}" if stage in BY_MODEL else stage
    assert specs == [f"data/${{name}}/plan/{name}.json"]
    assert not any(dep.rstrip("/").endswith("competitions/${name}") for dep in entry["deps"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_public_names_have_docstrings(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{file} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{file}: {node.name} has no docstring"
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            for method in methods:
                assert ast.get_docstring(method), f"{file}: {node.name}.{method.name} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{file}: {node.name} has no docstring"


def test_the_pipeline_names_no_competition() -> None:
    names = {folder.name for folder in (ROOT / "competitions").iterdir() if folder.is_dir()} - {"breast-cancer"}
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {
            ast.get_docstring(n, clean=False)
            for n in ast.walk(tree)
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
                assert node.value not in names, f"{file}:{node.lineno} names the competition {node.value}"


def test_every_competition_holds_a_copy_of_the_one_chain() -> None:
    assert not stale(ROOT), "run `python -m pipeline chains` to renew their dvc.yaml"
    for declaration in (ROOT / "competitions").glob("*/competition.yaml"):
        assert yaml.safe_load(declaration.read_text(encoding="utf-8"))["name"] == declaration.parent.name
