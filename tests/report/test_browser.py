"""The report in a real browser: every figure drawn, no error, no sideways scrolling on a phone."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue

import pytest

from pipeline.core.paths import Paths

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")

PROBE = """
<script>
const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
const wait = setInterval(() => {
  if (document.documentElement.dataset.drawn !== "all") return;
  clearInterval(wait);
  const chip = document.querySelector(".chip");
  if (chip) chip.click();
  const first = () => document.querySelector("table.sortable tbody th").textContent.trim();
  const before = first();
  document.querySelector("table.sortable thead th:nth-child(2) button").click();
  document.querySelector("table.sortable thead th:nth-child(2) button").click();
  setTimeout(() => parent.postMessage(JSON.stringify({
    errors, before, after: first(), width: innerWidth, scroll: document.documentElement.scrollWidth,
    plots: document.querySelectorAll(".plot").length,
    drawn: document.querySelectorAll(".plot.js-plotly-plot .main-svg:first-child").length,
    wide: [...document.querySelectorAll(".plot")].filter((p) => p.scrollWidth > p.clientWidth + 1).map((p) => p.id),
  }), "*"), 500);
}, 50);
</script>
"""
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


def look(paths: Paths, folder: Path, width: int, mode: str = "light") -> dict:
    """What a copy of the report with a probe in it shows; framed, because a window has a least width.

    The browser runs in real time until the probe reports: under virtual time a busy machine starves idle callbacks.
    """
    shutil.copytree(paths.stage("evaluate") / "report", folder / "report")
    page = folder / "report" / "index.html"
    page.write_text(page.read_text().replace("<head>", f"<head>{PROBE}", 1))
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


@pytest.mark.parametrize(
    ("task", "width", "mode"), [("binary", 390, "light"), ("multiclass", 1280, "dark"), ("regression", 390, "dark")]
)
def test_all_figures_are_drawn_without_an_error_or_a_sideways_scroll(
    task: str, width: int, mode: str, evaluated: dict, tmp_path: Path
) -> None:
    seen = look(evaluated[task], tmp_path, width, mode)
    assert seen["errors"] == []
    assert seen["drawn"] == seen["plots"] >= 6
    assert seen["width"] == width and seen["scroll"] <= width and seen["wide"] == []
    assert seen["before"].startswith("ensemble") and seen["after"].startswith("linear")
