"""Wrapper: recursive elimination, a tenth of the columns at a time.

Source: Guyon et al., "Gene selection for cancer classification using support vector machines", 2002, through
``sklearn.feature_selection.RFE`` with boosted trees.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, how_many
from pipeline.selection.trees import boosted_trees


def choose(judged: Judged, section: Select) -> Verdict:
    """Fit, drop the columns of least gain, and fit again until as many are left as are to be kept.

    Returns
    -------
    Verdict
        The score is 1 for columns that are left, and 1/2, 1/3, ... for those that went last, last but one, ...
    """
    from sklearn.feature_selection import RFE

    columns = judged.X.shape[1]
    elimination = RFE(
        boosted_trees(judged, section.rounds),
        n_features_to_select=how_many(section.keep, columns),
        step=max(1, columns // 10),
    )
    elimination.fit(judged.X, judged.y)
    return Verdict(1.0 / elimination.ranking_, np.asarray(elimination.support_, dtype=bool))
