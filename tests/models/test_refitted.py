"""Optional models: refused with the pip command where the package is absent, kept as what they were fitted on."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.models import Range, Rows, Setting, load
from pipeline.models._refitted import Package, refitted_card

X = pd.DataFrame({"x": np.arange(12, dtype="float32"), "k": pd.Categorical(["a", "b"] * 6, categories=["a", "b", "c"])})
Y = np.arange(12) % 2


def setting(**params):
    return Setting(params, "binary", 2, seed=5)


def neighbours(own, categories):
    from sklearn.neighbors import KNeighborsClassifier

    assert categories == [1]
    return KNeighborsClassifier(**own.params)


def card(**most):
    package = Package("neighbours", "sklearn", "scikit-learn", neighbours, most=most)
    return refitted_card(package, defaults={"n_neighbors": 1}, space={"n_neighbors": Range(1, 3, integer=True)})


@pytest.mark.parametrize(("name", "module"), [("realmlp", "pytabkit"), ("tabpfn", "tabpfn")])
def test_an_absent_package_is_refused_with_the_pip_command(name, module, monkeypatch):
    monkeypatch.setattr("pipeline.models._refitted.find_spec", lambda wanted: None)
    own = load(name)
    words = rf"models\.{name} needs the package {module}.*pip install -c constraints.txt -e '\.\[{name}\]'"
    with pytest.raises(PodiumError, match=words):
        own.build(setting(**own.defaults))


@pytest.mark.parametrize(("name", "module"), [("realmlp", "pytabkit"), ("tabpfn", "tabpfn")])
def test_nothing_is_imported_before_it_is_needed(name, module):
    own = load(name)
    if find_spec(module) is None:
        with pytest.raises(PodiumError, match="not installed"):
            own.build(setting(**own.defaults))
    else:
        assert own.build(setting(**own.defaults)).estimator is None


def test_a_restored_model_is_fitted_again_when_it_predicts(tmp_path):
    own = card()
    model = own.build(setting(n_neighbors=1))
    own.fit(model, Rows(X, Y), None)
    path = tmp_path / "model.safetensors"
    own.save(model, path)
    again = own.restore(path)
    assert again.estimator is None
    later = X.assign(k=X["k"].cat.reorder_categories(["c", "b", "a"]))
    np.testing.assert_array_equal(own.predict(again, later), own.predict(model, X))
    assert own.predict(model, X)[:, 1].tolist() == Y.tolist()
    assert own.describe(again) == own.describe(model) == {"rows": 12, "device": "cpu"}


def test_a_class_that_the_rows_lack_keeps_its_column():
    own = card()
    model = own.build(Setting({"n_neighbors": 1}, "multiclass", 3, seed=5))
    own.fit(model, Rows(X, 2 * Y), None)
    assert own.predict(model, X)[:, 1].tolist() == [0.0] * 12


@pytest.mark.parametrize(
    ("most", "weight", "words"),
    [
        ({"rows": 10}, None, "models.neighbours takes at most 10 rows; got 12"),
        ({"columns": 1}, None, "takes at most 1 columns; got 2"),
        ({}, np.arange(12.0), "takes no row weights. Write oversample: false under train.neighbours"),
    ],
)
def test_what_the_package_cannot_take_is_refused(most, weight, words):
    own = card(**most)
    with pytest.raises(PodiumError, match=words):
        own.fit(own.build(setting(n_neighbors=1)), Rows(X, Y, weight), None)
