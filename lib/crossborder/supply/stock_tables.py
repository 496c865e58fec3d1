"""What the page on demand and inventory shows: series, back-test, replay and stock health of a company put together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import erfinv

from crossborder.errors import Refusal
from crossborder.supply import accuracy, demand, forecasting, inventory, replay, stock_health, two_stage
from crossborder.supply.replay_setup import Period, Setup

__all__ = [
    "BackTest",
    "PolicyReplay",
    "Series",
    "accuracy_by_level",
    "ageing",
    "backtest",
    "clearance",
    "cold_start_check",
    "fan",
    "health",
    "policy_replay",
    "proposals",
    "series_of",
    "transfers",
]


# Launches judged; a company with thousands of new series is judged on every n-th.
LAUNCHES = 400


@dataclass(frozen=True)
class Series:
    """Demand by SKU x market with what the forecasts need: groups of the season, place of each week in it."""

    cube: demand.DemandCube
    full: np.ndarray
    group: np.ndarray
    position: np.ndarray
    products: pd.DataFrame


@dataclass(frozen=True)
class BackTest:
    """Forecasts of several cut-offs, series x origin x step: actual, ours, naive, bounds, in stock."""

    actual: np.ndarray
    forecast: np.ndarray
    naive: np.ndarray
    low: np.ndarray
    high: np.ndarray
    in_stock: np.ndarray
    pattern: np.ndarray
    series: pd.DataFrame


@dataclass(frozen=True)
class PolicyReplay:
    """Our policy and the company's own (Replay) on the same series and weeks.

    `factor` is the safety factor, `calibrated_fill` what it reached on the year before, `outside` the share of demand
    that is not in the scope.
    """

    ours: replay.Replay
    own: replay.Replay
    factor: float
    calibrated_fill: float
    grid: pd.DataFrame
    outside: float
    weeks: pd.DatetimeIndex


def series_of(orders: object, products: pd.DataFrame, prices: pd.DataFrame | None, markets: list[str]) -> Series:
    """Weekly demand of the markets, whole weeks only, corrected for empty shelves where `prices` tells of them."""
    sales = demand.from_orders(orders)
    sales = sales[sales["market"].isin(markets)]
    if sales.empty:
        raise Refusal.because("no demand", f"no orders in {', '.join(markets)}", "choose other markets")
    stock = None if prices is None else prices[["week", "sku", "market", "in_stock"]]
    # The first and the last week may be cut by the period's ends.
    weeks = pd.date_range(
        sales["week"].min() + pd.Timedelta(weeks=1), sales["week"].max() - pd.Timedelta(weeks=1), freq="7D"
    )
    cube = demand.cube(sales, stock, weeks)
    full = demand.uncensored(cube.units, cube.in_stock)
    category = products.set_index("sku")["category"].reindex(cube.series["sku"]).fillna("other").to_numpy(str)
    group = np.char.add(np.char.add(cube.series["market"].to_numpy(str), "|"), category)
    position = (cube.weeks.isocalendar().week.to_numpy(int) - 1) % 52
    return Series(cube, full, group, position, products)


def backtest(series: Series, horizon: int, origins: int, level: float, step: int = 6) -> BackTest:
    """Rolling-origin back-test: at each cut-off only what was known then is used, shelves included."""
    units, stock = series.cube.units, series.cube.in_stock
    weeks = units.shape[1]
    cuts = weeks - horizon - step * np.arange(origins)[::-1]
    if cuts[0] < 60:
        why = f"{weeks} weeks leave {cuts[0]} before the first of {origins} cut-offs"
        raise Refusal.because("no back-test", why, "use fewer origins or a shorter horizon")
    parts = []
    for cut in cuts:  # over a handful of cut-offs
        known = demand.uncensored(units[:, :cut], stock[:, :cut])
        made = forecasting.batch(known, horizon, series.group, series.position[:cut], level=level)
        naive = forecasting.naive(units[:, :cut], horizon)
        parts.append(
            (units[:, cut : cut + horizon], made.mean, naive, made.low, made.high, stock[:, cut : cut + horizon])
        )
    stacked = (np.stack(part, axis=1) for part in zip(*parts, strict=True))
    return BackTest(*stacked, made.pattern, series.cube.series)


def accuracy_by_level(test: BackTest, rng: np.random.Generator) -> pd.DataFrame:
    """WAPE of ours (with interval) and of naive at four levels of summing, value added, bias and coverage."""
    sku_market = np.arange(len(test.series))
    codes = {
        "SKU x market, week": sku_market,
        "SKU, week": test.series["sku"].factorize()[0],
        "market, week": test.series["market"].factorize()[0],
        "company, week": np.zeros(len(sku_market), int),
    }
    rows = []
    for name, code in codes.items():  # over four levels
        actual, ours, naive = (_summed(x, code) for x in (test.actual, test.forecast, test.naive))
        low, high = accuracy.wape_interval(actual, ours, rng)
        rows.append(
            {"level": name, "wape": accuracy.wape(actual, ours), "low": low, "high": high,
             "naive_wape": accuracy.wape(actual, naive), "value_added": accuracy.value_added(actual, ours, naive),
             "bias": accuracy.bias(actual, ours)}
        )  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[table["level"] == "company, week", ["low", "high"]] = np.nan  # one series cannot be redrawn
    total = _summed(test.actual, sku_market).sum(2), _summed(test.forecast, sku_market).sum(2)
    table.attrs["coverage"] = accuracy.coverage(test.actual, test.low, test.high)
    table.attrs["horizon_wape"] = accuracy.wape(*total)
    return table


def fan(series: Series, horizon: int, level: float, rows: np.ndarray) -> tuple[forecasting.Forecast, pd.DataFrame]:
    """The forecast from today, and a long frame of history and fan of some series (positions in the cube)."""
    made = forecasting.batch(series.full, horizon, series.group, series.position, level=level)
    ahead = series.cube.weeks[-1] + pd.to_timedelta(7 * np.arange(1, horizon + 1), unit="D")
    frames = []
    for row in rows:  # over a handful of series shown
        name = f"{series.cube.series['sku'].iloc[row]} {series.cube.series['market'].iloc[row]}"
        past = pd.DataFrame({"week": series.cube.weeks[-52:], "actual": series.cube.units[row, -52:]})
        future = pd.DataFrame({"week": ahead, "mean": made.mean[row], "low": made.low[row], "high": made.high[row]})
        frames.append(pd.concat([past, future]).assign(series=name, pattern=made.pattern[row]))
    return made, pd.concat(frames, ignore_index=True)


def cold_start_check(series: Series, weeks: int = 12, horizon: int = 8) -> pd.DataFrame:
    """Launches forecast from their siblings alone and with `weeks` of own sales: WAPE and coverage at 80 %.

    Only launches inside the history with enough weeks count; siblings are earlier launches of the same category.
    """
    units, need = series.cube.units, weeks + horizon
    first = np.where((units > 0).any(1), (units > 0).argmax(1), units.shape[1])
    launched = np.flatnonzero((first > 8) & (first + need <= units.shape[1]))
    launched = launched[:: max(1, len(launched) // LAUNCHES)]
    category = pd.Series(series.group).str.split("|").str[1].to_numpy()
    curves = np.stack([units[row, first[row] : first[row] + need] for row in launched]) if len(launched) else units[:0]
    rows = []
    for seen in (0, weeks):
        errors = []
        for row, curve in zip(launched, curves, strict=True):  # over a few dozen launches
            like = (category[launched] == category[row]) & (first[launched] < first[row])
            if like.sum() >= 3:
                made = forecasting.cold_start([np.r_[curve[:seen], 0.0]], [seen], curves[like], horizon)
                truth = curve[seen : seen + horizon]
                errors.append((truth, made.mean[0], (truth >= made.low[0]) & (truth <= made.high[0])))
        if errors:
            actual, mean, inside = (np.array(x) for x in zip(*errors, strict=True))
            rows.append({"own_weeks": seen, "launches": len(errors), "wape": accuracy.wape(actual.sum(1), mean.sum(1)),
                         "coverage": float(inside.mean())})  # fmt: skip
    return pd.DataFrame(rows)


def health(series: Series, book: pd.DataFrame, products_usd: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ABC-XYZ class of every SKU by last year's value and demand, and the matrix of classes with stock and sales."""
    sku = series.cube.series["sku"].to_numpy(str)
    names, code = np.unique(sku, return_inverse=True)
    weekly = np.zeros((len(names), series.full.shape[1]))
    np.add.at(weekly, code, series.full)
    cost = products_usd.set_index("sku")["unit_cost_usd"].reindex(names).fillna(0).to_numpy()
    months = weekly[:, -52:].reshape(len(names), 13, 4).sum(2)
    classes = stock_health.abc_xyz(weekly[:, -52:].sum(1) * cost, months).assign(sku=names)
    last = (
        book[book["week"] == book["week"].max()]
        .groupby("sku")["on_hand"]
        .sum()
        .reindex(names)
        .fillna(0)
        .to_numpy(float)
    )
    year = book[book["week"] > book["week"].max() - pd.Timedelta(weeks=52)]
    mean = year.groupby(["sku", "week"])["on_hand"].sum().groupby("sku").mean().reindex(names).fillna(0).to_numpy(float)
    classes = classes.assign(
        stock_usd=last * cost, mean_stock_usd=mean * cost, goods_year_usd=weekly[:, -52:].sum(1) * cost
    )
    sums = classes.groupby(["abc", "xyz"])[["stock_usd", "mean_stock_usd", "goods_year_usd"]].sum()
    matrix = sums.assign(skus=classes.groupby(["abc", "xyz"]).size()).reset_index()
    turns = stock_health.turnover(matrix["goods_year_usd"], matrix["mean_stock_usd"].clip(lower=0.01))
    matrix["turns"], matrix["days"] = turns["turns"], turns["days"]
    matrix["policy"] = matrix["abc"].map({"A": "weekly review", "B": "fortnightly review"}).fillna("monthly review")
    matrix.loc[(matrix["abc"] == "C") & (matrix["xyz"] == "Z"), "policy"] = "sell first, make after; or drop"
    return classes, matrix


def ageing(book: pd.DataFrame, as_of: pd.Timestamp, products_usd: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stock by SKU x market with age tier and value, and the ladder: value and share by tier and market."""
    stock = stock_health.age_tiers(book, as_of)
    cost = products_usd.set_index("sku")["unit_cost_usd"]
    stock["value_usd"] = stock["on_hand"] * stock["sku"].map(cost).fillna(0.0)
    ladder = stock.groupby(["market", "tier"])["value_usd"].sum().reset_index()
    ladder["share"] = ladder["value_usd"] / ladder.groupby("market")["value_usd"].transform("sum")
    return stock, ladder


def clearance(
    stock: pd.DataFrame,
    products_usd: pd.DataFrame,
    price_usd: pd.Series,
    elasticity: dict[str, float],
    weeks: int,
    holding_rate_year: float,
    uplift: pd.Series | None = None,
    rng: np.random.Generator | None = None,
) -> pd.DataFrame:
    """Markdown for stock older than 60 days or lasting over half a year: cut, pieces, income gained, weeks to clear.

    `elasticity` by category; `uplift` by market is the calendar's factor on demand in the coming weeks; `price_usd` by
    (sku, market). The gain's range comes from elasticities a third smaller and larger.
    """
    old = stock[stock["tier"].isin([">60 days", ">90 days"]) | (stock["days_of_stock"] > 180)]
    old = old[old["on_hand"] * 7 > old["weekly_units"] * 7 * weeks].reset_index(drop=True)
    facts = products_usd.set_index("sku").reindex(old["sku"])
    price = price_usd.reindex(pd.MultiIndex.from_frame(old[["sku", "market"]])).fillna(price_usd.mean()).to_numpy()
    slope = facts["category"].map(elasticity).fillna(-1.5).to_numpy(float)
    lift = 1.0 if uplift is None else old["market"].map(uplift).fillna(1.0).to_numpy()
    cost = facts["unit_cost_usd"].to_numpy(float)
    pace = np.maximum(old["weekly_units"].to_numpy(), 0.1) * lift
    made = [
        stock_health.markdown_path(old["on_hand"], pace, price, slope * size, 0.25 * cost, weeks,
                                   holding_cost_week=cost * holding_rate_year / 52)
        for size in (0.67, 1.0, 1.33)
    ]  # fmt: skip
    table = pd.concat([old[["sku", "market", "on_hand", "age_days", "weekly_units"]], made[1]], axis=1)
    low, high = np.minimum(made[0]["gain"], made[2]["gain"]), np.maximum(made[0]["gain"], made[2]["gain"])
    return table.assign(gain_low=low, gain_high=high).sort_values("gain", ascending=False, ignore_index=True)


def transfers(
    stock: pd.DataFrame, need: pd.DataFrame, products_usd: pd.DataFrame, cost_per_kg: float = 4.5
) -> pd.DataFrame:
    """Moves from markets with over half a year of stock to markets that lack the SKU, by air, best gain first.

    `need` has sku, market, units (pieces short of the order-up-to level) and unit_value (margin earned there, USD).
    """
    facts = products_usd.set_index("sku")
    keep = np.ceil(stock["weekly_units"] * 18)
    spare = stock.assign(units=np.maximum(stock["on_hand"] - keep, 0))
    spare = spare[(spare["units"] > 0) & (spare["days_of_stock"] > 180)]
    spare = spare.assign(unit_value=facts["unit_cost_usd"].reindex(spare["sku"]).fillna(0.0).to_numpy(float))
    weight = facts["weight_kg"].mean() * cost_per_kg
    return stock_health.transfer_gain(spare[["sku", "market", "units", "unit_value"]], need, float(weight))


def proposals(
    series: Series,
    made: forecasting.Forecast,
    book: pd.DataFrame,
    lead_weeks: pd.Series,
    target_fill: float,
    review_weeks: float = 1.0,
    cover_weeks: float = 3.0,
) -> pd.DataFrame:
    """What to order now by SKU x market: position, reorder point, order-up-to level, pieces, and weeks of cover.

    The spread over the lead time is the interval of the weekly forecast carried to the root of the time.
    """
    keys = pd.MultiIndex.from_frame(series.cube.series[["sku", "market"]])
    now = (
        book[book["week"] == book["week"].max()].groupby(["sku", "market"])[["on_hand", "on_order"]].sum().astype(float)
    )
    now = now.reindex(keys).fillna(0.0)
    lead = series.cube.series["market"].map(lead_weeks).to_numpy(float)
    rate = made.mean.mean(1)
    z = float(np.sqrt(2) * erfinv(made.level))
    sd = np.maximum((made.high - made.low).mean(1) / (2 * z), 0.3)
    point, up_to = replay.target_levels(rate, sd, lead, review_weeks, target_fill)
    table = inventory.replenishment(now.reset_index(), point, up_to + cover_weeks * rate, pack_size=5)
    cover = np.where(rate > 0, table["position"] / np.maximum(rate, 1e-9), np.inf)
    table = table.assign(weekly=rate, reorder_point=point, order_up_to=up_to + cover_weeks * rate, cover_weeks=cover)
    return table.sort_values("order_quantity", ascending=False, ignore_index=True)


def policy_replay(
    series: Series,
    book: pd.DataFrame,
    products: pd.DataFrame,
    suppliers: pd.DataFrame,
    lanes: pd.DataFrame,
    target: float,
    rng: np.random.Generator,
    weeks: int = 52,
    cover_weeks: float = 2.0,
) -> PolicyReplay:
    """The two-stage policy against the company's own rule on the last year's demand, established series only.

    The safety factor is chosen on the year before and kept. Series on sale for less than half a year stay outside.
    """
    setup = Setup.of(series.full, series.group, series.position, series.cube, products, suppliers, lanes, rng)
    end = len(series.cube.weeks)
    start, test = end - 2 * weeks, end - weeks
    if start < 40:
        raise Refusal.because("no replay", f"{end} weeks of history", f"use {2 * weeks + 40} weeks, or fewer to replay")
    before, after = setup.period(book, start, test), setup.period(book, test, end)
    factor, reached = two_stage.calibrated_factor(lambda k: _run(before, k, cover_weeks), target)
    ours, own = _run(after, factor, cover_weeks), replay.actual_policy(*setup.own(book, after, test, end))
    outside = 1 - after.demand.sum() / series.full[:, test:end].sum()
    grid = setup.grid[after.scope].to_frame(index=False)
    keep = {
        name: getattr(ours, name)[after.scope] for name in ("on_hand", "on_order", "ordered", "sold", "short", "demand")
    }
    return PolicyReplay(replay.Replay(**keep), own, factor, reached, grid, float(outside), setup.weeks[test:end])


def _run(period: Period, factor: float, cover_weeks: float) -> replay.Replay:
    return two_stage.replay_two_stage(
        period.demand, period.outlook, period.spread, period.pipeline, factor, cover_weeks
    )


def _summed(values: np.ndarray, code: np.ndarray) -> np.ndarray:
    result = np.zeros((code.max() + 1, *values.shape[1:]))
    np.add.at(result, code, values)
    return result
