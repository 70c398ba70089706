"""The zoo that a new competition starts with."""

from __future__ import annotations

from pipeline.scaffold.guess import Guess

STARTERS = ("lightgbm", "xgboost", "extra_trees", "linear", "mlp")
SLOW_ON_MANY_ROWS = ("extra_trees", "mlp")
MANY_ROWS = 50_000


def find_models(rows: int) -> tuple[list[str], dict[str, Guess[bool]]]:
    """The models to name, and those that are left out with the reason."""
    why = f"it takes long on {rows:,} rows; take the # away to train it too"
    left_out = {name: Guess(False, why) for name in SLOW_ON_MANY_ROWS} if rows > MANY_ROWS else {}
    return [name for name in STARTERS if name not in left_out], left_out
