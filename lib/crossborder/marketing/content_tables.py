"""Languages, brand searches and content of a company, each in one call for notebook 42."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.marketing import (
    advertising,
    content,
    customer_tables,
    engagement,
    inputs,
    sold_orders,
    uplift_claims,
)

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["brand_pulse", "click_limits", "community", "faster_content", "languages", "trust_marks"]


def click_limits(company: "Company", market: str, margin: float, *, level: float = 0.9) -> pd.DataFrame | None:
    """Cost of a new customer by channel as cost of a click over conversion, and the dearest click that still pays.

    New customers are those of the market whose first contact was the channel; a click may cost what lets the first
    order's contribution (`margin` of its value) pay for the customer. Columns: clicks, cpc_usd, conversion, cac_usd,
    highest_usd, highest_low, highest_high, above. None where no channel won a customer by a click.
    """
    rates = inputs.usd_rates(company)
    totals = inputs.channel_totals(company, rates, [market])
    won = company.counts("customers", ["market", "acquisition_channel"])
    won = won[won.index.get_level_values("market") == market].droplevel("market")
    totals = totals.assign(won=won.reindex(totals.index).fillna(0.0))
    totals = totals[(totals["clicks"] > 0) & (totals["won"] > 0) & (totals["won"] <= totals["clicks"])]
    if totals.empty:
        return None
    sold = sold_orders.sold_orders(company, [market])
    target = margin * float(sold.aggregate(value=sold.revenue_usd.mean()).to_pandas()["value"].iloc[0])
    click, rate = totals["spend_usd"] / totals["clicks"], totals["won"] / totals["clicks"]
    limits = [advertising.max_cost_per_click(target, row.won, row.clicks, level=level) for row in totals.itertuples()]
    made = pd.DataFrame(limits, columns=["highest_usd", "highest_low", "highest_high"], index=totals.index)
    known = {"clicks": totals["clicks"], "cpc_usd": click, "conversion": rate}
    cost = pd.Series(advertising.acquisition_cost(click, rate), index=totals.index)
    made = pd.DataFrame(known).assign(cac_usd=cost).join(made)
    return made.assign(above=made["cpc_usd"] > made["highest_high"]).sort_values("cac_usd").rename_axis("channel")


def trust_marks(company: "Company", *, level: float = 0.9) -> pd.DataFrame | None:
    """Sales of rival offers with a trust mark over like offers without; None where there are too few to tell."""
    try:
        return content.signal_lift(company.table("listings"), level=level)
    except Refusal:
        return None


def community(company: "Company", months: int = 6) -> pd.DataFrame | None:
    """The last months of the people who come through the organic social channel; None without such visits."""
    try:
        return content.community_health(company.events("touchpoints")).tail(months)
    except Refusal:
        return None


def languages(
    company: "Company", order_margin: float, *, loss: float = 0.12, level: float = 0.9
) -> pd.DataFrame | None:
    """What texts in each buyers' language are worth a year, by how many of them are right.

    The language of a market is that of most of its reviews; orders are those of the last year. The lift of right texts
    is the published one, made credible (`uplift_claims.credible`); `loss` is the relative loss from wrong ones.
    Columns: orders, break_even_accuracy, gain_95, gain_70 (USD, with 95 and with 70 per cent of the texts right).
    None with fewer than 30 reviews in every market.
    """
    from crossborder.reference import claims

    said = claims.claims(subject="10-language", metric="conversion", unit="fraction")
    lifts = said[["value_low", "value_high"]].mean(axis=1)
    claimed = pd.DataFrame({"claim": said["subject"], "uplift": lifts, "kind": said["kind"]})
    uplift = float(uplift_claims.credible(claimed)["credible"].mean())
    try:
        spoken = content.language_gap(company.table("reviews"), level=level)["language"]
    except Refusal:
        return None
    sold = sold_orders.sold_orders(company)
    year = sold.filter(sold.ordered_at >= (company.as_of - pd.Timedelta(days=364)).to_pydatetime())
    placed = year.group_by("market").aggregate(orders=year.count()).to_pandas().set_index("market")
    orders = placed["orders"].groupby(spoken.reindex(placed.index)).sum().astype(float)
    rows = {}
    for language, count in orders.items():
        terms = {"uplift": uplift, "loss": loss, "order_margin": order_margin}
        right, poor = (content.language_value(count, 1.0, accuracy=share, **terms) for share in (0.95, 0.7))
        rows[language] = (count, right["break_even_accuracy"], right["contribution"], poor["contribution"])
    names = ["orders", "break_even_accuracy", "gain_95", "gain_70"]
    made = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("language")
    return made.sort_values("orders", ascending=False)


def brand_pulse(company: "Company", market: str, *, level: float = 0.9) -> pd.Series | None:
    """Searches for the brand in a market: growth of the index, its highest week, and how long that peak lasted.

    growth is the last half year over the same weeks a year before; lift is the highest week over the eight weeks
    before it; half_life (weeks, with interval) is how fast that lift went; missing where a peak lasted under 3 weeks.
    None without ads on the brand's own searches, or with less than half a year of them.
    """
    spend = company.table("ad_spend")
    try:
        index = content.brand_searches(spend[spend["market"] == market])
    except Refusal:
        return None
    if len(index) < 26:
        return None
    growth = index.iloc[-26:].mean() / index.iloc[-78:-52].mean() - 1 if len(index) >= 78 else np.nan
    top = index.iloc[8:].idxmax()
    before = index[index.index < top].tail(8).median()
    after = (index[index.index >= top].head(12) - before).reset_index(drop=True)
    low = after.index[after <= 0]
    falling = after.iloc[: int(low[0])] if len(low) else after
    found = pd.Series({"half_life": np.nan, "low": np.nan, "high": np.nan})
    if len(falling) >= 3:
        found = engagement.effect_decay(falling, level=level)[["half_life", "low", "high"]]
    known = {"index": index.iloc[-4:].mean(), "growth": growth, "peak": top, "lift": index[top] / before - 1}
    return pd.concat([pd.Series(known, dtype=object), found])


def faster_content(
    company: "Company", order_margin: float, conversion: float, *, visits: float = 100.0, items: float = 2.0
) -> pd.DataFrame:
    """What faster making of posts and pages earns an hour at published speed-ups, and the quality it may cost.

    An item is taken to bring `visits`, an hour to make `items`; tools are taken to cost a third of the hour.
    Columns: claim, speed_up, gain_usd (an hour), quality_may_fall (share of an item's value).
    """
    from crossborder.reference import claims

    table = claims.claims(unit="fraction")
    fast = table[table["metric"].str.contains("speed relative_change") & (table["topic"] == "marketing")]
    wage = customer_tables.assumed(company, "marketing.service.agent_cost_hour_usd", 9.0)
    rows = []
    for row in fast.drop_duplicates(["subject", "metric"]).itertuples():
        speed = float(np.nanmean([row.value_low, row.value_high]))
        found = engagement.content_return(
            items_before=items,
            items_after=items * (1 + speed),
            hour_cost=wage,
            tool_cost=wage / 3,
            value_per_item=visits * conversion * order_margin,
        )
        rows.append((f"{row.subject}, {row.metric}", speed, found["gain"], -found["break_even_quality_change"]))
    return pd.DataFrame(rows, columns=["claim", "speed_up", "gain_usd", "quality_may_fall"])
