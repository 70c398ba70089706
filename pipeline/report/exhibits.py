"""Which figures the report shows, with the words that go with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ALL_CLASSES, ENSEMBLE
from pipeline.report import words
from pipeline.report.captions import CAPTIONS, LOGARITHMIC, POOLED, SAMPLED, TITLES
from pipeline.report.figures import (
    calibration,
    classes,
    columns,
    confusion,
    curves,
    data,
    explained,
    members,
    residuals,
    scores,
    search,
    slices,
    thresholds,
)

Tables = Mapping[str, pd.DataFrame]
Facts = Mapping[str, Any]

MOST_PICKED = 9
UNITS = {"log1p": "log(1 + {})", "log": "log {}"}


@dataclass(frozen=True)
class Exhibit:
    """One figure on the page.

    Parameters
    ----------
    id : str
        Its name in the page, which its title and its caption go by.
    figure : Figure
        The figure.
    alt : str
        What it says, for those who do not see it.
    more : str
        Added to the caption.
    wide : bool
        Whether it takes the whole width on a large screen.
    names : mapping of str to str
        What the caption's blanks are filled with.
    """

    id: str
    figure: go.Figure = field(repr=False)
    alt: str
    more: str = ""
    wide: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def picks(self) -> list[str]:
        """What the reader may pick one of; nothing where the figure shows all it has."""
        return list((self.figure.layout.meta or {}).get("picks", {}))

    @property
    def title(self) -> str:
        """What it shows."""
        return TITLES[self.id]

    @property
    def caption(self) -> str:
        """How to read it."""
        return CAPTIONS[self.id].format(**self.names) + self.more


def score_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Fold by fold."""
    figure = scores.fold_dots(tables["folds"], tables["leaderboard"], facts["metric"], facts["models"])
    own = facts["ensemble"]
    alt = f"{facts['metric']} by fold; the ensemble's folds lie between {own['low']:.4g} and {own['high']:.4g}"
    shown = [Exhibit("folds", figure, alt, more=f" {words.aims(facts).capitalize()}.", wide=True)]
    return shown + (_searches(tables, facts) if "trials" in tables else [])


def data_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """The target, the columns against it and against the test, drift and what is missing."""
    table, levels, moved = tables["target"], tables["levels"], tables["drift"]
    names, rows = list(dict.fromkeys(levels["column"])), int(table["rows"].sum())
    alt = f"Distribution of {facts['target']} over {rows} training rows"
    figure = data.target(table, facts["target"], facts["transform"] != "identity")
    shown = [Exhibit("target", figure, alt)]
    if len(moved):
        first = moved.iloc[0]
        alt = f"Drift by column; {first['column']} moves most, with a PSI of {first['psi']:.3f}"
        shown.append(Exhibit("drift", data.drift(moved), alt))
    if levels["target"].notna().any():
        own = levels[levels["column"] == names[0]]
        whole = float((own["target"] * own["train"]).sum())
        outcome = f"Mean {facts['target']}" if facts["task"] == "regression" else f"Share of {facts['classes'][-1]}"
        alt = f"{outcome} by level of {words.listing(names)}"
        shown.append(Exhibit("over-target", data.over_target(levels, outcome, whole), alt))
    alt = f"Shares of training and test rows by level of {words.listing(names)}"
    shown.append(Exhibit("train-and-test", data.train_and_test(levels), alt))
    gaps = moved[moved[["missing_train", "missing_test"]].max(axis=1) > 0]
    if len(gaps):
        alt = f"Missing values of {len(gaps)} columns in training and test rows"
        shown.append(Exhibit("missing", data.missing(gaps), alt, wide=len(shown) % 2 == 0))
    return shown


def slice_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Scores by level of the leading columns, and for a regression the bias; none where no level can be scored."""
    table = tables["slices"]
    table = table[table["rows"] >= slices.FEWEST]
    known = table.dropna(subset="score")
    if known.empty:
        return []
    worst = known.iloc[int(known["score"].argmin() if facts["greater_is_better"] else known["score"].argmax())]
    alt = f"{facts['metric']} by level; the worst is {worst['score']:.4g}, where {worst['column']} is {worst['level']}"
    shown = [Exhibit("slice-scores", slices.scores(table, facts["metric"], facts["ensemble"]["score"]), alt)]
    if "bias" in table:
        unit = UNITS.get(facts["transform"], "{}").format(facts["target"])
        off = table.iloc[int(table["bias"].abs().argmax())]
        alt = f"Mean residual by level; furthest from zero where {off['column']} is {off['level']}: {off['bias']:.3g}"
        shown.append(Exhibit("slice-bias", slices.biases(table, unit), alt))
    return shown


def explained_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Permutation importance, contributions and partial dependence; none where no fold models are kept."""
    if "permutation" not in tables:
        return []
    table = tables["permutation"]
    first = table.iloc[0]
    alt = f"Loss of {facts['metric']} by shuffled column; {first['column']} costs most, {first['loss']:.3g}"
    shown = [Exhibit("permutation", explained.permutation(table, facts["metric"]), alt)] if len(table) else []
    if "contributions" in tables:
        shown += _contributions(tables["contributions"], facts)
    if len(tables["partial"]):
        names = list(dict.fromkeys(tables["partial"]["column"]))
        figure = explained.partial(tables["partial"], names, _outcome(facts))
        shown.append(Exhibit("partial", figure, f"Mean prediction over the values of {words.listing(names)}"))
    return shown


def class_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Classification: ranking, calibration, thresholds, confusion."""
    shown = _ranking(tables, facts) + _probabilities(tables, facts) if "roc" in tables else []
    if "thresholds" in tables:
        own = _own(tables["thresholds"])
        best = own.iloc[int(own["f1"].argmax())]
        alt = f"Rates by threshold; F1 peaks at {best['f1']:.3f} near a threshold of {best['threshold']:.2f}"
        shown.append(Exhibit("thresholds", thresholds.threshold_lines(own, facts["decision"]), alt))
    table = tables["confusion"]
    right = table.loc[table["actual"] == table["predicted"], "rows"].sum() / table["rows"].sum()
    alt = f"Confusion matrix; {right:.1%} of the rows are on the diagonal"
    return [*shown, Exhibit("confusion", confusion.matrix(table), alt, wide=len(facts["classes"]) > 8)]


def residual_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Regression: predictions against truth, and the residuals."""
    unit, logarithmic = UNITS.get(facts["transform"], "{}").format(facts["target"]), facts["transform"] != "identity"
    sample, deciles, every = tables["residual_sample"], tables["deciles"], tables["residuals"]
    off = _own(deciles).iloc[int(_own(deciles)["scaled"].abs().argmax())]
    more = LOGARITHMIC if logarithmic else ""
    more += SAMPLED.format(shown=len(sample), all=len(every)) if len(sample) < len(every) else ""
    return [
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


def column_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Importance, and how steady selection is."""
    shown = []
    if len(tables["importance"]):
        figure = columns.importance(tables["importance"], facts["models"])
        alt = f"Importance by column, led by {words.listing(facts['drivers'])}"
        shown.append(Exhibit("importance", figure, alt, wide="stability" not in tables))
    if "stability" in tables:
        table = tables["stability"]
        alt = f"{(table['share'] == 1).sum()} of {len(table)} columns were kept in every fold"
        shown.append(Exhibit("stability", columns.stability(table), alt))
    return shown


def resampling_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Class counts before and after resampling; none where nothing was resampled."""
    table = tables["class_counts"]
    if not len(table):
        return []
    total = table[["before", "after"]].sum()
    alt = f"Class counts by fold; {total['before']} training rows become {total['after']} over all fits"
    return [Exhibit("counts", classes.counts(table), alt, wide=True)]


def member_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """How alike the ensemble's members err; nothing where there is one only."""
    table = tables["correlation"]
    apart = table[table["member"] != table["other"]]
    if apart.empty:
        return []
    least = apart.iloc[int(apart["correlation"].argmin())]
    alt = f"Correlations of the members' errors; {least['member']} and {least['other']} err least alike, "
    alt += f"by {least['correlation']:.2f}"
    return [Exhibit("members", members.correlation(table), alt, wide=table["member"].nunique() > 12)]


def _ranking(tables: Tables, facts: Facts) -> list[Exhibit]:
    models, many = facts["models"], len(facts["classes"]) > 2
    more = POOLED if many else ""
    roc, pr, gain = (tables[name] for name in ("roc", "precision_recall", "gain"))
    area, average = (float(_own(table)["area"].iloc[0]) for table in (roc, pr))
    top = _own(gain).loc[_own(gain)["share"] == 0.2, "gain"].iloc[0]
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
    first = _own(gain).loc[_own(gain)["share"] == 0.1, "lift"].iloc[0]
    told = f"Lift curves; the ensemble's top tenth holds {first:.1f} times as many positives as chance"
    shown.append(Exhibit("gain", curves.gain(gain, models), alt, more))
    return [*shown, Exhibit("lift", curves.lift(gain, models), told, more)]


def _searches(tables: Tables, facts: Facts) -> list[Exhibit]:
    """What each search tried, and the settings that mattered."""
    table = tables["trials"]
    names = list(dict.fromkeys(table["model"]))
    alt = f"{len(table)} trials of {words.listing(names)}, with the best so far"
    shown = [Exhibit("history", search.history(table, facts["metric"], facts["models"]), alt)]
    if len(tables["settings"]):
        top = tables["settings"].sort_values("share", ascending=False, kind="stable").iloc[0]
        alt = f"Importance of the searched settings; {top['setting']} of {top['model']} leads with {top['share']:.0%}"
        shown.append(Exhibit("settings", search.settings(tables["settings"], facts["models"]), alt))
    return shown


def _contributions(table: pd.DataFrame, facts: Facts) -> list[Exhibit]:
    """Contributions in sum, over the values of a column, and of the one row that is told apart the most."""
    unit, names = _raw(facts), explained.leading(table)
    row = int(_extreme_row(table))
    return [
        Exhibit("contributions", explained.summary(table, unit), f"Contributions by column, led by {names[0]}"),
        Exhibit(
            "dependence",
            explained.dependence(table, unit, names[:6]),
            f"Contributions over the values of {words.listing(names[:6])}",
        ),
        Exhibit(
            "one-row",
            explained.one_row(table, row, unit),
            f"How the prediction of row {row} comes about, column by column",
            names={"row": str(row)},
        ),
    ]


def _extreme_row(table: pd.DataFrame) -> int:
    """The row whose prediction lies furthest from where all rows start."""
    sums = table[table["column"] != "start"].groupby("row_id")["contribution"].sum()
    return int(sums.index[int(sums.abs().argmax())])


def _raw(facts: Facts) -> str:
    """What trees add up."""
    if facts["task"] == "regression":
        return UNITS.get(facts["transform"], "{}").format(facts["target"])
    return f"log odds of {facts['classes'][-1]}" if len(facts["classes"]) == 2 else "raw score of the class given"


def _outcome(facts: Facts) -> str:
    if facts["task"] == "regression":
        return f"Mean prediction of {facts['target']}"
    return f"Mean probability of {facts['classes'][-1]}" if len(facts["classes"]) == 2 else "Mean probability"


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
    own = _own(tables["calibration"])
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


def _own(table: pd.DataFrame) -> pd.DataFrame:
    """The ensemble's lines; with several classes, those of all classes pooled."""
    own = table[table["model"] == ENSEMBLE]
    if "label" in own and (own["label"] == ALL_CLASSES).any():
        return own[own["label"] == ALL_CLASSES]
    return own
