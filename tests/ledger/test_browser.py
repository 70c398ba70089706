"""The ledger's page in a real browser: its figure drawn, no error, no sideways scrolling on a phone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.core.paths import Paths
from pipeline.ledger.entry import write_ledger
from pipeline.ledger.page import write_ledger_page
from pipeline.ledger.refresh import overview
from tests.ledger.test_refresh import everything
from tests.report.test_browser import BROWSER, look

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")


@pytest.mark.parametrize(("width", "mode"), [(390, "dark"), (1280, "light")])
def test_the_figure_is_drawn_and_nothing_scrolls_sideways(toy: Paths, tmp_path: Path, width: int, mode: str) -> None:
    write_ledger(toy, everything())
    page = write_ledger_page(toy, overview(toy, True, lambda text: None))
    shutil.copytree(page.parent, toy.stage("evaluate") / "report")
    seen = look(toy.stage("evaluate") / "report", tmp_path / "seen", width, mode)
    assert seen["errors"] == [] and seen["drawn"] == seen["plots"] == 1
    assert seen["width"] == width and seen["scroll"] <= width and seen["wide"] == []
    assert (seen["up"], seen["down"]) == ("2026-01-05 10:00", "2026-01-01 10:00"), "the best cross-validated first"
