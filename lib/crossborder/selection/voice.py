"""Reviews, searches and prices together: what drives a breakout, whether a certificate pays, a brief by market."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.selection import aspects, associations, breakouts, willingness_to_pay
from crossborder.selection.sentiment import Sentiment

if TYPE_CHECKING:
    import ibis

__all__ = ["against_truth", "brief", "bundles", "certificate", "drivers", "stacked"]


def stacked(tables: dict[str, pd.DataFrame], column: str = "kind") -> pd.DataFrame:
    """Frames of the same columns in one, with their names in `column`."""
    return pd.concat([frame.assign(**{column: name}) for name, frame in tables.items()], ignore_index=True)


def drivers(found: pd.DataFrame, keywords: pd.DataFrame | None) -> pd.DataFrame:
    """Breakouts with the keyword of their category and market that grew most in searches around the week.

    Growth compares 90 days from the month of the change with the 90 days before; without keywords or with too
    few searches the driver is empty.
    """
    table = found[found["found"]][["market", "term", "category", "week", "shape", "size", "low", "high", "p_value"]]
    if keywords is None:
        return table.assign(driver="", driver_growth=np.nan)
    rows = table.reset_index(names="at")[["at", "market", "category", "week"]].merge(
        keywords, on=["market", "category"]
    )
    start = rows["week"].dt.to_period("M").dt.start_time
    span = pd.Timedelta(days=92)
    after = (rows["month"] >= start) & (rows["month"] < start + span)
    before = (rows["month"] < start) & (rows["month"] >= start - span)
    rows = rows.assign(after=rows["volume"].where(after, 0), before=rows["volume"].where(before, 0))
    sums = rows.groupby(["at", "keyword"])[["after", "before"]].sum().astype(float)
    sums = sums[(sums["before"] > 100) & (sums["after"] > 100)]
    growth = (sums["after"] / sums["before"] - 1).rename("driver_growth").reset_index()
    best = growth.sort_values("driver_growth").groupby("at").tail(1).set_index("at")
    return table.assign(
        driver=best["keyword"].reindex(table.index).fillna(""), driver_growth=best["driver_growth"].reindex(table.index)
    )


def bundles(
    orders: "ibis.Table | None",
    products: pd.DataFrame | None,
    interest: pd.DataFrame | None,
    least: int = 30,
    level: float = 0.9,
) -> pd.DataFrame:
    """Rules of `associations.rules` for product kinds in one order and for search terms hot in the same week.

    Column `in` says which; each pair stands once. What has no table is left out; an empty frame if neither is there.
    """
    parts = {}
    if orders is not None and products is not None:
        kinds = products.assign(kind=products["name"].str.split(" ", n=1).str[-1])
        parts["orders"] = associations.rules(associations.order_baskets(orders, kinds, "kind"), least, level)
    if interest is not None:
        parts["searches"] = associations.rules(associations.hot_terms(interest), least, level)
    found = [rules[rules["when"] < rules["then"]].assign(**{"in": name}).head(3) for name, rules in parts.items()]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["when", "then", "lift"])


def certificate(
    premiums: pd.DataFrame,
    attribute: str,
    price_usd: float,
    extra_cost_usd: float,
    certificate_usd: float,
    units_year: float,
    level: float = 0.9,
) -> pd.DataFrame:
    """Break-even of one attribute's certificate in every market, from the premiums and their intervals."""
    from scipy.special import ndtri

    rows = premiums[premiums["attribute"] == attribute].reset_index(drop=True)
    if rows.empty:
        raise InputError.unknown("attribute", attribute, premiums["attribute"].unique())
    sd = (rows["high"] - rows["low"]) / (2 * ndtri(0.5 + level / 2))
    even = willingness_to_pay.break_even(
        rows["premium"], sd, price_usd, extra_cost_usd, certificate_usd, units_year, level=level
    )
    table = pd.concat([rows[["market", "premium", "low", "high"]], even], axis=1)
    table["units_needed"] = table["units_needed"].where(np.isfinite(table["units_needed"]))
    return table.sort_values("profit_usd", ascending=False, ignore_index=True)


def brief(
    needs: pd.DataFrame,
    words: pd.DataFrame,
    triples: pd.DataFrame,
    premiums: pd.DataFrame | None,
    found: pd.DataFrame | None,
) -> pd.DataFrame:
    """One row a market: what to mend first, the value word to speak of, the scene to build for, what earns a premium,
    and which term broke out last."""
    table = needs.set_index("market")[["label"]].rename(columns={"label": "mend_first"})
    typical = words[words["z"] > 2].sort_values("z", ascending=False).groupby("market")["label"].first()
    pairs = triples.groupby(["market", "need", "scene"])["reviews"].sum().sort_values().reset_index()
    pairs = pairs.groupby("market").tail(1).set_index("market")
    table["speak_of"] = typical.reindex(table.index).fillna("nothing typical")
    table["build_for"] = (pairs["need"] + ", " + pairs["scene"]).reindex(table.index).fillna("")
    if premiums is not None:
        best = premiums.sort_values("premium").groupby("market").tail(1).set_index("market")
        words_paid = (
            best["attribute"].str.replace("_", " ")
            + " (+"
            + (100 * best["premium"]).round().astype(int).astype(str)
            + " %)"
        )
        table["charge_for"] = words_paid.where(best["low"] > 0, "nothing sure").reindex(table.index).fillna("")
    if found is not None:
        last = found[found["found"]].sort_values("week").groupby("market").tail(1).set_index("market")
        table["watch"] = last["term"].reindex(table.index).fillna("")
    return table.reset_index()


def against_truth(
    known: dict | None,
    named: pd.DataFrame,
    reviews: pd.DataFrame,
    model: Sentiment,
    found: pd.DataFrame | None,
    premiums: pd.DataFrame | None,
) -> pd.DataFrame | None:
    """Measures against a simulated truth, one row each; None where no truth is known."""
    if known is None:
        return None
    labels = known["reviews"]["review_labels"].merge(reviews[["review_id", "text", "language"]], on="review_id")
    clear = labels[labels["sentiment"].isin(["positive", "negative"])]
    tone = model.score(clear["text"], clear["language"]) > 0.5
    rows = [("true tone of clear reviews read right", float((tone == (clear["sentiment"] == "positive")).mean()))]
    said = known["reviews"]["review_aspects"].rename(columns={"aspect": "label"})
    measured = aspects.recall(named, said[said["review_id"].isin(reviews["review_id"])])
    rows.append(("aspects found of those known", float(np.average(measured["recall"], weights=measured["known"]))))
    if found is not None:
        score = breakouts.judge(found, known["search"]["search_breakouts"])
        rows += [
            ("planted breakouts found", score["recall"]),
            ("found breakouts that were planted", score["precision"]),
        ]
    if premiums is not None:
        table = known["rival_offers"]["price_premiums_log"].melt("market", var_name="attribute", value_name="log")
        both = premiums.merge(table, on=["market", "attribute"])
        true = np.expm1(both["log"])
        rows.append(
            ("intervals of premiums that hold the truth", float(true.between(both["low"], both["high"]).mean()))
        )
        rows.append(("mean error of a premium", float((both["premium"] - true).abs().mean())))
    return pd.DataFrame(rows, columns=["measure", "share"])
