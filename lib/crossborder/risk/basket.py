"""A revenue basket in several currencies, seen from home: weights, returns, and how far currencies net each other."""

import re

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.risk.volatility import TRADING_DAYS, simple_returns

__all__ = [
    "diversification",
    "home_returns",
    "natural_netting",
    "netted_interval",
    "parse",
    "risk_contributions",
    "weighted",
]

ITEM = re.compile(r"^\s*([A-Za-z]{3})\s*[:= ]?\s*(-?\d*\.?\d+)\s*(%?)\s*$")
SUM_TOLERANCE = 0.005


def parse(text: str) -> pd.Series:
    """Weights by currency from text such as "EUR .35, GBP .20, JPY 45%", scaled to add up to exactly 1.

    >>> parse("EUR .75, GBP 25%").to_dict()
    {'EUR': 0.75, 'GBP': 0.25}
    """
    found = [ITEM.match(item) for item in text.split(",") if item.strip()]
    if not found or not all(found):
        wrong = [item.strip() for item in text.split(",") if not ITEM.match(item)] or [text]
        raise InputError.out_of_range("basket", wrong[0], "pairs like 'EUR .35' apart by commas", "")
    names = [match[1].upper() for match in found]
    if len(set(names)) < len(names):
        raise InputError.out_of_range("basket", text, "each currency once", "add the weights of the repeated one")
    weights = pd.Series([float(m[2]) / (100 if m[3] else 1) for m in found], index=names, name="weight")
    if (weights <= 0).any() or abs(weights.sum() - 1) > SUM_TOLERANCE:
        raise InputError.out_of_range(
            "basket", f"weights with sum {weights.sum():.3f}", "weights above 0 that add up to 1", "scale them to 1"
        )
    return weights / weights.sum()


def home_returns(rates: pd.DataFrame) -> pd.DataFrame:
    """Daily simple returns of each currency in home money, from `exchange.rates(currencies, base=home)`."""
    return simple_returns(rates)


def weighted(returns: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Return of the basket a day, with the weights restored every day."""
    missing = [name for name in weights.index if name not in returns.columns]
    if missing:
        raise InputError.missing_columns("returns", missing, returns.columns)
    return (returns[list(weights.index)] @ weights).rename("basket")


def diversification(returns: pd.DataFrame, weights: pd.Series) -> dict[str, float]:
    """Yearly volatility of the basket, of its parts without netting, and the share that netting removes, fractions."""
    apart = returns[list(weights.index)].std() * np.sqrt(TRADING_DAYS)
    together = float(weighted(returns, weights).std() * np.sqrt(TRADING_DAYS))
    gross = float((apart * weights.abs()).sum())
    return {"undiversified": gross, "basket": together, "netted": 1 - together / gross}


def netted_interval(
    returns: pd.DataFrame, weights: pd.Series, rng: np.random.Generator, *, block: int = 63, level: float = 0.9
) -> tuple[float, float]:
    """Ends of the share that netting removes: quarters of a year drawn again with replacement, 1,000 times.

    A history of less than a year is cut into four.
    """
    used = returns[list(weights.index)].to_numpy(float)
    block = min(block, max(len(used) // 4, 1))
    pieces = used[: len(used) // block * block].reshape(-1, block, used.shape[1])
    first, second = pieces.mean(axis=1), np.einsum("bti,btj->bij", pieces, pieces) / block
    share = rng.multinomial(len(pieces), np.full(len(pieces), 1 / len(pieces)), 1000) / len(pieces)
    mean, square = share @ first, np.tensordot(share, second, axes=1)
    covariance = square - mean[:, :, None] * mean[:, None, :]
    held = weights.to_numpy(float)
    together = np.sqrt(np.einsum("i,sij,j->s", held, covariance, held))
    apart = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)) @ np.abs(held)
    low, high = np.quantile(1 - together / apart, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def risk_contributions(returns: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """By currency: weight, volatility_year, contribution_year (adds up to the basket's volatility), share."""
    used = returns[list(weights.index)]
    covariance = used.cov() * TRADING_DAYS
    total = float(np.sqrt(weights @ covariance @ weights))
    contribution = weights * (covariance @ weights) / total
    return pd.DataFrame(
        {
            "currency": weights.index,
            "weight": weights.to_numpy(),
            "volatility_year": np.sqrt(np.diag(covariance)),
            "contribution_year": contribution.to_numpy(),
            "share": contribution.to_numpy() / total,
        }
    )


def natural_netting(received: ArrayLike, paid: ArrayLike) -> np.ndarray:
    """Share of the gross flows of a currency that cancel: 2 * min(received, paid) / (received + paid), fraction.

    Both are amounts above 0 of the same currency and period; without any flow the share is 0.
    """
    received, paid = np.asarray(received, float), np.asarray(paid, float)
    if (received < 0).any() or (paid < 0).any():
        raise InputError.out_of_range("flows", float(min(received.min(), paid.min())), "0 or more", "give amounts")
    gross = received + paid
    return np.divide(2 * np.minimum(received, paid), gross, out=np.zeros_like(gross), where=gross > 0)
