"""The same folds by hand: read the table, fit and predict each fold with the bare library, write the predictions.

Called by ``bench.py`` as ``by_hand.py FOLDER MODEL``; settings, folds and the stopping share are the stage's own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def fit(model: str, params: dict[str, Any], parts: list[Any]) -> Any:
    """Fit one fold with early stopping; ``parts`` are X and y to fit on, X and y to stop on."""
    X, y, X_stop, y_stop = parts
    rounds = params["n_estimators"]
    patience = params["early_stopping_rounds"]
    if model == "lightgbm":
        import lightgbm

        rest = {k: v for k, v in params.items() if k not in ("n_estimators", "early_stopping_rounds")}
        estimator = lightgbm.LGBMClassifier(n_estimators=rounds, n_jobs=2, verbosity=-1, random_state=1, **rest)
        return estimator.fit(
            X, y, eval_set=[(X_stop, y_stop)], callbacks=[lightgbm.early_stopping(patience, verbose=False)]
        )
    import xgboost

    estimator = xgboost.XGBClassifier(n_jobs=2, enable_categorical=True, random_state=1, tree_method="hist", **params)
    return estimator.fit(X, y, eval_set=[(X_stop, y_stop)], verbose=False)


def main() -> None:
    """Fit the folds and write out-of-fold and test predictions."""
    folder, model = Path(sys.argv[1]), sys.argv[2]
    data = folder / "data" / "toy"
    spec = json.loads((data / "plan" / f"train-{model}.json").read_text())
    train, test = (
        pd.read_parquet(data / "features" / f"{part}.parquet").drop(columns="row_id") for part in ("train", "test")
    )
    y = pd.read_parquet(data / "clean" / "target.parquet")["target"].to_numpy()
    folds = pd.read_parquet(data / "split" / "folds.parquet")
    oof, held = np.full(len(y), np.nan), np.zeros(len(test))
    names = [name for name in folds if name.startswith("r0f")]
    for name in names:
        rows, valid = np.flatnonzero(folds[name] == 1), np.flatnonzero(folds[name] == 2)
        stop = np.random.default_rng(0).random(len(rows)) < spec["stopping_share"]
        parts = [train.iloc[rows[~stop]], y[rows[~stop]], train.iloc[rows[stop]], y[rows[stop]]]
        estimator = fit(model, spec["params"], parts)
        oof[valid] = estimator.predict_proba(train.iloc[valid])[:, 1]
        held += estimator.predict_proba(test)[:, 1] / len(names)
    pd.DataFrame({"prediction": oof}).to_parquet(folder / "oof.parquet")
    pd.DataFrame({"prediction": held}).to_parquet(folder / "test.parquet")


if __name__ == "__main__":
    main()
