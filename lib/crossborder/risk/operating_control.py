"""Is daily work in control: shares month by month on charts whose limits allow for more spread than chance."""

from typing import Protocol

import numpy as np
import pandas as pd
from scipy.special import ndtr

from crossborder.errors import InputError, Refusal
from crossborder.risk.control_tests import share_interval

__all__ = ["METRICS", "monthly_counts", "p_chart", "panel"]

# part of the operation, metric, its table, which side is bad
METRICS = (
    ("quality", "order lines returned", "orders", "high"),
    ("process", "shipments on time", "shipments", "low"),
    ("risk", "requests with a safety word", "tickets", "high"),
    ("effect", "buyers content after a request", "tickets", "low"),
)
FEWEST_MONTHS = 12
SETTLING_MONTHS = 2
"""Returns still come in for the orders of the last months, so those are left out."""


class Tables(Protocol):
    """What is needed of a company."""

    as_of: pd.Timestamp

    def has(self, *names: str) -> bool:
        """Whether the tables are there."""

    def table(self, name: str) -> pd.DataFrame:
        """A table."""

    def events(self, name: str) -> object:
        """An event table."""


def p_chart(hits: pd.Series, cases: pd.Series, *, limit: float = 3.0, overdispersed: bool = True) -> pd.DataFrame:
    """Control chart of shares: share, centre, low, high, outside, and the spread over chance in `attrs["spread"]`.

    Limits are `limit` binomial spreads, widened by the moving range of the standardised shares where months differ by
    more than chance (Laney's p' chart, 2002); `overdispersed=False` gives the classical p chart (Montgomery, 7.2).
    Raises `InputError` for months without a case.
    """
    k, n = hits.to_numpy(float), cases.to_numpy(float)
    if len(n) < 2 or (n <= 0).any():
        raise InputError.out_of_range("cases", float(n.min()) if len(n) else 0, "above 0, two periods or more", "")
    share, centre = k / n, k.sum() / n.sum()
    spread = np.sqrt(centre * (1 - centre) / n)
    scale = 1.0
    if overdispersed and centre not in (0.0, 1.0):
        # Mean moving range over 1.128 estimates the spread of the standardised shares without trends or shifts.
        scale = max(float(np.abs(np.diff((share - centre) / spread)).mean()) / 1.128, 1.0)
    low, high = (np.clip(centre + side * limit * spread * scale, 0, 1) for side in (-1, 1))
    table = pd.DataFrame({"share": share, "centre": centre, "low": low, "high": high}, index=hits.index)
    table["outside"] = (table["share"] < table["low"]) | (table["share"] > table["high"])
    table.attrs["spread"] = scale
    return table


def monthly_counts(company: Tables, *, months: int = 24) -> dict[str, pd.DataFrame]:
    """Hits and cases by month of each metric that the tables allow; only whole months up to the last day."""
    end = (company.as_of + pd.Timedelta(days=1)).to_period("M").to_timestamp()
    first = end - pd.DateOffset(months=months)
    found = {}
    if company.has("orders"):
        orders, last = company.events("orders"), end - pd.DateOffset(months=SETTLING_MONTHS)
        at = orders.ordered_at
        asked = orders.filter((at >= first.tz_localize("UTC")) & (at < last.tz_localize("UTC")))
        sums = asked.group_by(month=asked.ordered_at.truncate("M").date()).aggregate(
            hits=(asked.returned > 0).sum(), cases=asked.count()
        )
        found["order lines returned"] = (
            sums.to_pandas().astype({"month": "datetime64[us]"}).set_index("month").sort_index()
        )
    if company.has("shipments"):
        sent = company.table("shipments").dropna(subset=["arrived_on"])
        sent = sent.drop_duplicates("shipment_id")
        found["shipments on time"] = _counted(sent["promised_on"], sent["arrived_on"] <= sent["promised_on"])
    if company.has("tickets"):
        asked = company.table("tickets")
        opened = asked["opened_at"].dt.tz_localize(None)
        found["requests with a safety word"] = _counted(opened, asked["safety"])
        rated = asked["satisfaction"].notna()
        found["buyers content after a request"] = _counted(opened[rated], asked.loc[rated, "satisfaction"] >= 4)
    whole = {name: f[(f.index >= first) & (f.index < end)].astype(float).sort_index() for name, f in found.items()}
    return {name: f[f["cases"] > 0] for name, f in whole.items() if len(f) >= FEWEST_MONTHS}


def panel(company: Tables, *, on_time_target: float = 0.9, level: float = 0.9) -> pd.DataFrame:
    """Quality, process, risk and effect: metric, last quarter with interval, centre, limits, months outside, state.

    The limits come from the months before the last quarter. `state` is "in control", "worse" or "better"; `target`
    is the probability that the quarter's on-time share meets its target (missing for the others).
    """
    rows, counts = [], monthly_counts(company)
    for part, metric, _, bad in METRICS:
        if metric in counts:
            rows.append(_row(part, metric, bad, counts[metric], on_time_target, level))
    if not rows:
        raise Refusal.because("no chart", "no metric has twelve months", "give orders, shipments or tickets")
    return pd.DataFrame(rows)


def _row(part: str, metric: str, bad: str, counts: pd.DataFrame, target: float, level: float) -> dict[str, object]:
    past, last = counts.iloc[:-3], counts.iloc[-3:]
    chart = p_chart(past["hits"], past["cases"])
    share, low, high = share_interval(last["hits"].sum(), last["cases"].sum(), level)
    centre, spread = float(chart["centre"].iloc[0]), float(chart.attrs["spread"])
    # The quarter is judged by the spread that months have among themselves.
    error = spread * np.sqrt(max(centre * (1 - centre), 1e-12) / last["cases"].sum())
    move = (float(share) - centre) / error
    worse = move > 3 if bad == "high" else move < -3
    state = "worse" if worse else "better" if abs(move) > 3 else "in control"
    met = np.nan
    if metric == "shipments on time":
        met = float(
            ndtr((float(share) - target) / (spread * np.sqrt(float(share) * (1 - float(share)) / last["cases"].sum())))
        )
    return {"part": part, "metric": metric, "last_quarter": float(share), "low": float(low), "high": float(high),
            "centre": centre, "spread_over_chance": spread, "months_outside": int(chart["outside"].sum()),
            "state": state, "target_met": met}  # fmt: skip


def _counted(day: pd.Series, hit: pd.Series) -> pd.DataFrame:
    month = day.dt.to_period("M").dt.to_timestamp()
    return pd.DataFrame({"hits": hit.astype(float), "cases": 1.0}).groupby(month.rename("month")).sum()
