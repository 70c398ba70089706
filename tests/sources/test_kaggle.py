"""Kaggle's real client against a local server that speaks its protocol, faults included."""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import PodiumError
from pipeline.sources import network
from pipeline.sources.kaggle import download

SECRET = "0123456789abcdefSECRET"
SIGNATURE = "sig=ALSOSECRET"


def competition_zip(rows: int = 3000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("train.csv", "id,y\n" + "1,0\n" * rows)
    return buffer.getvalue()


@dataclass
class Script:
    """What the server does: the status of each next call, and what it was asked."""

    content: bytes = field(default_factory=competition_zip)
    statuses: list[int | str] = field(default_factory=list)
    cut_after: list[int] = field(default_factory=list)
    ranges: bool = True
    calls: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    slugs: tuple[str, ...] = ("titanic", "spaceship-titanic", "house-prices-advanced-regression-techniques")


class Handler(BaseHTTPRequestHandler):
    script: Script

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        method = self.path.rsplit("/", 1)[-1]
        self.script.calls.append(method)
        self.script.authorizations.append(self.headers.get("Authorization", ""))
        self.script.asked.append(body)
        if method == "ListCompetitions":
            found = [slug for slug in self.script.slugs if any(w in slug for w in body.get("search", "").split())]
            refs = [{"ref": f"https://www.kaggle.com/competitions/{slug}"} for slug in found]
            return self.answer({"competitions": refs})
        if method == "IntrospectToken":
            return self.answer({"active": body["token"] == SECRET, "username": "ann"})
        status = self.script.statuses.pop(0) if self.script.statuses else 302
        if status == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self.connection.close()
        if status != 302:
            return self.answer({"code": status, "message": f"no, {SECRET}"}, int(status))
        self.send_response(302)
        self.send_header("Location", f"/storage/{body['competitionName']}/archive.zip?{SIGNATURE}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def do_GET(self) -> None:
        content, start = self.script.content, 0
        wanted = self.headers.get("Range")
        self.script.calls.append(f"GET {wanted}" if wanted else "GET")
        if wanted and self.script.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = self.script.cut_after.pop(0) if self.script.cut_after else len(content)
        self.wfile.write(content[start:end])
        if end < len(content):
            self.connection.close()

    def answer(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def kaggle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
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
    yield script
    server.shutdown()
    server.server_close()


def fetched(tmp_path: Path, slug: str = "titanic") -> Path:
    return download(slug, tmp_path / "cache", "toy", lambda text: None)


def refusal(tmp_path: Path, slug: str = "titanic") -> str:
    with pytest.raises(PodiumError) as caught:
        fetched(tmp_path, slug)
    message = str(caught.value)
    assert message.startswith("toy: source.kaggle")
    assert SECRET not in message and "ALSOSECRET" not in message
    return message


def test_the_zip_is_downloaded(kaggle: Script, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = fetched(tmp_path)
    assert path == tmp_path / "cache" / "titanic.zip"
    assert path.read_bytes() == kaggle.content
    assert kaggle.calls == ["DownloadDataFiles", "GET"]
    assert kaggle.asked[0]["competitionName"] == "titanic"
    assert kaggle.authorizations[0].startswith("Basic ")
    assert capsys.readouterr().out == ""


def test_a_token_signs_in(kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAGGLE_KEY")
    monkeypatch.setenv("KAGGLE_API_TOKEN", SECRET)
    fetched(tmp_path)
    assert kaggle.calls == ["IntrospectToken", "DownloadDataFiles", "GET"]
    assert kaggle.authorizations[1] == f"Bearer {SECRET}"


def test_without_credentials_every_way_is_listed(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KAGGLE_KEY")
    message = refusal(tmp_path)
    for way in ("kaggle auth login", "KAGGLE_API_TOKEN", "access_token", "KAGGLE_USERNAME", "kaggle.json"):
        assert way in message
    assert "COMPETITION_DATA" in message and "titanic.zip" in message
    assert kaggle.calls == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("token", ["expired", "SECRETexpired"])
def test_an_expired_token_is_as_good_as_none(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.delenv("KAGGLE_KEY")
    monkeypatch.setenv("KAGGLE_API_TOKEN", token)
    message = refusal(tmp_path)
    assert "credentials" in message
    assert "expired" not in message


def test_a_refused_key_is_said(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [401]
    assert "none that Kaggle takes" in refusal(tmp_path)
    assert kaggle.calls == ["DownloadDataFiles"]


def test_rules_not_accepted_gives_their_link(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [403]
    assert "https://www.kaggle.com/competitions/titanic/rules" in refusal(tmp_path)
    assert kaggle.calls == ["DownloadDataFiles"]


def test_a_mistyped_slug_gets_the_nearest(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [404]
    assert "Did you mean titanic" in refusal(tmp_path, "titanik")


def test_an_unknown_slug_without_a_near_one(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [404]
    assert "Look it up" in refusal(tmp_path, "qqqqqq")


@pytest.mark.parametrize("fault", [500, 503, 429, "reset"])
def test_a_fault_that_passes_is_tried_again(kaggle: Script, tmp_path: Path, fault: int | str) -> None:
    kaggle.statuses = [fault, fault]
    assert fetched(tmp_path).read_bytes() == kaggle.content
    assert kaggle.calls == ["DownloadDataFiles"] * 3 + ["GET"]


@pytest.mark.parametrize(("fault", "words"), [(500, "500 from Kaggle"), ("reset", "ConnectionError three times")])
def test_a_fault_that_stays_is_said_after_three_tries(
    kaggle: Script, tmp_path: Path, fault: int | str, words: str
) -> None:
    kaggle.statuses = [fault] * 9
    assert words in refusal(tmp_path)
    assert kaggle.calls == ["DownloadDataFiles"] * 3


def test_a_download_that_breaks_off_goes_on_where_it_was(kaggle: Script, tmp_path: Path) -> None:
    kaggle.content, kaggle.cut_after = competition_zip(rows=700_000), [2**20 + 10_000]
    assert fetched(tmp_path).read_bytes() == kaggle.content
    assert kaggle.calls[-1] == f"GET bytes={2**20}-"


def test_a_server_that_cannot_go_on_starts_afresh(kaggle: Script, tmp_path: Path) -> None:
    kaggle.content, kaggle.cut_after, kaggle.ranges = competition_zip(rows=700_000), [2**20 + 10_000], False
    assert fetched(tmp_path).read_bytes() == kaggle.content


def test_what_is_no_zip_is_refused(kaggle: Script, tmp_path: Path) -> None:
    kaggle.content = b"<html>sorry</html>"
    with pytest.raises(PodiumError, match="damaged"):
        fetched(tmp_path)
    assert not (tmp_path / "cache" / "titanic.zip").exists()


def test_no_space_is_said_before_the_download(kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.sources import kaggle as module

    monkeypatch.setattr(module, "SPARE_BYTES", 2**62)
    with pytest.raises(PodiumError, match="no space left"):
        fetched(tmp_path)


def test_importing_the_client_without_credentials_neither_leaves_nor_prints(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from pipeline.core.errors import PodiumError\n"
        "from pipeline.sources.kaggle import download\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        download('titanic', Path('cache'), 'toy', print)\n"
        "    except PodiumError as error:\n"
        "        print('CAUGHT', 'COMPETITION_DATA' in str(error))\n"
    )
    root = str(Path(__file__).resolve().parent.parent.parent)
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["CAUGHT True", "CAUGHT True"]
