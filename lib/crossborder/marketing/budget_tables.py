"""What notebook 42 needs from a company's tables beside its tests, each question in one call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.marketing import (
    advertising,
    attribution,
    brand,
    budget,
    calibration,
    channel_panel,
    engagement,
    inputs,
    journey_query,
    keywords,
    mix_model,
    sold_orders,
    uplift_claims,
)
from crossborder.marketing.response import Curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossborder.company import Company
    from crossborder.marketing.trials import RegionalTest

__all__ = [
    "Creators",
    "KeywordPanel",
    "MixInputs",
    "ad_costs",
    "calibrated_credit",
    "claimed_uplifts",
    "clicks_by_profile",
    "creators",
    "day_parts",
    "keyword_panel",
    "mix_inputs",
    "peak_days",
    "platform_split",
]


@dataclass(frozen=True)
class MixInputs:
    """Weekly spend by channel, revenue and controls of a market; channels whose spend follows orders are apart."""

    spend: pd.DataFrame
    revenue: pd.Series
    controls: pd.DataFrame
    follows: pd.DataFrame


@dataclass(frozen=True)
class KeywordPanel:
    """Tiers, pause rule by keyword with counts of actions, organic coverage, best rank gains, break-even."""

    tiers: pd.DataFrame
    rule: pd.DataFrame
    actions: pd.DataFrame
    coverage: pd.DataFrame
    potential: pd.DataFrame
    break_even: pd.DataFrame


@dataclass(frozen=True)
class Creators:
    """Live sessions by host tier, the best mix of a month's money, and what a good opening is worth."""

    tiers: pd.DataFrame
    mix: pd.DataFrame
    hook: pd.Series


def mix_inputs(company: "Company", market: str, demand_driven: "Sequence[str]") -> MixInputs:
    """Weeks of a market: spend, revenue, and controls (two yearly waves, calendar events, price where known).

    `demand_driven` channels (paid per order, or bought by people on their way to an order) are left out of the model:
    their spend follows sales, and a regression would take that for an effect.
    """
    from crossborder.reference import calendars

    rates = inputs.usd_rates(company)
    all_spend = channel_panel.weekly_usd(channel_panel.spend_usd(company.table("ad_spend"), rates), markets=[market])
    sold = sold_orders.sold_orders(company, [market])
    daily = sold.group_by(sold.ordered_at.date().name("day")).aggregate(revenue=sold.revenue_usd.sum()).to_pandas()
    daily["day"] = pd.to_datetime(daily["day"])
    revenue = daily.groupby(channel_panel.to_weeks(daily["day"]))["revenue"].sum().reindex(all_spend.index).fillna(0.0)
    controls = mix_model.fourier(all_spend.index, 2)
    events = calendars.weekly_features([market], all_spend.index[0], all_spend.index[-1])
    if len(events):
        flags = events.loc[market].reindex(all_spend.index).fillna(0.0)
        controls = controls.join(flags.loc[:, flags.sum() > 0])
    if company.has("prices"):
        controls = controls.join(_price(company, market, all_spend.index))
    kept = [name for name in all_spend.columns if name not in demand_driven and all_spend[name].sum() > 0]
    lead = [np.corrcoef(all_spend[name].iloc[1:], revenue.iloc[:-1])[0, 1] for name in all_spend]
    follows = pd.DataFrame({"after_sales": lead, "in_model": [name in kept for name in all_spend]}, all_spend.columns)
    return MixInputs(all_spend[kept], revenue, controls, follows.rename_axis("channel"))


def keyword_panel(company: "Company", market: str, margin_share: float, acos_cap: float) -> KeywordPanel:
    """Keywords of a market over the last twelve months."""
    rates = inputs.usd_rates(company)
    table = company.table("keywords")
    recent = table[(table["market"] == market) & (table["month"] > company.as_of - pd.DateOffset(months=12))]
    sums = {name: (name, "sum") for name in ("volume", "clicks", "cost", "orders", "sales")}
    terms = (
        recent.groupby("keyword")
        .agg(**sums, rank=("rank", "last"), tier=("tier", "last"))
        .astype(dict.fromkeys(sums, float))
    )
    rate = rates[str(recent["currency"].iloc[0])]
    terms[["cost", "sales"]] *= rate
    terms["tier"] = keywords.tiers(terms)
    even = _break_even(company, market)
    limit = float(even["break_even"].median()) if len(even) else margin_share
    rule = advertising.acos_rule(terms, break_even=limit)
    rule = terms[["tier", "clicks", "orders", "cost"]].join(rule)
    naive = (rule["acos"] > acos_cap) | rule["acos"].isna()
    actions = rule.groupby("action").agg(keywords=("cost", "size"), cost_usd=("cost", "sum"))
    actions["paused_by_cap"] = naive.groupby(rule["action"]).sum()
    monthly = terms.assign(volume=terms["volume"] / 12)
    conversion = float(terms["orders"].sum() / terms["clicks"].sum())
    margin = float(terms["sales"].sum() / terms["orders"].sum()) * margin_share
    potential = keywords.rank_potential(monthly, conversion=conversion, order_margin=margin)
    return KeywordPanel(
        keywords.matrix(terms, margin_share=margin_share),
        rule,
        actions,
        keywords.coverage(table[table["month"] == table["month"].max()]),
        potential[["tier", "volume", "rank", "rank_after", "visits", "contribution"]].head(8),
        even,
    )


def ad_costs(company: "Company", cap: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Marketing cost over sales by market against a cap, and the trend of the cost of a click by market."""
    rates = inputs.usd_rates(company)
    spend = channel_panel.spend_usd(company.table("ad_spend"), rates)
    start = company.as_of - pd.Timedelta(days=364)
    recent = spend[spend["date"] >= start].groupby("market")["spend_usd"].sum()
    sold = sold_orders.sold_orders(company)
    year = sold.filter(sold.ordered_at >= start.to_pydatetime())
    sales = year.group_by("market").aggregate(sales=year.revenue_usd.sum()).to_pandas().set_index("market")["sales"]
    share = advertising.cost_headroom(recent, sales.reindex(recent.index), cap)
    monthly = spend.assign(month=spend["date"].dt.to_period("M")).groupby(["market", "month"])
    price = monthly["spend_usd"].sum() / monthly["clicks"].sum().astype(float)
    trend = pd.DataFrame(
        {name: advertising.price_trend(group.droplevel(0)) for name, group in price.groupby(level=0)}
    ).T
    trend = trend.rename(
        columns={"low": "growth_low", "high": "growth_high", "now": "cpc_usd", "ahead": "in_a_year_usd"}
    )
    return share.rename_axis("market"), trend.rename_axis("market")[
        ["cpc_usd", "growth", "growth_low", "growth_high", "in_a_year_usd"]
    ]


def day_parts(company: "Company", market: str, cost_per_click: float, *, level: float = 0.9) -> pd.DataFrame:
    """Six-hour slots and weekend: clicks, orders in the same visit, and the bid multiplier (hours are UTC)."""
    slots = _slots(company, market)
    made = slots.groupby([(slots["day"].dt.day_of_week >= 5).rename("weekend"), "part"])[["clicks", "orders"]].sum()
    made = made.reset_index()
    hours = made["part"].map(lambda part: f"{6 * part:02d} to {6 * part + 6:02d} h")
    made.index = pd.Index(np.where(made["weekend"], "weekend ", "weekday ") + hours, name="slot")
    frame = made[["clicks", "orders"]].astype(float)
    cost = frame["clicks"] * cost_per_click
    return frame.join(advertising.day_part_bids(frame.assign(cost=cost), level=level))


def _slots(company: "Company", market: str) -> pd.DataFrame:
    """Touches (clicks) and orders of the same visit by day and part of it (0 to 3, six hours each, UTC), read once."""
    return company.kept(f"marketing.slots {market}", lambda: _read_slots(company, market))


def _read_slots(company: "Company", market: str) -> pd.DataFrame:
    touches = company.events("touchpoints")
    touches = touches.filter(touches.market == market)
    slots = {"day": touches["at"].date(), "part": (touches["at"].hour() // 6).cast("int64")}
    sums = {"clicks": touches.count(), "orders": touches.converted_order_id.count()}
    made = touches.group_by(**slots).aggregate(**sums).to_pandas()
    return made.assign(day=pd.to_datetime(made["day"]))


def peak_days(company: "Company", market: str, *, level: float = 0.9) -> pd.DataFrame:
    """Days of sale events against all other days: paid clicks, orders of the same visit, price of a click, bid.

    The multiplier is on the usual bid, so that both kinds of day expect the same cost an order. Columns: days, clicks,
    orders, cpc_usd, conversion with interval, cost_per_order, multiplier.
    """
    from crossborder.reference import calendars

    spend = channel_panel.spend_usd(company.table("ad_spend"), inputs.usd_rates(company))
    daily = spend[spend["market"] == market].groupby("date")[["clicks", "spend_usd"]].sum().astype(float)
    orders = _slots(company, market).groupby("day")["orders"].sum()
    daily["orders"] = orders.astype(float).reindex(daily.index).fillna(0.0)
    sales = calendars.events(market, daily.index[0], daily.index[-1], "sale")
    inside = (daily.index.to_numpy()[:, None] >= sales["date"].to_numpy()) & (
        daily.index.to_numpy()[:, None] <= sales["end"].to_numpy()
    )
    kind = pd.Series(np.where(inside.any(axis=1), "sale events", "other days"), index=daily.index, name="slot")
    made = daily.groupby(kind).sum().rename(columns={"spend_usd": "cost"})
    bids = advertising.day_part_bids(made, level=level)
    own = made[["clicks", "orders"]].assign(days=kind.value_counts(), cpc_usd=made["cost"] / made["clicks"])
    return own.join(bids).sort_index(ascending=False)


def creators(company: "Company", margin_share: float, *, rng: np.random.Generator) -> Creators:
    """Live sessions by host tier, mix under the present monthly money, opening."""
    streams = company.table("live_streams")
    tiers = engagement.stream_efficiency(streams, margin_share=margin_share, rng=rng)
    month = streams[streams["started_at"] >= streams["started_at"].max() - pd.Timedelta(days=180)]
    recent = month.groupby("host_tier").agg(
        sales_usd=("sales_usd", "mean"), cost_usd=("cost_usd", "mean"), sessions=("stream_id", "size")
    )
    recent["sessions"] = recent["sessions"] / 6
    total = float((recent["cost_usd"] * recent["sessions"]).sum())
    return Creators(tiers, engagement.tier_mix(recent, total), engagement.hook_score(streams))


def platform_split(
    company: "Company", market: str, margin_share: float, total: float, *, elasticity: float = 0.4
) -> pd.DataFrame:
    """Best share of a weekly budget for marketplaces against the own store, by size of the budget.

    Sales a week by kind of platform come from the orders; the response to spend is a constant elasticity (assumed). The
    value of an order is its contribution after the platform's fees, times 1 + repeats within 180 days.
    """
    rates = inputs.usd_rates(company)
    lines = company.events("orders")
    lines = lines.filter((lines.market == market) & lines.platform.notnull())
    paid = {"sales": (lines.quantity * lines.unit_price).sum(), "currency": lines.currency.max()}
    sold = lines.group_by("platform").aggregate(**paid).to_pandas().set_index("platform")
    sales = sold["sales"] * rates[str(sold["currency"].max())]
    weeks = max((company.as_of - company.first_day).days / 7, 1)
    platforms = company.table("platforms")
    terms = platforms[platforms["market"] == market].set_index("platform")
    fees = terms["commission_rate"] + terms["payment_rate"]
    mean_fee = float(fees.mean())
    worth = (margin_share + mean_fee - fees.reindex(sales.index)).fillna(margin_share)
    kind = terms["kind"].reindex(sales.index).fillna("marketplace")
    own = kind == "own_store"
    weekly = pd.Series({"marketplace": (sales * worth)[~own].sum(), "own_store": (sales * worth)[own].sum()}) / weeks
    size = (weekly / (total / 2) ** elasticity).to_numpy(float)
    curves = Curves(("marketplace", "own_store"), size, np.full(2, elasticity), "power")
    return budget.split_gain(curves, np.array([0.5, 1.0, 2.0]) * total)


def claimed_uplifts(
    measured: pd.DataFrame, *, level: float = 0.9, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Published conversion uplifts made credible, their stack, and the company's own lifts shrunk to their mean.

    `measured`: rows of `trials.read_tests`. The stack is capped at three times the largest own upper limit.
    """
    from crossborder.reference import claims

    table = claims.claims(metric="conversion", unit="fraction")
    table = table[table["value_low"].between(0.01, 1.0) & table["metric"].str.contains("relative_change")]
    frame = pd.DataFrame(
        {
            "claim": table["subject"].astype(str) + ", " + table["metric"].astype(str),
            "uplift": table[["value_low", "value_high"]].mean(axis=1),
            "kind": table["kind"].where(table["kind"].isin(list(uplift_claims.SURVIVES)), "uplift"),
        }
    )
    frame = frame.sort_values("uplift", ascending=False).drop_duplicates("claim").reset_index(drop=True)
    found = uplift_claims.credible(frame, level=level)
    readable = measured[~measured["verdict"].str.startswith("split")]
    cap = 3 * float(readable["lift_high"].max())
    total = uplift_claims.stack(found.head(6), cap=cap, level=level, rng=rng)
    pulled = uplift_claims.shrink(readable["lift"].to_numpy(float), readable["lift_error"].to_numpy(float))
    pulled.insert(0, "test", (readable["subject"] + ", " + readable["arm"]).to_numpy())
    return found, total, pulled


def clicks_by_profile(company: "Company") -> tuple[pd.DataFrame, pd.Series]:
    """Click rate by channel, market and season, judged on the last three months."""
    spend = company.table("ad_spend")
    spend = spend[spend["impressions"] > 0]
    month = spend["date"].dt.to_period("M")
    cells = (
        spend.assign(month=month, quarter="Q" + spend["date"].dt.quarter.astype(str))
        .groupby(["month", "quarter", "channel", "market"], as_index=False)[["impressions", "clicks"]]
        .sum()
    )
    return brand.click_model(
        cells, ["channel", "market", "quarter"], holdout=(cells["month"] > month.max() - 3).to_numpy()
    )


def _price(company: "Company", market: str, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Mean price over each product's own mean, and share of products in promotion, by week."""
    table = company.table("prices")
    table = table[table["market"] == market]
    level = table["price"] / table.groupby("sku")["price"].transform("mean")
    weekly = pd.DataFrame(
        {
            "log_price": np.log(level.groupby(table["week"]).mean()),
            "promotion": table["promotion"].astype(float).groupby(table["week"]).mean(),
        }
    )
    return weekly.reindex(weeks).ffill().bfill()


def _break_even(company: "Company", market: str) -> pd.DataFrame:
    """Break-even ACoS by category: price with VAT, landed cost (with assumed freight and duty), fees and returns."""
    from crossborder.reference import taxes

    if not (company.has("products") and company.has("platforms")):
        return pd.DataFrame(columns=["break_even"])
    rates = inputs.usd_rates(company)
    products = company.table("products").dropna(subset=["unit_cost", "list_price_usd"])
    cost = products["unit_cost"] * products["currency"].map(rates) * 1.06 + 2.2 * products["weight_kg"]
    platforms = company.table("platforms")
    fee = platforms[(platforms["market"] == market) & (platforms["kind"] == "marketplace")].iloc[0]
    lines = company.events("orders")
    lines = lines.filter(lines.market == market)
    rate = float((lines.returned.sum() / lines.quantity.sum()).to_pandas()) if "returned" in lines.columns else 0.0
    vat = float(np.ravel(taxes.vat_rate(market, company.as_of))[0])
    share = advertising.break_even_acos(
        products["list_price_usd"].to_numpy(float) * (1 + vat),
        vat_rate=vat,
        landed_cost=cost.to_numpy(float),
        fee_rate=float(fee["commission_rate"] + fee["payment_rate"]),
        fulfilment=float(fee["fulfilment_fee_unit"]) * rates[fee["currency"]],
        return_rate=rate,
        return_cost=4.0,
        fx_cost_rate=0.0 if market == "US" else 0.01,
    )
    grouped = products.assign(break_even=share).groupby("category")["break_even"]
    return pd.DataFrame(
        {
            "break_even": grouped.median(),
            "break_even_low": grouped.quantile(0.05),
            "break_even_high": grouped.quantile(0.95),
        }
    )


def calibrated_credit(company: "Company", market: str, regional: "RegionalTest", *, level: float = 0.9) -> pd.DataFrame:
    """Linear credit of a market's orders, multiplied by the factor that the regional test gives for its channel.

    Untested channels get the prior factor (mean of the tested ones, at most 1) with its spread; conflicts are flagged.
    Columns: credited, factor, factor_low, factor_high, credit, credit_low, credit_high, conflict.
    """
    rates = inputs.usd_rates(company)
    built = journey_query.build(
        company.events("touchpoints"), company.events("orders"), markets=[market], usd_rates=rates
    )
    found = attribution.attribute(built.journeys, ["linear"]).set_index("channel")["credit"]
    spend = inputs.channel_totals(company, rates, [market])["spend_usd"]
    value = float(built.account["revenue_usd"].sum() / built.account["conversions"].sum())
    scale = float(spend[regional.channel]) / value
    lift = pd.DataFrame(
        {"increment": [regional.roi * scale], "standard_error": [regional.roi_error * scale]}, index=[regional.channel]
    )
    unpaid = list(found.index[~(spend.reindex(found.index) > 0)])
    factors = calibration.incrementality_factors(found, lift, level=level, unpaid=unpaid)
    made = factors[["factor", "factor_low", "factor_high", "tested", "conflict"]].join(
        calibration.calibrate(found, factors)
    )
    return made.rename_axis("channel").sort_values("credited", ascending=False)
