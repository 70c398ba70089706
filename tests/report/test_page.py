"""The report page: well-formed, self-contained, every figure with its data, caption and alt text."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, write_json
from pipeline.report.theme import DARK_TWINS
from pipeline.stages import evaluate
from tests.factory import fabricate

TASKS = ("binary", "multiclass", "regression")
VOID = {"meta", "link", "br", "img", "input", "hr", "path", "circle", "rect"}


class Reader(HTMLParser):
    """Keeps ids, figures, their data and headings; refuses tags that don't close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.plots: dict[str, dict[str, str | None]] = {}
        self.data: dict[str, str] = {}
        self.links: list[str] = []
        self.sources: list[str] = []
        self.current = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if known.get("id"):
            self.ids.append(str(known["id"]))
        if known.get("class") == "plot":
            self.plots[str(known["id"])] = known
        if tag == "a":
            self.links.append(str(known.get("href")))
        self.sources += [str(known[key]) for key in ("src", "href") if key in known and tag != "a"]
        self.current = str(known.get("data-for", "")) if tag == "script" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag
        self.current = ""

    def handle_data(self, data: str) -> None:
        if self.current:
            self.data[self.current] = data


def page(paths: Paths) -> str:
    return (paths.stage("evaluate") / "report" / "index.html").read_text(encoding="utf-8")


def read(paths: Paths) -> Reader:
    reader = Reader()
    reader.feed(page(paths))
    reader.close()
    return reader


def numbers(value: Any) -> np.ndarray:
    """Every number of a trace, typed arrays decoded."""
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).astype(float)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    if isinstance(value, float | int):
        return np.array([float(value)])
    return np.concatenate([np.empty(0), *(numbers(part) for part in parts)])


@pytest.mark.parametrize("task", TASKS)
def test_every_figure_has_data_of_finite_numbers_an_alt_text_and_a_caption(task: str, evaluated: dict) -> None:
    reader = read(evaluated[task])
    assert reader.open == [] and len(reader.ids) == len(set(reader.ids))
    assert len(reader.plots) >= 6 and set(reader.plots) == set(reader.data)
    assert page(evaluated[task]).count("<figcaption>") == len(reader.plots)
    for name, plot in reader.plots.items():
        figure = json.loads(reader.data[name])
        assert plot["role"] == "img" and len(str(plot["aria-label"])) > 20
        assert figure["data"] and np.isfinite(numbers(figure["data"])).all()
        assert "template" not in figure["layout"]


@pytest.mark.parametrize("task", TASKS)
def test_nothing_is_loaded_from_elsewhere_and_every_link_has_its_target(task: str, evaluated: dict) -> None:
    reader = read(evaluated[task])
    assert set(reader.sources) == {"data:,", "plotly.min.js"}
    assert (evaluated[task].stage("evaluate") / "report" / "plotly.min.js").stat().st_size > 1_000_000
    inside, files = ({link for link in reader.links if link.startswith("#") is on_page} for on_page in (True, False))
    assert {link.removeprefix("#") for link in inside} <= set(reader.ids)
    assert files == {"audit.html", "tables/train.html", "tables/test.html"}
    assert all((evaluated[task].stage("evaluate") / "report" / file).is_file() for file in files)
    assert not re.search(r"@import|url\(http|fetch\(|XMLHttpRequest", page(evaluated[task]))


@pytest.mark.parametrize("task", TASKS)
def test_every_colour_of_a_figure_has_its_dark_twin(task: str, evaluated: dict) -> None:
    used = {color for data in read(evaluated[task]).data.values() for color in re.findall(r'"(#[0-9a-f]{6})"', data)}
    assert used and used <= set(DARK_TWINS)


def test_the_page_says_what_matters(evaluated: dict) -> None:
    text = page(evaluated["binary"])
    for words in ("Cross-validated AUC", "Hold-out AUC", "The audit found 2 things", "With and without", "Provenance"):
        assert words in text
    assert "The audit found" not in page(evaluated["regression"])
    for words in ("What selection gains", "keeps 2.4 of 3 columns in a fold on average", "agree by 0.30"):
        assert words in text and words not in page(evaluated["multiclass"])
    assert '<td class="num">2.5 s</td>' in text
    assert "Worst rows" in page(evaluated["regression"]) and "Worst rows" not in text


@pytest.mark.parametrize("task", TASKS)
def test_the_data_are_shown_over_time_and_as_they_go_together(task: str, evaluated: dict) -> None:
    reader = read(evaluated[task])
    shown = {"learning", "target", "drift", "train-and-test", "over-time", "associations", "distributions"}
    shown |= {"correlations", "class-levels" if task == "multiclass" else "over-target"}
    shown |= {"bias-time"} if task == "regression" else set()
    assert shown <= set(reader.plots)
    names = json.loads(reader.data["correlations"])["data"][0]["x"]
    assert names == (["x1", "x2"] if task == "multiclass" else ["label", "x1", "x2"])
    assert json.loads(reader.data["associations"])["data"][0]["x"] == ["label", "colour"]
    picks = json.loads(reader.data["over-time"])["layout"]["meta"]["picks"]
    assert list(picks) == ["day", "day by month", "day by weekday"]


def test_models_without_a_curve_are_named_and_a_page_without_any_says_so(evaluated: dict, tmp_path: Path) -> None:
    assert "so without a curve: linear." in page(evaluated["binary"])
    from pipeline.core.job import Job
    from pipeline.stages import evaluate
    from tests.factory import fabricate

    paths = fabricate(tmp_path, "binary", models=("linear",))
    evaluate.run(Job(paths, "evaluate"))
    assert "no learning curves" in page(paths) and "learning" not in read(paths).plots


def test_what_would_stand_alone_in_a_row_is_wide() -> None:
    from pipeline.report.exhibits.exhibit import Exhibit
    from pipeline.report.page import filled

    def laid(*wide: bool) -> list[bool]:
        return [exhibit.wide for exhibit in filled([Exhibit("roc", None, "", wide=w) for w in wide])]  # type: ignore[arg-type]

    assert laid(False, False) == [False, False] and laid(False) == [True]
    assert laid(True, False, True, False, False, False) == [True, True, True, False, False, True]


def test_the_page_explains_a_member(explained: Paths) -> None:
    reader, text = read(explained), page(explained)
    shown = {"permutation", "contributions", "dependence", "one-row", "partial", "history", "settings"}
    assert shown <= set(reader.plots) == set(reader.data)
    assert "Why lightgbm, the best model whose trees tell" in text and "alone costs lightgbm" in text
    for name in shown:
        assert np.isfinite(numbers(json.loads(reader.data[name])["data"])).all()


def test_the_page_says_what_the_test_rows_taught(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary", models=("lightgbm",))
    folder = paths.stage("train", "lightgbm")
    record, scores = (read_json(folder / f"{name}.json") for name in ("model", "scores"))
    record["shift_weights"] = {"auc": 0.71, "effective": 0.62, "leading": ["x2", "x1"]}
    names = [f"r0f{k}" for k in range(5)]
    record["members"]["lightgbm"] |= {
        "pseudo_labels": {"rows": dict.fromkeys(names, 30)},
        "predicting": [*names, "full"],
    }
    scores["lightgbm"]["without_pseudo_labels"] = [0.4] * 5
    for name, content in (("model", record), ("scores", scores)):
        write_json(content, folder / f"{name}.json")
    evaluate.run(Job(paths, "evaluate"))
    text = page(paths)
    assert "lightgbm was fitted with weights for rows that are like test rows" in text
    assert "AUC of 0.710, most by x2; 62 % of the rows are left in effect" in text
    assert "labelled 50 % of the test rows" in text and "Pseudo-labels, with and without" in text
    assert "the mean of the folds&#39; models and one of all rows" in text


def test_names_from_the_data_cannot_break_the_page(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    evil = "</script><script>alert(1)</script><!--"
    for path, key in ((paths.plan("evaluate"), "title"),):
        write_json(read_json(path) | {key: evil}, path)
    schema = paths.stage("clean") / "schema.json"
    write_json(read_json(schema) | {"classes": ["no", evil]}, schema)
    (paths.stage("fetch") / "solution.csv").unlink()
    evaluate.run(Job(paths, "evaluate"))
    assert "<script>alert" not in page(paths)
    assert set(read(paths).plots) == set(read(paths).data)


def test_the_page_is_light_beside_its_library(evaluated: dict) -> None:
    assert all(len(page(paths)) < 1_000_000 for paths in evaluated.values())
