"""What is worth saying in words or single numbers: the facts behind the report, ``metrics.json`` and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.tables import finite
from pipeline.dataset import Schema
from pipeline.declaration.specs import EvaluateSpec
from pipeline.evaluation.columns import leading_columns
from pipeline.evaluation.leaderboard import Effort
from pipeline.evaluation.resampling import with_without_table
from pipeline.evaluation.scored import ENSEMBLE

DIGITS = 6


def facts(
    spec: EvaluateSpec,
    schema: Schema,
    tables: Mapping[str, pd.DataFrame],
    holdout: Mapping[str, Mapping[str, float]],
    notes: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything that the page says and no table holds; JSON-able, finite.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The evaluation's tables so far.
    holdout : mapping
        Hold-out scores by model.
    notes : mapping
        Other stages' small JSON files.
    """
    own = tables["summary"][tables["summary"]["metric"] == spec.metric.label].set_index("model")
    held = holdout.get(ENSEMBLE)
    return {
        **_declared(spec),
        **_chosen(notes["weights"]),
        "target": schema.target,
        "classes": [str(label) for label in schema.classes],
        "tables": ["train", "test", *sorted({column.joined_from for column in schema.columns if column.joined_from})],
        "rows": {"train": schema.train_rows, "test": schema.test_rows},
        "models": list(notes["scores"]),
        "ensemble": _numbers(own.loc[ENSEMBLE], ("score", "se", "low", "high")),
        "best_single": _best_single(own, spec),
        "drivers": leading_columns(tables["importance"], 3),
        "audit": notes["audit"],
        "selection": notes["selection"],
        "shift_weights": _shift_weights(notes["cards"]),
        "pseudo_labels": _pseudo_labels(notes["cards"], schema),
        "provenance": _provenance(spec, tables["leaderboard"], notes),
        "holdout": _numbers(held, ("score", "se")) | {"rows": held["rows"]} if held else None,
    }


def _declared(spec: EvaluateSpec) -> dict[str, Any]:
    return {
        "competition": spec.competition,
        "title": spec.title,
        "task": spec.task,
        "metric": spec.metric.label,
        "greater_is_better": spec.metric.greater_is_better,
        "transform": spec.metric.facts.transform,
        "needs": spec.metric.facts.needs,
        "also": [metric.label for metric in spec.evaluate.also],
        "oversample": spec.oversample,
        "select": spec.select,
        "scope": spec.scope,
    }


def _chosen(weights: Mapping[str, Any]) -> dict[str, Any]:
    """What ``ensemble`` chose, out of its ``weights.json``."""
    return {
        "candidate": weights["candidate"],
        "weights": weights.get("weights") or {},
        "decision": weights.get("decision") or {"kind": "none"},
        "calibration": (weights.get("calibration") or {"kind": "none"})["kind"],
        "second": weights.get("second"),
    }


def _shift_weights(cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """What telling test from training rows came to, and the models that were weighted by it; None where none was."""
    weighted = {str(card["model"]): card["shift_weights"] for card in cards.values() if "shift_weights" in card}
    return {**next(iter(weighted.values())), "models": list(weighted)} if weighted else None


def _pseudo_labels(cards: Mapping[str, Mapping[str, Any]], schema: Schema) -> dict[str, Any] | None:
    """The models whose folds labelled test rows, and the least and the greatest share of them; None where none did."""
    taught = [card for card in cards.values() if "pseudo_labels" in card]
    if not taught:
        return None
    shares = [rows / schema.test_rows for card in taught for rows in card["pseudo_labels"]["rows"].values()]
    models = list(dict.fromkeys(str(card["model"]) for card in taught))
    return {"models": models, "least": min(shares), "most": max(shares)}


def driver(permutation: pd.DataFrame | None) -> dict[str, Any] | None:
    """The column whose shuffling costs a member most, if the loss is more than two standard errors; else None."""
    if permutation is None or permutation.empty:
        return None
    first = permutation.iloc[0]
    if not first["loss"] > 2 * first["se"]:
        return None
    return {"member": first["member"], "column": first["column"]} | _numbers(first, ("loss", "se"))


def metrics_json(summary: pd.DataFrame, known: Mapping[str, Any]) -> dict[str, Any]:
    """``metrics.json``, which git keeps and ``dvc metrics show`` prints: scores with their standard errors.

    Further metrics' scores are the ensemble's alone.
    """
    by_metric = {
        str(label): {line["model"]: _numbers(line, ("score", "se")) for line in part.to_dict("records")}
        for label, part in summary.groupby("metric", sort=False)
    }
    own = by_metric.pop(known["metric"])
    content: dict[str, Any] = {"metric": known["metric"], "ensemble": own.pop(ENSEMBLE), "models": own}
    if by_metric:
        content["also"] = {label: scores[ENSEMBLE] for label, scores in by_metric.items()}
    if known["holdout"]:
        content["holdout"] = known["holdout"]
    if known["provenance"]["limited_by_time"]:
        content["limited_by_time"] = True
    return content


def leaderboard_json(table: pd.DataFrame, known: Mapping[str, Any]) -> dict[str, Any]:
    """``tables/leaderboard.json``, for readers that shall not import pandas: the terminal and the index page."""
    keys = ("competition", "title", "task", "metric", "greater_is_better", "candidate", "second", "rows", "holdout")
    return {k: known[k] for k in keys} | {"lines": json_lines(table)}


def json_lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows as mappings, with None where there is no finite number."""
    return [
        {str(k): finite(float(v)) if isinstance(v, (float, np.floating)) else v for k, v in line.items()}
        for line in table.to_dict("records")
    ]


def effort(model: str, notes: Mapping[str, Any], weights: Mapping[str, float]) -> Effort:
    """What a model cost, out of its ``scores.json``, ``model.json`` and ``timing.json``."""
    scores, card, timing = (notes[k][model] for k in ("scores", "cards", "timings"))
    rounds = [r for r in _values(scores.get("rounds")) if r]
    return Effort(
        seconds=timing.get("seconds"),
        rounds=float(np.mean(rounds)) if rounds else None,
        device=card.get("device", ""),
        resampling=scores.get("resampling", "none"),
        weight=weights.get(model, 0.0) if weights else None,
    )


def with_without(scores: Mapping[str, Mapping[str, Any]], key: str) -> pd.DataFrame:
    """The table of models beside the same without one of their steps, out of their ``scores.json``.

    Parameters
    ----------
    key : {"without_resampling", "without_selection", "without_pseudo_labels"}
        Which of them.
    """
    both = {m: s for m, s in scores.items() if s.get(key)}
    ours = {m: _values(s["scores"]) for m, s in both.items()}
    return with_without_table(ours, {m: _values(s[key]) for m, s in both.items()})


def selection_gain(notes: Mapping[str, Any]) -> pd.DataFrame:
    """What selection gains and what it costs: ``with_without_table``, and ``seconds`` and ``seconds_without``."""
    table = with_without(notes["scores"], "without_selection")
    timings = [notes["timings"][model] for model in table["model"]]
    return table.assign(
        seconds=[float(timing["with_selection"]) for timing in timings],
        seconds_without=[float(timing["without_selection"]) for timing in timings],
    )


def _values(numbers: Mapping[str, float] | Sequence[float] | None) -> list[float]:
    if numbers is None:
        return []
    return list(numbers.values()) if isinstance(numbers, Mapping) else list(numbers)


def _best_single(own: pd.DataFrame, spec: EvaluateSpec) -> dict[str, Any]:
    singles = own.drop(index=ENSEMBLE)
    place = int(singles["score"].argmax() if spec.metric.greater_is_better else singles["score"].argmin())
    return {"model": str(singles.index[place])} | _numbers(singles.iloc[place], ("score", "se"))


def _numbers(line: Any, keys: Sequence[str]) -> dict[str, Any]:
    return {key: round(float(line[key]), DIGITS) for key in keys}


def _provenance(spec: EvaluateSpec, leaderboard: pd.DataFrame, notes: Mapping[str, Any]) -> dict[str, Any]:
    versions: dict[str, str] = {}
    for card in notes["cards"].values():
        versions |= card.get("versions", {})
    lines = leaderboard[leaderboard["model"] != ENSEMBLE]
    return {
        "seed": spec.declared_seed,
        "split": {k: v for k, v in notes["split"].items() if k in ("kind", "folds", "repeats", "hash")},
        "source": {k: notes["source"].get(k, "") for k in ("kind", "from")},
        "files": {name: file.get("sha256", "") for name, file in notes["source"].get("files", {}).items()},
        "versions": dict(sorted(versions.items())),
        "devices": dict(zip(lines["model"], lines["device"], strict=True)),
        "seconds": round(float(lines["seconds"].sum()), 1),
        "predicting": _predicting(notes["cards"]),
        "limited_by_time": spec.limited_by_time,
        "budget": spec.budget,
    }


def _predicting(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """Which models predict the test rows."""
    every = [card.get("predicting", []) for card in cards.values()]
    if not any("full" in names for names in every):
        return "the mean of the folds' models"
    alone = all(names == ["full"] for names in every)
    return "one model of all rows" if alone else "the mean of the folds' models and one of all rows"
