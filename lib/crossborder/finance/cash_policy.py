"""How much cash to hold and when to move it: Baumol's lots, Miller and Orr's band; annuities and their duration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["CashBand", "annuity_payment", "annuity_value", "baumol", "discount_cost", "duration", "miller_orr"]


@dataclass(frozen=True)
class CashBand:
    """Lower limit, return point, upper limit and mean balance (currency units); spread is upper less lower."""

    lower: float
    target: float
    upper: float
    mean: float

    @property
    def spread(self) -> float:
        """Upper less lower limit."""
        return self.upper - self.lower


def baumol(need: float, transfer_cost: float, rate: float) -> dict[str, float]:
    """Best lot of cash for an even need over a period: root of 2 x need x transfer cost / rate (Baumol, 1952).

    `rate` is what the cash would earn over the same period. Keys: lot, transfers, mean_balance, cost (transfers and
    interest lost).
    """
    if need <= 0 or transfer_cost <= 0 or rate <= 0:
        raise InputError.out_of_range("need, transfer_cost, rate", (need, transfer_cost, rate), "above 0", "")
    lot = float(np.sqrt(2 * need * transfer_cost / rate))
    return {
        "lot": lot,
        "transfers": need / lot,
        "mean_balance": lot / 2,
        "cost": need / lot * transfer_cost + lot / 2 * rate,
    }


def miller_orr(variance_day: float, transfer_cost: float, rate_day: float, lower: float = 0.0) -> CashBand:
    """Band for uneven cash flow (Miller and Orr, 1966): return point = lower + cube root of 3/4 cost x variance / rate.

    The upper limit is lower + three times that root, the mean balance lower + four thirds of it. `variance_day` is
    the variance of a day's net cash flow, `rate_day` the interest of a day.
    """
    if variance_day <= 0 or transfer_cost <= 0 or rate_day <= 0:
        got = (variance_day, transfer_cost, rate_day)
        raise InputError.out_of_range("variance_day, transfer_cost, rate_day", got, "above 0", "")
    root = float(np.cbrt(0.75 * transfer_cost * variance_day / rate_day))
    return CashBand(lower, lower + root, lower + 3 * root, lower + 4 * root / 3)


def annuity_value(payment: ArrayLike, rate: ArrayLike, periods: ArrayLike, *, due: bool = False, growth: float = 0.0):
    """Present value of equal payments (or growing by `growth` a period); `due` pays at each period's start.

    At a rate equal to the growth every payment is worth the same. Source: Brealey, Myers and Allen, chapter 2.
    """
    payment, rate, periods = (np.asarray(part, float) for part in (payment, rate, periods))
    if (rate <= -1).any() or (periods < 0).any():
        raise InputError.out_of_range("rate, periods", (rate.min(), periods.min()), "above -1; 0 or more", "")
    gap = rate - growth
    even = np.isclose(gap, 0.0, atol=1e-14)
    factor = np.where(
        even,
        periods / (1 + rate),
        (1 - ((1 + growth) / (1 + rate)) ** periods) / np.where(even, 1.0, gap),
    )
    return payment * factor * (1 + rate if due else 1.0)


def annuity_payment(value: ArrayLike, rate: ArrayLike, periods: ArrayLike, *, due: bool = False) -> np.ndarray:
    """Equal payment that a present value buys: the inverse of `annuity_value`."""
    return np.asarray(value, float) / annuity_value(1.0, rate, periods, due=due)


def duration(flows: ArrayLike, rate: float) -> dict[str, float]:
    """Macaulay and modified duration (periods) and convexity of flows at period ends 1, 2, ... (Macaulay, 1938)."""
    flows = np.asarray(flows, float)
    time = np.arange(1, len(flows) + 1.0)
    worth = flows * (1 + rate) ** -time
    total = float(worth.sum())
    if rate <= -1 or total <= 0:
        raise InputError.out_of_range("flows, rate", (total, rate), "a present value above 0, a rate above -1", "")
    macaulay = float((time * worth).sum() / total)
    convexity = float((time * (time + 1) * worth).sum() / total / (1 + rate) ** 2)
    return {"value": total, "macaulay": macaulay, "modified": macaulay / (1 + rate), "convexity": convexity}


def discount_cost(
    face: float, discount_rate: float, days: float, *, fee: float = 0.0, basis: float = 360.0
) -> dict[str, float]:
    """Selling a claim at a discount (forfaiting, bill discounting): proceeds, cost, and the yearly rate it comes to.

    The discount is taken from the face (straight discount): face x rate x days / basis, the fee besides; the yearly
    rate compounds the cost over what is received for 365 days.
    """
    proceeds = face * (1 - discount_rate * days / basis) - fee
    if face <= 0 or days <= 0 or proceeds <= 0:
        raise InputError.out_of_range("face, days, discount_rate", (face, days, discount_rate), "proceeds above 0", "")
    return {
        "proceeds": proceeds,
        "cost": face - proceeds,
        "rate_year": float((face / proceeds) ** (365 / days) - 1),
    }
