"""The report in a real browser: every figure drawn, no error, no sideways scrolling on a phone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue

import pytest

from pipeline.core.paths import Paths
from tests.report.test_audit_page import SHIFT, written

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PACKAGE = find_spec("axe_core_python")
AXE = Path(str(PACKAGE.origin)).with_name("axe.min.js") if PACKAGE else None
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")

FRAME = """<!doctype html><body>
<iframe src="report/index.html?mode={mode}" style="width:{width}px;height:900px"></iframe>
<script>addEventListener("message", (e) => fetch("/seen", {{ method: "POST", body: e.data }}));</script></body>"""


class Listener(SimpleHTTPRequestHandler):
    """Serves the page, and keeps what its probe reports."""

    def do_POST(self) -> None:
        self.server.reports.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def look(report: Path, folder: Path, width: int, mode: str = "light") -> dict:
    """What a copy of a report's folder with a probe in its page shows; framed, because a window has a least width.

    The browser runs in real time until the probe reports: under virtual time a busy machine starves idle callbacks.
    """
    shutil.copytree(report, folder / "report")
    shutil.copyfile(Path(__file__).parent / "probe.js", folder / "report" / "probe.js")
    scripts = '<script src="probe.js"></script>'
    if AXE is not None:
        shutil.copyfile(AXE, folder / "report" / "axe.js")
        scripts += '<script src="axe.js"></script>'
    page = folder / "report" / "index.html"
    page.write_text(page.read_text().replace("<head>", f"<head>{scripts}", 1))
    (folder / "frame.html").write_text(FRAME.format(width=width, mode=mode))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Listener, directory=str(folder)))
    server.reports = Queue()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for attempt in range(4):  # a browser that hangs at its start says nothing of the page
            if seen := browse(server, folder / f"profile-{attempt}"):
                return json.loads(seen)
        raise AssertionError("the page did not finish drawing")
    finally:
        server.shutdown()
        server.server_close()


def browse(server: ThreadingHTTPServer, profile: Path) -> str | None:
    """What the probe reports to one browser's visit; None where it does not within half a minute."""
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-dev-shm-usage", "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
        "--no-first-run", "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
        "--window-size=1600,1000", "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/frame.html",
    ]  # fmt: skip
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return server.reports.get(timeout=30)
    except Empty:
        return None
    finally:
        browser.kill()
        browser.wait()


CASES = {
    "binary": (390, "light"),
    "multiclass": (1280, "dark"),
    "regression": (390, "dark"),
    "explained": (1280, "light"),
}
each = pytest.mark.parametrize("case", CASES)


@pytest.fixture(scope="session")
def seen(evaluated: dict, explained: Paths, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict]:
    """What each page shows, looked at once; it is switched to its other mode before the end."""

    @cache
    def of(case: str) -> dict:
        paths = explained if case == "explained" else evaluated[case]
        return look(paths.stage("evaluate") / "report", tmp_path_factory.mktemp("look"), *CASES[case])

    return of


@each
def test_all_figures_are_drawn_without_an_error_or_a_sideways_scroll(case: str, seen: Callable[[str], dict]) -> None:
    found, width = seen(case), CASES[case][0]
    assert found["errors"] == []
    assert found["drawn"] == found["plots"] >= 6 and found["unnamed"] == 0
    assert found["width"] == width and found["scroll"] <= width and found["wide"] == []


@each
def test_the_leaderboard_is_sorted_by_what_is_pressed(case: str, seen: Callable[[str], dict]) -> None:
    found = seen(case)
    assert found["up"].startswith("ensemble") and found["down"].startswith("linear")
    for values in filter(None, found["columns"].values()):
        assert values == sorted(values, reverse=True)
    assert found["columns"]["Time"]


@each
def test_each_figure_shows_what_is_picked(case: str, seen: Callable[[str], dict]) -> None:
    picked = seen(case)["picked"]
    for pick in picked:
        assert pick["before"] == [pick["first"]] and pick["after"] == [pick["last"]]
    expected = {"train-and-test", "slice-scores", "distributions"}
    expected |= {"dependence", "partial", "history", "slice-bias"} if case == "explained" else {"over-time", "learning"}
    assert expected <= {pick["id"] for pick in picked}


def test_the_slider_moves_the_matrix(seen: Callable[[str], dict]) -> None:
    """At 0 all rows are flagged, at 1 none; where a miss is dear, none is missed."""
    found = seen("binary")["explored"]
    low, high = found["low"]["matrix"], found["high"]["matrix"]
    assert sum(low) == sum(high) == sum(found["cost"]["matrix"]) == 200
    assert low[0] == low[2] == 0 and high[1] == high[3] == 0
    assert (found["low"]["recall"], found["high"]["recall"]) == ("100.0 %", "0.0 %")
    assert (found["low"]["at"], found["high"]["at"]) == ("0.00", "1.00")
    cost = found["cost"]
    assert cost["matrix"][2] == 0 and float(cost["cost"].replace(",", "")) == cost["matrix"][1]


@pytest.mark.skipif(AXE is None, reason="axe is not installed: make setup")
@each
def test_axe_finds_nothing_in_the_light_or_in_the_dark(case: str, seen: Callable[[str], dict]) -> None:
    found = seen(case)
    assert found["violations"] == []
    assert len(found["contrasts"]) == 2 and min(found["contrasts"]) > 80, "texts whose contrast axe could judge"


@pytest.mark.skipif(AXE is None, reason="axe is not installed: make setup")
def test_axe_finds_nothing_on_the_audits_page(tmp_path: Path) -> None:
    found = look(written(tmp_path, SHIFT).stage("audit"), tmp_path / "look", 390)
    assert found["errors"] == [] and found["scroll"] <= 390
    assert found["violations"] == [] and found["contrasts"][0] > 40


@each
def test_the_page_is_light(case: str, evaluated: dict, explained: Paths, seen: Callable[[str], dict]) -> None:
    """Under 5 MB without the plotting library; the first paint is told, not judged, because machines differ."""
    paths = explained if case == "explained" else evaluated[case]
    size = (paths.stage("evaluate") / "report" / "index.html").stat().st_size
    assert size < 5_000_000
    sys.stdout.write(f"{case}: {size / 1e6:.2f} MB, first paint after {seen(case)['paint']} ms\n")
