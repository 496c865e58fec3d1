"""Channels beside each other: spend, traffic, claimed and own credit, return on ad spend and contribution."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["credit_over_spend", "kpi_set", "spend_usd", "to_weeks", "weekly_usd"]


def spend_usd(ad_spend: pd.DataFrame, usd_rates: Mapping[str, float] | pd.DataFrame) -> pd.DataFrame:
    """The spend table with a column spend_usd.

    `usd_rates`: USD per unit by currency, or a frame by day (index) and currency (column).
    """
    code, names = pd.factorize(ad_spend["currency"])
    needed = sorted(names)
    if isinstance(usd_rates, pd.DataFrame):
        unknown = [name for name in needed if name != "USD" and name not in usd_rates.columns]
        if unknown:
            raise InputError.unknown("currency", unknown[0], usd_rates.columns)
        daily = usd_rates.assign(USD=1.0).reindex(sorted(set(usd_rates.index) | set(ad_spend["date"]))).ffill().bfill()
        rate = daily.to_numpy()[
            daily.index.get_indexer(ad_spend["date"]), daily.columns.get_indexer(ad_spend["currency"])
        ]
        return ad_spend.assign(spend_usd=ad_spend["spend"].to_numpy(float) * rate)
    rates = {"USD": 1.0, **usd_rates}
    unknown = [name for name in needed if name not in rates]
    if unknown:
        raise InputError.unknown("currency", unknown[0], rates)
    rate = np.array([rates[name] for name in names], dtype=float)
    return ad_spend.assign(spend_usd=ad_spend["spend"] * np.append(rate, np.nan)[code])  # a missing one stays missing


def to_weeks(dates: pd.Series) -> pd.Series:
    """The Monday of each date."""
    return dates - pd.to_timedelta(dates.dt.day_of_week, unit="D")


def weekly_usd(
    ad_spend: pd.DataFrame, *, markets: list[str] | None = None, value: str = "spend_usd", whole: bool = True
) -> pd.DataFrame:
    """Weeks (rows, Mondays) by channel (columns), summed over the markets; `whole` leaves out weeks cut at an end."""
    chosen = ad_spend[ad_spend["market"].isin(markets)] if markets else ad_spend
    if chosen.empty:
        raise InputError.unknown("market", str(markets), ad_spend["market"].unique())
    weeks = to_weeks(chosen["date"])
    wide = chosen.assign(week=weeks).pivot_table(
        index="week", columns="channel", values=value, aggfunc="sum", fill_value=0.0
    )
    if whole:
        last = chosen["date"].max()
        wide = wide[(wide.index >= chosen["date"].min()) & (wide.index + pd.Timedelta(days=6) <= last)]
    return wide.astype(float)


def credit_over_spend(
    spend: pd.DataFrame, credits: pd.DataFrame, *, margin_share: float, revenue: str = "revenue_usd"
) -> pd.DataFrame:
    """Return on ad spend and contribution by channel for one method, intervals carried from the credits.

    `spend`: index channel, columns spend_usd, clicks, impressions, platform_conversions. `credits`: rows of
    `attribution.attribute` of one method with the measures conversions and `revenue`.
    Columns: spend_usd, clicks, cpc_usd, claimed, credited, credited_revenue, roas, roas_low, roas_high,
    cost_per_order_usd, contribution_usd, contribution_low, contribution_high.
    """
    money = credits[credits["measure"] == revenue].set_index("channel")
    orders = credits[credits["measure"] == "conversions"].set_index("channel")
    frame = spend.reindex(money.index).copy()
    paid = frame["spend_usd"].where(frame["spend_usd"] > 0)
    made = pd.DataFrame(
        {
            "spend_usd": frame["spend_usd"].fillna(0.0),
            "clicks": frame["clicks"].fillna(0.0),
            "cpc_usd": paid / frame["clicks"],
            "claimed": frame["platform_conversions"],
            "credited": orders["credit"],
            "credited_revenue": money["credit"],
            "roas": money["credit"] / paid,
            "roas_low": money["credit_low"] / paid,
            "roas_high": money["credit_high"] / paid,
            "cost_per_order_usd": paid / orders["credit"].where(orders["credit"] > 0),
        }
    )
    for name, column in (("usd", "credit"), ("low", "credit_low"), ("high", "credit_high")):
        made[f"contribution_{name}"] = money[column] * margin_share - made["spend_usd"]
    return made.sort_values("credited_revenue", ascending=False)


def kpi_set(monthly: pd.DataFrame) -> pd.DataFrame:
    """Start-up marketing set: acquisition cost, return, conversion, order value and sales, last month and a year
    before.

    `monthly`: index month, columns spend_usd, new_customers, visits, orders, revenue_usd, contribution_usd (before
    marketing). Columns: kpi, unit, last, year_before, change.
    """
    needed = {"spend_usd", "new_customers", "visits", "orders", "revenue_usd", "contribution_usd"}
    if needed - set(monthly.columns):
        raise InputError.missing_columns("monthly", needed - set(monthly.columns), monthly.columns)
    kpis = pd.DataFrame(
        {
            "cost per new customer": monthly["spend_usd"] / monthly["new_customers"],
            "contribution per marketing dollar": monthly["contribution_usd"] / monthly["spend_usd"],
            "conversion of visits": monthly["orders"] / monthly["visits"],
            "order value": monthly["revenue_usd"] / monthly["orders"],
            "sales": monthly["revenue_usd"],
        }
    )
    last = kpis.iloc[-1]
    before = kpis.iloc[-13] if len(kpis) > 12 else pd.Series(np.nan, index=kpis.columns)
    units = ["USD", "USD per USD", "share", "USD", "USD"]
    return pd.DataFrame(
        {
            "kpi": kpis.columns,
            "unit": units,
            "last": last.to_numpy(),
            "year_before": before.to_numpy(),
            "change": (last / before - 1).to_numpy(),
        }
    )
