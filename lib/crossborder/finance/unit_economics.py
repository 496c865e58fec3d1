"""Does each order earn: the waterfall from price to profit, what advertising may cost, and why the margin moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "COSTS",
    "MarginStack",
    "break_even_advertising",
    "margin_bridge",
    "margin_stack",
    "margin_trends",
    "platform_comparison",
    "waterfall",
]

# Cost lines of an order, in the order of the bill, USD an order; `resold` (goods back on the shelf) is below zero.
COSTS = (
    "discount", "sales_tax", "refund", "product", "inland", "freight", "insurance", "duty", "brokerage", "platform_fee",
    "fulfilment", "last_mile", "returns_handling", "resold", "advertising", "service", "compliance",
)  # fmt: skip

FEWEST_MONTHS = 6


def waterfall(orders: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Contribution an order, from list price to what is left, for each group of `by`.

    Parameters
    ----------
    orders : one row a product x market x channel (or finer): `orders` (count), `price` and the cost columns of `COSTS`
        that apply, all USD in total (not an order); what is not there counts as zero and is named in `attrs`.

    Returns
    -------
    One row a group: orders, price, each cost, contribution (USD an order) and margin (of net sales: price less
    discount, sales tax and refund). The parts sum to the contribution exactly.
    """
    if not {"orders", "price", *by} <= set(orders.columns):
        raise InputError.missing_columns("orders", {"orders", "price", *by} - set(orders.columns), orders.columns)
    present = [name for name in COSTS if name in orders.columns]
    sums = orders.groupby(list(by), sort=False, observed=True) if by else orders.assign(_all=0).groupby("_all")
    table = sums[["orders", "price", *present]].sum().reset_index()
    table = table.drop(columns="_all", errors="ignore")
    money = ["price", *present]
    table[money] = table[money].div(table["orders"].where(table["orders"] > 0), axis=0)
    table["contribution"] = table["price"] - table[present].sum(axis=1)
    given_back = [name for name in ("discount", "sales_tax", "refund") if name in present]
    table["net_sales"] = table["price"] - table[given_back].sum(axis=1)
    table["margin"] = table["contribution"] / table["net_sales"].where(table["net_sales"] > 0)
    table.attrs["not_included"] = [name for name in COSTS if name not in present]
    return table


def margin_trends(orders: pd.DataFrame, by: Sequence[str] = (), *, level: float = 0.9) -> pd.DataFrame:
    """How the contribution margin moves: each month against the same month a year before, so that the season drops out.

    `orders` as for `waterfall`, with a month, over more than a year. One row for all and one for each value of each
    column of `by`: grouping, type, months compared, margin_before and margin (of all those months), points_year (mean
    change, fraction of net sales) with low and high (t interval of the mean) and direction: "rising", "falling", or
    "not told apart" where the interval holds zero. Raises Refusal where no group has six months to compare.
    """
    from scipy.stats import t as student

    if "month" not in orders or not set(by) <= set(orders.columns):
        raise InputError.missing_columns("orders", {"month", *by} - set(orders.columns), orders.columns)
    labels = [("all", pd.Series("all", orders.index)), *((name, orders[name]) for name in by)]
    parts = []
    for grouping, values in labels:
        monthly = waterfall(orders.assign(type=values), by=["type", "month"])
        earlier = monthly.assign(month=monthly["month"] + pd.DateOffset(years=1))
        both = monthly.merge(earlier, on=["type", "month"], suffixes=("", "_before"))
        parts.append(both.assign(grouping=grouping, change=both["margin"] - both["margin_before"]))
    grouped = pd.concat(parts, ignore_index=True).groupby(["grouping", "type"], sort=False)
    table = grouped["change"].agg(months="count", points_year="mean", spread="std").reset_index()
    for name in ("margin_before", "margin"):
        table[name] = grouped[name].mean().to_numpy()
    table = table[table["months"] >= FEWEST_MONTHS].reset_index(drop=True)
    if table.empty:
        raise Refusal.because(
            "no trend of the margin", f"no type has {FEWEST_MONTHS} months with the same month a year before",
            "take more than a year and a half of orders",
        )  # fmt: skip
    half = student.ppf((1 + level) / 2, table["months"] - 1) * table["spread"] / np.sqrt(table["months"])
    table["low"], table["high"] = table["points_year"] - half, table["points_year"] + half
    table["direction"] = np.select([table["low"] > 0, table["high"] < 0], ["rising", "falling"], "not told apart")
    columns = ["grouping", "type", "months", "margin_before", "margin", "points_year", "low", "high", "direction"]
    return table[columns]


@dataclass(frozen=True)
class MarginStack:
    """Whether cost shares leave anything: their sum, what is left, and by how much each must fall for the target."""

    total: float
    left: float
    feasible: bool
    table: pd.DataFrame


def margin_stack(shares: Mapping[str, float], target_margin: float = 0.0) -> MarginStack:
    """Cost shares of price against 100 % less the target margin.

    The table gives, for each cost, the share to which it would have to fall alone (below zero: it alone cannot mend
    it), and its part of a cut in proportion.
    """
    bad = {name: value for name, value in shares.items() if not np.isfinite(value) or value < 0}
    if bad or not shares:
        raise InputError.out_of_range("cost shares", bad or dict(shares), "at least one fraction of at least 0")
    total = float(sum(shares.values()))
    gap = total + target_margin - 1
    rows = [
        (name, value, value - max(gap, 0), value * (1 - max(gap, 0) / total if total else 1))
        for name, value in shares.items()
    ]
    table = pd.DataFrame(rows, columns=["cost", "share", "alone_it_must_be", "in_proportion"])
    return MarginStack(total, 1 - total, gap <= 1e-12, table)


def break_even_advertising(contribution_before_ads: float | np.ndarray, net_sales: float | np.ndarray) -> pd.DataFrame:
    """What advertising may cost before an order loses money.

    `acos` is ad cost over net sales (the break-even share), `roas` its inverse, `cost_per_order` in the unit of the
    inputs. An order that loses money before advertising has an ACoS of 0 and an infinite ROAS.
    """
    margin = np.asarray(contribution_before_ads, dtype=float)
    sales = np.asarray(net_sales, dtype=float)
    if np.any(sales <= 0):
        raise InputError.out_of_range("net_sales", float(np.min(sales)), "above 0")
    acos = np.maximum(margin / sales, 0)
    with np.errstate(divide="ignore", over="ignore"):
        roas = np.where(acos > 0, 1 / np.where(acos > 0, acos, 1), np.inf)
    return pd.DataFrame(
        {
            "acos": np.atleast_1d(acos),
            "roas": np.atleast_1d(roas),
            "cost_per_order": np.atleast_1d(np.maximum(margin, 0)),
        }
    )


def advertising_room(orders: pd.DataFrame) -> pd.DataFrame:
    """Advertising of each market beside what it may cost: ACoS and ROAS as they are and at break-even.

    `orders` as for `waterfall`, with a market; without advertising only the break-even is known. Columns: market,
    net_sales_usd, ads_usd, acos, break_even_acos, roas, break_even_roas.
    """
    table = waterfall(orders, by=["market"])
    spent = table["advertising"] if "advertising" in table else pd.Series(np.nan, table.index)
    net = table["net_sales"] * table["orders"].astype(float)
    ads = spent * table["orders"].astype(float)
    limits = break_even_advertising(table["contribution"] + spent.fillna(0.0), table["net_sales"])
    return pd.DataFrame(
        {
            "market": table["market"],
            "net_sales_usd": net,
            "ads_usd": ads,
            "acos": ads / net,
            "break_even_acos": limits["acos"].to_numpy(),
            "roas": net / ads.where(ads > 0),
            "break_even_roas": limits["roas"].to_numpy(),
        }
    ).sort_values(["acos", "break_even_acos"], ascending=[False, True], ignore_index=True)


def share_stack(orders: pd.DataFrame, fixed_cost_usd: Mapping[str, float], target_margin: float) -> MarginStack:
    """The company's cost shares of net sales, those of orders and those of fixed cost, stacked against a target.

    Goods that came back to the shelf count against the product's cost.

    `orders` as for `waterfall`; `fixed_cost_usd` maps a fixed cost of the same period (payroll, rent) to its amount.
    """
    row = waterfall(orders).iloc[0]
    aside = ("discount", "sales_tax", "refund", "resold")
    if {"product", "resold"} <= set(row.index):
        row["product"] += row["resold"]
    shares = {name: max(row[name], 0.0) / row["net_sales"] for name in COSTS if name in row.index and name not in aside}
    net = row["net_sales"] * float(row["orders"])
    return margin_stack(shares | {name: amount / net for name, amount in fixed_cost_usd.items()}, target_margin)


def platform_comparison(order: Mapping[str, float], platforms: pd.DataFrame, orders_month: float) -> pd.DataFrame:
    """Fees of one and the same order on each platform: commission, payment, fulfilment, last mile, fixed fee, float.

    `order` holds price (USD without sales tax) and capital_rate_year (fraction); `platforms` the rows of the table
    `platforms` in USD. The payout delay costs interest on the price. Sorted by the fee of an order, cheapest first.
    """
    price = order["price"]
    table = platforms[["platform", "market", "kind"]].copy()
    table["commission"] = price * platforms["commission_rate"]
    table["payment"] = price * platforms["payment_rate"]
    table["fulfilment"] = platforms["fulfilment_fee_unit"] + platforms["last_mile_unit"]
    table["fixed"] = platforms["fixed_fee_month"] / max(orders_month, 1)
    table["payout_delay"] = price * order["capital_rate_year"] * platforms["payout_delay_days"].astype(float) / 365
    parts = ["commission", "payment", "fulfilment", "fixed", "payout_delay"]
    table["fee"] = table[parts].sum(axis=1)
    table["fee_share"] = table["fee"] / price
    return table.sort_values("fee", kind="stable").reset_index(drop=True)


def margin_bridge(before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Why the gross margin (USD) moved from one period to the next: volume, mix, price, cost, exchange rate.

    Both frames: `key` columns, units, price_local, fx (USD a unit of local money), cost_usd (a piece). Rows of either
    period only (new and ended products) count in mix. The effects, in the order in which they are taken:

    volume  (all units - all units before) at the margin before
    mix     the shift between rows, at each row's margin before less the average
    price   change of the local price at the fx before
    fx      change of the rate at the new local price
    cost    change of the unit cost

    and sum exactly to the change. Source: the sales-margin variances of Horngren, Cost Accounting, chapter 14,
    with price split into local price and rate.
    """
    columns = ["units", "price_local", "fx", "cost_usd"]
    for name, frame in (("before", before), ("after", after)):
        if not {*key, *columns} <= set(frame.columns):
            raise InputError.missing_columns(name, {*key, *columns} - set(frame.columns), frame.columns)
    rows = before.merge(after, on=list(key), how="outer", suffixes=("_0", "_1"), validate="one_to_one")
    units_0, units_1 = rows["units_0"].fillna(0).astype(float), rows["units_1"].fillna(0).astype(float)
    # A product of one period only keeps that period's price, rate and cost: its whole effect is mix.
    values = {
        name: (rows[f"{name}_0"].fillna(rows[f"{name}_1"]), rows[f"{name}_1"].fillna(rows[f"{name}_0"]))
        for name in columns[1:]
    }
    (price_0, price_1), (fx_0, fx_1), (cost_0, cost_1) = (values[name] for name in columns[1:])
    margin_0 = price_0 * fx_0 - cost_0
    total_0, total_1 = units_0.sum(), units_1.sum()
    average = (units_0 * margin_0).sum() / total_0 if total_0 else 0.0
    effects = {
        "volume": (total_1 - total_0) * average,
        "mix": ((units_1 - units_0) * margin_0).sum() - (total_1 - total_0) * average,
        "price": (units_1 * (price_1 - price_0) * fx_0).sum(),
        "exchange rate": (units_1 * price_1 * (fx_1 - fx_0)).sum(),
        "cost": -(units_1 * (cost_1 - cost_0)).sum(),
    }
    start = (units_0 * margin_0).sum()
    steps = [("margin before", start), *effects.items(), ("margin after", (units_1 * (price_1 * fx_1 - cost_1)).sum())]
    return pd.DataFrame(steps, columns=["step", "usd"])
