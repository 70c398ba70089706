"""The toy run, no waiting, and no question to DVC, which the end-to-end test asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import chain
from pipeline.core.paths import Paths
from pipeline.ledger import kaggle as at_kaggle
from tests.ledger.made import finished


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_kaggle, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(chain, "behind", lambda paths: [])


@pytest.fixture
def toy(tmp_path: Path) -> Paths:
    """A finished run of two classes, scored by AUC."""
    return finished(tmp_path / "project")
