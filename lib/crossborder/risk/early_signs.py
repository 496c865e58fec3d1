"""Early signs in a company's other tables: voices, routes, order values, rival prices, suspicious offers."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from crossborder.company import moments, sampling
from crossborder.errors import Refusal
from crossborder.reference import exchange
from crossborder.risk import congestion, exposure, integrity, price_watch, text_alerts, warning_index
from crossborder.risk.baseline import Baseline

__all__ = ["against_truth", "counterfeits", "disruption", "financial_health", "ports", "rivals", "thresholds", "voice"]

SUPPLY_KINDS = ["port_congestion", "supplier_failure", "customs_hold"]
SUPPLY_SIGNALS = ("port", "freight", "supplier", "customs", "stock_cover")


class Tables(Protocol):
    """What is needed of a company."""

    as_of: pd.Timestamp
    markets: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Whether the tables are there."""

    def optional(self, name: str) -> pd.DataFrame | None:
        """A table, or None."""

    def events(self, name: str) -> object:
        """An event table."""


def voice(company: Tables, *, count: int = 12) -> pd.DataFrame:
    """Latest signs: week, sign, subject, seen, expected; bursts of bad reviews and safety complaints by market."""
    parts = []
    reviews = company.optional("reviews")
    if reviews is not None:
        found = text_alerts.bursts(text_alerts.weekly_voice(reviews, by="market"), by="market", probability=5e-3)
        burst = found[found["burst"]]
        parts.append(
            pd.DataFrame(
                {
                    "week": burst["week"],
                    "sign": "burst of bad reviews",
                    "subject": burst["market"],
                    "seen": burst["negative"].astype(float),
                    "expected": burst["expected"],
                }
            )
        )
    tickets = company.optional("tickets")
    if tickets is not None:
        unsafe = tickets[tickets["safety"].fillna(value=False).astype(bool)]
        day = unsafe["opened_at"].dt.tz_convert(None).dt.normalize()
        week = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
        table = unsafe.assign(week=week).groupby(["week", "market"]).size().reset_index(name="seen")
        mean = table.groupby("market")["seen"].transform("mean")
        parts.append(
            table.rename(columns={"market": "subject"}).assign(sign="safety complaint", expected=mean)[
                ["week", "sign", "subject", "seen", "expected"]
            ]
        )
    if not parts:
        return pd.DataFrame(columns=["week", "sign", "subject", "seen", "expected"])
    table = pd.concat([p.astype({"seen": float}) for p in parts], ignore_index=True)
    return table.sort_values(["week", "sign"], ascending=False, ignore_index=True).head(count)


def ports(company: Tables) -> pd.DataFrame:
    """Late arrivals by market against the usual share; empty without shipments."""
    shipments = company.optional("shipments")
    if shipments is None:
        columns = ["market", "shipments", "late_share", "low", "high", "usual_share", "above_usual", "alert"]
        return pd.DataFrame(columns=columns)
    return congestion.congestion_now(congestion.weekly_delays(shipments, as_of=company.as_of), weeks=13).rename(
        columns={"probability": "above_usual"}
    )


def thresholds(company: Tables, after_usd: float, *, rate: float = 0.11) -> pd.DataFrame:
    """Share of the last year's orders above a tax-free threshold before and after it is halved, by market."""
    if not company.has("orders"):
        return pd.DataFrame(columns=["market", "orders", "taxed_before", "taxed_after", "tax_before", "tax_after"])
    orders = company.events("orders")
    recent = orders.filter(orders.ordered_at >= pd.Timestamp(company.as_of).tz_localize("UTC") - pd.Timedelta(days=365))
    lines = moments.counted(recent)
    some, share = moments.of_orders(recent, min(sampling.LIMIT / max(lines.first, 1), 1.0), lines)
    recent = some.select("market", "currency", "order_id", "quantity", "unit_price", "discount")
    value = (recent.quantity * recent.unit_price - recent.discount.fill_null(0.0)).sum()
    sums = recent.group_by(["market", "currency", "order_id"]).aggregate(value=value).to_pandas()
    rates = {name: float(exchange.convert(1.0, name, company.as_of)) for name in sums["currency"].unique()}
    sums["usd"] = sums["value"] * sums["currency"].map(rates)
    rows = [
        {
            "market": market,
            "orders": round(len(part) / share),
            **exposure.threshold_change(part["usd"], 2 * after_usd, after_usd, rate_before=rate, rate_after=rate),
        }
        for market, part in sums.groupby("market")
    ]
    return pd.DataFrame(rows)


def financial_health(usual: Baseline, wide: pd.DataFrame, *, far: float = 6.0) -> pd.DataFrame:
    """Money indicators of the last week on one scale: name, value, score (100 as usual, 0 at `far` spreads), zone."""
    words = ("cash", "receivable", "currency", "payout", "account_health")
    names = [name for name in wide.columns if any(word in name for word in words)]
    if not names:
        return pd.DataFrame(columns=["name", "value", "score", "zone"])
    table = usual.table.set_index("name").loc[names]
    side = np.where(table["bad_side"] == "low", -1.0, 1.0)
    measures = pd.DataFrame(
        {
            "name": names,
            "value": wide[names].ffill().iloc[-1].to_numpy(),
            "safe": table["level"].to_numpy(),
            "danger": (table["level"] + far * side * table["spread"]).to_numpy(),
        }
    )
    return warning_index.health_zone(measures)[["name", "value", "score", "zone"]]


def rivals(company: Tables) -> pd.DataFrame:
    """Traffic light of rival prices in the last week by market; red first."""
    prices = company.optional("prices")
    if prices is None:
        return pd.DataFrame(columns=["market", "products", "cut_share", "move", "light"])
    lights = price_watch.price_lights(prices)
    last = lights[lights["week"] == lights["week"].max()].drop(columns="week")
    return last.sort_values(["light", "cut_share"], ascending=[False, False], ignore_index=True)


def disruption(company: Tables, usual: Baseline) -> tuple[pd.Series, pd.DataFrame]:
    """Supply disruption index by week from the supply indicators, and the study of a cover that pays by it."""
    names = [n for n in usual.surprise.columns if any(word in n for word in SUPPLY_SIGNALS)]
    if not names:
        raise Refusal.because(
            "no disruption index", "no indicator is named after ports, freight, suppliers or customs", "add one"
        )
    index = warning_index.disruption_index(usual.surprise[names].ewm(alpha=0.5).mean() / np.sqrt(1 / 3))
    incidents = company.optional("incidents")
    if incidents is None:
        return index, pd.DataFrame(columns=["trigger", "paid_months", "correlation", "paid_share"])
    months = congestion.disruption_months(incidents, index, SUPPLY_KINDS)
    return index, congestion.cover_study(months)


def counterfeits(company: Tables, *, seed: int) -> pd.DataFrame:
    """Score of labelled offers at the threshold of the highest value: what is flagged, found and gained."""
    listings = company.optional("listings")
    columns = ["auc", "threshold", "flagged", "precision", "recall", "value_usd"]
    if listings is None or "counterfeit" not in listings or listings["counterfeit"].isna().all():
        return pd.DataFrame(columns=columns)
    label = listings["counterfeit"].fillna(value=False).astype(bool)
    found = integrity.score_cases(integrity.listing_signals(listings), label, seed=seed % 2**31)
    value = integrity.removal_value(found.probability, label, 400.0, cost_each_usd=60.0, wrong_cost_usd=40.0)
    best = value[value["best"]].head(1).assign(auc=found.auc)
    return best[columns].reset_index(drop=True)


def against_truth(warned: pd.DataFrame, known: Mapping[str, object] | None) -> pd.DataFrame:
    """Warnings by whether there was a sign to see: sign, incidents, warned, share, median_lead_weeks.

    `known` holds `incident_warnings` (incident_id, warned); without it all incidents are one line.
    """
    table = warned.assign(sign="unknown")
    if known is not None:
        signs = known["incident_warnings"].set_index("incident_id")["warned"].astype(bool)
        table["sign"] = np.where(table["incident_id"].map(signs).fillna(value=False), "there was one", "none")
    grouped = table.groupby("sign")
    found = grouped.agg(
        incidents=("warned", "size"), warned=("warned", "sum"), median_lead_weeks=("lead_weeks", "median")
    )
    return found.assign(warned_share=found["warned"] / found["incidents"]).reset_index()
