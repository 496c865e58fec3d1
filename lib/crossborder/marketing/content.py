"""What trust marks, the buyer's language, faster content and a community go with, from a company's tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal
from crossborder.marketing import cohorts
from crossborder.marketing.paths import wilson_interval

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["brand_searches", "community_health", "language_gap", "language_value", "signal_lift"]

SIGNALS = ("eco_certified", "safety_certified", "traceable")


def signal_lift(offers: pd.DataFrame, signals: Sequence[str] = SIGNALS, *, level: float = 0.9) -> pd.DataFrame:
    """Sales of offers with a trust mark over like offers without, by mark; an association, not an effect.

    Least squares of log(1 + pieces a month) on the marks, log price and rating, within market and category; errors
    allow for unequal spread (White 1980, HC1). `offers`: rows of the table listings.
    Columns: offers, multiplier, multiplier_low, multiplier_high.
    """
    from scipy.special import ndtri

    needed = {"market", "category", "price", "units_month", *signals}
    if needed - set(offers.columns):
        raise InputError.missing_columns("listings", needed - set(offers.columns), offers.columns)
    marks = offers[list(signals)].astype(float)
    marks = marks.loc[:, (marks.sum() >= 5) & ((1 - marks).sum() >= 5)]
    if marks.empty or len(offers) < 50:
        raise Refusal.because(
            "too few offers with and without a mark", f"offers: {len(offers)}", "at least 50, 5 of each kind"
        )
    columns = marks.assign(log_price=np.log(offers["price"].astype(float)))
    if "rating" in offers:
        columns["rating"] = offers["rating"].fillna(offers["rating"].mean())
    cell = offers["market"].astype(str) + "/" + offers["category"].astype(str)
    x = (columns - columns.groupby(cell).transform("mean")).to_numpy(float)
    sold = np.log1p(offers["units_month"].astype(float))
    y = (sold - sold.groupby(cell).transform("mean")).to_numpy(float)
    inverse = np.linalg.pinv(x.T @ x)
    slope = inverse @ x.T @ y
    residual = y - x @ slope
    freedom = max(len(y) - x.shape[1] - cell.nunique(), 1)
    error = np.sqrt(np.diag(inverse @ (x * residual[:, None] ** 2).T @ x @ inverse) * len(y) / freedom)
    z, own = float(ndtri(0.5 + level / 2)), slice(0, marks.shape[1])
    ends = {"multiplier": 0.0, "multiplier_low": -z, "multiplier_high": z}
    made = {name: np.exp(slope[own] + side * error[own]) for name, side in ends.items()}
    return pd.DataFrame({"offers": marks.sum().astype(int), **made}).rename_axis("mark")


def language_gap(reviews: pd.DataFrame, *, level: float = 0.9, least: int = 30) -> pd.DataFrame:
    """How many buyers of a market write in another language than most, and how much less content they are.

    `reviews`: rows of the table reviews. Columns: language (the main one), reviews, other_share with its interval
    (Wilson), stars_less (mean stars of the main language less the others') with its interval (Welch, normal).
    """
    from scipy.special import ndtri

    z, rows = float(ndtri(0.5 + level / 2)), {}
    for market, group in reviews.groupby("market"):
        main = str(group["language"].mode().iloc[0])
        is_main = (group["language"] == main).to_numpy()
        low, high = wilson_interval(float((~is_main).sum()), float(len(group)), level)
        stars = group["rating"].to_numpy(float)
        gap = error = np.nan
        if min(is_main.sum(), (~is_main).sum()) >= 2:
            parts = stars[is_main], stars[~is_main]
            gap = parts[0].mean() - parts[1].mean()
            error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
        if len(group) >= least:
            share = float((~is_main).mean())
            rows[market] = (main, len(group), share, float(low), float(high), gap, gap - z * error, gap + z * error)
    if not rows:
        raise Refusal.because(
            "too few reviews to tell languages apart", f"reviews: {len(reviews)}", f"at least {least} in a market"
        )
    names = ["language", "reviews", "other_share", "other_share_low", "other_share_high"]
    names += ["stars_less", "stars_less_low", "stars_less_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("market")


def language_value(
    orders_year: float, other_share: float, *, uplift: float, accuracy: float, loss: float, order_margin: float
) -> pd.Series:
    """Contribution a year of serving the other languages: right texts lift conversion, wrong ones cost orders.

    `uplift` is the relative lift where the text is right, `loss` the relative loss where it is wrong, `accuracy` the
    share of texts that are right. Gives orders, contribution, and the accuracy at which nothing is gained.
    """
    if not (0 <= accuracy <= 1 and 0 <= other_share <= 1):
        raise InputError.out_of_range("accuracy and other_share", (accuracy, other_share), "fractions from 0 to 1")
    if uplift + loss <= 0:
        raise InputError.out_of_range("uplift and loss", (uplift, loss), "together above 0")
    orders = orders_year * other_share * (accuracy * uplift - (1 - accuracy) * loss)
    even = float(np.clip(loss / (uplift + loss), 0.0, 1.0))
    return pd.Series({"orders": orders, "contribution": orders * order_margin, "break_even_accuracy": even})


def community_health(touchpoints: "Table", channel: str = "social_organic") -> pd.DataFrame:
    """People of a community by month: active, who of them were back the month after, and visits; whole in the engine.

    A person's months are the bits of one integer, so that people are brought together once and held against no one.

    Columns: active, back (share of the month's people seen again the next month; missing in the last), visits.
    """
    own = touchpoints.filter(touchpoints.channel == channel)
    at = own["at"].cast("timestamp")
    # One channel is a small part of the touches, which are so read once.
    seen = laid_down(own.select("customer_id", month=(at.year().cast("int64") * 12 + at.month().cast("int64") - 1)))
    visits = seen.group_by("month").aggregate(visits=seen.count())
    made = visits.to_pandas().set_index("month").sort_index()
    if made.empty:
        raise Refusal.because(f"nobody came through {channel}", "visits: 0", "name the channel of the community")
    made = made.join(_active(seen, int(made.index[0]), int(made.index[-1])))
    made["back"] = (made["kept"].fillna(0.0) / made["active"]).where(made.index < made.index.max())
    made.index = pd.PeriodIndex.from_ordinals(made.index - 1970 * 12, freq="M", name="month").to_timestamp()
    return made[["active", "back", "visits"]]


def _active(seen: "Table", first: int, last: int) -> pd.DataFrame:
    """People by month (number, from `first` to `last`): active, and kept (also there the month after)."""
    import ibis
    import ibis.expr.operations as ops

    if last - first >= cohorts.BITS or not seen.get_backend().has_operation(ops.BitOr):
        people = laid_down(seen.select("customer_id", "month").distinct())  # asked three times
        active = people.group_by("month").aggregate(active=people.count()).to_pandas()
        later = people.select(again="customer_id", before=people.month - 1)
        both = people.inner_join(later, [people.customer_id == later.again, people.month == later.before])
        kept = both.group_by("month").aggregate(kept=both.count()).to_pandas()
        return active.set_index("month").join(kept.set_index("month"))
    one = ibis.literal(1).cast("int64")  # a literal alone is written as 1, an integer of 32 bits
    people = seen.group_by("customer_id").aggregate(bits=(one << (seen.month - first)).bit_or())
    alike = people.group_by("bits").aggregate(people=people.count())
    every = ibis.memtable(pd.DataFrame({"month": np.arange(first, last + 1, dtype="int64")}))
    both = alike.cross_join(every)
    both = both.select("month", "people", there=both.bits >> (both.month - first))
    both = both.filter((both.there & 1) == 1)
    again = ((both.there >> 1) & 1) * both.people
    return both.group_by("month").aggregate(active=both.people.sum(), kept=again.sum()).to_pandas().set_index("month")


def brand_searches(spend: pd.DataFrame, channel: str = "search_brand") -> pd.Series:
    """Index of searches for the brand by week: impressions of the brand's search ads, 100 = the first half year."""
    own = spend[spend["channel"] == channel]
    if own.empty or own["impressions"].sum() <= 0:
        raise Refusal.because("nobody searched for the brand", "impressions: 0", "name the channel of brand searches")
    weekly = own.set_index("date")["impressions"].astype(float).resample("W-MON", label="left", closed="left").sum()
    whole = weekly.iloc[1:-1] if len(weekly) > 2 else weekly
    return (100 * whole / whole.iloc[:26].mean()).rename("index")
