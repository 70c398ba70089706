import os
import threading
import time

import pytest
from threadpoolctl import threadpool_info

from pipeline.core.errors import PodiumError
from pipeline.fitting import workload
from pipeline.fitting.workload import LARGE, Workload, share, side_by_side


@pytest.mark.parametrize(
    ("cells", "folds", "cores", "together", "expected"),
    [
        (1000, 5, 2, True, Workload(2, 1)),
        (1000, 5, 16, True, Workload(5, 1)),
        (1000, 5, 2, False, Workload(2, 1, processes=True)),
        (1000, 5, 1, False, Workload(1, 1)),
        (LARGE, 5, 8, True, Workload(1, 8)),
    ],
)
def test_folds_or_threads_share_the_cores(
    cells: int, folds: int, cores: int, together: bool, expected: Workload
) -> None:
    load = share(cells, folds, cores, together)
    assert load == expected and load.jobs * load.threads <= cores


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    def work(item: int) -> int:
        time.sleep(0.02 * (3 - item))
        return item * 10

    assert list(side_by_side(work, [0, 1, 2, 3], Workload(jobs, 1))) == [0, 10, 20, 30]


def test_two_jobs_run_at_once_and_stop_with_the_reader() -> None:
    started: list[int] = []
    meeting = threading.Barrier(2, timeout=5)

    def work(item: int) -> int:
        started.append(item)
        if item < 2:
            meeting.wait()
        return item

    results = side_by_side(work, list(range(20)), Workload(2, 1), ahead=1)
    assert next(results) == 0
    results.close()
    assert sorted(started) == [0, 1]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through(jobs: int) -> None:
    def work(item: int) -> int:
        raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item 0"):
        list(side_by_side(work, [0, 1], Workload(jobs, 1)))


def test_libraries_are_held_to_their_threads() -> None:
    def work(item: int) -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = work(0)
    for found in side_by_side(work, [0, 1], Workload(1, 1)):
        assert found and set(found) == {1}
    assert work(0) == before


def test_processes_are_started_where_there_is_enough_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(item: int) -> tuple[int, int, set[int]]:
        time.sleep(0.01)
        return item, os.getpid(), {pool["num_threads"] for pool in threadpool_info()}

    load = Workload(2, 1, processes=True)
    found = list(side_by_side(work, list(range(4)), load))
    assert {pid for _, pid, _ in found} == {os.getpid()}, "three hundredths of a second are no reason"
    monkeypatch.setattr(workload, "WORTH", -1.0)
    found = list(side_by_side(work, list(range(5)), load))
    assert [item for item, *_ in found] == [0, 1, 2, 3, 4]
    assert {pid for _, pid, _ in found[:2]} == {os.getpid()}, "a short first fit may have been imports"
    assert os.getpid() not in {pid for _, pid, _ in found[2:]}
    assert all(threads <= {1} for *_, threads in found)


def test_a_short_first_fit_that_was_all_imports_starts_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(item: int) -> int:
        end = time.process_time() + (0.3 if item == 0 else 0.0)
        while time.process_time() < end:
            pass
        return os.getpid()

    monkeypatch.setattr(workload, "WORTH", 0.5)  # the first alone would promise 0.9
    assert set(side_by_side(work, [0, 1, 2, 3], Workload(2, 1, processes=True))) == {os.getpid()}


def test_an_error_comes_out_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(item: int) -> int:
        if item > 1:
            raise PodiumError("toy", f"item {item}", "fails")
        return item

    monkeypatch.setattr(workload, "WORTH", -1.0)
    with pytest.raises(PodiumError, match="toy: item 2 fails"):
        list(side_by_side(work, [0, 1, 2, 3], Workload(2, 1, processes=True)))
