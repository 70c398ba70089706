"""The figures' colours: text in them can be read on either ground, which axe does not judge inside a drawing."""

from __future__ import annotations

import pytest

from pipeline.report.theme import DARK_TWINS, INK, MUTED, SURFACE


def luminance(color: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``, from 0 to 1."""
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", [INK, MUTED])
def test_text_in_figures_stands_out_in_the_light_and_in_the_dark(color: str) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(color, SURFACE) >= 4.5 and contrast(DARK_TWINS[color], DARK_TWINS[SURFACE]) >= 4.5
