"""Drivers as distributions: correlated draws, and the plan on many paths in bounded memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crossborder.errors import InputError
from crossborder.finance.evaluate import evaluate
from crossborder.finance.lines import Model

__all__ = ["Driver", "draw_drivers", "quantile_with_error", "simulate"]

Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Driver:
    """An uncertain number: its base value and the 5 % and 95 % points, all finite, low < base < high.

    Its distribution is metalog-like: a two-piece normal in the value itself, or in its logarithm where all three are
    above zero, so that the three points are met exactly (the base is the median). `basis` says where the span is from.
    """

    name: str
    low: float
    base: float
    high: float
    basis: str = "planning judgement"

    def __post_init__(self) -> None:
        if not self.low <= self.base <= self.high:
            raise InputError.out_of_range(
                f"driver {self.name!r}", (self.low, self.base, self.high), "low <= base <= high"
            )

    def at(self, normals: np.ndarray) -> np.ndarray:
        """Values at standard normal scores: 0 gives base, -1.645 low, +1.645 high."""
        if self.low > 0:
            below, middle, above = np.log([self.low, self.base, self.high])
        else:
            below, middle, above = self.low, self.base, self.high
        side = np.where(normals < 0, middle - below, above - middle)
        values = middle + side * normals / Z95
        return np.exp(values) if self.low > 0 else values


def draw_drivers(
    drivers: Iterable[Driver], paths: int, rng: np.random.Generator, *, correlation: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Draws of the drivers, one row a path, with the given correlation of their normal scores (Gaussian copula).

    Raises InputError for a correlation matrix that is not one (not symmetric, not of unit diagonal, not positive).
    """
    drivers = list(drivers)
    names = [driver.name for driver in drivers]
    normals = rng.standard_normal((paths, len(drivers)))
    if correlation is not None:
        normals = normals @ _cholesky(correlation, names).T
    return pd.DataFrame({driver.name: driver.at(normals[:, place]) for place, driver in enumerate(drivers)})


def simulate(
    model: Model,
    inputs_of: Callable[[pd.DataFrame], Mapping[str, np.ndarray]],
    draws: pd.DataFrame,
    months: int,
    keep: Iterable[str],
    *,
    chunk: int = 500,
) -> dict[str, np.ndarray]:
    """The lines named on every path, [path, month] (sums over segments), `chunk` paths at a time.

    `inputs_of` turns rows of `draws` into the model's inputs with the path as first dimension. A chunk that fits the
    processor's cache is both leaner and faster than one block.
    """
    keep = list(keep)
    parts = []
    for start in range(0, len(draws), chunk):
        values = evaluate(model, inputs_of(draws.iloc[start : start + chunk]), months, keep=keep)
        rows = len(draws.iloc[start : start + chunk])
        parts.append({name: _summed(model, name, values[name], rows, months) for name in keep})
    return {name: np.concatenate([part[name] for part in parts]) for name in keep}


def quantile_with_error(values: np.ndarray, share: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """A quantile of simulated values with the interval that its own sampling error leaves.

    The interval is distribution-free: order statistics around the share, from the binomial's normal approximation.
    """
    if not 0 < share < 1:
        raise InputError.out_of_range("share", share, "between 0 and 1")
    ordered = np.sort(np.asarray(values, dtype=float))
    half = ndtri((1 + level) / 2) * np.sqrt(share * (1 - share) / len(ordered))
    ends = np.clip(np.array([share - half, share + half]) * len(ordered), 0, len(ordered) - 1)
    return float(np.quantile(ordered, share)), float(ordered[int(ends[0])]), float(ordered[int(np.ceil(ends[1]))])


def _summed(model: Model, name: str, array: np.ndarray, paths: int, months: int) -> np.ndarray:
    if model.lines[name].level == "segment":
        raise InputError.out_of_range(
            "line to keep", name, "a line of the group; give the segments a total of their own"
        )
    return np.broadcast_to(array[:, :, 0, 0], (paths, months)).copy()


def _cholesky(correlation: pd.DataFrame, names: list[str]) -> np.ndarray:
    missing = set(names) - set(correlation.columns)
    if missing:
        raise InputError.missing_columns("correlation", missing, correlation.columns)
    matrix = correlation.loc[names, names].to_numpy(dtype=float)
    if not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise InputError.out_of_range(
            "correlation", matrix.round(3).tolist(), "a symmetric matrix with ones on its diagonal"
        )
    try:
        return np.linalg.cholesky(matrix + 1e-12 * np.eye(len(names)))
    except np.linalg.LinAlgError:
        smallest = float(np.linalg.eigvalsh(matrix).min())
        raise InputError.out_of_range(
            "correlation: smallest eigenvalue", smallest, "above 0 (correlations that can hold together)"
        ) from None
