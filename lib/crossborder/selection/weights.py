"""Weights of criteria: by experts (AHP), from data (entropy, CRITIC, spread, removal), equal, by rank, or fitted."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.selection.criteria import decision, directions, normalise, shares

__all__ = [
    "PairwiseWeights",
    "ahp",
    "all_weights",
    "comparisons",
    "critic",
    "entropy",
    "equal",
    "fitted",
    "group_comparisons",
    "merec",
    "rank_order",
    "standard_deviation",
]

# Random index, 1 to 15 criteria. Source: Saaty (1980), The Analytic Hierarchy Process; 11 to 15 by simulation there.
RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


@dataclass(frozen=True)
class PairwiseWeights:
    """Weights with the consistency of the comparisons; a ratio above 0.1 calls for a second look at them.

    `completed` is the matrix with what was left out filled in; `missing` the pairs left out.
    """

    weights: pd.Series
    largest_eigenvalue: float
    consistency_index: float
    consistency_ratio: float
    consistent: bool
    missing: int
    completed: np.ndarray


def ahp(
    comparisons: ArrayLike,
    names: list[str] | None = None,
    *,
    method: str = "eigenvector",
    limit: float = 0.1,
    random_index: float = 0.0,
    fill: str = "smallest_eigenvalue",
) -> PairwiseWeights:
    """Weights from pairwise comparisons (a reciprocal matrix, 1/9 to 9 on Saaty's scale; NaN where not compared).

    `method`: `eigenvector` (Saaty 1980) or `geometric_mean` (Crawford and Williams 1985). Missing pairs take the values
    that minimise the largest eigenvalue (Bozoki, Fulop and Ronyai 2010), with `fill="harker"` the ratios of the weights
    themselves (Harker 1987), or the logarithmic least squares for the geometric mean. The random index of an incomplete
    matrix is scaled after Agoston and Csato (2022). Pairs that do not connect all criteria are refused. `random_index`
    replaces the built-in index of Saaty (1980) if above 0.
    """
    if method not in ("eigenvector", "geometric_mean"):
        raise InputError.unknown("method", method, ["eigenvector", "geometric_mean"])
    if fill not in ("smallest_eigenvalue", "harker"):
        raise InputError.unknown("fill", fill, ["smallest_eigenvalue", "harker"])
    matrix = _reciprocal(comparisons)
    count = len(matrix)
    labels = [f"criterion {i + 1}" for i in range(count)] if names is None else list(names)
    if len(labels) != count:
        raise InputError.out_of_range("names", len(labels), f"{count} names")
    missing = int(np.isnan(matrix).sum()) // 2
    complete = _complete(matrix, method, fill) if missing else matrix
    root, vector = _principal(complete)
    if method == "geometric_mean":
        vector = np.exp(np.log(complete).mean(axis=1))
    index = max(root - count, 0.0) / (count - 1) if count > 1 else 0.0
    random = random_index or _random_index(count, missing)
    ratio = index / random if random > 0 else 0.0
    weights = pd.Series(vector / vector.sum(), index=labels)
    return PairwiseWeights(weights, root, index, ratio, ratio <= limit, missing, complete)


def comparisons(text: str, names: list[str]) -> np.ndarray:
    """The matrix of pairwise comparisons from text such as `margin/demand = 2, fit/demand = 1/3`; NaN elsewhere."""
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    place = {name: i for i, name in enumerate(names)}
    for item in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(\w+)\s*/\s*(\w+)\s*=\s*(\d+(?:\.\d+)?)(?:\s*/\s*(\d+(?:\.\d+)?))?", item)
        if not found:
            raise InputError.out_of_range("comparison", item, "two names and a ratio, such as margin/demand = 2")
        first, second, top, bottom = found.groups()
        for name in (first, second):
            if name not in place:
                raise InputError.unknown("signal in the comparisons", name, place)
        ratio = float(top) / float(bottom or 1)
        if ratio <= 0 or first == second:
            raise InputError.out_of_range("comparison", item, "two different signals and a ratio above 0")
        matrix[place[first], place[second]], matrix[place[second], place[first]] = ratio, 1 / ratio
    return matrix


def _reciprocal(comparisons: ArrayLike) -> np.ndarray:
    matrix = np.array(comparisons, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError.out_of_range("comparisons", matrix.shape, "a square matrix")
    gap = np.isnan(matrix)
    if not (np.isfinite(matrix[~gap]) & (matrix[~gap] > 0)).all():
        wrong = matrix[~gap & ~(np.isfinite(matrix) & (matrix > 0))]
        raise InputError.out_of_range("comparison", float(wrong[0]), "a finite ratio above 0")
    # One of the two sides is enough.
    mirror = 1 / matrix.T
    matrix = np.where(gap, mirror, matrix)
    np.fill_diagonal(matrix, np.where(np.isnan(np.diag(matrix)), 1.0, np.diag(matrix)))
    product = matrix * matrix.T
    off = np.argwhere(np.abs(product - 1) > 0.02)  # rounded reciprocals such as 0.33 are accepted
    if len(off):
        i, j = off[0].tolist()
        raise InputError.out_of_range(
            f"comparison ({i}, {j}) times ({j}, {i})", round(float(product[i, j]), 3), "1", "give reciprocal values"
        )
    return matrix


def _principal(matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """Largest eigenvalue and its vector of a positive matrix."""
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    return float(values[at].real), np.abs(vectors[:, at].real)


def _complete(matrix: np.ndarray, method: str, fill: str) -> np.ndarray:
    """Fills the missing pairs."""
    known = ~np.isnan(matrix)
    laplacian = np.diag(known.sum(axis=1) - 1.0) - (known & ~np.eye(len(matrix), dtype=bool))
    if np.linalg.matrix_rank(laplacian) < len(matrix) - 1:
        raise Refusal.because(
            "no weights from these comparisons",
            "they fall into groups that no comparison connects",
            "compare at least one pair across the groups",
        )
    if fill == "harker" and method == "eigenvector":
        reduced = np.where(known, matrix, 0.0)
        np.fill_diagonal(reduced, 1.0 + (~known).sum(axis=1))
        vector = _principal(reduced)[1]
        return np.where(known, matrix, vector[:, None] / vector)
    total = np.where(known, np.log(np.where(known, matrix, 1.0)), 0.0).sum(axis=1)
    scale = np.linalg.lstsq(laplacian, total, rcond=None)[0]
    start = np.exp(scale[:, None] - scale)
    if method == "geometric_mean":
        return np.where(known, matrix, start)
    from scipy.optimize import minimize

    rows, columns = np.nonzero(np.triu(~known))

    def filled(logs: np.ndarray) -> np.ndarray:
        whole = np.where(known, matrix, 1.0)
        whole[rows, columns], whole[columns, rows] = np.exp(logs), np.exp(-logs)
        return whole

    def value_and_slope(logs: np.ndarray) -> tuple[float, np.ndarray]:
        whole = filled(logs)
        root, right = _principal(whole)
        left = _principal(whole.T)[1]
        slope = whole * np.outer(left, right) / (left @ right)
        return root, slope[rows, columns] - slope[columns, rows]

    # The eigenvalue is convex in the logarithms, so any minimum is the minimum.
    best = minimize(value_and_slope, np.log(start[rows, columns]), jac=True, method="BFGS", tol=1e-10)
    return filled(best.x)


def _random_index(count: int, missing: int) -> float:
    full = RANDOM_INDEX[count - 1] if count <= len(RANDOM_INDEX) else (2.7699 * count - 4.3513 - count) / (count - 1)
    if not missing:
        return full
    return full * max(1 - 2 * missing / ((count - 1) * (count - 2)), 0.0)


def group_comparisons(matrices: list[ArrayLike]) -> np.ndarray:
    """One matrix from several experts by geometric means (Aczel and Saaty 1983); NaN where none spoke."""
    if not matrices:
        raise InputError.out_of_range("matrices", 0, "at least one expert")
    logs = np.log(np.array([_reciprocal(matrix) for matrix in matrices]))
    count = (~np.isnan(logs)).sum(axis=0)
    mean = np.divide(np.nansum(logs, axis=0), count, out=np.full(logs.shape[1:], np.nan), where=count > 0)
    return np.exp(mean)


def entropy(matrix: ArrayLike) -> np.ndarray:
    """Weights by how unevenly each column is spread over the alternatives, adding up to 1.

    Needs values from 0 (shift or normalise negative ones yourself: the result depends on where 0 lies). A constant
    column gets weight 0; if all are constant there is nothing to weigh by (Refusal).
    Source: Shannon (1948); worked example in Xu (2004), EJOR 156(2).
    """
    values = decision(matrix, np.ones(np.shape(matrix)[1]), 1)[0]
    if (values < 0).any():
        column = int(np.argmin(values.min(axis=0)))
        raise InputError.out_of_range(
            f"smallest value of column {column}", float(values[:, column].min()), "0 or above",
            "use CRITIC, which takes any numbers, or normalise the column first",
        )  # fmt: skip
    if len(values) < 2:
        return _shares_or_refuse(np.zeros(values.shape[1]), "entropy")
    total = values.sum(axis=0)
    part = np.divide(values, total, out=np.full(values.shape, 1 / len(values)), where=total > 0)
    logs = np.log(np.where(part > 0, part, 1.0))
    unevenness = 1 + (part * logs).sum(axis=0) / np.log(max(len(values), 2))
    return _shares_or_refuse(np.where(unevenness < 1e-12, 0.0, unevenness), "entropy")


def critic(matrix: ArrayLike, types: ArrayLike = 1, correlation: str = "pearson") -> np.ndarray:
    """Weights by contrast (standard deviation) times conflict (sum of 1 - correlation), adding up to 1.

    Columns are scaled from 0 to 1 by their direction. `correlation`: `pearson` or `spearman`. A constant column gets
    weight 0 and does not disturb the others. Source: Diakoulaki, Mavrotas and Papayannakis (1995), C&OR 22(7).
    """
    if correlation not in ("pearson", "spearman"):
        raise InputError.unknown("correlation", correlation, ["pearson", "spearman"])
    values = decision(matrix, np.ones(np.shape(matrix)[1]), types)[0]
    scaled = normalise(values, types)
    varies = np.ptp(values, axis=0) > 0
    weights = np.zeros(values.shape[1])
    if varies.sum() < 2:
        weights[varies] = 1.0
        return _shares_or_refuse(weights, "CRITIC")
    used = scaled[:, varies]
    ranked = pd.DataFrame(used).rank().to_numpy() if correlation == "spearman" else used
    conflict = (1 - np.corrcoef(ranked, rowvar=False)).sum(axis=0)
    weights[varies] = used.std(axis=0) * conflict
    return _shares_or_refuse(weights, "CRITIC")


def standard_deviation(matrix: ArrayLike, types: ArrayLike = 1) -> np.ndarray:
    """Weights by the standard deviation of the columns scaled from 0 to 1, adding up to 1; constant columns get 0."""
    values = decision(matrix, np.ones(np.shape(matrix)[1]), types)[0]
    spread = np.where(np.ptp(values, axis=0) > 0, normalise(values, types).std(axis=0), 0.0)
    return _shares_or_refuse(spread, "standard deviation")


def merec(matrix: ArrayLike, types: ArrayLike = 1) -> np.ndarray:
    """Weights by what the alternatives' scores lose when a column is left out; needs values above 0.

    Source: Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4), 525.
    """
    values = decision(matrix, np.ones(np.shape(matrix)[1]), types)[0]
    signs = directions(types, values.shape[1])
    if (values <= 0).any():
        raise InputError.out_of_range("smallest value", float(values.min()), "above 0")
    scaled = np.where(signs > 0, values.min(axis=0) / values, values / values.max(axis=0))
    logs = np.abs(np.log(scaled))
    count = values.shape[1]
    whole = np.log1p(logs.sum(axis=1) / count)
    without = np.log1p((logs.sum(axis=1, keepdims=True) - logs) / count)
    return _shares_or_refuse(np.abs(without - whole[:, None]).sum(axis=0), "MEREC")


def equal(count: int) -> np.ndarray:
    """The same weight for `count` criteria."""
    if count < 1:
        raise InputError.out_of_range("count", count, "at least 1")
    return np.full(count, 1 / count)


def rank_order(places: ArrayLike, method: str = "centroid") -> np.ndarray:
    """Weights from the order of importance (1 is first): `centroid` (Barron 1992), `sum` or `reciprocal`.

    The centroid is the mean of all weights that keep the order.
    """
    place = np.asarray(places)
    count = len(place)
    if sorted(place.tolist()) != list(range(1, count + 1)):
        raise InputError.out_of_range("places", place.tolist(), f"each of 1 to {count} once")
    order = np.arange(1, count + 1)
    table = {
        "centroid": np.cumsum((1 / order)[::-1])[::-1] / count,
        "sum": (count + 1.0 - order),
        "reciprocal": 1.0 / order,
    }
    if method not in table:
        raise InputError.unknown("method", method, table)
    return shares(table[method][place - 1], count)


def fitted(coefficients: pd.Series) -> pd.Series:
    """Weights from standardised coefficients of a fitted success model; signals that do harm as coded get 0."""
    helpful = coefficients.clip(lower=0)
    if helpful.sum() <= 0:
        raise Refusal.because(
            "no weights from the fitted model", "no signal helps in its stated direction", "use expert or equal weights"
        )
    return helpful / helpful.sum()


def all_weights(matrix: pd.DataFrame, expert: pd.Series, model: pd.Series | None = None) -> pd.DataFrame:
    """Weights of every kind, one row a signal: expert, entropy, critic, spread, equal and, if given, fitted.

    `matrix` holds signals from 0 to 1, more is better.
    """
    table = {
        "expert": expert.reindex(matrix.columns).to_numpy(),
        "entropy": entropy(matrix.to_numpy()),
        "critic": critic(matrix.to_numpy()),
        "spread": standard_deviation(matrix.to_numpy()),
        "equal": equal(matrix.shape[1]),
    }
    if model is not None:
        table["fitted"] = model.reindex(matrix.columns).to_numpy()
    found = pd.DataFrame(table, index=matrix.columns)
    if found.isna().any(axis=None):
        absent = found.index[found.isna().any(axis=1)].tolist()
        raise InputError.missing_columns("weights", absent, expert.index)
    return found


def _shares_or_refuse(values: np.ndarray, name: str) -> np.ndarray:
    if values.sum() <= 0:
        raise Refusal.because(
            f"no {name} weights",
            "no column varies over the alternatives, or all tell the same",
            "use equal or expert weights",
        )
    return values / values.sum()
