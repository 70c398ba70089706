"""Unpacking: what comes out flat, and what is refused."""

from __future__ import annotations

import errno
import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.sources import archives
from pipeline.sources.archives import space_errors, unpack

TRAIN = b"id,x,y\n1,2,0\n2,3,1\n"


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_nested_zips_folders_and_gzip_come_out_flat(tmp_path: Path, out: Path) -> None:
    content = {
        "toy/train.csv.zip": zipped({"train.csv": TRAIN}),
        "toy/test.csv.gz": gzip.compress(b"id,x\n3,4\n"),
        "toy/deep/notes.txt": b"hello",
        "__MACOSX/._train.csv": b"junk",
        "toy/picture.png": b"\x89PNG",
        "toy/.hidden.csv": b"no",
    }
    source = tmp_path / "toy.zip"
    source.write_bytes(zipped(content))
    assert unpack(source, out, "toy") == ["notes.txt", "test.csv", "train.csv"]
    assert (out / "train.csv").read_bytes() == TRAIN
    assert (out / "test.csv").read_bytes() == b"id,x\n3,4\n"


def test_a_declared_name_is_taken_whatever_its_suffix(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "toy.zip"
    source.write_bytes(zipped({"train.weird": TRAIN, "other.weird": TRAIN}))
    assert unpack(source, out, "toy", frozenset({"train.weird"})) == ["train.weird"]


def test_a_folder_with_a_zip_and_a_folder_in_it(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "toy"
    (source / "inner").mkdir(parents=True)
    (source / "train.csv.zip").write_bytes(zipped({"train.csv": TRAIN}))
    (source / "inner" / "test.csv").write_bytes(b"id,x\n3,4\n")
    assert unpack(source, out, "toy") == ["test.csv", "train.csv"]
    assert (source / "train.csv.zip").exists()


def test_of_two_files_with_one_name_the_less_deep_is_taken(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "toy.zip"
    source.write_bytes(zipped({"a/train.csv": b"wrong", "train.csv": TRAIN}))
    unpack(source, out, "toy")
    assert (out / "train.csv").read_bytes() == TRAIN


def test_two_files_with_one_name_side_by_side_are_refused(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "toy.zip"
    source.write_bytes(zipped({"a/train.csv": b"1", "b/train.csv": b"2"}))
    with pytest.raises(PodiumError, match=r"two of the name train\.csv"):
        unpack(source, out, "toy")


@pytest.mark.parametrize(
    "name", ["../train.csv", "a/../../train.csv", "/etc/train.csv", "..\\train.csv", "C:\\train.csv"]
)
def test_an_entry_that_would_leave_the_folder_is_refused(tmp_path: Path, out: Path, name: str) -> None:
    source = tmp_path / "evil.zip"
    source.write_bytes(zipped({"test.csv": b"id\n1\n", name: TRAIN}))
    with pytest.raises(PodiumError, match="leaves the folder"):
        unpack(source, out, "toy")
    assert list(out.iterdir()) == []
    assert not (tmp_path / "train.csv").exists()


def test_a_symbolic_link_in_a_zip_is_refused(tmp_path: Path, out: Path) -> None:
    link = zipfile.ZipInfo("train.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    source = tmp_path / "evil.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PodiumError, match="symbolic link"):
        unpack(source, out, "toy")


def test_a_hostile_entry_in_a_nested_zip_is_refused(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "evil.zip"
    source.write_bytes(zipped({"inner.zip": zipped({"../train.csv": TRAIN})}))
    with pytest.raises(PodiumError, match="leaves the folder"):
        unpack(source, out, "toy")
    assert list(out.iterdir()) == []


def test_zips_in_zips_without_end_are_refused(tmp_path: Path, out: Path) -> None:
    content = zipped({"train.csv": TRAIN})
    for number in range(6):
        content = zipped({f"{number}.zip": content})
    source = tmp_path / "deep.zip"
    source.write_bytes(content)
    with pytest.raises(PodiumError, match="zips in zips"):
        unpack(source, out, "toy")


def damaged_crc() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("train.csv", TRAIN * 50)
    content = bytearray(buffer.getvalue())
    content[200] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is no zip",
        zipped({"train.csv": TRAIN * 100})[:-30],
        zipped({"train.csv": TRAIN})[:40],
        damaged_crc(),
    ],
    ids=["empty", "text", "cut at the end", "cut early", "CRC"],
)
def test_a_damaged_zip_is_said_plainly(tmp_path: Path, out: Path, content: bytes) -> None:
    source = tmp_path / "toy.zip"
    source.write_bytes(content)
    with pytest.raises(PodiumError, match=r"^toy: toy\.zip is damaged"):
        unpack(source, out, "toy")


def test_a_damaged_gzip_is_said_plainly(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "toy"
    source.mkdir()
    (source / "train.csv.gz").write_bytes(gzip.compress(TRAIN * 100)[:-12])
    with pytest.raises(PodiumError, match=r"train\.csv\.gz is damaged"):
        unpack(source, out, "toy")


def test_a_zip_bomb_is_refused(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SMALL_BYTES", 1000)
    source = tmp_path / "bomb.zip"
    source.write_bytes(zipped({"train.csv": b"0" * 2_000_000}))
    with pytest.raises(PodiumError, match="times its size"):
        unpack(source, out, "toy")


def test_a_gzip_bomb_is_refused_while_it_unpacks(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SMALL_BYTES", 1000)
    monkeypatch.setattr(archives, "CHUNK_BYTES", 10_000)
    source = tmp_path / "toy"
    source.mkdir()
    (source / "train.csv.gz").write_bytes(gzip.compress(b"0" * 5_000_000))
    with pytest.raises(PodiumError, match="times its size"):
        unpack(source, out, "toy")
    assert (out / "train.csv").stat().st_size < 1_500_000


def test_a_zip_larger_than_the_free_disk_is_refused(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_free", lambda folder: archives.SPARE_BYTES + 5)
    source = tmp_path / "toy.zip"
    source.write_bytes(zipped({"train.csv": TRAIN}))
    with pytest.raises(PodiumError, match="no space left"):
        unpack(source, out, "toy")


def test_a_full_disk_is_said_plainly_and_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="no space left"), space_errors("toy", tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), space_errors("toy", tmp_path):
        raise PermissionError(errno.EACCES, "denied")


def test_an_encrypted_entry_is_refused(tmp_path: Path, out: Path) -> None:
    content = bytearray(zipped({"train.csv": TRAIN}))
    start = content.index(b"PK\x01\x02")
    content[start + 8] |= 1
    source = tmp_path / "toy.zip"
    source.write_bytes(bytes(content))
    with pytest.raises(PodiumError, match="encrypted"):
        unpack(source, out, "toy")
