"""Controls, drills, marks, sharing and detours of one company, from its own tables; None where a table is absent."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.risk import collaboration, control_tests, response
from crossborder.risk.company_resilience import purchases_by, revenue_by

__all__ = [
    "DETOUR_DAYS",
    "ControlPage",
    "ReadinessPage",
    "control_page",
    "detours",
    "mark_gaps",
    "readiness_page",
    "sharing",
]

DETOUR_DAYS = 15.0  # a large ship's way round the Cape with congestion; assumption, grade C


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


@dataclass(frozen=True)
class ControlPage:
    """Controls of a company: each alone, fraud controls together, the three lines, the maturity of the programme."""

    controls: pd.DataFrame
    fraud: pd.DataFrame | None
    lines: pd.DataFrame
    through: tuple[float, float, float]
    layers: pd.DataFrame | None
    maturity: dict[str, float]


@dataclass(frozen=True)
class ReadinessPage:
    """Drills and restores against their clocks, orders lost between backups, and the gain in noticing incidents."""

    drills: pd.DataFrame | None
    lost: dict[str, float] | None
    noticed: dict[str, float] | None


def control_page(company: Tables, *, level: float = 0.9, rng: np.random.Generator) -> ControlPage | None:
    """All that tests of controls say; None without the table control_tests."""
    tests = company.optional("control_tests")
    if tests is None:
        return None
    day = company.as_of
    lines, through = control_tests.defence(tests, day, level=level, rng=rng)
    fraud = (tests["kind"] == "fraud").any()
    together = control_tests.joint_defence(tests, day, level=level, rng=rng) if fraud else None
    try:
        layers, maturity = control_tests.maturity_path(tests, day, level=level, rng=rng)
    except Refusal:
        # Less than two years of tests: the layers have no path yet.
        layers, maturity = None, {}
    return ControlPage(control_tests.controls(tests, day, level=level), together, lines, through, layers, maturity)


def mark_gaps(company: Tables) -> pd.DataFrame | None:
    """Trade marks by market and class against last year's sales; None without trade_marks or orders."""
    if not company.has("trade_marks", "orders"):
        return None
    return control_tests.mark_cover(company.table("trade_marks"), revenue_by(company, "market"), company.as_of)


def readiness_page(
    company: Tables, *, backup_hours: float, rpo_hours: float, level: float = 0.9, rng: np.random.Generator
) -> ReadinessPage:
    """Drills, backups and the time to notice; the parts whose tables are absent are None."""
    tests = company.optional("control_tests")
    timed = None if tests is None else tests.dropna(subset=["took_hours"])
    shown = None
    if timed is not None and len(timed):
        shown = control_tests.drills(timed, rpo_hours=rpo_hours, backup_hours=backup_hours, level=level)
    lost = None
    if company.has("orders"):
        orders = company.events("orders")
        recent = orders.filter(orders.ordered_at >= _utc(company.as_of - pd.Timedelta(days=365)))
        # An order has one first line, so that no names need to be told apart.
        hourly = recent.group_by(hour=recent.ordered_at.truncate("h")).aggregate(n=(recent.line == 1).sum())
        counts = hourly.to_pandas().set_index("hour")["n"].sort_index()
        every = pd.date_range(counts.index.min(), counts.index.max(), freq="h")
        lost = control_tests.lost_between_backups(counts.reindex(every, fill_value=0), backup_hours, rng=rng)
    return ReadinessPage(shown, lost, _noticed(company.optional("incidents"), level, rng))


def _noticed(incidents: pd.DataFrame | None, level: float, rng: np.random.Generator) -> dict[str, float] | None:
    """The gain in noticing; None without incidents, or with too few to compare."""
    if incidents is None:
        return None
    try:
        return response.noticing_gain(incidents, level=level, rng=rng)
    except Refusal:
        return None


def sharing(company: Tables, *, level: float = 0.9, rng: np.random.Generator) -> pd.DataFrame | None:
    """What sharing with suppliers would save a year; None without purchases or shipments or enough incidents."""
    if not company.has("purchases", "incidents"):
        return None
    sent = company.optional("shipments")
    late = 0.0
    if sent is not None:
        arrived = sent.dropna(subset=["arrived_on"])
        late = float((arrived["arrived_on"] > arrived["promised_on"]).mean())
    incidents = company.table("incidents")
    years = max((company.as_of - incidents["started_on"].min()).days / 365.25, 0.25)
    bought = float(purchases_by(company, "supplier_id").sum())
    try:
        return collaboration.sharing_value(incidents, bought, late, years=years, level=level, rng=rng)
    except Refusal:
        return None


def detours(
    company: Tables,
    revenue_usd: float,
    *,
    delay_days: float = DETOUR_DAYS,
    margin: float = 0.25,
    rng: np.random.Generator,
) -> pd.DataFrame | None:
    """Plans for a longer sea route, summed over the markets that have them; None without lanes, shipments or stock.

    Columns: plan, markets, freight_usd, lost_usd, cost_usd, low, high; the last row takes the best plan of each market.
    """
    if not company.has("lanes", "shipments", "inventory", "orders"):
        return None
    lanes, sent = company.table("lanes"), company.table("shipments")
    usual = sent[sent["shipped_on"] > company.as_of - pd.Timedelta(days=365)].merge(lanes[["lane_id", "mode"]])
    sea = usual[usual["mode"] == "sea"].groupby("market")[["weight_kg", "volume_cbm"]].sum() / 52
    sales = revenue_by(company, "market")
    daily = sales / sales.sum() * revenue_usd * margin / 365
    markets = pd.DataFrame(
        {"sea_kg_week": sea["weight_kg"], "sea_cbm_week": sea["volume_cbm"], "margin_day_usd": daily}
    ).dropna()
    markets = markets.rename_axis("market").reset_index()
    plans = collaboration.detour_plans(lanes, markets, _cover(company), delay_days=delay_days, rng=rng)
    every = pd.concat([plans, plans[plans["best"]].assign(plan="best in each market")])
    sums = every.groupby("plan", sort=False)[["freight_usd", "lost_usd", "cost_usd", "low", "high"]].sum()
    return sums.assign(markets=every.groupby("plan", sort=False).size()).reset_index()


def _cover(company: Tables) -> pd.DataFrame:
    """Stock of the last week in days of sales by market and product: market, cover_days, share of the sales."""
    stock = company.table("inventory")
    last, keys = stock["week"].max(), ["market", "sku"]
    held = stock[stock["week"] == last].groupby(keys)["on_hand"].sum().astype(float)
    sold = stock[stock["week"] > last - pd.Timedelta(weeks=13)].groupby(keys)["sold"].sum().astype(float) / 91
    table = pd.DataFrame({"held": held, "sold": sold[sold > 0]}).dropna().reset_index()
    table["share"] = table["sold"] / table.groupby("market")["sold"].transform("sum")
    return table.assign(cover_days=table["held"] / table["sold"])[["market", "cover_days", "share"]]


def _utc(day: pd.Timestamp) -> pd.Timestamp:
    return pd.Timestamp(day).tz_localize("UTC")
