"""Interactions, principal components and clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.numeric import Clusters, Components, Interactions
from pipeline.features.clusters import KMeansClusters
from pipeline.features.components import PrincipalComponents
from pipeline.features.interactions import Products
from tests.features.build import made

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4.0, 4.0, 10.0]})


def blobs() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    centres = np.repeat([[0, 0], [8, 0], [0, 8]], 30, axis=0)
    return pd.DataFrame(centres + rng.normal(size=(90, 2)), columns=["a", "b"])


def test_products_of_centred_columns() -> None:
    columns = made(Products([Interactions(columns=["a", "b"], degree=2)]), FRAME)
    assert columns == {"a_by_a": [1, 0, 1], "a_by_b": [2, 0, 4], "b_by_b": [4, 4, 16]}
    assert list(made(Products([Interactions(columns=["a", "b"], powers=False)]), FRAME)) == ["a_by_b"]


def test_components_agree_with_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    frame = blobs().assign(c=lambda f: f["a"] + 0.1 * f["b"])
    columns = made(PrincipalComponents([Components(columns=["a", "b", "c"], count=2)]), frame)
    assert list(columns) == ["component_1", "component_2"]
    expected = PCA(2).fit_transform((frame - frame.mean()) / frame.std(ddof=0))
    found = np.abs(np.array(list(columns.values()))).T
    assert found == pytest.approx(np.abs(expected), abs=1e-4)


def test_missing_values_count_as_the_mean() -> None:
    frame = pd.DataFrame({"a": [1.0, 3.0, np.nan], "b": [2.0, 6.0, 4.0]})
    columns = made(PrincipalComponents([Components(columns=["a", "b"])]), frame)
    assert columns["component_1"][2] == pytest.approx(0)


def test_clusters_are_the_blobs_and_distances_say_so() -> None:
    builder = KMeansClusters([Clusters(columns=["a", "b"], clusters=3, name="blob")], seed=1)
    columns = made(builder, blobs())
    assert [len(set(columns["blob"][k : k + 30])) for k in (0, 30, 60)] == [1, 1, 1] and len(set(columns["blob"])) == 3
    distances = np.array([columns[f"blob_distance_{k}"] for k in (1, 2, 3)])
    assert distances.argmin(axis=0).astype(str).tolist() == columns["blob"]
    assert made(builder, blobs()) == columns
