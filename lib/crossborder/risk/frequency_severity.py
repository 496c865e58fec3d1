"""The company's loss in a year: how often each risk strikes, how hard, and how far the risks strike together.

Losses in USD a year. Counts are Poisson, severities lognormal, the counts of a year joined by a t copula.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaln, ndtri, stdtrit

from crossborder.errors import InputError

__all__ = [
    "Losses",
    "contributions",
    "dispersion",
    "exceedance",
    "expected_loss",
    "kind_correlation",
    "measures",
    "simulate",
    "simulate_clusters",
]

CHUNK = 20_000
NEEDED = ("frequency_year", "severity_median_usd", "severity_log_sd")


@dataclass(frozen=True)
class Losses:
    """Simulated years: `total` (one a year), `by_risk` (years x risks, single precision), `names`."""

    total: np.ndarray
    by_risk: np.ndarray
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.total)


def expected_loss(risks: pd.DataFrame) -> np.ndarray:
    """Exact mean loss a year of each risk: frequency * median * exp(sd^2 / 2)."""
    _columns(risks)
    spread = risks["severity_log_sd"].to_numpy(float)
    return (risks["frequency_year"] * risks["severity_median_usd"]).to_numpy(float) * np.exp(spread**2 / 2)


def kind_correlation(kinds: ArrayLike, *, within: float = 0.4, between: float = 0.15) -> np.ndarray:
    """Correlation of the copula: `within` for risks of one kind, `between` otherwise, ones on the diagonal."""
    if not 0 <= between <= within < 1:
        raise InputError.out_of_range("within, between", (within, between), "0 <= between <= within < 1", "")
    kinds = np.asarray(kinds, object)
    matrix = np.where(kinds[:, None] == kinds[None, :], within, between).astype(float)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def simulate(
    risks: pd.DataFrame,
    years: int,
    *,
    correlation: np.ndarray | None = None,
    nu: float = 4.0,
    cap_usd: ArrayLike = np.inf,
    rng: np.random.Generator,
) -> Losses:
    """`years` simulated years of all risks, drawn in chunks.

    `risks`: frequency_year, severity_median_usd, severity_log_sd, and risk_id or name. `correlation` joins the counts
    of a year by a t copula with `nu` degrees of freedom; None draws them independently. `cap_usd` limits one event.
    """
    _columns(risks)
    if years < 1:
        raise InputError.out_of_range("years", years, "1 or more", "100000 gives a stable 95 % loss")
    median, spread = (risks[name].to_numpy(float) for name in ("severity_median_usd", "severity_log_sd"))
    frequency = risks["frequency_year"].to_numpy(float)
    caps = np.broadcast_to(np.asarray(cap_usd, float), frequency.shape)
    draw = _independent(frequency) if correlation is None else _joined(frequency, correlation, nu)
    by_risk = np.empty((years, len(risks)), np.float32)
    for begin in range(0, years, CHUNK):
        end = min(begin + CHUNK, years)
        by_risk[begin:end] = _losses(draw(end - begin, rng), median, spread, caps, rng)
    label = "risk_id" if "risk_id" in risks else "name" if "name" in risks else None
    names = tuple(map(str, risks[label] if label else risks.index))
    return Losses(by_risk.sum(axis=1, dtype=np.float64), by_risk, names)


def simulate_clusters(
    risks: pd.DataFrame, clusters: ArrayLike, years: int, *, shape: float, rng: np.random.Generator
) -> np.ndarray:
    """Totals of years in which the risks of a cluster share a good or bad year: a gamma factor of mean 1 on rates.

    The other usual way to join counts (common shock); `shape` is the factor's, small is strong dependence.
    """
    _columns(risks)
    groups, code = np.unique(np.asarray(clusters, object).astype(str), return_inverse=True)
    frequency, median, spread = (risks[name].to_numpy(float) for name in NEEDED)
    total = np.empty(years)
    for begin in range(0, years, CHUNK):
        size = min(CHUNK, years - begin)
        factor = rng.gamma(shape, 1 / shape, (size, len(groups)))
        counts = rng.poisson(frequency * factor[:, code])
        caps = np.full(len(frequency), np.inf)
        total[begin : begin + size] = _losses(counts, median, spread, caps, rng).sum(axis=1)
    return total


def dispersion(
    record: pd.DataFrame | None, risks: pd.DataFrame, *, correlation: np.ndarray, nu: float, rng: np.random.Generator
) -> dict[str, float]:
    """Variance over mean of the yearly number of events: in the record, and in the model with a 90 % range.

    1 is independence; a record above the range says that the copula is too weak, below that it is too strong. Without
    a record all are NaN.
    """
    _columns(risks)
    if record is None or record.empty:
        return dict.fromkeys(("record", "model", "low", "high"), float("nan"))
    age = ((record["date"] - record["date"].min()).dt.days / 365.25).astype(int)
    years = max(int(age.max()), 2)
    seen = age[age < years].value_counts().reindex(range(years), fill_value=0)
    draw = _joined(risks["frequency_year"].to_numpy(float), correlation, nu)
    totals = draw(2_000 * years, rng).sum(axis=1).reshape(2_000, years)
    ratios = totals.var(axis=1, ddof=1) / np.maximum(totals.mean(axis=1), 1e-9)
    low, middle, high = np.quantile(ratios, [0.05, 0.5, 0.95])
    return {
        "record": float(seen.var(ddof=1) / seen.mean()),
        "model": float(middle),
        "low": float(low),
        "high": float(high),
    }


def measures(losses: ArrayLike, levels: ArrayLike = (0.5, 0.9, 0.95, 0.99, 0.995)) -> pd.DataFrame:
    """Mean loss beyond and value at risk by level, with 90 % intervals: level, var, var_low, var_high, cvar, cvar_se.

    Intervals of the quantile from order statistics (beta); the standard error of the mean beyond counts the spread in
    the tail and that of the quantile.
    """
    ordered = np.sort(np.asarray(losses, float))
    count = len(ordered)
    rows = []
    for level in np.atleast_1d(np.asarray(levels, float)):
        if not 0 < level < 1 or count * (1 - level) < 1:
            raise InputError.out_of_range(
                "level", level, f"between 0 and 1 with at least one of {count} years beyond it", "simulate more years"
            )
        at = int(np.ceil(count * level)) - 1
        low, high = betaincinv(count * level, count * (1 - level) + 1, [0.05, 0.95])
        beyond = ordered[at:]
        cvar = float(beyond.mean())
        spread = float(beyond.var() + level * (cvar - ordered[at]) ** 2)
        rows.append(
            {
                "level": float(level),
                "var": float(ordered[at]),
                "var_low": float(ordered[int(low * (count - 1))]),
                "var_high": float(ordered[int(np.ceil(high * (count - 1)))]),
                "cvar": cvar,
                "cvar_se": float(np.sqrt(spread / len(beyond))),
            }
        )
    return pd.DataFrame(rows)


def exceedance(losses: ArrayLike, points: int = 60) -> pd.DataFrame:
    """Loss exceedance curve: loss_usd, probability (a year as bad or worse), return_years."""
    ordered = np.sort(np.asarray(losses, float))[::-1]
    count = len(ordered)
    ranks = np.unique(np.geomspace(10, count * 0.99, points).astype(int))
    return pd.DataFrame(
        {"loss_usd": ordered[ranks - 1], "probability": ranks / count, "return_years": count / ranks}
    ).iloc[::-1]


def contributions(losses: Losses, level: float = 0.95) -> pd.DataFrame:
    """Which risks make the bad years: risk, mean_usd, tail_usd (mean in years beyond the level), tail_share.

    Euler allocation of the mean loss beyond: the parts add up to it exactly.
    """
    beyond = losses.total >= np.quantile(losses.total, level, method="higher")
    tail = losses.by_risk[beyond].mean(axis=0, dtype=np.float64)
    return pd.DataFrame(
        {
            "risk_id": losses.names,
            "mean_usd": losses.by_risk.mean(axis=0, dtype=np.float64),
            "tail_usd": tail,
            "tail_share": tail / tail.sum() if tail.sum() > 0 else tail,
        }
    ).sort_values("tail_usd", ascending=False, ignore_index=True)


def _independent(frequency: np.ndarray):
    def draw(years: int, rng: np.random.Generator) -> np.ndarray:
        return rng.poisson(frequency, size=(years, len(frequency)))

    return draw


def _joined(frequency: np.ndarray, correlation: np.ndarray, nu: float):
    """Counts by a t copula: the t variate is compared with the t quantiles of the Poisson steps, never transformed."""
    matrix = np.asarray(correlation, float)
    if (
        matrix.shape != (len(frequency),) * 2
        or not np.allclose(matrix, matrix.T)
        or not np.allclose(matrix.diagonal(), 1)
    ):
        raise InputError.out_of_range(
            "correlation", matrix.shape, f"symmetric {len(frequency)} x {len(frequency)} with ones on the diagonal", ""
        )
    if np.linalg.eigvalsh(matrix).min() < 1e-10:
        raise InputError.out_of_range("correlation", "not positive definite", "positive definite", "shrink it to 0")
    if nu <= 0:
        raise InputError.out_of_range("nu", nu, "above 0; infinite is the normal copula", "")
    factor = np.linalg.cholesky(matrix)
    steps = [_steps(rate, nu) for rate in frequency]

    def draw(years: int, rng: np.random.Generator) -> np.ndarray:
        variates = rng.standard_normal((years, len(frequency))) @ factor.T
        if np.isfinite(nu):
            variates /= np.sqrt(rng.chisquare(nu, size=(years, 1)) / nu)
        counts = np.empty(variates.shape, np.int64)
        for place, edges in enumerate(steps):
            counts[:, place] = np.searchsorted(edges, variates[:, place])
        return counts

    return draw


def _steps(rate: float, nu: float) -> np.ndarray:
    """Variate above which one more event happens: quantiles of the Poisson distribution function."""
    top = int(rate + 12 * np.sqrt(rate) + 15)
    counts = np.arange(top)
    log = -rate + counts * np.log(rate) - gammaln(counts + 1) if rate > 0 else np.where(counts == 0, 0.0, -np.inf)
    cumulative = np.minimum(np.cumsum(np.exp(log)), 1 - 1e-16)
    return stdtrit(nu, cumulative) if np.isfinite(nu) else ndtri(cumulative)


def _losses(counts, median, spread, caps, rng) -> np.ndarray:
    """Sum of the event losses in each year and risk."""
    flat = counts.ravel()
    event = np.repeat(np.arange(len(flat)), flat)
    risk = event % counts.shape[1]
    size = rng.standard_normal(len(event))
    size *= spread[risk]
    np.exp(size, out=size)
    size *= median[risk]
    if np.isfinite(caps).any():
        size = np.minimum(size, caps[risk])
    return np.bincount(event, weights=size, minlength=len(flat)).reshape(counts.shape)


def _columns(risks: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in risks]
    if missing:
        raise InputError.missing_columns("risks", missing, risks.columns)
    if not all((risks[name].to_numpy(float, na_value=np.nan) >= 0).all() for name in NEEDED):
        raise InputError.out_of_range("risks", "missing or negative values", "numbers 0 or more", "complete the table")
