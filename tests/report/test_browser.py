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
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
for (const kind of ["error", "warn"]) console[kind] = (...words) => errors.push(words.join(" "));
const wait = setInterval(() => {
  if (document.documentElement.dataset.drawn !== "all") return;
  clearInterval(wait);
  const chip = document.querySelector(".chip");
  if (chip) chip.click();
  const first = () => document.querySelector("table.sortable tbody th").textContent.trim();
  const before = first();
  document.querySelector("table.sortable thead th:nth-child(2) button").click();
  document.querySelector("table.sortable thead th:nth-child(2) button").click();
  const text = (name) => document.querySelector(name)?.textContent ?? "";
  const flagged = () => ["tn", "fp", "fn", "tp"].map((n) => text(`[data-count=${n}]`).replaceAll(",", "")).map(Number);
  const slider = document.querySelector("#explorer input[type=range]");
  const slide = (place) => {
    slider.value = place;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return { matrix: flagged(), recall: text("[data-rate=recall]"), at: text("#explorer .at") };
  };
  const explored = slider && { low: slide(0), high: slide(100), cost: null };
  if (slider) {
    const miss = document.querySelector("#explorer input[name=fn]");
    miss.value = 1000;
    miss.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("#explorer [data-go=cost]").click();
    explored.cost = { matrix: flagged(), cost: text("[data-rate=cost]") };
  }
  const traces = (node) => node.data.filter((t) => t.meta?.pick).map((t) => t.meta.pick);
  const picked = [...document.querySelectorAll("select.pick")].map((select) => {
    const node = select.closest("figure").querySelector(".plot");
    const before = new Set(traces(node));
    select.selectedIndex = select.options.length - 1;
    select.dispatchEvent(new Event("change"));
    const after = new Set(traces(node));
    return { id: node.id, first: select.options[0].value, last: select.value, before: [...before], after: [...after] };
  });
  setTimeout(() => parent.postMessage(JSON.stringify({
    errors, before, after: first(), explored, picked, width: innerWidth, scroll: document.documentElement.scrollWidth,
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
    assert seen["picked"]
    for pick in seen["picked"]:
        assert pick["before"] == [pick["first"]] and pick["after"] == [pick["last"]]
    if task == "binary":
        _slider_moves_the_matrix(seen["explored"])


def test_a_members_explanation_and_its_search_are_drawn(explained: Paths, tmp_path: Path) -> None:
    seen = look(explained, tmp_path, 390, "dark")
    assert seen["errors"] == [] and seen["drawn"] == seen["plots"] and seen["scroll"] <= 390 and seen["wide"] == []
    assert {"dependence", "partial", "history", "slice-scores", "slice-bias"} <= {pick["id"] for pick in seen["picked"]}
    assert all(pick["after"] == [pick["last"]] for pick in seen["picked"])


def _slider_moves_the_matrix(seen: dict) -> None:
    """At 0 all rows are flagged, at 1 none; where a miss is dear, none is missed."""
    low, high = seen["low"]["matrix"], seen["high"]["matrix"]
    assert sum(low) == sum(high) == sum(seen["cost"]["matrix"]) == 200
    assert low[0] == low[2] == 0 and high[1] == high[3] == 0
    assert (seen["low"]["recall"], seen["high"]["recall"]) == ("100.0 %", "0.0 %")
    assert (seen["low"]["at"], seen["high"]["at"]) == ("0.00", "1.00")
    assert seen["cost"]["matrix"][2] == 0 and float(seen["cost"]["cost"].replace(",", "")) == seen["cost"]["matrix"][1]
