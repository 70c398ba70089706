"""Random forest: bagged trees over random columns.

Source: Breiman (2001), Random forests, Machine Learning 45; scikit-learn's implementation.
"""

from pipeline.models import Wants
from pipeline.models._forest import forest

MODEL = forest(
    "RandomForestClassifier",
    "RandomForestRegressor",
    {"n_estimators": 500, "min_samples_leaf": 2, "max_features": None, "max_depth": None, "bag_rows": 50_000},
    Wants(scale="none", missing=True, categories="target"),
)
