"""What can be right but seldom is: amounts in another unit, dates that stand alone, orders that do not hang together.

No single cell is wrong here; tables are held against each other, and the ratio is off by more than any trade explains.
Every finding is a warning with the ratio measured, and the table stays in use.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import event_checks, files
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.tables import TABLES

if TYPE_CHECKING:
    import ibis

__all__ = ["implausible", "price_ratios"]

# Shops sell at 1.2 to 10 times the purchase price; cents for dollars are a factor of 100, most currency mix-ups more.
MARKUP = (0.15, 40.0)
BETWEEN_CELLS = 15.0  # the same product in two markets
DENSITY = (3.0, 25_000.0)  # kg per cubic metre: foam and osmium
TYPICAL_DENSITY = (8.0, 6_000.0)  # the median product with its package
FAR = 50.0  # a price against the product's own median
ALONE_DAYS = 400  # a last order so long after the others is a wrong date


def implausible(folder: Path, frames: dict[str, pd.DataFrame], broken: set[str]) -> list[Problem]:
    """The warnings for a company's folder; tables that are `broken` are not asked."""
    problems = []
    products = frames.get("products") if "products" not in broken else None
    if products is not None:
        problems += _densities(products, files.locate(folder, "products").name)
    path = files.locate(folder, "orders")
    if path is not None and "orders" not in broken:
        orders = event_checks.typed_events(files.open_lazy(path, TABLES["orders"]), TABLES["orders"])
        problems += _orders(orders, path.name, products)
    if "ad_spend" in frames and "ad_spend" not in broken:
        problems += _clicks(frames["ad_spend"], files.locate(folder, "ad_spend").name)
    return problems


def price_ratios(prices: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Median over products of price against purchase cost, in USD, by market and currency; currencies without a rate
    are left out. `prices` has sku, market, currency and the median price."""
    cost = products.dropna(subset=["unit_cost"]).query("unit_cost > 0")
    joined = prices.merge(cost[["sku", "unit_cost", "currency"]], on="sku", suffixes=("", "_cost"))
    usd = _usd_per_unit()
    price = joined["price"] * joined["currency"].map(usd)
    joined["ratio"] = price / (joined["unit_cost"] * joined["currency_cost"].map(usd))
    joined = joined[joined["ratio"] > 0]
    cells = joined.groupby(["market", "currency"], as_index=False).agg(
        ratio=("ratio", "median"), skus=("sku", "nunique")
    )
    return cells.astype({"ratio": "float64"})


@cache
def _usd_per_unit() -> pd.Series:
    """A rough rate for each currency, the median of the years that the reference covers last."""
    from crossborder.reference import exchange

    covered = exchange.coverage()
    known = covered.loc[covered["status"].isin(["live", "pegged", "own"]), "currency"].tolist()
    return exchange.rates(known, "USD", partial=True).tail(750).median().dropna()


def _warning(file: str, table: str, column: str, rule: str, remedy: str, **where) -> Problem:
    return Problem.of(file, table, column, rule, remedy, severity="warning", **{"count": 1, **where})


def _densities(products: pd.DataFrame, file: str) -> list[Problem]:
    volume = products["length_cm"] * products["width_cm"] * products["height_cm"] / 1e6
    density = (products["weight_kg"] / volume).replace(np.inf, np.nan)
    if density.notna().sum() == 0:
        return []
    median = float(density.median())
    remedy = "weigh in kilograms and measure the packed sides in centimetres"
    if not TYPICAL_DENSITY[0] <= median <= TYPICAL_DENSITY[1]:
        guess = (
            "grams for kilograms, or metres for centimetres" if median > 1 else "millimetres for centimetres, or tonnes"
        )
        rule = f"the median product weighs {median:,.3g} kg per cubic metre with its package: {guess}?"
        return [_warning(file, "products", "weight_kg", rule, remedy)]
    odd = ((density < DENSITY[0]) | (density > DENSITY[1])).to_numpy()
    if not odd.any():
        return []
    rule = (
        f"weighs less than {DENSITY[0]:g} or more than {DENSITY[1]:,.0f} kg per cubic metre: another unit in this row?"
    )
    rows = odd.nonzero()[0] + 2
    return [
        _warning(file, "products", "weight_kg", rule, remedy, rows=rows, values=products["weight_kg"][odd], count=0)
    ]


def _orders(orders: "ibis.Table", file: str, products: pd.DataFrame | None) -> list[Problem]:
    prices = _prices(orders)
    if prices.empty:
        return []
    problems = _levels(prices, products, file) + _far_from_median(orders, file)
    problems += _in_total(orders, file) + _torn(orders, file)
    if products is not None:
        problems += _strangers(orders, products, file)
    return problems


def _prices(orders: "ibis.Table") -> pd.DataFrame:
    paid = orders.filter(orders.unit_price > 0)
    return paid.group_by(["sku", "market", "currency"]).aggregate(price=paid.unit_price.median()).to_pandas()


def _levels(prices: pd.DataFrame, products: pd.DataFrame | None, file: str) -> list[Problem]:
    """Prices of a whole market in another unit: against the purchase cost, else against the other markets."""
    remedy = "prices stand in whole units of the row's currency (dollars, not cents), like unit_cost in products"
    if products is not None:
        cells = price_ratios(prices, products)
        odd = cells[(cells["ratio"] > MARKUP[1]) | (cells["ratio"] < MARKUP[0])]
        if len(odd) and len(odd) == len(cells):
            rule = (
                f"is {cells['ratio'].median():,.3g} times the purchase cost at the median: cents, or another currency?"
            )
            return [_warning(file, "orders", "unit_price", rule, remedy)]
        if len(cells):
            return [
                _warning(file, "orders", "unit_price", _cell_rule(one, "purchase cost"), remedy)
                for one in odd.itertuples()
            ]
    usd = _usd_per_unit()
    prices = prices.assign(usd=prices["price"] * prices["currency"].map(usd)).dropna(subset=["usd"])
    prices["ratio"] = prices["usd"] / prices.groupby("sku")["usd"].transform("median")
    cells = prices.groupby(["market", "currency"], as_index=False).agg(
        ratio=("ratio", "median"), skus=("sku", "nunique")
    )
    odd = cells[(cells["ratio"] > BETWEEN_CELLS) | (cells["ratio"] < 1 / BETWEEN_CELLS)]
    return [
        _warning(file, "orders", "unit_price", _cell_rule(one, "price elsewhere"), remedy) for one in odd.itertuples()
    ]


def _cell_rule(cell, against: str) -> str:
    return (
        f"in market {cell.market} with currency {cell.currency} is {cell.ratio:,.3g} times the {against} "
        f"(median of {cell.skus} products): another unit or currency?"
    )


def _far_from_median(orders: "ibis.Table", file: str) -> list[Problem]:
    """Single lines whose price is far from the product's own median in the same currency."""
    paid = orders.filter(orders.unit_price > 0)
    usual = paid.group_by(["sku", "currency"]).aggregate(usual_=paid.unit_price.median(), lines_=paid.count())
    usual = usual.filter(usual.lines_ >= 4)
    import ibis

    numbered = orders.select("sku", "currency", "unit_price", row_=ibis.row_number() + 2)
    held = numbered.inner_join(usual, ["sku", "currency"])
    far = held.filter(
        (held.unit_price > FAR * held.usual_) | ((held.unit_price > 0) & (held.unit_price * FAR < held.usual_))
    )
    count = int(far.count().to_pandas())
    if not count:
        return []
    first = far.order_by("row_").select("row_", "unit_price").limit(FIRST_ROWS).to_pandas()
    rule = f"is more than {FAR:g} times off the product's median price in the same currency"
    remedy = "look for cents, a slipped decimal point or another currency in these lines"
    rows, values = first["row_"].tolist(), first["unit_price"].tolist()
    return [_warning(file, "orders", "unit_price", rule, remedy, rows=rows, values=values, count=count)]


def _in_total(orders: "ibis.Table", file: str) -> list[Problem]:
    """Amounts, promises and days that are odd over all lines, asked in one pass."""
    import ibis

    amount = orders.quantity * orders.unit_price
    day = orders.ordered_at.date().delta(ibis.date(1970, 1, 1), unit="day")
    days = {"first": day.min(), "last": day.max(), "low": day.quantile(0.02), "high": day.quantile(0.98)}
    asked = {name: orders[name].max(where=orders[name] > 0) for name in ("discount", "tax")}
    asked |= {"amount": amount.median(where=amount > 0), "promised": orders.promised_days.median(), **days}
    one = orders.aggregate(**asked).to_pandas().iloc[0].astype("float64")
    problems = []
    for name in ("discount", "tax"):
        if one[name] < 1 and one["amount"] > 5:
            rule = f"is at most {one[name]:.3g}, lines are worth {one['amount']:,.3g}: a rate where money belongs?"
            problems.append(_warning(file, "orders", name, rule, "write the money on the whole line, not the share"))
    if one["promised"] > 120:
        rule = f"is {one['promised']:,.0f} days at the median: hours for days?"
        problems.append(_warning(file, "orders", "promised_days", rule, "write the promise in days"))
    ends = ((one["last"] - one["high"], one["last"], "after"), (one["low"] - one["first"], one["first"], "before"))
    for gap, at, word in ends:
        if gap > ALONE_DAYS and gap > 1.5 * (one["high"] - one["low"]):
            rule = f"has orders {gap:,.0f} days {word} 98 % of the others: a wrong year?"
            remedy = "correct the date; the last order sets the company's day unless company.yaml gives as_of"
            values = [pd.Timestamp(at, unit="D").date()]
            problems.append(_warning(file, "orders", "ordered_at", rule, remedy, values=values))
    return problems


def _torn(orders: "ibis.Table", file: str) -> list[Problem]:
    """Orders whose lines disagree on what an order has only one of, and orders without a first line."""
    kinds = {"currency": orders.currency, "market": orders.market, "customer_id": orders.customer_id}
    # The ends tell whether there are two; sets of all that each order holds would take twice as long.
    asked = {name: column.min() < column.max() for name, column in kinds.items()} | {"line": orders.line.min() > 1}
    groups = orders.group_by("order_id").aggregate(**asked)
    differ = "one order has one currency, one market and one customer: an order number used twice?"
    first = "number the lines of each order from 1: orders are counted by their first lines"
    words = {name: ("differs between the lines of an order", differ) for name in kinds}
    words["line"] = ("does not begin at 1", first)
    sums = groups.aggregate(**{name: groups[name].sum().fill_null(0) for name in words}).to_pandas()
    problems = []
    for name, (rule, remedy) in words.items():
        if count := int(sums[name].iloc[0]):
            sample = groups.filter(groups[name]).order_by("order_id").limit(FIRST_ROWS).to_pandas()["order_id"]
            told = f"{rule}, in {count} orders"
            problems.append(_warning(file, "orders", name, told, remedy, values=sample, count=count))
    return problems


def _strangers(orders: "ibis.Table", products: pd.DataFrame, file: str) -> list[Problem]:
    """Orders of products that are not in the list, and orders before the product was on sale."""
    import ibis

    known = products[["sku", "launched_on"]].dropna(subset=["sku"]).drop_duplicates("sku")
    listed = ibis.memtable(
        pd.DataFrame({"sku_": known["sku"].astype("str"), "launched_": known["launched_on"].dt.strftime("%Y-%m-%d")}),
        schema={"sku_": "string", "launched_": "string"},
    )
    numbered = orders.select("sku", day_=orders.ordered_at.date(), row_=ibis.row_number() + 2)
    held = numbered.left_join(listed, numbered.sku == listed.sku_)
    held = held.mutate(early_=held.day_ < held.launched_.cast("date") - ibis.interval(days=1), lost_=held.sku_.isnull())
    flags = {flag: held[flag].sum().fill_null(0) for flag in ("lost_", "early_")}
    counts = files.engine().to_pandas(held.aggregate(**flags)).iloc[0]
    problems = []
    for flag, column, rule, remedy in (
        (
            "lost_",
            "sku",
            "is not in products.sku",
            "add the product; without it the lines have no cost, weight or category",
        ),
        (
            "early_",
            "ordered_at",
            "lies before the product's launched_on",
            "correct the date, or launched_on in products",
        ),
    ):
        count, bad = int(counts[flag]), held.filter(held[flag])
        if count:
            cell = bad.sku if column == "sku" else bad.day_.cast("string")
            first = files.engine().to_pandas(bad.select("row_", cell_=cell).order_by("row_").limit(FIRST_ROWS))
            rows, values = first["row_"].tolist(), first["cell_"].tolist()
            problems.append(_warning(file, "orders", column, rule, remedy, rows=rows, values=values, count=count))
    return problems


def _clicks(spend: pd.DataFrame, file: str) -> list[Problem]:
    usd = spend["spend"] * spend["currency"].map(_usd_per_unit())
    clicks = spend["clicks"].where(spend["clicks"] > 0).astype("float64")
    cost = float((usd / clicks).median())
    if not cost > 200:
        return []
    rule = f"is {cost:,.0f} USD a click at the median: micros or cents?"
    return [_warning(file, "ad_spend", "spend", rule, "write whole units of the currency (micros / 1,000,000)")]
