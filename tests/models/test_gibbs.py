"""The sampler: it finds pairs, draws rare levels to their field's mean, and repeats byte for byte."""

import numpy as np
import pytest

from pipeline.models._gibbs import Draws, Plan, sample

PLAN = Plan(rank=2, sweeps=80, draws=20)


def films(rows: int = 4_000, people: int = 60, films: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """People like films for two tastes: codes (2, rows), and values of unit noise."""
    rng = np.random.default_rng(seed)
    of_people, of_films = (
        np.random.default_rng(5).normal(size=(people, 2)),
        np.random.default_rng(6).normal(size=(films, 2)),
    )
    codes = np.stack([rng.integers(0, people, rows), rng.integers(0, films, rows)])
    return codes, (of_people[codes[0]] * of_films[codes[1]]).sum(axis=1) + 0.3 * rng.normal(size=rows)


def drawn(
    codes: np.ndarray, y: np.ndarray, plan: Plan = PLAN, seed: int = 1, weight: np.ndarray | None = None
) -> Draws:
    sizes = tuple(int(field.max()) + 1 for field in codes)
    return sample((codes, sizes), y, weight, plan, np.random.default_rng(seed))[0]


def test_pairs_are_found_that_no_sum_of_columns_holds() -> None:
    (codes, y), (later, truth) = films(), films(seed=9)
    errors = [float(np.mean((drawn(codes, y, Plan(rank, 80, 20)).scores(later) - truth) ** 2)) for rank in (0, 2)]
    assert errors[0] > 0.8 * np.var(truth)
    assert errors[1] < 0.12  # the noise alone has 0.09


def test_factors_that_nothing_asks_for_stay_small() -> None:
    codes, _ = films()
    y = np.random.default_rng(2).normal(size=codes.shape[1])
    assert float(np.mean(drawn(codes, y).scores(codes) ** 2)) < 0.05


def test_a_rare_level_is_drawn_to_the_others() -> None:
    rng = np.random.default_rng(3)
    effects = rng.normal(scale=0.3, size=50)
    codes = np.append(np.repeat(np.arange(49), 40), 49)[None]
    y = effects[codes[0]] + rng.normal(size=codes.shape[1])
    y[-1] = 4.0  # the only row of the last level
    scores = drawn(codes, y, Plan(0, 200, 50)).scores(np.arange(50)[None])
    assert np.corrcoef(scores[:49], effects[:49])[0, 1] > 0.8
    assert 0 < scores[49] < 1.0


def test_an_unknown_level_has_its_fields_mean() -> None:
    codes, y = films()
    found = drawn(codes, y + 3.0, PLAN)
    assert abs(found.scores(np.array([[60], [40]]))[0] - 3.0) < 1.0


def test_probabilities_are_the_rates() -> None:
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 3, 6_000)[None]
    y = (rng.random(6_000) < np.array([0.05, 0.4, 0.9])[codes[0]]).astype(np.int64)
    p = drawn(codes, y, Plan(1, 100, 25)).probabilities(np.arange(3)[None])
    np.testing.assert_allclose(p, [y[codes[0] == k].mean() for k in range(3)], atol=0.02)


def test_unknown_levels_make_a_probability_less_sure_and_leave_its_mean_right() -> None:
    rng = np.random.default_rng(7)
    people = rng.integers(0, 300, 6_000)
    latent = np.random.default_rng(8).normal(scale=1.5, size=600) - 1.5
    y = (latent[people] + rng.normal(size=6_000) > 0).astype(np.int64)
    found = drawn(people[None], y, Plan(0, 100, 25))
    others = (latent[300:] + rng.normal(size=300) > 0).mean()
    assert abs(found.probabilities(np.array([[300]]))[0] - others) < 0.06
    assert abs(found.probabilities(people[None]).mean() - y.mean()) < 0.01


def test_weights_say_which_rows_count() -> None:
    codes, y = np.zeros((1, 400), dtype=np.int64), np.repeat([-1.0, 1.0], 200)
    found = drawn(codes, y, Plan(0, 60, 20), weight=np.repeat([0.2, 1.8], 200))
    assert 0.6 < found.scores(codes)[0] < 1.0


def test_a_seed_repeats_and_another_differs() -> None:
    codes, y = films(rows=500)
    tables = [drawn(codes, y, seed=seed).table.tobytes() for seed in (1, 1, 2)]
    assert tables[0] == tables[1] != tables[2]


@pytest.mark.parametrize(
    ("sweeps", "draws", "expected"),
    [(10, 5, {5, 6, 7, 8, 9}), (10, 99, {5, 6, 7, 8, 9}), (100, 2, {74, 99}), (1, 5, {0}), (8, 1, {7})],
)
def test_draws_are_kept_from_the_second_half(sweeps: int, draws: int, expected: set[int]) -> None:
    assert Plan(2, sweeps, draws).kept == expected


def test_each_field_tells_how_far_it_moves_the_score() -> None:
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 10, (3, 3_000))
    y = np.arange(10)[codes[1]] / 3.0 + 0.3 * rng.normal(size=3_000)
    _, parts = sample((codes, (10, 10, 10)), (y - y.mean()) / y.std(), None, PLAN, rng)
    assert parts[1] > 20 * max(parts[0], parts[2])
