"""Scores: fold by fold, learning curves, searches, and levels of the leading columns."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.evaluation.scored import ENSEMBLE
from pipeline.report import words
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables, unit_of
from pipeline.report.figures import learning, scores, search, slices

MOST_PICKED = 9


def score_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Fold by fold, round by round, trial by trial."""
    figure = scores.fold_dots(tables["folds"], tables["leaderboard"], facts["metric"], facts["models"])
    own = facts["ensemble"]
    alt = f"{facts['metric']} by fold; the ensemble's folds lie between {own['low']:.4g} and {own['high']:.4g}"
    shown = [Exhibit("folds", figure, alt, more=f" {words.aims(facts).capitalize()}.", wide=True)]
    return shown + _learning(tables, facts) + (_searches(tables, facts) if "trials" in tables else [])


def slice_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Scores by level of the leading columns, and for a regression the bias; none where no level can be scored."""
    table = tables["slices"]
    table = table[table["rows"] >= slices.FEWEST]
    known = table.dropna(subset="score")
    if known.empty:
        return []
    worst = known.iloc[int(known["score"].argmin() if facts["greater_is_better"] else known["score"].argmax())]
    alt = f"{facts['metric']} by level; the worst is {worst['score']:.4g}, where {worst['column']} is {worst['level']}"
    shown = [Exhibit("slice-scores", slices.scores(table, facts["metric"], facts["ensemble"]["score"]), alt)]
    if "bias" in table:
        unit = unit_of(facts)
        off = table.iloc[int(table["bias"].abs().argmax())]
        alt = f"Mean residual by level; furthest from zero where {off['column']} is {off['level']}: {off['bias']:.3g}"
        shown.append(Exhibit("slice-bias", slices.biases(table, unit), alt))
    return shown


def _learning(tables: Tables, facts: Facts) -> list[Exhibit]:
    """The leading members' learning curves; who has none is said."""
    table, board = tables["curves"], [name for name in tables["leaderboard"]["model"] if name != ENSEMBLE]
    told = [name for name in board if name in set(table["model"])]
    if not told:
        return []
    shown, without = told[:MOST_PICKED], _models(board) - _models(told)
    kept = table[(table["model"] == shown[0]) & table["kept"]]["round"]
    alt = f"Loss by round of {words.listing(shown)}; {shown[0]} stops at round {kept.median():.0f} in the median fit"
    more = f" Stopped by no such rows, so without a curve: {words.listing(sorted(without))}." if without else ""
    more += f" The {len(shown)} best of {len(told)} settings are here." if len(told) > len(shown) else ""
    return [Exhibit("learning", learning.curves(table, shown, facts["models"]), alt, more)]


def _models(members: Iterable[str]) -> set[str]:
    """The models that members are of: a model's name has no hyphen, its further members' have."""
    return {name.partition("-")[0] for name in members}


def _searches(tables: Tables, facts: Facts) -> list[Exhibit]:
    """What each search tried, and the settings that mattered."""
    table = tables["trials"]
    names = list(dict.fromkeys(table["model"]))
    alt = f"{len(table)} trials of {words.listing(names)}, with the best so far"
    shown = [Exhibit("history", search.history(table, facts["metric"], facts["models"]), alt)]
    if len(tables["settings"]):
        top = tables["settings"].sort_values("share", ascending=False, kind="stable").iloc[0]
        alt = f"Importance of the searched settings; {top['setting']} of {top['model']} leads with {top['share']:.0%}"
        shown.append(Exhibit("settings", search.settings(tables["settings"], facts["models"]), alt))
    return shown
