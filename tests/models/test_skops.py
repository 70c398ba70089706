"""Only types of the closed list are read back, and equal estimators make equal files."""

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from pipeline.core.errors import PodiumError
from pipeline.models._skops import restore_by_skops, save_by_skops


class Stranger:
    """A type of our own, which no reader need trust."""

    def __init__(self):
        self.value = 1


def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    return X, (X[:, 0] > 0).astype(int)


def test_a_strange_type_is_refused(tmp_path):
    path = tmp_path / "model.skops"
    skops.io.dump({"estimator": DecisionTreeClassifier().fit(*rows()), "extra": Stranger()}, path)
    with pytest.raises(PodiumError, match="Stranger"):
        restore_by_skops(path)


def test_same_bytes_and_same_predictions(tmp_path):
    X, y = rows()
    first, second = (RandomForestClassifier(5, random_state=1).fit(X, y) for _ in range(2))
    for number, estimator in enumerate((first, second)):
        save_by_skops(estimator, tmp_path / f"{number}.skops")
    assert (tmp_path / "0.skops").read_bytes() == (tmp_path / "1.skops").read_bytes()
    restored = restore_by_skops(tmp_path / "0.skops")
    np.testing.assert_array_equal(restored.predict_proba(X), first.predict_proba(X))


def test_shared_parts_stay_shared(tmp_path):
    shared = np.arange(3.0)
    save_by_skops({"a": shared, "b": shared}, tmp_path / "x.skops")
    back = restore_by_skops(tmp_path / "x.skops")
    np.testing.assert_array_equal(back["a"], shared)
    np.testing.assert_array_equal(back["b"], shared)


def test_any_estimator_of_scikit_learn(tmp_path):
    X, _ = rows()
    forest = IsolationForest(n_estimators=3, random_state=0).fit(X)
    save_by_skops(forest, tmp_path / "x.skops")
    np.testing.assert_array_equal(restore_by_skops(tmp_path / "x.skops").score_samples(X), forest.score_samples(X))
