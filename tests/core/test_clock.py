import time

import pytest

from pipeline.core.clock import read_clock, seconds_of, start_clock
from pipeline.core.errors import PodiumError


def test_durations() -> None:
    assert [seconds_of(text) for text in ("240s", "4m", "0.5h", "90")] == [240, 240, 1800, 90]


@pytest.mark.parametrize("text", ["", "s", "-3s", "4 minutes", "nan", "inf", "0"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(PodiumError, match="--budget must be a duration such as 240s"):
        seconds_of(text, "toy", "--budget")


def test_children_read_the_clock_that_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_CLOCK", "")
    assert read_clock() is None
    start_clock(time.time() - 5, 60.0)
    clock = read_clock()
    assert clock is not None and 54 < clock.left <= 55
