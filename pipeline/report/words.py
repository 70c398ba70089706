"""Numbers and facts in words: what stands in the report's headline, and how a score is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHORT_NAMES = {"auc", "mcc", "qwk", "rmse", "mae", "r2", "rmsle", "rmspe", "mape", "smape", "map"}
CANDIDATES = {
    "best_single": "best single model",
    "mean": "mean of all models",
    "geometric_mean": "geometric mean",
    "power_mean": "power mean",
    "rank_mean": "mean of ranks",
    "rank_climbing": "weighted mean of ranks",
    "hill_climbing": "hill climbing",
    "bagged_hill_climbing": "bagged hill climbing",
    "signed_climbing": "hill climbing, negative weights",
    "linear_stack": "linear stack",
    "ridge_stack": "ridge stack",
    "boosted_stack": "boosted stack",
    "feature_stack": "boosted stack with features",
    "second_layer": "second layer",
    "two_layer": "two layers of stacks",
}


def number(value: float | None, digits: int = 4) -> str:
    """A number with ``digits`` significant digits and no exponent; a dash where there is none.

    >>> number(0.123456), number(25434.2), number(None)
    ('0.1235', '25,434', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 6)}f}".replace("-", "−")


def short(value: float) -> str:
    """A round number for an axis.

    >>> short(0.05), short(200.0), short(50000.0), short(2e6)
    ('0.05', '200', '50k', '2M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= size:
            return f"{value / (1e3 if letter == 'k' else size):g}{letter}"
    return f"{value:g}"


def decimals_of(ses: Iterable[float | None]) -> int | None:
    """How many decimals a column of scores is written with: to the second digit of the median standard error.

    >>> decimals_of([0.0021, 0.0034, 0.0009])
    4
    """
    known = sorted(se for se in ses if se is not None and math.isfinite(se) and se > 0)
    return min(max(0, 1 - math.floor(math.log10(known[len(known) // 2]))), 6) if known else None


def score(value: float | None, se: float | None, decimals: int | None = None) -> tuple[str, str]:
    """A score and its standard error, by default both to the second digit of the latter.

    >>> score(0.993123, 0.002134)
    ('0.9931', '0.0021')
    >>> score(25434.2, 812.7), score(-0.00001, 0.002, 3)
    (('25,434', '813'), ('0.000', '0.002'))
    """
    if value is None or not math.isfinite(value):
        return "–", ""
    if se is None or not math.isfinite(se) or se <= 0:
        return number(value) if decimals is None else f"{value:z,.{decimals}f}", ""
    digits = decimals_of([se]) if decimals is None else decimals
    return f"{value:z,.{digits}f}".replace("-", "−"), f"{se:,.{digits}f}"


def score_with_error(value: float | None, se: float | None) -> str:
    """The same as one text; an error of nothing, as all orders right have one, is left out.

    >>> score_with_error(0.993123, 0.002134), score_with_error(1.0, 0.0)
    ('0.9931 ± 0.0021', '1.000')
    """
    written, error = score(value, se)
    return f"{written} ± {error}" if error else written


def metric_name(label: str) -> str:
    """A metric's label as people write it.

    >>> metric_name("rmsle"), metric_name("log_loss"), metric_name("map@3")
    ('RMSLE', 'Log loss', 'MAP@3')
    """
    if label.split("@")[0] in SHORT_NAMES or (label.startswith("f") and label[1:2].isdigit()):
        return label.upper()
    plain = label.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def duration(seconds: float | None) -> str:
    """Seconds as people read them.

    >>> duration(0.42), duration(73), duration(7384)
    ('0.4 s', '1 min 13 s', '2 h 3 min')
    """
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def metric_word(label: str) -> str:
    """A metric's label inside a sentence.

    >>> metric_word("auc"), metric_word("accuracy")
    ('AUC', 'accuracy')
    """
    name = metric_name(label)
    return name if name.isupper() else name[:1].lower() + name[1:]


def candidate(name: str) -> str:
    """An ensemble candidate in words; a name that is none is a model's own."""
    return CANDIDATES.get(name, name.replace("_", " "))


def listing(words: Sequence[str]) -> str:
    """A list in a sentence.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def headline(facts: Mapping[str, Any]) -> str:
    """What the result is, and what drives it, in two sentences."""
    own, best = facts["ensemble"], facts["best_single"]
    gain = (own["score"] - best["score"]) * (1 if facts["greater_is_better"] else -1)
    if facts["candidate"] == "best_single":
        text = f"No blend earned its place: {best['model']} goes out alone."
    elif gain > 0:
        text = f"It improves on the best single model, {best['model']}, by {number(gain, 2)}."
    else:
        text = f"It scores no better than {best['model']}, the best single model in hindsight."
    if facts["drivers"]:
        text += f" The models lean most on {listing(facts['drivers'])}"
        text += f"{_driven(facts)}."
    return text


def _driven(facts: Mapping[str, Any]) -> str:
    found = facts.get("driver")
    if not found:
        return ""
    cost = f"{number(found['loss'], 2)} in {metric_word(facts['metric'])}"
    return f"; shuffling {found['column']} alone costs {found['member']} {cost}"


def holdout_verdict(facts: Mapping[str, Any]) -> str:
    """Whether the held-out score agrees with cross-validation, by the standard error of their difference."""
    own, held = facts["ensemble"], facts["holdout"]
    apart = abs(own["score"] - held["score"])
    error = math.hypot(own["se"], held["se"])
    times = apart / error if error else 0.0
    if times <= 2:
        return f"agrees with cross-validation: {times:.1f} standard errors apart"
    better = (held["score"] > own["score"]) == facts["greater_is_better"]
    return f"{'better' if better else 'worse'} than cross-validation by {times:.1f} standard errors"


def columns_lead(facts: Mapping[str, Any]) -> str:
    """What the report's part on columns is about; where they are selected, how many are kept and how steadily."""
    text, chosen = "What the models lean on", facts["selection"]
    if not chosen:
        return f"{text}."
    text += f", and how steady that choice is. Selection ({chosen['method'].replace('_', ' ')}), made anew from each "
    text += f"fold's training rows, keeps {chosen['kept']:.3g} of {chosen['judged']} columns in a fold on average"
    if chosen["steadiness"] is not None:
        text += f"; the folds agree by {number(chosen['steadiness'], 2)}, where 1 is always and 0 is by lot"
    return f"{text}."


DATA_LEAD = "What the models were given, by the target, and by dates, groups and the columns that they lean on most."
SLICES_LEAD = (
    "Where the ensemble does well and where it does not: its rows by level of dates, groups and the columns that "
    "models lean on most, numbers in fifths."
)


def told_apart(audit: Mapping[str, Any]) -> str:
    """How well a classifier tells training rows from test rows, and by which columns.

    >>> told_apart({"adversarial_auc": 0.7134, "adversarial_se": 0.012, "top": ["day", "hour", "shop", "item"]})
    'A classifier tells test rows from training rows with an AUC of 0.713 ± 0.012, led by day, hour and shop.'
    """
    auc, error = score(audit.get("adversarial_auc"), audit.get("adversarial_se"))
    if auc == "–":
        return "There are too few rows to tell whether test rows differ from training rows together."
    value = f"{auc} ± {error}" if error else auc
    text = f"A classifier tells test rows from training rows with an AUC of {value}"
    if audit["adversarial_auc"] < 0.55:
        return f"{text}; 0.5 is not at all."
    return f"{text}, led by {listing(audit['top'][:3])}."


def models_lead(tables: Mapping[str, Any]) -> str:
    """What scores are; and where no fit stopped on held-back rows, that there are no learning curves."""
    text = "Scores are means over folds, with the standard error of that mean."
    return text if len(tables["curves"]) else f"{text} No model here stops on held-back rows: no learning curves."


def explained_lead(tables: Mapping[str, Any]) -> str:
    """Which member is explained, and on which rows."""
    if "permutation" not in tables or not len(tables["permutation"]):
        return ""
    member = tables["permutation"]["member"].iloc[0]
    which = "the best model whose trees tell" if "contributions" in tables else "the best single model"
    return (
        f"Why {member}, {which}, predicts what it predicts: each fold's stored model, asked about a sample of the rows "
        "that it was not fitted on."
    )


def aims(facts: Mapping[str, Any]) -> str:
    """The metric's direction."""
    return "higher is better" if facts["greater_is_better"] else "lower is better"
