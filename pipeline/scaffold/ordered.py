"""Levels that words order: scales of quality, size and frequency, and spans that start with a number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.scaffold.guess import Guess, Look, listed, words_of
from pipeline.scaffold.read import Raw

MOST_LEVELS = 15
LEAST_LEVELS = 3
MOST_LINES = 20
SPAN = re.compile(
    r"\s*(?P<below><|under|below|less than|up to)?\s*[$€£]?\s*(?P<number>\d+(\.\d+)?)\s*(?P<rest>\D.*)?", re.I
)
SPAN_MARKS = re.compile(r"[-–—+<>]|\bto\b|\bunder\b|\bover\b|\bor more\b|\bplus\b|\byears?\b|\bmonths?\b", re.I)

SCALES: tuple[tuple[str, ...], ...] = (
    ("none", "very low", "low", "medium low", "medium", "moderate", "medium high", "high", "very high", "extreme"),
    ("none", "minimal", "mild", "moderate", "severe", "very severe", "critical"),
    ("terrible", "awful", "very bad", "very poor", "bad", "poor", "below average", "fair", "average", "okay", "ok",
     "typical", "above average", "good", "very good", "great", "excellent", "ideal", "outstanding"),
    ("fair", "good", "very good", "premium", "ideal"),
    ("none", "po", "fa", "ta", "gd", "ex"),
    ("never", "almost never", "rarely", "seldom", "occasionally", "sometimes", "often", "frequently", "usually",
     "almost always", "always"),
    ("none", "never", "yearly", "quarterly", "monthly", "weekly", "daily", "hourly"),
    ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"),
    ("tiny", "very small", "small", "medium", "large", "very large", "huge"),
    ("very short", "short", "average", "medium", "long", "tall", "very long", "very tall"),
    ("freezing", "very cold", "cold", "cool", "mild", "warm", "hot", "very hot", "boiling", "boiling hot", "lava hot"),
    ("strongly disagree", "disagree", "somewhat disagree", "neutral", "neither agree nor disagree", "somewhat agree",
     "agree", "strongly agree"),
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very unlikely", "unlikely", "possible", "likely", "very likely", "certain"),
    ("novice", "beginner", "contributor", "intermediate", "advanced", "expert", "master", "grandmaster"),
    ("junior", "mid", "middle", "intermediate", "senior", "lead", "principal"),
    ("bronze", "silver", "gold", "platinum", "diamond"),
    ("basic", "standard", "premium", "deluxe", "luxury"),
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"),
    ("slow", "medium", "normal", "fast", "very fast"),
    ("young", "adult", "middle-aged", "middle aged", "old", "senior", "elderly"),
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december"),
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
)  # fmt: skip


def find_ordered(raw: Raw, looks: Mapping[str, Look]) -> dict[str, Guess[list[str]]]:
    """The order of each column's levels, where their words tell it."""
    found: dict[str, Guess[list[str]]] = {}
    for name, look in looks.items():
        if look.kind != "level" or not LEAST_LEVELS <= look.distinct <= MOST_LEVELS:
            continue
        both = {str(word) for part in (raw.train, raw.test) for word in words_of(part[name]).dropna().unique()}
        if (order := order_of(both)) is not None:
            found[name] = Guess(order, f"its levels are a scale: {listed(order)}")
    return dict(list(found.items())[:MOST_LINES])


def order_of(levels: set[str]) -> list[str] | None:
    """The levels from lowest to highest, or None where their words do not tell.

    >>> order_of({"good", "poor", "fair"}), order_of({"10-19", "<10", "20+"}), order_of({"red", "blue", "green"})
    (['poor', 'fair', 'good'], ['<10', '10-19', '20+'], None)
    """
    if not LEAST_LEVELS <= len(levels) <= MOST_LEVELS:
        return None
    plain = {re.sub(r"[\s_]+", " ", level.strip().lower()): level for level in levels}
    if len(plain) != len(levels):
        return None
    for scale in SCALES:
        if set(plain) <= set(scale):
            return [plain[word] for word in scale if word in plain]
    return _by_number(levels)


def _by_number(levels: set[str]) -> list[str] | None:
    """Spans such as ``<1``, ``1-4`` and ``5+``, by the number that they start with."""
    found = {level: SPAN.fullmatch(level) for level in levels}
    if not all(found.values()) or sum(bool(SPAN_MARKS.search(level)) for level in levels) < len(levels) - 1:
        return None
    keys = {level: (float(m["number"]), not m["below"]) for level, m in found.items() if m}
    return sorted(levels, key=lambda level: keys[level]) if len(set(keys.values())) == len(levels) else None
