"""True size and growth behind yearly series that are published with errors which carry over from year to year.

Each series is a smooth curve in logs (a line plus an integrated random walk, the cubic smoothing spline of Wahba 1978
in its Bayesian form) plus first-order autoregressive noise. Noise and carry-over are estimated by restricted likelihood
from all series together, so that a dozen years a series are enough for honest intervals.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["Nowcast", "against_truth", "backtest", "group_totals", "growth_probability", "nowcast"]

CARRIES = np.linspace(-0.2, 0.8, 11)
# Errors of published series carry over from year to year, but rarely wholly; few series cannot tell them from trend.
CARRY_PRIOR = (0.3, 0.2)  # mean, sd
# Variance of a year's change of growth over that of the noise. The upper end was set so that 90 % intervals hold the
# truth in about nine of ten cases in two kinds of simulated worlds (see the method note).
ROUGHNESS = np.concatenate([[0.0], np.geomspace(1e-4, 1.5, 21)])


@dataclass(frozen=True)
class Nowcast:
    """Size and growth of each series in its last year, and the noise of what is published.

    `estimates`: index series; `published`, `size`, `size_low`, `size_high` (unit of the input), `growth`, `growth_low`,
    `growth_high` (fraction, over the last year), `growth_sd` (log units). `noise_sd` (log units) and `carry`
    (correlation of neighbouring years' errors) are common to all series, `roughness` (variance of a year's change of
    growth over that of the noise) is each series' own, drawn towards the common one. `curves`: the smooth sizes by
    year.
    """

    estimates: pd.DataFrame
    curves: pd.DataFrame
    noise_sd: float
    carry: float
    roughness: pd.Series
    level: float
    year: int


def nowcast(sizes: pd.DataFrame, *, level: float = 0.9) -> Nowcast:
    """Size and growth with intervals; `sizes`: index year (consecutive, six or more), one column a series, above 0."""
    logs = np.log(_checked(sizes))
    carry, variance = _noise(logs)
    scores = _roughness_scores(logs, carry, variance)
    # Each series' own roughness, weighed with the common one as a prior seen once.
    own = scores + scores.sum(axis=1, keepdims=True) / logs.shape[1]
    weight = np.exp(-0.5 * (own - own.min(axis=0)))
    weight /= weight.sum(axis=0)
    return _estimates(sizes, logs, weight, (carry, variance, level))


def group_totals(found: Nowcast, sizes: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Size and growth of sums of series, such as the categories of a market; same columns as `estimates`.

    `groups`: index series, the group of each. Errors within a group are taken as correlated as the gaps between
    published and smooth values are on average (none if that is negative).
    """
    missing = set(found.estimates.index) - set(groups.index)
    if missing:
        raise InputError.missing_columns("groups", map(str, missing), groups.index)
    each, names = found.estimates, groups.reindex(found.estimates.index)
    gaps = np.log(sizes[each.index] / found.curves)
    reach = special.ndtri((1 + found.level) / 2)
    size_sd = np.log(each["size_high"] / each["size"]) / reach
    before = each["size"] / (1 + each["growth"])
    rows = {g: _total(each, size_sd, before, gaps, names.index[names == g]) for g in names.unique()}
    frame = pd.DataFrame(rows, index=["published", "size", "sd", "growth", "growth_sd"]).T
    return frame.assign(
        size_low=frame["size"] * np.exp(-reach * frame["sd"]), size_high=frame["size"] * np.exp(reach * frame["sd"]),
        growth_low=np.expm1(np.log1p(frame["growth"]) - reach * frame["growth_sd"]),
        growth_high=np.expm1(np.log1p(frame["growth"]) + reach * frame["growth_sd"]),
    )[each.columns]  # fmt: skip


def _total(each, size_sd, before, gaps, members) -> list[float]:
    pairs = gaps[members].corr().to_numpy()
    k = len(members)
    shared = max(0.0, float((pairs.sum() - k) / (k * (k - 1)))) if k > 1 else 0.0
    now, then = each.loc[members, "size"], before[members]
    spread = [
        weight / weight.sum() * sd for weight, sd in ((now, size_sd[members]), (then, each.loc[members, "growth_sd"]))
    ]
    sds = [float(np.sqrt((1 - shared) * np.sum(s**2) + shared * s.sum() ** 2)) for s in spread]
    return [each.loc[members, "published"].sum(), now.sum(), sds[0], now.sum() / then.sum() - 1, sds[1]]


def backtest(sizes: pd.DataFrame, *, years: int = 3) -> pd.DataFrame:
    """Forecasts of the next published year from the years before it, for the last `years` years.

    Columns: `year`, `error` (weighted absolute percentage error of size times growth), `error_same_growth` (of the last
    published size times its last growth), `error_no_growth`; fractions.
    """
    rows = []
    for k in range(years, 0, -1):
        before, actual = sizes.iloc[:-k], sizes.iloc[-k]
        each = nowcast(before).estimates
        guesses = (
            each["size"] * (1 + each["growth"]),
            before.iloc[-1] ** 2 / before.iloc[-2],
            before.iloc[-1],
        )
        errors = [float((g - actual).abs().sum() / actual.sum()) for g in guesses]
        rows.append((int(sizes.index[-k]), *errors))
    return pd.DataFrame(rows, columns=["year", "error", "error_same_growth", "error_no_growth"])


def against_truth(estimates: pd.DataFrame, size: pd.Series, growth: pd.Series) -> dict[str, float]:
    """How the estimates fare where the truth is known: share of intervals that hold it, mean absolute errors.

    `size_covered`, `growth_covered`, `size_error` (fraction), `growth_error` and `published_error` (fractions).
    """
    size, growth = size.reindex(estimates.index), growth.reindex(estimates.index)
    if size.isna().any() or growth.isna().any():
        raise InputError.missing_columns("truth", map(str, size.index[size.isna()]), map(str, size.index))
    return {
        "size_covered": float(estimates["size_low"].le(size).mul(estimates["size_high"].ge(size)).mean()),
        "growth_covered": float(estimates["growth_low"].le(growth).mul(estimates["growth_high"].ge(growth)).mean()),
        "size_error": float((estimates["size"] / size - 1).abs().mean()),
        "published_error": float((estimates["published"] / size - 1).abs().mean()),
        "growth_error": float((estimates["growth"] - growth).abs().mean()),
    }


def growth_probability(estimates: pd.DataFrame, floor: float) -> pd.Series:
    """The probability that growth is above `floor` (fraction a year), by series, from `growth` and `growth_sd`."""
    if not floor > -1:
        raise InputError.out_of_range("floor", floor, "a fraction above -1", "15 % is 0.15")
    gap = np.log1p(estimates["growth"]) - np.log1p(floor)
    return pd.Series(special.ndtr(gap / estimates["growth_sd"]), index=estimates.index, name="probability")


def _checked(sizes: pd.DataFrame) -> np.ndarray:
    if len(sizes) < 6:
        raise Refusal.because(
            "size and growth have no interval", f"{len(sizes)} year(s) of data", "give at least six years"
        )
    if not (np.diff(np.asarray(sizes.index, dtype=float)) == 1).all():
        raise InputError.out_of_range("years", list(sizes.index), "consecutive and ascending", "fill the missing year")
    values = sizes.to_numpy(dtype=float)
    empty = sizes.columns[~(np.isfinite(values).all(axis=0) & (values > 0).all(axis=0))]
    if len(empty):
        raise Refusal.because(
            f"no growth for {', '.join(map(str, empty[:5]))}", "a year is missing or 0", "leave out an empty market"
        )
    return values


def _kernels(n: int, carry: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlation of the noise, covariance of a unit integrated random walk from the first year, and the line."""
    t = np.arange(n, dtype=float)
    noise = np.where(np.eye(n) > 0, 1.0, carry ** np.abs(t[:, None] - t[None, :]) if carry else 0.0)
    first, second = np.minimum(t[:, None], t[None, :]), np.maximum(t[:, None], t[None, :])
    return noise, first**2 * (3 * second - first) / 6, np.column_stack([np.ones(n), t])


def _parts(covariance: np.ndarray, x: np.ndarray, logs: np.ndarray) -> tuple[np.ndarray, float]:
    """Generalised sum of squares by series and the log determinants of the restricted likelihood."""
    inverse = np.linalg.inv(covariance)
    information = x.T @ inverse @ x
    rest = logs - x @ np.linalg.solve(information, x.T @ inverse @ logs)
    total = np.einsum("is,ij,js->s", rest, inverse, rest)
    return total, float(np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1])


def _noise(logs: np.ndarray) -> tuple[float, float]:
    """Carry-over and variance of the noise, by restricted likelihood around each series' own cubic."""
    n, series = logs.shape
    terms = min(4, n - 2)
    x = np.vander(np.linspace(-1, 1, n), terms, increasing=True)
    found = []
    for carry in CARRIES:
        noise, _, _ = _kernels(n, carry)
        total, logdet = _parts(noise, x, logs)
        variance = max(float(total.sum()) / ((n - terms) * series), 1e-300)
        score = series * (logdet + (n - terms) * np.log(variance)) + ((carry - CARRY_PRIOR[0]) / CARRY_PRIOR[1]) ** 2
        found.append((score, float(carry), variance))
    return min(found)[1:]


def _roughness_scores(logs: np.ndarray, carry: float, variance: float) -> np.ndarray:
    """-2 log restricted likelihood of each roughness (rows) for each series (columns), given the noise."""
    noise, walk, x = _kernels(len(logs), carry)
    parts = [_parts(noise + rough * walk, x, logs) for rough in ROUGHNESS]
    return np.array([logdet + total / variance for total, logdet in parts])


def _estimates(sizes: pd.DataFrame, logs: np.ndarray, weight: np.ndarray, facts) -> Nowcast:
    """Mixture over the roughness: mean and variance of the curve's end and of its last year's change."""
    carry, variance, level = facts
    n = len(logs)
    noise, walk, x = _kernels(n, carry)
    pick = np.zeros((2, n))
    pick[0, -1], pick[1, -1], pick[1, -2] = 1.0, 1.0, -1.0
    curves, spreads = [], []
    for rough in ROUGHNESS:
        curve, covariance = _smooth(noise, rough * walk, x)
        curves.append(curve @ logs)
        spreads.append(variance * np.diag(pick @ covariance @ pick.T))
    curves, spreads = np.array(curves), np.array(spreads)
    mean = np.einsum("rs,rns->ns", weight, curves)
    ends = np.einsum("kn,rns->rks", pick, curves)
    centre = np.einsum("rs,rks->ks", weight, ends)
    spread = np.einsum("rs,rk->ks", weight, spreads) + np.einsum("rs,rks->ks", weight, (ends - centre) ** 2)
    sd, reach = np.sqrt(spread), special.ndtri((1 + level) / 2)
    frame = pd.DataFrame({"published": sizes.iloc[-1].to_numpy(dtype=float)}, index=sizes.columns)
    frame = frame.assign(
        size=np.exp(centre[0]), size_low=np.exp(centre[0] - reach * sd[0]), size_high=np.exp(centre[0] + reach * sd[0]),
        growth=np.expm1(centre[1]), growth_low=np.expm1(centre[1] - reach * sd[1]),
        growth_high=np.expm1(centre[1] + reach * sd[1]), growth_sd=sd[1],
    )  # fmt: skip
    roughness = pd.Series(ROUGHNESS @ weight, index=sizes.columns)
    smooth = pd.DataFrame(np.exp(mean), index=sizes.index, columns=sizes.columns)
    return Nowcast(frame, smooth, float(np.sqrt(variance)), carry, roughness, level, int(sizes.index[-1]))


def _smooth(noise: np.ndarray, walk: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The matrix that maps logs to the curve, and the curve's covariance in units of the noise variance."""
    inverse = np.linalg.inv(noise + walk)
    information = np.linalg.inv(x.T @ inverse @ x)
    line = information @ x.T @ inverse
    residual = np.eye(len(noise)) - x @ line
    gap = x - walk @ inverse @ x
    covariance = walk - walk @ inverse @ walk + gap @ information @ gap.T
    return x @ line + walk @ inverse @ residual, covariance
