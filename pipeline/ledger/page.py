"""The ledger as a page: cross-validated against leaderboard scores, the two finals, and every submission."""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
import plotly.graph_objects as go

from pipeline.core.paths import Paths
from pipeline.core.tables import written_whole
from pipeline.ledger.agreement import alike, in_words
from pipeline.ledger.entry import Entry
from pipeline.ledger.refresh import Overview
from pipeline.report.page import LIBRARY
from pipeline.report.pages import environment
from pipeline.report.theme import ACCENT, DARK_TWINS, GOOD, QUIET, REFERENCE, SURFACE, as_json, styled

HEIGHT = 420


def write_ledger_page(paths: Paths, found: Overview) -> Path:
    """Write ``data/<competition>/ledger/index.html`` and the plotting library beside it; gives the page's path."""
    import plotly.offline

    with written_whole(paths.data / "ledger") as folder:
        (folder / "index.html").write_text(render(paths.competition, found), encoding="utf-8")
        (folder / LIBRARY).write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")
    return paths.data / "ledger" / "index.html"


def render(competition: str, found: Overview) -> str:
    """The page as HTML."""
    base = environment()
    here = jinja2.FileSystemLoader(Path(__file__).parent)
    page = base.overlay(loader=jinja2.ChoiceLoader([loader for loader in (here, base.loader) if loader]))
    scored = [entry for entry in found.entries if entry.public is not None]
    content = {
        "competition": competition,
        "found": found,
        "agreement": in_words(found.agreement),
        "picked": [entry.file for entry in (found.finals.first, found.finals.second) if entry],
        "figure": as_json(scatter(found)) if scored else None,
        "height": HEIGHT,
        "alt": f"{len(scored)} submissions: {in_words(found.agreement)}",
        "twins": json.dumps(DARK_TWINS, sort_keys=True),
        "library": LIBRARY,
    }
    return page.get_template("ledger.html").render(content)


def scatter(found: Overview) -> go.Figure:
    """Public, and where it is known private, score by cross-validated score with its standard error."""
    comparable = alike(found.entries)
    groups = {
        "public": ([e for e in comparable if e.public is not None], ACCENT, "circle"),
        "private": ([e for e in comparable if e.private is not None], GOOD, "diamond"),
        "public, on other folds": ([e for e in found.entries if e not in comparable and e.public is not None], QUIET,
                                   "circle-open"),
    }  # fmt: skip
    figure = go.Figure()
    for name, (entries, color, symbol) in groups.items():
        if entries:
            figure.add_scatter(**_points(name, entries, color, symbol))
    every = [value for e in found.entries if e.public is not None for value in (e.cv, e.public)]
    ends = [min(every), max(every)]
    line = {"color": REFERENCE, "dash": "dot", "width": 1}
    figure.add_scatter(x=ends, y=ends, mode="lines", name="the same", line=line, hoverinfo="skip")
    return styled(figure, HEIGHT, "Cross-validated score", "Leaderboard score", showlegend=True)


def _points(name: str, entries: list[Entry], color: str, symbol: str) -> dict[str, object]:
    return {
        "x": [entry.cv for entry in entries],
        "y": [entry.private if name == "private" else entry.public for entry in entries],
        "error_x": {"array": [entry.se or 0 for entry in entries], "color": color, "thickness": 1, "width": 0},
        "mode": "markers",
        "name": name,
        "marker": {"color": color, "size": 11, "symbol": symbol, "line": {"color": SURFACE, "width": 1}},
        "customdata": [[entry.day, _escaped(entry.message)] for entry in entries],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>CV %{x}<br>" + name + " %{y}<extra></extra>",
    }


def _escaped(text: str) -> str:
    """A message in a hover label, which reads HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
