"""FLAML's AutoML as its quick start has it: a time budget and a metric."""

from __future__ import annotations

import pandas as pd
from files import Task
from flaml import AutoML

METRICS = {
    "accuracy": "accuracy",
    "auc": "roc_auc",
    "average_precision": "ap",
    "log_loss": "log_loss",
    "fbeta": "f1",
    "rmse": "rmse",
    "mae": "mae",
    "r2": "r2",
}


def main() -> None:
    """Fit and predict."""
    task = Task.read()
    metric = METRICS.get(task.metric, "auto")
    if metric == "roc_auc" and task.facts["task"] == "multiclass":
        metric = "roc_auc_ovr"
    kind = "regression" if task.facts["task"] == "regression" else "classification"
    automl = AutoML()
    automl.fit(
        X_train=task.train.drop(columns=task.target),
        y_train=task.train[task.target],
        task=kind,
        metric=metric,
        time_budget=task.seconds,
        n_jobs=task.cores,
        seed=1,
    )
    if kind == "regression":
        task.write_values(automl.predict(task.test))
    else:
        p = pd.DataFrame(automl.predict_proba(task.test), columns=automl.classes_)
        task.write_classes(p, automl.predict(task.test))


if __name__ == "__main__":
    main()
