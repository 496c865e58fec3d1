"""How sales answer price: Poisson regression with a level of its own for every product and market."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crossborder.errors import InputError, Refusal

__all__ = ["FixedEffectsPoisson", "control_function", "fixed_effects_poisson"]


@dataclass(frozen=True)
class FixedEffectsPoisson:
    """Coefficients of a Poisson regression with group effects conditioned out.

    `table` has one row a regressor: coefficient, standard_error (clustered by group), low, high. A coefficient on a log
    regressor is an elasticity. `dispersion` is Pearson's chi-square over degrees of freedom (1 for true Poisson).
    """

    table: pd.DataFrame
    groups: int
    rows: int
    rows_without_sales: int
    dispersion: float


def fixed_effects_poisson(
    frame: pd.DataFrame,
    units: str,
    regressors: Sequence[str],
    *,
    group: Sequence[str],
    exposure: str | None = None,
    cluster: Sequence[str] = (),
    level: float = 0.9,
) -> FixedEffectsPoisson:
    """Poisson regression of counts with a fixed effect a group, E[units] = exposure a_g exp(x b).

    Parameters
    ----------
    frame : one row a group and period; `units` counts of at least 0; `regressors` finite numbers.
    group : columns whose combinations are the groups; groups without any unit carry no information and are counted.
    cluster : columns whose combinations share shocks; the groups themselves if empty. Few clusters give rough errors.
    exposure : column from 0 to 1 (share of the week in stock): sales censored by an empty shelf are not low demand.

    The fixed effects are conditioned out (Hausman, Hall and Griliches, 1984, equation 2.6), so that thousands of groups
    cost nothing and do not bias b; zero sales stay in, which a regression of log units would drop. Standard errors are
    clustered and need no Poisson variance (Wooldridge, 1999).

    Raises
    ------
    InputError : a column is missing, or holds what cannot be used.
    Refusal : a regressor does not vary within groups, or two move together, so that b is not identified.
    """
    needed = {units, *regressors, *group, *cluster, *([exposure] if exposure else [])}
    if not needed <= set(frame.columns):
        raise InputError.missing_columns("frame", needed - set(frame.columns), frame.columns)
    counts, x, codes, offset, clusters = _arrays(frame, units, regressors, group, exposure, cluster or group)
    totals = np.bincount(codes, weights=counts)
    kept = totals[codes] > 0
    without_sales = int((~kept).sum())
    counts, x, offset, clusters = counts[kept], x[kept], offset[kept], clusters[kept]
    codes = np.unique(codes[kept], return_inverse=True)[1]
    if not len(counts):
        raise Refusal.because("no elasticity", "nothing was sold at all", "take a longer period or other products")
    # A group's own level of a regressor is conditioned out like everything else of the group.
    x, scale = _standardised(x, codes, regressors)
    coefficients, bread, expected = _newton(counts, x, codes, offset)
    errors = _clustered_errors(counts - expected, x, codes, clusters, expected, bread) / scale
    coefficients = coefficients / scale
    half = float(ndtri((1 + level) / 2)) * errors
    table = pd.DataFrame(
        {
            "regressor": list(regressors),
            "coefficient": coefficients,
            "standard_error": errors,
            "low": coefficients - half,
            "high": coefficients + half,
        }
    )
    groups = int(codes.max()) + 1
    freedom = len(counts) - groups - x.shape[1]
    dispersion = float(((counts - expected) ** 2 / np.maximum(expected, 1e-12)).sum() / max(freedom, 1))
    return FixedEffectsPoisson(table, groups, len(counts), without_sales, dispersion)


def control_function(
    frame: pd.DataFrame, endogenous: str, instruments: Sequence[str], exogenous: Sequence[str], *, group: Sequence[str]
) -> tuple[pd.Series, float]:
    """Residuals of the endogenous regressor on instruments and exogenous ones within groups, and the instruments' F.

    Added to `fixed_effects_poisson` as a further regressor they take up what price shares with unobserved demand
    (Wooldridge, 2010, section 18.5). An F below about 10 means that the instruments are too weak to help.
    """
    names = [endogenous, *instruments, *exogenous]
    if not {*names, *group} <= set(frame.columns):
        raise InputError.missing_columns("frame", {*names, *group} - set(frame.columns), frame.columns)
    codes = frame.groupby(list(group), sort=False).ngroup().to_numpy()
    values = frame[names].to_numpy(dtype=float)
    within = values - (_sums(codes, values) / np.bincount(codes)[:, None])[codes]
    target, full = within[:, 0], within[:, 1:]
    # The triangle of the decomposition has the same least squares in as many rows as there are columns.
    triangle = np.linalg.qr(np.column_stack([full, target]), mode="r")
    few, aim = triangle[:, :-1], triangle[:, -1]
    fitted = full @ np.linalg.lstsq(few, aim, rcond=None)[0]
    short = few[:, len(instruments) :]
    restricted = short @ np.linalg.lstsq(short, aim, rcond=None)[0] if short.shape[1] else np.zeros(len(aim))
    rest, rest_short = ((target - fitted) ** 2).sum(), ((aim - restricted) ** 2).sum()
    freedom = len(target) - full.shape[1] - int(codes.max() + 1)
    strength = ((rest_short - rest) / len(instruments)) / (rest / freedom) if rest > 0 else float("inf")
    return pd.Series(target - fitted, index=frame.index, name=f"{endogenous}_residual"), float(strength)


def _arrays(frame, units, regressors, group, exposure, cluster) -> tuple[np.ndarray, ...]:
    counts = frame[units].to_numpy(dtype=float, na_value=np.nan)
    x = frame[list(regressors)].to_numpy(dtype=float, na_value=np.nan)
    for name, values in ((units, counts), *zip(regressors, x.T, strict=True)):
        if not np.isfinite(values).all():
            raise InputError.out_of_range(
                f"column {name!r}", f"{(~np.isfinite(values)).sum()} missing or infinite", "finite numbers"
            )
    if (counts < 0).any():
        raise InputError.out_of_range(f"column {units!r}", float(counts.min()), "counts of at least 0")
    offset, names = np.zeros(len(counts)), frame[list(dict.fromkeys([*group, *cluster]))]
    if exposure:
        share = frame[exposure].to_numpy(dtype=float)
        if not ((share >= 0) & (share <= 1)).all():
            raise InputError.out_of_range(f"column {exposure!r}", float(np.nanmax(share)), "shares from 0 to 1")
        open_ = share > 0
        counts, x, offset, names = counts[open_], x[open_], np.log(share[open_]), names[open_]
    codes = names.groupby(list(group), sort=False).ngroup().to_numpy()
    alike = list(cluster) == list(group)
    return counts, x, codes, offset, codes if alike else names.groupby(list(cluster), sort=False).ngroup().to_numpy()


def _standardised(x: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Regressors less their mean within groups, over their standard deviation there; and these deviations.

    Refuses what does not vary within groups or is a mixture of the others.
    """
    means = _sums(codes, x) / np.bincount(codes)[:, None]
    within = x - means[codes]
    spread = within.std(axis=0)
    for name, value in zip(names, spread, strict=True):
        if value < 1e-9:
            raise Refusal.because(
                f"the effect of {name!r} cannot be told", "it does not change within any product and market",
                "take a period in which it changed, or leave it out",
            )  # fmt: skip
    standard = within / spread
    smallest = float(np.linalg.eigvalsh(standard.T @ standard / len(x)).min())
    if smallest < 1e-8:
        raise Refusal.because(
            f"the effects of {', '.join(map(repr, names))} cannot be told apart", "some of them move exactly together",
            "leave one of them out",
        )  # fmt: skip
    return standard, spread


def _sums(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sums of the rows of each group, [group, column], added in the order of the rows."""
    from scipy.sparse import csc_array

    rows = len(codes)
    return csc_array((np.ones(rows), codes, np.arange(rows + 1)), shape=(int(codes.max()) + 1, rows)) @ values


def _newton(counts, x, codes, offset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method on the concentrated likelihood, which is concave."""
    totals = np.bincount(codes, weights=counts)
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        rate = offset + x @ beta
        top = np.full(len(totals), -np.inf)
        np.maximum.at(top, codes, rate)
        weight = np.exp(rate - top[codes])
        expected = totals[codes] * weight / np.bincount(codes, weights=weight)[codes]
        gradient = x.T @ (counts - expected)
        weighted = expected[:, None] * x
        sums = _sums(codes, weighted)
        hessian = weighted.T @ x - sums.T @ (sums / totals[:, None])
        step = np.linalg.solve(hessian, gradient)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            return beta, np.linalg.inv(hessian), expected
    raise Refusal.because(
        "no elasticity", "the regression does not settle", "check for products sold at one price only"
    )


def _clustered_errors(residual, x, codes, clusters, expected, bread) -> np.ndarray:
    """Jackknife over clusters (CR3): where a few products carry the sales, plain clustered errors are too small.

    Leaving a cluster out moves the coefficients by (A - A_g)^-1 s_g, one step from the estimate.
    """
    totals = np.bincount(codes, weights=expected)
    means = _sums(codes, expected[:, None] * x) / totals[:, None]
    within = x - means[codes]
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    scores = np.add.reduceat((within * residual[:, None])[order], starts)
    parts = np.split(order, starts[1:])
    own = np.stack([(within[part] * expected[part][:, None]).T @ within[part] for part in parts])
    rest = np.linalg.inv(bread) - own
    moved = _solved(rest, scores)
    groups = len(scores)
    return np.sqrt((moved**2).sum(axis=0) * (groups - 1) / groups)


def _solved(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Solutions of many symmetric systems; the shortest ones where a matrix is singular or nearly so."""
    try:
        diagonal = np.diagonal(np.linalg.cholesky(matrices), axis1=1, axis2=2)
        firm = (diagonal.min(axis=1) > 1e-4 * diagonal.max(axis=1)).all()
    except np.linalg.LinAlgError:
        firm = False
    if firm:
        return np.linalg.solve(matrices, vectors[:, :, None])[:, :, 0]
    return (np.linalg.pinv(matrices, hermitian=True) @ vectors[:, :, None])[:, :, 0]
