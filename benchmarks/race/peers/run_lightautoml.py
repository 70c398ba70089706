"""LightAutoML as its quick start has it: the tabular preset within the seconds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from files import Task as Files
from lightautoml.automl.presets.tabular_presets import TabularAutoML
from lightautoml.tasks import Task

KINDS = {"binary": "binary", "multiclass": "multiclass", "regression": "reg"}
METRICS = {
    ("binary", "auc"): "auc",
    ("binary", "accuracy"): "accuracy",
    ("binary", "log_loss"): "logloss",
    ("multiclass", "accuracy"): "accuracy",
    ("multiclass", "log_loss"): "crossentropy",
    ("multiclass", "auc"): "auc",
    ("regression", "rmse"): "mse",
    ("regression", "mae"): "mae",
    ("regression", "r2"): "r2",
}


def main() -> None:
    """Fit and predict."""
    files = Files.read()
    kind = files.facts["task"]
    train, classes = files.train, files.facts["classes"]
    if classes:
        train = train.assign(**{files.target: train[files.target].map({c: k for k, c in enumerate(classes)})})
    metric = METRICS.get((kind, files.metric))
    automl = TabularAutoML(
        task=Task(KINDS[kind], metric=metric) if metric else Task(KINDS[kind]),
        timeout=files.seconds,
        cpu_limit=files.cores,
        reader_params={"n_jobs": files.cores, "cv": 5, "random_state": 1},
    )
    automl.fit_predict(train, roles={"target": files.target}, verbose=1)
    found = np.asarray(automl.predict(files.test).data)
    if kind == "regression":
        files.write_values(found[:, 0])
        return
    p = np.column_stack([1 - found[:, 0], found[:, 0]]) if kind == "binary" else found
    if kind == "multiclass":
        mapping = automl.reader.class_mapping or {k: k for k in range(len(classes))}
        p = p[:, [mapping[k] for k in range(len(classes))]]
    files.write_classes(pd.DataFrame(p, columns=classes), np.asarray(classes)[p.argmax(axis=1)])


if __name__ == "__main__":
    main()
