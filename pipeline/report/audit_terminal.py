"""The audit on the terminal: what it warns of, and the columns that differ most. Reads JSON only."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAVY
from rich.table import Table
from rich.text import Text

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.report import words


def warnings_table(paths: Paths) -> Table:
    """Each warning: its kind, its column, what was found and what to do about it."""
    found = _audit(paths)["warnings"]
    table = Table(
        title=f"{len(found)} thing{'s' if len(found) != 1 else ''} to look at",
        title_justify="left",
        box=SIMPLE_HEAVY,
        show_lines=True,
    )
    table.add_column("kind", no_wrap=True)
    table.add_column("column", overflow="fold", max_width=24)
    table.add_column("what was found, and what to do about it", overflow="fold")
    for line in found:
        said = Text(f"{line['what']}.\n").append(f"→ {line['advice']}.", style="italic")
        table.add_row(line["kind"].replace("_", " "), Text(line["column"] or "–"), said)
    return table


def drift_table(paths: Paths) -> Table:
    """The columns that differ most between train and test."""
    table = Table(title="Train against test, by column", title_justify="left", box=SIMPLE_HEAVY)
    table.add_column("column", overflow="fold")
    for name in ("PSI", "test", "p", "unseen levels"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in _audit(paths)["drifts"]:
        unseen = "" if line["unseen"] is None else f"{line['unseen']:.1%}"
        table.add_row(Text(line["column"]), f"{line['psi']:.3f}", line["test"], f"{line['p_value']:.1g}", unseen)
    return table


def closing_lines(paths: Paths) -> list[str]:
    """How far train and test are told apart, what changes with time, and where the page lies."""
    audit = _audit(paths)
    lines = [f"train told from test   {_value('AUC', audit['adversarial_auc'], audit['adversarial_se'])}"]
    if shift := audit["shift"]:
        apart, concept = shift["covariate"] or {}, shift["concept"]
        chance = shift["label"]["p_value"]
        lines += [
            f"covariate shift        {_value('AUC', apart.get('auc'), apart.get('se'))}",
            f"label shift            {'–' if chance is None else f'p {chance:.1g}'}",
            f"concept shift          {_value('difference', concept['loss'], concept['loss_se'])}",
        ]
    return [*lines, f"page                   {paths.shown(paths.stage('audit') / 'index.html')}"]


def _value(name: str, mean: float | None, se: float | None) -> str:
    written, error = words.score(mean, se)
    return f"{name} {written} ± {error}" if error else written


def _audit(paths: Paths) -> Any:
    return read_json(paths.stage("audit") / "audit.json")
