"""Values that are known without a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.columns import Columns
from pipeline.declaration.metric import Metric
from pipeline.declaration.source import Files
from pipeline.declaration.specs import SubmitSpec
from pipeline.declaration.submit import Submit
from pipeline.submission.known import put_known

TEST = pd.DataFrame({"open": [1.0, 0.0, 1.0], "holiday": ["no", "no", "yes"]}, index=[7, 8, 9])


def spec(*rules: dict[str, object]) -> SubmitSpec:
    return SubmitSpec(
        competition="toy",
        seed=0,
        task="regression",
        metric=Metric(name="rmspe"),
        columns=Columns(target="sales"),
        files=Files(),
        submit=Submit.model_validate({"known": list(rules)}),
    )


def test_rules_hold_in_order_and_the_predictions_are_left_alone() -> None:
    prediction = np.array([10.0, 20.0, 30.0])
    closed = {"where": "open == 0", "value": 0, "reason": "closed"}
    both = {"where": "open == 0 or holiday == 'yes'", "value": 5, "reason": "quiet"}
    found, notes = put_known(spec(both, closed), TEST, prediction)
    assert found.tolist() == [10.0, 0.0, 5.0] and prediction.tolist() == [10.0, 20.0, 30.0]
    assert notes[1] == "1 test rows where open == 0 are 0 (closed)"


def test_an_unknown_column_is_refused() -> None:
    rule = {"where": "opened == 0", "value": 0, "reason": "closed"}
    with pytest.raises(PodiumError, match=r"submit.known\[0\].where names a column that the test rows lack"):
        put_known(spec(rule), TEST, np.zeros(3))
