"""A model's training in a run that has a budget: what fits into its seconds, in the order of its worth.

The first variant on the first repeat of the split comes first and is always whole; further variants and further repeats
follow as long as the time that they are likely to take is left. No member lacks a fold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from pipeline.core.job import Job
from pipeline.dataset import Dataset
from pipeline.declaration.specs import Share, TrainSpec
from pipeline.fitting.affording import FEWEST_ROWS, afford, measure, rounds_cut
from pipeline.fitting.again import SMALL
from pipeline.fitting.allowance import Ahead, Allowance, allowance, begun, stands_alone
from pipeline.fitting.cuts import FULL, Cut
from pipeline.fitting.kept import Variant
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.refit import waits
from pipeline.fitting.rival import FIRST_FOLDS, Rival, best_so_far
from pipeline.fitting.workload import Workload
from pipeline.folds import Folds

FIRST_SHARE = 0.8  # of the model's seconds, for its first block: a pilot is no promise
SURE_SHARE = 0.9  # the same where the pilot had a good part of the rows
SURE = 0.25
LEAST_SAMPLE = 0.25  # of a fold's rows: a model that can have fewer is left out, for it adds nothing to the others
LEAST_OF_FEW = 0.9  # the same of a small table, where a quicker model can have all of them
SLACK = 1.1  # times as long as is likely is what must be left for a further block
WORTH_GIVING_UP = 3.0  # seconds that a lagging model would take for its other folds: below, it may as well have them
SURPLUS = 1.05  # times what a model wants is claimed, as some time passes until it is begun
DEARER = 1.3  # what a setting that was not fitted yet is taken to cost, beside the first one


@dataclass(frozen=True)
class Block:
    """One variant on the folds of one repeat of the split."""

    variant: Variant
    cuts: tuple[Cut, ...]

    def seconds(self, load: Workload) -> float:
        """What a like block takes, as many folds at a time as run so, then the model of all rows, where there is one.

        It goes by the median fold, for a process's first also imports.
        """
        taken = {cut.name: self.variant.seconds(cut.name)["seconds"] for cut in self.cuts}
        full = taken.pop(FULL, 0.0)
        each = median(taken.values())
        return each * len(taken) / load.at_once(each, len(taken)) + full


@dataclass
class Ledger:
    """What a model was given and what it did with it; ``to_json`` is kept in its record.

    ``seconds`` are those of its first block, ``further`` those that it may have used when it begins another: none where
    other models are waiting for time. ``rival`` is the best member so far, and ``behind`` says how far the model lags
    behind it, where that ended its training.
    """

    seconds: float
    further: float = float("inf")
    planned: int = 0
    done: list[Block] = field(default_factory=list)
    rounds_cut: bool = False
    most_rows: int | None = None
    rival: Rival | None = None
    behind: str = ""
    begun: float = field(default_factory=lambda: time.perf_counter())

    @property
    def spent(self) -> float:
        """The seconds since the model was begun, its pilot's among them."""
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        """The seconds that are left of those given."""
        given = min(self.seconds, self.further) if self.done else self.seconds
        return given - self.spent

    def claim(self, allowed: Allowance, wanted: float, sampled: bool) -> None:
        """Take what the model may have of what it wants from now on: its pilot must not cost it the second fit."""
        self.seconds = allowed.claim(self.spent + SURPLUS * wanted, sampled)
        self.further = 0.0 if allowed.crowded else allowed.fair

    def to_json(self) -> dict[str, Any]:
        """Seconds given, blocks (a setting on a repeat) planned and done, what was cut, and how far it is behind."""
        facts = {"seconds": round(self.seconds, 1), "planned": self.planned, "done": len(self.done)}
        return facts | {"rounds_cut": self.rounds_cut, "most_rows": self.most_rows, "behind": self.behind}

    def told(self, model: str) -> str:
        """What a user should read of it."""
        if not self.done and self.behind:
            return f"{model} is left out: {self.behind}"
        if not self.done:
            return f"{model} is left out: {max(self.seconds, 0):.0f} s of the budget are too few for it"
        seconds = self.seconds if len(self.done) == 1 else min(self.seconds, self.further)
        text = f"{model}: {len(self.done)} of {self.planned} settings and repeats fit into its {seconds:.0f} s"
        cuts = [*(["fewer rounds"] if self.rounds_cut else [])]
        cuts += [f"{self.most_rows} rows a fold"] if self.most_rows else []
        text = f"{text}, with {' and '.join(cuts)}" if cuts else text
        return f"{text}; no more are tried: {self.behind}" if self.behind else text


def left_out(job: Job, dataset: Dataset, spec: TrainSpec) -> Ledger | None:
    """The ledger of a model that a budget has no time for; None of one that is to be trained.

    It is asked before the model's library is imported, which would take longer than all else.
    """
    share = spec.share
    if share is None or stands_alone(job, share):
        return None
    seconds = allowance(job, share, Ahead.of(dataset, spec.metric)).fair
    return None if begun(share, spec.model, seconds) else Ledger(seconds)


def affordable(
    job: Job, dataset: Dataset, recipes: Sequence[Recipe], cuts: Sequence[Cut], how: tuple[Workload, Share]
) -> tuple[list[Recipe], Ledger]:
    """The recipes cut to the model's part of the budget, and its ledger; no recipes where the model is left out.

    Parameters
    ----------
    recipes : sequence of Recipe
        The variants', the first of which is piloted.
    cuts : sequence of Cut
        All folds.
    """
    load, share = how
    allowed = allowance(job, share, Ahead.of(dataset, recipes[0].spec.metric))
    alone = stands_alone(job, share)
    ledger = Ledger(allowed.fair, rival=best_so_far(job, dataset, share, recipes[0].spec.metric))
    cost = measure(dataset, recipes[0], cuts[0], allowed.left if allowed.leads else allowed.fair)
    first = _repeats(cuts)[0]
    dearest = cost.seconds(max(len(cut.fold.train) for cut in first))
    jobs = load.at_once(min(dearest, allowed.fair * load.jobs / len(first)), len(first))
    rows = _rows(dataset.folds, first, jobs)
    most = SURE_SHARE if cost.rows >= SURE * max(rows) else FIRST_SHARE
    fewest = 1 if alone else _fewest(max(rows))
    wanted = sum(cost.seconds(each) for each in rows) / jobs / most
    fairly = afford(recipes[0], cost, rows, most * allowed.fair * jobs, fewest)
    sampled = fairly is None or fairly.most_rows is not None
    ledger.claim(allowed, wanted, sampled)
    seconds = max(most * ledger.left * jobs, 1e-3)
    found = [afford(recipe, cost, rows, seconds, fewest) for recipe in recipes]
    fitting = [recipe for recipe in found if recipe is not None]
    if alone and not fitting:
        fitting = [replace(recipes[0], most_rows=FEWEST_ROWS)]
    if fitting:
        ledger.rounds_cut = rounds_cut(recipes[0].params, fitting[0].params)
        ledger.most_rows = fitting[0].most_rows
    return fitting, ledger


def _fewest(rows: int) -> float:
    """The fewest rows of a fold that are worth a fit, of so many."""
    return LEAST_OF_FEW * rows if rows <= SMALL else max(FEWEST_ROWS, LEAST_SAMPLE * rows)


def _rows(folds: Folds, block: Sequence[Cut], jobs: int) -> list[int]:
    """The rows of each fit of a block; a refit, which runs alone after the folds, counts as one on each core."""
    return [len(cut.fold.train) for cut in block for _ in range(jobs if waits(folds, cut) else 1)]


def fit_within(
    variants: Sequence[Variant],
    cuts: Sequence[Cut],
    ledger: Ledger,
    fit: Callable[[Block], float],
    jobs: int = 1,
) -> dict[str, list[str]]:
    """Fit block after block while the time lasts; by member, the folds that are finished.

    A setting that was not fitted yet shows on its first folds what it takes: one that takes too long is given up there.
    So is the first one where it lags far behind another model; where all of its folds lag, no other setting is tried.

    Parameters
    ----------
    ledger : Ledger
        What the model may take; the finished blocks are put into it.
    fit : callable
        Fits a block's folds, or finds them finished; the seconds that a like block would take.
    jobs : int
        How many folds are fitted at a time.
    """
    blocks, costs = in_order(variants, cuts), dict[str, float]()
    ledger.planned = len(blocks)
    if blocks and (behind := _given_up(blocks[0], ledger, fit, jobs)):
        ledger.behind = behind
        return {}
    for block in blocks:
        likely = costs.get(block.variant.name, DEARER * next(iter(costs.values()), 0.0))
        if ledger.done and SLACK * likely > ledger.left:
            continue
        if ledger.done and block.variant.name not in costs:
            tried = Block(block.variant, block.cuts[:jobs])
            each = fit(tried) / len(tried.cuts)
            costs[block.variant.name] = each * len(block.cuts)
            if SLACK * each * (len(block.cuts) - len(tried.cuts)) > ledger.left:
                continue
        costs[block.variant.name] = fit(block)
        ledger.done.append(block)
        if len(ledger.done) == 1 < len(blocks) and ledger.rival is not None:
            ledger.behind = ledger.rival.lags(block.variant, block.cuts)
            if ledger.behind:
                break
    finished: dict[str, list[str]] = {}
    for block in ledger.done:
        finished.setdefault(block.variant.name, []).extend(cut.name for cut in block.cuts)
    return finished


def _given_up(block: Block, ledger: Ledger, fit: Callable[[Block], float], jobs: int) -> str:
    """How far the first setting's first folds lag, where the others would take a while; empty where it goes on."""
    tried = Block(block.variant, block.cuts[: max(jobs, FIRST_FOLDS)])
    if ledger.rival is None or len(tried.cuts) == len(block.cuts):
        return ""
    each = fit(tried) / len(tried.cuts)
    dear = each * (len(block.cuts) - len(tried.cuts)) > WORTH_GIVING_UP
    return ledger.rival.lags(tried.variant, tried.cuts, first=True) if dear else ""


def in_order(variants: Sequence[Variant], cuts: Sequence[Cut]) -> list[Block]:
    """Every variant on every repeat, the first ones of both first; a variant's repeats in their own order."""
    repeats = _repeats(cuts)
    places = [(v + r, r, v) for v in range(len(variants)) for r in range(len(repeats))]
    return [Block(variants[v], repeats[r]) for _, r, v in sorted(places)]


def _repeats(cuts: Sequence[Cut]) -> list[tuple[Cut, ...]]:
    """The folds by repeat of the split; the fold of all rows goes with the first."""
    by_repeat: dict[str, list[Cut]] = {}
    for cut in cuts:
        first = next(iter(by_repeat), "")
        by_repeat.setdefault(first if cut.name == FULL else cut.name.partition("f")[0], []).append(cut)
    return [tuple(each) for each in by_repeat.values()]
