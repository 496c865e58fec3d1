"""The steps of the demand page that follow the forecasts: actions on stock, the peak, and the named results."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from crossborder.supply import forecasting, newsvendor, stock_health
from crossborder.supply.stock_levers import build_ahead_week, stock_levers
from crossborder.supply.stock_tables import BackTest, PolicyReplay, Series, clearance, transfers

__all__ = [
    "actions",
    "levers_table",
    "pattern_errors",
    "peak_plan",
    "prices_usd",
    "saved_interval",
    "season_uplift",
    "stock_results",
    "truth_table",
]


def prices_usd(sales: pd.DataFrame) -> pd.Series:
    """Mean net price by (sku, market), USD, from `inputs.sales_usd`."""
    sums = sales.groupby(["sku", "market"])[["revenue_usd", "units"]].sum()
    return sums["revenue_usd"] / sums["units"]


def season_uplift(series: Series, weeks: int) -> pd.Series:
    """Expected demand of the next `weeks` over that of the last eight, by market, from the seasonal factors."""
    factor = forecasting.group_season(series.full, series.cube.series["market"], series.position)
    names = np.unique(series.cube.series["market"].to_numpy(str))
    place = series.position[-1]
    ahead = factor[:, (place + 1 + np.arange(weeks)) % 52].mean(1)
    behind = factor[:, (place - np.arange(8)) % 52].mean(1)
    return pd.Series(ahead / behind, index=names)


def pattern_errors(test: BackTest, products: pd.DataFrame) -> pd.DataFrame:
    """Accuracy against naive by pattern, category and market, one frame for the figure."""
    from crossborder.supply.accuracy import by_group

    category = products.set_index("sku")["category"].reindex(test.series["sku"]).str.replace("_", " ").to_numpy(str)
    parts = [
        by_group(test.actual, test.forecast, test.naive, test.low, test.high, group)
        for group in (test.pattern, category, test.series["market"].to_numpy(str))
    ]
    return pd.concat(parts)


def actions(
    stock: pd.DataFrame,
    proposal: pd.DataFrame,
    products_usd: pd.DataFrame,
    price: pd.Series,
    elasticity: pd.DataFrame,
    series: Series,
    holding_rate_year: float,
    weeks: int = 8,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Markdowns for old stock and moves to markets that run short, best gain first."""
    slopes = elasticity.set_index("group")["elasticity"].clip(upper=-0.3).to_dict()
    cuts = clearance(stock, products_usd, price, slopes, weeks, holding_rate_year, season_uplift(series, weeks))
    short = proposal[(proposal["cover_weeks"] < 6) & (proposal["order_quantity"] > 0)]
    margin = price.reindex(pd.MultiIndex.from_frame(short[["sku", "market"]])).fillna(price.mean()).to_numpy() * 0.35
    need = short[["sku", "market"]].assign(units=short["order_quantity"].to_numpy(), unit_value=margin)
    return cuts, transfers(stock, need, products_usd)


def peak_plan(
    series: Series, lead_weeks: float, products_usd: pd.DataFrame, price: pd.Series, top: int = 8
) -> pd.DataFrame:
    """The coming peak: when to start building, and one order for its eight weeks by three newsvendors, largest SKUs.

    Overage is 40 % of the cost (what a piece loses if left), underage the margin. The empirical one takes the past
    error of the season's own forecast; pieces for all markets together.
    """
    names, code = np.unique(series.cube.series["sku"].to_numpy(str), return_inverse=True)
    weekly = np.zeros((len(names), series.full.shape[1]))
    np.add.at(weekly, code, series.full)
    category = series.products.set_index("sku")["category"].reindex(names).to_numpy(str)
    factor = forecasting.group_season(series.full, pd.Series(series.group).str.split("|").str[1], series.position)
    kinds = np.unique(category)
    row = np.searchsorted(kinds, category)
    plan = build_ahead_week(factor, np.full(len(factor), lead_weeks)).iloc[row].reset_index(drop=True)
    rate = weekly[:, -26:].mean(1)
    around = (plan["peak_week"].to_numpy()[:, None] - 1 + np.arange(-4, 4)) % 52
    mean = rate * factor[row[:, None], around].sum(1)
    blocks = weekly[:, -104:].reshape(len(names), 13, 8).sum(2)
    ratio = blocks / np.maximum(blocks.mean(1, keepdims=True), 0.5)
    sd = mean * np.maximum(ratio.std(1, ddof=1), 1 / np.sqrt(np.maximum(mean, 1)))
    cost = (
        products_usd.set_index("sku")["unit_cost_usd"]
        .reindex(names)
        .fillna(products_usd["unit_cost_usd"].mean())
        .to_numpy()
    )
    asked = price.groupby(level=0).mean().reindex(names).fillna(price.mean()).to_numpy()
    over, under = 0.4 * cost, np.maximum(0.5 * asked - cost, 0.2 * cost)
    table = pd.DataFrame({"sku": names, "category": category}).join(plan[["peak_week", "start_week", "weeks_ahead"]])
    table = table.assign(
        expected=mean,
        normal=newsvendor.normal(over, under, mean, sd).order_quantity,
        poisson=newsvendor.poisson(over, under, mean).order_quantity,
        empirical=newsvendor.empirical(over, under, mean[:, None] * ratio).order_quantity,
        service=under / (under + over),
    )
    return table.sort_values("expected", ascending=False).head(top).reset_index(drop=True)


def levers_table(
    series: Series,
    stock: pd.DataFrame,
    classes: pd.DataFrame,
    products_usd: pd.DataFrame,
    price: pd.Series,
    holding_rate_year: float,
    lost_share: pd.Series,
    record_accuracy: float,
) -> pd.DataFrame:
    """The smaller levers on stock, with the company's own margin and record accuracy."""
    cost = float(products_usd["unit_cost_usd"].mean())
    margin = max(0.5 * float(price.mean()) - cost, 0.5)
    lost = tuple(float(lost_share[name]) * 0.3 for name in ("low", "base", "high"))
    return stock_levers(
        series.full, series.cube.series, stock, classes, products_usd, margin, holding_rate_year, lost, record_accuracy
    )


def truth_table(series: Series, truth: dict, elasticity: pd.DataFrame) -> pd.DataFrame:
    """On a simulated company: lost sales and elasticities found, against those that were put in."""
    lost = float((series.full - series.cube.units).sum())
    rows = [
        {
            "what": "sales lost to empty shelves, pieces",
            "found": lost,
            "truth": float(truth["demand"]["lost_sales_units"]),
        }
    ]
    put = truth["demand"]["elasticity"]
    rows += [
        {
            "what": f"elasticity, {row.group.replace('_', ' ')}",
            "found": row.elasticity,
            "low": row.low,
            "high": row.high,
            "truth": put.get(row.group, np.nan),
        }
        for row in elasticity.itertuples()
    ]
    table = pd.DataFrame(rows)
    return table.assign(inside=table["truth"].between(table["low"], table["high"]))


def stock_results(
    levels: pd.DataFrame | None, replayed: PolicyReplay | None, stock: pd.DataFrame | None, target: float
) -> list[dict]:
    """Named results of the page, headline figures first."""
    rows = [] if replayed is None else _replay_rows(replayed, target)
    rows += [] if levels is None else _forecast_rows(levels)
    if stock is not None:
        old = stock.loc[stock["age_days"] > 90, "value_usd"].sum() / max(float(stock["value_usd"].sum()), 1e-9)
        rows.append({"name": "supply.stock.older_than_90_days", "value": float(old), "unit": "share"})
        over = overstock_share(stock, 18.0)
        note = "beyond 18 weeks of sales"
        rows.append({"name": "supply.stock.overstock_share", "value": over, "unit": "share", "note": note})
        rows.append({"name": "supply.stock.value_usd", "value": float(stock["value_usd"].sum()), "unit": "USD"})
    return rows


def _forecast_rows(levels: pd.DataFrame) -> list[dict]:
    fine = levels.set_index("level")
    cell = fine.loc["SKU x market, week"]
    return [
        {
            "name": "supply.forecast.wape",
            "value": float(cell["wape"]),
            "low": float(cell["low"]),
            "high": float(cell["high"]),
            "level": 0.9,
            "unit": "share",
            "note": "single weeks of a product in a market",
        },
        {"name": "supply.forecast.value_added", "value": float(cell["value_added"]), "unit": "share"},
        {"name": "supply.forecast.wape_market_week", "value": float(fine.loc["market, week", "wape"]), "unit": "share"},
        {"name": "supply.forecast.coverage", "value": float(levels.attrs["coverage"]), "unit": "share"},
        {"name": "supply.forecast.bias", "value": float(cell["bias"]), "unit": "share"},
    ]


def _replay_rows(replayed: PolicyReplay, target: float) -> list[dict]:
    saved = 1 - replayed.ours.mean_stock / replayed.own.mean_stock
    own = f"own rule serves {replayed.own.fill_rate:.3f}"
    fill = replayed.ours.fill_rate
    found = saved_interval(replayed)
    ends = {} if found is None else {"low": found[0], "high": found[1], "level": 0.9}
    return [
        {"name": "supply.replay.fill_rate", "value": fill, "unit": "share", "note": f"target {target:g}"},
        {"name": "supply.replay.stock_saved_share", "value": saved, "unit": "share", "note": own, **ends},
    ]


def saved_interval(replayed: PolicyReplay, level: float = 0.9) -> tuple[float, float] | None:
    """Ends of the share of stock saved, as if the SKUs were a sample: ratio estimator (Cochran 1977, equation 2.46).

    Both replays are summed to SKUs. None with a single SKU, or where the books lack some of the series, because then
    the two cannot be set side by side.
    """
    if len(replayed.own.on_hand) != len(replayed.grid) or replayed.grid["sku"].nunique() < 2:
        return None
    names = replayed.grid.sort_values(["sku", "market"])["sku"].to_numpy()
    order = np.lexsort((replayed.grid["market"], replayed.grid["sku"]))
    place = np.unique(names, return_inverse=True)[1]
    ours = np.bincount(place, replayed.ours.on_hand.mean(1)[order])
    own = np.bincount(place, replayed.own.on_hand.mean(1), minlength=len(ours))
    ratio, count = ours.sum() / own.sum(), len(ours)
    error = np.sqrt(count / (count - 1) * ((ours - ratio * own) ** 2).sum()) / own.sum()
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    return float(1 - ratio - half), float(1 - ratio + half)


def overstock_share(stock: pd.DataFrame, weeks: float) -> float:
    """Share of the stock's value beyond `weeks` of sales."""
    found = stock_health.overstock(stock["on_hand"], stock["weekly_units"] * weeks, np.ones(len(stock)))
    return float(found["excess_usd"].sum() / max(float(found["stock_usd"].sum()), 1e-9))
