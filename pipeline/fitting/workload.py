"""How the cores are shared between folds side by side and threads inside one fit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGE = 5_000_000


@dataclass(frozen=True)
class Workload:
    """How many fits run at once, and how many threads each of them may start; their product never exceeds the cores."""

    jobs: int
    threads: int


def share(cells: int, folds: int, cores: int, side_by_side: bool) -> Workload:
    """Folds side by side with one thread each for a small table; one fold at a time with all cores for a large one.

    The table alone decides: a small one is always fitted by one thread, so its results are the same on any number of
    cores. In a large one the libraries may add floats up in another order with another number of threads.

    Parameters
    ----------
    cells : int
        Rows times columns of the training table; large from five million.
    folds : int
        How many folds there are to fit.
    cores : int
        How many cores the process may use.
    side_by_side : bool
        Whether the model's fits may run in threads of one process.
    """
    if cells >= LARGE:
        return Workload(1, cores)
    return Workload(max(1, min(cores, folds)) if side_by_side else 1, 1)


def side_by_side(
    work: Callable[[Item], Result], items: Sequence[Item], load: Workload, ahead: int | None = None
) -> Generator[Result]:
    """The results of ``work``, in the order of the items, ``load.jobs`` at a time, in threads of this process.

    Libraries that take no number of threads are held to ``load.threads`` too.

    Parameters
    ----------
    ahead : int or None
        How many items beyond the one that is read may be begun; by default all. A caller that may stop early bounds
        what is done in vain; closing the generator waits for what runs. An interrupt waits for nothing.
    """
    from threadpoolctl import threadpool_limits

    def limited(item: Item) -> Result:
        with threadpool_limits(limits=load.threads, user_api="openmp"):
            return work(item)

    with threadpool_limits(limits=load.threads, user_api="blas"):
        if load.jobs == 1:
            yield from map(limited, items)
        else:
            yield from _in_threads(limited, items, load.jobs, len(items) if ahead is None else ahead + 1)


def _in_threads(work: Callable[[Item], Result], items: Sequence[Item], jobs: int, window: int) -> Generator[Result]:
    """Results in order, out of a pool whose threads die with the process: an interrupted program ends at once."""
    from multiprocessing.pool import ThreadPool

    pool, rest = ThreadPool(jobs), iter(items)
    begun = deque(pool.apply_async(work, (item,)) for item in islice(rest, window))
    try:
        while begun:
            yield begun.popleft().get()
            begun.extend(pool.apply_async(work, (item,)) for item in islice(rest, 1))
    except GeneratorExit:
        for running in begun:
            running.wait()
        raise
    finally:
        pool.terminate()
