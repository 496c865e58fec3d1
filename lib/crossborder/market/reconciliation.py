"""Forecasts of a hierarchy made to add up: bottom-up, OLS, WLS (structural, variance), MinT (sample, shrink).

The projection is taken in zero-constraint form (Wickramasuriya, Athanasopoulos and Hyndman 2019, section 2.3;
Di Fonzo and Girolimetto 2023): with C y = 0 the rules of addition, y~ = y^ - W C' (C W C')^-1 C y^.
Its cost grows with the number of totals, not of series; MinT keeps W as diagonal plus low rank.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from crossborder.errors import InputError, Refusal

__all__ = ["METHODS", "Hierarchy", "hierarchy", "reconcile", "reconciliation_gain", "shrinkage_intensity"]

METHODS = ("bottom_up", "ols", "wls_struct", "wls_var", "mint_sample", "mint_shrink")


@dataclass(frozen=True)
class Hierarchy:
    """Rules of addition: `summing` (nodes x bottom, sparse), `labels` of the nodes (totals first), `bottom` labels."""

    summing: sparse.csr_array
    labels: pd.Index
    bottom: pd.Index

    @property
    def totals(self) -> int:
        """The number of nodes above the bottom."""
        return len(self.labels) - len(self.bottom)


def hierarchy(keys: pd.DataFrame, groups: list[list[str]]) -> Hierarchy:
    """The hierarchy of bottom series with `keys` (one row a series) and totals over `groups` of its columns.

    `groups` of a market x category grid: [[], ["market"], ["category"]]; [] is the grand total. Labels are the
    values joined by " / ", the grand total is "total"; the bottom comes last in the order of `keys`.
    """
    missing = {c for g in groups for c in g} - set(keys.columns)
    if missing:
        raise InputError.missing_columns("keys", missing, keys.columns)
    if keys.empty or keys.duplicated().any():
        raise InputError.out_of_range("keys", f"{len(keys)} rows", "at least one row, all different", "aggregate twins")
    n = len(keys)
    blocks, labels = [], []
    for group in groups:
        if not group:
            blocks.append(sparse.csr_array(np.ones((1, n))))
            labels.append("total")
            continue
        codes, values = pd.factorize(_joined(keys[group]))
        blocks.append(sparse.csr_array((np.ones(n), (codes, np.arange(n))), shape=(len(values), n)))
        labels += list(values)
    bottom = pd.Index(_joined(keys))
    summing = sparse.vstack([*blocks, sparse.eye_array(n)], format="csr")
    return Hierarchy(summing, pd.Index(labels).append(bottom), bottom)


def _joined(frame: pd.DataFrame) -> np.ndarray:
    parts = [frame[c].astype("str") for c in frame.columns]
    return parts[0].str.cat(parts[1:], sep=" / ").to_numpy() if len(parts) > 1 else parts[0].to_numpy()


def reconcile(
    base: np.ndarray,
    nodes: Hierarchy | np.ndarray,
    *,
    method: str = "wls_struct",
    residuals: np.ndarray | None = None,
    centred: bool | None = None,
    non_negative: bool = False,
) -> np.ndarray:
    """Base forecasts (nodes, or nodes x horizon; totals first, bottom last) moved as little as needed to add up.

    `nodes`: a `Hierarchy` or a summing matrix S (nodes x bottom) whose last rows are the identity. `residuals`
    (nodes x periods) of one-step forecasts are needed by wls_var, mint_sample and mint_shrink. `centred`: whether
    residual means are taken out; None follows common practice (wls_var no, the covariances yes, divided by T - 1).
    `non_negative` sets negative bottom values to 0 and adds up again.
    """
    if method not in METHODS:
        raise InputError.unknown("method", method, METHODS)
    summing = nodes.summing if isinstance(nodes, Hierarchy) else sparse.csr_array(np.asarray(nodes, dtype=float))
    values = np.asarray(base, dtype=float)
    frame = values.reshape(len(values), -1)
    _check_base(frame, summing)
    n, m = summing.shape
    if method == "bottom_up":
        bottom = frame[n - m :]
    else:
        constraints = sparse.hstack([sparse.eye_array(n - m), -summing[: n - m]], format="csr")
        diagonal, low_rank = _weights(method, summing, residuals, centred)
        bottom = _projected(frame, constraints, diagonal, low_rank)[n - m :]
    if non_negative:
        bottom = np.maximum(bottom, 0.0)
    return (summing @ bottom).reshape(values.shape)


def _check_base(frame: np.ndarray, summing: sparse.csr_array) -> None:
    n, m = summing.shape
    if len(frame) != n:
        raise InputError.out_of_range(
            "base forecasts", len(frame), f"{n} rows, one a node", "totals first, bottom last"
        )
    if not np.all(np.isfinite(frame)):
        raise InputError.out_of_range("base forecasts", "missing or infinite", "a number for every node", "fill them")
    if n < m or abs(summing[n - m :] - sparse.eye_array(m)).sum() != 0:
        raise InputError.out_of_range("summing matrix", (n, m), "its last rows are the identity", "order bottom last")


def _weights(method, summing, residuals, centred) -> tuple[np.ndarray, np.ndarray | None]:
    """W as a diagonal and, for the covariances, a factor F with W = diag + F F'."""
    n = summing.shape[0]
    if method == "ols":
        return np.ones(n), None
    if method == "wls_struct":
        return np.asarray(summing.sum(axis=1)).ravel().astype(float), None
    errors = _check_residuals(method, residuals, n)
    centre = method != "wls_var" if centred is None else centred
    errors = errors - errors.mean(axis=1, keepdims=True) if centre else errors
    divisor = errors.shape[1] - 1 if centre else errors.shape[1]
    variance = (errors**2).sum(axis=1) / divisor
    if np.all(variance == 0):
        raise Refusal.because(f"{method} has no weights", "all residuals are 0", "use method 'wls_struct'")
    variance = np.maximum(variance, 1e-8 * variance.max())
    if method == "wls_var":
        return variance, None
    # With fewer periods than nodes the sample covariance is singular: a trace of its diagonal always stays.
    share = 0.0 if method == "mint_sample" else max(1e-6, shrinkage_intensity(errors, centred=False))
    if method == "mint_sample" and n > divisor:
        raise Refusal.because(
            f"mint_sample needs more than {n} periods", f"there are {errors.shape[1]}", "use method 'mint_shrink'"
        )
    return share * variance, np.sqrt((1 - share) / divisor) * errors


def _check_residuals(method: str, residuals: np.ndarray | None, n: int) -> np.ndarray:
    if residuals is None:
        raise InputError.out_of_range("residuals", None, f"nodes x periods for {method}", "or use method 'wls_struct'")
    errors = np.asarray(residuals, dtype=float)
    if errors.ndim != 2 or errors.shape[0] != n or errors.shape[1] < 3 or not np.all(np.isfinite(errors)):
        raise InputError.out_of_range("residuals", errors.shape, f"{n} rows, 3 or more finite columns", "")
    return errors


def _projected(frame, constraints, diagonal, low_rank) -> np.ndarray:
    from scipy.sparse.linalg import splu

    gap = constraints @ frame
    scaled = constraints.multiply(diagonal[None, :]).tocsr()
    if low_rank is None:
        # Sparse elimination: the system has one row a total and is as sparse as the hierarchy.
        system = sparse.csc_matrix(scaled @ constraints.T)
        return frame - scaled.T @ splu(system).solve(gap)
    lifted = constraints @ low_rank
    if diagonal.max() > 0:
        # Woodbury: eliminate the sparse part, then a system with one row a period.
        factor = splu(sparse.csc_matrix(scaled @ constraints.T))
        inner, outer = factor.solve(gap), factor.solve(lifted)
        pull = inner - outer @ np.linalg.solve(np.eye(lifted.shape[1]) + lifted.T @ outer, lifted.T @ inner)
    else:
        pull = np.linalg.solve(lifted @ lifted.T, gap)
    return frame - scaled.T @ pull - low_rank @ (lifted.T @ pull)


def shrinkage_intensity(residuals: np.ndarray, *, centred: bool = True) -> float:
    """Share by which correlations shrink to 0 (fraction; Schafer and Strimmer 2005, equation 8, for correlations).

    Works in blocks: memory stays with the number of nodes, not its square.
    """
    errors = np.asarray(residuals, dtype=float)
    errors = errors - errors.mean(axis=1, keepdims=True) if centred else errors
    periods = errors.shape[1]
    scale = np.sqrt((errors**2).mean(axis=1, keepdims=True))
    z = np.divide(errors, scale, out=np.zeros_like(errors), where=scale > 0)
    squares = z**2
    # Sums over pairs without forming them: (sum_t z_i z_j)^2 from the T x T Gram matrix, sum_t (z_i z_j)^2 by period.
    pair_square = np.sum((z.T @ z) ** 2) - np.sum(squares.sum(axis=1) ** 2)
    product_square = np.sum(squares.sum(axis=0) ** 2) - np.sum(squares**2)
    variance = (product_square - pair_square / periods) / (periods * (periods - 1))
    squared = pair_square / periods**2
    return float(np.clip(variance / squared, 0.0, 1.0)) if squared > 0 else 1.0


def reconciliation_gain(
    base: np.ndarray, reconciled: dict[str, np.ndarray], actual: np.ndarray, nodes: Hierarchy
) -> pd.DataFrame:
    """Root mean squared error at the grand total, other totals, bottom and all nodes, against the base forecast.

    Arrays are nodes x horizon. Columns: `level`, one a method, `best`. A method below the base at one level may
    still lose at another: the table says where.
    """
    top, n = np.zeros(len(nodes.labels), dtype=int), len(nodes.labels)
    top[1 : nodes.totals], top[nodes.totals :] = 1, 2
    tables = {"base": base, **reconciled}
    rows = {}
    for name, value in tables.items():
        squared = (np.asarray(value).reshape(n, -1) - np.asarray(actual).reshape(n, -1)) ** 2
        rows[name] = [np.sqrt(squared[top == i].mean()) for i in range(3) if np.any(top == i)] + [
            np.sqrt(squared.mean())
        ]
    levels = [name for i, name in enumerate(("grand total", "other totals", "bottom")) if np.any(top == i)]
    frame = pd.DataFrame(rows, index=pd.Index([*levels, "all nodes"], name="level"))
    return frame.assign(best=frame.idxmin(axis=1))
