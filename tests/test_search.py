from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import PodiumError
from pipeline.models import Range
from pipeline.search import Search, distinct_changes, search

SPACE = {"x": Range(-5.0, 5.0), "n": Range(1, 9, integer=True), "kind": Range(choices=("a", "b"))}
DEFAULTS = {"x": 4.0, "n": 2, "kind": "a", "fixed": 7}


def task_of(trials: int = 15, **changes: Any) -> Search:
    settings: dict[str, Any] = {"pruner": "none", "seed": 3, "greater_is_better": False, **changes}
    return Search("toy", "toy", DEFAULTS, settings.pop("space", SPACE), trials=trials, **settings)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


class Bowl:
    """Three folds of a smooth loss, the best of which lies at x = 1, n = 5, kind b; it may be killed in a trial."""

    def __init__(self, kill_in: int | None = None, fold: int = 1) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.folds, self.kill_in, self.fold = 0, kill_in, fold

    def __call__(self, params: Mapping[str, Any]) -> Generator[float]:
        self.asked.append(params)
        for fold in range(3):
            if len(self.asked) - 1 == self.kill_in and fold == self.fold:
                raise KeyboardInterrupt
            self.folds += 1
            yield (params["x"] - 1) ** 2 + (params["n"] - 5) ** 2 / 4 + (params["kind"] == "a") + 0.1 * fold


def test_the_declared_settings_come_first_and_better_ones_are_found(tmp_path: Path) -> None:
    bowl = Bowl()
    found = search(task_of(25), bowl, tmp_path / "journal.log")
    assert bowl.asked[0] == DEFAULTS and all(params["fixed"] == 7 for params in bowl.asked)
    assert found.value < 3 < found.table[0]["value"]
    assert "fixed" not in found.params and set(found.params) <= set(SPACE)
    assert found.trials == len(found.table) == 25 and not found.limited_by_time
    assert all(-5 <= line["x"] <= 5 and line["n"] in range(1, 10) for line in found.table)


def test_the_same_seed_finds_the_same(tmp_path: Path) -> None:
    first, second, other = (
        search(task_of(seed=seed), Bowl(), tmp_path / str(run) / "journal.log") for run, seed in enumerate((3, 3, 4))
    )
    assert first == second and first.table[1] != other.table[1]


@pytest.mark.parametrize("pruner", ["none", "median"])
@pytest.mark.parametrize(("kill_in", "fold"), [(0, 0), (3, 2), (12, 1)])
def test_a_killed_study_goes_on_and_ends_like_one_that_was_not(
    tmp_path: Path, pruner: str, kill_in: int, fold: int
) -> None:
    whole = search(task_of(pruner=pruner), Bowl(), tmp_path / "whole.log")
    with pytest.raises(KeyboardInterrupt):
        search(task_of(pruner=pruner), Bowl(kill_in, fold), tmp_path / "killed.log")
    again = Bowl()
    assert search(task_of(pruner=pruner), again, tmp_path / "killed.log") == whole
    assert len(again.asked) == 15 - kill_in


def test_a_finished_study_is_not_run_again_and_more_trials_go_on(tmp_path: Path) -> None:
    search(task_of(8), Bowl(), tmp_path / "journal.log")
    again = Bowl()
    assert search(task_of(8), again, tmp_path / "journal.log").trials == 8 and not again.asked
    assert search(task_of(12), again, tmp_path / "journal.log") == search(task_of(12), Bowl(), tmp_path / "new.log")


def test_a_half_written_line_of_the_journal_is_cut_off(tmp_path: Path) -> None:
    whole = search(task_of(), Bowl(), tmp_path / "whole.log")
    search(task_of(6), Bowl(), tmp_path / "journal.log")
    content = (tmp_path / "journal.log").read_bytes()
    (tmp_path / "journal.log").write_bytes(content[:-9])
    assert search(task_of(), Bowl(), tmp_path / "journal.log") == whole


def test_the_median_pruner_saves_folds(tmp_path: Path) -> None:
    bowl = Bowl()
    found = search(task_of(25, pruner="median"), bowl, tmp_path / "journal.log")
    pruned = [line for line in found.table if line["state"] == "pruned"]
    assert pruned and bowl.folds == sum(line["folds"] for line in found.table) < 75
    assert found.value == min(line["value"] for line in found.table if line["state"] == "complete")


def test_settings_that_cannot_be_fitted_fail_alone(tmp_path: Path) -> None:
    def evaluate(params: Mapping[str, Any]) -> Generator[float]:
        if params["n"] == 2 or params["kind"] == "b":
            raise PodiumError("toy", "models.toy", "must give finite predictions")
        yield params["x"]

    found = search(task_of(20), evaluate, tmp_path / "journal.log")
    states = [line["state"] for line in found.table]
    assert states[0] == "failed" and "complete" in states and found.params["kind" if "kind" in found.params else "n"]
    assert search(task_of(20), evaluate, tmp_path / "journal.log") == found


def test_a_study_without_any_fit_says_why(tmp_path: Path) -> None:
    def evaluate(params: Mapping[str, Any]) -> Generator[float]:
        raise PodiumError("toy", "models.toy", "must give finite predictions")
        yield 0.0

    for _ in range(2):
        with pytest.raises(PodiumError, match="must give finite predictions"):
            search(task_of(3), evaluate, tmp_path / "journal.log")


def test_the_time_limit_ends_the_search_and_marks_it(tmp_path: Path) -> None:
    found = search(task_of(50, seconds=1e-6), Bowl(), tmp_path / "journal.log")
    assert found.trials == 1 and found.limited_by_time and found.params == {}
    assert search(task_of(50, seconds=1e-6), Bowl(), tmp_path / "journal.log") == found


def test_greater_is_better_turns_the_search_round(tmp_path: Path) -> None:
    found = search(task_of(greater_is_better=True), Bowl(), tmp_path / "journal.log")
    assert found.value == max(line["value"] for line in found.table)


def test_settings_outside_the_space_are_tried_as_they_are(tmp_path: Path) -> None:
    bowl = Bowl()
    space = {"x": Range(-1.0, 1.0), "n": Range(4, 6, integer=True), "kind": Range(choices=("b", "c"))}
    found = search(task_of(3, space=space), bowl, tmp_path / "journal.log")
    assert bowl.asked[0] == DEFAULTS and found.table[0]["x"] == 4.0


def test_every_trial_that_ends_is_told_even_those_of_earlier_runs(tmp_path: Path) -> None:
    told: list[int] = []
    search(task_of(3), Bowl(), tmp_path / "journal.log")
    search(task_of(5), Bowl(), tmp_path / "journal.log", told.append)
    assert told == [0, 1, 2, 3, 4]


def test_a_range_without_an_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"tune\.space must have choices, or both low and high"):
        search(task_of(2, space={"x": Range(low=1.0)}), Bowl(), tmp_path / "journal.log")


KNOWN = ({"x": 1.5, "n": 6}, {"kind": "b", "fixed": 9})


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_known_settings_are_tried_as_they_are_after_the_declared_ones(tmp_path: Path, sampler: str) -> None:
    bowl = Bowl()
    task = task_of(11, known=KNOWN, sampler=sampler)
    found = search(task, bowl, tmp_path / "journal.log")
    assert bowl.asked[:3] == [DEFAULTS, *({**DEFAULTS, **changes} for changes in KNOWN)]
    assert found.table[1]["x"] == 1.5 and found.table[2]["kind"] == "b"
    again = Bowl()
    with pytest.raises(KeyboardInterrupt):
        search(task, Bowl(kill_in=10), tmp_path / "killed.log")
    assert search(task, again, tmp_path / "killed.log") == found and len(again.asked) == 1


def test_the_best_trials_are_kept_each_setting_once(tmp_path: Path) -> None:
    found = search(task_of(15, known=KNOWN, keep=4), Bowl(), tmp_path / "journal.log")
    values = sorted(line["value"] for line in found.table)
    assert found.kept[0] == found.params and len(found.kept) == 4
    assert all(found.kept[i] != found.kept[j] for i in range(4) for j in range(i))
    scored = [(p["x"] - 1) ** 2 + (p["n"] - 5) ** 2 / 4 + (p["kind"] == "a") + 0.1 for p in
              ({**DEFAULTS, **changes} for changes in found.kept)]  # fmt: skip
    assert scored == pytest.approx(values[:4])
    one = search(task_of(2, known=({"fixed": 9},), keep=9), Bowl(), tmp_path / "few.log")
    assert one.kept == [{}, {"fixed": 9}]


def test_the_wilcoxon_pruner_goes_by_the_best_trials_folds(tmp_path: Path) -> None:
    def evaluate(params: Mapping[str, Any]) -> Generator[float]:
        yield from ((params["x"] - 1) ** 2 + 0.1 * fold for fold in range(8))

    found = search(task_of(20, pruner="wilcoxon"), evaluate, tmp_path / "journal.log")
    pruned = [line for line in found.table if line["state"] == "pruned"]
    assert pruned and all(2 < line["folds"] <= 8 for line in pruned)
    assert all(line["value"] == pytest.approx((line["x"] - 1) ** 2 + 0.05 * (line["folds"] - 1)) for line in pruned)


def test_known_settings_that_change_nothing_are_left_out() -> None:
    assert distinct_changes(DEFAULTS, [{"x": 4.0}, {"n": 3}, {"n": 3, "x": 4.0}]) == ({"n": 3},)
