"""Kaggle's real client against a local server that speaks its protocol, faults included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.sources import archives, client, network
from pipeline.sources.archives import unpack
from pipeline.sources.kaggle import download
from tests.kaggle_server import SECRET, Script, competition_zip, zip_of


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


def test_a_refusal_of_the_storage_is_not_taken_for_kaggles(kaggle: Script, tmp_path: Path) -> None:
    kaggle.faults = {"GET": [403] * 3}
    said = refusal(tmp_path)
    assert "403 from the storage behind Kaggle" in said and "Kaggle allowed it" in said and "localhost" in said
    assert "rules accepted" not in said and "COMPETITION_DATA" in said
    assert kaggle.calls == ["DownloadDataFiles", "GET"] * 3


def test_an_address_of_the_storage_that_expired_is_asked_for_anew(kaggle: Script, tmp_path: Path) -> None:
    kaggle.faults = {"GET": [403]}
    assert fetched(tmp_path).read_bytes() == kaggle.content


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


def test_a_download_that_falls_silent_is_given_up_and_goes_on(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.2)
    kaggle.content, kaggle.stall_after = competition_zip(rows=700_000), [2**20 + 10_000]
    assert fetched(tmp_path).read_bytes() == kaggle.content
    assert kaggle.calls[-1] == f"GET bytes={2**20}-"


def test_a_server_that_never_answers_is_not_waited_for(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.2)
    kaggle.faults = {"DownloadDataFiles": ["hang"] * 3}
    start = time.monotonic()
    assert "ReadTimeout three times" in refusal(tmp_path)
    assert time.monotonic() - start < 3


def test_the_pause_that_kaggle_asks_for_is_kept(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(network.time, "sleep", slept.append)
    kaggle.statuses, kaggle.retry_after = [429, 429], "7"
    fetched(tmp_path)
    assert slept == [7.0, 7.0]


def test_a_zip_bomb_is_downloaded_and_not_unpacked(
    kaggle: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "SMALL_BYTES", 10**6)
    kaggle.content = zip_of({"train.csv": "0" * 20_000_000})
    archive, folder = fetched(tmp_path), tmp_path / "out"
    folder.mkdir()
    with pytest.raises(PodiumError, match="must not unpack to more than"):
        unpack(archive, folder, "toy")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1e6


@pytest.mark.parametrize(("name", "version"), [("zillow/zecon", None), ("zillow/zecon/3", 3)])
def test_a_data_set_is_downloaded(kaggle: Script, tmp_path: Path, name: str, version: int | None) -> None:
    path = fetched(tmp_path, name)
    assert path.name == f"{name.replace('/', '-')}.zip" and path.read_bytes() == kaggle.content
    asked = kaggle.asked[0]
    assert (asked["ownerSlug"], asked["datasetSlug"]) == ("zillow", "zecon")
    assert asked.get("datasetVersionNumber") == version


def test_a_mistyped_data_set_gets_the_nearest(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [404]
    assert "Did you mean mlg-ulb/creditcardfraud" in refusal(tmp_path, "mlg-ulb/creditcardfrauds")


def test_a_data_set_that_may_not_be_seen(kaggle: Script, tmp_path: Path) -> None:
    kaggle.statuses = [403]
    said = refusal(tmp_path, "zillow/zecon")
    assert "https://www.kaggle.com/datasets/zillow/zecon" in said and "zecon.zip" in said


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
