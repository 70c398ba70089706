"""Agreement of two scores, and which two submissions are picked."""

from __future__ import annotations

import math

import pytest

from pipeline.ledger.agreement import Agreement, agreement, alike, in_words
from pipeline.ledger.entry import Entry
from pipeline.ledger.finals import pick_finals
from tests.ledger.made import entry


def scored(*pairs: tuple[float, float | None]) -> list[Entry]:
    return [entry(k, cv=cv, public=public) for k, (cv, public) in enumerate(pairs)]


def test_a_correlation_computed_by_hand() -> None:
    found = agreement(scored((1, 2), (2, 1), (3, 4), (4, 3), (5, 7)))
    assert found.count == 5
    assert found.pearson == pytest.approx(12 / math.sqrt(10 * 21.2))
    assert found.spearman == pytest.approx(0.8)
    assert found.low == pytest.approx(math.tanh(math.atanh(found.pearson) - 1.96 / math.sqrt(2)))
    assert found.low < found.pearson < found.high <= 1


def test_a_perfect_one_has_an_interval() -> None:
    found = agreement(scored((1, 1), (2, 2), (3, 3), (4, 4)))
    assert found.pearson == pytest.approx(1) and found.high == pytest.approx(1)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([], "too few submissions to compare with cross-validation: 0 scored"),
        ([(1, 1), (2, 2), (3, None)], "too few submissions to compare with cross-validation: 2 scored"),
        ([(1, 1), (1, 2), (1, 3)], "no correlation can be told: 3 submissions"),
        ([(1, 1), (2, 2), (3, 3)], "correlation of cross-validation and leaderboard 1.00, of their ranks 1.00, over 3"),
        ([(1, 4), (2, 3), (3, 2), (4, 1)], "leaderboard -1.00 (95 % between -1.00 and -1.00), of their ranks -1.00"),
    ],
)
def test_what_cannot_be_told_is_said(pairs: list, words: str) -> None:
    assert words in in_words(agreement(scored(*pairs)))


def test_equal_scores_share_a_rank() -> None:
    assert agreement(scored((1, 1), (1, 1), (2, 2))).spearman == pytest.approx(1)


def test_only_scores_on_the_last_ones_folds_compare() -> None:
    entries = [entry(0, split="old"), entry(1, metric="rmse"), entry(2), entry(3, data="old"), entry(4, status="error"),
               entry(5)]  # fmt: skip
    assert [one.ref for one in alike(entries)] == [3, 6]
    assert agreement(entries) == Agreement(2)


def pick(entries: list[Entry], apart: dict[int, float | None], greater: bool = True):
    return pick_finals(entries, greater, lambda a, b: apart.get(b.ref - 1))


def test_the_most_different_within_a_standard_error() -> None:
    entries = [entry(0, cv=0.90), entry(1, cv=0.895), entry(2, cv=0.893), entry(3, cv=0.85)]
    found = pick(entries, {1: 0.1, 2: 0.3, 3: 0.9})
    assert (found.first, found.second, found.apart) == (entries[0], entries[2], 0.3)
    assert found.reason == "the most different of 2 within a standard error of the best"


def test_where_less_is_better_the_least_is_first() -> None:
    entries = [entry(0, cv=0.50), entry(1, cv=0.495), entry(2, cv=0.47)]
    found = pick(entries, {0: 0.2, 1: 0.1}, greater=False)
    assert (found.first, found.second) == (entries[2], entries[1])
    assert found.reason.startswith("the second best")


def test_the_public_score_does_not_count() -> None:
    entries = [entry(0, cv=0.90, public=0.1), entry(1, cv=0.80, public=0.99), entry(2, cv=0.89, public=0.1)]
    found = pick(entries, {1: 1.0, 2: 0.1})
    assert (found.first, found.second) == (entries[0], entries[2])


def test_without_copies_the_second_best_is_taken_and_that_is_said() -> None:
    entries = [entry(0, cv=0.90), entry(1, cv=0.891), entry(2, cv=0.895)]
    found = pick(entries, {})
    assert (found.second, found.apart) == (entries[2], None) and "no copies are here" in found.reason
    assert pick(entries, {1: 0.4}).reason.endswith("(1 more have no copy here)")


def test_none_and_one() -> None:
    assert pick([], {}).first is None
    assert pick([entry(0)], {}).second is None
