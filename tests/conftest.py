"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kaggle_server import Script

ROOT = Path(__file__).resolve().parent.parent


def shared_data() -> Path | None:
    """The folder of real competition files: COMPETITION_DATA, or the one beside the checkout, or None."""
    for folder in (os.environ.get("COMPETITION_DATA"), ROOT.parent / "shared" / "data"):
        if folder and (Path(folder) / "titanic.zip").exists():
            return Path(folder).resolve()
    return None


SHARED = shared_data()  # looked for once: many tests take the variable away


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs real competition files where there are none."""
    if SHARED is None:
        absent = pytest.mark.skip(reason="no real competition files: set COMPETITION_DATA to a folder with titanic.zip")
        for item in items:
            if "shared" in item.keywords:
                item.add_marker(absent)


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """No test leaves its environment variables to the next: a run's clock and quiet are told by such."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def competition_data() -> Path:
    """The folder of real competition files; only for tests marked ``shared``."""
    assert SHARED is not None
    return SHARED


@pytest.fixture
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture
def kaggle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A local Kaggle; the real client, with credentials, is pointed at it."""
    from tests.kaggle_server import serving

    with serving(tmp_path, monkeypatch) as script:
        yield script
