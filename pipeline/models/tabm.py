"""TabM: many perceptrons that share most of their weights, trained side by side; their mean is the prediction.

Source: Gorishniy, Kotelnikov, Babenko (2025), TabM: advancing tabular deep learning with parameter-efficient
ensembling, by its authors' packages ``tabm`` and ``rtdl_num_embeddings``. Its settings are told in
``pipeline.models._net``.
"""

from __future__ import annotations

from pipeline.models import Range
from pipeline.models._net import net_card

MODEL = net_card(
    "tabm",
    defaults={
        "module": "tabm-mini",
        "width": 64,
        "layers": 2,
        "dropout": 0.1,
        "activation": "relu",
        "numbers": "piecewise",
        "learning_rate": 4e-3,
        "weight_decay": 3e-4,
        "patience": 16,
    },
    space={
        "width": Range(32, 512, log=True, integer=True),
        "layers": Range(1, 4, integer=True),
        "dropout": Range(0.0, 0.5),
        "learning_rate": Range(3e-4, 6e-3, log=True),
        "weight_decay": Range(1e-4, 0.1, log=True),
    },
    portfolio=(
        {},
        {"numbers": "plain", "module": "tabm"},
        {"numbers": "periodic", "dropout": 0.2},
        {"width": 128, "layers": 3, "learning_rate": 2e-3, "weight_decay": 1e-2},
    ),
    libraries=("tabm",),
)
