"""What price to ask: profit against price within guard rails, and prices of regions that leak into each other."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal

__all__ = [
    "PriceDecision",
    "arc_elasticity",
    "lerner_price",
    "parallel_import_bound",
    "price_decision",
    "profit_curve",
    "regional_prices",
]


def profit_curve(
    price: float,
    unit_cost: float,
    units: float,
    elasticity: float | np.ndarray,
    prices: np.ndarray,
    fee_rate: float = 0.0,
) -> np.ndarray:
    """Profit (money a period) at each of `prices`, at constant elasticity around today's price and units.

    units(p) = units (p / price)^elasticity; profit = units(p) ((1 - fee_rate) p - unit_cost). With an array of
    elasticities (draws from its interval) the result is [draw, price].
    """
    if price <= 0 or units < 0:
        raise InputError.out_of_range("price and units", (price, units), "a price above 0 and units of at least 0")
    ratio = np.asarray(prices, dtype=float) / price
    sold = units * ratio ** np.atleast_1d(elasticity)[:, None]
    profit = sold * ((1 - fee_rate) * np.asarray(prices, dtype=float) - unit_cost)
    return profit[0] if np.ndim(elasticity) == 0 else profit


@dataclass(frozen=True)
class PriceDecision:
    """The price advised, within guard rails; `band_low` to `band_high` keeps most of the best expected profit.

    `binding` says what holds the price: "optimum", "largest step", "floor", "ceiling" or "stock".
    """

    price: float
    unconstrained: float
    band_low: float
    band_high: float
    expected_gain: float
    gain_low: float
    gain_high: float
    binding: str


def price_decision(
    *,
    price: float,
    unit_cost: float,
    units: float,
    elasticity: np.ndarray,
    fee_rate: float = 0.0,
    max_step: float = 0.1,
    floor_margin: float = 0.0,
    ceiling: float | None = None,
    stock_units: float | None = None,
    keep: float = 0.98,
    level: float = 0.9,
) -> PriceDecision:
    """The price with the best expected profit over draws of the elasticity, held by guard rails.

    Guard rails: at most `max_step` from today's price, a margin of at least `floor_margin` after fees, at most
    `ceiling` (a rival's price, a promise), and no price at which more is sold than `stock_units` (dynamic pricing:
    what is short is not sold cheap). Expectation over draws, not the price at the mean elasticity: profit is not
    linear in it. For one draw the unconstrained price is Lerner's: cost e / (1 + e) / (1 - fee).

    Raises Refusal where the guard rails contradict each other.
    """
    draws = np.asarray(elasticity, dtype=float).ravel()
    low = max(price * (1 - max_step), unit_cost / (1 - fee_rate) / max(1 - floor_margin, 1e-9))
    high = min(price * (1 + max_step), ceiling if ceiling is not None else np.inf)
    if low > high * (1 + 1e-12):
        raise Refusal.because(
            f"no price between {low:.2f} and {high:.2f}",
            "the floor (cost, fees and least margin, or the largest step) lies above the ceiling",
            "lower the least margin, raise the ceiling, or stop selling it here",
        )
    today = profit_curve(price, unit_cost, units, draws, np.array([price]), fee_rate)[:, 0]
    wide = np.linspace(price * 0.4, price * 2.5, 1051)
    unconstrained = float(wide[(units * _mean_powers(draws.tobytes()) * ((1 - fee_rate) * wide - unit_cost)).argmax()])
    grid = np.unique(np.r_[np.linspace(low, high, 501), np.clip(price, low, high)])
    if stock_units is not None:
        sold = units * (grid / price) ** np.median(draws)
        allowed = sold <= stock_units * (1 + 1e-9)
        grid = grid[allowed] if allowed.any() else grid[-1:]
    # What a piece leaves is the same in every draw, so the mean over draws is taken of the sales alone.
    sales = units * np.exp(np.log(grid / price) * draws[:, None]).mean(axis=0)
    mean = sales * ((1 - fee_rate) * grid - unit_cost)
    best = int(mean.argmax())
    gains = profit_curve(price, unit_cost, units, draws, grid[best : best + 1], fee_rate)[:, 0] - today
    good = grid[mean >= mean[best] - (1 - keep) * abs(mean[best])]
    ends = np.quantile(gains, [(1 - level) / 2, (1 + level) / 2])
    binding = _binding(grid, best, price, max_step, ceiling, stock_units)
    return PriceDecision(
        float(grid[best]),
        unconstrained,
        float(good[0]),
        float(good[-1]),
        float(gains.mean()),
        *map(float, ends),
        binding,
    )


@lru_cache(maxsize=16)
def _mean_powers(draws: bytes) -> np.ndarray:
    """Mean sales over draws at 0.4 to 2.5 times today's price; products of a category share their draws."""
    return (np.linspace(0.4, 2.5, 1051) ** np.frombuffer(draws)[:, None]).mean(axis=0)


def _binding(
    grid: np.ndarray, best: int, price: float, max_step: float, ceiling: float | None, stock: float | None
) -> str:
    chosen = grid[best]
    if 0 < best < len(grid) - 1:
        return "optimum"
    if ceiling is not None and np.isclose(chosen, ceiling):
        return "ceiling"
    if np.isclose(abs(chosen / price - 1), max_step, rtol=1e-6):
        return "largest step"
    if best == 0:
        return "stock" if stock is not None else "floor"
    return "stock"


def parallel_import_bound(price_usd: ArrayLike, duty_rate: ArrayLike, shipping_usd: ArrayLike) -> ArrayLike:
    """What a piece costs that is bought in another market, carried and taxed, USD: a price here is safe up to this.

    A price is safe while price(to) <= price(from) (1 + duty(to)) + shipping(from, to).
    """
    return price_usd * (1 + duty_rate) + shipping_usd


def regional_prices(
    markets: pd.DataFrame, shipping_usd: pd.DataFrame, *, floor_margin: float, rounds: int = 50
) -> pd.DataFrame:
    """A price a market by its own elasticity, cost and value to the buyer, inside the parallel-import bound.

    `markets` (index market): cost_usd (landed, all in), elasticity (below -1), value_usd (what the buyer pays at most:
    a rival's price and the premium), fee_rate, duty_rate. Each wants min(Lerner price, value); prices that invite
    carrying from a cheaper market come down to the bound, cheapest markets first, until none does.
    """
    if (markets["elasticity"] >= -1).any():
        worst = markets["elasticity"].idxmax()
        found = f"its elasticity {markets['elasticity'][worst]:.2f} is not below -1: a dearer price always pays"
        do = "price it by value to the buyer, or estimate the elasticity on a wider range of prices"
        raise Refusal.because(f"no best price in {worst}", found, do)
    factor = markets["elasticity"] / (1 + markets["elasticity"])
    wanted = np.minimum(markets["cost_usd"] * factor / (1 - markets["fee_rate"]), markets["value_usd"])
    floor = markets["cost_usd"] / (1 - markets["fee_rate"] - floor_margin)
    price = np.maximum(wanted, floor)
    shipping = shipping_usd.reindex(index=markets.index, columns=markets.index).to_numpy()
    np.fill_diagonal(shipping := shipping.copy(), np.inf)
    for _ in range(rounds):
        bound = (price.to_numpy()[:, None] * (1 + markets["duty_rate"].to_numpy()[None, :]) + shipping).min(axis=0)
        capped = pd.Series(np.minimum(price, bound), index=price.index)
        if np.allclose(capped, price):
            break
        price = capped
    table = pd.DataFrame({"wanted_usd": wanted, "floor_usd": floor, "price_usd": price})
    table["margin"] = 1 - markets["fee_rate"] - markets["cost_usd"] / price
    table["held_by"] = np.select(
        [
            price < floor - 1e-9,
            price < wanted - 1e-9,
            np.isclose(price, floor),
            np.isclose(price, markets["value_usd"]),
        ],
        ["bound below floor", "parallel imports", "floor", "value to the buyer"],
        "elasticity",
    )
    return table


def arc_elasticity(price: tuple[float, float], quantity: tuple[float, float]) -> float:
    """Elasticity between two points, each change over the mean of its ends, so that direction does not matter.

    Source: Allen (1933); the midpoint formula of any text on microeconomics.
    """
    if min(*price, *quantity) < 0 or sum(price) <= 0 or sum(quantity) <= 0 or price[0] == price[1]:
        raise InputError.out_of_range("price, quantity", (price, quantity), "two prices that differ, 0 or more", "")
    moved = (quantity[1] - quantity[0]) / (quantity[1] + quantity[0])
    return moved / ((price[1] - price[0]) / (price[1] + price[0]))


def lerner_price(unit_cost: float, elasticity: float) -> float:
    """Price of the most profit at a constant elasticity below -1: cost x e / (1 + e) (Lerner, 1934)."""
    if elasticity >= -1:
        raise Refusal.because(
            "no best price",
            f"an elasticity of {elasticity:g}",
            "above -1 every higher price earns more: look for a bound",
        )
    return unit_cost * elasticity / (1 + elasticity)
