"""E-mail frequency, live streams and content: how much is enough, what one more brings."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["best_frequency", "content_return", "effect_decay", "hook_score", "stream_efficiency", "tier_mix"]


def best_frequency(
    emails: pd.DataFrame,
    *,
    subscriber_value_usd: float,
    margin_share: float,
    cost_per_mail: float = 0.001,
    level: float = 0.9,
) -> pd.DataFrame:
    """Value of each number of e-mails a week: contribution of orders less cost and less the value of people who leave.

    `emails`: rows of the table. Intervals from the spread over weeks and markets (clustered by week).
    Columns: sends, people, open_rate, order_rate, unsubscribe_rate, value, value_low, value_high, best.
    """
    from scipy.special import ndtri

    missing = {"week", "sends_per_person", "people", "ordered", "unsubscribed", "revenue_usd"} - set(emails.columns)
    if missing:
        raise InputError.missing_columns("emails", missing, emails.columns)
    if emails["sends_per_person"].nunique() < 2:
        raise Refusal.because(
            "one frequency cannot be compared", "frequencies: 1", "send some groups less or more often"
        )
    z = float(ndtri(0.5 + level / 2))
    net = emails["revenue_usd"] * margin_share - emails["unsubscribed"] * subscriber_value_usd
    net = net - emails["sends_per_person"] * emails["people"] * cost_per_mail
    frame = emails.assign(net=net.astype(float))
    rows = []
    for sends, group in frame.groupby("sends_per_person"):
        weekly = group.groupby("week")[["net", "people"]].sum().astype(float)
        value = weekly["net"].sum() / weekly["people"].sum()
        error = np.sqrt(((weekly["net"] - value * weekly["people"]) ** 2).sum()) / weekly["people"].sum()
        people = float(group["people"].sum())
        shares = [float(group[name].sum()) / people for name in ("opened", "ordered", "unsubscribed")]
        rows.append((int(sends), people, *shares, value, value - z * error, value + z * error))
    names = ["sends", "people", "open_rate", "order_rate", "unsubscribe_rate", "value", "value_low", "value_high"]
    made = pd.DataFrame(rows, columns=names)
    return made.assign(best=made["value"] == made["value"].max())


def stream_efficiency(
    streams: pd.DataFrame, *, by: str = "host_tier", margin_share: float, draws: int = 400, rng: np.random.Generator
) -> pd.DataFrame:
    """Live sessions by host tier or market: sales, orders per thousand viewers and contribution a session, bootstrap
    90 %.

    Also `next_session`: how sales a session change (elasticity) with the number of sessions in a market and month.
    """
    rows = {}
    for name, group in streams.groupby(by):
        sales, cost = group["sales_usd"].to_numpy(float), group["cost_usd"].to_numpy(float)
        pick = rng.integers(0, len(group), (draws, len(group)))
        net = (sales * margin_share - cost)[pick].mean(axis=1)
        roi = sales[pick].sum(axis=1) / np.maximum(cost[pick].sum(axis=1), 1e-9)
        rows[name] = {
            "sessions": len(group),
            "viewers": float(group["viewers"].mean()),
            "completion": float(group["completion"].mean()),
            "sales_usd": sales.mean(),
            "orders_per_1000": float(group["orders"].sum() / group["viewers"].sum() * 1000),
            "sales_over_cost": sales.sum() / cost.sum(),
            "sales_over_cost_low": np.quantile(roi, 0.05),
            "sales_over_cost_high": np.quantile(roi, 0.95),
            "net_usd": (sales * margin_share - cost).mean(),
            "net_low": np.quantile(net, 0.05),
            "net_high": np.quantile(net, 0.95),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by).sort_values("net_usd", ascending=False)


def hook_score(streams: pd.DataFrame, *, level: float = 0.9) -> pd.Series:
    """How much orders per viewer rise with the share who stay past the first minute: rank correlation and
    elasticity."""
    from scipy.special import stdtrit
    from scipy.stats import spearmanr

    frame = streams[(streams["viewers"] > 0) & (streams["orders"] > 0) & (streams["completion"] > 0)]
    x, y = np.log(frame["completion"].to_numpy(float)), np.log((frame["orders"] / frame["viewers"]).to_numpy(float))
    if len(frame) < 10:
        raise Refusal.because("too few sessions", f"sessions: {len(frame)}", "at least 10 with viewers and orders")
    slope, start = np.polyfit(x, y, 1)
    residual = y - start - slope * x
    error = np.sqrt(residual @ residual / (len(x) - 2) / ((x - x.mean()) ** 2).sum())
    t = float(stdtrit(len(x) - 2, 0.5 + level / 2))
    return pd.Series(
        {
            "sessions": len(x),
            "completion": float(frame["completion"].mean()),
            "rank_correlation": float(spearmanr(x, y).statistic),
            "elasticity": slope,
            "low": slope - t * error,
            "high": slope + t * error,
        }
    )


def tier_mix(tiers: pd.DataFrame, budget: float, *, most_share: float = 0.6) -> pd.DataFrame:
    """Split of a budget over creator tiers with falling returns: sessions a tier so that the next dollar brings the
    same.

    `tiers`: columns net return per session at the present count (sales_usd, cost_usd, sessions) and elasticity (share
    by
    which sales grow per doubling, default 0.7). No tier gets more than `most_share`.
    """
    from crossborder.marketing.budget import optimise
    from crossborder.marketing.response import Curves

    spend = (tiers["cost_usd"] * tiers["sessions"]).astype(float)
    power = tiers.get("elasticity", pd.Series(0.7, index=tiers.index)).astype(float)
    size = (tiers["sales_usd"] * tiers["sessions"]).astype(float) / spend**power
    curves = Curves(tuple(map(str, tiers.index)), size.to_numpy(), power.to_numpy(), "power")
    bounds = pd.DataFrame({"low": 0.0, "high": most_share * budget}, index=list(curves.channels))
    now = pd.Series((spend / spend.sum() * budget).to_numpy(), index=list(curves.channels))
    found = optimise(curves, now, bounds, budget=budget)
    return found.certificate.assign(share=found.spend / budget, sessions=found.spend / tiers["cost_usd"].to_numpy())


def effect_decay(lift: pd.Series, *, level: float = 0.9) -> pd.Series:
    """Half-life of an effect (awareness, search, content) from its readings after the campaign, by log-linear fit.

    `lift`: index time since the end, values above the baseline. Gives start, half_life, low, high in the index's unit.
    """
    from scipy.special import stdtrit

    seen = lift[lift > 0]
    if len(seen) < 3:
        raise Refusal.because(
            "a half-life needs three readings above the baseline", f"readings: {len(seen)}", "measure longer"
        )
    x, y = seen.index.to_numpy(float), np.log(seen.to_numpy(float))
    slope, start = np.polyfit(x, y, 1)
    residual = y - start - slope * x
    error = np.sqrt(residual @ residual / max(len(x) - 2, 1) / ((x - x.mean()) ** 2).sum())
    t = float(stdtrit(max(len(x) - 2, 1), 0.5 + level / 2))
    ends = [np.log(0.5) / value if value < 0 else np.inf for value in (slope - t * error, slope, slope + t * error)]
    return pd.Series({"start": np.exp(start), "half_life": ends[1], "low": ends[0], "high": ends[2]})


def content_return(
    *,
    items_before: float,
    items_after: float,
    hour_cost: float,
    tool_cost: float,
    value_per_item: float,
    quality_change: float = 0.0,
) -> pd.Series:
    """Return of faster content production: items an hour before and after, tool cost an hour, value of an item.

    `quality_change` is the relative change of an item's value (found by an A/B test). Also the quality loss at which it
    no longer pays.
    """
    if min(items_before, items_after) <= 0:
        raise InputError.out_of_range("items", (items_before, items_after), "above 0")
    before = items_before * value_per_item - hour_cost
    after = items_after * value_per_item * (1 + quality_change) - hour_cost - tool_cost
    least = (before + hour_cost + tool_cost) / (items_after * value_per_item) - 1
    return pd.Series({"before": before, "after": after, "gain": after - before, "break_even_quality_change": least})
