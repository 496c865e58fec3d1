"""Sharing with suppliers and ways around a closed route: what each would save against what it costs."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["SUPPLY_KINDS", "detour_plans", "sharing_value"]

SUPPLY_KINDS = ("supplier_failure", "faulty_batch", "stock_out", "port_congestion", "customs_hold")


def sharing_value(
    incidents: pd.DataFrame,
    purchases_year_usd: float,
    late_rate: float,
    *,
    years: float,
    loss_borne: tuple[float, float, float] = (0.1, 0.3, 0.5),
    penalty: tuple[float, float, float] = (0.005, 0.02, 0.04),
    discount: tuple[float, float, float] = (0.0, 0.01, 0.02),
    level: float = 0.9,
    draws: int = 2000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Four ways of sharing with suppliers: part, avoided_usd a year with low and high, basis.

    Information: notice at once, which saves the part of each loss that fell before anybody noticed (in proportion to
    the days; measured). Risk: suppliers bear `loss_borne` of the losses (lowest, likely, highest). Duty: `penalty` of
    the value that comes late. Benefit: `discount` on purchases for a common forecast. Intervals join a bootstrap over
    the incidents with triangular draws of the three terms. Raises `Refusal` below five incidents.
    """
    struck = incidents[incidents["kind"].isin(SUPPLY_KINDS)].dropna(subset=["ended_on", "noticed_on"])
    if len(struck) < 5:
        raise Refusal.because(
            "no value of sharing", f"{len(struck)} closed incidents of supply, 5 are needed", "record more incidents"
        )
    if years <= 0 or not 0 <= late_rate <= 1 or purchases_year_usd < 0:
        raise InputError.out_of_range("years, late_rate", (years, late_rate), "above 0, and 0 to 1", "")
    days = (struck["ended_on"] - struck["started_on"]).dt.days.clip(lower=1).to_numpy(float)
    lag = (struck["noticed_on"] - struck["started_on"]).dt.days.to_numpy(float)
    loss = struck["loss_usd"].to_numpy(float)
    early = loss * np.clip(lag / days, 0, 1)
    picks = rng.integers(0, len(loss), (draws, len(loss)))
    share, fine, rebate = (rng.triangular(*term, draws) for term in (loss_borne, penalty, discount))
    drawn = {
        "information": early[picks].sum(axis=1) / years,
        "risk": loss[picks].sum(axis=1) / years * share,
        "duty": purchases_year_usd * late_rate * fine,
        "benefit": purchases_year_usd * rebate,
    }
    point = [early.sum() / years, loss.sum() / years * loss_borne[1], purchases_year_usd * late_rate * penalty[1],
             purchases_year_usd * discount[1]]  # fmt: skip
    ends = {part: np.quantile(values, [(1 - level) / 2, (1 + level) / 2]) for part, values in drawn.items()}
    basis = ["measured", "assumed terms", "assumed terms", "assumed terms"]
    return pd.DataFrame(
        {
            "part": list(drawn),
            "avoided_usd": point,
            "low": [ends[part][0] for part in drawn],
            "high": [ends[part][1] for part in drawn],
            "basis": basis,
        }
    )


def detour_plans(
    lanes: pd.DataFrame,
    markets: pd.DataFrame,
    stock: pd.DataFrame,
    *,
    delay_days: float = 15.0,
    closed_weeks: float = 26.0,
    level: float = 0.9,
    draws: int = 2000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """A sea route that takes `delay_days` longer for `closed_weeks`: wait, by land or sea-air, or air until they come.

    `lanes` has market, mode, cost_per_kg or cost_per_cbm, transit_days_mean and transit_days_sd; `markets` has
    market, sea_kg_week, sea_cbm_week and margin_day_usd; `stock` one row a product of a market: market, cover_days
    (stock in days of sales) and share (of the market's sales). Waiting leaves a gap in each product whose stock is
    gone, and gap_days is their mean by sales; a faster mode costs its freight over the sea's. Columns: market,
    plan, late_days, gap_days, freight_usd, lost_usd, cost_usd with low and high (transit times vary), best.
    """
    wanted = {"markets": ["market", "sea_kg_week", "sea_cbm_week", "margin_day_usd"]}
    wanted["stock"] = ["market", "cover_days", "share"]
    for table, frame in (("markets", markets), ("stock", stock)):
        missing = [name for name in wanted[table] if name not in frame]
        if missing:
            raise InputError.missing_columns(table, missing, frame.columns)
    rows = []
    for one in markets.itertuples():
        rows += _plans(one, lanes, stock[stock["market"] == one.market], delay_days, closed_weeks, level, draws, rng)
    if not rows:
        raise Refusal.because("no detour", "no market has a sea lane and another", "give lanes of more than one mode")
    table = pd.DataFrame(rows)
    return table.assign(best=table["cost_usd"] == table.groupby("market")["cost_usd"].transform("min"))


def _plans(one, lanes: pd.DataFrame, stock: pd.DataFrame, delay, weeks, level, draws: int, rng) -> list[dict]:
    """The plans of one market; no row if it has no sea lane or nothing else."""
    here = (
        lanes[lanes["market"] == one.market]
        .groupby("mode")[["cost_per_kg", "cost_per_cbm", "transit_days_mean", "transit_days_sd"]]
        .median()
    )
    if "sea" not in here.index or len(here) < 2:
        return []
    by_weight = here["cost_per_kg"] * one.sea_kg_week
    freight = by_weight.fillna(here["cost_per_cbm"] * one.sea_cbm_week)
    normal = rng.standard_normal(draws)
    sea = here.loc["sea"]
    rows = [_plan(one, stock, "wait", delay + sea["transit_days_sd"] * normal, 0.0, delay, level)]
    for mode in [m for m in ("rail", "road", "sea_air", "air") if m in here.index]:
        lead = here.loc[mode]
        later = np.maximum(lead["transit_days_mean"] - sea["transit_days_mean"], 0)
        extra = (freight[mode] - freight["sea"]) * weeks
        rows.append(_plan(one, stock, mode, later + lead["transit_days_sd"] * normal, extra, later, level))
    if "air" in here.index:
        # Air only for the days by which the longer route is late; then the sea flows again at its new pace.
        extra = (freight["air"] - freight["sea"]) * delay / 7
        rows.append(
            _plan(one, stock, "air until the sea flows", here.loc["air"]["transit_days_sd"] * normal, extra, 0.0, level)
        )
    return rows


def _plan(one, stock, name: str, late_days: np.ndarray, freight: float, expected_late: float, level: float) -> dict:
    cover, share = stock["cover_days"].to_numpy(float), stock["share"].to_numpy(float)
    gap = np.clip(np.ravel(late_days)[:, None] - cover, 0, None) @ share
    cost = max(freight, 0.0) + gap * one.margin_day_usd
    ends = np.quantile(cost, [(1 - level) / 2, (1 + level) / 2])
    return {"market": one.market, "plan": name, "late_days": float(expected_late), "gap_days": float(gap.mean()),
            "freight_usd": max(freight, 0.0), "lost_usd": float(gap.mean() * one.margin_day_usd),
            "cost_usd": float(cost.mean()), "low": float(ends[0]), "high": float(ends[1])}  # fmt: skip
