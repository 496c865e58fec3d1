"""What a stream of money is worth: present value, internal rates (all of them), payback."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossborder.errors import InputError, Refusal

__all__ = ["InternalRates", "irr", "mirr", "npv", "payback_years", "xirr", "xnpv"]

# Rates searched: from a loss of all but a millionth to a millionfold gain a period.
LOWEST, HIGHEST = np.log(1e-6), np.log1p(1e6)
# A value this small beside the sum of its terms is a root that touches zero without crossing it.
TOUCH = 1e-12


@dataclass(frozen=True)
class InternalRates:
    """Every rate at which the present value is zero, ascending, as fractions a period.

    `sign_changes` bounds how many there can be (Descartes). A stream with none or several has no single internal rate.
    """

    rates: tuple[float, ...]
    sign_changes: int

    @property
    def only(self) -> float:
        """The one rate.

        Raises Refusal where there is none, or more than one.
        """
        if len(self.rates) == 1:
            return self.rates[0]
        if not self.rates:
            raise Refusal.because(
                "this stream has no internal rate of return",
                "no rate makes its present value zero",
                "judge it by its net present value, or by the modified rate (mirr)",
            )
        shown = " and ".join(f"{rate:.1%}" for rate in self.rates)
        raise Refusal.because(
            f"this stream has {len(self.rates)} internal rates of return: {shown}",
            f"its sign changes {self.sign_changes} times, so none of them is its return",
            "judge it by its net present value, or by the modified rate (mirr)",
        )


def npv(rate: float | np.ndarray, flows: np.ndarray, *, first_flow: str = "today") -> float | np.ndarray:
    """Net present value of flows one period apart, in their unit; the last axis is time.

    `first_flow` is "today" (not discounted: finance books, numpy) or "in one period" (discounted: the NPV of
    spreadsheets). Source: Brealey, Myers and Allen, Principles of Corporate Finance, chapter 2.

    >>> round(float(npv(0.1, [-10000, 3000, 4200, 6800], first_flow="in one period")), 2)
    1188.44
    """
    starts = {"today": 0, "in one period": 1}
    if first_flow not in starts:
        raise InputError.unknown("first_flow", first_flow, starts)
    rate = np.asarray(rate, dtype=float)
    if np.any(rate <= -1):
        raise InputError.out_of_range("rate", float(rate.min()), "above -1 (a loss of 100 %)")
    flows = np.asarray(flows, dtype=float)
    periods = np.arange(flows.shape[-1]) + starts[first_flow]
    value = (flows * (1 + rate[..., None]) ** -periods).sum(axis=-1)
    return float(value) if value.ndim == 0 else value


def xnpv(rate: float, flows: Sequence[float], dates: Sequence[object]) -> float:
    """Net present value on the day of the first flow, years of 365 days (ACT/365 fixed), yearly rate."""
    if rate <= -1:
        raise InputError.out_of_range("rate", rate, "above -1 (a loss of 100 %)")
    amounts, years = _dated(flows, dates)
    return float((amounts * (1 + rate) ** -years).sum())


def irr(flows: Sequence[float]) -> InternalRates:
    """Every internal rate of flows one period apart.

    Raises InputError where all flows have one sign. Roots are isolated between the roots of the derivative, level by
    level, so that none is missed (Descartes' rule for exponential sums: Laguerre, 1883).

    >>> [round(rate, 6) for rate in irr([-100, 230, -132]).rates]
    [0.1, 0.2]
    """
    amounts = _amounts(flows)
    return _rates(amounts, np.arange(len(amounts), dtype=float))


def xirr(flows: Sequence[float], dates: Sequence[object]) -> InternalRates:
    """Every yearly internal rate of dated flows, years of 365 days (ACT/365 fixed); dates in any order."""
    return _rates(*_dated(flows, dates))


def mirr(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float:
    """The modified internal rate: outlays discounted at `finance_rate`, receipts compounded at `reinvest_rate`.

    Source: Lin (1976), The Modified Internal Rate of Return; the spreadsheet function of that name.

    >>> round(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.1, 0.12), 6)
    0.126094
    """
    amounts = _amounts(flows)
    periods = np.arange(len(amounts))
    outlay = -(np.minimum(amounts, 0) * (1 + finance_rate) ** -periods).sum()
    end_value = (np.maximum(amounts, 0) * (1 + reinvest_rate) ** (periods[-1] - periods)).sum()
    return float((end_value / outlay) ** (1 / periods[-1]) - 1)


def payback_years(flows: Sequence[float], rate: float = 0.0) -> float:
    """Periods until the flows, discounted at `rate`, have paid back for good; infinite if they never do.

    Within a period the money comes evenly. "For good": a later outlay that eats the surplus counts.
    """
    discounted = np.asarray(flows, dtype=float) * (1 + rate) ** -np.arange(len(flows))
    # Rounded to a millionth of a millionth of the money moved, so that "exactly paid back" is paid back.
    balance = np.cumsum(discounted) + 1e-12 * np.abs(discounted).sum()
    if balance[-1] < 0:
        return float("inf")
    below = np.flatnonzero(balance < 0)
    if not len(below):
        return 0.0
    last = below[-1]
    return float(last + balance[last] / -discounted[last + 1])


def _rates(amounts: np.ndarray, times: np.ndarray) -> InternalRates:
    kept = amounts != 0
    amounts, times = amounts[kept], times[kept]
    changes = int((np.diff(np.sign(amounts)) != 0).sum())
    roots = _roots(amounts, times - times[0])
    return InternalRates(tuple(float(np.expm1(root)) for root in roots), changes)


def _roots(amounts: np.ndarray, times: np.ndarray) -> list[float]:
    """Roots in k of sum(amount * exp(-k * time)), times ascending: at most one between two roots of the derivative."""
    if len(amounts) < 2 or (np.sign(amounts) == np.sign(amounts[0])).all():
        return []
    from scipy.optimize import brentq

    gaps = times[1:] - times[0]
    turning = _roots(amounts[1:] * gaps, gaps)
    ends = [LOWEST, *turning, HIGHEST]
    values = [_sum(end, amounts, times) for end in ends]
    touching = [point for point, value in zip(ends[1:-1], values[1:-1], strict=True) if abs(value) <= TOUCH]
    crossing = [
        brentq(_sum, low, high, args=(amounts, times), xtol=1e-14, rtol=1e-14)
        for low, high, left, right in zip(ends, ends[1:], values, values[1:], strict=False)
        if left * right < 0 and abs(left) > TOUCH and abs(right) > TOUCH
    ]
    return sorted([*touching, *crossing])


def _sum(k: float, amounts: np.ndarray, times: np.ndarray) -> float:
    """The sum, divided by the size of its terms so that it neither overflows nor vanishes; the sign is what matters."""
    exponents = -k * times
    terms = amounts * np.exp(exponents - exponents.max())
    return float(terms.sum() / np.abs(terms).sum())


def _amounts(flows: Sequence[float]) -> np.ndarray:
    amounts = np.asarray(flows, dtype=float)
    if not np.isfinite(amounts).all():
        raise InputError.out_of_range("flows", flows, "finite numbers")
    if not ((amounts > 0).any() and (amounts < 0).any()):
        raise InputError(
            f"a rate of return needs money out and money in, got {[float(a) for a in amounts[:6]]}\n"
            "  all flows have one sign, so no rate makes their value zero\n  do: give outlays as negative numbers"
        )
    return amounts


def _dated(flows: Sequence[float], dates: Sequence[object]) -> tuple[np.ndarray, np.ndarray]:
    if len(flows) != len(dates):
        raise InputError.out_of_range("dates", f"{len(dates)} dates", f"one date a flow ({len(flows)})")
    days = np.asarray(dates, dtype="datetime64[D]").astype(float)
    order = np.argsort(days, kind="stable")
    amounts = _amounts(flows)[order]
    years = (days[order] - days[order][0]) / 365.0
    unique, place = np.unique(years, return_inverse=True)
    return np.bincount(place, weights=amounts), unique
