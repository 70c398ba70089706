"""Bayesian factorization machine over fields, by a Gibbs sampler.

    score = bias + sum of w[level] + sum over pairs of fields of <v[level], v[other level]>

Every field has normal priors of its own for the weights ``w`` of its levels and for each of their ``rank`` factors
``v``, whose means and precisions are sampled too: how far a level is drawn to its field's mean follows from the data.
Levels of a field never meet in a row, so that all of them are drawn at once. Values have normal noise; of two classes a
normal latent is above or below 0 (a probit). A prediction is the mean over the kept draws.

Sources: Freudenthaler, Schmidt-Thieme, Rendle (2011), Bayesian factorization machines; Rendle (2012), Factorization
machines with libFM; Albert, Chib (1993), Bayesian analysis of binary and polychotomous response data, for the latents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

# Twice the shape and the rate of the precisions' gamma priors, on targets of unit variance. Factors that the data do
# not ask for are to fall to 0: their rate is small, and the shape is some levels' worth, for fields that have few.
OF_NOISE, OF_WEIGHTS, OF_FACTORS = (1.0, 1.0), (1.0, 0.03), (5.0, 0.01)
SPREAD = 0.1  # of the first factors
# Parameters that begin small draw a narrow prior, which keeps them small: the first precision, held for some sweeps.
FIRST_OF_WEIGHTS, FIRST_OF_FACTORS = (10.0, 10), (30.0, 3)
BATCH = 65_536


@dataclass(frozen=True)
class Plan:
    """How the sampler goes.

    Parameters
    ----------
    rank : int
        Factors of a level; 0 leaves the weights alone.
    sweeps : int
        How often every parameter is drawn.
    draws : int
        How many sweeps of the second half are kept, evenly spaced.
    """

    rank: int
    sweeps: int
    draws: int

    @property
    def kept(self) -> frozenset[int]:
        """The numbers of the sweeps that are kept: the last one among them."""
        half = self.sweeps - self.sweeps // 2
        count = max(1, min(self.draws, half))
        return frozenset(self.sweeps - 1 - (half * k) // count for k in range(count))


@dataclass(frozen=True)
class Draws:
    """The kept draws.

    Parameters
    ----------
    bias : float64 array of shape (draws,)
    table : float32 array of shape (draws, levels of all fields, 1 + rank)
        Each level's weight and factors; a field's last row is what an unknown level has: the mean of its prior.
    spread : float32 array of shape (draws, fields, 1 + rank)
        How far an unknown level may be from that: the variances of the priors.
    starts : int64 array of shape (fields,)
        The fields' first rows.
    """

    bias: np.ndarray
    table: np.ndarray
    spread: np.ndarray
    starts: np.ndarray

    def scores(self, codes: np.ndarray) -> np.ndarray:
        """The mean score of each row: of codes (fields, n), float64 of shape (n,)."""
        return self._mean(codes, lambda score, variance: score)

    def probabilities(self, codes: np.ndarray) -> np.ndarray:
        """The mean probability of a latent above 0: of codes (fields, n), float64 of shape (n,).

        Unknown levels make it less sure, as they would have moved the score one way or the other.
        """
        return self._mean(codes, lambda score, variance: ndtr(score / np.sqrt(1 + variance)))

    def _mean(self, codes: np.ndarray, of: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
        total = np.zeros(codes.shape[1])
        for begin in range(0, codes.shape[1], BATCH):
            rows = slice(begin, begin + BATCH)
            places = codes[:, rows] + self.starts[:, None]
            for draw, bias in enumerate(self.bias):
                score, variance = self._scored(draw, places)
                total[rows] += of(bias + score, variance)
        return total / len(self.bias)

    def _scored(self, draw: int, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights and pairs of some rows by one draw, and the variance that their unknown levels leave."""
        table = self.table[draw]
        summed, squares = np.zeros((places.shape[1], table.shape[1])), np.zeros(places.shape[1])
        for field in places:
            own = table[field]
            summed += own
            squares += np.square(own[:, 1:]).sum(axis=1)
        score = summed[:, 0] + 0.5 * (np.square(summed[:, 1:]).sum(axis=1) - squares)
        variance = np.zeros(places.shape[1])
        for field, last in enumerate(np.append(self.starts[1:], len(table)) - 1):
            unknown = np.flatnonzero(places[field] == last)
            others = summed[unknown, 1:] - table[last, 1:]
            variance[unknown] += self.spread[draw, field, 0] + np.square(others) @ self.spread[draw, field, 1:]
        return score, variance


def sample(
    levels: tuple[np.ndarray, tuple[int, ...]],
    y: np.ndarray,
    weight: np.ndarray | None,
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[Draws, np.ndarray]:
    """Draw from the posterior.

    Parameters
    ----------
    levels : (int array of shape (fields, n), tuple of int)
        The training rows' levels, all of them known, and how many each field has.
    y : array of shape (n,)
        Two classes as integers 0 and 1, or values of mean 0 and variance 1 as floats.
    weight : float array of shape (n,) or None
        What each row's precision is multiplied by; of mean 1, for they say how many rows there are.

    Returns
    -------
    Draws, and the mean square of each field's part of the score, float64 of shape (fields,), in the last sweep.
    """
    chain = _Chain(levels, y, weight, plan.rank, rng)
    kept, biases, tables, spreads = plan.kept, [], [], []
    for number in range(plan.sweeps):
        chain.sweep()
        if number in kept:
            biases.append(chain.bias)
            tables.append(chain.table())
            spreads.append(1 / chain.precisions)
    starts = np.concatenate([[0], np.cumsum(np.array(levels[1]) + 1)[:-1]]).astype(np.int64)
    spread = np.stack(spreads).astype(np.float32)
    return Draws(np.array(biases), np.stack(tables), spread, starts), chain.parts()


class _Chain:
    """The sampler's state: parameters, what is left of the target, and each factor's sum over a row's levels."""

    def __init__(
        self,
        levels: tuple[np.ndarray, tuple[int, ...]],
        y: np.ndarray,
        weight: np.ndarray | None,
        rank: int,
        rng: np.random.Generator,
    ) -> None:
        codes, sizes = levels
        self.codes, self.sizes, self.rng = codes.astype(np.intp), sizes, rng
        self.y, self.weight, self.probit = y.astype(np.float64), weight, bool(np.issubdtype(y.dtype, np.integer))
        self.mass = [self._sums(field, np.ones(len(y))) for field in range(len(sizes))]
        self.rows = float(len(y) if weight is None else weight.sum())
        share = float(np.clip(np.average(self.y, weights=weight), 1e-6, 1 - 1e-6)) if self.probit else 0.5
        self.bias = float(ndtri(share))
        # Parameter 0 is the weight, the others are the factors.
        self.values = [rng.normal(0.0, SPREAD, (1 + rank, size)) for size in sizes]
        self.means = np.zeros((len(sizes), 1 + rank))
        self.precisions = np.full((len(sizes), 1 + rank), FIRST_OF_FACTORS[0])
        self.precisions[:, 0] = FIRST_OF_WEIGHTS[0]
        self.swept = 0
        self.noise = 1.0
        self.sums = np.zeros((rank, len(y)))
        for field, own in enumerate(self.values):
            self.sums += own[1:, self.codes[field]]
        self.left = self.y - self._score()
        self.latent = self.y.copy()

    def _sums(self, field: int, values: np.ndarray) -> np.ndarray:
        """The weighted sum of the rows' values by level."""
        weighted = values if self.weight is None else values * self.weight
        return np.bincount(self.codes[field], weighted, minlength=self.sizes[field])

    def _score(self) -> np.ndarray:
        """Every row's score, from the parameters."""
        score = np.full(len(self.y), self.bias)
        for field, own in enumerate(self.values):
            score += own[0, self.codes[field]]
            score -= 0.5 * np.square(own[1:, self.codes[field]]).sum(axis=0)
        return score + 0.5 * np.square(self.sums).sum(axis=0)

    def sweep(self) -> None:
        """Draw everything once."""
        if self.probit:
            self._draw_latents()
        else:
            square = float((np.square(self.left) * (1.0 if self.weight is None else self.weight)).sum())
            self.noise = self._gamma(OF_NOISE, self.rows, square)
        self._draw_bias()
        for parameter in range(self.means.shape[1]):
            _, held = FIRST_OF_FACTORS if parameter else FIRST_OF_WEIGHTS
            for field in range(len(self.sizes)):
                if self.swept >= held:
                    self._draw_prior(field, parameter)
                self._draw_levels(field, parameter)
        self.swept += 1

    def _draw_latents(self) -> None:
        """Each row's latent, above 0 where the row is of the second class, and what the score leaves of it."""
        score = self.latent - self.left
        sign = np.where(self.y > 0, 1.0, -1.0)
        inside = ndtr(sign * score)  # the share of the normal on the right side of 0
        chance = np.maximum(self.rng.random(len(score)) * inside, 1e-300)
        self.left = -sign * ndtri(chance)
        self.latent = score + self.left

    def _draw_bias(self) -> None:
        own = self.left if self.weight is None else self.left * self.weight
        precision = self.noise * self.rows + 1e-6
        mean = self.noise * (own.sum() + self.rows * self.bias) / precision
        drawn = mean + self.rng.standard_normal() / precision**0.5
        self.left -= drawn - self.bias
        self.bias = float(drawn)

    def _draw_prior(self, field: int, parameter: int) -> None:
        """A prior's precision and mean, from the levels that it is of."""
        own, mean = self.values[field][parameter], self.means[field, parameter]
        square = float(np.square(own - mean).sum() + mean**2)
        precision = self._gamma(OF_FACTORS if parameter else OF_WEIGHTS, len(own) + 1, square)
        spread = (precision * (len(own) + 1)) ** -0.5
        self.precisions[field, parameter] = precision
        self.means[field, parameter] = own.sum() / (len(own) + 1) + spread * self.rng.standard_normal()

    def _gamma(self, prior: tuple[float, float], count: float, square: float) -> float:
        """A precision, by so many values of this sum of squares."""
        return float(self.rng.gamma((prior[0] + count) / 2, 2 / (prior[1] + square)))

    def _draw_levels(self, field: int, parameter: int) -> None:
        """One parameter of all levels of a field: for each, a regression of what is left on its rows' slopes."""
        codes, own = self.codes[field], self.values[field][parameter]
        slope = None if parameter == 0 else self.sums[parameter - 1] - own[codes]
        squares = self.mass[field] if slope is None else self._sums(field, slope * slope)
        fitting = self._sums(field, self.left if slope is None else slope * self.left)
        prior = self.precisions[field, parameter]
        precision = self.noise * squares + prior
        mean = (self.noise * (fitting + squares * own) + prior * self.means[field, parameter]) / precision
        drawn = mean + self.rng.standard_normal(len(own)) / np.sqrt(precision)
        step = (drawn - own)[codes]
        self.values[field][parameter] = drawn
        if slope is None:
            self.left -= step
        else:
            self.sums[parameter - 1] += step
            step *= slope
            self.left -= step

    def table(self) -> np.ndarray:
        """Every level's parameters, after each field what an unknown level has: float32 of shape (levels, 1 + rank)."""
        parts = []
        for own, mean in zip(self.values, self.means, strict=True):
            parts += [own.T, mean[None]]
        return np.concatenate(parts).astype(np.float32, order="C")

    def parts(self) -> np.ndarray:
        """The mean square of each field's part of the score: its weight, and half of what it has with the others."""
        found = []
        for field, own in enumerate(self.values):
            codes = self.codes[field]
            factors = own[1:, codes]
            part = own[0, codes] + 0.5 * (factors * (self.sums - factors)).sum(axis=0)
            found.append(float(np.average(np.square(part - part.mean()), weights=self.weight)))
        return np.array(found)
