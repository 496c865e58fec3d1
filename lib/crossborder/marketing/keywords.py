"""Search terms: tiers by volume and intent, coverage and rank, traffic that better ranks would bring."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["CLICK_SHARE", "coverage", "matrix", "rank_potential", "tiers"]

# Clicks an organic position gets, of all searches; a D-grade assumption that the notebook states.
CLICK_SHARE = (0.27, 0.15, 0.11, 0.08, 0.07, 0.05, 0.04, 0.03, 0.03, 0.02)


def tiers(terms: pd.DataFrame, *, core_share: float = 0.5, scene_share: float = 0.35) -> pd.Series:
    """Tier of each term (index) from its volume: the biggest terms with `core_share` of all searches are core, the next
    `scene_share` scene, the rest long_tail. A column `tier` that is given is kept."""
    if not 0 < core_share < 1 or not 0 < core_share + scene_share <= 1:
        raise InputError.out_of_range(
            "core_share and scene_share", (core_share, scene_share), "above 0, together at most 1"
        )
    order = terms["volume"].astype(float).sort_values(ascending=False)
    before = (order.cumsum() - order) / order.sum()
    made = pd.Series(
        np.select([before < core_share, before < core_share + scene_share], ["core", "scene"], "long_tail"), order.index
    )
    made = made.reindex(terms.index)
    return terms["tier"].fillna(made) if "tier" in terms else made


def matrix(terms: pd.DataFrame, *, margin_share: float, usd_rate: float | pd.Series = 1.0) -> pd.DataFrame:
    """A line a tier: terms, searches, coverage by paid clicks, conversion with interval, ACoS, the bid that breaks
    even.

    `terms`: columns keyword, tier, volume, clicks, cost, orders, sales (summed over the period).
    """
    from crossborder.marketing.paths import wilson_interval

    missing = {"tier", "volume", "clicks", "cost", "orders", "sales"} - set(terms.columns)
    if missing:
        raise InputError.missing_columns("keywords", missing, terms.columns)
    money = terms.assign(cost=terms["cost"] * usd_rate, sales=terms["sales"] * usd_rate)
    made = money.groupby("tier")[["volume", "clicks", "cost", "orders", "sales"]].sum().astype(float)
    made.insert(0, "terms", money.groupby("tier").size())
    made["coverage"] = made["clicks"] / made["volume"]
    made["conversion"] = made["orders"] / made["clicks"]
    made["conversion_low"], made["conversion_high"] = wilson_interval(made["orders"], made["clicks"])
    made["acos"] = made["cost"] / made["sales"]
    made["cost_per_click"] = made["cost"] / made["clicks"]
    made["break_even_bid"] = made["sales"] / made["clicks"] * margin_share
    return made.reindex([name for name in ("core", "scene", "long_tail") if name in made.index])


def coverage(terms: pd.DataFrame, *, by: str = "market") -> pd.DataFrame:
    """Organic ranks by `by`: terms, share ranked, share and volume share in the top 10, with Wilson intervals."""
    from crossborder.marketing.paths import wilson_interval

    frame = terms.assign(
        ranked=terms["rank"].notna(),
        top=terms["rank"].le(10).fillna(False),
        top_volume=terms["volume"].where(terms["rank"] <= 10, 0),
    )
    made = frame.groupby(by).agg(
        terms=("ranked", "size"),
        ranked=("ranked", "mean"),
        top=("top", "sum"),
        volume=("volume", "sum"),
        top_volume=("top_volume", "sum"),
    )
    low, high = wilson_interval(made["top"].to_numpy(float), made["terms"].to_numpy(float))
    return pd.DataFrame(
        {
            "terms": made["terms"],
            "ranked_share": made["ranked"].astype(float),
            "top10_share": made["top"].astype(float) / made["terms"],
            "top10_low": low,
            "top10_high": high,
            "top10_volume_share": made["top_volume"].astype(float) / made["volume"].astype(float),
        }
    )


def rank_potential(terms: pd.DataFrame, *, places: int = 5, conversion: float, order_margin: float) -> pd.DataFrame:
    """Visits and contribution a month that each term would bring if it rose by `places`, best first.

    Click shares by position are `CLICK_SHARE`; position 11 and beyond gets a tenth of the tenth.
    """
    share = np.array([*CLICK_SHARE, CLICK_SHARE[-1] / 10])
    now = terms["rank"].fillna(101).to_numpy(float)
    after = np.maximum(now - places, 1)

    def clicks(rank: np.ndarray) -> np.ndarray:
        return share[np.minimum(np.round(rank).astype(int) - 1, 10)]

    visits = terms["volume"].to_numpy(float) * (clicks(after) - clicks(now))
    made = terms.assign(rank_after=after, visits=visits, contribution=visits * conversion * order_margin)
    return made.sort_values("contribution", ascending=False)
