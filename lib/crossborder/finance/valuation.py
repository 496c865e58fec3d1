"""What a stream of money is worth: present value, internal rates (all of them), payback."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crossborder.errors import InputError, Refusal

__all__ = ["InternalRates", "irr", "mirr", "npv", "payback_years", "xirr", "xnpv"]

# Logarithms of growth a period that are searched: from a loss of all but 1e-15 to a gain of 1e300.
LOWEST, HIGHEST = np.log(1e-15), np.log(1e300)
# A value this small beside the sum of its terms is a root that touches zero without crossing it: rounding leaves a few
# times 1e-16.
TOUCH = 1e-14


@dataclass(frozen=True)
class InternalRates:
    """Every rate at which the present value is zero, ascending, as fractions a period.

    `sign_changes` bounds how many there can be (Descartes); `balance_changes` is how often the running sum of the flows
    changes sign. A running sum that starts below zero and changes sign once has exactly one rate above zero, which is
    then the return, whatever rates there are below zero (Norstrom, 1972). `touching` are those of the rates at which
    the value comes to zero and turns back (a root counted twice): it is below zero, or above, on both sides.
    """

    rates: tuple[float, ...]
    sign_changes: int
    balance_changes: int = 0
    starts_with_outlay: bool = True
    touching: tuple[float, ...] = ()

    @property
    def norstrom(self) -> bool:
        """Whether the running sum promises exactly one rate above zero."""
        return self.starts_with_outlay and self.balance_changes == 1

    @property
    def only(self) -> float:
        """The one rate, or the one above zero where the running sum promises that there is only one.

        Raises Refusal where there is none, more than one, or one at which the value only touches zero.
        """
        if len(self.rates) == 1 and not self.touching:
            return self.rates[0]
        if len(self.rates) == 1:
            raise Refusal.because(
                f"this stream's value touches zero at {self.rates[0]:.1%} and never crosses it",
                "no other rate brings it to the other side of zero, so this one is not a return",
                "judge it by its net present value, or by the modified rate (mirr)",
            )
        above = [rate for rate in self.rates if rate > 0]
        if self.norstrom and len(above) == 1:
            return above[0]
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

    Raises InputError where all flows have one sign. Roots are isolated between those of a sum with one sign change
    less, level by level, so that none is missed (Descartes' rule for exponential sums: Laguerre, 1883).

    >>> [round(rate, 6) for rate in irr([-100, 230, -132]).rates]
    [0.1, 0.2]
    """
    amounts = _both_signs(_amounts(flows))
    return _rates(amounts, np.arange(len(amounts), dtype=float))


def xirr(flows: Sequence[float], dates: Sequence[object]) -> InternalRates:
    """Every yearly internal rate of dated flows, years of 365 days (ACT/365 fixed); dates in any order."""
    amounts, years = _dated(flows, dates)
    return _rates(_both_signs(amounts), years)


def mirr(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float:
    """The modified internal rate: outlays discounted at `finance_rate`, receipts compounded at `reinvest_rate`.

    Source: Lin (1976), The Modified Internal Rate of Return; the spreadsheet function of that name.

    >>> round(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.1, 0.12), 6)
    0.126094
    """
    if finance_rate <= -1 or reinvest_rate <= -1:
        raise InputError.out_of_range("rates", (finance_rate, reinvest_rate), "above -1 (a loss of 100 %)")
    amounts = _both_signs(_amounts(flows))
    periods = np.arange(len(amounts))
    outlay = -(np.minimum(amounts, 0) * (1 + finance_rate) ** -periods).sum()
    end_value = (np.maximum(amounts, 0) * (1 + reinvest_rate) ** (periods[-1] - periods)).sum()
    return float((end_value / outlay) ** (1 / periods[-1]) - 1)


def payback_years(flows: Sequence[float], rate: float = 0.0) -> float:
    """Periods until the flows, discounted at `rate`, have paid back for good; infinite if they never do.

    Within a period the money comes evenly. "For good": a later outlay that eats the surplus counts.
    """
    discounted = _amounts(flows) * (1 + rate) ** -np.arange(len(flows))
    balance = np.cumsum(discounted)
    # A millionth of a millionth of the money moved is rounding: "exactly paid back" is paid back.
    below = np.flatnonzero(balance < -1e-12 * np.abs(discounted).sum())
    if not len(below):
        return 0.0
    last = below[-1]
    if last == len(balance) - 1:
        return float("inf")
    return float(last + min(balance[last] / -discounted[last + 1], 1.0))


def _rates(amounts: np.ndarray, times: np.ndarray) -> InternalRates:
    balance = np.cumsum(amounts)
    kept = amounts != 0
    amounts, times = amounts[kept], times[kept] - times[kept][0]
    roots = _roots(amounts, times)
    # A rate of less than a millionth of a millionth is rounding around zero.
    rates = tuple(float(np.expm1(root)) if abs(root) > 1e-15 else 0.0 for root in roots)
    middles = [LOWEST, *((one + other) / 2 for one, other in pairwise(roots)), HIGHEST]
    signs, sizes = np.sign(amounts), np.log(np.abs(amounts))
    sides = np.sign([_sum(point, signs, sizes, times) for point in middles])
    return InternalRates(
        rates,
        _changes(signs),
        _changes(np.sign(balance[balance != 0])),
        bool(amounts[0] < 0),
        tuple(rate for rate, left, right in zip(rates, sides, sides[1:], strict=False) if left == right),
    )


def _changes(signs: np.ndarray) -> int:
    return int((np.diff(signs) != 0).sum())


def _roots(amounts: np.ndarray, times: np.ndarray) -> list[float]:
    """Roots in k of sum(amount * exp(-k * time)), times ascending.

    Turned around a time between its first two runs of one sign, the sum's slope is such a sum again with one sign
    change less, and between two roots of the slope lies at most one root. Sizes are kept as logarithms, so that long
    streams neither overflow nor vanish.
    """
    signs, sizes = [np.sign(amounts)], [np.log(np.abs(amounts))]
    while _changes(signs[-1]):
        turn = int(np.flatnonzero(np.diff(signs[-1]) != 0)[0])
        away = times - (times[turn] + times[turn + 1]) / 2
        signs.append(signs[-1] * np.sign(away))
        sizes.append(sizes[-1] + np.log(np.abs(away)))
    found: list[float] = []
    for sign, size in zip(reversed(signs[:-1]), reversed(sizes[:-1]), strict=True):
        found = _between(found, sign, size, times)
    return found


def _between(turning: list[float], signs: np.ndarray, sizes: np.ndarray, times: np.ndarray) -> list[float]:
    """Roots of a sum, given all points where it may turn."""
    from scipy.optimize import brentq

    ends = [LOWEST, *turning, HIGHEST]
    values = [_sum(end, signs, sizes, times) for end in ends]
    touching = [point for point, value in zip(ends[1:-1], values[1:-1], strict=True) if abs(value) <= TOUCH]
    crossing = [
        brentq(_sum, low, high, args=(signs, sizes, times), xtol=1e-15, rtol=1e-14)
        for low, high, left, right in zip(ends, ends[1:], values, values[1:], strict=False)
        if left * right < 0 and abs(left) > TOUCH and abs(right) > TOUCH
    ]
    return sorted([*touching, *crossing])


def _sum(k: float, signs: np.ndarray, sizes: np.ndarray, times: np.ndarray) -> float:
    """The sum, divided by the size of its terms so that it neither overflows nor vanishes; the sign is what matters."""
    exponents = sizes - k * times
    terms = np.exp(exponents - exponents.max())
    return float((signs * terms).sum() / terms.sum())


def _amounts(flows: Sequence[float]) -> np.ndarray:
    amounts = np.asarray(flows, dtype=float)
    if amounts.ndim != 1 or not len(amounts) or not np.isfinite(amounts).all():
        raise InputError.out_of_range("flows", flows, "a list of finite numbers")
    return amounts


def _both_signs(amounts: np.ndarray) -> np.ndarray:
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
