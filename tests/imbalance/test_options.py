"""What may be asked of a study, and what is said where it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.imbalance.methods import METHODS, MODELS, RESAMPLERS, WORDS, applies
from pipeline.imbalance.options import choose, chosen
from tests.toy import toy_frame, write_toy


def written(root: Path, task: str = "binary", metric: str = "average_precision"):
    return write_toy(root, task, metric, (toy_frame(task, 60, 1), toy_frame(task, 20, 2)), models={"linear": {}})


def test_everything_is_compared_by_default(tmp_path: Path) -> None:
    options = choose(written(tmp_path), None, None, None, 0.9)
    assert list(options.models) == list(MODELS) and list(options.methods) == list(METHODS)
    assert len(RESAMPLERS) == 8 and set(WORDS) == set(METHODS)


def test_names_come_once_and_in_order(tmp_path: Path) -> None:
    options = choose(written(tmp_path), "gbdt, linear,linear", "smote,none", 40, 0.5)
    assert (options.models, options.methods, options.rows) == (["linear", "gbdt"], ["none", "smote"], 40)


def test_focal_loss_is_the_perceptrons_alone() -> None:
    assert [model for model in MODELS if applies(model, "focal")] == ["mlp"]
    assert all(applies(model, method) for model in MODELS for method in RESAMPLERS)


@pytest.mark.parametrize(
    ("option", "names", "words"),
    [
        ("methods", "smot", "toy: --methods must name known ones; got 'smot'. Did you mean smote"),
        ("models", "forest", "toy: --models must name known ones; got 'forest'"),
        ("models", " , ", "must name one at least"),
    ],
)
def test_unknown_names_are_refused(option: str, names: str, words: str) -> None:
    with pytest.raises(PodiumError, match=words):
        chosen("toy", option, names, MODELS if option == "models" else METHODS)


def test_a_regression_has_no_classes_to_balance(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="needs classes to balance; got metric rmse"):
        choose(written(tmp_path, "regression", "rmse"), None, None, None, 0.9)
