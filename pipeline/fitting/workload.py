"""How the cores are shared between folds side by side and threads inside one fit."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGE = 5_000_000
SHORT = 4.0  # CPU seconds of a first fit, which may be imports for the most part
WORTH = 15.0  # CPU seconds of work ahead, below which starting processes and importing libraries anew does not pay


@dataclass(frozen=True)
class Workload:
    """How many fits run at once, and how many threads each of them may start; their product never exceeds the cores.

    ``processes``: whether they run in processes, for models of which no two can be fitted in threads of one.
    """

    jobs: int
    threads: int
    processes: bool = False

    def at_once(self, seconds: float, items: int) -> int:
        """How many of so many fits run at a time, where each takes so many CPU seconds.

        >>> Workload(2, 1).at_once(1.0, 5), Workload(2, 1, processes=True).at_once(1.0, 5)
        (2, 1)
        """
        return 1 if self.processes and _too_little(seconds, items) else min(self.jobs, items)


def _too_little(seconds: float, items: int) -> bool:
    """Whether the fits after the first are too little work for processes of their own."""
    return seconds * (items - 1) < WORTH


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
        Whether the model's fits may run in threads of one process; else they run in several.
    """
    if cells >= LARGE:
        return Workload(1, cores)
    jobs = max(1, min(cores, folds))
    return Workload(jobs, 1, processes=jobs > 1 and not side_by_side)


def side_by_side(
    work: Callable[[Item], Result], items: Sequence[Item], load: Workload, ahead: int | None = None
) -> Generator[Result]:
    """The results of ``work``, in the order of the items, ``load.jobs`` at a time, in threads or processes.

    Libraries that take no number of threads are held to ``load.threads`` too. For processes, ``work`` and its results
    must be able to travel.

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

    window = len(items) if ahead is None else ahead + 1
    with threadpool_limits(limits=load.threads, user_api="blas"):
        if load.jobs == 1:
            yield from map(limited, items)
        elif load.processes:
            yield from _in_processes(work, items, load, window)
        else:
            yield from _in_threads(limited, items, load.jobs, window)


@dataclass(frozen=True)
class _Limited:
    """``work`` with every library held to so many threads, in whatever process it is called."""

    work: Callable[[Any], Any]
    threads: int

    def __call__(self, item: Any) -> Any:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=self.threads):
            return self.work(item)


def _in_processes(
    work: Callable[[Item], Result], items: Sequence[Item], load: Workload, window: int
) -> Generator[Result]:
    """The first result in this process; the others out of a pool of processes, if there is enough of them to do.

    A short first one is mostly imports, so that the second tells better how much there is.
    """
    limited, rest, seconds = _Limited(work, load.threads), list(items), 0.0
    for _ in range(2):
        if rest and seconds < SHORT:
            start = time.process_time()
            yield limited(rest.pop(0))
            seconds = time.process_time() - start
    if _too_little(seconds, len(rest) + 1):
        yield from map(limited, rest)
        return
    from joblib.externals.loky import get_reusable_executor

    pool, waiting = get_reusable_executor(max_workers=load.jobs, timeout=60), iter(rest)
    begun = deque(pool.submit(limited, item) for item in islice(waiting, window))
    try:
        while begun:
            yield begun.popleft().result()
            begun.extend(pool.submit(limited, item) for item in islice(waiting, 1))
    except BaseException:
        for running in begun:
            running.cancel()
        raise


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
