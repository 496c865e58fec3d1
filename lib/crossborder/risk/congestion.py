"""Delays on the way as an early sign: how late shipments arrive, and where a route is congested now."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.risk.event_rates import beta_share

__all__ = ["congestion_now", "cover_study", "disruption_months", "weekly_delays"]


def weekly_delays(shipments: pd.DataFrame, *, as_of: pd.Timestamp, by: str = "market") -> pd.DataFrame:
    """Arrivals by week and group: week (of the promised arrival), group, shipments, late_share, mean_delay_days.

    A shipment that is overdue on `as_of` counts with its delay so far; each shipment counts once.
    """
    needed = ["shipment_id", "promised_on", "arrived_on", by]
    missing = [name for name in needed if name not in shipments]
    if missing:
        raise InputError.missing_columns("shipments", missing, shipments.columns)
    once = shipments.drop_duplicates("shipment_id")
    due = once[once["promised_on"] <= as_of].copy()
    delay = (due["arrived_on"].fillna(pd.Timestamp(as_of)) - due["promised_on"]).dt.days.clip(lower=0)
    week = due["promised_on"] - pd.to_timedelta(due["promised_on"].dt.day_of_week, unit="D")
    table = due.assign(week=week.dt.normalize(), delay=delay, late=delay > 2)
    grouped = table.groupby(["week", by])
    return grouped.agg(
        shipments=("delay", "size"), late_share=("late", "mean"), mean_delay_days=("delay", "mean")
    ).reset_index()


def congestion_now(delays: pd.DataFrame, *, by: str = "market", weeks: int = 6, level: float = 0.9) -> pd.DataFrame:
    """Where lateness is above its usual share: group, shipments, late, share, low, high, usual, probability, alert.

    `probability`: that the late share of the last `weeks` is above the usual one, from beta posteriors; an alert from
    95 % on. The usual share is that of all earlier weeks of the group.
    """
    from scipy.special import betainc

    last = delays["week"].max()
    recent = delays["week"] > last - pd.Timedelta(weeks=weeks)
    counts = delays.assign(late=(delays["late_share"] * delays["shipments"]).round())
    now = counts[recent].groupby(by)[["shipments", "late"]].sum()
    before = counts[~recent].groupby(by)[["shipments", "late"]].sum().reindex(now.index)
    if now.empty or before.isna().any().any():
        raise Refusal.because("no congestion alert", "a route has no earlier arrivals", "give a longer record")
    usual = (before["late"] + 0.5) / (before["shipments"] + 1)
    posterior = [beta_share(k, n, level=level) for k, n in zip(now["late"], now["shipments"], strict=True)]
    above = [1 - float(betainc(p.a, p.b, u)) for p, u in zip(posterior, usual, strict=True)]
    table = now.assign(
        late_share=[p.mean for p in posterior],
        low=[p.low for p in posterior],
        high=[p.high for p in posterior],
        usual_share=usual,
        probability=above,
    ).reset_index()
    return table.assign(alert=table["probability"] >= 0.95).sort_values(
        "probability", ascending=False, ignore_index=True
    )


def disruption_months(incidents: pd.DataFrame, index: pd.Series, kinds: list[str]) -> pd.DataFrame:
    """Index and loss by month: month, index (highest week), loss_usd (of incidents of the kinds that began in it)."""
    month = index.index.to_period("M")
    highest = index.groupby(month).max()
    used = incidents[incidents["kind"].isin(kinds)]
    loss = used.groupby(used["started_on"].dt.to_period("M"))["loss_usd"].sum().reindex(highest.index).fillna(0.0)
    table = pd.DataFrame({"index": highest, "loss_usd": loss.astype(float)}).reset_index(names="month")
    return table.assign(month=table["month"].dt.to_timestamp())


def cover_study(months: pd.DataFrame, triggers: tuple[float, ...] = (90.0, 98.0, 99.8)) -> pd.DataFrame:
    """How well an index cover would have paid at several triggers: trigger, paid months and the basis risk."""
    from crossborder.risk.insurance import basis_risk, index_cover

    rows = []
    for trigger in triggers:
        paid = index_cover(months["index"], trigger, (trigger + 100.0) / 2, float(months["loss_usd"].max() or 1.0))
        rows.append({"trigger": trigger, "paid_months": int(np.sum(paid > 0)), **basis_risk(months["loss_usd"], paid)})
    return pd.DataFrame(rows)
