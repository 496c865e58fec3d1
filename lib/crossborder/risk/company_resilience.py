"""Concentration, outages, continuity and response computed from a company's own tables."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from crossborder.company.laid import laid_down
from crossborder.reference import exchange
from crossborder.risk import concentration, continuity, exposure, integrity, response

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = [
    "cases",
    "concentrations",
    "coverage",
    "customer_shares",
    "outages",
    "purchases_by",
    "readiness",
    "revenue_by",
    "supplier_watch",
    "yearly_revenue",
]


SPREAD = ["of", "parts", "top_1", "top_10", "top_tenth", "half_from"]
STEPS = 50
"""Steps of size for each factor of e by which parts are counted before they are sorted."""


class Tables(Protocol):
    """What is needed of a company."""

    as_of: pd.Timestamp

    def has(self, *names: str) -> bool:
        """Whether the tables are there."""

    def table(self, name: str) -> pd.DataFrame:
        """A table."""

    def optional(self, name: str) -> pd.DataFrame | None:
        """A table, or None."""

    def events(self, name: str) -> object:
        """An event table."""

    def kept(self, name: str, make: Callable[[], object]) -> object:
        """What `make` gives, worked out once."""


def revenue_by(company: Tables, by: str, *, days: int = 365) -> pd.Series:
    """Sales before returns of the last year by market, platform or sku, USD at the rates of the day."""
    parts = _sales(company, days)
    keys = list(dict.fromkeys([by, "currency"]))
    sums = parts.group_by(keys).aggregate(value=parts.value.sum()).to_pandas().dropna(subset=[by])
    codes, names = pd.factorize(sums["currency"])
    rates = exchange.convert(1.0, names.to_numpy(object), company.as_of)
    sums["usd"] = sums["value"].astype(float) * rates[codes]
    return sums.groupby(by)["usd"].sum()


def _recent(company: Tables, days: int) -> "Table":
    """Order lines of the last days with their value before returns, in the currency of the order."""
    orders = company.events("orders")
    day = pd.Timestamp(company.as_of).tz_localize("UTC")
    recent = orders.filter(orders.ordered_at >= day - pd.Timedelta(days=days))
    value = (recent.quantity * recent.unit_price - recent.discount.fill_null(0.0)).cast("float64")
    return recent.select("customer_id", "market", "platform", "sku", "currency", value=value)


def _sales(company: Tables, days: int) -> "Table":
    """Sums of `_recent` by market, platform, product and currency, once for all pages that ask for parts of them."""

    def made() -> "Table":
        lines = _recent(company, days)
        return laid_down(lines.group_by("market", "platform", "sku", "currency").aggregate(value=lines.value.sum()))

    return company.kept(f"risk.sales of {days} days", made)


def customer_shares(company: Tables, *, days: int = 365) -> pd.DataFrame:
    """How sales of the last year spread over customers and products: of, parts, top_1, top_10, top_tenth, half_from.

    `top_tenth` is the share of the largest tenth, `half_from` the share of parts that make half of the sales. Both
    are exact.
    """
    products = _sales(company, days)
    names = products.select("currency").distinct().to_pandas()["currency"].tolist()
    if not names:
        return pd.DataFrame(columns=SPREAD)
    rates = exchange.convert(1.0, np.array(names, object), company.as_of)
    sides = {
        "customers": _recent(company, days).select("currency", "value", part="customer_id"),
        "products": products.select("currency", "value", part="sku"),
    }
    rows = [(of, *_spread(lines, pd.DataFrame({"currency": names, "rate": rates}))) for of, lines in sides.items()]
    return pd.DataFrame([row for row in rows if len(row) > 1], columns=SPREAD)


def _spread(lines: "Table", rates: pd.DataFrame) -> tuple[float, ...]:
    """Parts, shares of the largest ones and of those that make half; empty without sales.

    The engine counts the parts in steps of 2 % of their size; only in the steps in which the tenth part, the last of
    the largest tenth and the one that completes the half lie are parts sorted.
    """
    import ibis

    # A table of rates is looked up in half the time that telling the currencies apart by cases takes.
    lines = lines.filter(lines.part.notnull()).join(ibis.memtable(rates), "currency")
    parts = lines.group_by("part").aggregate(usd=(lines.value * lines.rate).sum())
    parts = laid_down(parts.filter(parts.usd > 0).select("usd"))
    parts = parts.mutate(step=(parts.usd.ln() * STEPS).floor().cast("int64"))
    asked = parts.group_by("step").aggregate(parts=parts.count(), usd=parts.usd.sum(), most=parts.usd.max())
    steps = asked.to_pandas().sort_values("step", ascending=False, ignore_index=True).astype({"usd": float})
    if steps.empty:
        return ()
    count, total = int(steps["parts"].sum()), float(steps["usd"].sum())
    sought = {"ten": min(10, count), "tenth": max(count // 10, 1)}
    found = _within(parts, steps, sought, 0.5 * total)
    tops = (found[name] / total for name in sought)
    return (count, float(steps["most"].iloc[0]) / total, *tops, (found["half"] + 1) / count)


def _within(parts: "Table", steps: pd.DataFrame, sought: dict[str, int], half: float) -> dict[str, float]:
    """Sums of so many of the largest parts by name, and in `half` how many parts come before a sum of `half`."""
    import ibis

    above = steps[["parts", "usd"]].cumsum() - steps[["parts", "usd"]]
    places = {name: int((above["parts"] < wanted).sum()) - 1 for name, wanted in sought.items()}
    places["half"] = int((above["usd"] < half).sum()) - 1
    at = {name: int(steps["step"].iloc[place]) for name, place in places.items()}
    near = parts.filter(parts.step.isin(sorted(set(at.values()))))
    ranked = near.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=near.step, order_by=near.usd.desc())),
        up_to=near.usd.sum().over(ibis.cumulative_window(group_by=near.step, order_by=near.usd.desc())),
    )
    inside = {name: wanted - int(above["parts"].iloc[places[name]]) for name, wanted in sought.items()}
    sums = {n: ranked.usd.sum(where=(ranked.step == at[n]) & (ranked["rank"] < k)) for n, k in inside.items()}
    left = half - float(above["usd"].iloc[places["half"]])
    sums["half"] = ranked.count(where=(ranked.step == at["half"]) & (ranked.up_to < left))
    row = ranked.aggregate(**sums).to_pandas().iloc[0]
    found = {name: float(row[name] + above["usd"].iloc[places[name]]) for name in sought}
    return found | {"half": int(row["half"] + above["parts"].iloc[places["half"]])}


def yearly_revenue(company: Tables) -> float:
    """Revenue of the last year, USD: from the ledger, without one from the orders."""
    from crossborder.risk import company_totals

    ledger = company.optional("ledger")
    if ledger is not None:
        return company_totals.yearly(ledger, company.as_of)["revenue"]
    return float(revenue_by(company, "market").sum())


def purchases_by(company: Tables, by: str, *, days: int = 365) -> pd.Series:
    """Purchases of the last year by supplier_id or by a column of the suppliers table, USD."""
    bought = company.table("purchases")
    bought = bought[bought["ordered_on"] > company.as_of - pd.Timedelta(days=days)]
    amount = bought["quantity"].astype(float) * bought["unit_cost"].astype(float)
    usd = exchange.convert(amount.to_numpy(), bought["currency"].to_numpy(object), company.as_of)
    table = bought.assign(usd=usd)
    if by != "supplier_id":
        table = table.merge(company.table("suppliers")[["supplier_id", by]], on="supplier_id")
    return table.groupby(by)["usd"].sum()


def concentrations(
    company: Tables, *, country_cap: float, platform_cap: float, supplier_cap: float = 0.25
) -> pd.DataFrame:
    """Shares against caps: country of supply, supplier, platform, market; what the tables allow."""
    groups: dict[str, tuple[pd.Series, float]] = {}
    if company.has("purchases", "suppliers"):
        groups["country of supply"] = (purchases_by(company, "country"), country_cap)
        groups["supplier"] = (purchases_by(company, "supplier_id"), supplier_cap)
    if company.has("orders"):
        by_platform = revenue_by(company, "platform")
        if len(by_platform):
            groups["platform"] = (by_platform, platform_cap)
        groups["market"] = (revenue_by(company, "market"), country_cap)
    return concentration.caps_check(groups)


def outages(
    company: Tables, *, recovery_days: float, impact_cap: float, rng: np.random.Generator
) -> tuple[dict[str, object], pd.DataFrame] | tuple[None, None]:
    """Supplier network: simulated revenue lost to outages, and revenue at risk by supplier against the ceiling.

    Twice None without orders, products or suppliers.
    """
    if not company.has("orders", "products", "suppliers"):
        return None, None
    products, suppliers = company.table("products"), company.table("suppliers")
    by_sku = revenue_by(company, "sku")
    revenue = products.set_index("sku")["supplier_id"].to_frame().join(by_sku.rename("usd")).dropna()
    by_supplier = revenue.groupby("supplier_id")["usd"].sum()
    cover = _cover_days(company)
    found = continuity.outage_simulation(suppliers, by_supplier, recovery_days=recovery_days, cover_days=cover, rng=rng)
    ceiling = concentration.outage_impact(by_supplier, outage_days=recovery_days, cover_days=cover, cap=impact_cap)
    return {**found, "cover_days": cover}, ceiling


def _cover_days(company: Tables) -> float:
    """Days of sales that the stock of the last week covers; 0 without inventory."""
    inventory = company.optional("inventory")
    if inventory is None:
        return 0.0
    last = inventory["week"].max()
    recent = inventory[inventory["week"] > last - pd.Timedelta(weeks=13)]
    sold = float(recent["sold"].sum()) / 91
    return float(inventory.loc[inventory["week"] == last, "on_hand"].sum()) / sold if sold > 0 else 0.0


def coverage(company: Tables, *, target: float = 0.8) -> pd.DataFrame | None:
    """Categories by how much of their supply others could take over if the largest supplier fails.

    None without purchases or suppliers.
    """
    if not company.has("purchases", "suppliers"):
        return None
    bought = company.table("purchases")
    year = bought[bought["ordered_on"] > company.as_of - pd.Timedelta(days=365)]
    monthly = year.groupby("supplier_id")["quantity"].sum().astype(float) / 12
    return continuity.coverage_by_category(company.table("suppliers"), monthly, target=target)


def readiness(company: Tables, revenue_usd: float) -> tuple[pd.DataFrame, ...] | None:
    """Incidents against the four-level clock, plans at hand by kind, and root causes that came back.

    None without incidents.
    """
    if not company.has("incidents"):
        return None
    incidents = company.table("incidents")
    timed = response.clock(incidents, revenue_year_usd=revenue_usd)
    timed = timed.rename(columns={"level": "response_level"})
    levels = timed.groupby(["response_level", "owner", "plan_hours"], as_index=False).agg(
        incidents=("within", "size"), within_target=("within", "mean"), loss_usd=("loss_usd", "sum")
    )
    return levels, response.library_coverage(incidents), response.recurrence(incidents)


def supplier_watch(company: Tables) -> pd.DataFrame | None:
    """Suppliers by expected loss from default: supplier_id, country, probability, exposure_usd, expected_usd, grade.

    None without purchases or suppliers.
    """
    if not company.has("purchases", "suppliers"):
        return None
    suppliers = company.table("suppliers")
    exposed = purchases_by(company, "supplier_id") / 4
    found = integrity.default_exposure(suppliers, exposed)
    sides = suppliers.set_index("supplier_id")[["environment_score", "social_score", "traceability"]].astype(float)
    from crossborder.risk.compliance import seller_grade

    grades = seller_grade(sides)["grade"]
    table = found.merge(suppliers[["supplier_id", "country"]], on="supplier_id")
    return table.assign(grade=table["supplier_id"].map(grades))


def cases(company: Tables, revenue_usd: float) -> pd.DataFrame:
    """Value of being prepared, from the company's size: case, cost_usd, avoided_usd, net_usd.

    Bringing stock in before a duty rises by 12 points; a refund in a crisis that keeps customers; answering a rival's
    price cut after one day instead of seven.
    """
    duty = exposure.tariff_response(revenue_usd / 12 / 40, 12.0, duty_before=0.20, duty_after=0.32, stock_months=2.0)
    refund = exposure.crisis_compensation(
        200, refund_usd=25, lifetime_value_usd=90, churn_without=0.6, churn_with=0.2, replacement_usd=8
    )
    slow = exposure.reaction_loss(revenue_usd * 0.25 / 365, 0.05, {"one day": 1, "one week": 7})["loss_usd"]
    rows = [
        ("stock before a duty rise", duty["holding_usd"], duty["avoided_usd"], duty["net_usd"]),
        ("refund and replacement in a crisis", refund["cost_usd"], refund["kept_usd"], refund["net_usd"]),
        ("answer a price cut within a day", 0.0, float(slow[1] - slow[0]), float(slow[1] - slow[0])),
    ]
    return pd.DataFrame(rows, columns=["case", "cost_usd", "avoided_usd", "net_usd"])
