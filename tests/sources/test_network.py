"""Asking again."""

from __future__ import annotations

import pytest

from pipeline.sources import network
from pipeline.sources.network import persist


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(network.time, "sleep", slept.append)
    return slept


def test_a_failing_connection_is_tried_three_times(pauses: list[float]) -> None:
    tries, notes = [], []

    def ask() -> int:
        tries.append(1)
        raise ConnectionResetError("secret address")

    with pytest.raises(ConnectionResetError):
        persist(ask, (ConnectionError,), lambda error: True, notes.append, "Kaggle")
    assert len(tries) == 3
    assert pauses == [1.0, 4.0]
    assert all("secret" not in note and "Kaggle" in note for note in notes)


def test_an_answer_of_the_second_try_is_returned() -> None:
    answers = [ConnectionError(), 5]

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert persist(ask, (ConnectionError,), lambda error: True, lambda text: None, "Kaggle") == 5


def test_an_answer_that_is_no_success_is_told_by_its_status() -> None:
    class Overloaded(ConnectionError):
        response = type("Response", (), {"status_code": 429, "headers": {}})

    notes: list[str] = []
    with pytest.raises(Overloaded):
        persist(lambda: (_ for _ in ()).throw(Overloaded()), (ConnectionError,), lambda e: True, notes.append, "Kaggle")
    assert notes[0] == "Kaggle answers 429; asking again in 1 s"


def test_an_error_that_does_not_pass_is_raised_at_once(pauses: list[float]) -> None:
    def ask() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        persist(ask, (ValueError,), lambda error: False, lambda text: None, "Kaggle")
    assert pauses == []
