"""RealMLP, a multi-layer perceptron with tuned defaults, by the optional package ``pytabkit``.

Source: Holzmüller, Grinsztajn, Steinwart (2024), Better by default: strong pre-tuned MLPs and boosted trees on tabular
data. It imputes nothing and scales its columns itself; all rows are trained on, for all epochs, whose rate ends at 0.
"""

from __future__ import annotations

from typing import Any

from pipeline.models import Range, Setting
from pipeline.models._refitted import Package, refitted_card


def _estimator(setting: Setting, categories: list[int]) -> Any:
    import logging

    import pytabkit

    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    kind = "Regressor" if setting.objective == "regression" else "Classifier"
    return getattr(pytabkit, f"RealMLP_TD_{kind}")(
        **setting.params,
        val_fraction=0.0,
        random_state=setting.seed,
        n_threads=setting.threads,
        device="cuda:0" if setting.device == "cuda" else "cpu",
        verbosity=0,
    )


MODEL = refitted_card(
    Package("realmlp", "pytabkit", "pytabkit", _estimator),
    defaults={"n_epochs": 256, "batch_size": 256, "n_ens": 1, "lr": None, "p_drop": None, "wd": None},
    space={
        "lr": Range(2e-2, 3e-1, log=True),
        "p_drop": Range(0.0, 0.5),
        "wd": Range(1e-3, 1e-1, log=True),
    },
    portfolio=({}, {"p_drop": 0.3, "lr": 0.02}, {"n_ens": 4, "wd": 0.05}),
)
