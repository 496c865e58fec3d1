"""What our own tables say about demand: monthly sales, deliveries, funnels. Reductions run in the engine."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    import ibis

__all__ = ["customer_spend", "deliveries", "full_months", "funnel_by_market", "monthly_exposure", "monthly_sales",
           "monthly_spend", "monthly_visits", "panel", "platform_rows", "platform_terms", "to_usd"]  # fmt: skip


def monthly_sales(orders: "ibis.Table", products: pd.DataFrame | None) -> pd.DataFrame:
    """Orders, pieces and revenue by month, market, platform, category and currency.

    Revenue is without tax and after discount, in the row's currency; goods are pieces at unit cost, in the product's
    currency (`goods`, `goods_currency`). Lines of products without a category are counted under "unknown"; without
    `products` all lines have the category "all" and goods of 0.
    """
    has = set(orders.columns)
    revenue = orders.unit_price * orders.quantity
    for part in {"discount", "tax"} & has:
        revenue = revenue - orders[part].fill_null(0)
    platform = orders.platform.fill_null("unknown") if "platform" in has else "unknown"
    lines = orders.mutate(month=orders.ordered_at.cast("date").truncate("M"), revenue=revenue, platform=platform)
    first = lines.line == 1
    keys = ["month", "market", "platform", "sku", "currency"]
    small = lines.group_by(keys).aggregate(
        orders=first.cast("int64").sum(), pieces=lines.quantity.sum(), revenue=lines.revenue.sum()
    )
    frame = small.to_pandas()
    if products is None:
        frame = frame.assign(category="all", unit_cost=0.0, goods_currency=frame["currency"])
    else:
        costs = products[["sku", "category", "unit_cost", "currency"]].rename(columns={"currency": "goods_currency"})
        frame = frame.merge(costs, on="sku", how="left")
    frame = frame.assign(
        month=pd.to_datetime(frame["month"]), category=frame["category"].fillna("unknown"),
        goods=frame["pieces"].astype(float) * frame["unit_cost"].fillna(0.0),
        goods_currency=frame["goods_currency"].fillna(frame["currency"]),
    )  # fmt: skip
    keys = ["month", "market", "platform", "category", "currency", "goods_currency"]
    return frame.groupby(keys, as_index=False)[["orders", "pieces", "revenue", "goods"]].sum()


def to_usd(frame: pd.DataFrame, rates: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The frame with amounts in USD: for each `amount column -> currency column`, a new column `<amount>_usd`.

    `rates`: index date, one column a currency, USD per unit; the mean of the row's `month` is used. A currency without
    a rate in a month is refused by name.
    """
    monthly = rates.groupby(rates.index.to_period("M")).mean()
    result = frame.copy()
    period = frame["month"].dt.to_period("M")
    rate = monthly.assign(USD=1.0).rename_axis("period").reset_index().melt("period", var_name="currency")
    rate = rate.set_index(["period", "currency"])["value"]
    for amount, currency in columns.items():
        missing = sorted(set(frame[currency].dropna().unique()) - {"USD"} - set(monthly.columns))
        if missing:
            raise Refusal.because(
                f"no amounts in USD for {', '.join(missing)}", "there is no exchange rate", "add a rate"
            )
        pairs = pd.MultiIndex.from_arrays([period, frame[currency]])
        found = rate.reindex(pairs).to_numpy()
        if np.isnan(found).any():
            hole = frame[np.isnan(found)].iloc[0]
            raise Refusal.because(
                f"no amount in USD for {hole[currency]} in {hole['month']:%Y-%m}",
                "there is no exchange rate",
                "add a rate",
            )
        result[f"{amount}_usd"] = frame[amount].astype(float) * found
    return result


def platform_rows(sales: pd.DataFrame, sessions: pd.DataFrame, ad_spend: pd.DataFrame | None) -> pd.DataFrame:
    """Orders, revenue, goods, pieces and advertising by platform, market and month, for `channels.platform_months`.

    `sales`: month, market, platform, orders, pieces, revenue_usd, goods_usd. `ad_spend`: month, market, spend_usd,
    which nobody books by platform: it is shared out by visits (`sessions`: month, market, platform, visits).
    """
    keys = ["platform", "market", "month"]
    total = sales.groupby(keys, as_index=False)[["orders", "pieces", "revenue_usd", "goods_usd"]].sum()
    frame = total.merge(sessions[[*keys, "visits"]], on=keys, how="left")
    visits = frame["visits"].fillna(0.0).astype(float)
    share = visits / visits.groupby([frame["market"], frame["month"]]).transform("sum").where(lambda v: v > 0)
    if ad_spend is None:
        return frame.assign(ad_spend_usd=0.0)
    spend = ad_spend.groupby(["market", "month"], as_index=False)["spend_usd"].sum()
    spent = frame.merge(spend, on=["market", "month"], how="left")["spend_usd"].fillna(0.0)
    return frame.assign(ad_spend_usd=(spent * share.fillna(0.0)).to_numpy())


def monthly_visits(sessions: "ibis.Table") -> pd.DataFrame:
    """Visits and orders by month, market and platform."""
    rows = sessions.mutate(month=sessions.date.truncate("M"))
    small = rows.group_by(["month", "market", "platform"]).aggregate(visits=rows.visits.sum(), orders=rows.orders.sum())
    frame = small.to_pandas()
    return frame.assign(month=pd.to_datetime(frame["month"])).sort_values(
        ["month", "market", "platform"], ignore_index=True
    )


def monthly_spend(ad_spend: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Advertising in USD by month and market."""
    frame = ad_spend.assign(month=ad_spend["date"].dt.to_period("M").dt.to_timestamp())
    small = frame.groupby(["month", "market", "currency"], as_index=False)["spend"].sum()
    return to_usd(small, rates, {"spend": "currency"})


def platform_terms(platforms: pd.DataFrame, usd_per_unit: pd.Series) -> pd.DataFrame:
    """Fees by platform and market with amounts in USD at one day's rates (`usd_per_unit`: index currency)."""
    missing = sorted(set(platforms["currency"]) - set(usd_per_unit.index) - {"USD"})
    if missing:
        raise Refusal.because(f"no fees in USD for {', '.join(missing)}", "there is no exchange rate", "add a rate")
    rate = platforms["currency"].map({**usd_per_unit.to_dict(), "USD": 1.0})
    return platforms[["platform", "market", "kind", "commission_rate", "payment_rate"]].assign(
        fulfilment_fee_usd=platforms["fulfilment_fee_unit"] * rate, last_mile_usd=platforms["last_mile_unit"] * rate,
        payout_delay_days=platforms["payout_delay_days"].astype(float),
        suspension_probability_year=platforms["suspension_probability_year"],
    )  # fmt: skip


def full_months(frame: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The rows of months that lie wholly between `first` and `last` (both inclusive days)."""
    end = frame["month"] + pd.offsets.MonthEnd(1)
    return frame[(frame["month"] >= first) & (end <= last.normalize())].reset_index(drop=True)


def panel(frame: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    """Months (rows, none left out) by series (columns); a month without a row is 0, which is what was sold."""
    missing = {"month", *by, value} - set(frame.columns)
    if missing:
        raise InputError.missing_columns("sales", missing, frame.columns)
    if frame.empty:
        raise Refusal.because("no months to look at", "sales of whole months: 0", "bring orders of a longer time")
    wide = frame.pivot_table(index="month", columns=by, values=value, aggfunc="sum", fill_value=0.0)
    months = pd.date_range(wide.index.min(), wide.index.max(), freq="MS", name="month")
    return wide.reindex(months, fill_value=0.0).astype(float)


def deliveries(orders: "ibis.Table", demanded: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Days from order to door by market since a day: market, orders, mean_days, sd_days, late, in_time.

    `demanded`: index market, `days_base`. Only delivered orders count; `late` is against our own promise.
    """
    arrived = ~orders.delivered_at.isnull()
    lines = orders.filter((orders.ordered_at >= since) & arrived & (orders.line == 1))
    seconds = lines.delivered_at.epoch_seconds() - lines.ordered_at.epoch_seconds()
    days = seconds / 86400.0
    branch = (days * 0).cast("float64")
    for market, limit in demanded["days_base"].items():
        branch = (lines.market == market).ifelse(float(limit), branch)
    promised = lines.promised_days if "promised_days" in orders.columns else None
    late = (days > promised).fill_null(False) if promised is not None else (days < 0)
    marked = lines.mutate(days=days, late=late, in_time=days <= branch)
    small = marked.group_by("market").aggregate(
        orders=marked.count(), mean_days=marked.days.mean(), sd_days=marked.days.std(),
        late=marked.late.cast("int64").sum(), in_time=marked.in_time.cast("int64").sum(),
    )  # fmt: skip
    return small.to_pandas().sort_values("market", ignore_index=True)


def funnel_by_market(sessions: "ibis.Table", since: pd.Timestamp) -> pd.DataFrame:
    """Visits and orders since a day by market and platform."""
    recent = sessions.filter(sessions.date >= since)
    small = recent.group_by(["market", "platform"]).aggregate(visits=recent.visits.sum(), orders=recent.orders.sum())
    return small.to_pandas().sort_values(["market", "platform"], ignore_index=True)


def customer_spend(orders: "ibis.Table", customers: pd.DataFrame, usd_per_unit: dict[str, float]) -> pd.DataFrame:
    """Spend (USD at fixed rates) and orders by customer with cohort and market; guests are left out.

    Beyond 200,000 customers only a sample of them (`sampling.some_lines`), of whom `customers` must tell; they are read
    by `company.table("customers", ..., buyers_of=orders)`.
    """
    lines, _ = sampling.some_lines(orders)
    revenue = lines.unit_price * lines.quantity
    if "discount" in lines.columns:
        revenue = revenue - lines.discount.fill_null(0)
    small = lines.group_by(["customer_id", "currency"]).aggregate(
        orders=(lines.line == 1).cast("int64").sum(), revenue=revenue.sum()
    )
    frame = small.to_pandas()
    unknown = sorted(set(frame["currency"].unique()) - set(usd_per_unit))
    if unknown:
        raise Refusal.because(f"no spend in USD for {', '.join(unknown)}", "there is no exchange rate", "add a rate")
    frame["spend_usd"] = frame["revenue"].astype(float) * frame["currency"].map(usd_per_unit).astype(float)
    known = frame.groupby("customer_id", as_index=False)[["orders", "spend_usd"]].sum()
    columns = [c for c in ("customer_id", "market", "cohort") if c in customers.columns]
    return known.merge(customers[columns], on="customer_id", how="left")


def monthly_exposure(
    events: pd.DataFrame, series: pd.MultiIndex | pd.Index, months: pd.DatetimeIndex, names: list[str]
) -> np.ndarray:
    """Share of each month that lies in an event: events x series x months, for `forecasting.calendar_factors`.

    `events`: date, end (inclusive days), market, event. The first level of `series` is the market.
    """
    markets = series.get_level_values(0) if isinstance(series, pd.MultiIndex) else series
    starts, ends = months.to_numpy(), (months + pd.offsets.MonthEnd(1)).to_numpy()
    length = (ends - starts) / np.timedelta64(1, "D") + 1
    exposure = np.zeros((len(names), len(markets), len(months)))
    for i, name in enumerate(names):
        rows = events[events["event"] == name]
        first = np.maximum(rows["date"].to_numpy()[:, None], starts[None, :])
        last = np.minimum(rows["end"].to_numpy()[:, None], ends[None, :])
        days = np.maximum((last - first) / np.timedelta64(1, "D") + 1, 0.0) / length
        by_market = pd.DataFrame(days).groupby(rows["market"].to_numpy()).sum().clip(upper=1.0)
        exposure[i] = by_market.reindex(markets).fillna(0.0).to_numpy()
    return exposure
