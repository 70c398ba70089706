"""Data sets of libraries in Kaggle's layout; OpenML through scikit-learn's real client and a local server."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import PodiumError
from pipeline.declaration.columns import Columns
from pipeline.declaration.source import Source
from pipeline.declaration.specs import FetchSpec
from pipeline.sources.holdout import from_openml, from_sklearn, held_out, lay_out


def spec(**keys: Any) -> FetchSpec:
    source = Source(**{"sklearn": "breast_cancer", **keys.pop("source", {})})
    columns = Columns(**{"id": "id", "target": "diagnosis", **keys.pop("columns", {})})
    return FetchSpec(
        **{"competition": "toy", "seed": 1, "task": "binary", "tables": {}, **keys}, source=source, columns=columns
    )


def table(rows: int = 200) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(rows), "diagnosis": np.where(np.arange(rows) < rows // 4, "bad", "good")})


def test_the_layout_parts_the_rows_and_keeps_the_classes_shares() -> None:
    layout = lay_out(table(), spec(source={"holdout": 0.25}))
    assert sorted([*layout.train["x"], *layout.test["x"]]) == list(range(200))
    assert list(layout.test.columns) == ["id", "x"]
    assert list(layout.solution["id"]) == list(layout.test["id"]) == list(layout.sample["id"])
    counts = layout.solution["diagnosis"].value_counts()
    assert dict(counts) == {"good": 38, "bad": 12}
    joined = layout.test.merge(layout.solution, on="id")
    assert (joined["diagnosis"] == np.where(joined["x"] < 50, "bad", "good")).all()


def test_neither_id_nor_place_tells_the_target() -> None:
    layout = lay_out(table(4000), spec())
    ids = pd.concat([layout.train, layout.test.merge(layout.solution, on="id")])
    bad = ids["diagnosis"] == "bad"
    assert abs(np.corrcoef(ids["id"], bad)[0, 1]) < 0.06
    assert layout.test["id"].is_monotonic_increasing
    assert abs(np.corrcoef(layout.test["id"], layout.solution["diagnosis"] == "bad")[0, 1]) < 0.12
    held = ids["id"].isin(layout.test["id"])
    assert abs(np.corrcoef(ids["id"], held)[0, 1]) < 0.06


def test_the_same_seed_gives_the_same_layout_and_another_does_not() -> None:
    one, two, other = (lay_out(table(), spec(seed=seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.train, two.train)
    pd.testing.assert_frame_equal(one.sample, two.sample)
    assert list(one.test["x"]) != list(other.test["x"])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.floats(0.05, 0.95))
def test_each_class_keeps_a_row_and_its_share(classes: list[int], share: float) -> None:
    codes = np.array(classes)
    held = held_out(len(codes), codes, share, np.random.default_rng(0))
    for one in np.unique(codes):
        count = int((codes == one).sum())
        assert held[codes == one].sum() == min(round(share * count), count - 1)


@pytest.mark.parametrize(
    ("needs", "task", "expected"),
    [
        ("probability", "binary", {"diagnosis": 0.5}),
        ("label", "binary", {"diagnosis": "good"}),
        ("probability", "multiclass", {"bad": 0.5, "good": 0.5}),
        ("ranking", "multiclass", {"diagnosis": "good"}),
    ],
)
def test_the_sample_shows_what_the_metric_needs(needs: str, task: str, expected: dict[str, Any]) -> None:
    sample = lay_out(table(), spec(needs=needs, task=task)).sample
    assert sample.iloc[0].drop("id").to_dict() == expected


def test_without_an_id_column_none_is_written() -> None:
    layout = lay_out(table(), spec(columns={"id": None}))
    assert list(layout.train.columns) == ["x", "diagnosis"]
    assert list(layout.solution["id"]) == list(range(len(layout.test)))


def test_breast_cancer_has_readable_columns_and_labels() -> None:
    frame = from_sklearn(spec())
    assert frame.shape == (569, 31)
    assert "mean_radius" in frame.columns
    assert frame["diagnosis"].value_counts().to_dict() == {"benign": 357, "malignant": 212}


def test_diabetes_is_a_regression() -> None:
    asked = spec(source={"sklearn": "diabetes"}, columns={"target": "progression"}, task="regression", needs="value")
    layout = lay_out(from_sklearn(asked), asked)
    assert len(layout.test) == round(442 * 0.25)
    assert layout.sample["progression"].nunique() == 1


ARFF = (
    """@relation toy
@attribute size numeric
@attribute colour {red,'dark blue'}
@attribute kind {yes,no}
@data
"""
    + "".join(
        f"{n},{'red' if n % 3 else chr(39) + 'dark blue' + chr(39)},{'yes' if n % 2 else 'no'}\n" for n in range(40)
    )
    + "7,red,?\n"
)


@dataclass
class Script:
    """What the local OpenML answers: statuses first, then the data."""

    statuses: list[int | str] = field(default_factory=list)
    data: str = ARFF
    md5: str = hashlib.md5(ARFF.encode()).hexdigest()
    calls: list[str] = field(default_factory=list)
    base: str = ""


def answer_of(script: Script, path: str) -> bytes:
    if "/features/" in path:
        types = {"size": "numeric", "colour": "nominal", "kind": "nominal"}
        lines = [
            {"index": str(number), "name": name, "data_type": kind, "is_target": str(name == "kind").lower()}
            | {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
            for number, (name, kind) in enumerate(types.items())
        ]
        return json.dumps({"data_features": {"feature": lines}}).encode()
    if "/qualities/" in path:
        return json.dumps({"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": "41"}]}}).encode()
    if path.startswith("/file"):
        return script.data.encode()
    about = {"id": "7", "name": "toy", "version": "1", "status": "active", "format": "ARFF", "description": "toy"}
    return json.dumps(
        {"data_set_description": about | {"url": f"{script.base}/file/toy.arff", "md5_checksum": script.md5}}
    ).encode()


class Handler(BaseHTTPRequestHandler):
    script: Script

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.script.calls.append(self.path)
        status = self.script.statuses.pop(0) if self.script.statuses else 200
        if status == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self.connection.close()
        body = gzip.compress(answer_of(self.script, self.path)) if status == 200 else b"no"
        self.send_response(int(status))
        if status == 200:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None


@pytest.fixture
def openml(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    from sklearn.datasets import _openml

    script = Script()
    server = ThreadingHTTPServer(("localhost", 0), type("Bound", (Handler,), {"script": script}))
    script.base = f"http://localhost:{server.server_port}"
    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        monkeypatch.setattr(_openml, name, getattr(_openml, name).replace("https://www.openml.org", script.base))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setenv("NO_PROXY", "localhost")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield script
    server.shutdown()
    server.server_close()


def asked(target: str = "kind") -> FetchSpec:
    return spec(source={"sklearn": None, "openml": 7}, columns={"target": target})


def test_openml_gives_the_table_and_says_what_it_leaves_out(openml: Script, tmp_path: Path) -> None:
    notes: list[str] = []
    frame = from_openml(asked(), tmp_path, notes.append)
    assert frame.shape == (40, 3)
    assert set(frame["kind"]) == {"yes", "no"}
    assert set(frame["colour"]) == {"red", "dark blue"}
    assert notes == ["1 rows without a target are left out"]
    layout = lay_out(frame, asked())
    assert len(layout.train) == 30 and layout.solution["kind"].value_counts().to_dict() == {"yes": 5, "no": 5}


def test_openml_is_asked_once(openml: Script, tmp_path: Path) -> None:
    from_openml(asked(), tmp_path, lambda text: None)
    openml.calls.clear()
    from_openml(asked(), tmp_path, lambda text: None)
    assert openml.calls == []


def test_a_target_that_is_not_there_is_named(openml: Script, tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"columns\.target must be a column; got 'kinds'.*Did you mean kind\?"):
        from_openml(asked("kinds"), tmp_path, lambda text: None)


@pytest.mark.parametrize("fault", [500, "reset"])
def test_a_fault_that_passes_is_tried_again(openml: Script, tmp_path: Path, fault: int | str) -> None:
    openml.statuses = [fault, fault]
    assert len(from_openml(asked(), tmp_path, lambda text: None)) == 40


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([412], "Dataset with data_id 7 not found"),
        ([401] * 99, "401 from OpenML"),
        ([403] * 99, "403 from OpenML"),
        ([404] * 99, "404 from OpenML"),
        ([500] * 99, "500 from OpenML"),
        (["reset"] * 99, "cannot be reached"),
    ],
)
def test_a_fault_that_stays_is_said(openml: Script, tmp_path: Path, faults: list[int | str], words: str) -> None:
    openml.statuses = faults
    with pytest.raises(PodiumError, match=words):
        from_openml(asked(), tmp_path, lambda text: None)


def test_a_damaged_download_is_said(openml: Script, tmp_path: Path) -> None:
    openml.data = ARFF[:-40]
    with pytest.raises(PodiumError, match="md5 checksum"):
        from_openml(asked(), tmp_path, lambda text: None)
