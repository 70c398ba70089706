"""The zoo that a new competition starts with, its settings and folds by the size of the tables.

Seconds are of one core, measured on one; they say which settings a run of a few minutes affords, and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline import models
from pipeline.declaration.metric import METRICS
from pipeline.scaffold.guess import Guess

Family = Literal["boosted", "forest", "net", "other"]
Settings = dict[str, Any]

FEW_ROWS, SOME_ROWS = 1_000, 10_000
MANY_ROWS = 50_000
VERY_MANY_ROWS = 250_000
MANY_COLUMNS, FEW_LABELS, MANY_LABELS = 100, 5, 12
BOOSTED_SECONDS = 75.0
SAMPLED_COLUMNS, FEWEST_WORKED = 0.3, 30  # a share for each tree of many columns; what columns without news cost
SECONDS_A_TREE, SECONDS_A_CELL, SECONDS_A_CELL_OF_CATBOOST = 5e-4, 6e-9, 2e-8
FOREST_SECONDS, SECONDS_A_VALUE, MOST_TREES = 60.0, 3e-8, 500
NET_SECONDS, SECONDS_A_STEP, SECONDS_A_UNIT, MOST_EPOCHS = 60.0, 1.5e-3, 6e-8, 60
INPUTS_A_NUMBER, MOST_INPUTS = 16, 512
PERIODIC, PLAIN = {"numbers": "periodic", "dropout": 0.2}, {"numbers": "plain", "dropout": 0.4}
SECONDS_A_ROW, SECONDS_A_NET = 6e-6, 4e-6  # of TabM, an epoch
# Of factorization machines: a draw is one of a row's parameters in a column, of which a level has nine.
MACHINE_SECONDS, SECONDS_A_DRAW, PARAMETERS, FEWEST_SWEEPS, MOST_SWEEPS = 60.0, 7e-9, 9, 50, 100
STEPPED = 30.0
LEAST_ROUNDS, MOST_ROUNDS, MOST_ROUNDS_OF_CATBOOST = 150, 3000, 2000
ABSOLUTE = ("mae",)


@dataclass(frozen=True)
class Size:
    """How large a competition is.

    Parameters
    ----------
    rows, columns : int
        Of the training file, id and target apart.
    classes : int
        The number of labels; 0 for a regression.
    rarest : int
        Rows of the rarest label; all rows for a regression.
    metric : str
        The metric's name.
    varied : float
        How many columns the cells would fill that do not hold their column's commonest value.
    """

    rows: int
    columns: int
    classes: int
    rarest: int
    metric: str = ""
    varied: float = math.inf

    @property
    def trees(self) -> int:
        """Trees that boosting grows in a round; ordered labels are fitted as values."""
        ordered = self.metric in METRICS and METRICS[self.metric].ordered
        return self.classes if self.classes > 2 and not ordered else 1

    @property
    def wide(self) -> bool:
        """Whether boosting looks at a share of the columns for each tree."""
        return self.columns > MANY_COLUMNS

    @property
    def worked(self) -> float:
        """The columns that boosting works on where it passes over the cells of the commonest value."""
        return min(self.columns, max(FEWEST_WORKED, self.varied)) if self.wide else self.columns

    @property
    def few(self) -> bool:
        """Whether rows are too few to hold some back for early stopping."""
        return self.rows < FEW_ROWS


@dataclass(frozen=True)
class Starter:
    """A model that a new competition may start with.

    Parameters
    ----------
    name : str
        As the zoo knows it; a name that the zoo lacks is passed over.
    family : {"boosted", "forest", "net", "other"}
        What its time goes by.
    most_rows : int
        On more rows it is left out, because it takes long.
    most_classes, most_columns : int
        Likewise.
    settings : callable
        ``settings(size, fits)``: what differs from its card's defaults, given how often it is fitted.
    """

    name: str
    family: Family
    most_rows: int = 10**9
    most_classes: int = 10**9
    most_columns: int = 10**9
    settings: Callable[[Size, int], Settings] = lambda size, fits: {}


@dataclass(frozen=True)
class Zoo:
    """The models with their settings, those left out with the reason, and how many settings of each are trained.

    Parameters
    ----------
    models : mapping of str to guess of settings
    left_out : mapping of str to guess
    train : mapping of str to guess
        The ``train`` section.
    """

    models: Mapping[str, Guess[Settings]]
    left_out: Mapping[str, Guess[bool]]
    train: Mapping[str, Guess[Any]]


def find_folds(size: Size) -> Guess[Settings]:
    """How many folds, and how often they are drawn: few rows ask for many fits, many rows afford few."""
    folds = 10 if size.few else 8 if size.rows <= SOME_ROWS else 5 if size.rows <= VERY_MANY_ROWS else 3
    allowed = max(2, min(folds, size.rarest))
    found: Settings = {"kind": "stratified", "folds": allowed}
    if size.few:
        found["repeats"] = 2
    why = f"{allowed} folds for {size.rows:,} rows"
    return Guess(found, why + (", drawn twice, since single folds of so few rows say little" if size.few else ""))


def find_zoo(size: Size, fits: int) -> Zoo:
    """The models to name for a run of a few minutes on two cores.

    Parameters
    ----------
    fits : int
        Fits of each model: folds times their repeats.
    """
    starters = [starter for starter in STARTERS if starter.name in models.names()]
    why = {s.name: _too_slow(s, size) for s in starters}
    taken = [s for s in starters if not why[s.name]]
    variants = _variants(size)
    alone = {"linear", "tabm"}
    every = {s.name: fits * (1 if s.name in alone else variants) for s in taken}
    chosen = {s.name: Guess(s.settings(size, every[s.name]), _reason(s, size, every[s.name])) for s in taken}
    left_out = {name: Guess(False, reason) for name, reason in why.items() if reason}
    train: dict[str, Guess[Any]] = {}
    if variants > 1:
        why_more = (
            f"{size.rows:,} rows are fitted quickly: {variants} settings of each model, each a member of the ensemble"
        )
        train["variants"] = Guess(variants, why_more)
        train |= {name: guess for name, guess in _exceptions(size).items() if name in chosen}
    return Zoo(chosen, left_out, train)


def _too_slow(starter: Starter, size: Size) -> str:
    if size.rows > starter.most_rows:
        return f"it takes long on {size.rows:,} rows; take the # away to train it too"
    if size.classes > starter.most_classes:
        return f"it takes long on {size.classes} labels; take the # away to train it too"
    if size.columns > starter.most_columns:
        return f"it takes long on {size.columns} columns; take the # away to train it too"
    return ""


def _variants(size: Size) -> int:
    return 2 if size.rows <= SOME_ROWS and size.trees <= MANY_LABELS else 1


def _exceptions(size: Size) -> dict[str, Guess[Settings]]:
    """Models with variants of their own: a lasso of classes takes long, and so do many nets side by side."""
    found: dict[str, Guess[Settings]] = {
        "tabm": Guess({"variants": 1}, "one setting takes long enough"),
        "mlp": Guess({"variants": [PLAIN]}, "numbers as they are, too"),
    }
    return found | ({"linear": Guess({"variants": 1}, "")} if size.classes else {})


def _linear(size: Size, fits: int) -> Settings:
    """Where there are many labels, the strength is set: to search it would take long."""
    return {"C": 0.1} if size.trees > FEW_LABELS else {}


def _rounds(size: Size, fits: int, columns: float, seconds_a_cell: float = SECONDS_A_CELL) -> int:
    """The boosting rounds over so many columns that the time allows in each fit, to two digits."""
    seconds = fits * size.trees * (SECONDS_A_TREE + size.rows * columns * seconds_a_cell)
    afforded = min(MOST_ROUNDS, max(LEAST_ROUNDS, int(BOOSTED_SECONDS / seconds)))
    digits = 1 - len(str(afforded))
    return round(afforded, 1 + digits)


def _reason(starter: Starter, size: Size, fits: int) -> str:
    if starter.family == "boosted" and size.few:
        return f"{size.rows} rows are too few to hold some back for early stopping: small trees, all rounds"
    if starter.family == "boosted" and "n_estimators" in starter.settings(size, fits):
        return "fewer rounds of larger steps than by default, for a run of minutes"
    return ""


def _steps(size: Size, fits: int, columns: float) -> Settings:
    """Rounds over so many columns, early stopping and the learning rate that suits them."""
    if size.few:
        return {"early_stopping_rounds": None, "n_estimators": 300, "learning_rate": 0.03}
    rounds = _rounds(size, fits, columns)
    if rounds >= MOST_ROUNDS:
        return {}
    rate = min(0.2, float(f"{STEPPED / rounds:.1g}"))
    return {"n_estimators": rounds, "learning_rate": max(0.03, rate), "early_stopping_rounds": max(20, rounds // 20)}


def _lightgbm(size: Size, fits: int) -> Settings:
    """It passes over the cells of a column's commonest value."""
    settings = _steps(size, fits, size.worked)
    if size.few:
        settings |= {"num_leaves": 8, "min_child_samples": 10, "feature_fraction": 0.5}
    if size.wide:
        settings |= {"feature_fraction": SAMPLED_COLUMNS}
    return settings | ({"objective": "mae"} if size.metric in ABSOLUTE else {})


def _xgboost(size: Size, fits: int) -> Settings:
    """It looks at every cell of a tree's columns."""
    settings = _steps(size, fits, size.columns * (SAMPLED_COLUMNS if size.wide else 1))
    if size.few:
        settings |= {"max_depth": 3, "colsample_bytree": 0.5}
    if size.wide:
        settings |= {"colsample_bytree": SAMPLED_COLUMNS}
    return settings | ({"objective": "reg:absoluteerror"} if size.metric in ABSOLUTE else {})


def _catboost(size: Size, fits: int) -> Settings:
    """Its card's learning rate goes by the rows, and is for 2,000 rounds. Columns of two values cost it little."""
    loss = {"loss_function": "MAE"} if size.metric in ABSOLUTE else {}
    if size.few:
        return {"early_stopping_rounds": None, "n_estimators": 500} | loss
    rounds = _rounds(size, fits, size.worked, SECONDS_A_CELL_OF_CATBOOST)
    if rounds >= MOST_ROUNDS_OF_CATBOOST:
        return loss
    rate = min(0.3, max(0.05, float(f"{3 * STEPPED / rounds:.1g}")))
    return {"n_estimators": rounds, "learning_rate": rate, "early_stopping_rounds": max(20, rounds // 20)} | loss


def _forest(size: Size, fits: int) -> Settings:
    """As many trees as the time allows, where that is fewer than its card's."""
    tried = 0.4 * size.columns if size.classes == 0 else size.columns**0.5
    seconds = fits * size.rows * math.log2(size.rows + 1) * tried * SECONDS_A_VALUE
    trees = max(100, 50 * int(FOREST_SECONDS / seconds / 50))
    return {"n_estimators": trees} if trees < MOST_TREES else {}


def _net(size: Size, fits: int) -> Settings:
    """Numbers as periodic vectors, and as many epochs as the time allows, where that is fewer than its card's."""
    batch = 256 if size.rows <= MANY_ROWS else 1024
    inputs = min(INPUTS_A_NUMBER * size.columns, MOST_INPUTS) + size.columns
    seconds = fits * size.rows / batch * (SECONDS_A_STEP + batch * (inputs + 50) * SECONDS_A_UNIT)
    epochs = max(6, int(NET_SECONDS / seconds))
    return PERIODIC | ({"max_epochs": epochs} if epochs < MOST_EPOCHS else {})


def _tabm(size: Size, fits: int) -> Settings:
    """As many nets side by side as the time allows all epochs for; fewer of them get periodic numbers.

    Epochs are worth more than nets: four with 60 epochs beat sixteen with 15 by 0.015 of AUC on ``magic``.
    """
    most = {n: int(NET_SECONDS / (fits * size.rows * (SECONDS_A_ROW + SECONDS_A_NET * n))) for n in (16, 8, 4)}
    nets = next((n for n, epochs in most.items() if epochs >= MOST_EPOCHS), 4)
    settings: Settings = {} if nets == 16 else {"heads": nets, "numbers": "periodic"}
    return settings | ({"max_epochs": max(6, most[nets])} if most[nets] < MOST_EPOCHS else {})


def _fm(size: Size, fits: int) -> Settings:
    """As many sweeps as the time allows, where that is fewer than its card's."""
    chains = size.trees if size.trees > 2 else 1
    sweeps = int(MACHINE_SECONDS / (fits * chains * size.rows * size.columns * PARAMETERS * SECONDS_A_DRAW))
    return {"n_iter": max(FEWEST_SWEEPS, sweeps)} if sweeps < MOST_SWEEPS else {}


STARTERS: tuple[Starter, ...] = (
    Starter("linear", "other", most_rows=500_000, settings=_linear),
    Starter("fm", "other", VERY_MANY_ROWS, MANY_LABELS, MANY_COLUMNS, settings=_fm),
    Starter("knn", "other", most_rows=SOME_ROWS),
    Starter("svm", "other", most_rows=2 * SOME_ROWS),
    Starter("extra_trees", "forest", most_rows=MANY_ROWS, settings=_forest),
    Starter("random_forest", "forest", most_rows=SOME_ROWS, settings=_forest),
    Starter("lightgbm", "boosted", settings=_lightgbm),
    Starter("xgboost", "boosted", settings=_xgboost),
    Starter("catboost", "boosted", most_rows=VERY_MANY_ROWS, most_classes=MANY_LABELS, settings=_catboost),
    Starter("mlp", "net", settings=_net),
    Starter("tabm", "net", most_rows=MANY_ROWS, settings=_tabm),
)
