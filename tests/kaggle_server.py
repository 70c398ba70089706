"""A local server that speaks Kaggle's protocol to Kaggle's real client, with faults on demand."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources import network

SECRET = "0123456789abcdefSECRET"
SIGNATURE = "sig=ALSOSECRET"
OPEN = {
    "id": 1,
    "ref": "https://www.kaggle.com/competitions/titanic",
    "userHasEntered": True,
    "maxDailySubmissions": 5,
    "submissionsDisabled": False,
    "isKernelsSubmissionsOnly": False,
}


def zip_of(files: dict[str, str]) -> bytes:
    """A zip with these texts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def competition_zip(rows: int = 3000) -> bytes:
    """A zip of about six bytes a row, not packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("train.csv", "id,y\n" + "1,0\n" * rows)
    return buffer.getvalue()


@dataclass
class Script:
    """What the server does, and what it was asked.

    ``statuses`` are the answers to the next downloads. ``faults`` are those to the next calls of a method (or ``GET``,
    ``PUT``):
    a status, ``reset``, ``hang`` (no answer), or ``lost`` (done, but the answer never arrives). ``stall_after`` are
    bytes after which a download stays silent.
    """

    content: bytes = field(default_factory=competition_zip)
    statuses: list[int | str] = field(default_factory=list)
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    retry_after: str = ""
    cut_after: list[int] = field(default_factory=list)
    stall_after: list[int] = field(default_factory=list)
    ranges: bool = True
    calls: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    slugs: tuple[str, ...] = ("titanic", "spaceship-titanic", "house-prices-advanced-regression-techniques")
    datasets: tuple[str, ...] = ("mlg-ulb/creditcardfraud", "zillow/zecon")
    competition: dict[str, Any] = field(default_factory=lambda: dict(OPEN))
    limits: dict[str, Any] = field(default_factory=lambda: {"numToday": 1, "numTotal": 9, "numAllowedNow": 4})
    submissions: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    pending_for: int = 0
    verdict: dict[str, Any] = field(default_factory=lambda: {"status": "COMPLETE", "publicScore": "0.77511"})
    now: str = "2026-01-02T10:00:00.123Z"
    over: threading.Event = field(default_factory=threading.Event)

    def fault(self, method: str) -> int | str | None:
        """The fault of this call, if any is due."""
        due = self.faults.get(method)
        return due.pop(0) if due else None

    def counted(self, *methods: str) -> list[str]:
        """The calls of these methods, in their order."""
        return [call for call in self.calls if call in methods]


class Handler(BaseHTTPRequestHandler):
    """Answers by the script."""

    script: Script

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        method = self.path.rsplit("/", 1)[-1]
        self.script.calls.append(method)
        self.script.authorizations.append(self.headers.get("Authorization", ""))
        self.script.asked.append(body)
        fault = self.script.fault(method)
        if fault is None or fault == "lost":
            lost = io.BytesIO()
            if fault == "lost":
                self.wfile = lost  # type: ignore[assignment]
            getattr(self, f"on_{method}")(body)
        if fault is not None:
            self.fail(fault)

    def do_PUT(self) -> None:
        self.script.calls.append("PUT")
        content = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.script.fault("PUT")
        if fault is not None:
            return self.fail(fault)
        self.script.uploads.append(content)
        return self.answer({})

    def do_GET(self) -> None:
        content, start = self.script.content, 0
        wanted = self.headers.get("Range")
        self.script.calls.append(f"GET {wanted}" if wanted else "GET")
        fault = self.script.fault("GET")
        if fault is not None:
            return self.fail(fault)
        if wanted and self.script.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.script.stall_after:
            self.wfile.write(content[start : self.script.stall_after.pop(0)])
            return self.fail("hang")
        end = self.script.cut_after.pop(0) if self.script.cut_after else len(content)
        self.wfile.write(content[start:end])
        if end < len(content):
            self.connection.close()
        return None

    def on_IntrospectToken(self, body: dict[str, Any]) -> None:
        self.answer({"active": body["token"] == SECRET, "username": "ann"})

    def on_ListCompetitions(self, body: dict[str, Any]) -> None:
        found = [slug for slug in self.script.slugs if any(w in slug for w in body.get("search", "").split())]
        self.answer({"competitions": [{"ref": f"https://www.kaggle.com/competitions/{slug}"} for slug in found]})

    def on_ListDatasets(self, body: dict[str, Any]) -> None:
        found = [name for name in self.script.datasets if any(w in name for w in body.get("search", "").split())]
        self.answer({"datasets": [{"ref": name} for name in found]})

    def on_DownloadDataFiles(self, body: dict[str, Any]) -> None:
        self.redirect(body["competitionName"])

    def on_DownloadDataset(self, body: dict[str, Any]) -> None:
        self.redirect(body["datasetSlug"])

    def redirect(self, name: str) -> None:
        status = self.script.statuses.pop(0) if self.script.statuses else 302
        if status != 302:
            return self.fail(status)
        self.send_response(302)
        self.send_header("Location", f"/storage/{name}/archive.zip?{SIGNATURE}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def on_GetCompetition(self, body: dict[str, Any]) -> None:
        known = body["competitionName"] in self.script.slugs
        self.answer(self.script.competition) if known else self.fail(404)

    def on_GetSubmissionLimits(self, body: dict[str, Any]) -> None:
        self.answer(self.script.limits)

    def on_StartSubmissionUpload(self, body: dict[str, Any]) -> None:
        host = f"http://localhost:{self.server.server_address[1]}"
        self.answer({"token": body["fileName"], "createUrl": f"{host}/upload/{body['fileName']}?{SIGNATURE}"})

    def on_CreateSubmission(self, body: dict[str, Any]) -> None:
        self.script.submissions.insert(
            0,
            {
                "ref": 100 + len(self.script.submissions),
                "date": self.script.now,
                "fileName": body["blobFileTokens"],
                "description": body.get("submissionDescription", ""),
                "status": "PENDING",
            },
        )
        self.answer({"message": "Successfully submitted", "ref": self.script.submissions[0]["ref"]})

    def on_ListSubmissions(self, body: dict[str, Any]) -> None:
        if self.script.pending_for > 0:
            self.script.pending_for -= 1
        else:
            pending = [one for one in self.script.submissions if one["status"] == "PENDING"]
            for one in pending:
                one |= self.script.verdict
        size, start = body.get("pageSize") or 20, int(body.get("pageToken") or 0)
        more = str(start + size) if start + size < len(self.script.submissions) else ""
        self.answer({"submissions": self.script.submissions[start : start + size], "nextPageToken": more})

    def fail(self, fault: int | str) -> None:
        """A status, a connection that is reset, or silence."""
        if fault == "hang":
            self.script.over.wait(5)
        elif isinstance(fault, int):
            return self.answer({"code": fault, "message": f"no, {SECRET}"}, fault)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        return None

    def answer(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        if status == 429 and self.script.retry_after:
            self.send_header("Retry-After", self.script.retry_after)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A local Kaggle; the real client, with credentials, is pointed at it."""
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("KAGGLE_USERNAME", "ann")
    monkeypatch.setenv("KAGGLE_KEY", SECRET)
    from kaggle.api.kaggle_api_extended import KaggleApi
    from kagglesdk import kaggle_env

    script = Script()
    server = ThreadingHTTPServer(("localhost", 0), type("Bound", (Handler,), {"script": script}))
    monkeypatch.setitem(
        kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, f"http://localhost:{server.server_port}"
    )
    monkeypatch.setattr(KaggleApi, "args", ["--local"])
    monkeypatch.setattr(KaggleApi, "config", str(tmp_path / "config" / "kaggle.json"))
    monkeypatch.setattr(network, "PAUSES_SECONDS", (0.0, 0.0))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
