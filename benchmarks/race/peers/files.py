"""What every peer's script does: read the files and the task, write predictions. Runs in the peer's environment."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Task:
    """A peer's work.

    Parameters
    ----------
    folder : Path
        Holds the files; the predictions go there.
    seconds : int
        What the peer is told that it has.
    cores : int
        The most cores.
    facts : dict
        ``target``, ``task``, ``metric``, ``needs``, ``transform``, ``classes``.
    train, test : DataFrame
        As pandas reads them, without the id.
    """

    folder: Path
    seconds: int
    cores: int
    facts: dict[str, Any]
    train: pd.DataFrame
    test: pd.DataFrame

    @classmethod
    def read(cls) -> Task:
        """From the command line: folder, seconds, cores.

        A metric of ratios or of logarithms asks for a logarithm of the target, which a peer's user would take too;
        rows that the metric leaves out (ratios to 0) are left out of training.
        """
        folder, seconds, cores = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
        facts = json.loads((folder / "task.json").read_text(encoding="utf-8"))
        dropped = [facts["id"]] if facts["id"] else []
        train, test = (pd.read_csv(folder / f"{part}.csv", low_memory=False) for part in ("train", "test"))
        train, test = train.drop(columns=dropped, errors="ignore"), test.drop(columns=dropped, errors="ignore")
        target = facts["target"]
        if facts["task"] != "regression":
            train[target] = train[target].astype(str)
        elif facts["transform"] == "log":
            train = train[train[target] > 0].assign(**{target: lambda t: np.log(t[target])})
        elif facts["transform"] == "log1p":
            train = train.assign(**{target: np.log1p(train[target])})
        return cls(folder, seconds, cores, facts, train.reset_index(drop=True), test)

    @property
    def target(self) -> str:
        """The target's column."""
        return self.facts["target"]

    @property
    def metric(self) -> str:
        """The metric's name as Podium has it; what was put through a logarithm is scored by RMSE."""
        return self.facts["metric"] if self.facts["transform"] == "identity" else "rmse"

    def write_values(self, values: Any) -> None:
        """A regression's predictions, taken back from the logarithm."""
        back = {"log": np.exp, "log1p": np.expm1}.get(self.facts["transform"], np.asarray)
        pd.DataFrame({"value": back(np.asarray(values, dtype=float))}).to_csv(
            self.folder / "predictions.csv", index=False
        )

    def write_classes(self, probabilities: pd.DataFrame, labels: Any) -> None:
        """Probabilities, one column for each label, and the peer's own choice of a label."""
        table = probabilities.reset_index(drop=True)
        table.columns = table.columns.astype(str)
        table["label"] = np.asarray(labels).astype(str)
        table.to_csv(self.folder / "predictions.csv", index=False)
