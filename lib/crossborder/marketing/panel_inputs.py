"""What a mix model over all markets needs from a company's tables: weekly spend, revenue and controls by market."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.marketing import channel_panel, inputs, mix_model, sold_orders
from crossborder.marketing.budget_tables import MixInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossborder.company import Company

__all__ = ["panel_inputs"]


def panel_inputs(company: "Company", demand_driven: "Sequence[str]", *, fewest_weeks: int = 52) -> dict[str, MixInputs]:
    """`budget_tables.mix_inputs` of every market with spend, each table read once; markets with few weeks left out."""
    from crossborder.reference import calendars

    rates = inputs.usd_rates(company)
    spent = channel_panel.spend_usd(company.table("ad_spend"), rates)
    with_spend = set(spent["market"].unique())
    names = [name for name in company.markets if name in with_spend]
    weekly = {name: channel_panel.weekly_usd(spent, markets=[name]) for name in names}
    weekly = {
        name: table for name, table in weekly.items() if len(table) >= fewest_weeks and table.to_numpy().sum() > 0
    }
    if not weekly:
        return {}
    revenue = _weekly_revenue(company)
    first, last = min(table.index[0] for table in weekly.values()), max(table.index[-1] for table in weekly.values())
    events = calendars.weekly_features(list(weekly), first, last)
    prices = _prices(company) if company.has("prices") else {}
    found = {}
    for name, spend in weekly.items():
        sold = revenue.get(name, pd.Series(dtype=float)).reindex(spend.index).fillna(0.0)
        if sold.sum() <= 0:
            continue
        controls = mix_model.fourier(spend.index, 2)
        flags = events.loc[name].reindex(spend.index).fillna(0.0)
        controls = controls.join(flags.loc[:, flags.sum() > 0])
        if name in prices:
            controls = controls.join(prices[name].reindex(spend.index).ffill().bfill())
        kept = [channel for channel in spend.columns if channel not in demand_driven and spend[channel].sum() > 0]
        lead = [np.corrcoef(spend[channel].iloc[1:], sold.iloc[:-1])[0, 1] for channel in kept]
        follows = pd.DataFrame({"after_sales": lead, "in_model": True}, pd.Index(kept, name="channel"))
        found[name] = MixInputs(spend[kept], sold, controls, follows)
    return found


def _weekly_revenue(company: "Company") -> dict[str, pd.Series]:
    """Revenue a week by market, USD; summed by day in the engine."""
    sold = sold_orders.sold_orders(company)
    daily = (
        sold.group_by(sold.market, sold.ordered_at.date().name("day"))
        .aggregate(revenue=sold.revenue_usd.sum())
        .to_pandas()
    )
    daily["week"] = channel_panel.to_weeks(pd.to_datetime(daily["day"]))
    sums = daily.groupby(["market", "week"])["revenue"].sum().astype(float)
    return {str(market): part.droplevel("market") for market, part in sums.groupby(level="market")}


def _prices(company: "Company") -> dict[str, pd.DataFrame]:
    """Mean price over each product's own mean, and share of products in promotion, by market and week."""
    table = company.table("prices")
    level = table["price"] / table.groupby(["market", "sku"])["price"].transform("mean")
    parts = {"log_price": level, "promotion": table["promotion"].astype(float)}
    mean = pd.DataFrame(parts).groupby([table["market"], table["week"]]).mean()
    mean["log_price"] = np.log(mean["log_price"])
    return {str(market): part.droplevel("market") for market, part in mean.groupby(level="market")}
