"""Published yearly sales of the categories in the markets, 2015 to 2026, along growth curves that are known.

Online penetration follows a Bass curve towards a ceiling; retail sales of the category grow at a steady rate;
online sales are their product. What is published carries noise that leans the same way for some years.
"""

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, MARKETS, World

__all__ = ["part"]

YEARS = np.arange(2015, 2027)
# market: retail sales of a middling category in 2015 (million USD), growth a year, ceiling of online penetration,
# innovation and imitation of the Bass curve, years since online began in 2015, sellers in 2015, their growth,
# growth of the cost of traffic
MARKET_CURVES = pd.DataFrame(
    [
        ("US", 52000, 0.035, 0.42, 0.012, 0.26, 9, 5200, 0.16, 0.09),
        ("DE", 14500, 0.025, 0.36, 0.011, 0.27, 9, 1900, 0.14, 0.08),
        ("GB", 11500, 0.022, 0.45, 0.014, 0.27, 10, 2100, 0.13, 0.08),
        ("JP", 19000, 0.008, 0.28, 0.010, 0.24, 9, 1500, 0.11, 0.06),
        ("MX", 6800, 0.050, 0.34, 0.005, 0.38, 4, 350, 0.34, 0.12),
        ("BR", 9200, 0.045, 0.33, 0.005, 0.36, 4, 420, 0.33, 0.12),
        ("ID", 5400, 0.060, 0.38, 0.004, 0.42, 3, 260, 0.40, 0.14),
        ("SA", 2600, 0.055, 0.30, 0.005, 0.40, 3, 120, 0.36, 0.13),
    ],
    columns=["market", "retail_million", "growth", "ceiling", "p", "q", "age", "sellers", "sellers_growth", "traffic"],
)
# category: share of the middling category, extra growth, factor on the ceiling, factor on imitation
CATEGORY_CURVES = pd.DataFrame(
    [
        ("home_storage", 1.10, 0.000, 0.90, 1.00),
        ("kitchen_health", 1.40, 0.010, 0.85, 0.95),
        ("pet", 0.75, 0.035, 1.05, 1.10),
        ("outdoor", 0.90, 0.010, 0.95, 1.00),
        ("electronics_accessories", 1.20, 0.005, 1.35, 1.10),
        ("beauty", 1.60, 0.020, 0.80, 1.05),
    ],
    columns=["category", "size", "extra_growth", "ceiling_factor", "imitation_factor"],
)
NOISE, NOISE_CARRY = 0.030, 0.35


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Published market sales, and the curves and true values behind them."""
    curves = _curves()
    grid = curves.merge(pd.DataFrame({"year": YEARS}), how="cross")
    true = _true_values(grid)
    noise = _carried_noise(rng, len(curves))
    frame = grid[["year", "market", "category"]].assign(
        sales_usd=(true["sales_usd"] * np.exp(noise["sales"])).round(-3),
        online_penetration=(true["penetration"] * np.exp(0.7 * noise["penetration"])).clip(0, 0.99).round(4),
        sellers=np.maximum((true["sellers"] * np.exp(noise["sellers"])).round().astype(int), 5),
        traffic_cost_index=_traffic(grid, noise["traffic"]).round(1),
    )
    order = ["year", "market", "category"]
    truth = {
        "market_curves": curves,
        "market_true_values": pd.concat([grid[order], true], axis=1),
        "market_noise": {"sd_log": NOISE, "carry": NOISE_CARRY},
    }
    return {"market_sales": typed(frame.sort_values(order, ignore_index=True), "market_sales")}, truth


def _curves() -> pd.DataFrame:
    """One growth curve a market and category, in the order of the company's markets and categories."""
    order = pd.MultiIndex.from_product([MARKETS, CATEGORIES], names=["market", "category"]).to_frame(index=False)
    both = order.merge(MARKET_CURVES, on="market").merge(CATEGORY_CURVES, on="category")
    return pd.DataFrame(
        {
            "market": both["market"],
            "category": both["category"],
            "retail_2015_usd": 1e6 * both["retail_million"] * both["size"],
            "retail_growth": both["growth"] + both["extra_growth"],
            "penetration_ceiling": (both["ceiling"] * both["ceiling_factor"]).clip(upper=0.9),
            "innovation": both["p"],
            "imitation": both["q"] * both["imitation_factor"],
            "age_in_2015": both["age"].astype(float),
            "sellers_2015": (both["sellers"] * both["size"]).round(),
            "sellers_growth": both["sellers_growth"],
            "traffic_growth": both["traffic"],
        }
    )


def _true_values(grid: pd.DataFrame) -> pd.DataFrame:
    """Penetration by the Bass curve at the end of the year, retail and online sales, sellers."""
    age = grid["age_in_2015"] + grid["year"] - 2015 + 1
    p, q = grid["innovation"], grid["imitation"]
    spread = np.exp(-(p + q) * age)
    penetration = grid["penetration_ceiling"] * (1 - spread) / (1 + q / p * spread)
    retail = grid["retail_2015_usd"] * (1 + grid["retail_growth"]) ** (grid["year"] - 2015)
    # The rush of sellers slows by a tenth of its rate a year.
    slowed = (1 - 0.9 ** (grid["year"] - 2015)) / 0.1
    sellers = grid["sellers_2015"] * (1 + grid["sellers_growth"]) ** slowed
    return pd.DataFrame({"penetration": penetration, "sales_usd": retail * penetration, "sellers": sellers})


def _carried_noise(rng: np.random.Generator, series: int) -> dict[str, np.ndarray]:
    """Errors of the published figures, carried over in part from year to year."""
    draws = rng.standard_normal((4, len(YEARS), series))
    error = np.empty_like(draws)
    error[:, 0] = NOISE * draws[:, 0]
    for year in range(1, len(YEARS)):
        error[:, year] = NOISE_CARRY * error[:, year - 1] + NOISE * np.sqrt(1 - NOISE_CARRY**2) * draws[:, year]
    flat = error.transpose(0, 2, 1).reshape(4, -1)
    return dict(zip(("sales", "penetration", "sellers", "traffic"), flat, strict=True))


def _traffic(grid: pd.DataFrame, noise: np.ndarray) -> pd.Series:
    """Cost of a visit, 100 in the first year of each series."""
    raw = 100 * (1 + grid["traffic_growth"]) ** (grid["year"] - 2015) * np.exp(0.5 * noise)
    first = raw.groupby([grid["market"], grid["category"]]).transform("first")
    return 100 * raw / first
