"""Side tables made ready and joined: many rows a key, several files, tables in tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.declaration.competition import Competition
from pipeline.declaration.tables import Join
from tests.cleaning.files import cleaned, refused, roles

BUYS = "key,paid,item\n1,5,x\n1,7,y\n2,1,x\n5,4,x\n5,5,x\n"
ITEMS = "item,weight\nx,10\ny,30\n"
TRAIN = "id,key,size,label\n1,1,1.5,no\n2,2,2.5,yes\n3,3,0.5,yes\n4,4,4.5,no\n"
TEST = "id,key,size\n5,5,1\n6,6,2\n"
MANY: dict[str, Any] = {
    "buys": {"file": "buys.csv", "on": ["key"], "prefix": "buys_", "aggregate": {"numbers": ["mean"]}}
}
BOTH = MANY | {"items": {"file": "items.csv", "on": ["item"], "into": "buys"}}


def test_many_rows_a_key_come_as_statistics_and_none_as_no_rows() -> None:
    result = cleaned(TRAIN, TEST, sides={"buys": BUYS}, tables=MANY)
    assert result.train["buys_rows"].tolist() == [2, 1, 0, 0] and result.test["buys_rows"].tolist() == [2, 0]
    assert result.train["buys_paid_mean"].tolist()[:2] == [6, 1]
    assert np.isnan(result.train["buys_paid_mean"].iloc[2])
    assert roles(result)["buys_item_mode"] == "categorical"


def test_a_table_in_a_table_is_described_with_it() -> None:
    sides = {"buys": BUYS, "items": ITEMS}
    result = cleaned(TRAIN, TEST, sides=sides, tables=BOTH)
    assert result.train["buys_weight_mean"].tolist()[:2] == [20, 10]
    only = BOTH | {"buys": {**MANY["buys"], "columns": ["paid"]}}
    assert "buys_weight_mean" in cleaned(TRAIN, TEST, sides=sides, tables=only).train


def test_more_files_come_below_under_the_same_names() -> None:
    table = {"more": {"file": "more.csv", "more_files": ["late.csv"], "on": ["key"]}}
    sides = {"more": "key,id_01\n1,7\n2,8\n", "late": "key,id-01\n5,9\n"}
    result = cleaned(TRAIN, TEST, sides=sides, tables=table)
    assert result.train["id_01"].tolist()[:2] == [7, 8] and result.test["id_01"].iloc[0] == 9
    wrong = refused(TRAIN, TEST, sides=sides | {"late": "key,x\n5,9\n"}, tables=table)
    assert "tables.more.more_files must have the columns of more.csv" in wrong and "'id_01', 'x'" in wrong


def test_a_join_into_a_table_that_lacks_the_key_or_has_its_names_is_refused() -> None:
    lacking = refused(TRAIN, TEST, sides={"buys": BUYS.replace("item", "thing"), "items": ITEMS}, tables=BOTH)
    assert "tables.items.on names a column that buys.csv lacks" in lacking
    taken = refused(TRAIN, TEST, sides={"buys": BUYS, "items": ITEMS.replace("weight", "paid")}, tables=BOTH)
    assert "tables.items brings paid, a name that is taken" in taken
    twice = refused(TRAIN, TEST, sides={"buys": BUYS, "items": ITEMS + "x,3\n"}, tables=BOTH)
    assert "tables.items must have each key (item) once" in twice


def test_a_declared_name_that_is_no_column_is_refused() -> None:
    tables = {"buys": {**MANY["buys"], "aggregate": {"categorical": ["thing"]}}}
    wrong = refused(TRAIN, TEST, sides={"buys": BUYS}, tables=tables)
    assert "tables.buys.aggregate.categorical names a column that buys.csv lacks" in wrong


def test_tables_in_a_circle_or_in_none_are_refused() -> None:
    a = {"file": "a.csv", "on": ["x"], "into": "b"}
    base = {"name": "toy", "title": "Toy", "columns": {"target": "y"}, "metric": "rmse", "models": {"linear": {}}}
    with pytest.raises(ValidationError, match=r"tables\.a\.into must name another table; got b"):
        Competition.model_validate({**base, "tables": {"a": a}})
    with pytest.raises(ValidationError, match=r"tables\.a\.into must not come back to a"):
        Competition.model_validate({**base, "tables": {"a": a, "b": {**a, "into": "a"}}})


def test_a_column_of_names_that_is_not_taken_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"must name columns that columns takes; got z"):
        Join.model_validate({"file": "a.csv", "on": ["x"], "columns": ["y"], "aggregate": {"categorical": ["z"]}})


@pytest.mark.parametrize("aggregate", [None, {"numbers": ["mean"]}])
def test_the_id_may_be_the_key_and_is_no_feature_for_it(aggregate: dict[str, Any] | None) -> None:
    table = {"more": {"file": "more.csv", "on": ["id"], "prefix": "m_", "aggregate": aggregate}}
    result = cleaned(TRAIN, TEST, sides={"more": "id,x\n1,5\n2,6\n5,7\n"}, tables=table)
    name = "m_x_mean" if aggregate else "m_x"
    assert result.train[name].tolist()[:2] == [5, 6] and result.test[name].iloc[0] == 7
    assert "id" not in result.train and "id" not in [column.name for column in result.schema.columns]


def test_tables_alone_may_bring_the_features() -> None:
    table = {"more": {"file": "more.csv", "on": ["id"]}}
    result = cleaned("id,label\n1,no\n2,yes\n", "id\n3\n", sides={"more": "id,x\n1,5\n2,6\n3,7\n"}, tables=table)
    assert result.train["x"].tolist() == [5, 6] and result.test["x"].tolist() == [7]
