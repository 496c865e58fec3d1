"""Offers, festivals, recognition and brand of a company, each in one call for notebook 43."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.marketing import brand, experiments, membership, promotions, referral, sold_orders

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = ["OfferEconomics", "Reach", "discount_test", "offer_economics", "reach"]


@dataclass(frozen=True)
class OfferEconomics:
    """Discounts from the test, a flash sale, and growth by invitation."""

    discounts: pd.DataFrame | None
    sale: pd.DataFrame
    growth: pd.DataFrame


@dataclass(frozen=True)
class Reach:
    """Demand in calendar events, and a list of recognition, look-alike and brand figures."""

    events: pd.DataFrame
    summary: pd.DataFrame


def discount_test(
    company: "Company", margin_share: float, order_value: float, *, level: float = 0.9
) -> pd.DataFrame | None:
    """Every discount arm of a multi-arm test: lift with simultaneous interval, break-even lift, net a thousand orders.

    Arms must name the discount as a percentage ("10 percent"). None without such a test.
    """
    if not company.has("experiments"):
        return None
    rows = company.table("experiments")
    rows = rows[(rows["design"] == "multi_arm") & rows["subject"].str.contains("discount")]
    if rows.empty:
        return None
    rows = rows[rows["experiment_id"] == rows["experiment_id"].iloc[0]]
    arms = rows.groupby("arm").agg(converted=("converted", "sum"), people=("exposed", "sum")).astype(float)
    found = experiments.many_arms(arms, correction="dunnett", level=level)
    base = arms.loc["control", "converted"] / arms.loc["control", "people"]
    size = found.index.str.extract(r"(\d+)", expand=False).astype(float).to_numpy() / 100
    made = pd.DataFrame(
        {
            "arm": found.index,
            "discount": size,
            "lift": found["effect"].to_numpy() / base,
            "lift_low": found["effect_low"].to_numpy() / base,
            "lift_high": found["effect_high"].to_numpy() / base,
            "break_even_lift": promotions.break_even_lift(size, margin_share),
        }
    )
    for name in ("lift", "lift_low", "lift_high"):
        made[name.replace("lift", "net_usd")] = [
            promotions.promotion_margin(
                base_units=1000, lift=lift, discount=cut, price=order_value, unit_cost=order_value * (1 - margin_share)
            )["net"]
            for lift, cut in zip(made[name], made["discount"], strict=True)
        ]
    made = made.rename(columns={"net_usd_low": "net_low", "net_usd_high": "net_high"})
    return made.sort_values("discount", ignore_index=True)


def offer_economics(
    company: "Company",
    sold: "Table",
    margin_share: float,
    *,
    level: float = 0.9,
    rng: np.random.Generator,
    expected_rise: float = 8.0,
) -> OfferEconomics:
    """Discount test, a flash sale of the best seller with stock for two thirds of the demand, and invitations.

    `expected_rise` is the demand of the sale's two hours over a usual day of the best seller.
    """
    mean = float(sold.aggregate(value=sold.revenue_usd.mean()).to_pandas()["value"].iloc[0])
    lines = company.events("orders")
    # Order lines, not pieces: one wholesale order of thousands is one buyer.
    bought = lines.group_by("sku").aggregate(orders=lines.count(), first=lines.ordered_at.min().cast("timestamp"))
    top = bought.order_by([bought.orders.desc(), bought.sku]).limit(1).to_pandas().iloc[0]
    days = max((company.as_of - pd.Timestamp(top["first"]).tz_localize(None)).days, 1)
    demand = expected_rise * float(top["orders"]) / days
    sale = promotions.flash_sale(
        stock=max(int(demand * 2 / 3), 1),
        demand_mean=demand,
        demand_sd=0.4 * demand,
        minutes=120,
        half_minutes=15,
        capacity_a_minute=max(demand / 20, 1.0),
        margin=mean * margin_share,
        rng=rng,
    )
    table = pd.DataFrame({"question": [name.replace("_", " ") for name in sale.index], "answer": sale.to_numpy()})
    invited = {
        f"{count:g} invitations a customer": referral.viral_coefficient(
            1000, 1000 * count, 1000 * count * 0.06, level=level
        )
        for count in (0.5, 1.0, 2.0, 4.0)
    }
    growth = pd.DataFrame(invited).T.rename(columns={"low": "k_low", "high": "k_high"}).rename_axis("programme")
    return OfferEconomics(discount_test(company, margin_share, mean, level=level), table, growth)


def reach(
    company: "Company",
    sold: "Table",
    history: pd.DataFrame,
    value: pd.DataFrame,
    margin_share: float,
    yearly_discount: float,
    *,
    royalty_rate: float = 0.03,
    level: float = 0.9,
    share: float = 1.0,
    rng: np.random.Generator,
) -> Reach:
    """Festival multipliers in the largest market, share of identities recognised, look-alikes, brand by royalty
    relief.

    `share` is the share of all customers that `history` holds (`company.sampling.some`).
    """
    people = pd.Index(history["customer_id"])  # text is indexed once for both
    rows = [*_recognised(company, people, value, share), *_alike(company, people, value, share, rng)]
    days = _days(sold)
    revenue = float(days.loc[days["day"] >= company.as_of - pd.Timedelta(days=364), "revenue_usd"].sum())
    worth = {
        rate: brand.royalty_relief(
            np.array([revenue]), royalty_rate=rate, tax_rate=0.2, discount=yearly_discount + 0.03, growth=0.02
        )
        for rate in (0.5 * royalty_rate, royalty_rate, 2 * royalty_rate)
    }
    low, middle, high = worth.values()
    rows.append(("brand value, royalty relief (assumed royalty rate, half to double)", "USD", middle, low, high))
    summary = pd.DataFrame(rows, columns=["figure", "unit", "amount", "amount_low", "amount_high"])
    return Reach(_festivals(days, level), summary)


def _days(sold: "Table") -> pd.DataFrame:
    """Orders and revenue by market and day, in the order of both."""
    keys = ["market", sold.ordered_at.date().name("day")]
    made = sold.group_by(keys).aggregate(orders=sold.count(), revenue_usd=sold.revenue_usd.sum()).to_pandas()
    return made.assign(day=pd.to_datetime(made["day"])).sort_values(["market", "day"], ignore_index=True)


def _recognised(company: "Company", people: pd.Index, value: pd.DataFrame, share: float) -> list[tuple]:
    if not company.has("touchpoints"):
        return []
    # Histories of a sample are held against the touches of the same people.
    touches = sampling.of_share(company.events("touchpoints"), share)
    seen = touches.select("customer_id").distinct().to_pandas()["customer_id"]
    worth = pd.Series(value["clv_usd"].to_numpy(), index=people)
    match = membership.identity_match(people, seen, value=worth)
    return [
        ("identities in touchpoints that are customers", "share", match["matched_share"], np.nan, np.nan),
        ("customers ever seen in touchpoints", "share", match["customers_seen_share"], np.nan, np.nan),
        ("lifetime value of those seen", "share", match["value_seen_share"], np.nan, np.nan),
    ]


def _alike(
    company: "Company", people: pd.Index, value: pd.DataFrame, share: float, rng: np.random.Generator
) -> list[tuple]:
    if not company.has("customers"):
        return []
    names = ["market", "cohort", "acquisition_channel"]
    if share < 1 and share == sold_orders.some_orders(company)[1]:
        customers = sold_orders.some_customers(company)  # the same people, read once
    else:
        customers = company.table("customers", ["customer_id", *names], share=share)
    place = people.get_indexer(customers["customer_id"])
    known = customers.loc[place >= 0, names].set_axis(place[place >= 0]).reindex(range(len(people)))
    profile = pd.get_dummies(known.astype(str), drop_first=True, dtype=float)
    best = (value["clv_usd"] >= value["clv_usd"].quantile(0.9)).to_numpy()
    some = np.linspace(0, len(best) - 1, min(len(best), 20_000)).astype(int)
    quality = brand.lookalike(profile.iloc[some], best[some], rng=rng)[1]
    return [
        ("look-alikes of the best tenth: area under the curve", "share", quality["auc"], np.nan, np.nan),
        ("best tenth of look-alikes over the mean", "ratio", quality["top_tenth_lift"], np.nan, np.nan),
    ]


def _festivals(days: pd.DataFrame, level: float) -> pd.DataFrame:
    from crossborder.reference import calendars

    # Names that are no country, such as ZZ of orders without one, have no calendar.
    sums = days[days["market"].map(calendars.has)].groupby("market")["orders"].sum()
    if sums.empty:
        return pd.DataFrame(columns=["market", "event", "days", "multiplier", "multiplier_low", "multiplier_high"])
    market = str(sums.idxmax())  # the first by name of equal ones
    daily = days[days["market"] == market].set_index("day")["orders"]
    daily = daily.reindex(pd.date_range(daily.index.min(), daily.index.max()), fill_value=0)
    events = calendars.events([market], daily.index.min(), daily.index.max())
    found = promotions.event_multipliers(daily, events, level=level)
    made = found.rename(columns={"low": "multiplier_low", "high": "multiplier_high"})
    made.insert(0, "market", market)
    return made[made["days"] >= 2].reset_index(drop=True)
