"""What the right to wait, to expand or to stop is worth: Black-Scholes-Merton, and the tree of decisions."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from crossborder.errors import InputError, Refusal

__all__ = ["binomial_option", "black_scholes", "staged_option"]


def black_scholes(
    value: ArrayLike,
    strike: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    years: ArrayLike,
    *,
    leakage: ArrayLike = 0.0,
    kind: str = "call",
) -> np.ndarray:
    """Value of a European option (Black and Scholes, 1973; Merton, 1973); `rate` and `leakage` continuous a year.

    For an investment `value` is the present value of its cash flows, `strike` the spending that may be made then, and
    `leakage` the share of value that waiting costs a year (cash flows missed). No volatility or no time: the
    discounted difference if it is above zero.
    """
    if kind not in ("call", "put"):
        raise InputError.unknown("kind", kind, ("call", "put"))
    s, k, r, vol, t, q = np.broadcast_arrays(
        *(np.asarray(part, float) for part in (value, strike, rate, volatility, years, leakage))
    )
    if (s <= 0).any() or (k <= 0).any() or (vol < 0).any() or (t < 0).any():
        raise InputError.out_of_range("value, strike, volatility, years", "not in range", "above 0; 0 or more", "")
    spread = np.maximum(vol * np.sqrt(t), 1e-12)
    upper = (np.log(s / k) + (r - q) * t) / spread + spread / 2
    sign = 1.0 if kind == "call" else -1.0
    return sign * (s * np.exp(-q * t) * ndtr(sign * upper) - k * np.exp(-r * t) * ndtr(sign * (upper - spread)))


def binomial_option(
    value: float,
    strike: float,
    rate: float,
    volatility: float,
    years: float,
    *,
    steps: int = 200,
    kind: str = "call",
    american: bool = True,
    leakage: float = 0.0,
    up: float | None = None,
) -> float:
    """Value of an option on a recombining tree (Cox, Ross and Rubinstein, 1979); early exercise if `american`.

    `rate` and `leakage` are continuous a year. `up` sets the factor of an up step (down is 1 / up) in place of
    exp(volatility x root of the step). Raises `InputError` if the tree allows arbitrage.
    """
    if kind not in ("call", "put"):
        raise InputError.unknown("kind", kind, ("call", "put"))
    if value <= 0 or strike <= 0 or years <= 0 or steps < 1:
        raise InputError.out_of_range("value, strike, years, steps", (value, strike, years, steps), "above 0", "")
    step = years / steps
    up = float(np.exp(volatility * np.sqrt(step))) if up is None else float(up)
    grown = float(np.exp((rate - leakage) * step))
    if not 1 / up < grown < up:
        raise InputError.out_of_range(
            "up", up, f"so that 1/up < {grown:.6f} < up", "more steps, or a larger volatility"
        )
    chance, discount = (grown - 1 / up) / (up - 1 / up), float(np.exp(-rate * step))
    sign = 1.0 if kind == "call" else -1.0
    worth = np.maximum(sign * (value * up ** np.arange(steps, -steps - 1, -2.0) - strike), 0.0)
    for left in range(steps - 1, -1, -1):
        worth = discount * (chance * worth[:-1] + (1 - chance) * worth[1:])
        if american:
            worth = np.maximum(worth, sign * (value * up ** np.arange(left, -left - 1, -2.0) - strike))
    return float(worth[0])


def staged_option(spending: ArrayLike, success: ArrayLike, payoff: float, rate: float) -> dict[str, float]:
    """Value of spending in stages with the right to stop after each: stage k costs `spending[k]`, passes with
    `success[k]`, then the next begins a period later; the last one brings `payoff` a period after it.

    Keys: value (stopping where the rest is worth less than nothing), committed (all stages must be paid), option
    (their difference), stages (how many would be begun).
    """
    cost, chance = np.asarray(spending, float), np.asarray(success, float)
    if cost.shape != chance.shape or not len(cost) or (chance < 0).any() or (chance > 1).any():
        raise InputError.out_of_range("spending, success", (cost.shape, chance.shape), "as long; shares of 0 to 1", "")
    if rate <= -1:
        raise Refusal.because("no staged value", f"a rate of {rate:.0%}", "give a rate above -100 %")
    worth, reached = float(payoff), np.concatenate([[1.0], np.cumprod(chance)])
    begun = 0
    for stage in range(len(cost) - 1, -1, -1):
        go = -cost[stage] + chance[stage] * worth / (1 + rate)
        worth, begun = (go, begun + 1) if go > 0 else (0.0, 0)
    periods = (1 + rate) ** -np.arange(len(cost) + 1.0)
    committed = float(reached[-1] * payoff * periods[-1] - (cost * periods[:-1]).sum())
    return {"value": worth, "committed": committed, "option": worth - committed, "stages": float(begun)}
