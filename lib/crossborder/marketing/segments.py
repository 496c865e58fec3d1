"""Recency, frequency and value: scores, named segments with an action, and clusters."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["ACTIONS", "clusters", "rfm_scores", "segment_table", "segments"]

ACTIONS = {
    "champions": "early access, referral; no discounts",
    "loyal": "membership tier, bundles",
    "promising": "second-order offer in the usual gap",
    "new": "onboarding, care instructions, review request",
    "at risk": "win-back offer now, ask why",
    "hibernating": "one cheap reminder, then stop paying for them",
}


def rfm_scores(
    frame: pd.DataFrame,
    *,
    bins: int = 5,
    ties: str = "rank",
    columns: tuple[str, str, str] = ("recency_days", "orders", "value_usd"),
) -> pd.DataFrame:
    """Scores 1 (worst) to `bins` for recency (small is good), frequency and value; columns r, f, m.

    `ties`: `rank` cuts ranks, equal values share the score of their mean rank; `quantile` cuts at quantiles, upper edge
    inclusive (pandas.qcut); `rfm` cuts at quantile + 1, lower edge inclusive, as the R package rfm does.
    """
    missing = set(columns) - set(frame.columns)
    if missing:
        raise InputError.missing_columns("customers", missing, frame.columns)
    if ties not in ("rank", "quantile", "rfm"):
        raise InputError.unknown("ties", ties, ["rank", "quantile", "rfm"])
    if bins < 2 or len(frame) < bins:
        raise InputError.out_of_range("bins", bins, f"2 to the number of customers ({len(frame)})")
    recency, frequency, value = (frame[name].to_numpy(float) for name in columns)
    scores = {
        "r": bins + 1 - _score(recency, bins, ties),
        "f": _score(frequency, bins, ties),
        "m": _score(value, bins, ties),
    }
    return pd.DataFrame(scores, index=frame.index)


def segments(scores: pd.DataFrame) -> pd.Series:
    """A named segment (key of `ACTIONS`) for each row of scores r, f, m from 1 to 5."""
    r, fm = scores["r"], (scores["f"] + scores["m"]) / 2
    names = np.select(
        [(r >= 4) & (fm >= 4), (r >= 3) & (fm >= 3), (r >= 4) & (fm < 2), (r >= 3), fm >= 3],
        ["champions", "loyal", "new", "promising", "at risk"],
        "hibernating",
    )
    return pd.Series(names, index=scores.index, name="segment")


def segment_table(frame: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Customers, share, orders, value and share of value a segment, with the action; sorted by value."""
    grouped = frame.assign(segment=names.to_numpy()).groupby("segment")
    table = grouped.agg(
        customers=("value_usd", "size"),
        recency_days=("recency_days", "median"),
        orders=("orders", "mean"),
        value_usd=("value_usd", "sum"),
    )
    table["customer_share"] = table["customers"] / len(frame)
    table["value_share"] = table["value_usd"] / frame["value_usd"].sum()
    table["repeat_share"] = grouped["orders"].agg(lambda orders: float((orders > 1).mean()))
    table["action"] = table.index.map(ACTIONS)
    return table.sort_values("value_usd", ascending=False)


def clusters(frame: pd.DataFrame, count: int = 4, *, seed: int = 0) -> pd.DataFrame:
    """K-means on standardised logs of recency, orders and value: column cluster (0 = most valuable), and `attrs` with
    the silhouette (of about 1,000 customers)."""
    from scipy.cluster.vq import kmeans2

    values = np.log1p(frame[["recency_days", "orders", "value_usd"]].to_numpy(float).clip(min=0))
    scaled = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
    if not 2 <= count <= len(frame) - 1:
        raise InputError.out_of_range("count", count, f"2 to {len(frame) - 1}")
    some = np.linspace(0, len(frame) - 1, min(len(frame), 5000)).astype(int)
    best = None
    for start in range(4):
        centres, _ = kmeans2(scaled[some], count, iter=30, minit="++", rng=np.random.default_rng([seed, start]))
        nearest = ((scaled[some][:, None, :] - centres) ** 2).sum(axis=2).min(axis=1).sum()
        best = (nearest, centres) if best is None or nearest < best[0] else best
    labels = ((scaled[:, None, :] - best[1]) ** 2).sum(axis=2).argmin(axis=1)
    worth = pd.Series(frame["value_usd"].to_numpy()).groupby(labels).mean().rank(ascending=False).astype(int) - 1
    made = pd.DataFrame({"cluster": pd.Series(labels).map(worth).to_numpy()}, index=frame.index)
    few = some[:: max(1, len(some) // 1000)]
    made.attrs = {"silhouette": _silhouette(scaled[few], labels[few])}
    return made


def _silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """Mean silhouette (Rousseeuw 1987): 1 is well apart, 0 touching."""
    distance = np.sqrt(((points[:, None, :] - points) ** 2).sum(axis=2))
    names = np.unique(labels)
    if len(names) < 2:
        return 0.0
    member = labels[:, None] == names
    sums, sizes = distance @ member, member.sum(axis=0)
    own = (sums * member).sum(axis=1) / np.maximum((sizes * member).sum(axis=1) - 1, 1)
    other = np.where(member, np.inf, sums / sizes).min(axis=1)
    return float(np.mean((other - own) / np.maximum(np.maximum(own, other), 1e-12)))


def _score(values: np.ndarray, bins: int, ties: str) -> np.ndarray:
    if ties == "rank":
        rank = pd.Series(values).rank(method="average").to_numpy()
        return np.minimum(((rank - 0.5) / len(values) * bins).astype(int) + 1, bins)
    edges = np.quantile(values, np.arange(1, bins) / bins)
    if ties == "quantile":
        return np.searchsorted(edges, values, side="left") + 1
    return np.searchsorted(edges + 1, values, side="right") + 1
