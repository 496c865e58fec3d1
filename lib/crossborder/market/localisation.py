"""How ready we are in each market, how many buyers can pay, how late we deliver, and what share is at risk."""

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal
from crossborder.market.sizing import draw_factor

__all__ = ["delivery_gap", "even_readiness", "overview", "payment_reach", "readiness", "share_at_risk"]


def payment_reach(usage: pd.DataFrame, supported: list[str], markets: list[str] | None = None) -> pd.DataFrame:
    """Share of purchases whose usual method we take, by market, with the range of the usage figures.

    `usage`: market, method, share, low, high (fractions of online payments, methods exclusive). `supported`: methods.
    `markets`: those wanted (all by default); one without usage figures is missing, not zero. Columns: `reach`, `low`,
    `high`, `largest_missing` (method), `missing_share`.
    """
    missing = {"market", "method", "share", "low", "high"} - set(usage.columns)
    if missing:
        raise InputError.missing_columns("usage", missing, usage.columns)
    unknown = sorted(set(supported) - set(usage["method"]))
    if unknown:
        raise InputError.unknown("payment method", unknown[0], usage["method"].unique())
    if (usage.groupby("market")["share"].sum() > 1 + 1e-9).any():
        raise InputError.out_of_range("usage", "shares above 1 in a market", "at most 1", "methods must be exclusive")
    taken = usage["method"].isin(supported)
    by = usage[taken].groupby("market")
    known = usage["market"].unique()
    frame = by[["share", "low", "high"]].sum().reindex(known).fillna(0.0).clip(upper=1.0)
    frame = frame.rename(columns={"share": "reach"})
    rest = usage[~taken].sort_values("share").groupby("market").tail(1).set_index("market")
    frame = frame.assign(
        largest_missing=rest["method"].reindex(known).fillna("none"),
        missing_share=rest["share"].reindex(known).fillna(0.0),
    )
    return frame if markets is None else frame.reindex(markets)


def delivery_gap(
    deliveries: pd.DataFrame, demanded: pd.DataFrame, loss_per_day: pd.Series, *, level: float = 0.9
) -> pd.DataFrame:
    """Days between order and door against what buyers demand, and the orders lost to the gap, by market.

    `deliveries`: market, orders, mean_days, sd_days, late (orders after the promise), in_time (orders within the days
    demanded). `demanded`: index market, days_low, days_base, days_high. `loss_per_day`: low, base, high (fraction of
    orders lost for a day above the demand). Columns: `days`, `days_low`, `days_high`, `demanded`, `gap`,
    `in_time_share`, `late_share`, `lost`, `lost_low`, `lost_high` (fractions).
    """
    missing = {"market", "orders", "mean_days", "sd_days", "late", "in_time"} - set(deliveries.columns)
    if missing:
        raise InputError.missing_columns("deliveries", missing, deliveries.columns)
    table = deliveries.set_index("market").astype(float)
    lacking = [m for m in table.index if m not in demanded.index]
    if lacking:
        raise Refusal.because(
            f"no delivery gap for {', '.join(lacking)}",
            "nobody has said what buyers there demand",
            "add the demand in days",
        )
    reach = special.ndtri((1 + level) / 2) * table["sd_days"] / np.sqrt(table["orders"])
    wanted = demanded.reindex(table.index)
    frame = pd.DataFrame({"days": table["mean_days"], "days_low": table["mean_days"] - reach})
    frame = frame.assign(days_high=table["mean_days"] + reach, demanded=wanted["days_base"])
    frame["gap"] = frame["days"] - frame["demanded"]
    frame["in_time_share"], frame["late_share"] = table["in_time"] / table["orders"], table["late"] / table["orders"]
    for name, day, side in (
        ("lost", "days_base", "base"),
        ("lost_low", "days_high", "low"),
        ("lost_high", "days_low", "high"),
    ):
        over = (table["mean_days"] - wanted[day]).clip(lower=0)
        frame[name] = 1 - (1 - loss_per_day[side]) ** over
    return frame


def readiness(parts: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Readiness from 0 to 1 by market: weighted geometric mean of parts (language, payment, delivery, rules ...).

    A part at 0 brings the index to 0: a buyer who cannot read, pay or wait does not buy.
    """
    if set(parts.columns) != set(weights.index):
        raise InputError.missing_columns("weights", set(parts.columns) ^ set(weights.index), weights.index)
    if not np.isclose(weights.sum(), 1.0) or (weights < 0).any():
        raise InputError.out_of_range("weights", weights.to_dict(), "0 or more, adding up to 1", "divide by their sum")
    values = parts[weights.index].astype(float)
    if not values.apply(lambda c: c.between(0, 1)).all(axis=None):
        raise InputError.out_of_range("parts", "missing or outside 0 to 1", "a fraction for every market", "")
    return pd.Series(np.prod(values.to_numpy() ** weights.to_numpy(), axis=1), index=parts.index, name="readiness")


def share_at_risk(
    ready: pd.Series, at_risk: pd.Series, *, rng: np.random.Generator, draws: int = 4000, level: float = 0.9
) -> pd.DataFrame:
    """The share of sales expected to be lost for lack of localisation: (1 - readiness) x what a stranger loses.

    `at_risk`: low, base, high (fraction that a seller without any localisation loses). Columns `readiness`,
    `at_risk`, `low`, `high`. An upper end, not a measured effect, as long as the assumption is untested.
    """
    if not ready.between(0, 1).all():
        raise InputError.out_of_range("readiness", ready.to_dict(), "0 to 1", "")
    loss = draw_factor(at_risk["low"], at_risk["base"], at_risk["high"], "share", draws, rng)
    low, high = np.quantile(loss, [(1 - level) / 2, (1 + level) / 2])
    gap = 1 - ready
    return pd.DataFrame({"readiness": ready, "at_risk": gap * at_risk["base"], "low": gap * low, "high": gap * high})


def even_readiness(parts: pd.DataFrame) -> pd.Series:
    """`readiness` with equal weights for the parts that are known; a market of which none is known is left out."""
    known = parts.notna().sum(axis=1)
    usable = parts[known > 0]
    full = readiness(usable.fillna(1.0), pd.Series(1 / parts.shape[1], index=parts.columns))
    # A missing part counts as 1 above: the root is taken over the known ones instead.
    return full ** (parts.shape[1] / known[known > 0])


def overview(reach: pd.DataFrame, gap: pd.DataFrame, risk: pd.DataFrame, cover: pd.DataFrame) -> pd.DataFrame:
    """One row a market for readers: payment reach, method missing most, days, orders lost, readiness, share at risk."""
    frame = reach[["reach", "largest_missing"]].join(
        gap[["days", "days_low", "days_high", "lost", "lost_low", "lost_high"]]
    )
    frame = frame.join(risk.rename(columns={"low": "risk_low", "high": "risk_high"}))
    frame = frame.join(cover["days"].rename("certificates_days"))
    frame["largest_missing"] = frame["largest_missing"].fillna("not known").str.replace("_", " ")
    return frame.rename_axis("market").sort_values("readiness", ascending=False)
