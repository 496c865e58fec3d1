"""Concentration, outages, continuity and response computed from a company's own tables."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

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


def revenue_by(company: Tables, by: str, *, days: int = 365) -> pd.Series:
    """Sales before returns of the last year by market, platform or sku, USD at the rates of the day."""
    orders = company.events("orders")
    recent = orders.filter(
        orders.ordered_at >= pd.Timestamp(company.as_of).tz_localize("UTC") - pd.Timedelta(days=days)
    )
    value = (recent.quantity * recent.unit_price - recent.discount.fill_null(0.0)).sum()
    keys = list(dict.fromkeys([by, "currency"]))
    sums = recent.group_by(keys).aggregate(value=value).to_pandas().dropna(subset=[by])
    codes, names = pd.factorize(sums["currency"])
    rates = exchange.convert(1.0, names.to_numpy(object), company.as_of)
    sums["usd"] = sums["value"].astype(float) * rates[codes]
    return sums.groupby(by)["usd"].sum()


def customer_shares(company: Tables, *, days: int = 365) -> pd.DataFrame:
    """How sales of the last year spread over customers and products: of, parts, top_1, top_10, top_tenth, half_from.

    `top_tenth` is the share of the largest tenth, `half_from` the share of parts that make half of the sales.
    """
    rows = [(of, *_spread(company, by, days)) for by, of in (("customer_id", "customers"), ("sku", "products"))]
    names = ["of", "parts", "top_1", "top_10", "top_tenth", "half_from"]
    return pd.DataFrame([row for row in rows if len(row) > 1], columns=names)


def _spread(company: Tables, by: str, days: int) -> tuple[float, ...]:
    """Parts, shares of the largest ones and of those that make half, ranked in the engine; empty without sales."""
    orders = company.events("orders")
    day = pd.Timestamp(company.as_of).tz_localize("UTC")
    recent = orders.filter((orders.ordered_at >= day - pd.Timedelta(days=days)) & orders[by].notnull())
    # Sorted here: Spark's form of a sorted distinct keeps the filter's column, and with it a row a part.
    names = sorted(recent.select("currency").distinct().to_pandas()["currency"].tolist())
    if not names:
        return ()
    rates = list(zip(names, exchange.convert(1.0, np.array(names, object), company.as_of).tolist(), strict=True))
    value = (recent.quantity * recent.unit_price - recent.discount.fill_null(0.0)).cast("float64")
    parts = recent.group_by(part=recent[by]).aggregate(usd=(value * recent.currency.cases(*rates)).sum())
    return _ranked(parts.filter(parts.usd > 0))


def _ranked(parts: "Table") -> tuple[float, ...]:
    """`_spread` of a table of part and usd."""
    import ibis

    largest = ibis.window(order_by=[parts.usd.desc(), parts.part])
    ranked = parts.mutate(
        rank=ibis.row_number().over(largest),
        above=parts.usd.sum().over(ibis.cumulative_window(order_by=[parts.usd.desc(), parts.part])),
        count=parts.count().over(ibis.window()),
        total=parts.usd.sum().over(ibis.window()),
    )
    tenth = ibis.greatest((ranked["count"] / 10).floor(), 1)
    found = ranked.aggregate(
        parts=ranked.count(),
        total=ranked.usd.sum(),
        first=ranked.usd.max(),
        ten=ranked.usd.sum(where=ranked["rank"] < 10),
        tenth=ranked.usd.sum(where=ranked["rank"] < tenth),
        before_half=ranked.count(where=ranked.above < 0.5 * ranked.total),
    )
    row = found.to_pandas().iloc[0]
    if not row["parts"]:
        return ()
    shares = (float(row[name] / row["total"]) for name in ("first", "ten", "tenth"))
    return (int(row["parts"]), *shares, (row["before_half"] + 1) / row["parts"])


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
