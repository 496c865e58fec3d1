"""What the start page asks of a company's own tables: trust, efficiency, speed, staffing, privacy and provenance."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import efficiency, privacy, processes, provenance, trust

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["market_efficiency", "market_potential", "ratings", "sealed_purchases", "shared_pieces", "speed", "staffing"]


def ratings(company: "Company", *, half_life_days: float = 90.0) -> pd.DataFrame | None:
    """Suppliers by deliveries and buyers by payments on one scale; None without purchases and receivables."""
    kept = {}
    if company.has("purchases"):
        kept["sellers"] = trust.deliveries_kept(company.table("purchases"))
    if company.has("receivables"):
        kept["buyers"] = trust.payments_kept(company.table("receivables"), company.as_of)
    scores = {
        side: trust.trust_scores(events, company.as_of, half_life_days=half_life_days)
        for side, events in kept.items()
        if len(events)
    }
    return trust.credit_ratings(scores.get("sellers"), scores.get("buyers")) if scores else None


def market_efficiency(company: "Company", rates: pd.Series) -> pd.DataFrame | None:
    """Markets by how well ad spend (USD) and stock (pieces) of the last year became orders and pieces sold.

    `rates` in USD a unit of each currency. None without orders, ad_spend and inventory, or with fewer than three
    markets, which no frontier can tell apart.
    """
    if not company.has("orders", "ad_spend", "inventory"):
        return None
    since = company.as_of - pd.Timedelta(days=365)
    spend, stock = company.table("ad_spend"), company.table("inventory")
    spend = spend[spend["date"] > since]
    usd = (spend["spend"] * spend["currency"].map(rates).fillna(1.0)).groupby(spend["market"]).sum()
    held = stock[stock["week"] > since].groupby(["market", "week"])["on_hand"].sum().groupby("market").mean()
    sold = _sold(company, since)
    whole = pd.concat([usd.rename("ad_usd"), held.rename("stock_pieces"), sold], axis=1).dropna()
    whole = whole[(whole > 0).all(axis=1)]
    if len(whole) < 3:
        return None
    found = efficiency.efficiency(whole[["ad_usd", "stock_pieces"]], whole[["orders", "pieces"]])
    return found.rename_axis("market").reset_index()


def _sold(company: "Company", since: pd.Timestamp) -> pd.DataFrame:
    orders = company.events("orders")
    recent = orders.filter(orders.ordered_at.cast("date") > since.date())
    sums = recent.group_by("market").aggregate(orders=recent.order_id.nunique(), pieces=recent.quantity.sum())
    return sums.to_pandas().set_index("market").astype(float)


def market_potential(company: "Company", rng: np.random.Generator) -> pd.DataFrame | None:
    """Markets by growth of own orders, deliveries within their promise, and published size; None without the tables.

    Columns: market, growth (orders of the last year over the year before, less 1), kept (share of deliveries), size_usd
    (published sales of our categories, latest year) and `potential`, low, high, first.
    """
    if not company.has("orders", "market_sales"):
        return None
    year = pd.Timedelta(days=365)
    now, two = _sold(company, company.as_of - year)["orders"], _sold(company, company.as_of - 2 * year)["orders"]
    sizes = company.table("market_sales")
    size = sizes[sizes["year"] == sizes["year"].max()].groupby("market")["sales_usd"].sum()
    before = (two - now).where(lambda count: count > 0)
    measures = pd.DataFrame({"growth": now / before - 1, "kept": _kept(company), "size_usd": size}).dropna()
    if len(measures) < 2:
        return None
    return (
        measures.join(efficiency.potential(measures, rng))
        .sort_values("potential", ascending=False)
        .reset_index(names="market")
    )


def _kept(company: "Company") -> pd.Series:
    orders = company.events("orders")
    done = orders.filter(orders.delivered_at.notnull() & orders.promised_days.notnull())
    days = (done.delivered_at.epoch_seconds() - done.ordered_at.epoch_seconds()) / 86400
    kept = done.group_by("market").aggregate(kept=(days <= done.promised_days).cast("float64").mean())
    return kept.to_pandas().set_index("market")["kept"]


def speed(company: "Company") -> pd.DataFrame | None:
    """Processes with their median time now and a year ago; None without tickets and purchases."""
    runs = []
    if company.has("tickets"):
        tickets = company.table("tickets")
        runs.append(processes.durations(tickets["opened_at"], tickets["first_reply_at"], "first reply to a ticket"))
        runs.append(processes.durations(tickets["opened_at"], tickets["solved_at"], "ticket solved"))
    if company.has("purchases"):
        bought = company.table("purchases")
        runs.append(processes.durations(bought["ordered_on"], bought["received_on"], "purchase received"))
    return processes.cycle_times(pd.concat(runs, ignore_index=True), company.as_of) if runs else None


def staffing(
    company: "Company", rng: np.random.Generator, *, cost_hour_usd: float = 16.0, premium: float = 1.5
) -> pd.DataFrame | None:
    """Service work by people and the mix of fixed and flexible hours that costs least, as a table.

    Hours a week from the handling minutes of tickets that no bot solved. An hour costs what the company's assumption
    `marketing.service.agent_cost_hour_usd` says (else `cost_hour_usd`), a flexible one `premium` times as much. None
    without tickets that state minutes.
    """
    if not company.has("tickets"):
        return None
    tickets = company.table("tickets")
    work = tickets[~tickets["by_bot"].astype(bool)].dropna(subset=["handling_minutes"])
    work = work[work["opened_at"].dt.tz_localize(None) > company.as_of - pd.Timedelta(days=364)]
    if len(work) < 100:
        return None
    week = work["opened_at"].dt.tz_localize(None).dt.to_period("W-SUN")
    hours = (work["handling_minutes"].astype(float).groupby(week).sum() / 60).iloc[1:-1]
    name = "marketing.service.agent_cost_hour_usd"
    stated = company.has("assumptions") and name in set(company.table("assumptions")["name"])
    cost = company.value(name) if stated else cost_hour_usd
    mix = processes.staffing_mix(
        hours.to_numpy(), fixed_cost_hour=cost, flexible_cost_hour=premium * cost, rng=rng, least_share=0.3
    )
    return mix.to_frame("value").T.reset_index(drop=True).rename(columns={"low": "fixed_low", "high": "fixed_high"})


def shared_pieces(
    company: "Company", rng: np.random.Generator, *, epsilon: float = 0.5, most: float = 20.0
) -> pd.DataFrame | None:
    """Pieces a customer bought in the last year, by market, as they may leave the house, and shared without the data.

    None without orders. The last row is the mean over the markets' means, weighted by their noisy numbers of people.
    """
    if not company.has("orders"):
        return None
    orders = company.events("orders")
    since = (company.as_of - pd.Timedelta(days=365)).date()
    recent = orders.filter((orders.ordered_at.cast("date") > since) & orders.customer_id.notnull())
    people = recent.group_by(["market", "customer_id"]).aggregate(pieces=recent.quantity.sum()).to_pandas()
    people = people.sort_values(["market", "customer_id"])
    table = privacy.private_means(people, "pieces", "market", most=most, epsilon=epsilon, rng=rng)
    together = privacy.federated_mean(table[["people", "mean", "true_mean"]])
    last = {"group": "all, shared", "people": table["people"].sum(), **together}
    last |= {"low": np.nan, "high": np.nan, "error": together["mean"] - together["true_mean"]}
    return pd.concat([table, pd.DataFrame([last])], ignore_index=True).rename(columns={"group": "market"})


def sealed_purchases(company: "Company") -> pd.DataFrame | None:
    """The purchases as a chain of hashes and what it notices: check, found; None without purchases."""
    if not company.has("purchases"):
        return None
    rows = company.table("purchases")
    sealed = provenance.chained(rows)
    middle = len(rows) // 2
    other = sealed.copy()
    other.loc[middle, "quantity"] = other.loc[middle, "quantity"] + 1
    checks = [
        ("rows sealed, as they stand", len(sealed), provenance.first_break(sealed)),
        ("one piece more in one purchase", 1, provenance.first_break(other)),
        ("one purchase taken out", 1, provenance.first_break(sealed.drop(index=middle).reset_index(drop=True))),
        ("last purchase cut off", 1, provenance.first_break(sealed.iloc[:-1], sealed["hash"].iloc[-1])),
    ]
    table = pd.DataFrame(checks, columns=["what", "rows", "place"])
    table["found"] = [
        "chain holds" if pd.isna(place) else "seen at row " + str(int(place) + 1) for place in table["place"]
    ]
    return table.drop(columns="place").assign(last_hash=sealed["hash"].iloc[-1][:12])
