"""Search interest with planted breakouts, and the keyword matrix with tiers, ranks and paid clicks."""

import numpy as np
import pandas as pd

from crossborder.demo.rival_offers import NICHES
from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, CURRENCIES, MARKETS, World

__all__ = ["TIERS", "part"]

# category: week of the yearly top in the north, height of the season
SEASON = {
    "home_storage": (3, 0.15),
    "kitchen_health": (2, 0.20),
    "pet": (48, 0.08),
    "outdoor": (25, 0.55),
    "electronics_accessories": (48, 0.18),
    "beauty": (50, 0.15),
}
SOUTH = ("BR",)
NOISE, MEMORY = 0.06, 0.45
BREAKOUTS = 14  # planted jumps of a term in a market, to a level that stays or that fades
LAST_FREE_WEEKS = 12  # no breakout so late that nothing could show it

# tier: names a category, searches of the first name, fall by rank, cost of a click, orders a click, first rank
TIERS = pd.DataFrame(
    [
        ("core", 1, 42000, 0.00, 0.95, 0.030, 60.0, 0.80),
        ("scene", 2, 7500, 0.30, 0.60, 0.048, 38.0, 0.62),
        ("long_tail", 4, 900, 0.25, 0.34, 0.075, 22.0, 0.45),
    ],
    columns=["tier", "names", "volume", "fall", "cost_click", "conversion", "rank", "rank_after_three_years"],
)
KEYWORDS = {
    "home_storage": (
        "storage box", "storage for small flat", "wardrobe organiser for moving", "stackable storage box with lid",
        "under bed storage on wheels", "fabric drawer organiser grey", "cable box for desk",
    ),
    "kitchen_health": (
        "water filter", "healthy lunch for office", "smoothie at work", "portable blender with two cups",
        "steam basket for small pot", "silicone lunch box leakproof", "water filter jug without plastic taste",
    ),
    "pet": (
        "cat fountain", "travel with a small dog", "cat home alone", "quiet cat fountain with steel bowl",
        "slow feeder for greedy cat", "soft carrier for train", "lick mat for bathing",
    ),
    "outdoor": (
        "camping light", "camping with children", "garden evening", "rechargeable camping lantern warm light",
        "light folding chair for hiking", "dry bag twenty litres", "sun canopy for beach",
    ),
    "electronics_accessories": (
        "wireless charger", "desk for home office", "phone in the car", "charging dock for three devices",
        "aluminium phone stand foldable", "open ear headset for cycling", "slim power bank for flight",
    ),
    "beauty": (
        "face brush", "skin care at home", "party hair", "heatless curler for long hair",
        "sheet mask sensitive skin", "body oil without perfume", "nail lamp small",
    ),
}  # fmt: skip
SEARCH_PART = 0.7  # of the clicks of generic search that fall on the terms of the table
MARKET_SEARCH = {"US": 1.0, "DE": 0.40, "GB": 0.42, "JP": 0.45, "MX": 0.28, "BR": 0.36, "ID": 0.30, "SA": 0.14}
MARKET_CLICK = {"US": 1.0, "DE": 0.85, "GB": 0.90, "JP": 0.80, "MX": 0.35, "BR": 0.32, "ID": 0.20, "SA": 0.60}


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Search interest and keywords; the truth: breakouts with date and size, trends, tiers."""
    interest, breakouts, trends = search_interest(world, rng)
    words = keywords(world, rng)
    truth = {"search_breakouts": breakouts, "search_trends": trends, "keyword_tiers": TIERS.copy()}
    return {"search_interest": typed(interest, "search_interest"), "keywords": typed(words, "keywords")}, truth


def search_interest(world: World, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Weekly interest of 24 terms in every market: trend, season by hemisphere, noise with memory, breakouts."""
    weeks = world.weeks
    series = pd.DataFrame(
        [(m, t, c) for m in MARKETS for c in CATEGORIES for t in NICHES[c]], columns=["market", "term", "category"]
    )
    n, size = len(weeks), len(series)
    series["growth_year"] = (0.05 + 0.08 * rng.standard_normal(size)).round(3)
    top = series["category"].map(lambda c: SEASON[c][0]) + 26 * series["market"].isin(SOUTH)
    height = series["category"].map(lambda c: SEASON[c][1]).to_numpy()
    week_of_year = weeks.isocalendar().week.to_numpy(dtype=float)
    season = height * np.cos(2 * np.pi * (week_of_year[:, None] - top.to_numpy()) / 52.18)
    years = np.arange(n) / 52.18
    noise = np.zeros((n, size))
    draws = NOISE * np.sqrt(1 - MEMORY**2) * rng.standard_normal((n, size))
    for week in range(1, n):
        noise[week] = MEMORY * noise[week - 1] + draws[week]
    lift, planted = _breakouts(series, weeks, rng)
    level = np.exp(np.outer(years, np.log1p(series["growth_year"])) + season + noise + lift)
    level = 100 * level / level[:52].mean(axis=0)
    frame = series[["market", "term", "category"]].loc[np.tile(np.arange(size), n)].reset_index(drop=True)
    frame.insert(0, "week", np.repeat(weeks, size))
    frame["interest"] = level.ravel().round(1)
    return frame, planted, series


def _breakouts(
    series: pd.DataFrame, weeks: pd.DatetimeIndex, rng: np.random.Generator
) -> tuple[np.ndarray, pd.DataFrame]:
    """Jumps of 30 to 120 percent after the first year: half of them stay, half fade away over half a year."""
    which = rng.choice(len(series), BREAKOUTS, replace=False)
    when = rng.integers(56, len(weeks) - LAST_FREE_WEEKS, BREAKOUTS)
    size = rng.uniform(0.30, 1.20, BREAKOUTS)
    stays = np.arange(BREAKOUTS) % 2 == 0
    age = np.arange(len(weeks))[:, None] - when
    ramp = np.clip((age + 1) / 3, 0, 1)
    fade = np.where(stays, 1.0, np.exp(-np.maximum(age - 8, 0) / 10))
    lift = np.zeros((len(weeks), len(series)))
    lift[:, which] = np.log1p(size) * ramp * fade
    planted = series.loc[which, ["market", "term", "category"]].reset_index(drop=True)
    planted = planted.assign(week=weeks[when], size=size.round(3), stays=stays)
    return lift, planted.sort_values("week", ignore_index=True)


def keywords(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Terms by month and market: searches, own rank that improves, paid clicks, cost in local money, orders."""
    tier = TIERS.loc[TIERS.index.repeat(TIERS["names"])].reset_index(drop=True)
    tier["place"] = tier.groupby("tier").cumcount()
    words = pd.concat([tier.assign(category=c, keyword=list(KEYWORDS[c])) for c in CATEGORIES], ignore_index=True)
    frame = pd.DataFrame({"month": world.months}).merge(pd.DataFrame({"market": MARKETS}), how="cross")
    frame = frame.merge(words, how="cross")
    n, scale = len(frame), frame["market"].map(MARKET_SEARCH)
    years = (frame["month"] - world.months[0]).dt.days / 365.25
    pairs = n // len(world.months)
    own = np.tile(np.exp(0.35 * rng.standard_normal(pairs)), len(world.months))
    volume = frame["volume"] * (1 - frame["fall"]) ** frame["place"] * scale * own * np.exp(0.06 * years)
    volume = rng.poisson(volume * np.exp(0.08 * rng.standard_normal(n)))
    gain = np.log(frame["rank_after_three_years"]) / 3
    hard = np.tile(np.exp(0.6 * rng.standard_normal(pairs)), len(world.months))
    rank = (frame["rank"] * hard * np.exp(gain * years + 0.10 * rng.standard_normal(n))).clip(lower=1).round(1)
    wanted = pd.Series(volume * np.exp(0.3 * rng.standard_normal(n)))
    price = (
        frame["cost_click"] * frame["market"].map(MARKET_CLICK) * 1.08**years * np.exp(0.08 * rng.standard_normal(n))
    )
    clicks, price = _bought(world, frame, wanted, price * _local_rate(world, frame), rng)
    orders = rng.binomial(clicks, frame["conversion"])
    rate = _local_rate(world, frame)
    return frame[["month", "market", "keyword", "category", "tier"]].assign(
        volume=volume,
        rank=rank.where(rank <= 100),
        clicks=clicks,
        cost=(clicks * price).round(2),
        currency=frame["market"].map(CURRENCIES),
        orders=orders,
        sales=(orders * 46.0 * rate * np.exp(0.15 * rng.standard_normal(n))).round(2),
    )


def _bought(world: World, frame: pd.DataFrame, wanted: pd.Series, price: pd.Series, rng: np.random.Generator) -> tuple:
    """Clicks and their price in local money: seven tenths of what the channel bought in the month and market."""
    if "ad_spend" not in world.tables:
        return rng.poisson(0.0020 * wanted), price
    spend = world.tables["ad_spend"].query("channel == 'search_generic'")
    month = spend["date"].dt.to_period("M").dt.start_time.rename("month")
    paid = spend.groupby([month, "market"])[["clicks", "spend"]].sum()
    key = pd.MultiIndex.from_frame(frame[["month", "market"]])
    cell = [frame["month"], frame["market"]]
    part = wanted / wanted.groupby(cell).transform("sum")
    clicks = rng.poisson(SEARCH_PART * paid["clicks"].reindex(key).fillna(0).to_numpy() * part)
    cost = pd.Series(clicks * price)
    total = cost.groupby(cell).transform("sum").clip(lower=1e-9)
    return clicks, price * SEARCH_PART * paid["spend"].reindex(key).fillna(0).to_numpy() / total


def _local_rate(world: World, frame: pd.DataFrame) -> np.ndarray:
    """Units of the market's currency for one USD, mean of the month."""
    monthly = 1 / world.usd_per_unit.groupby(world.usd_per_unit.index.to_period("M")).mean()
    row = monthly.index.get_indexer(frame["month"].dt.to_period("M"))
    return monthly.to_numpy()[row, monthly.columns.get_indexer(frame["market"].map(CURRENCIES))]
