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
    scale = _within_spread(x, codes, regressors)
    coefficients, bread, expected = _newton(counts, x / scale, codes, offset)
    errors = _clustered_errors(counts - expected, x / scale, codes, clusters, expected, bread) / scale
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
    within = frame[names] - frame.groupby(list(group), sort=False)[names].transform("mean")
    target = within[endogenous].to_numpy()
    full = within[[*instruments, *exogenous]].to_numpy()
    fitted = full @ np.linalg.lstsq(full, target, rcond=None)[0]
    short = within[list(exogenous)].to_numpy()
    restricted = short @ np.linalg.lstsq(short, target, rcond=None)[0] if short.shape[1] else np.zeros(len(target))
    rest, rest_short = ((target - fitted) ** 2).sum(), ((target - restricted) ** 2).sum()
    freedom = len(target) - full.shape[1] - frame.groupby(list(group)).ngroups
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
    offset = np.zeros(len(counts))
    if exposure:
        share = frame[exposure].to_numpy(dtype=float)
        if not ((share >= 0) & (share <= 1)).all():
            raise InputError.out_of_range(f"column {exposure!r}", float(np.nanmax(share)), "shares from 0 to 1")
        open_ = share > 0
        counts, x, offset, frame = counts[open_], x[open_], np.log(share[open_]), frame[open_]
    codes, clusters = (frame.groupby(list(names), sort=False).ngroup().to_numpy() for names in (group, cluster))
    return counts, x, codes, offset, clusters


def _within_spread(x: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Standard deviation within groups; refuses what does not vary there or is a mixture of the others."""
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
    return spread


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
        means = _sums(codes, expected[:, None] * x) / totals[:, None]
        centred = x - means[codes]
        hessian = (centred * expected[:, None]).T @ centred
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
    moved = (np.linalg.pinv(rest, hermitian=True) @ scores[:, :, None])[:, :, 0]
    groups = len(scores)
    return np.sqrt((moved**2).sum(axis=0) * (groups - 1) / groups)
