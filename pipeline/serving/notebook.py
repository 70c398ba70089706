"""The notebook that predicts on Kaggle without internet: as the JSON that an ``.ipynb`` file holds."""

from __future__ import annotations

from typing import Any

_INTRODUCTION = """# {competition}

Predictions of a finished Podium run. The models are in the attached data set; nothing is trained here and nothing is
downloaded."""

_INSTALL = """import os
import subprocess
import sys
from pathlib import Path

INPUT = Path(os.environ.get("KAGGLE_INPUT", "/kaggle/input"))
BUNDLE = next(INPUT.rglob("{mark}")).parent
WHEELS = sorted(str(wheel) for wheel in (BUNDLE / "wheels").glob("*.whl"))
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", *WHEELS], check=True)"""

_PREDICT = """from pipeline.serving.file import predict_file
from pipeline.serving.predictor import Predictor

FOUND = sorted(path for path in INPUT.rglob("{test}") if BUNDLE not in path.parents)
TEST = next((path for path in FOUND if "{slug}" in path.parts), None) or FOUND[0]
predictor = Predictor.load("{competition}", BUNDLE / "project")
print(predict_file(predictor, TEST, Path("submission.csv")))"""


def notebook(competition: str, slug: str, test: str, mark: str) -> dict[str, Any]:
    """Three cells: what this is, the wheels, the predictions.

    Parameters
    ----------
    competition, slug : str
        The folder's name, and Kaggle's.
    test : str
        The test file's name, looked for under Kaggle's input path.
    mark : str
        The file that tells the data set's folder.
    """
    words = {"competition": competition, "slug": slug, "test": test, "mark": mark}
    code = [_code(text.format(**words), place) for place, text in enumerate((_INSTALL, _PREDICT), start=1)]
    cells = [_cell("markdown", _INTRODUCTION.format(**words), 0), *code]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    return {"cell_type": kind, "id": f"cell-{place}", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str, place: int) -> dict[str, Any]:
    return {**_cell("code", text, place), "execution_count": None, "outputs": []}
