"""The ways of treating rare classes that the study compares, and the models it compares them with."""

from __future__ import annotations

from typing import get_args

from pipeline.declaration.oversample import Method

NONE, THRESHOLD, WEIGHTS, FOCAL = "none", "threshold", "class_weight", "focal"
RESAMPLERS = tuple(name for name in get_args(Method) if name not in (NONE, WEIGHTS))
METHODS = (NONE, THRESHOLD, WEIGHTS, FOCAL, *RESAMPLERS)
MODELS = ("linear", "random_forest", "adaboost", "lightgbm", "mlp")

FOCAL_SETTINGS = {"loss": "focal", "gamma": 2.0}
WORDS = {
    NONE: "nothing",
    THRESHOLD: "threshold alone",
    WEIGHTS: "class weights",
    FOCAL: "focal loss",
    "random": "random copies",
    "smote": "SMOTE",
    "smotenc": "SMOTENC",
    "borderline_smote": "borderline SMOTE",
    "adasyn": "ADASYN",
    "smote_tomek": "SMOTE, Tomek links",
    "smote_enn": "SMOTE, edited",
    "random_under": "random dropping",
}


def applies(model: str, method: str) -> bool:
    """Whether a method is defined for a model: focal loss is the perceptron's alone.

    >>> applies("mlp", "focal"), applies("linear", "focal"), applies("linear", "smote")
    (True, False, True)
    """
    return method != FOCAL or model == "mlp"
