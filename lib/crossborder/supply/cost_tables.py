"""Tables of the landed-cost page: inputs brought together for the methods of the other modules, and their results."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference import freight as levels
from crossborder.reference import taxes
from crossborder.reference.files import read
from crossborder.supply import activity_costing, hs_code, inputs, own_rates, returns
from crossborder.supply import levers as small_levers
from crossborder.supply.duty_rules import Rulebook, rule_sources
from crossborder.supply.inputs import LandedInputs, landed_from
from crossborder.supply.landed_cost import LandedCost
from crossborder.supply.landed_range import freight_regret

__all__ = [
    "activity_table",
    "clock_baskets",
    "code_choice",
    "cube_units",
    "landed_answer",
    "landed_results",
    "levers",
    "markets",
    "mean_price",
    "mode_regret",
    "origins",
    "reconciliation",
]

BILL_ACCOUNTS = {
    "inland": "inland",
    "freight": "freight",
    "insurance": "insurance",
    "duty": "duty",
    "import_tax": "import tax",
    "brokerage": "brokerage",
}


def markets(wanted: list[str], known: tuple[str, ...]) -> list[str]:
    """The markets asked for, all when empty; an unknown one is an error."""
    for name in wanted:
        if name not in known:
            raise InputError.unknown("market", name, known)
    return list(wanted or known)


def clock_baskets() -> pd.DataFrame:
    """Four baskets whose rules changed: parcel and bulk to the United States, parcels to Germany and Brazil."""
    us = "2025-03-15 2025-04-10 2025-05-02 2025-05-14 2025-11-10 2026-02-24 2026-07-25 2026-11-15"
    bulk = "2025-03-15 2025-04-10 2025-05-14 2026-02-24 2026-07-25 2026-11-15"
    return pd.DataFrame(
        [
            ("US parcel", "392410", "US", "parcel", us),
            ("US bulk", "392410", "US", "bulk", bulk),
            ("DE parcel", "392410", "DE", "parcel", "2025-03-15 2026-07-01 2026-11-15"),
            ("BR parcel", "392410", "BR", "parcel", "2025-03-15 2025-04-01 2026-11-15"),
        ],
        columns=["case", "hs_code", "market", "entry", "days"],
    )


def code_choice(
    description: str, chapters: list[str], market: str, day: str | pd.Timestamp, value_year: float
) -> pd.DataFrame:
    """Candidate codes of a description within some chapters, with duty, risk and expected yearly cost; best first."""
    tariff = read("us_mfn_duty_hs6.csv", text=("hs6",))
    tariff = tariff[tariff["hs6"].str[:2].isin(chapters)]
    if tariff.empty:
        raise InputError.out_of_range("chapters", chapters, "two digits each, chapters of consumer goods")
    candidates = hs_code.candidate_codes(
        description, pd.DataFrame({"hs6": tariff["hs6"], "text": tariff["description"]}), top=5
    )
    rates = taxes.duty_rate(candidates["hs6"].to_numpy(object), market, day)
    best = hs_code.best_code(candidates, rates["base"].to_numpy(float), value_year)
    best["confidence"] = best["hs6"].map(rates.set_index("hs_code")["confidence"])
    best["chosen"] = np.arange(len(best)) == 0
    # What tells codes apart stands at the end of their text.
    ends = "… " + best["text"].str.slice(-46).str.replace(r"^\S*\s+", "", regex=True)
    best["text"] = best["text"].where(best["text"].str.len() <= 46, ends)
    return best[["hs6", "text", "probability", "duty_rate", "confidence", "expected_cost", "defensible", "chosen"]]


def origins(
    inputs_: LandedInputs, cost: LandedCost, market: str, day: str | pd.Timestamp, countries: tuple[str, ...]
) -> pd.DataFrame:
    """Duty by origin for the market's yearly imports, and a row for finishing in the market from parts."""
    columns = (inputs_.lanes["market"] == market).to_numpy()
    value = (inputs_.weights[:, columns].sum(1) * inputs_.products["unit_cost_usd"]).groupby(
        inputs_.products["hs_code"]
    )
    value = value.sum()
    table = small_levers.origin_duty(value.index.to_series(), value, market, day, countries)
    rate = float(table["duty_rate"].iloc[0])
    local = small_levers.code_and_origin(inputs_, market, rate, rate / 2)
    pieces = float(inputs_.weights[:, columns].sum())
    last = {
        "origin": "parts, finished locally",
        "duty_rate": rate / 2,
        "low": 0.0,
        "high": rate,
        "duty_year": rate / 2 * float(value.sum()) * 0.8,
        "confidence": "D",
        "saving_year": local["saving"] * pieces,
    }
    return pd.concat([table, pd.DataFrame([last])], ignore_index=True)


def cube_units(inputs_: LandedInputs, cost: LandedCost) -> pd.DataFrame:
    """Pieces and revenue by sku, market and platform with category and the lane mostly used to the market."""
    lanes = cost.lanes.assign(weight=inputs_.weights.sum(0), place=np.arange(len(cost.lanes)))
    main = lanes.sort_values("weight", ascending=False).drop_duplicates("market").set_index("market")["place"]
    known = inputs_.products.set_index("sku")["category"]
    rows = inputs_.sales[inputs_.sales["sku"].isin(known.index)]
    return rows.assign(category=rows["sku"].map(known), lane=rows["market"].map(main))


def activity_table(company: object, inputs_: LandedInputs) -> object:
    """Cost to serve by market from the ledger's accounts of the last year, tied to the ledger."""
    start = company.as_of - pd.Timedelta(days=364)
    accounts = ["inland", "freight", "insurance", "brokerage", "duty", "warehousing", "last mile", "returns handling"]
    book = activity_costing.ledger_resources(company.table("ledger"), accounts, start, company.as_of)
    sales = inputs_.sales.groupby("market")[["units", "returned", "revenue_usd"]].sum()
    drivers = pd.DataFrame(0.0, index=accounts, columns=["bring in", "clear", "store", "deliver", "take back"])
    drivers.loc[["inland", "freight", "insurance"], "bring in"] = 1.0
    drivers.loc[["brokerage", "duty"], "clear"] = 1.0
    drivers.loc["warehousing", ["store", "deliver"]] = [0.7, 0.3]
    drivers.loc["last mile", "deliver"] = 1.0
    drivers.loc["returns handling", "take back"] = 1.0
    volumes = pd.DataFrame(
        {"bring in": sales["units"], "clear": sales["revenue_usd"], "store": sales["units"], "deliver": sales["units"],
         "take back": sales["returned"]}
    )  # fmt: skip
    if company.has("shipments"):
        recent = company.table("shipments").loc[lambda f: f["shipped_on"] >= start]
        billed = recent.groupby("market")[["freight", "duty"]].sum().reindex(volumes.index).fillna(0.0)
        volumes[["bring in", "clear"]] = billed.to_numpy()
    found = activity_costing.activity_costs(book, drivers, volumes)
    served = activity_costing.cost_to_serve(found.objects, sales["revenue_usd"])
    table = found.objects.drop(columns="total").join(served).sort_values("cost_usd", ascending=False).reset_index()
    table.attrs["difference"] = found.difference
    return table


def mean_price(inputs_: LandedInputs) -> pd.Series:
    """Mean net price of a piece sold by market, USD."""
    sums = inputs_.sales.groupby("market")[["revenue_usd", "units"]].sum()
    return sums["revenue_usd"] / sums["units"]


def mode_regret(inputs_: LandedInputs, cost: LandedCost, day: str | pd.Timestamp) -> pd.DataFrame:
    """Yearly cost regret of sea only, air only or the cheapest by product, over the published levels of sea rates.

    The company's container prices are moved in proportion to the level over today's mean; air stays.
    """
    lanes, weights = inputs_.lanes, inputs_.weights
    today = float(lanes.loc[lanes["mode"] == "sea", "cost_per_container"].mean())
    pieces = pd.DataFrame(weights.T).groupby(lanes["market"].to_numpy()).sum().T
    costs: dict[str, dict[str, float]] = {"sea": {}, "air": {}, "by product": {}}
    for row in levels.scenarios().itertuples():  # over four levels
        factor = row.usd_per_feu / today
        moved = lanes.copy()
        sea = (moved["mode"] == "sea").to_numpy()
        moved.loc[sea, ["cost_per_cbm", "cost_per_container"]] *= factor
        found = landed_from(inputs_, day, lanes=moved, books=cost.books)
        name = f"{row.scenario} ({row.usd_per_feu:,.0f})"
        for choice, modes in (("sea", ["sea"]), ("air", ["air"]), ("by product", ["sea", "air", "rail", "sea_air"])):
            best = found.least(moved["mode"].isin(modes).to_numpy())
            costs[choice][name] = float((np.ascontiguousarray(best[pieces.columns]) * pieces.to_numpy()).sum())
    return freight_regret({name: pd.Series(values) for name, values in costs.items()}).reset_index()


def levers(company: object, inputs_: LandedInputs, market: str, day: str | pd.Timestamp) -> pd.DataFrame:
    """The smaller levers, with the company's own share of returns that came damaged."""
    reasons = returns.return_reasons(company.events("orders"))
    damaged = reasons.loc[reasons["return_reason"] == "damaged", "pieces"].sum() / max(reasons["pieces"].sum(), 1)
    return small_levers.landed_levers(inputs_, market, day, float(damaged))


def landed_answer(
    lines: pd.DataFrame, interval: pd.DataFrame, price: pd.Series, crossing: pd.DataFrame, widths: pd.DataFrame
) -> pd.DataFrame:
    """One row a market: landed cost, margin before advertising, duty's share, way to ship, widest line."""
    widest = widths.sort_values("width", ascending=False).drop_duplicates("market").set_index("market")["line"]
    table = interval.reindex(lines.index).assign(
        margin=1 - lines["before_tax"] / price.reindex(lines.index),
        duty_share=lines["duty"] / lines["before_tax"],
        ship_as=crossing.set_index("market")["large_orders"].reindex(lines.index),
        least_certain=widest.reindex(lines.index).str.replace("_", " "),
    )
    return table.sort_values("margin").reset_index()


def reconciliation(company: object) -> pd.DataFrame:
    """Bills against ledger plus open invoices by line, and the model's out-of-sample error on the last year's bills."""
    bills = company.table("shipments").loc[lambda f: f["arrived_on"].notna()]
    freight_only = company.table("shipments").loc[lambda f: f["arrived_on"].isna()]
    ledger, payables = company.table("ledger"), company.table("payables")
    accounts = list(BILL_ACCOUNTS.values())
    paid = activity_costing.ledger_resources(ledger, accounts)
    unpaid = payables[payables["paid_on"].isna() & payables["account"].isin(accounts)]
    owed = pd.Series(inputs.to_usd(unpaid["amount"], unpaid["currency"], company.as_of), index=unpaid.index)
    owed = owed.groupby(unpaid["account"]).sum().reindex(accounts).fillna(0.0)
    own = bills[list(BILL_ACCOUNTS)].sum()
    # Goods under way have freight bills already, but customs bills only once they arrive.
    forwarder = [name for name in BILL_ACCOUNTS if name not in ("duty", "import_tax")]
    own[forwarder] += freight_only[forwarder].sum()
    own = own.rename(BILL_ACCOUNTS)
    tied = activity_costing.reconcile(paid + owed, own)
    cut = company.as_of - pd.Timedelta(days=365)
    late, early = bills[bills["shipped_on"] > cut], bills[bills["shipped_on"] <= cut]
    model = own_rates.price_shipments(late, company.table("products"), company.table("lanes"), early)
    error = model.set_index(model["line"].map(BILL_ACCOUNTS))["error"]
    table = tied.assign(model_error=error).rename_axis("line").reset_index()
    total = model[["billed", "modelled"]].sum()
    table.attrs.update(ledger_gap=float(tied["difference"].abs().sum() / tied["ledger"].sum()))
    table.attrs.update(model_error=float(total["modelled"] / total["billed"] - 1))
    return table


def landed_results(
    lines: pd.DataFrame,
    interval: pd.DataFrame,
    cube: pd.DataFrame,
    crossing: pd.DataFrame,
    trust: pd.DataFrame | None,
    books: dict[str, Rulebook],
) -> list[dict]:
    """Named results of the page, headline figures first; a result that rests on placeholders says so."""
    doubtful = {
        way: set(rule_sources(books, way).loc[lambda f: f["confidence"] == "D", "market"]) for way in ("bulk", "parcel")
    }
    said = "duty rests in part on placeholders (confidence D)"
    rows = [
        {"name": f"supply.landed_cost.{market.lower()}_usd", "value": float(interval.loc[market, "before_tax"]),
         "low": float(interval.loc[market, "low"]), "high": float(interval.loc[market, "high"]), "level": 0.9,
         "unit": "USD", "label": f"Landed cost of a piece in {market}, before tax",
         "note": said if market in doubtful["bulk"] else ""}
        for market in lines.index
    ]  # fmt: skip
    share = float(cube["cost_usd"].sum() / cube["revenue_usd"].sum())
    rows.insert(0, {"name": "supply.logistics.cost_share", "value": share, "unit": "share",
                    "label": "Logistics cost over revenue"})  # fmt: skip
    rows.append({"name": "supply.parcel.markets_for_small_orders", "unit": "markets",
                 "note": said if doubtful["parcel"] & set(lines.index) else "",
                 "value": int((crossing["small_orders"] == "parcel").sum())})  # fmt: skip
    if trust is not None:
        gap, error = trust.attrs["ledger_gap"], trust.attrs["model_error"]
        rows.append({"name": "supply.landed_cost.ledger_gap", "value": gap, "unit": "share"})
        rows.append(
            {
                "name": "supply.landed_cost.model_error",
                "value": error,
                "unit": "share",
                "note": "rates of the year before",
            }
        )
    return rows
