"""Comparing runs: the test on folds, settings by key, and what is said of members, columns and inputs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy import stats

from pipeline.comparison.compare import compare
from pipeline.comparison.page import render
from pipeline.comparison.run import Run
from pipeline.comparison.scores import paired_test, score_change
from pipeline.comparison.settings import Change, changed_settings
from pipeline.comparison.terminal import shown
from pipeline.core.errors import PodiumError

FOLDS = {"0": 0.80, "1": 0.82, "2": 0.81, "3": 0.79, "4": 0.83}
EVIL = "<script>alert(1)</script>"


def record(**changes: Any) -> dict[str, Any]:
    known = {
        "metric": "auc",
        "greater_is_better": True,
        "split": "abc",
        "candidate": "mean",
        "weights": {"linear": 0.5, "gbdt": 0.5},
        "columns": ["age", "fare"],
        "folds": {"ensemble": FOLDS, "linear": FOLDS, "gbdt": FOLDS},
    }
    return known | changes


def run(label: str, declared: dict[str, Any] | None = None, **changes: Any) -> Run:
    declared = {"name": "toy", "title": "Toy", **(declared or {})}
    return Run(label, declared, record(**changes), {"pipeline/core": "1"}, ran=True)


def raised(by: float, noise: float = 0.001) -> dict[str, float]:
    return {fold: value + by + noise * (int(fold) - 2) for fold, value in FOLDS.items()}


def test_the_correction_enlarges_the_plain_paired_test() -> None:
    differences = np.array([0.01, 0.03, 0.02, -0.01, 0.02])
    se, p = paired_test(differences.tolist())
    plain = stats.ttest_1samp(differences, 0)
    assert se == pytest.approx(stats.sem(differences) * np.sqrt(1 + 5 / 4))
    assert p is not None and p > plain.pvalue
    assert p == pytest.approx(2 * stats.t.sf(plain.statistic / np.sqrt(1 + 5 / 4), 4))


def test_equal_runs_are_found_different_about_as_often_as_the_level_says() -> None:
    draws = np.random.default_rng(3).normal(size=(2000, 5))
    found = [paired_test(row.tolist())[1] for row in draws]
    assert np.mean([p is not None and p < 0.05 for p in found]) < 0.05


@pytest.mark.parametrize(
    ("after", "sign", "verdict"),
    [
        (raised(0.05), 1, "better"),
        (raised(0.05), -1, "worse"),
        (raised(0.001, 0.01), 1, "no telling"),
        (FOLDS, 1, "the same"),
        (None, 1, "gone"),
    ],
)
def test_verdicts(after: dict[str, float] | None, sign: int, verdict: str) -> None:
    assert score_change("linear", FOLDS, after, sign, paired=True).verdict == verdict


def test_other_folds_are_not_paired() -> None:
    line = score_change("linear", FOLDS, raised(0.05), 1, paired=False)
    assert (line.verdict, line.p) == ("not paired", None)
    errors = [stats.sem(list(scores.values())) for scores in (FOLDS, raised(0.05))]
    assert line.se == pytest.approx(np.hypot(*errors))


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Change("a.b", "1", "2")]),
        ({"a": [1, 2]}, {"a": [1]}, [Change("a", "1, 2", "1")]),
        ({"models": {"x": {"d": 1}}}, {"models": {"x": {}}}, [Change("models.x.d", "1", "–")]),
        ({"models": {"x": {}}}, {"models": {"x": {}, "y": {}}}, [Change("models.y", "–", "{}")]),
        ({"a": None, "b": True}, {"a": 0, "b": True}, [Change("a", "null", "0")]),
    ],
)
def test_settings_are_told_by_key(before: Any, after: Any, changes: list[Change]) -> None:
    assert changed_settings(before, after) == changes


def test_a_comparison_tells_members_columns_inputs_and_order() -> None:
    later = run(
        "now",
        {"seed": 2},
        weights={"linear": 1.0, "mlp": 0.0},
        columns=["age", "deck"],
        candidate="best_single",
        folds={"ensemble": FOLDS, "linear": FOLDS, "mlp": raised(0.05)},
    )
    found = compare("toy", run("then"), replace(later, inputs={"pipeline/core": "2"}, ran=False))
    assert (found.gained, found.lost, found.inputs) == (["deck"], ["fare"], ["pipeline/core"])
    assert Change("made by", "mean", "best single") in found.members
    assert Change("gbdt", "0.50", "not in the zoo") in found.members
    assert [line.model for line in found.scores] == ["ensemble", "mlp", "linear", "gbdt"]
    assert any("edited after the run of now" in note for note in found.notes)


def test_other_metrics_are_refused() -> None:
    with pytest.raises(PodiumError, match="Scores of different metrics cannot be compared"):
        compare("toy", run("then"), run("now", metric="log_loss"))


def test_terminal_and_page_say_the_same_and_the_page_is_safe(tmp_path: Path) -> None:
    later = run("now", {"title": EVIL, "seed": EVIL}, split="other", columns=[EVIL], folds={"ensemble": raised(0.05)})
    found = compare("toy", run("then"), later)
    console = Console(width=140, record=True, file=(tmp_path / "out").open("w"))
    for part in shown(found):
        console.print(part)
    text, page = console.export_text(), render(found)
    for words in ("not paired", "+0.050", "gone"):
        assert words in text and words in page
    assert EVIL not in page and not re.search(r"url\(http|src=", page)
