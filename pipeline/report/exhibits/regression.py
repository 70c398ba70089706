"""Regression: predictions against truth, and the residuals."""

from __future__ import annotations

from pipeline.report import words
from pipeline.report.captions import LOGARITHMIC, SAMPLED
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables, ensembles_own, unit_of
from pipeline.report.figures import periods, residuals


def residual_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Regression: predictions against truth, and the residuals."""
    unit, logarithmic = unit_of(facts), facts["transform"] != "identity"
    sample, deciles, every = tables["residual_sample"], tables["deciles"], tables["residuals"]
    off = ensembles_own(deciles).iloc[int(ensembles_own(deciles)["scaled"].abs().argmax())]
    more = LOGARITHMIC if logarithmic else ""
    more += SAMPLED.format(shown=len(sample), all=len(every)) if len(sample) < len(every) else ""
    shown = [
        Exhibit(
            "predicted",
            residuals.predicted_against_true(sample, facts["target"], logarithmic),
            f"Scatter of true against predicted {facts['target']} for {len(sample)} rows",
            more,
        ),
        Exhibit(
            "residuals",
            residuals.residual_against_predicted(sample, deciles, unit, logarithmic),
            f"Residuals by prediction; their mean is furthest from zero at {off['predicted']:.4g}: {off['scaled']:.3g}",
        ),
        Exhibit(
            "spread",
            residuals.residual_spread(tables["residual_spread"], unit),
            f"Histogram of the residuals, whose standard deviation is {every['scaled'].std():.3g}",
        ),
        Exhibit(
            "bias",
            residuals.bias_by_decile(deciles, facts["models"], unit),
            "Mean residual of every model in tenths of its predictions",
        ),
    ]
    return shown + _over_time(tables, unit)


def _over_time(tables: Tables, unit: str) -> list[Exhibit]:
    table = tables["periods"].dropna(subset="bias")
    if table.empty:
        return []
    off = table.iloc[int(table["bias"].abs().argmax())]
    alt = f"Mean residual over {words.listing(list(dict.fromkeys(table['column'])))}; furthest from zero at "
    return [Exhibit("bias-time", periods.biases(table, unit), f"{alt}{off['level']}: {off['bias']:.3g}", wide=True)]
