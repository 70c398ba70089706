"""Classification: ranking, calibration, thresholds, confusion."""

from __future__ import annotations

import pandas as pd

from pipeline.evaluation.scored import ENSEMBLE
from pipeline.report.captions import POOLED
from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables, ensembles_own
from pipeline.report.figures import calibration, confusion, curves, thresholds

MOST_PICKED = 9


def class_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Classification: ranking, calibration, thresholds, confusion."""
    shown = _ranking(tables, facts) + _probabilities(tables, facts) if "roc" in tables else []
    if "thresholds" in tables:
        own = ensembles_own(tables["thresholds"])
        best = own.iloc[int(own["f1"].argmax())]
        alt = f"Rates by threshold; F1 peaks at {best['f1']:.3f} near a threshold of {best['threshold']:.2f}"
        shown.append(Exhibit("thresholds", thresholds.threshold_lines(own, facts["decision"]), alt))
    table = tables["confusion"]
    right = table.loc[table["actual"] == table["predicted"], "rows"].sum() / table["rows"].sum()
    alt = f"Confusion matrix; {right:.1%} of the rows are on the diagonal"
    return [*shown, Exhibit("confusion", confusion.matrix(table), alt, wide=len(facts["classes"]) > 8)]


def _ranking(tables: Tables, facts: Facts) -> list[Exhibit]:
    models, many = facts["models"], len(facts["classes"]) > 2
    more = POOLED if many else ""
    roc, pr, gain = (tables[name] for name in ("roc", "precision_recall", "gain"))
    area, average = (float(ensembles_own(table)["area"].iloc[0]) for table in (roc, pr))
    top = ensembles_own(gain).loc[ensembles_own(gain)["share"] == 0.2, "gain"].iloc[0]
    shown = [
        Exhibit("roc", curves.roc(roc, models), f"ROC curves; the ensemble's area is {area:.4f}", more),
        Exhibit(
            "precision-recall",
            curves.precision_recall(pr, models),
            f"Precision-recall curves; the ensemble's average precision is {average:.4f}",
            more,
        ),
    ]
    shown += _by_fold(tables, facts, more)
    shown += _one_against_rest(roc, pr) if many else []
    alt = f"Gain curves; the ensemble's top fifth of the rows holds {top:.0%} of the positives"
    first = ensembles_own(gain).loc[ensembles_own(gain)["share"] == 0.1, "lift"].iloc[0]
    told = f"Lift curves; the ensemble's top tenth holds {first:.1f} times as many positives as chance"
    shown.append(Exhibit("gain", curves.gain(gain, models), alt, more))
    return [*shown, Exhibit("lift", curves.lift(gain, models), told, more)]


def _by_fold(tables: Tables, facts: Facts, more: str) -> list[Exhibit]:
    """The same curves fold by fold, of the ensemble and the leading models."""
    leading = [model for model in tables["leaderboard"]["model"] if model != ENSEMBLE][:MOST_PICKED]
    kinds = (
        ("roc", "false_positive_rate", "true_positive_rate"),
        ("precision_recall", "recall", "precision"),
    )
    shown = []
    for kind, x, y in kinds:
        table = tables[f"{kind}_by_fold"]
        own = table[table["model"] == ENSEMBLE].groupby("label")["area"].first()
        figure = curves.by_fold(tables[kind], table, (x, y), [m for m in facts["models"] if m in leading])
        alt = f"The ensemble's areas by fold lie between {own.min():.4f} and {own.max():.4f}"
        shown.append(Exhibit(f"{kind.replace('_', '-')}-folds", figure, alt, more))
    return shown


def _one_against_rest(roc: pd.DataFrame, pr: pd.DataFrame) -> list[Exhibit]:
    by_rate = curves.by_class(
        roc, "false_positive_rate", "true_positive_rate", ("False positive rate", "True positive rate")
    )
    by_recall = curves.by_class(pr, "recall", "precision", ("Recall", "Precision"))
    return [
        Exhibit("roc-classes", by_rate, "The ensemble's ROC curve of each class against the rest"),
        Exhibit(
            "precision-recall-classes",
            by_recall,
            "The ensemble's precision-recall curve of each class against the rest",
        ),
    ]


def _probabilities(tables: Tables, facts: Facts) -> list[Exhibit]:
    binary = len(facts["classes"]) == 2
    positive, negative = reversed(facts["classes"]) if binary else ("the true class", "the other classes")
    own = ensembles_own(tables["calibration"])
    gap = float((own["predicted"] - own["observed"]).abs().mul(own["rows"]).sum() / own["rows"].sum())
    return [
        Exhibit(
            "calibration",
            calibration.reliability(tables["calibration"], facts["models"]),
            f"Calibration curves; the ensemble's probabilities are off by {gap:.1%} on average",
        ),
        Exhibit(
            "separation",
            calibration.separation(tables["histogram"], positive, negative),
            "Histogram of the ensemble's probabilities by true class",
            names={"positive": positive, "negative": negative},
        ),
    ]
