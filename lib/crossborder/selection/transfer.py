"""What would sell in another market what sells here: similarity of markets, forecast of empty cells, its error."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["back_test", "similarity", "transfer"]


def similarity(sales: pd.DataFrame, facts: pd.DataFrame | None = None, facts_weight: float = 0.3) -> pd.DataFrame:
    """Likeness of markets (0 to 1) from the mix of what they buy, and from `facts` about them (market x numbers).

    The mix is compared by the correlation of log sales after each product's and market's level is taken out, shrunk by
    the number of shared products; facts by their distance in standard deviations.
    """
    logs = _logs(sales)
    rest = logs.sub(logs.mean(axis=1), axis=0)
    rest = rest - rest.mean()
    match = rest.corr(min_periods=5).fillna(0.0)
    shared = logs.notna().astype(float).T @ logs.notna().astype(float)
    like = (1 + match * shared / (shared + 10)) / 2
    if facts is None:
        return like
    if missing := sorted(set(sales.columns) - set(facts.index)):
        raise InputError.unknown("market of the facts", missing[0], facts.index)
    z = facts.loc[sales.columns].apply(lambda x: (x - x.mean()) / max(x.std(ddof=0), 1e-12)).fillna(0.0).to_numpy()
    near = np.exp(-((z[:, None] - z) ** 2).mean(axis=2) / 2)
    return (1 - facts_weight) * like + facts_weight * near


def _logs(sales: pd.DataFrame) -> pd.DataFrame:
    if sales.shape[1] < 3 or sales.shape[0] < 10:
        raise Refusal.because("no transfer", f"{sales.shape[0]} products, {sales.shape[1]} markets", "needs 10 and 3")
    if (sales < 0).any(axis=None):
        raise InputError.out_of_range("sales", float(sales.min(axis=None)), "pieces from 0; empty where not sold")
    return np.log(sales.where(sales > 0))


def transfer(sales: pd.DataFrame, like: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Forecast of every empty cell (product not yet sold in a market): sku, market, units, low, high, score.

    `sales`: index sku, one column a market, pieces in the same span; empty or 0 where not sold. The log of a cell is
    the product's level plus the market's level plus what like markets show beyond that, weighted by likeness to the
    fourth power and shrunk by the number of markets seen. Intervals come from forecasting known cells
    without them. `score`: mean likeness of the markets that the forecast rests on.
    """
    logs = _logs(sales)
    found, weight = _forecast(logs, like)
    known = logs.notna().to_numpy()
    sd = _spread(logs, like)
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    row, column = np.nonzero(~known & np.isfinite(found))
    value = found[row, column]
    return pd.DataFrame(
        {
            "sku": logs.index.to_numpy()[row],
            "market": logs.columns.to_numpy()[column],
            "units": np.exp(value),
            "low": np.exp(value - z * sd),
            "high": np.exp(value + z * sd),
            "score": weight[row, column],
        }
    ).sort_values("units", ascending=False, ignore_index=True)


def _forecast(logs: pd.DataFrame, like: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Log sales of every cell from the other cells of its product, and the mean likeness behind it."""
    y, seen = logs.to_numpy(), logs.notna().to_numpy()
    market, product = np.nanmean(y, axis=0), np.zeros(len(y))
    for _ in range(25):  # two-way means with gaps, by turns
        product = np.nanmean(y - market, axis=1)
        market = np.nanmean(y - product[:, None], axis=0)
    rest = np.where(seen, y - market, 0.0)
    power = like.loc[logs.columns, logs.columns].to_numpy() ** 4
    np.fill_diagonal(power, 0.0)  # a cell never explains itself
    total = seen @ power
    mean = np.divide(rest @ power, total, out=np.full(y.shape, np.nan), where=total > 0)
    count = seen.sum(axis=1, keepdims=True) - seen
    keep = count / (count + 0.5)
    base = np.nanmean(product)
    strength = np.divide((seen @ (power * like.to_numpy())), total, out=np.zeros(y.shape), where=total > 0)
    return market + keep * mean + (1 - keep) * base, strength


def _spread(logs: pd.DataFrame, like: pd.DataFrame) -> float:
    error = (logs.to_numpy() - _forecast(logs, like)[0])[logs.notna().to_numpy()]
    return float(np.sqrt(np.nanmean(error**2)))


def back_test(sales: pd.DataFrame, like: pd.DataFrame, level: float = 0.9) -> dict[str, float]:
    """Error of forecasting known cells from the other markets: factor (median of predicted over actual, either way),
    that of the plain market share method, the share of cells inside the interval, and the number of cells."""
    from scipy.special import ndtri

    logs = _logs(sales)
    found, _ = _forecast(logs, like)
    plain, _ = _forecast(logs, pd.DataFrame(1.0, index=logs.columns, columns=logs.columns))
    known = logs.notna().to_numpy() & np.isfinite(found)
    error, other = (logs.to_numpy() - found)[known], (logs.to_numpy() - plain)[known]
    inside = np.abs(error) <= ndtri(0.5 + level / 2) * _spread(logs, like)
    return {
        "median_factor": float(np.exp(np.median(np.abs(error)))),
        "plain_factor": float(np.exp(np.median(np.abs(other)))),
        "inside": float(inside.mean()),
        "cells": float(known.sum()),
    }
