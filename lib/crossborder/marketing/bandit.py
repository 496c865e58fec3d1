"""Several arms at once, people moved towards the better ones while the test runs."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["posterior_arms", "replay"]


def posterior_arms(
    converted: np.ndarray,
    people: np.ndarray,
    *,
    prior: tuple[float, float] = (1.0, 1.0),
    draws: int = 20_000,
    level: float = 0.9,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Beta posterior of each arm's rate: mean, interval, probability of being best, expected loss if chosen.

    The probability of being best is the share of people that Thompson sampling sends to the arm next.
    Source: Thompson (1933), Biometrika 25; Scott (2010), Applied Stochastic Models in Business and Industry 26.
    """
    converted, people = np.asarray(converted, dtype=float), np.asarray(people, dtype=float)
    if (converted > people).any() or (converted < 0).any():
        raise InputError.out_of_range("converted", converted.tolist(), "0 to people")
    rates = rng.beta(prior[0] + converted, prior[1] + people - converted, (draws, len(people)))
    best = np.bincount(rates.argmax(axis=1), minlength=len(people)) / draws
    tail = (1 - level) / 2
    return pd.DataFrame(
        {
            "mean": (prior[0] + converted) / (sum(prior) + people),
            "low": np.quantile(rates, tail, axis=0),
            "high": np.quantile(rates, 1 - tail, axis=0),
            "probability_best": best,
            "expected_loss": (rates.max(axis=1, keepdims=True) - rates).mean(axis=0),
        }
    )


def replay(
    rates: np.ndarray,
    *,
    days: int,
    people_a_day: int,
    worlds: int = 200,
    level: float = 0.9,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Conversions of Thompson sampling against an equal split, on arms with known `rates`, over many worlds.

    Columns: policy, conversions, conversions_low, conversions_high (over worlds, at `level`), share_of_best.
    """
    rates = np.asarray(rates, dtype=float)
    if ((rates <= 0) | (rates >= 1)).any():
        raise InputError.out_of_range("rates", rates.tolist(), "between 0 and 1")
    arms = len(rates)
    won, seen = np.zeros((worlds, arms)), np.zeros((worlds, arms))
    for _ in range(days):
        drawn = rng.beta(1 + won[:, None, :], 1 + (seen - won)[:, None, :], (worlds, 200, arms)).argmax(axis=2)
        share = (drawn[:, :, None] == np.arange(arms)).mean(axis=1)
        sent = rng.multinomial(people_a_day, share)
        won += rng.binomial(sent, rates)
        seen += sent
    even = rng.binomial(days * people_a_day // arms, rates, (worlds, arms)).sum(axis=1)
    rows = []
    for policy, total, best in (
        ("thompson", won.sum(axis=1), (seen[:, rates.argmax()] / seen.sum(axis=1)).mean()),
        ("equal", even, 1 / arms),
    ):
        low, high = np.quantile(total, [(1 - level) / 2, (1 + level) / 2])
        rows.append((policy, total.mean(), low, high, best))
    return pd.DataFrame(rows, columns=["policy", "conversions", "conversions_low", "conversions_high", "share_of_best"])
