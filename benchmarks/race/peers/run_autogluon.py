"""AutoGluon-Tabular as its quick start has it: ``best_quality`` within the seconds."""

from __future__ import annotations

from autogluon.tabular import TabularPredictor
from files import Task

METRICS = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
    "auc": "roc_auc",
    "average_precision": "average_precision",
    "log_loss": "log_loss",
    "mcc": "mcc",
    "fbeta": "f1",
    "qwk": "quadratic_kappa",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "r2": "r2",
}


def main() -> None:
    """Fit and predict."""
    task = Task.read()
    metric = METRICS.get(task.metric)
    if metric == "roc_auc" and task.facts["task"] == "multiclass":
        metric = "roc_auc_ovo_macro"
    kind = "regression" if task.facts["task"] == "regression" else None  # few whole numbers it takes for classes
    predictor = TabularPredictor(
        label=task.target, problem_type=kind, eval_metric=metric, path=str(task.folder / "models")
    )
    predictor.fit(task.train, time_limit=task.seconds, presets="best_quality", num_cpus=task.cores)
    if task.facts["task"] == "regression":
        task.write_values(predictor.predict(task.test))
    else:
        task.write_classes(predictor.predict_proba(task.test), predictor.predict(task.test))


if __name__ == "__main__":
    main()
