"""Options on a currency: value, sensitivities, collars without a premium, and what a hedge earns at maturity.

Spot and strike are home money for one foreign unit; rates are continuous a year; volatility is a fraction a year.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from crossborder.errors import InputError, Refusal

__all__ = ["collar_strike", "garman_kohlhagen", "greeks", "implied_volatility", "payoff", "price_list", "seller_hedges"]

Kind = Literal["call", "put"]


def garman_kohlhagen(
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    *,
    home_rate: ArrayLike,
    foreign_rate: ArrayLike,
    volatility: ArrayLike,
    kind: Kind = "call",
) -> np.ndarray:
    """Value of a European currency option, home money for one foreign unit (Garman and Kohlhagen, 1983).

    With `foreign_rate` as dividend yield it is the Black-Scholes-Merton formula. At zero volatility or time it is the
    discounted intrinsic value on the forward.

    >>> round(float(garman_kohlhagen(42, 40, 0.5, home_rate=0.10, foreign_rate=0, volatility=0.20)), 2)
    4.76
    """
    side = _side(kind)
    spot, strike, years, home, foreign, sigma = np.broadcast_arrays(
        *(np.asarray(a, float) for a in (spot, strike, years, home_rate, foreign_rate, volatility))
    )
    _check(spot, strike, years, sigma)
    d1, d2 = _moneyness(spot, strike, years, home, foreign, sigma)
    asset = spot * np.exp(-foreign * years)
    cash = strike * np.exp(-home * years)
    return side * (asset * ndtr(side * d1) - cash * ndtr(side * d2))


def greeks(
    spot: float, strike: float, years: float, *, home_rate: float, foreign_rate: float, volatility: float, kind: Kind
) -> dict[str, float]:
    """Delta (spot, foreign units), gamma, vega for one point of 1.00, theta a year, rho home, rho foreign."""
    side = _side(kind)
    _check(*(np.asarray(a, float) for a in (spot, strike, years, volatility)))
    d1, d2 = _moneyness(*(np.asarray(a, float) for a in (spot, strike, years, home_rate, foreign_rate, volatility)))
    home, foreign = np.exp(-home_rate * years), np.exp(-foreign_rate * years)
    density = np.exp(-0.5 * d1**2) / np.sqrt(2 * np.pi)
    drift = side * (foreign_rate * spot * foreign * ndtr(side * d1) - home_rate * strike * home * ndtr(side * d2))
    found = {
        "delta": side * foreign * ndtr(side * d1),
        "gamma": foreign * density / (spot * volatility * np.sqrt(years)),
        "vega": spot * foreign * density * np.sqrt(years),
        "theta": -spot * foreign * density * volatility / (2 * np.sqrt(years)) + drift,
        "rho_home": side * strike * years * home * ndtr(side * d2),
        "rho_foreign": -side * spot * years * foreign * ndtr(side * d1),
    }
    return {name: float(value) for name, value in found.items()}


def implied_volatility(
    price: float, spot: float, strike: float, years: float, *, home_rate: float, foreign_rate: float, kind: Kind
) -> float:
    """Volatility a year at which the formula gives `price`.

    Refuses prices outside the bounds that no arbitrage allows.
    """
    from scipy.optimize import brentq

    def gap(sigma: float) -> float:
        value = garman_kohlhagen(
            spot, strike, years, home_rate=home_rate, foreign_rate=foreign_rate, volatility=sigma, kind=kind
        )
        return float(value) - price

    if gap(1e-6) > 0 or gap(10.0) < 0:
        raise Refusal.because(
            f"no volatility gives the price {price:g}",
            f"it lies outside {gap(1e-6) + price:g} to {gap(10.0) + price:g}",
            "check the price, the side and the rates",
        )
    return float(brentq(gap, 1e-6, 10.0, xtol=1e-12))


def collar_strike(
    spot: ArrayLike,
    put_strike: ArrayLike,
    years: float,
    *,
    home_rate: ArrayLike,
    foreign_rate: ArrayLike,
    volatility: ArrayLike,
) -> np.ndarray:
    """Call strike at which the call sold pays for the put bought: a collar without a premium; arrays broadcast.

    `put_strike` must lie below the forward, else the call strike would lie below the put's. Found by bisection.
    """
    spot, put, home, foreign, sigma = np.broadcast_arrays(
        *(np.asarray(a, float) for a in (spot, put_strike, home_rate, foreign_rate, volatility))
    )
    forward = spot * np.exp((home - foreign) * years)
    if (put >= forward).any():
        worst = int(np.argmax(put / forward))
        raise InputError.out_of_range(
            "put_strike", float(put.flat[worst]), f"below the forward {forward.flat[worst]:.6g}", "choose a lower floor"
        )
    terms = {"home_rate": home, "foreign_rate": foreign, "volatility": sigma}
    premium = garman_kohlhagen(spot, put, years, kind="put", **terms)
    low, high = put.copy(), forward * np.exp(8 * sigma * np.sqrt(years))
    for _ in range(60):
        middle = (low + high) / 2
        dear = garman_kohlhagen(spot, middle, years, kind="call", **terms) > premium
        low, high = np.where(dear, middle, low), np.where(dear, high, middle)
    return high


def payoff(
    final: ArrayLike, *, forward: float, put_strike: float, call_strike: float, premium: float = 0.0
) -> pd.DataFrame:
    """Home money for one foreign unit received at maturity, by hedge: none, forward, put, collar.

    `premium` is the put's price carried to maturity; the collar costs nothing.
    """
    final = np.asarray(final, float)
    return pd.DataFrame(
        {
            "none": final,
            "forward": np.full_like(final, forward),
            "put": np.maximum(final, put_strike) - premium,
            "collar": np.clip(final, put_strike, call_strike),
        }
    )


def price_list(
    rates: pd.DataFrame, weights: pd.Series, interest: pd.Series, *, home: str, days: int = 250
) -> pd.DataFrame:
    """`seller_hedges` of half a year on today's rates: volatility from the last `days`, interest as assumed."""
    missing = [name for name in [*weights.index, home] if name not in interest.index]
    if missing:
        raise InputError.missing_columns("interest", missing, interest.index)
    levels = rates[list(weights.index)].dropna()
    volatility = levels.pct_change().tail(days).std() * np.sqrt(252)
    quoted = pd.DataFrame(
        {
            "currency": weights.index,
            "amount_home": weights.to_numpy(),
            "spot": levels.iloc[-1].to_numpy(),
            "foreign_rate": interest[list(weights.index)].to_numpy(float),
            "volatility": volatility.to_numpy(),
        }
    )
    table = seller_hedges(quoted, home_rate=float(interest[home]))
    return table.merge(quoted[["currency", "volatility"]], on="currency")


def seller_hedges(
    exposures: pd.DataFrame, *, home_rate: float, floor: float = 0.95, years: float = 0.5, level: float = 0.95
) -> pd.DataFrame:
    """Price list of hedges for money to be received: one row a currency and hedge.

    `exposures`: currency, amount_home, spot, foreign_rate, volatility. `floor` is the put's strike as share of the
    forward. Columns: currency, hedge, cost_share (premium or forward discount, of the amount), worst_share (change of
    the amount against spot in the bad case at `level`), best_share (in the good case).
    """
    from scipy.special import ndtri

    z = ndtri(level)
    rows = []
    for one in exposures.itertuples():
        forward = one.spot * np.exp((home_rate - one.foreign_rate) * years)
        put = floor * forward
        terms = {"home_rate": home_rate, "foreign_rate": one.foreign_rate, "volatility": one.volatility}
        premium = float(garman_kohlhagen(one.spot, put, years, kind="put", **terms)) * np.exp(home_rate * years)
        call = float(collar_strike(one.spot, put, years, **terms))
        final = forward * np.exp(np.array([-z, z]) * one.volatility * np.sqrt(years))
        ends = payoff(final, forward=forward, put_strike=put, call_strike=call, premium=premium) / one.spot - 1
        cost = {"none": 0.0, "forward": 1 - forward / one.spot, "put": premium / one.spot, "collar": 0.0}
        rows += [(one.currency, name, cost[name], float(ends[name][0]), float(ends[name][1])) for name in ends]
    return pd.DataFrame(rows, columns=["currency", "hedge", "cost_share", "worst_share", "best_share"])


def _moneyness(spot, strike, years, home, foreign, sigma):
    deviation = sigma * np.sqrt(years)
    drift = np.log(spot / strike) + (home - foreign) * years
    # Without volatility or time the option is worth its intrinsic value on the forward.
    with np.errstate(divide="ignore", invalid="ignore"):
        still = np.where(drift >= 0, np.inf, -np.inf)
        d1 = np.where(deviation > 0, drift / deviation + 0.5 * deviation, still)
    return d1, np.where(deviation > 0, d1 - deviation, still)


def _side(kind: str) -> int:
    if kind not in ("call", "put"):
        raise InputError.unknown("kind", kind, ["call", "put"])
    return 1 if kind == "call" else -1


def _check(spot, strike, years, sigma) -> None:
    for name, values, allowed in (("spot", spot, "above 0"), ("strike", strike, "above 0")):
        if (values <= 0).any():
            raise InputError.out_of_range(name, float(values.min()), allowed, "")
    for name, values in (("years", years), ("volatility", sigma)):
        if (values < 0).any():
            raise InputError.out_of_range(name, float(values.min()), "0 or more", "")
