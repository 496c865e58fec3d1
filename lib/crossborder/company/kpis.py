"""The key figures of a company, each with formula, unit and value, and an interval where it is a share of counts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import people, sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError

if TYPE_CHECKING:
    import ibis

    from crossborder.company import Company

__all__ = ["CATALOGUE", "assessment", "kpi_values", "named", "results", "verdict"]

# name, side, lead or lag, owner, unit, formula, benchmark metric (reference.claims.benchmarks) or "".
CATALOGUE = pd.DataFrame(
    [
        ("orders_year", "conversion", "lag", "sales", "orders", "orders of the last 365 days", ""),
        ("growth_year", "conversion", "lag", "sales", "share", "orders of 365 days over the 365 before, less 1", ""),
        ("order_value_usd", "conversion", "lag", "sales", "USD", "price x pieces less discount, an order, in USD", ""),
        ("conversion_rate", "conversion", "lead", "web", "share", "orders over visits", "conversion_rate"),
        ("cart_rate", "conversion", "lead", "web", "share", "carts over visits", ""),
        ("checkout_rate", "conversion", "lead", "web", "share", "orders over checkouts", ""),
        (
            "repeat_rate",
            "conversion",
            "lag",
            "customers",
            "share",
            "customers with a second order within a year",
            "repurchase_rate",
        ),
        ("visits_year", "traffic", "lead", "marketing", "visits", "visits of the last 365 days", ""),
        ("ad_share", "traffic", "lag", "marketing", "share", "ad spend over sales", "advertising_share"),
        ("cost_per_click_usd", "traffic", "lead", "marketing", "USD", "ad spend over clicks", "cost_per_click_usd"),
        ("return_on_ad_spend", "traffic", "lag", "marketing", "ratio", "sales over ad spend", "return_on_ad_spend"),
        ("cost_per_order_usd", "traffic", "lag", "marketing", "USD", "ad spend over orders", "cost_per_order_usd"),
        (
            "inventory_turns",
            "supply chain",
            "lag",
            "supply",
            "turns a year",
            "pieces sold over mean pieces on hand",
            "inventory_turns",
        ),
        ("inventory_days", "supply chain", "lag", "supply", "days", "365 over turns", "inventory_days"),
        (
            "on_time_share",
            "supply chain",
            "lag",
            "supply",
            "share",
            "shipments that arrived by the promised day",
            "on_time_rate",
        ),
        (
            "supplier_on_time_share",
            "supply chain",
            "lead",
            "purchasing",
            "share",
            "purchases ready by the promised day",
            "on_time_rate",
        ),
        ("defect_rate", "supply chain", "lead", "purchasing", "share", "defects over pieces inspected", "defect_rate"),
        ("delivery_days", "service", "lag", "service", "days", "order to door, median", "delivery_days"),
        (
            "promise_kept_share",
            "service",
            "lag",
            "service",
            "share",
            "deliveries within the promised days",
            "on_time_rate",
        ),
        ("return_rate", "service", "lag", "service", "share", "pieces returned over pieces sold", "return_rate"),
        ("response_hours", "service", "lead", "service", "hours", "ticket to first reply, median", "response_hours"),
        (
            "promoter_score",
            "service",
            "lag",
            "service",
            "points",
            "promoters less detractors, per cent",
            "net_promoter_score",
        ),
        ("satisfaction", "service", "lag", "service", "stars", "mean answer after a ticket", ""),
    ],
    columns=["name", "side", "timing", "owner", "unit", "formula", "benchmark"],
)


def kpi_values(company: "Company", usd_rates: pd.Series) -> pd.DataFrame:
    """The catalogue with value, low and high (95 %, where it is a share of counts), and n behind it.

    `usd_rates` gives USD a unit by currency (today's). What a company's tables cannot tell is missing.
    """
    usd_rates = pd.Series({**usd_rates, "USD": 1.0})
    found: dict[str, tuple[float, int]] = {}
    found |= _orders(company, usd_rates)
    found |= _traffic(company, usd_rates, found)
    found |= _supply(company)
    found |= _service(company)
    table = CATALOGUE.copy()
    table["value"] = [found.get(name, (np.nan, 0))[0] for name in table["name"]]
    table["n"] = [found.get(name, (np.nan, 0))[1] for name in table["name"]]
    shares = (table["unit"] == "share") & table["value"].between(0, 1) & (table["n"] > 0)
    low, high = _wilson(table["value"].where(shares), table["n"])
    not_counts = table["name"].isin(["ad_share", "growth_year"])
    return table.assign(low=low.mask(not_counts), high=high.mask(not_counts))


def assessment(values: pd.DataFrame, bands: pd.DataFrame) -> pd.DataFrame:
    """Key figures with a published band: where the value stands, scored 0 to 1, and the four sides' means.

    `bands` has metric, low, high, better (higher or lower), source, claim_ids. A value inside the band scores by its
    place from the worse end to the better one; beyond the better end 1, beyond the worse end 0.
    """
    table = values.dropna(subset="value").merge(bands, left_on="benchmark", right_on="metric", suffixes=("", "_band"))
    width = (table["high_band"] - table["low_band"]).where(lambda w: w > 0)
    place = ((table["value"] - table["low_band"]) / width).clip(0, 1)
    point = (table["value"] >= table["low_band"]).astype(float)
    score = place.fillna(point)
    table["score"] = score.where(table["better"] == "higher", 1 - score)
    return table[
        [
            "side",
            "name",
            "value",
            "low",
            "high",
            "unit",
            "low_band",
            "high_band",
            "better",
            "score",
            "source",
            "claim_ids",
        ]
    ]


def verdict(sides: pd.DataFrame, overall: pd.Series) -> tuple[str, dict[str, object]]:
    """A sentence template and its values: the data score and where the company stands against published bands.

    `sides` has side and score, `overall` the scores by dimension; the values still need the look of shares.
    """
    values = {"score": overall["overall"], "weak": overall.drop("overall").idxmin()}
    text = "The data score is **{score}**, held back by {weak}. "
    if sides.empty:
        return text + "No key figure has a published band to stand against.", values
    best, worst = sides.loc[sides["score"].idxmax()], sides.loc[sides["score"].idxmin()]
    values |= {"best": best["side"], "best_score": best["score"]}
    if len(sides) == 1:
        return text + "Against published bands only {best} can be judged ({best_score}).", values
    text += "Against published bands the company is strongest in {best} ({best_score}) and "
    return text + "weakest in **{worst}** ({worst_score}).", values | {
        "worst": worst["side"],
        "worst_score": worst["score"],
    }


def named(name: str) -> str:
    """A key figure's name in words: the unit stands beside the value, a yearly count says so."""
    said = name.removesuffix("_usd").replace("_", " ")
    return said.removesuffix(" year") + " a year" if said.endswith(" year") else said


def results(values: pd.DataFrame, result: Callable[..., object]) -> list[object]:
    """The key figures that have a value as named results, made by the `result` given (reports.Result)."""
    found = []
    for row in values.dropna(subset="value").itertuples():
        ends = {} if np.isnan(row.low) else {"low": float(row.low), "high": float(row.high), "level": 0.95}
        words = {"unit": row.unit, "note": row.formula, "label": named(row.name)}
        found.append(result(f"company.kpi.{row.name}", float(row.value), **words, **ends))
    return found


def _orders(company: "Company", usd_rates: pd.Series) -> dict[str, tuple[float, int]]:
    if not company.has("orders"):
        return {}
    orders = company.events("orders")
    end, year, two = (company.as_of - pd.Timedelta(days=days) for days in (0, 365, 730))
    both = orders.filter((orders.ordered_at >= _after(two)) & (orders.ordered_at < _after(end)))
    count, earlier, sales = _years(both.mutate(recent=both.ordered_at >= _after(year)), usd_rates)
    found = {
        "orders_year": (count, count),
        "order_value_usd": (sales / max(count, 1), count),
        "_sales": (sales, count),
    }
    # A year before that the data do not cover would make any growth, and old customers into new ones.
    if company.first_day <= two + pd.Timedelta(days=7):
        found["growth_year"] = (count / earlier - 1 if earlier else np.nan, count)
        found["repeat_rate"] = _repeat_rate(company, two, year)
    return found | _deliveries(both.filter(both.ordered_at >= _after(year)))


def _after(day: pd.Timestamp) -> pd.Timestamp:
    """The end of a day in UTC; times are held against it, because their days would have to be worked out first."""
    return (day + pd.Timedelta(days=1)).tz_localize("UTC")


def _years(lines: "ibis.Table", usd_rates: pd.Series) -> tuple[int, int, float]:
    """Orders of the year and of the one before, told by their first lines, and sales of the year in USD.

    Sales are price times pieces less discount; raises InputError for a currency without a rate.
    """
    paid = (lines.unit_price * lines.quantity - lines.discount.fill_null(0.0)).sum()
    sums = lines.group_by("recent", "currency").aggregate(orders=(lines.line == 1).sum(), paid=paid).to_pandas()
    recent, before = sums[sums["recent"]], sums[~sums["recent"]]
    for currency in set(recent["currency"]) - set(usd_rates.index):
        raise InputError.unknown("currency of orders", currency, usd_rates.index)
    sales = float((recent["paid"] * recent["currency"].map(usd_rates)).sum())
    return int(recent["orders"].sum()), int(before["orders"].sum()), sales


def _repeat_rate(company: "Company", since: pd.Timestamp, until: pd.Timestamp) -> tuple[float, int]:
    """Share of the customers first seen in the period who ordered again within a year, and how many they are."""
    import ibis

    orders = company.events("orders")
    customers = people.buyers(orders)
    new = customers.filter((customers["first"] >= _after(since)) & (customers["first"] < _after(until)))
    cohort = laid_down(new.select("customer_id", first=new["first"].date(), last=new["last"].date()))
    within = cohort["last"] <= cohort["first"] + ibis.interval(days=365)
    # Whose last order falls within the year came back; only those who ordered after it as well are looked at closer.
    sure = cohort.filter((cohort["last"] > cohort["first"]) & within)
    placed = orders.filter(orders.ordered_at >= _after(since)).select("customer_id", "ordered_at")
    later = placed.join(cohort.filter(~within), "customer_id").mutate(day=ibis._.ordered_at.date())
    again = later.filter((later.day > later["first"]) & (later.day <= later["first"] + ibis.interval(days=365)))
    count = int(cohort.count().to_pandas())
    returned = int(sure.count().to_pandas()) + int(again.customer_id.nunique().to_pandas())
    return (returned / count if count else np.nan), count


def _deliveries(orders: "ibis.Table") -> dict[str, tuple[float, int]]:
    """Days to the door, promises kept, returns; what was never delivered or promised gives nothing."""
    seconds = orders.delivered_at.epoch_seconds() - orders.ordered_at.epoch_seconds()
    promised = ~orders.delivered_at.isnull() & ~orders.promised_days.isnull()
    asked = {
        "units": orders.quantity.sum(),
        "returned": orders.returned.fill_null(0).sum(),
        "told": orders.returned.count(),
        "delivered": orders.delivered_at.count(),
        "kept": (seconds / 86400 <= orders.promised_days).fill_null(False).cast("int64").sum(),
        "promised": promised.cast("int64").sum(),
    }
    # Sums by minute of the way: small enough to be put in order, which all single deliveries are not.
    minutes = laid_down(orders.group_by(minute=(seconds / 60).floor().cast("int64")).aggregate(**asked))
    totals = minutes.aggregate(**{name: minutes[name].sum() for name in asked}).fill_null(0).to_pandas().iloc[0]
    found = {}
    if totals["delivered"] > 0:
        found["delivery_days"] = (_median_days(orders, minutes, int(totals["delivered"])), int(totals["delivered"]))
    if totals["told"] > 0:
        found["return_rate"] = (float(totals["returned"] / totals["units"]), int(totals["units"]))
    if totals["promised"] > 0:
        found["promise_kept_share"] = (float(totals["kept"] / totals["promised"]), int(totals["promised"]))
    return found


def _median_days(orders: "ibis.Table", minutes: "ibis.Table", count: int) -> float:
    """Median of the days to the door: by the engine's sketch, of more than `sampling.LIMIT` right to half a minute."""
    import ibis

    if count <= sampling.LIMIT:
        days = (orders.delivered_at.epoch_seconds() - orders.ordered_at.epoch_seconds()) / 86400
        return float(orders.aggregate(days=days.approx_median()).to_pandas()["days"].iloc[0])
    known = minutes.filter(minutes.minute.notnull())
    up_to = known.mutate(up_to=known.delivered.sum().over(ibis.cumulative_window(order_by=known.minute)))
    middle = up_to.filter(up_to.up_to >= count / 2).aggregate(minute=ibis._.minute.min()).to_pandas()["minute"].iloc[0]
    return (float(middle) + 0.5) / 1440


def _traffic(company: "Company", usd_rates: pd.Series, orders: dict) -> dict[str, tuple[float, int]]:
    found = {}
    year = company.as_of - pd.Timedelta(days=365)
    if company.has("sessions"):
        sessions = company.events("sessions")
        rows = sessions.filter(sessions.date > year.date())
        names = ("visits", "carts", "checkouts", "orders")
        sums = rows.aggregate(**{n: rows[n].sum() for n in names}).to_pandas().iloc[0].astype(float)
        visits, checkouts = sums["visits"], sums["checkouts"]
        found |= {
            "visits_year": (visits, int(visits)),
            "conversion_rate": (sums["orders"] / visits, int(visits)),
            "cart_rate": (sums["carts"] / visits, int(visits)),
            "checkout_rate": (sums["orders"] / checkouts, int(checkouts)),
        }
    if company.has("ad_spend") and "_sales" in orders:
        spend = company.table("ad_spend")
        spend = spend[spend["date"] > year]
        usd = float((spend["spend"] * spend["currency"].map(usd_rates)).sum())
        clicks, (sales, count) = float(spend["clicks"].sum()), orders["_sales"]
        found |= {
            "ad_share": (usd / sales, count),
            "return_on_ad_spend": (sales / usd, count),
            "cost_per_click_usd": (usd / clicks, int(clicks)),
            "cost_per_order_usd": (usd / count, count),
        }
    return found


def _supply(company: "Company") -> dict[str, tuple[float, int]]:
    found = {}
    year = company.as_of - pd.Timedelta(days=365)
    if company.has("inventory"):
        stock = company.table("inventory")
        stock = stock[stock["week"] > year]
        turns = float(stock["sold"].sum()) / float(stock.groupby("week")["on_hand"].sum().mean())
        found |= {"inventory_turns": (turns, len(stock)), "inventory_days": (365 / turns, len(stock))}
    if company.has("shipments"):
        done = company.table("shipments").dropna(subset="arrived_on")
        done = done[done["arrived_on"] > year].drop_duplicates("shipment_id")
        found["on_time_share"] = (float((done["arrived_on"] <= done["promised_on"]).mean()), len(done))
    if company.has("purchases"):
        done = company.table("purchases").dropna(subset="received_on")
        done = done[done["received_on"] > year]
        inspected = int(done["inspected"].sum())
        found["supplier_on_time_share"] = (float((done["received_on"] <= done["promised_on"]).mean()), len(done))
        found["defect_rate"] = (float(done["defects"].sum()) / max(inspected, 1), inspected)
    return found


def _service(company: "Company") -> dict[str, tuple[float, int]]:
    found = {}
    year = company.as_of - pd.Timedelta(days=365)
    if company.has("tickets"):
        tickets = company.table("tickets")
        tickets = tickets[tickets["opened_at"] > year.tz_localize("UTC")]
        hours = (tickets["first_reply_at"] - tickets["opened_at"]).dt.total_seconds().dropna() / 3600
        stars = tickets["satisfaction"].dropna().astype(float)
        found |= {
            "response_hours": (float(hours.median()), len(hours)),
            "satisfaction": (float(stars.mean()), len(stars)),
        }
    if company.has("surveys"):
        scores = company.table("surveys")
        scores = scores.loc[scores["date"] > year, "score"].astype(float)
        found["promoter_score"] = (100 * float((scores >= 9).mean() - (scores <= 6).mean()), len(scores))
    return found


def _wilson(share: pd.Series, n: pd.Series, z: float = 1.96) -> tuple[pd.Series, pd.Series]:
    """Wilson's interval of a share (Wilson, 1927)."""
    n = n.where(n > 0).astype(float)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (middle - half).clip(0, 1), (middle + half).clip(0, 1)
