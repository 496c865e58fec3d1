"""Arithmetic that any claim about a market must pass: compound growth, implied shares, feasible weights."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "Agreement",
    "Growth",
    "agreement",
    "feasible_weights",
    "growth_path",
    "implied_total",
    "remainder",
    "rounding_range",
    "solve",
]


@dataclass(frozen=True)
class Growth:
    """Base, end (same unit), yearly rate (fraction) and years that fit together; `solved` is the one computed."""

    base: float
    end: float
    rate: float
    years: float
    solved: str


@dataclass(frozen=True)
class Agreement:
    """Whether a claimed rate agrees with base, end and years.

    `implied_low` to `implied_high` are the yearly rates that the rounded figures allow; `gap` is the claimed
    rate less the nearest of them; `implied_base` and `implied_years` are what would make the claim true.
    """

    claimed_rate: float
    implied_rate: float
    implied_low: float
    implied_high: float
    agrees: bool
    gap: float
    implied_base: float
    implied_end: float
    implied_years: float


def solve(
    base: float | None = None, end: float | None = None, rate: float | None = None, years: float | None = None
) -> Growth:
    """The missing one of base, end, yearly `rate` (fraction, above -1) and `years`: end = base (1 + rate)^years."""
    given = {"base": base, "end": end, "rate": rate, "years": years}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InputError.out_of_range(
            "the unknowns", missing, "exactly one of base, end, rate, years left out", "give three, get the fourth"
        )
    for name in ("base", "end"):
        if given[name] is not None:
            _positive(name, given[name])
    if rate is not None and not rate > -1:
        raise InputError.out_of_range("rate", rate, "a fraction above -1 (0.087 is 8.7 % a year)", "")
    if missing == ["rate"]:
        if not years:
            raise InputError.out_of_range("years", years, "any number but 0", "a rate needs two different years")
        rate = (end / base) ** (1 / years) - 1
    elif missing == ["years"]:
        years = _years(base, end, rate)
    elif missing == ["end"]:
        end = base * (1 + rate) ** years
    else:
        base = end / (1 + rate) ** years
    return Growth(float(base), float(end), float(rate), float(years), missing[0])


def _years(base: float, end: float, rate: float) -> float:
    if rate == 0 and base != end:
        raise Refusal.because(
            f"no number of years leads from {base:g} to {end:g}", "the rate is 0", "give a rate other than 0"
        )
    return 0.0 if base == end else float(np.log(end / base) / np.log1p(rate))


def _positive(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise InputError.out_of_range(name, value, "a finite number above 0", "sizes are positive")


def growth_path(base: float, base_year: int, target_year: int, low: float, rate: float, high: float) -> pd.DataFrame:
    """Size by year under a low, base and high yearly rate (fractions); the unit is that of `base`.

    Works forward and backward in time. Columns: `year`, `low`, `base`, `high`.
    """
    _positive("base", base)
    if not -1 < low <= rate <= high:
        raise InputError.out_of_range("rates", (low, rate, high), "-1 < low <= rate <= high", "sort the three rates")
    step = 1 if target_year >= base_year else -1
    years = np.arange(base_year, target_year + step, step)
    sizes = base * (1 + np.array([low, rate, high])[None, :]) ** (years - base_year)[:, None]
    frame = pd.DataFrame(np.sort(sizes, axis=1), columns=["low", "base", "high"])
    return frame.assign(year=years)[["year", "low", "base", "high"]].sort_values("year", ignore_index=True)


def rounding_range(value: float, digits: int) -> tuple[float, float]:
    """The values that print as `value` when rounded to `digits` decimals (negative: tens, hundreds)."""
    half = 0.5 * 10.0**-digits
    return value - half, value + half


def agreement(
    base: float,
    end: float,
    rate: float,
    years: float,
    *,
    base_digits: int = 1,
    end_digits: int = 1,
    rate_digits: int = 3,
) -> Agreement:
    """Whether base, end, yearly rate and years fit together within the rounding of the printed figures."""
    for name, value in (("base", base), ("end", end), ("years", years)):
        _positive(name, value)
    base_low, base_high = rounding_range(base, base_digits)
    end_low, end_high = rounding_range(end, end_digits)
    implied = (end / base) ** (1 / years) - 1
    low = (max(end_low, 1e-12) / base_high) ** (1 / years) - 1
    high = (end_high / max(base_low, 1e-12)) ** (1 / years) - 1
    rate_low, rate_high = rounding_range(rate, rate_digits)
    agrees = rate_high >= low and rate_low <= high
    nearest = float(np.clip(rate, low, high))
    return Agreement(
        rate, implied, low, high, bool(agrees), rate - nearest,
        end / (1 + rate) ** years, base * (1 + rate) ** years, _years(base, end, rate) if rate else float("inf"),
    )  # fmt: skip


def implied_total(part: float, share: float) -> float:
    """The whole that a `part` (any unit) and its `share` (fraction, above 0 to 1) imply, in the part's unit."""
    _positive("part", part)
    if not 0 < share <= 1:
        raise InputError.out_of_range("share", share, "a fraction above 0 and at most 1", "22 % is 0.22")
    return part / share


def remainder(total: float, shares: np.ndarray) -> float:
    """What is left of `total` (any unit) after `shares` (fractions) of it; Refusal if they exceed the whole."""
    _positive("total", total)
    taken = float(np.sum(shares))
    if taken > 1 + 1e-9:
        raise Refusal.because(
            f"the shares add up to {taken:.3f}", "parts of one whole cannot exceed 1", "check their bases"
        )
    return total * (1 - taken)


def feasible_weights(
    rates: pd.DataFrame, total: float | tuple[float, float], *, floors: pd.Series | None = None
) -> pd.DataFrame:
    """The range of base-year shares with which regional growth can add up to the `total` rate (fractions).

    `rates`: index region, columns `low`, `high`. Solves, for each region, the smallest and the largest share
    subject to sum(share) = 1 and sum(share x rate) = total for some rate inside its range. `floors` are smallest
    shares known by region. Columns: `low`, `high`, `share_low`, `share_high`. Refusal if no shares can do it.
    """
    missing = {"low", "high"} - set(rates.columns)
    if missing:
        raise InputError.missing_columns("rates", missing, rates.columns)
    if (rates["low"] > rates["high"]).any():
        raise InputError.out_of_range(
            "rates", rates.index[rates["low"] > rates["high"]].tolist(), "low <= high", "swap"
        )
    low_total, high_total = total if isinstance(total, tuple) else (total, total)
    floor = np.zeros(len(rates)) if floors is None else floors.reindex(rates.index).fillna(0.0).to_numpy()
    bounds = _share_bounds(rates["low"].to_numpy(), rates["high"].to_numpy(), low_total, high_total, floor)
    if bounds is None:
        raise Refusal.because(
            f"no regional shares give a total of {low_total:.1%} to {high_total:.1%}",
            f"the regions grow between {rates['low'].min():.1%} and {rates['high'].max():.1%}",
            "the total and the regions come from different definitions: do not use them together",
        )
    return rates[["low", "high"]].assign(share_low=bounds[0], share_high=bounds[1])


def _share_bounds(low, high, low_total, high_total, floor) -> tuple[np.ndarray, np.ndarray] | None:
    from scipy.optimize import linprog

    n = len(low)
    problem = {
        "A_ub": np.vstack([low, -high]),
        "b_ub": [high_total, -low_total],
        "A_eq": np.ones((1, n)),
        "b_eq": [1.0],
        "bounds": list(zip(floor, np.ones(n), strict=True)),
        "method": "highs",
    }
    unit = np.eye(n)
    solved = [[linprog(sign * unit[i], **problem) for i in range(n)] for sign in (1, -1)]
    if solved[0][0].status != 0:
        return None
    return np.array([s.fun for s in solved[0]]), np.array([-s.fun for s in solved[1]])
