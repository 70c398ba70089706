"""The stages: one module each, meeting only in ``data/``. This file names them in their order, and imports none."""

STAGES: dict[str, str] = {
    "fetch": "Bring the raw files: from a mirror, a path, scikit-learn, OpenML or Kaggle.",
    "clean": "Type the columns, settle missing values, join the side tables, align train and test.",
    "features": "Build the competition's own features and the automatic ones, without the target.",
    "audit": "Hold train against test: drift, adversarial validation, duplicates, leaks.",
    "split": "Fix the folds.",
    "select": "Choose columns, for each fold from its training rows.",
    "oversample": "Make synthetic rows of rare classes, for each fold from its training rows.",
    "tune": "Search one model's settings by a seeded Optuna study.",
    "train": "Fit one model on every fold; predict out of fold and on test.",
    "ensemble": "Let the ensembles compete on nested folds; the simplest within one standard error wins.",
    "evaluate": "Score everything; write metrics, tables, plots and the report.",
    "submit": "Check the predictions against the sample submission and write the file.",
}
BY_MODEL = ("tune", "train")
