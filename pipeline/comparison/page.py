"""A comparison as a page of its own, ``data/<competition>/diff/index.html``."""

from __future__ import annotations

from pathlib import Path

from pipeline.comparison.compare import Comparison
from pipeline.comparison.terminal import difference_words
from pipeline.core.paths import Paths
from pipeline.core.tables import written_whole
from pipeline.report import words
from pipeline.report.pages import environment


def write_comparison_page(paths: Paths, found: Comparison) -> Path:
    """Write the page; gives its path."""
    folder = paths.stage("diff")
    with written_whole(folder) as aside:
        (aside / "index.html").write_text(render(found), encoding="utf-8")
    return folder / "index.html"


def render(found: Comparison) -> str:
    """The page as HTML."""
    decimals = words.decimals_of([line.se for line in found.scores])
    differences = {line.model: difference_words(line.difference, line.se, decimals) for line in found.scores}
    content = {"found": found, "differences": differences, "decimals": decimals}
    return environment().get_template("comparison.html").render(content)
