"""mljar-supervised in the mode that its quick start has for competitions: Compete, within the seconds."""

from __future__ import annotations

from files import Task
from supervised.automl import AutoML

METRICS = {
    "accuracy": "accuracy",
    "auc": "auc",
    "average_precision": "average_precision",
    "log_loss": "logloss",
    "fbeta": "f1",
    "rmse": "rmse",
    "mae": "mae",
    "r2": "r2",
}


def main() -> None:
    """Fit and predict."""
    task = Task.read()
    metric = METRICS.get(task.metric, "auto")
    if metric in ("auc", "f1", "average_precision") and task.facts["task"] == "multiclass":
        metric = "logloss" if metric != "f1" else "f1"
    automl = AutoML(
        mode="Compete",
        total_time_limit=task.seconds,
        eval_metric=metric,
        n_jobs=task.cores,
        random_state=1,
        results_path=str(task.folder / "models"),
    )
    automl.fit(task.train.drop(columns=task.target), task.train[task.target])
    if task.facts["task"] == "regression":
        task.write_values(automl.predict(task.test))
        return
    found = automl.predict_all(task.test)
    p = found.filter(regex="^prediction_").rename(columns=lambda name: str(name).removeprefix("prediction_"))
    task.write_classes(p, found["label"])


if __name__ == "__main__":
    main()
