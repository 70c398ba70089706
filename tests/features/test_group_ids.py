import pandas as pd

from pipeline.declaration.builders import GroupId
from pipeline.features.group_ids import GroupIds
from tests.features.build import made, words

FRAME = pd.DataFrame(
    {
        "row_id": range(6),
        "ticket": words("t1", "t1", "t2", None, None, "t3"),
        "name": words("a", "b", "b", "b", "c", None),
        "fare": [1.0, 2.0, 2.0, 9.0, 9.0, 1.0],
    }
)
PARTY = GroupIds([GroupId(name="party", keys=[["ticket"], ["name", "fare"]])])


def test_rows_are_joined_through_others() -> None:
    party = made(PARTY, FRAME)["party"]
    assert party[0] == party[1] == party[2]
    assert len({party[0], *party[3:]}) == 4


def test_a_missing_part_links_nothing_and_no_key_at_all_is_a_group_of_its_own() -> None:
    lonely = pd.DataFrame({"row_id": [7, 8], "ticket": words(None, None), "name": words("x", "x"), "fare": [1.0, None]})
    assert made(PARTY, FRAME, lonely)["party"] == ["r7", "r8"]


def test_new_rows_find_the_group_of_their_first_known_tuple() -> None:
    new = pd.DataFrame({"row_id": [9, 10], "ticket": words("t2", "new"), "name": words("c", "c"), "fare": [9.0, 9.0]})
    party = made(PARTY, FRAME)["party"]
    assert made(PARTY, FRAME, new)["party"] == [party[2], party[4]]
