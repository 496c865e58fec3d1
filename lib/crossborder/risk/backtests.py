"""Were the risk limits right? Tests of value-at-risk forecasts against what happened.

A hit is a day whose loss exceeded the forecast. `probability` is the promised hit rate (0.01 for 99 %).
Statistics are likelihood ratios as in Kupiec (1995), Christoffersen (1998) and Haas (2001).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaln, chdtrc, chdtri, ndtr, ndtri, xlogy

from crossborder.errors import InputError

__all__ = [
    "Null",
    "TestResult",
    "TrafficLight",
    "acerbi_szekely",
    "acerbi_szekely_null",
    "binomial_test",
    "christoffersen_coverage",
    "christoffersen_independence",
    "clustering_p_value",
    "hits_per_year",
    "kupiec",
    "kupiec_power",
    "likelihood_ratios",
    "null_distribution",
    "shortfall_summary",
    "summary",
    "time_between_failures",
    "time_until_first_failure",
    "traffic_light",
    "transitions",
]

BASEL_PLUS = np.array([0, 0, 0, 0, 0, 0.40, 0.50, 0.65, 0.75, 0.85, 1.00])
"""Plus factor by number of hits in 250 days at 99 % (Basel Committee, 1996, table 2)."""


@dataclass(frozen=True)
class TestResult:
    """A statistic and the probability of one at least as large if the forecasts were right (asymptotic)."""

    statistic: float
    p_value: float


@dataclass(frozen=True)
class TrafficLight:
    """Basel zone, probability of at most so many hits, of at least so many, and the plus to the multiplier of 3."""

    zone: str
    cumulative: float
    type_1_error: float
    plus: float


def kupiec(hits: ArrayLike, observations: int, probability: float) -> TestResult:
    """Proportion of failures: is the hit rate the promised one? `hits` is their number (Kupiec, 1995).

    >>> round(kupiec(57, 1043, 0.05).statistic, 4)
    0.4615
    """
    return _chi_square(_coverage_ratio(_checked_hits(hits, observations), observations, _checked(probability)), 1)


def binomial_test(hits: int, observations: int, probability: float) -> TestResult:
    """Normal approximation: z = (hits - n p) / sqrt(n p (1 - p)), two-sided p-value (Jorion, Value at Risk, ch. 6)."""
    _checked_hits(hits, observations)
    z = (hits - observations * probability) / np.sqrt(observations * probability * (1 - probability))
    return TestResult(float(z), float(2 * ndtr(-abs(z))))


def transitions(hits: ArrayLike) -> tuple[int, int, int, int]:
    """Numbers n00, n01, n10, n11 of day pairs; n01 is no hit and then a hit."""
    before, after = _checked_series(hits)[:-1], _checked_series(hits)[1:]
    return (
        int((~before & ~after).sum()),
        int((~before & after).sum()),
        int((before & ~after).sum()),
        int((before & after).sum()),
    )


def christoffersen_independence(hits: ArrayLike) -> TestResult:
    """Does a hit make a hit on the next day likelier? First-order Markov alternative (Christoffersen, 1998)."""
    return _chi_square(float(_independence_ratio(*transitions(hits))), 1)


def christoffersen_coverage(hits: ArrayLike, probability: float) -> TestResult:
    """Rate and independence together: Kupiec's ratio plus the ratio of independence, two degrees of freedom."""
    series = _checked_series(hits)
    rate = kupiec(int(series.sum()), len(series), probability).statistic
    return _chi_square(rate + christoffersen_independence(series).statistic, 2)


def clustering_p_value(hits: ArrayLike) -> float:
    """Probability of at least so many hits right after a hit, if the same number of hits fell on random days.

    Exact for any rate, because it is conditional on the number of hits: the distribution of runs
    (Wald and Wolfowitz, 1940). One-sided: small means that hits cluster.
    """
    series = _checked_series(hits)
    days, count, pairs = len(series), int(series.sum()), transitions(series)[3]
    if count == 0:
        return 1.0
    runs = np.arange(1, count - pairs + 1)
    log = _log_choose(count - 1, runs - 1) + _log_choose(days - count + 1, runs) - _log_choose(days, count)
    return float(min(np.exp(log).sum(), 1.0))


def time_until_first_failure(first_hit: int, probability: float) -> TestResult:
    """Is the day number of the first hit what the promised rate leads to expect? (Kupiec, 1995)"""
    if first_hit < 1:
        raise InputError.out_of_range("first_hit", first_hit, "1 or more", "count days from 1")
    return _chi_square(float(_waiting_ratio(np.array([first_hit]), _checked(probability)).sum()), 1)


def time_between_failures(hits: ArrayLike, probability: float, *, with_rate: bool = False) -> TestResult:
    """Are the waiting times between hits geometric? Mixed Kupiec test of Haas (2001).

    `with_rate=False` is the independence part (degrees of freedom: number of hits);
    `with_rate=True` adds Kupiec's ratio (one more).
    """
    series = _checked_series(hits)
    days = np.flatnonzero(series) + 1
    if not len(days):
        raise InputError.out_of_range("hits", 0, "at least 1", "without a hit there is no time between hits")
    statistic = float(_waiting_ratio(np.diff(np.r_[0, days]), _checked(probability)).sum())
    if not with_rate:
        return _chi_square(statistic, len(days))
    return _chi_square(statistic + kupiec(len(days), len(series), probability).statistic, len(days) + 1)


def traffic_light(hits: int, observations: int = 250, probability: float = 0.01) -> TrafficLight:
    """Basel traffic light: green up to 95 % cumulative probability, yellow up to 99.99 %, then red.

    The plus factor is the Basel table at 250 days and 99 %; elsewhere the factor by which a normal value at risk would
    have to grow to give the observed rate, times 3, less 3, kept between 0 and 1.

    >>> traffic_light(5).zone
    'yellow'
    """
    _checked_hits(hits, observations)
    cumulative = float(bdtr(hits, observations, _checked(probability)))
    zone = "green" if cumulative < 0.95 else "yellow" if cumulative < 0.9999 else "red"
    if (observations, probability) == (250, 0.01):
        plus = float(BASEL_PLUS[min(hits, 10)])
    elif zone == "green":
        plus = 0.0
    else:
        short = ndtri(1 - min(hits / observations, 0.49))
        plus = float(np.clip(3 * ndtri(1 - probability) / short - 3, 0, 1)) if zone == "yellow" else 1.0
    return TrafficLight(zone, cumulative, _at_least(hits, observations, probability), plus)


def likelihood_ratios(hits: np.ndarray, probability: float) -> np.ndarray:
    """Columns rate, independence, coverage for each row of a matrix of hits (rows: series, columns: days)."""
    hits = np.atleast_2d(np.asarray(hits, bool))
    before, after, days = hits[:, :-1], hits[:, 1:], hits.shape[1]
    both = np.count_nonzero(before & after, axis=1).astype(float)
    into, out_of = np.count_nonzero(after, axis=1) - both, np.count_nonzero(before, axis=1) - both
    rate = _coverage_ratio(np.count_nonzero(hits, axis=1), days, probability)
    independence = _independence_ratio(days - 1 - both - into - out_of, into, out_of, both)
    return np.column_stack([rate, independence, rate + independence])


@dataclass(frozen=True)
class Null:
    """Simulated statistics of a perfect model: the yardstick for a finite number of days."""

    observations: int
    probability: float
    ratios: np.ndarray

    def p_values(self, hits: ArrayLike) -> dict[str, float]:
        """Monte Carlo p-values of the rate, independence and coverage tests: (1 + as large or larger) / (1 + draws)."""
        seen = likelihood_ratios(_checked_series(hits), self.probability)[0]
        larger = (self.ratios >= seen - 1e-9).sum(axis=0)
        values = (1 + larger) / (1 + len(self.ratios))
        return dict(zip(("rate", "independence", "coverage"), map(float, values), strict=True))


def null_distribution(
    observations: int, probability: float, *, draws: int = 4000, rng: np.random.Generator, chunk: int = 500
) -> Null:
    """Statistics of `draws` simulated series of independent hits with the promised rate."""
    _checked(probability)
    sizes = [min(chunk, draws - begin) for begin in range(0, draws, chunk)]
    ratios = [
        likelihood_ratios(rng.random((size, observations), dtype=np.float32) < probability, probability)
        for size in sizes
    ]
    return Null(observations, probability, np.vstack(ratios))


def kupiec_power(
    observations: ArrayLike, probability: float, multiples: ArrayLike = (1.0, 1.5, 2.0), *, size: float = 0.05
) -> pd.DataFrame:
    """Probability that Kupiec's test rejects, exactly by the binomial: observations, multiple, power.

    `multiple` is the true hit rate over the promised one; at 1 the power is the true size of a test of nominal `size`.
    """
    critical = float(chdtri(1, size))
    rows = [
        {"observations": days, "multiple": multiple, "power": _rejection(days, probability, multiple, critical)}
        for days in np.atleast_1d(observations).tolist()
        for multiple in np.atleast_1d(multiples).tolist()
    ]
    return pd.DataFrame(rows)


def acerbi_szekely(returns: ArrayLike, var: ArrayLike, es: ArrayLike, level: float) -> float:
    """Test statistic of expected shortfall: 1 + mean(hit * return / es) / (1 - level).

    Zero is expected of a right model; negative when losses beyond the value at risk are deeper or more frequent.
    Unconditional test Z2 of Acerbi and Szekely (2014).
    """
    returns, var, es = (np.asarray(values, float) for values in (returns, var, es))
    _checked(1 - level)
    return float(1 + np.mean((returns < -var) * returns / es) / (1 - level))


def acerbi_szekely_null(observations: int, level: float, *, draws: int = 2000, rng: np.random.Generator) -> np.ndarray:
    """Simulated statistics of a right normal model: the yardstick of `acerbi_szekely`; small ones reject.

    Only the breaches matter: their number is binomial, and their depth a normal beyond its quantile.
    """
    probability = _checked(1 - level)
    breaches = rng.binomial(observations, probability, draws)
    depth = -ndtri(rng.random(int(breaches.sum())) * probability) / (_normal_density(ndtri(probability)) / probability)
    total = np.add.reduceat(np.r_[depth, 0.0], np.r_[0, np.cumsum(breaches)[:-1]]) * (breaches > 0)
    return 1 - total / (observations * probability)


def hits_per_year(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Hits by model (rows) and calendar year (columns), from `value_at_risk.one_day_forecasts`."""
    return forecasts.assign(year=forecasts["date"].dt.year).pivot_table(
        index="model", columns="year", values="hit", aggfunc="sum", sort=False
    )


def summary(forecasts: pd.DataFrame, level: float, *, null: Null | None = None, window: int = 250) -> pd.DataFrame:
    """One row a model: hits, expected, p-values, share of `window`-day spells in yellow or red, worst year.

    With `null` the p-values are those of the simulated yardstick (`_exact`), beside the asymptotic ones.
    `passes` needs every p-value used to reach 5 %.
    """
    rows = [
        {"model": name, **_summary_row(group["hit"].to_numpy(bool), level, null, window)}
        for name, group in forecasts.groupby("model", sort=False)
    ]
    table = pd.DataFrame(rows)
    years = hits_per_year(forecasts).max(axis=1)
    return table.assign(worst_year_hits=table["model"].map(years).astype(int))


def shortfall_summary(forecasts: pd.DataFrame, level: float, *, rng: np.random.Generator) -> pd.DataFrame:
    """One row a model: mean forecast shortfall and mean loss on breach days, statistic and p-value of the test."""
    rows = []
    null = acerbi_szekely_null(forecasts.groupby("model").size().max(), level, rng=rng)
    for name, group in forecasts.groupby("model", sort=False):
        statistic = acerbi_szekely(group["realised"], group["var"], group["es"], level)
        breach = group[group["hit"]]
        rows.append(
            {
                "model": name,
                "mean_es": float(breach["es"].mean()),
                "mean_breach": float(-breach["realised"].mean()),
                "statistic": statistic,
                "p_value": float((1 + (null <= statistic).sum()) / (1 + len(null))),
            }
        )
    return pd.DataFrame(rows)


def _summary_row(hits: np.ndarray, level: float, null: Null | None, window: int) -> dict:
    probability = 1 - level
    row = {
        "observations": len(hits),
        "hits": int(hits.sum()),
        "expected": len(hits) * probability,
        "kupiec_p": kupiec(int(hits.sum()), len(hits), probability).p_value,
        "independence_p": christoffersen_independence(hits).p_value,
        "coverage_p": christoffersen_coverage(hits, probability).p_value,
        "clustering_p_exact": clustering_p_value(hits),
    }
    used = [row["kupiec_p"], row["coverage_p"]]
    if null is not None:
        exact = null.p_values(hits)
        row |= {f"{name}_p_exact": value for name, value in exact.items()}
        used += [exact["rate"], exact["coverage"]]
    if len(hits) >= window:
        spells = np.lib.stride_tricks.sliding_window_view(hits, window).sum(axis=1)
        row["share_not_green"] = float(np.mean(bdtr(spells, window, probability) >= 0.95))
    return row | {"passes": bool(min(used) >= 0.05)}


def _at_least(hits: int, observations: int, probability: float) -> float:
    return 1.0 if hits == 0 else float(1 - bdtr(hits - 1, observations, probability))


def _normal_density(z: float) -> float:
    return float(np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi))


def _log_choose(total: ArrayLike, chosen: ArrayLike) -> np.ndarray:
    return -betaln(1 + np.asarray(total) - chosen, 1 + np.asarray(chosen)) - np.log1p(total)


def _coverage_ratio(hits: ArrayLike, observations: int, probability: float) -> np.ndarray:
    hits = np.asarray(hits, float)
    rate = hits / observations
    seen = xlogy(hits, rate) + xlogy(observations - hits, 1 - rate)
    promised = hits * np.log(probability) + (observations - hits) * np.log1p(-probability)
    return 2 * (seen - promised)


def _independence_ratio(n00, n01, n10, n11):
    """Ratio of independence; 0 where no hit is followed by another day, because then nothing can be said."""
    n00, n01, n10, n11 = (np.asarray(count, float) for count in (n00, n01, n10, n11))
    after_quiet, after_hit = n00 + n01, n10 + n11
    with np.errstate(invalid="ignore", divide="ignore"):
        common = (n01 + n11) / (after_quiet + after_hit)
        quiet = np.where(after_quiet > 0, n01 / after_quiet, 0.0)
        hit = np.where(after_hit > 0, n11 / after_hit, 0.0)
    apart = xlogy(n00, 1 - quiet) + xlogy(n01, quiet) + xlogy(n10, 1 - hit) + xlogy(n11, hit)
    together = xlogy(n00 + n10, 1 - common) + xlogy(n01 + n11, common)
    return np.maximum(2 * (apart - together), 0.0)


def _waiting_ratio(days: np.ndarray, probability: float) -> np.ndarray:
    days = days.astype(float)
    seen = xlogy(1, 1 / days) + xlogy(days - 1, 1 - 1 / days)
    return 2 * (seen - np.log(probability) - (days - 1) * np.log1p(-probability))


def _rejection(observations: int, probability: float, multiple: float, critical: float) -> float:
    counts = np.arange(observations + 1)
    rejected = _coverage_ratio(counts, observations, probability) > critical
    true = min(probability * multiple, 1.0)
    log = _log_choose(observations, counts) + xlogy(counts, true) + xlogy(observations - counts, 1 - true)
    return float(np.exp(log[rejected]).sum())


def _chi_square(statistic: float, degrees: int) -> TestResult:
    return TestResult(float(statistic), float(chdtrc(degrees, statistic)))


def _checked(probability: float) -> float:
    if not 0 < probability < 1:
        raise InputError.out_of_range("probability", probability, "above 0 and below 1", "0.01 goes with 99 %")
    return probability


def _checked_hits(hits: ArrayLike, observations: int) -> ArrayLike:
    if observations < 1 or np.any(np.asarray(hits) < 0) or np.any(np.asarray(hits) > observations):
        raise InputError.out_of_range("hits", hits, f"0 to the {observations} observations", "count hits once a day")
    return hits


def _checked_series(hits: ArrayLike) -> np.ndarray:
    series = np.asarray(hits)
    if series.ndim != 1 or len(series) < 2 or not np.isin(series, (0, 1)).all():
        raise InputError.out_of_range("hits", f"{series.dtype} of shape {series.shape}", "a series of 0 and 1", "")
    return series.astype(bool)
