"""How crowded a niche is, where prices leave a gap, what rivals offer, and what crowding does to the margin."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.selection.launch_review import wilson

__all__ = ["crowding", "margin_by_crowding", "price_gaps", "price_position", "rival_gaps", "visibility"]


def crowding(listings: pd.DataFrame, by: tuple[str, ...] = ("category", "niche")) -> pd.DataFrame:
    """Crowding of each niche: offers, sellers, concentration (HHI 0 to 1 of pieces), homogeneity, price spread, index.

    Homogeneity is the share of offers whose main picture stands at another offer too (pictures missing: equal titles).
    Price spread is the robust log spread within markets. The index (0 to 1) is the mean rank of homogeneity, sellers
    and even, low concentration.
    """
    if missing := {"market", "seller_id", "price", "units_month", "title", *by} - set(listings.columns):
        raise InputError.missing_columns("listings", missing, listings.columns)
    frame = listings.copy()
    same = frame["image_hash"] if "image_hash" in frame and frame["image_hash"].notna().any() else frame["title"]
    frame["alike"] = same.notna() & same.duplicated(keep=False)
    logs = np.log(frame["price"].clip(lower=1e-9))
    frame["off"] = (logs - logs.groupby([frame["market"], *[frame[c] for c in by]]).transform("median")).abs()
    sold = frame.groupby([*by, "seller_id"])["units_month"].sum()
    part = sold / sold.groupby(level=list(range(len(by)))).transform("sum").clip(lower=1)
    groups = frame.groupby(list(by))
    table = groups.agg(
        offers=("seller_id", "size"), sellers=("seller_id", "nunique"), homogeneity=("alike", "mean"),
        price_spread=("off", "median"), units_month=("units_month", "sum"),
    )  # fmt: skip
    table["price_spread"] *= 1.4826
    table["concentration"] = (part**2).groupby(level=list(range(len(by)))).sum()
    ranks = pd.concat([table["homogeneity"].rank(pct=True), table["sellers"].rank(pct=True),
                       (-table["concentration"]).rank(pct=True)], axis=1)  # fmt: skip
    table["index"] = ranks.mean(axis=1)
    return table.sort_values("index", ascending=False).reset_index()


def margin_by_crowding(launches: pd.DataFrame, thin: float = 0.08, groups: int = 3, level: float = 0.9) -> pd.DataFrame:
    """Expected margin of ideas in thirds of homogeneity: mean with interval, and the share below `thin` (Wilson)."""
    from scipy.special import ndtri

    rows = launches.dropna(subset=["homogeneity", "margin_share"])
    if len(rows) < 20 * groups:
        raise Refusal.because("no margin by crowding", f"{len(rows)} ideas", f"needs {20 * groups}")
    names = ["little alike", "middle", "much alike"] if groups == 3 else [f"group {i + 1}" for i in range(groups)]
    part = pd.qcut(rows["homogeneity"].rank(method="first"), groups, labels=names)
    grouped = rows.groupby(part, observed=True)["margin_share"]
    table = grouped.agg(ideas="size", margin="mean", sd="std")
    half = ndtri(0.5 + level / 2) * table.pop("sd") / np.sqrt(table["ideas"])
    table["low"], table["high"] = table["margin"] - half, table["margin"] + half
    below = grouped.apply(lambda x: (x < thin).sum())
    table["thin_share"] = below / table["ideas"]
    table["thin_low"], table["thin_high"] = wilson(below, table["ideas"], level)
    return table.rename_axis("group").reset_index()


def price_position(listings: pd.DataFrame, price: float, market: str, niche: str, column: str = "price") -> pd.Series:
    """Where a price stands among rival offers of a niche in a market (same currency).

    percentile (0 to 1), index (price over the median), gap_low and gap_high (the widest stretch of the middle eight
    tenths without any offer), offers. Fewer than 8 offers: Refusal.
    """
    rows = listings[(listings["market"] == market) & (listings["niche"] == niche)][column].dropna().to_numpy(float)
    if len(rows) < 8:
        raise Refusal.because(f"no price position in {market}, {niche}", f"{len(rows)} offers", "needs 8")
    if price <= 0:
        raise InputError.out_of_range("price", price, "above 0")
    ordered = np.sort(rows)
    inside = ordered[(ordered >= np.quantile(ordered, 0.1)) & (ordered <= np.quantile(ordered, 0.9))]
    widest = int(np.argmax(np.diff(np.log(inside)))) if len(inside) > 1 else 0
    return pd.Series(
        {
            "percentile": float((ordered < price).mean() + 0.5 * (ordered == price).mean()),
            "index": price / float(np.median(ordered)),
            "gap_low": inside[widest],
            "gap_high": inside[min(widest + 1, len(inside) - 1)],
            "offers": len(ordered),
        }
    )


def rival_gaps(
    listings: pd.DataFrame, attributes: tuple[str, ...], by: str = "niche", top: float = 0.2, level: float = 0.9
) -> pd.DataFrame:
    """What the best-selling fifth of offers has more often than the rest: one row a niche and attribute.

    Columns: leaders, others (shares with the attribute), gap with its interval at `level`, rating_gap (stars).
    """
    if missing := {*attributes, by, "units_month", "rating"} - set(listings.columns):
        raise InputError.missing_columns("listings", missing, listings.columns)
    rank = listings.groupby(by)["units_month"].rank(pct=True)
    lead = rank > 1 - top
    rows = listings[[by, *attributes]].assign(lead=lead)
    long = rows.melt([by, "lead"], var_name="attribute", value_name="has")
    table = long.assign(has=long["has"].astype(float)).groupby([by, "attribute", "lead"])["has"].agg(["mean", "size"])
    first, rest = table.xs(True, level="lead"), table.xs(False, level="lead")
    out = pd.DataFrame({"leaders": first["mean"], "others": rest["mean"]})
    out["gap"] = out["leaders"] - out["others"]
    error = sum(part["mean"] * (1 - part["mean"]) / part["size"] for part in (first, rest)) ** 0.5
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    out["low"], out["high"] = out["gap"] - reach, out["gap"] + reach
    stars = [listings[mask].groupby(by)["rating"].mean() for mask in (lead, ~lead)]
    out["rating_gap"] = (stars[0] - stars[1]).reindex(out.index.get_level_values(by)).to_numpy()
    return out.sort_values("gap", ascending=False).reset_index()


def visibility(conversion: pd.Series, return_rate: pd.Series, return_weight: float = 2.0) -> pd.Series:
    """Score 0 to 1 of how a platform's ranking would like an offer: conversion after weighted returns, as a rank.

    conversion * (1 - return_weight * return_rate), never below 0, as the share of offers beaten.
    """
    if (conversion < 0).any() or ((return_rate < 0) | (return_rate > 1)).any():
        raise InputError.out_of_range("conversion or return_rate", "out of range", "fractions from 0 to 1")
    kept = (conversion * (1 - return_weight * return_rate)).clip(lower=0)
    return kept.rank(pct=True)


def price_gaps(listings: pd.DataFrame, market: str, price: float, least: int = 8) -> pd.DataFrame:
    """`price_position` of one price in every niche of a market with at least `least` offers, widest gap first.

    `gap` is the width of the stretch without offers as a fraction of its lower end.
    """
    rows = listings[listings["market"] == market]
    count = rows["niche"].value_counts()
    names = sorted(count[count >= max(least, 8)].index)
    if not names:
        raise Refusal.because(f"no price gaps in {market}", f"{len(rows)} offers", f"needs {least} in a niche")
    table = pd.DataFrame([price_position(rows, price, market, name) for name in names]).assign(niche=names)
    table["gap"] = table["gap_high"] / table["gap_low"] - 1
    return table.sort_values("gap", ascending=False, ignore_index=True)
