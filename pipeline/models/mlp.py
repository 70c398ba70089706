"""Multi-layer perceptron with entity embeddings, trained by skorch; ``module: transformer`` for self-attention.

Its settings are told in ``pipeline.models._net``.
"""

from __future__ import annotations

from pipeline.models import Range
from pipeline.models._net import net_card

MODEL = net_card(
    "mlp",
    defaults={},
    space={
        "width": Range(32, 512, log=True, integer=True),
        "layers": Range(1, 4, integer=True),
        "dropout": Range(0.0, 0.6),
        "learning_rate": Range(3e-4, 1e-2, log=True),
        "weight_decay": Range(1e-4, 1.0, log=True),
    },
    portfolio=(
        {},
        {"numbers": "periodic", "dropout": 0.2},
        {"width": 64, "layers": 1, "dropout": 0.1, "weight_decay": 0.3},
        {"width": 512, "layers": 2, "dropout": 0.5, "learning_rate": 5e-4},
    ),
)
