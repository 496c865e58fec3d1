"""The demand page on a company: opens its tables once and hands them to the methods; absent tables give None."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.supply import elasticity as elasticities
from crossborder.supply import forecasting, inputs, replay, stock_answers, stock_tables
from crossborder.supply.cost_tables import markets as chosen_markets
from crossborder.supply.stock_tables import PolicyReplay, Series

__all__ = [
    "Desk",
    "Health",
    "actions",
    "answer",
    "desk",
    "examples",
    "health",
    "levers",
    "order_list",
    "outlook",
    "peak",
    "policy_table",
    "replayed",
    "tested",
]


@dataclass(frozen=True)
class Desk:
    """What the buyer's desk holds: series, products and prices in USD, lead times, assumptions, optional tables."""

    series: Series
    products: pd.DataFrame
    products_usd: pd.DataFrame | None
    price: pd.Series
    elasticity: pd.DataFrame
    lead_weeks: float
    market_lead_weeks: pd.Series
    assumptions: pd.DataFrame
    inventory: pd.DataFrame | None
    suppliers: pd.DataFrame | None
    lanes: pd.DataFrame | None
    record_accuracy: float
    as_of: pd.Timestamp


@dataclass(frozen=True)
class Health:
    """Classes by SKU, the matrix of classes, stock with age, and the ageing ladder."""

    classes: pd.DataFrame
    matrix: pd.DataFrame
    stock: pd.DataFrame
    ladder: pd.DataFrame


def desk(company: object, markets: list[str]) -> Desk:
    """The desk of a company for some markets (all when empty)."""
    names = chosen_markets(markets, company.markets)
    products, prices = company.optional("products"), company.optional("prices")
    costs = None if products is None or products["unit_cost"].isna().all() else products
    products = _named_only(company.events("orders")) if products is None else products
    prices = None if prices is None else prices[prices["market"].isin(names)]
    series = stock_tables.series_of(company.events("orders"), products, prices, names)
    year = inputs.sales_usd(company.events("orders"), company.as_of - pd.Timedelta(days=364), company.as_of)
    group = products.set_index("sku")["category"]
    default = pd.DataFrame({"group": group.unique(), "elasticity": -1.5, "low": -2.0, "high": -1.0, "series": 0})
    inventory, suppliers, lanes, sites = (
        company.optional(n) for n in ("inventory", "suppliers", "lanes", "warehouses")
    )
    supplier_days = 30.0 if suppliers is None else float(suppliers["lead_time_days_mean"].mean())
    transit = pd.Series(35.0, index=names)
    if lanes is not None:
        sea = lanes[lanes["mode"] == "sea"].groupby("market")["transit_days_mean"].mean()
        transit = sea.reindex(names).fillna(float(lanes["transit_days_mean"].mean()))
    stated = company.optional("assumptions")
    accuracy = 0.97 if sites is None or "record_accuracy" not in sites else float(sites["record_accuracy"].mean())
    return Desk(
        series,
        products,
        None if costs is None else inputs.products_usd(costs, company.as_of),
        stock_answers.prices_usd(year),
        default if prices is None else elasticities.price_elasticity(prices, group),
        (supplier_days + float(transit.mean())) / 7,
        (supplier_days + transit) / 7,
        pd.DataFrame({"name": [], "low": [], "base": [], "high": []}) if stated is None else stated,
        None if inventory is None or costs is None else inventory[inventory["market"].isin(names)],
        suppliers,
        lanes,
        accuracy,
        company.as_of,
    )


def _named_only(orders: object) -> pd.DataFrame:
    """Products known by their orders alone, all of one category."""
    sold = orders.select("sku").distinct().order_by("sku").to_pandas()
    return sold.assign(category="all products", unit_cost=np.nan)


def tested(desk_: Desk, horizon: int, origins: int, level: float) -> tuple[stock_tables.BackTest | None, str]:
    """The back-test with as many cut-offs as the history bears, and why there is none if it bears none."""
    least = 60 + horizon
    fits = min(origins, 1 + (len(desk_.series.cube.weeks) - least) // 6)
    if fits < 1:
        return None, f"{len(desk_.series.cube.weeks)} weeks of history, at least {least} are needed"
    return stock_tables.backtest(desk_.series, horizon, fits, level), ""


def peak(desk_: Desk) -> pd.DataFrame | None:
    """The coming peak, None without the cost of products or two whole years of weeks."""
    if desk_.products_usd is None or len(desk_.series.cube.weeks) < 104:
        return None
    return stock_answers.peak_plan(desk_.series, desk_.lead_weeks, desk_.products_usd, desk_.price)


def outlook(desk_: Desk, made: forecasting.Forecast) -> pd.DataFrame:
    """Pieces expected by market over the weeks ahead, beside the same number of weeks just gone: change as a share."""
    market = desk_.series.cube.series["market"].to_numpy(str)
    ahead = pd.Series(made.mean.sum(1)).groupby(market).sum()
    behind = pd.Series(desk_.series.full[:, -made.mean.shape[1] :].sum(1)).groupby(market).sum()
    table = pd.DataFrame({"last_weeks": behind, "weeks_ahead": ahead}).rename_axis("market")
    table["change"] = table["weeks_ahead"] / table["last_weeks"].where(table["last_weeks"] > 0) - 1
    return table.sort_values("weeks_ahead", ascending=False).reset_index()


def assumption(desk_: Desk, name: str, case: str = "base", default: float = 0.0) -> float:
    """One assumption's value, or the default where the company does not state it."""
    rows = desk_.assumptions.set_index("name")[case]
    return float(rows.get(name, default))


def examples(series: Series, count: int = 6) -> np.ndarray:
    """Positions of series to show: the two largest, then one of each other pattern by size."""
    from crossborder.supply.intermittent import demand_pattern

    size = series.full[:, -52:].sum(1)
    pattern = demand_pattern(series.full[:, -104:])["pattern"].to_numpy(str)
    order = np.argsort(-size, kind="stable")
    picked = list(order[:2])
    for name in ("erratic", "intermittent", "lumpy", "intermittent", "smooth"):
        rest = [row for row in order if pattern[row] == name and row not in picked]
        if rest and len(picked) < count:
            picked.append(rest[min(len(picked) - 2, len(rest) - 1)])
    return np.array(picked[:count])


def order_list(desk_: Desk, made: forecasting.Forecast, target_fill: float) -> pd.DataFrame | None:
    """Proposals for today, None without inventory."""
    if desk_.inventory is None:
        return None
    return stock_tables.proposals(desk_.series, made, desk_.inventory, desk_.market_lead_weeks, target_fill)


def replayed(desk_: Desk, target_fill: float, rng: np.random.Generator) -> PolicyReplay | None:
    """The replay of the last year, None without inventory, suppliers or lanes."""
    if desk_.inventory is None or desk_.suppliers is None or desk_.lanes is None:
        return None
    return stock_tables.policy_replay(
        desk_.series, desk_.inventory, desk_.products, desk_.suppliers, desk_.lanes, target_fill, rng, cover_weeks=1.0
    )


def policy_table(desk_: Desk, run: PolicyReplay | None) -> pd.DataFrame | None:
    """Fill rate, stock and yearly cost of the policy and of the company's own rule."""
    if run is None:
        return None
    cost = desk_.products_usd.set_index("sku")["unit_cost_usd"]
    value = run.grid["sku"].map(cost).fillna(cost.mean()).to_numpy(float)
    asked = desk_.price.reindex(pd.MultiIndex.from_frame(run.grid)).fillna(desk_.price.mean()).to_numpy(float)
    rate = assumption(desk_, "supply.holding.rate_year", default=0.22)
    lost = assumption(desk_, "supply.stock_out.margin_lost_share", default=0.65)
    margin = np.maximum(0.5 * asked - value, 0) * lost
    keys = desk_.inventory[desk_.inventory["week"].isin(run.weeks)].merge(run.grid, on=["sku", "market"])
    order = keys.groupby(["sku", "market"]).size().index
    place = pd.MultiIndex.from_frame(run.grid).get_indexer(order)
    own = replay.compare({"own rule": run.own}, value[place], rate, margin[place])
    return pd.concat([replay.compare({"this policy": run.ours}, value, rate, margin), own]).reset_index()


def health(desk_: Desk) -> Health | None:
    """Classes, turnover and age of the stock, None without inventory."""
    if desk_.inventory is None:
        return None
    classes, matrix = stock_tables.health(desk_.series, desk_.inventory, desk_.products_usd)
    stock, ladder = stock_tables.ageing(desk_.inventory, desk_.as_of, desk_.products_usd)
    return Health(classes, matrix, stock, ladder)


def actions(desk_: Desk, found: Health | None, orders: pd.DataFrame | None) -> tuple:
    """Markdowns and moves, or two times None without inventory."""
    if found is None or orders is None:
        return None, None
    rate = assumption(desk_, "supply.holding.rate_year", default=0.22)
    return stock_answers.actions(
        found.stock, orders, desk_.products_usd, desk_.price, desk_.elasticity, desk_.series, rate
    )


def levers(desk_: Desk, found: Health | None) -> pd.DataFrame | None:
    """The smaller levers, None without inventory."""
    if found is None:
        return None
    rows = desk_.assumptions.set_index("name")
    default = pd.Series({"low": 0.45, "base": 0.65, "high": 0.85})
    name = "supply.stock_out.margin_lost_share"
    lost = rows.loc[name, ["low", "base", "high"]] if name in rows.index else default
    return stock_answers.levers_table(
        desk_.series,
        found.stock,
        found.classes,
        desk_.products_usd,
        desk_.price,
        assumption(desk_, "supply.holding.rate_year", default=0.22),
        lost,
        desk_.record_accuracy,
    )


def answer(
    desk_: Desk,
    levels: pd.DataFrame | None,
    orders: pd.DataFrame | None,
    run: PolicyReplay | None,
    found: Health | None,
    cuts: pd.DataFrame | None,
    target_fill: float,
) -> pd.DataFrame:
    """Decisions in words and figures; rows whose tables are absent are left out."""
    rows = []
    if levels is not None:
        total = levels.set_index("level")
        cell = total.loc["SKU x market, week"]
        ends = (f"{cell[name]:.0%}" for name in ("wape", "low", "high"))
        rows.append(("Forecast error of a product in a market and week", *ends))
        rows.append(("Forecast error of a market and week", f"{total.loc['market, week', 'wape']:.0%}", "", ""))
    if orders is not None:
        rows.append(("Pieces to order today", f"{orders['order_quantity'].sum():,.0f}", "", ""))
    if run is not None:
        saved = 1 - run.ours.mean_stock / run.own.mean_stock
        rows.append((f"Demand served by the policy (target {target_fill:.0%})", f"{run.ours.fill_rate:.1%}", "", ""))
        rows.append(("Stock saved against the own rule", f"{saved:.1%}", "", ""))
    if found is not None and cuts is not None:
        old = found.stock.loc[found.stock["age_days"] > 60, "value_usd"].sum()
        gain = cuts[["gain", "gain_low", "gain_high"]].clip(lower=0).sum()
        rows.append(("Stock older than 60 days, USD", f"{old:,.0f}", "", ""))
        rows.append(("Gain of all markdowns, USD", *(f"{gain[n]:,.0f}" for n in ("gain", "gain_low", "gain_high"))))
    return pd.DataFrame(rows, columns=["decision", "value", "low", "high"])
