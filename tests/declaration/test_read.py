"""Reading a declaration: the good ones, and one sentence with file and line for each bad one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import competitions, read_declaration

BASE = """\
name: toy
title: Toy
columns:
  id: id
  target: y
metric: auc
task: binary
models:
  linear: {}
"""


def declared(tmp_path: Path, text: str | bytes, name: str = "toy") -> Path:
    path = tmp_path / "competitions" / name / "competition.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(PodiumError) as caught:
        read_declaration(declared(tmp_path, text))
    return str(caught.value)


def test_a_sound_declaration_is_read_with_its_defaults(tmp_path: Path) -> None:
    competition = read_declaration(declared(tmp_path, BASE))
    assert isinstance(competition, Competition)
    assert competition.split.folds == 5
    assert competition.models == {"linear": {}}


def test_yaml_is_read_as_dvc_reads_it(tmp_path: Path) -> None:
    text = BASE.replace("  linear: {}", "  linear:\n    C: 1e-3\n    n: 010")
    text += (
        "tables:\n  store:\n    file: s.csv\n    on:\n      - Store\nclean:\n  meaning:\n    a: no\n    b: 2020-01-01\n"
    )
    competition = read_declaration(declared(tmp_path, text))
    assert competition.models["linear"] == {"C": 0.001, "n": 10}
    assert competition.tables["store"].on == ["Store"]
    assert competition.clean.meaning == {"a": "no", "b": "2020-01-01"}


def test_a_model_name_beside_trains_keys(tmp_path: Path) -> None:
    competition = read_declaration(declared(tmp_path, BASE + "train:\n  repeats: 2\n  linear:\n    oversample: true\n"))
    assert competition.train.repeats == 2
    assert competition.train.models["linear"].oversample is True


WHERE = "(competitions/toy/competition.yaml, line {})"


@pytest.mark.parametrize(
    ("more", "words", "line"),
    [
        ("split:\n  folds: 1\n", "split.folds must be an integer of at least 2; got 1", 11),
        ("split:\n  folds: five\n", "split.folds must be an integer of at least 2; got 'five'", 11),
        (
            "source:\n  kaggle: {dataset: cards}\n",
            "source.kaggle.dataset must be owner/name or owner/name/version; got 'cards'",
            11,
        ),
        (
            "source:\n  kaggle: {dataset: a/b, tabel: x}\n",
            "source.kaggle.tabel is not a known key",
            11,
        ),
        ("source:\n  kaggle: {table: x}\n", "source.kaggle.table has no effect without dataset", 11),
        ("source:\n  kaggle: 7\n", "source.kaggle must be text; got 7", 11),
        ("source:\n  holdout: 2\n", "source.holdout must be a number above 0 and below 1; got 2", 11),
        ("splitt:\n  folds: 3\n", "splitt is not a known key", 10),
        ("split:\n  fold: 3\n", "split.fold is not a known key", 11),
        ("split: 5\n", "split must be a mapping of keys to values; got 5", 10),
        ("split:\n  kind: startified\n", "split.kind must be one of auto, stratified, ", 11),
        ("split:\n  kind: stratified\n  gap: 3\n", "split.gap has no effect with kind stratified", 12),
        ("split:\n  kind: group\n", "split.kind group needs the key group", 11),
        ("train:\n  xgboost:\n    devise: cpu\n", "train.xgboost.devise is not a known key", 12),
        ("train:\n  xgboost:\n    device: gpu\n", "train.xgboost.device must be one of auto, cpu, cuda; got 'gpu'", 12),
        ("train:\n  repeat: 2\n", "train has no key 'repeat'", 10),
        (
            "train:\n  linear:\n    variants: 0\n",
            "train.linear.variants must be an integer of at least 1, or a list",
            12,
        ),
        ("budget: soon\n", "budget must be a duration such as 240s, 4m or 1h; got 'soon'", 10),
        ("tune:\n  effort:\n    linear: 1\n", "tune.effort has no effect without trials", 11),
        ("tune:\n  warm_start: x\n", "tune.warm_start has no effect without trials", 11),
        ("clean:\n  outliers:\n    - drop: a\n", "clean.outliers[0].reason is missing", 12),
        ("clean:\n  types:\n    a: numerc\n", "clean.types.a must be one of numeric, ", 12),
        ("features:\n  counts: 5\n", "features.counts must be true or false or a list; got 5", 11),
        ("features:\n  drop: a\n", "features.drop must be a list; got 'a'", 11),
        ("features:\n  groups:\n    - by: []\n", "features.groups[0].by must name at least 1; got []", 12),
        ("select:\n  method: filter\n  keep: 1.5\n", "select.keep must be a share", 12),
        ("evaluate:\n  also:\n    - acuracy\n", "evaluate.also[0] must be a known metric; got 'acuracy'", 12),
        ("ensemble:\n  factor: always\n", "ensemble.factor has no effect with metric auc", 11),
        ("submit:\n  known:\n    - {where: a, value: 0, reason: b}\n", "submit.known has no effect with metric", 11),
        ("split: {}\nsplit: {}\n", "split must stand once; it stands in line 10 already", 11),
        ("split: [1, 2\n", "competition.yaml must be sound YAML; got while parsing a flow sequence", 11),
        ("split:\n\tfolds: 2\n", "competition.yaml must be sound YAML", 11),
        ("3: 4\n", "[3] Keys must be strings", 10),
    ],
)
def test_a_bad_section_is_said_with_its_line(tmp_path: Path, more: str, words: str, line: int) -> None:
    message = refusal(tmp_path, BASE + more)
    assert message.startswith("toy: " + words)
    assert WHERE.format(line) in message


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("metric: auc", "metric: acu", "metric must be a known metric; got 'acu'", 6),
        ("metric: auc", "metric:\n  name: auc\n  beta: 2", "metric has no parameter beta", 6),
        ("metric: auc", "metric: rmse", "task must be regression for metric rmse; got binary", 7),
        ("task: binary\n", "", "task must be declared, because metric auc scores binary and multiclass", 1),
        ("title: Toy", "title: 12", "title must be text; got 12", 2),
        ("name: toy", "name: toys", "name must be the folder's name, toy; got 'toys'", 1),
        ("name: toy", "name: Toy", "name must be lower-case letters, digits and hyphens; got 'Toy'", 1),
        ("  target: y\n", "", "columns.target is missing", 3),
        ("columns:", "colums:", "colums is not a known key", 3),
        ("  linear: {}\n", "  linear: 5\n", "models.linear must be a mapping of keys to values; got 5", 9),
        ("  linear: {}\n", "", "models must be a mapping of keys to values; got nothing", 8),
        ("  id: id", "  id:\n    - 1", "columns.id must be text; got [1]", 4),
        ("  id: id", "  id: id\n  positive: [1]", "columns.positive must be text or an integer", 5),
    ],
)
def test_a_bad_key_is_said_with_its_line(tmp_path: Path, old: str, new: str, words: str, line: int) -> None:
    message = refusal(tmp_path, BASE.replace(old, new))
    assert message.startswith("toy: " + words)
    assert WHERE.format(line) in message


@pytest.mark.parametrize(
    ("more", "hint"),
    [("splitt: {}\n", "Did you mean split?"), ("split:\n  kind: tyme\n", "Did you mean time?")],
)
def test_the_nearest_known_name_is_given(tmp_path: Path, more: str, hint: str) -> None:
    assert hint in refusal(tmp_path, BASE + more)


def test_more_problems_are_announced(tmp_path: Path) -> None:
    message = refusal(tmp_path, BASE + "features:\n  drop: a\nsplit:\n  folds: 0\n")
    assert message.endswith("1 more problem will be shown after it")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a mapping"),
        (b"- a\n", "must be a mapping"),
        (b"name: toy\ntitle: \xff\n", "must be UTF-8 text; got byte 0xff (competitions/toy/competition.yaml, line 2)"),
        (b"a: \x00", "must be sound YAML"),
        (b"a: !!python/object:os.system x", "must be sound YAML"),
        (b"a: 1\n---\nb: 2\n", "must be sound YAML"),
        (b"? [1]\n: 2\n", "must be sound YAML"),
    ],
)
def test_what_is_no_declaration_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


def test_an_unknown_competition_names_the_nearest(tmp_path: Path) -> None:
    declared(tmp_path, BASE)
    with pytest.raises(PodiumError, match=r"toi: competitions/toi/competition.yaml is not there. Did you mean toy\?"):
        read_declaration(tmp_path / "competitions" / "toi" / "competition.yaml")
    assert competitions(tmp_path / "competitions") == ["toy"]


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, pipeline.declaration.read; print(sorted({m.split('.')[0] for m in sys.modules}))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    for heavy in ("pandas", "numpy", "sklearn", "rich", "typer"):
        assert f"'{heavy}'" not in done.stdout
