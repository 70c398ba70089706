"""The audit on a page of its own, to be read before any model is fitted; made of the audit's tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.tables import read_json, read_table
from pipeline.report.pages import environment

MOST_LINES = 300


def write_audit_page(folder: Path, title: str, competition: str) -> None:
    """Write ``index.html`` under an audit's folder, out of its JSON and tables.

    Parameters
    ----------
    folder : Path
        It must hold ``audit.json``, ``drift.parquet`` and ``describe.parquet``; ``shift.parquet`` where there is one.
    title, competition : str
        As people call it, and its folder's name.
    """
    names = ("drift", "describe", "shift")
    tables = {n: read_table(folder / f"{n}.parquet") for n in names if (folder / f"{n}.parquet").exists()}
    page = render(read_json(folder / "audit.json"), tables, title, competition)
    (folder / "index.html").write_text(page, encoding="utf-8")


def render(audit: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], title: str, competition: str) -> str:
    """The page as HTML."""
    content = {
        "audit": audit,
        "title": title,
        "competition": competition,
        "drift": _lines(tables["drift"].head(MOST_LINES)),
        "described": _lines(tables["describe"].head(MOST_LINES)),
        "periods": _lines(tables["shift"]) if "shift" in tables else [],
        "columns": len(tables["drift"]),
        "widest": max(0.25, float(tables["drift"]["psi"].max())) if len(tables["drift"]) else 0.25,
        "most": MOST_LINES,
    }
    return environment().get_template("audit.html").render(content)


def _lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings; None where there is no number or word."""
    known = table.astype(object).where(table.notna(), None)
    lines = [{str(key): value for key, value in line.items()} for line in known.to_dict("records")]
    return [{k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in line.items()} for line in lines]
