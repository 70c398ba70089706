"""Podium: a reproducible pipeline for tabular machine-learning competitions."""

__version__ = "0.1.0"
