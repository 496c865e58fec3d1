"""What notebook 43 needs from a company's tables, each question in one call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.marketing import (
    basket,
    buying_models,
    channel_panel,
    clv,
    engagement,
    funnel,
    inputs,
    membership,
    membership_timing,
    recommender,
    service,
    sold_orders,
)
from crossborder.marketing.buying_models import BuyingModel

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = [
    "Care",
    "Dashboard",
    "FunnelSteps",
    "MemberEffects",
    "Recommendations",
    "acquisition_cost",
    "assumed",
    "care",
    "chance_of_order",
    "control_rate",
    "dashboard",
    "email_frequency",
    "funnel_steps",
    "holdout_models",
    "membership_effects",
    "orders_and_margin",
    "recommendations",
    "rfm_frame",
    "value_by",
    "what_is_earned",
    "with_customers",
]

DRAWN = 1_000
"""Groups of customers that a bootstrap draws where they are a sample of many: the interval is as wide."""
STEPS = ["visits", "product_views", "carts", "checkouts", "orders"]


@dataclass(frozen=True)
class FunnelSteps:
    """The funnel with gaps to the best market, and its bottleneck."""

    frame: pd.DataFrame
    weakest: str


@dataclass(frozen=True)
class Dashboard:
    """Key figures and life-cycle stages of the last month."""

    kpis: pd.DataFrame
    stages: pd.DataFrame


@dataclass(frozen=True)
class MemberEffects:
    """Effect of membership by method (`rows`), programme profit by tier, and effect by market."""

    rows: pd.DataFrame
    tiers: pd.DataFrame
    by_segment: pd.DataFrame
    ratio: membership_timing.TimingEffect


@dataclass(frozen=True)
class Recommendations:
    """Offline quality of lists, and basket rules (None where no pair is bought together often enough)."""

    quality: pd.DataFrame
    rules: pd.DataFrame | None


@dataclass(frozen=True)
class Care:
    """Recommendation scores by year, stages, reasons and staffing; None where a table is missing."""

    scores: pd.DataFrame | None
    stages: pd.DataFrame | None
    reasons: pd.DataFrame | None
    staff: pd.DataFrame | None


def assumed(company: "Company", name: str, default: float) -> float:
    """Base value of an assumption, or `default` where the company has no such row."""
    if not company.has("assumptions"):
        return default
    rows = company.table("assumptions").set_index("name")
    return float(rows.loc[name, "base"]) if name in rows.index else default


def orders_and_margin(company: "Company", markets: list[str] | None = None) -> tuple["Table", float]:
    """Orders with values in USD, and contribution before marketing as a share of revenue."""
    sold = sold_orders.sold_orders(company, markets)
    total = sold.aggregate(revenue_usd=sold.revenue_usd.sum(), margin_usd=sold.margin_usd.sum()).to_pandas()
    return sold, inputs.contribution_share(company, total)


def what_is_earned(company: "Company") -> str:
    """What the values of a customer count: contribution where products tell their cost, else revenue after refunds."""
    known = company.has("products") and company.table("products")["unit_cost"].notna().any()
    return "contribution" if known else "revenue"


def funnel_steps(company: "Company", sold: "Table", markets: list[str] | None = None) -> FunnelSteps | None:
    """The last twelve months' funnel; every step against the best market's rate."""
    if not company.has("sessions"):
        return None
    sessions = company.events("sessions")
    start = company.as_of - pd.Timedelta(days=364)
    recent = sessions.filter(sessions.date >= start.to_pydatetime())
    recent = recent.filter(recent.market.isin(markets)) if markets else recent
    by_market = recent.group_by("market").aggregate(**{name: recent[name].sum() for name in STEPS}).to_pandas()
    counts = by_market.set_index("market")[STEPS].astype(float)
    mean = sold.aggregate(value=sold.revenue_usd.mean()).to_pandas()["value"].iloc[0]
    frame = funnel.funnel(counts.sum(), value_per_order=float(mean))
    rates = (counts / counts.shift(1, axis=1)).drop(columns="visits")
    frame = funnel.step_value(frame, rates.max(), value_per_order=float(mean))
    return FunnelSteps(frame, funnel.weakest_step(frame))


def dashboard(
    company: "Company", sold: "Table", margin_share: float, markets: list[str] | None = None
) -> Dashboard | None:
    """Key figures and stages by month, of all markets or of those that `sold` are of; needs ad_spend and sessions."""
    if not (company.has("ad_spend") and company.has("sessions")):
        return None
    rates = inputs.usd_rates(company)
    monthly = inputs.monthly_kpis(company, sold, rates, margin_share, markets)
    stages = monthly[["visits", "carts", "orders", "repeat_orders"]].set_axis(
        ["acquisition", "activation", "revenue", "retention"], axis=1
    )
    return Dashboard(channel_panel.kpi_set(monthly), funnel.aarrr(stages))


def rfm_frame(sold: "Table", as_of: object) -> pd.DataFrame:
    """Days since the last order, orders and value of each customer."""
    known = sold.filter(sold.customer_id.notnull())
    made = known.group_by("customer_id").aggregate(
        last=known.ordered_at.max().cast("timestamp"), orders=known.count(), value_usd=known.revenue_usd.sum()
    )
    frame = made.order_by("customer_id").to_pandas()
    days = (pd.Timestamp(as_of) + pd.Timedelta(days=1) - frame["last"]).dt.days
    return pd.DataFrame({"recency_days": days, "orders": frame["orders"], "value_usd": frame["value_usd"]})


def holdout_models(past: pd.DataFrame) -> tuple[pd.DataFrame, BuyingModel]:
    """BG/NBD, MBG/NBD and Pareto/NBD on the same hold-out, beside repeating the past rate; and the BG/NBD fit."""
    from crossborder.marketing import pareto_nbd

    history = (past["frequency"], past["recency"], past["age"])
    models = {name: buying_models.fit(*history, kind=kind) for name, kind in (("BG/NBD", "bg"), ("MBG/NBD", "mbg"))}
    rows = {
        name: {**clv.holdout_error(model, past), "log_likelihood": model.log_likelihood}
        for name, model in models.items()
    }
    some = past.iloc[:: max(1, len(past) // 8000)]
    pareto = pareto_nbd.fit(some["frequency"], some["recency"], some["age"], starts=1)
    expected = pareto_nbd.future_purchases(pareto, *history, past["holdout"])
    actual = past["holdout_frequency"]
    rows["Pareto/NBD (sample)"] = {
        "expected_over_actual": float(expected.sum() / actual.sum()),
        "error": float(np.abs(expected - actual).mean()),
        "log_likelihood": np.nan,
    }
    rows["past rate"] = {
        "expected_over_actual": rows["BG/NBD"]["naive_over_actual"],
        "error": rows["BG/NBD"]["naive_error"],
        "log_likelihood": np.nan,
    }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    return frame[["expected_over_actual", "error", "log_likelihood"]], models["BG/NBD"]


def value_by(history: pd.DataFrame, value: pd.DataFrame, by: str, share: float = 1.0) -> pd.DataFrame:
    """Customers, share alive, purchases to come and contribution by a column of the history, with a total.

    `share` is the share of all customers that the histories hold; counts and sums are scaled up to all.
    """
    joined = history[[by]].join(value)
    grouped = joined.groupby(by)
    made = pd.DataFrame(
        {
            "customers": grouped.size(),
            "alive_share": grouped["probability_alive"].mean(),
            "purchases": grouped["purchases"].sum(),
            "order_value_usd": grouped["order_value_usd"].mean(),
            "clv_usd": grouped["clv_usd"].mean(),
            "total_usd": grouped["clv_usd"].sum(),
        }
    )
    if share < 1:
        counted = made[["customers", "purchases", "total_usd"]] / share
        made = made.assign(**counted.assign(customers=counted["customers"].round().astype("int64")))
    return made.sort_values("total_usd", ascending=False)


def with_customers(company: "Company", history: pd.DataFrame) -> pd.DataFrame:
    """The histories with the channel of the first touch."""
    customers = company.table("customers", ["customer_id", "acquisition_channel"], only=history["customer_id"])
    return history.merge(customers, on="customer_id", how="left").rename(columns={"acquisition_channel": "channel"})


def acquisition_cost(
    company: "Company", history: pd.DataFrame, markets: list[str] | None = None, share: float = 1.0
) -> pd.DataFrame:
    """Spend and new customers by channel of the first touch over the whole period (index channel).

    `share` is the share of all customers that the histories hold; the spend is then the same share of all spend.
    """
    spend = inputs.channel_totals(company, inputs.usd_rates(company), markets)["spend_usd"] * share
    joined = with_customers(company, history)
    people = joined["channel"].value_counts()
    return pd.DataFrame({"spend_usd": spend, "customers": people.reindex(spend.index).fillna(0)}).rename_axis("channel")


def chance_of_order(model: BuyingModel, past: pd.DataFrame) -> np.ndarray:
    """Chance of at least one purchase in the hold-out."""
    history = (past["frequency"], past["recency"], past["age"])
    return buying_models.chance_of_purchase(model, *history, past["holdout"])


def membership_effects(company: "Company", *, level: float, rng: np.random.Generator) -> MemberEffects:
    """Effect of membership on 180 days of spend: naive, matched, doubly robust, and by time of joining."""
    # Beyond 200,000 customers the people of the orders' sample; effects need no scaling, numbers of members do.
    share = sold_orders.some_orders(company)[1]
    covariates = ["market", "cohort", "acquisition_channel", "visits_before_joining", "spend_before_joining_usd"]
    customers = sold_orders.some_customers(company)
    people = customers.dropna(subset=["spend_after_joining_usd"])
    spend, member = people["spend_after_joining_usd"].to_numpy(float), people["member"].to_numpy(bool)
    x = membership.design_matrix(people, [name for name in covariates if name in people.columns])
    found = {
        "Difference of means": membership.naive(spend, member, level=level),
        "Matched on the past": membership.matched(spend, member, x, level=level),
        "Doubly robust": membership.doubly_robust(spend, member, x, population="treated", level=level, rng=rng),
    }
    rows = {name: (effect.estimate, effect.low, effect.high) for name, effect in found.items()}
    buyers, purchases = _buying(company, customers)
    timing = {"until": company.as_of, "groups": None if share >= 1 else DRAWN, "level": level, "rng": rng}
    ratio = membership_timing.rate_ratio(purchases, buyers, **timing)
    rows["Members against not yet joined"] = membership_timing.spend_effect(ratio, float(spend[member].mean()))
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])
    after = people[people["member"]].groupby("market")["spend_after_joining_usd"].mean()
    segments = {}
    market = buyers.set_index("customer_id")["market"].reindex(purchases["customer_id"]).to_numpy()
    of_market = dict(tuple(purchases.groupby(market)))
    for name, group in buyers.dropna(subset=["joined_on"]).groupby("market"):
        if name in after.index and len(group) >= 200:
            own = membership_timing.rate_ratio(of_market[name], group, **timing)
            segments[name] = (own.members, *membership_timing.spend_effect(own, float(after[name])))
    names = ["members", "estimate", "estimate_low", "estimate_high"]
    by_segment = pd.DataFrame.from_dict(segments, orient="index", columns=names).rename_axis("market").reset_index()
    if share < 1:
        by_segment["members"] = (by_segment["members"] / share).round().astype("int64")
    return MemberEffects(frame, _tiers(people, frame.iloc[-1], of_all=share), by_segment, ratio)


def _buying(company: "Company", customers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers with the days of their first order and of joining, and the days of all their orders.

    A customer goes by number in both, which is found faster than a name.
    """
    known, _ = sold_orders.some_orders(company)
    placed = known.filter(known.customer_id.notnull())
    placed = placed.select("customer_id", "order_id", day=placed.ordered_at.cast("timestamp"))
    purchases = placed.order_by(["customer_id", "day", "order_id"]).to_pandas()
    number, names = pd.factorize(customers["customer_id"])
    purchases["customer_id"] = pd.Index(names).get_indexer(purchases["customer_id"])
    first = purchases.groupby("customer_id")["day"].min().dt.floor("D")
    first_on = first.reindex(number).to_numpy()
    people = customers.assign(customer_id=number, first_on=first_on, joined_on=customers["member_since"])
    return people.dropna(subset=["first_on"]), purchases


def _tiers(
    people: pd.DataFrame, effect: pd.Series, margin: float = 0.5, benefit: float = 0.06, of_all: float = 1.0
) -> pd.DataFrame:
    """Base, silver and gold by spend after joining; benefits cost `benefit` of spend, rewards a fixed sum a year.

    `of_all` is the share of all customers that `people` are; members are scaled up to all.
    """
    members = people[people["member"]]
    yearly = 2 * members["spend_after_joining_usd"]
    tier = pd.cut(yearly, [-1, 60, 200, np.inf], labels=["base", "silver", "gold"])
    grouped = yearly.groupby(tier, observed=True)
    share = grouped.mean() / yearly.mean()
    frame = pd.DataFrame(
        {
            "members": grouped.size() if of_all >= 1 else (grouped.size() / of_all).round().astype("int64"),
            "spend_usd": grouped.mean(),
            "uplift_usd": 2 * effect["estimate"] * share * margin,
            "uplift_low": 2 * effect["low"] * share * margin,
            "uplift_high": 2 * effect["high"] * share * margin,
            "benefit_cost_usd": grouped.mean() * benefit * pd.Series({"base": 0.4, "silver": 0.8, "gold": 1.2}),
            "reward_cost_usd": 0.9,
        }
    ).rename_axis("tier")
    made = membership.tier_economics(frame)
    return made[["members", "spend_usd", "uplift_usd", "benefit_cost_usd", "profit_usd", "profit_low", "profit_high"]]


def email_frequency(
    company: "Company", markets: list[str] | None, margin_share: float, *, level: float
) -> pd.DataFrame:
    """Value of each number of e-mails a week; the value of a subscriber comes from the assumptions."""
    emails = company.table("emails")
    emails = emails[emails["market"].isin(markets)] if markets else emails
    months = assumed(company, "marketing.email.subscriber_months", 24.0)
    worth = months * assumed(company, "marketing.email.value_of_subscriber_usd", 0.9)
    return engagement.best_frequency(emails, subscriber_value_usd=worth, margin_share=margin_share, level=level)


def recommendations(company: "Company", markets: list[str] | None = None) -> Recommendations:
    """Item lists, diverse lists and popularity against the hidden last product; basket rules."""
    lines = company.events("orders")
    lines = lines.filter(lines.market.isin(markets)) if markets else lines
    known = _known_lines(company, lines, markets)
    first = known.group_by(["customer_id", "sku"]).aggregate(at=known.ordered_at.min().cast("timestamp"))
    bought = first.to_pandas()
    # Customers go by number and products by category, in the order of their names: text is slow to sort and to find.
    bought["customer_id"] = pd.factorize(bought["customer_id"], sort=True)[0]
    bought["sku"] = bought["sku"].astype("category")
    shown, hidden = recommender.leave_last_out(bought)
    names = pd.Index(sorted(shown["sku"].unique()))
    category = pd.Series("all", index=names)
    if company.has("products"):
        category = company.table("products").set_index("sku")["category"].reindex(names).fillna("other")
    model = recommender.fit_items(shown)
    # Every n-th customer is judged; some ten thousand tell hit rates to a tenth of a point.
    hidden = hidden.iloc[:: max(1, len(hidden) // 10_000)]
    judged = shown[pd.Index(hidden["customer_id"]).get_indexer(shown["customer_id"]) >= 0]
    plain = recommender.ItemModel(model.items, np.tile(model.popularity, (len(model.items), 1)), model.popularity)
    lists = {
        "items": recommender.recommend(model, judged),
        "diverse": recommender.diversify(model, judged, category, weight=0.15),
        "popular": recommender.recommend(plain, judged),
    }
    popularity = pd.Series(model.popularity, index=list(model.items))
    quality = recommender.evaluate(lists, hidden, category=category, popularity=popularity)
    counts = basket.pair_counts(lines, least_support=10)
    return Recommendations(quality, basket.rules(counts) if len(counts.pairs) else None)


def _known_lines(company: "Company", lines: "Table", markets: list[str] | None) -> "Table":
    """Lines of known customers; beyond 200,000 those of the sample that the orders gave, where all markets count."""
    if not markets:
        return sampling.some_lines(company.events("orders"))[0]
    return sampling.some(lines.filter(lines.customer_id.notnull()))[0]


def care(company: "Company", markets: list[str] | None, answer_minutes: float, *, level: float) -> Care:
    """Recommendation score by year, stages, reasons and staffing from surveys and tickets."""
    scores = stages = reasons = staff = None
    if company.has("surveys"):
        surveys = company.table("surveys")
        surveys = surveys[surveys["market"].isin(markets)] if markets else surveys
        by_year = {
            str(year): service.net_promoter_score(group["score"], level=level)
            for year, group in surveys.groupby(surveys["date"].dt.year)
        }
        by_year["all"] = service.net_promoter_score(surveys["score"], level=level)
        scores = pd.DataFrame(by_year).T.rename(columns={"low": "score_low", "high": "score_high"}).rename_axis("year")
    if company.has("tickets"):
        tickets = company.table("tickets")
        tickets = tickets[tickets["market"].isin(markets)] if markets else tickets
        placed = float(sold_orders.sold_orders(company, markets).count().to_pandas())
        wage = assumed(company, "marketing.service.agent_cost_hour_usd", 9.0)
        stages = service.stage_index(tickets, placed, level=level)
        reasons = service.bot_share(tickets, agent_cost_hour=wage, level=level)
        staff = service.staffing(tickets, within_minutes=answer_minutes).sort_values("busy_requests", ascending=False)
    return Care(scores, stages, reasons, staff)


def control_rate(company: "Company") -> float:
    """Conversion of all control arms of the A/B tests."""
    table = company.table("experiments")
    control = table[(table["arm"] == "control") & (table["design"] != "geo")]
    return float(control["converted"].sum() / control["exposed"].sum()) if len(control) else 0.04
