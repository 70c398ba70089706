"""Raw files in other shapes."""

from __future__ import annotations

import pytest

from pipeline.cleaning.files import parted, with_id, with_labels, without_unlabelled
from pipeline.cleaning.ledger import Ledger
from pipeline.core.errors import PodiumError
from tests.cleaning.files import TEST, TRAIN, spec, words


def test_labels_are_joined_on_what_both_files_share() -> None:
    train = words(TRAIN).drop(columns="label")
    labels = words("id,label\n4,d\n2,b\n1,a\n3,c\n9,x\n")
    assert with_labels(spec(), train, labels)["label"].tolist() == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("id,label\n1,a\n1,b\n2,c\n3,c\n4,c\n", "a key more than once"),
        ("id,label\n1,a\n2,b\n", "none for 2 rows"),
        ("id,kind\n1,a\n", "must have the target label"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels: str, said: str) -> None:
    with pytest.raises(PodiumError, match=said):
        with_labels(spec(), words(TRAIN).drop(columns="label"), words(labels))


def test_rows_without_a_target_are_the_test_rows() -> None:
    both = words("id,size,label\n1,5,yes\n2,6,\n3,7,no\n4,8,NA\n")
    train, test = parted(spec(), both)
    assert (train["id"].tolist(), test["id"].tolist(), "label" in test) == (["1", "3"], ["2", "4"], False)
    with pytest.raises(PodiumError, match="must be missing in the test rows"):
        parted(spec(), train)


def test_training_rows_without_a_target_go_only_where_declared() -> None:
    train = words("id,size,label\n1,5,yes\n2,6,\n3,7,no\n")
    assert len(without_unlabelled(spec(), train, Ledger())) == 3
    ledger = Ledger()
    assert without_unlabelled(spec(clean={"unlabelled": "drop"}), train, ledger)["id"].tolist() == ["1", "3"]
    assert "1 training rows" in ledger.content()["notes"][0]


def test_an_id_is_made_of_several_columns() -> None:
    own = spec(columns={"id": "key", "id_from": ["colour", "id"], "id_separator": "-"})
    assert with_id(own, words(TEST))["key"].tolist() == ["blue-5", "red-6"]
    with pytest.raises(PodiumError, match="must name columns of train and test; got 'town'"):
        with_id(spec(columns={"id": "key", "id_from": ["town", "id"]}), words(TEST))
