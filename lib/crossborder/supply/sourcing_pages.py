"""The supplier page on a company: scorecards, allocation, resilience and quality from its tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.supply import alliance, allocation, quality, sourcing_risk, suppliers
from crossborder.supply.inputs import to_usd

__all__ = [
    "Board",
    "alliance_table",
    "answer",
    "batch_chart",
    "board",
    "capacity_watch",
    "category_suppliers",
    "finance_levers",
    "frontier",
    "quality_plans",
    "resilience",
    "sourcing_results",
    "split_under_caps",
    "truth_check",
    "volume_tiers",
    "warnings",
]


@dataclass(frozen=True)
class Board:
    """All suppliers: points, score, gates, identity, ESG, tier, yearly spend (USD) and pieces, rank."""

    frame: pd.DataFrame
    suppliers: pd.DataFrame
    purchases: pd.DataFrame | None
    months: pd.DataFrame | None
    as_of: pd.Timestamp


def board(company: object, rng: np.random.Generator) -> Board:
    """The scorecard of a company's suppliers, spend from the last year's purchases where they are known."""
    table = company.table("suppliers")
    purchases, months = company.optional("purchases"), company.optional("supplier_months")
    scored = suppliers.scorecard(table)
    gate, identity, esg = suppliers.gates(table), suppliers.identity_check(table), suppliers.esg_score(table)
    doubt = suppliers.weight_sensitivity(scored, rng)
    frame = scored.merge(gate, on="supplier_id").merge(
        identity.rename(columns={"passed": "checks", "missing": "checks_missing"}), on="supplier_id"
    )
    frame = frame.merge(esg, on="supplier_id").merge(doubt, on="supplier_id")
    frame[["spend_usd", "units"]] = _spend(purchases, company.as_of, frame["supplier_id"])
    allowed = frame["passed"] & (frame["decision"] != "reject")
    frame["tier"] = suppliers.tiers(frame["score"], frame["spend_usd"], allowed)
    return Board(
        frame.sort_values("score", ascending=False, ignore_index=True), table, purchases, months, company.as_of
    )


def warnings(board_: Board, level: float = 0.95) -> pd.DataFrame | None:
    """Suppliers whose monthly record worsens beyond chance: on-time share and defects, with the change a year."""
    if board_.months is None:
        return None
    parts = []
    for value in ("on_time_rate", "defect_rate"):
        found = suppliers.trend(board_.months, value, window=18, level=level)
        parts.append(found[found["warning"]].assign(indicator=value.replace("_", " ")))
    silent = board_.months.groupby("supplier_id")["month"].max()
    gone = silent[silent < board_.months["month"].max() - pd.DateOffset(months=2)]
    stopped = pd.DataFrame(
        {
            "supplier_id": gone.index,
            "indicator": "no deliveries",
            "latest": 0.0,
            "slope_year": np.nan,
            "confidence": 1.0,
        }
    )
    table = pd.concat([*parts, stopped], ignore_index=True)
    return table.merge(board_.frame[["supplier_id", "name", "tier", "spend_usd"]], on="supplier_id").sort_values(
        ["spend_usd"], ascending=False, ignore_index=True
    )[["supplier_id", "name", "tier", "indicator", "latest", "slope_year", "confidence", "spend_usd"]]


def category_suppliers(board_: Board, category: str) -> tuple[pd.DataFrame, float]:
    """Suppliers of a category that passed the checks, ready for `allocation.allocate`, and the monthly demand (pieces).

    The price is the category's mean purchase price (8 USD where unknown) times the supplier's price index; capacity is
    what is free plus what it delivers to us already.
    """
    known = board_.frame["category"].unique()
    if category not in known:
        raise InputError.unknown("category", category, known)
    rows = board_.frame[(board_.frame["category"] == category) & (board_.frame["tier"] != "blocked")]
    facts = board_.suppliers.set_index("supplier_id").loc[rows["supplier_id"]]
    price = rows["spend_usd"].sum() / max(float(rows["units"].sum()), 1.0) or 8.0
    monthly = rows["units"].to_numpy(float) / 12
    table = pd.DataFrame(
        {
            "supplier_id": rows["supplier_id"].to_numpy(),
            "country": facts["country"].to_numpy(),
            "unit_cost": price * facts["price_index"].to_numpy(float),
            "capacity": facts["capacity_units_month"].to_numpy(float) * facts["capacity_free"].to_numpy(float)
            + monthly,
            "minimum": facts["min_order_quantity"].to_numpy(float),
            "outage_probability": facts["outage_probability_year"].to_numpy(float),
            "score": rows["score"].to_numpy(),
            "discount": facts["volume_discount"].to_numpy(float),
            "now_units": monthly,
        }
    )
    # Without purchases the volume is unknown: a third of the capacity stands for it.
    demand = float(monthly.sum()) or float(table["capacity"].sum()) / 3
    return table.reset_index(drop=True), demand


def split_under_caps(
    table: pd.DataFrame, demand: float, country_cap: float, supplier_cap: float
) -> tuple[allocation.Allocation, float]:
    """The least-cost split and the country cap it holds: the one asked for, or the tightest above it that can hold."""
    for cap in [country_cap, *np.arange(np.ceil(country_cap * 20) / 20, 1.001, 0.05)]:  # at most twenty caps
        try:
            return allocation.allocate(table, demand, float(min(cap, 1.0)), supplier_cap), float(min(cap, 1.0))
        except Refusal:
            continue
    return allocation.allocate(table, demand), 1.0


def frontier(table: pd.DataFrame, demand: float) -> pd.DataFrame:
    """Cost of country caps from none to the company's 30 %, with the reason where a cap cannot hold."""
    return allocation.cap_frontier(table, demand, [1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])


def resilience(
    table: pd.DataFrame,
    demand: float,
    margin_unit: float,
    outage_days: float,
    switch_days: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Purchase cost and expected loss from outages by the largest share that one supplier may have."""
    caps = np.array([1.0, 0.8, 0.65, 0.5, 0.4, 0.33, 0.25])
    return sourcing_risk.resilience_curve(table, demand, margin_unit, caps, outage_days, switch_days, rng)


def volume_tiers(table: pd.DataFrame, demand: float) -> pd.DataFrame:
    """What a yearly commitment is worth by supplier: price cut when its volume doubles, and when it takes all."""
    volume = np.maximum(table["now_units"].to_numpy() * 12, 1.0)
    double = 1 - alliance.volume_price(2 * volume, volume, table["discount"])
    everything = np.minimum(demand, table["capacity"]) * 12
    whole = 1 - alliance.volume_price(np.maximum(everything, volume), volume, table["discount"])
    spend = volume * table["unit_cost"]
    return pd.DataFrame(
        {
            "supplier_id": table["supplier_id"],
            "pieces_year": volume,
            "cut_at_double": double,
            "cut_with_all": whole,
            "saving_at_double": 2 * spend * double,
            "saving_with_all": everything * table["unit_cost"] * whole,
        }
    ).sort_values("saving_with_all", ascending=False, ignore_index=True)


def alliance_table(
    table: pd.DataFrame, demand: float, partners: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
) -> pd.DataFrame:
    """A buying alliance with firms of several sizes (shares of our volume): fair split of the pooled discount."""
    size = np.array([1.0, *partners]) * demand * 12
    price = float((table["unit_cost"] * table["capacity"]).sum() / table["capacity"].sum())
    found = alliance.purchase_alliance(size, price, float(table["discount"].mean()), coordination_cost=2_000.0)
    return found.assign(firm=["us", *(f"partner {n}" for n in range(1, len(size)))])[
        ["firm", "quantity", "alone", "saving", "share", "price_cut", "stable"]
    ]


def quality_plans(board_: Board, good: float = 0.01, bad: float = 0.05) -> pd.DataFrame:
    """Sampling plan by tier (how bad a lot may slip through), and the yearly cost of defects at the measured rates."""
    rows = []
    risks = {"strategic": (0.05, 0.15), "core": (0.05, 0.10), "cooperative": (0.05, 0.05)}
    for tier, (producer, consumer) in risks.items():  # over three tiers
        part = board_.frame[board_.frame["tier"] == tier]
        if part.empty:
            continue
        plan = quality.sampling_plan(good, bad, producer, consumer)
        facts = board_.suppliers.set_index("supplier_id").loc[part["supplier_id"], "defect_rate"].to_numpy(float)
        units = part["units"].to_numpy(float)
        rate = float((facts * units).sum() / max(units.sum(), 1.0)) if units.sum() else float(facts.mean())
        passes = float(quality.acceptance_probability(plan.sample_size, plan.accept, rate))
        seen, bad_pieces = _inspected(board_, part["supplier_id"])
        low, high = quality.defect_rate_interval(bad_pieces, max(seen, 1))
        cost = float(quality.cost_of_poor_quality(units.sum(), rate, 1 - passes, 3.0, 18.0))
        rows.append(
            {
                "tier": tier,
                "suppliers": len(part),
                "sample": plan.sample_size,
                "accept": plan.accept,
                "defect_rate": rate,
                "low": float(low),
                "high": float(high),
                "lots_passing": passes,
                "defect_cost_year": cost,
            }
        )
    return pd.DataFrame(rows)


def batch_chart(board_: Board, supplier_id: str) -> pd.DataFrame | None:
    """Control chart of a supplier's batches in order of receipt; limits from its first half."""
    if board_.purchases is None:
        return None
    rows = board_.purchases[(board_.purchases["supplier_id"] == supplier_id) & (board_.purchases["inspected"] > 0)]
    rows = rows.sort_values("received_on")
    chart = quality.p_chart(rows["defects"], rows["inspected"], base=max(len(rows) // 2, 1))
    return chart.assign(received_on=rows["received_on"].to_numpy())


def capacity_watch(
    table: pd.DataFrame, demand: float, growth: tuple[float, ...] = (0.0, 0.2, 0.4, 0.8)
) -> pd.DataFrame:
    """Whether suppliers can follow growth and lose their largest: capacity over demand, flag below 1."""
    total, largest = float(table["capacity"].sum()), float(table["capacity"].max())
    rows = [
        {
            "growth": g,
            "demand_month": demand * (1 + g),
            "cover": total / (demand * (1 + g)),
            "cover_without_largest": (total - largest) / (demand * (1 + g)),
        }
        for g in growth
    ]
    frame = pd.DataFrame(rows)
    flags = ["short", "one outage away", "enough"]
    return frame.assign(flag=np.select([frame["cover"] < 1, frame["cover_without_largest"] < 1], flags[:2], flags[2]))


def finance_levers(
    board_: Board, own_rate_year: float, rng: np.random.Generator, months: int = 36
) -> tuple[pd.DataFrame, sourcing_risk.BuyAhead | None]:
    """Effects of early payment, of a green programme and of shared data, USD a year; and the buying window.

    The price series for the window is the company's own mean purchase price by month.
    """
    spend = float(board_.frame["spend_usd"].sum())
    early = [
        float(sourcing_risk.early_payment(spend * 0.6, 25, discount, own_rate_year)["gain"].iloc[0])
        for discount in (0.008, 0.015, 0.025)
    ]
    defects = float((board_.suppliers["defect_rate"]).mean())
    ramp = sourcing_risk.improvement_ramp(defects, 0.2, 3)
    units = float(board_.frame["units"].sum())
    better = [float(ramp["saved"].iloc[-1] * units * cost) for cost in (6.0, 12.0, 18.0)]
    faster = [float(spend * share * 0.22 * 14 / 365) for share in (0.3, 0.6, 1.0)]
    table = pd.DataFrame(
        [
            ["Paying 25 days earlier for a discount", *early, "0.8, 1.5, 2.5 % on 60 % of purchases"],
            ["Joint programme: a fifth fewer defects in 3 years", *better, "USD 6, 12, 18 a defect"],
            ["Shared plans: two weeks less stock of materials", *faster, "30, 60, 100 % of purchases take part"],
        ],
        columns=["lever", "low", "base", "high", "rests_on"],
    )
    prices = _price_index(board_.purchases)
    if prices is None or len(prices) < 12:
        return table, None
    window = sourcing_risk.buy_ahead(prices.to_numpy()[-months:], spend / 12, own_rate_year / 12, rng)
    return table, window


def answer(
    board_: Board, found: allocation.Allocation, warned: pd.DataFrame | None, curve: pd.DataFrame
) -> pd.DataFrame:
    """Decisions in words and figures."""
    tiers = board_.frame["tier"].value_counts()
    best = curve.loc[curve["total_year"].idxmin()]
    rows = [
        (
            "Strategic, core, cooperative, blocked suppliers",
            " / ".join(str(int(tiers.get(n, 0))) for n in ("strategic", "core", "cooperative", "blocked")),
        ),
        ("Suppliers with a worsening record", "unknown" if warned is None else str(warned["supplier_id"].nunique())),
        (
            "Split of the category's volume",
            ", ".join(f"{r.supplier_id} {r.share:.0%}" for r in found.plan.itertuples() if r.share > 0.005),
        ),
        ("Cost of the volume, USD a month", f"{found.cost:,.0f}"),
        ("Largest share of one supplier that costs least with outages", f"{best['cap']:.0%}"),
    ]
    return pd.DataFrame(rows, columns=["decision", "value"])


def truth_check(board_: Board, truth: dict) -> pd.DataFrame:
    """On a simulated company: does the score follow the hidden quality, and which drifts were found?"""
    hidden = truth["supplier_record"]["supplier_quality"].set_index("supplier_id")["quality"]
    scored = board_.frame.set_index("supplier_id")
    joined = scored.join(hidden)
    within = joined.groupby("category")[["score", "quality"]].apply(
        lambda g: g["score"].corr(g["quality"], method="spearman")
    )
    put = truth["supplier_record"]["supplier_drifts"]
    worse = set(put.loc[put["on_time_change"] < 0, "supplier_id"]) | {
        truth["supplier_record"]["supplier_failure"]["supplier_id"]
    }
    warned = warnings(board_)
    named = set() if warned is None else set(warned["supplier_id"])
    return pd.DataFrame(
        [
            (
                "rank correlation of score and hidden quality, all",
                float(joined["score"].corr(joined["quality"], method="spearman")),
            ),
            ("the same within categories, mean", float(within.mean())),
            ("worsening suppliers found, share", len(worse & named) / max(len(worse), 1)),
            ("suppliers warned of without cause", float(len(named - worse))),
        ],
        columns=["check", "value"],
    )


def sourcing_results(
    board_: Board, found: allocation.Allocation, curve: pd.DataFrame, caps: pd.DataFrame, warned: pd.DataFrame | None
) -> list[dict]:
    """Named results of the page, headline figures first."""
    best = curve.loc[curve["total_year"].idxmin()]
    feasible = caps[caps["feasible"]]
    rows = [
        {"name": "supply.sourcing.largest_country_share", "value": float(found.countries.iloc[0]), "unit": "share"},
        {"name": "supply.sourcing.tightest_country_cap", "value": float(feasible["cap"].min()), "unit": "share"},
        {
            "name": "supply.sourcing.outage_loss_year_usd",
            "value": float(best["expected_loss_year"]),
            "low": float(best["loss_low"]),
            "high": float(best["loss_high"]),
            "level": 0.9,
            "unit": "USD",
        },
        {"name": "supply.sourcing.best_supplier_cap", "value": float(best["cap"]), "unit": "share"},
        {
            "name": "supply.sourcing.blocked_suppliers",
            "value": int((board_.frame["tier"] == "blocked").sum()),
            "unit": "suppliers",
        },
    ]
    if warned is not None:
        rows.append(
            {"name": "supply.sourcing.warnings", "value": int(warned["supplier_id"].nunique()), "unit": "suppliers"}
        )
    return rows


def _spend(purchases: pd.DataFrame | None, as_of: pd.Timestamp, ids: pd.Series) -> np.ndarray:
    """Spend (USD) and pieces of the last year by supplier."""
    if purchases is None:
        return np.zeros((len(ids), 2))
    recent = purchases[purchases["ordered_on"] > as_of - pd.Timedelta(days=365)]
    value = to_usd(recent["unit_cost"] * recent["quantity"].astype(float), recent["currency"], as_of)
    sums = recent.assign(value=value).groupby("supplier_id")[["value", "quantity"]].sum().astype(float)
    return sums.reindex(ids).fillna(0.0).to_numpy()


def _inspected(board_: Board, ids: pd.Series) -> tuple[int, int]:
    if board_.purchases is None:
        return 0, 0
    rows = board_.purchases[board_.purchases["supplier_id"].isin(ids)]
    return int(rows["inspected"].sum()), int(rows["defects"].sum())


def _price_index(purchases: pd.DataFrame | None) -> pd.Series | None:
    """Monthly price level of purchases: mean of each SKU's price over its own mean, in its currency."""
    if purchases is None:
        return None
    relative = purchases["unit_cost"] / purchases.groupby("sku")["unit_cost"].transform("mean")
    return relative.groupby(purchases["ordered_on"].dt.to_period("M")).mean().sort_index()
