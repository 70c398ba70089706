"""The report page: tables on disk in, one HTML file and the plotting library beside it out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.core.tables import read_json, read_table
from pipeline.evaluation.facts import json_lines
from pipeline.evaluation.scored import ENSEMBLE
from pipeline.report import explorer, marks, words
from pipeline.report.exhibits.blending import member_exhibits, resampling_exhibits
from pipeline.report.exhibits.classification import class_exhibits
from pipeline.report.exhibits.columns import column_exhibits, explained_exhibits
from pipeline.report.exhibits.data import data_exhibits
from pipeline.report.exhibits.exhibit import Exhibit
from pipeline.report.exhibits.regression import residual_exhibits
from pipeline.report.exhibits.scores import score_exhibits, slice_exhibits
from pipeline.report.pages import environment
from pipeline.report.theme import DARK_TWINS, as_json, color_of

LIBRARY = "plotly.min.js"


@dataclass(frozen=True)
class Section:
    """A part of the page: its name, its title, one sentence about it, its figures.

    ``chooser`` names the models in its figures, which the reader may switch on and off.
    """

    id: str
    title: str
    lead: str
    shown: list[Exhibit]
    chooser: Sequence[str] = ()


def write_page(folder: Path) -> None:
    """Write ``report/index.html`` and the plotting library under an evaluation's folder.

    Parameters
    ----------
    folder : Path
        An evaluation's output: it must hold ``tables/``, and nothing else is read.
    """
    import plotly.offline

    report = folder / "report"
    report.mkdir(parents=True, exist_ok=True)
    tables = {p.stem: read_table(p) for p in sorted((folder / "tables").glob("*.parquet"))}
    facts, run = (read_json(folder / "tables" / f"{name}.json") for name in ("facts", "run"))
    (report / "index.html").write_text(render(tables, facts, run), encoding="utf-8")
    (report / LIBRARY).write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")


def render(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """The page as HTML."""
    sections = sections_of(tables, facts)
    content = {
        "facts": facts,
        "run": run,
        "memory": _memory(tables["leaderboard"], run),
        "headline": words.headline(facts),
        "aims": words.aims(facts),
        "verdict": words.holdout_verdict(facts) if facts["holdout"] else "",
        "lines": _leaderboard(tables["leaderboard"], facts),
        "decimals": _decimals(tables),
        "stopped": bool(tables["leaderboard"]["rounds"].notna().any()),
        "candidates": _candidates(tables["candidates"]),
        "calibrations": tables["calibrations"].to_dict("records"),
        "worth": tables["worth"].sort_values("cost", ascending=False, kind="stable").to_dict("records"),
        "both": tables["with_without"].to_dict("records"),
        "taught": tables["taught"].to_dict("records"),
        "gains": tables["selection_gain"].to_dict("records") if "selection_gain" in tables else [],
        "worst": tables["worst"].to_dict("records") if "worst" in tables else [],
        "explorer": json.dumps(explorer.content(tables["thresholds"], facts)) if "thresholds" in tables else "",
        "strip": _strip(tables["folds"], facts),
        "sections": sections,
        "figures": {e.id: as_json(e.figure) for s in sections.values() for e in s.shown},
        "leading": [ENSEMBLE, *tables["leaderboard"]["model"].drop_duplicates()][:7],
        "colors": {m: color_of(m, facts["models"]) for m in (ENSEMBLE, *facts["models"])},
        "twins": json.dumps(DARK_TWINS, sort_keys=True),
        "library": LIBRARY,
    }
    return environment().get_template("page.html").render(content)


def sections_of(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> dict[str, Section]:
    """The page's sections with figures, by name; a section without anything to show is left out."""
    models = [ENSEMBLE, *facts["models"]]
    by_task = (
        Section(
            "regression",
            "Regression",
            "Where the regression misses, by how much and in which direction.",
            residual_exhibits(tables, facts),
            models,
        )
        if facts["task"] == "regression"
        else Section(
            "classification",
            "Classification",
            "How well the classes are ranked, how far the probabilities can be believed, and what is mixed up.",
            class_exhibits(tables, facts),
            models if "roc" in tables else (),
        )
    )
    columns, leaning = column_exhibits(tables, facts), tables["importance"]["model"].unique().tolist()
    known = [
        Section(
            "models",
            "Models",
            words.models_lead(tables),
            score_exhibits(tables, facts),
        ),
        Section("data", "Data", words.DATA_LEAD, data_exhibits(tables, facts)),
        Section("slices", "Slices", words.SLICES_LEAD, slice_exhibits(tables, facts)),
        by_task,
        Section("columns", "Columns", words.columns_lead(facts), columns, leaning),
        Section("explained", "Explained", words.explained_lead(tables), explained_exhibits(tables, facts)),
        Section("ensemble", "Ensemble", "", member_exhibits(tables, facts)),
        Section(
            "resampling",
            "Resampling",
            "Done inside each fold, on its training rows alone.",
            resampling_exhibits(tables, facts),
        ),
    ]
    laid = [s if s.id == "ensemble" else replace(s, shown=filled(s.shown)) for s in known if s.shown]  # tables go there
    return {section.id: section for section in laid}


def filled(shown: Sequence[Exhibit]) -> list[Exhibit]:
    """The exhibits in rows of two, where one that would stand alone in its row takes the whole of it."""
    rows: list[list[Exhibit]] = []
    for exhibit in shown:
        joins = rows and len(rows[-1]) == 1 and not rows[-1][0].wide and not exhibit.wide
        rows = [*rows[:-1], [*rows[-1], exhibit]] if joins else [*rows, [exhibit]]
    return [replace(exhibit, wide=len(row) == 1) for row in rows for exhibit in row]


def _leaderboard(table: pd.DataFrame, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = json_lines(table)
    return [
        {**line, "place": place, "mark": mark, "color": color_of(str(line["model"]), facts["models"])}
        for place, (line, mark) in enumerate(zip(lines, marks.intervals(table), strict=True), start=1)
    ]


def _memory(table: pd.DataFrame, run: Mapping[str, Any]) -> dict[str, float]:
    """By member, the peak memory of its model's training in MiB, where this machine trained it."""
    trained = {name.removeprefix("train-"): note for name, note in run["stages"].items() if name.startswith("train-")}
    found = {}
    for member in table["model"]:
        model = str(member) if member in trained else str(member).rpartition("-")[0]
        if model in trained:
            found[str(member)] = round(trained[model]["peak_mib"])
    return found


def _decimals(tables: Mapping[str, pd.DataFrame]) -> dict[str, int | None]:
    """By table and column, how many decimals scores are written with."""
    board = tables["leaderboard"]
    pairs = {f"leaderboard {str(name)[:-3]}": board[name] for name in board if str(name).endswith("_se")}
    pairs |= {"leaderboard score": tables["leaderboard"]["se"], "candidates": tables["candidates"]["se"]}
    pairs |= {"differences": tables["candidates"]["difference_se"], "both": tables["with_without"]["without_se"]}
    pairs["taught"] = tables["taught"]["without_se"]
    pairs |= {"worth": tables["worth"]["marginal_se"], "calibrations": tables["calibrations"]["se"]}
    if "selection_gain" in tables:
        pairs["gains"] = tables["selection_gain"]["without_se"]
    return {name: words.decimals_of(ses) for name, ses in pairs.items()}


def _candidates(table: pd.DataFrame) -> list[dict[str, Any]]:
    ordered = table.sort_values("simplicity", kind="stable")
    return [{**line, "mark": mark} for line, mark in zip(json_lines(ordered), marks.differences(ordered), strict=True)]


def _strip(folds: pd.DataFrame, facts: Mapping[str, Any]) -> dict[str, Any]:
    own = folds[(folds["model"] == ENSEMBLE) & (folds["metric"] == facts["metric"])]
    held = facts["holdout"]
    scale = marks.Scale.over([*own["score"], *([held["score"]] if held else [])])
    main = facts["ensemble"]
    return {
        "dots": [
            {"fold": f, "score": s, "left": scale.place(s)} for f, s in zip(own["fold"], own["score"], strict=True)
        ],
        "error": scale.span(main["score"] - main["se"], main["score"] + main["se"]),
        "mean": scale.place(main["score"]),
        "holdout": scale.place(held["score"]) if held else None,
    }
