"""Calm and stormy spells of a return series: a hidden Markov chain of volatility states.

Source: Hamilton (1989); the filter and the smoother run as parallel prefix products of small matrices,
so that no day is visited one by one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Regimes", "fit_regimes"]

FEWEST_DAYS = 250


@dataclass(frozen=True)
class Regimes:
    """Volatility states, calmest first.

    `states`: state, volatility (a period), volatility_year, share_of_days, mean_days (length of a spell).
    `probability`: by day, smoothed probability of each state. `transition[i, j]`: from state i to state j.
    """

    states: pd.DataFrame
    probability: pd.DataFrame
    transition: np.ndarray
    log_likelihood: float

    def spells(self) -> pd.DataFrame:
        """Runs of the likeliest state: start, end, state, days."""
        state = self.probability.to_numpy().argmax(axis=1)
        begin = np.r_[0, np.flatnonzero(np.diff(state)) + 1]
        end = np.r_[begin[1:] - 1, len(state) - 1]
        days = self.probability.index
        return pd.DataFrame(
            {
                "start": days[begin],
                "end": days[end],
                "state": self.probability.columns.to_numpy()[state[begin]],
                "days": end - begin + 1,
            }
        )


def fit_regimes(returns: pd.Series, states: int = 2, *, rounds: int = 60, periods: int = 252) -> Regimes:
    """Volatility regimes by expectation maximisation; zero mean, normal within a state.

    `states`: 2 or 3. `periods` a year scale the volatility. Refuses fewer than 250 returns.
    """
    if states not in (2, 3):
        raise InputError.out_of_range("states", states, "2 or 3", "two are enough for calm and stormy")
    values = returns.to_numpy(float)
    if len(values) < FEWEST_DAYS:
        raise Refusal.because(
            f"no regimes from {len(values)} returns", f"at least {FEWEST_DAYS} are needed", "give a longer history"
        )
    squares = values**2
    variance = np.quantile(squares, np.linspace(0.5, 0.95, states)) + 1e-4 * squares.mean()
    transition = np.full((states, states), 0.02 / (states - 1))
    np.fill_diagonal(transition, 0.98)
    for _ in range(rounds):
        smooth, pairs, likelihood = _expectation(squares, variance, transition)
        variance = smooth.T @ squares / smooth.sum(axis=0)
        transition = pairs / pairs.sum(axis=1, keepdims=True)
    order = np.argsort(variance)
    transition, smooth, variance = transition[np.ix_(order, order)], smooth[:, order], variance[order]
    names = ["calm", "stormy"] if states == 2 else ["calm", "normal", "stormy"]
    table = pd.DataFrame(
        {
            "state": names,
            "volatility": np.sqrt(variance),
            "volatility_year": np.sqrt(variance * periods),
            "share_of_days": smooth.mean(axis=0),
            "mean_days": 1 / (1 - np.diag(transition)),
        }
    )
    return Regimes(table, pd.DataFrame(smooth, index=returns.index, columns=names), transition, likelihood)


def _expectation(squares, variance, transition):
    """Smoothed state probabilities, expected transitions, log likelihood."""
    log_density = -0.5 * (np.log(2 * np.pi * variance) + squares[:, None] / variance)
    top = log_density.max(axis=1, keepdims=True)
    density = np.exp(log_density - top)
    first = _stationary(transition) * density[0]
    steps = transition[:, :, None] * density[1:].T  # from x to x day: the days last, so that they lie side by side
    ahead, log_size = _prefix_products(steps)
    filtered = np.vstack([first, np.einsum("i,ijt->tj", first, ahead)])
    behind, _ = _prefix_products(steps[:, :, ::-1].transpose(1, 0, 2))
    backward = np.vstack([behind.sum(axis=0)[:, ::-1].T, np.ones(len(variance))])
    likelihood = np.log(filtered[-1].sum()) + log_size[-1] + top.sum()
    filtered /= filtered.sum(axis=1, keepdims=True)
    smooth = filtered * backward
    smooth /= smooth.sum(axis=1, keepdims=True)
    pairs = filtered[:-1].T[:, None] * steps * backward[1:].T
    pairs /= pairs.sum(axis=(0, 1))
    return smooth, pairs.sum(axis=2), float(likelihood)


def _prefix_products(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Products m[0] @ ... @ m[k] for all k, the last axis, each scaled to a largest entry of 1; logs of the scales."""
    days = matrices.shape[2]
    product, log_size, reach = matrices.copy(), np.zeros(days), 1
    product, log_size = _rescaled(product, log_size)
    while reach < days:
        left, right = product[:, :, :-reach], product[:, :, reach:]
        product[:, :, reach:] = sum(left[:, state, None] * right[state] for state in range(len(product)))
        log_size[reach:] = log_size[:-reach] + log_size[reach:]
        product, log_size = _rescaled(product, log_size)
        reach *= 2
    return product, log_size


def _rescaled(product: np.ndarray, log_size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = product.max(axis=(0, 1))
    return product / size, log_size + np.log(size)


def _stationary(transition: np.ndarray) -> np.ndarray:
    states = len(transition)
    system = np.vstack([(np.eye(states) - transition).T, np.ones(states)])
    return np.linalg.lstsq(system, np.r_[np.zeros(states), 1.0], rcond=None)[0]
