"""Extremely randomised trees: random cuts on random columns, each tree on all rows.

Source: Geurts, Ernst, Wehenkel (2006), Extremely randomized trees, Machine Learning 63; scikit-learn's implementation.
"""

from pipeline.models import Wants
from pipeline.models._forest import forest

MODEL = forest(
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    {"n_estimators": 500, "min_samples_leaf": 2, "max_features": None, "max_depth": None, "bag_rows": 50_000},
    Wants(scale="none", missing=True, categories="target"),
)
