"""A decision matrix that may be ranked: finite, weighted, with a direction for every column."""

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["decision", "directions", "normalise", "shares"]


def decision(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrix (alternatives x criteria), weights adding up to 1, directions (+1 more is better, -1 less is better).

    A missing or infinite value is an error, because every method would turn it into a silent NaN.
    """
    values = _matrix(matrix)
    signs = directions(types, values.shape[1])
    return values, shares(weights, values.shape[1]), signs


def _matrix(matrix: ArrayLike) -> np.ndarray:
    values = np.asarray(matrix, dtype=float)
    if values.ndim != 2 or min(values.shape) == 0:
        raise InputError.out_of_range("matrix", values.shape, "alternatives x criteria, at least one of each")
    # The sum is finite only if every value is; a full mask is built only where something is wrong.
    if not np.isfinite(values.sum()) and not (fine := np.isfinite(values)).all():
        bad = np.argwhere(~fine)
        row, column = bad[0].tolist()
        raise InputError.out_of_range(
            f"matrix value in row {row}, column {column} ({len(bad)} in all)",
            float(values[row, column]),
            "finite numbers",
            "fill what is missing first (`signals.signals` does, and counts it), or leave the row out",
        )
    return values


def directions(types: ArrayLike, count: int) -> np.ndarray:
    """+1 or -1 for each of `count` criteria; one number stands for all."""
    signs = np.broadcast_to(np.asarray(types, dtype=float), (count,)) if np.ndim(types) == 0 else np.asarray(types)
    if signs.shape != (count,) or not np.isin(signs, (-1, 1)).all():
        raise InputError.out_of_range("types", np.asarray(types).tolist(), f"{count} values of +1 or -1")
    return signs.astype(float)


def shares(weights: ArrayLike, count: int) -> np.ndarray:
    """Weights scaled to add up to 1."""
    values = np.asarray(weights, dtype=float)
    if values.shape != (count,) or not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise InputError.out_of_range("weights", values.tolist(), f"{count} numbers from 0, not all of them 0")
    return values / values.sum()


def normalise(matrix: ArrayLike, types: ArrayLike, norm: str = "minmax") -> np.ndarray:
    """Values made comparable, more is better.

    `minmax`: 0 worst to 1 best, a constant column counts 0.5 for all. `max`: share of the largest (cost: smallest over
    the value). `sum`: share of the column's sum (cost: of the sum of reciprocals). The last two need values above 0.
    """
    values = _matrix(matrix)
    signs = directions(types, values.shape[1])
    if norm == "minmax":
        low, high = values.min(axis=0), values.max(axis=0)
        spread = high - low
        scaled = np.divide(values - low, spread, out=np.full(values.shape, 0.5), where=spread > 0)
        return np.where(signs > 0, scaled, 1 - scaled)
    if norm not in ("max", "sum"):
        raise InputError.unknown("norm", norm, ["minmax", "max", "sum"])
    if (values.min(axis=0) <= 0).any():
        column = int(np.argmin(values.min(axis=0)))
        raise InputError.out_of_range(
            f"smallest value of column {column}", float(values[:, column].min()), "above 0 for this norm", "use minmax"
        )
    gains = np.where(signs > 0, values, 1 / values)
    return gains / (gains.max(axis=0) if norm == "max" else gains.sum(axis=0))
