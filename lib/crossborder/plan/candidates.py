"""What ideas would cost at the market's warehouse and at the customer's door, by the supply area's landed cost."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference import exchange
from crossborder.supply.duty_rules import rule_sources
from crossborder.supply.landed_cost import DoorTerms, Terms, landed_cost

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["candidate_landed_costs"]

TO_WAREHOUSE = ("goods", "inland", "freight", "insurance", "duty", "customs_fees", "brokerage")
# Set-aside for storage and handling where the company's tables state none, and what a return loses beside the goods.
STORAGE_CBM_MONTH_USD, HANDLING_USD, RETURN_COST_USD, RESALE_SHARE = 28.0, 0.6, 2.5, 0.55


def candidate_landed_costs(company: "Company", candidates: pd.DataFrame) -> pd.DataFrame:
    """The candidates with landed_cost_usd (import tax left out), door_cost_usd, mode and advertising_share.

    `confidence` and `source` tell how sure the duty rate is.

    The cheapest bulk lane to the idea's market counts. Door cost: fees, fulfilment, last mile and delivery as the mean
    of the market's platforms, storage, expected returns (own rate of the market) and the cost of carrying stock.
    """
    lanes = company.table("lanes")
    lanes = lanes[lanes["mode"] != "courier"].reset_index(drop=True)
    if set(lanes["currency"]) != {"USD"}:
        raise InputError.unknown("currency of the lanes", sorted(set(lanes["currency"]) - {"USD"})[0], ["USD"])
    served = set(lanes["market"])
    if missing := sorted(set(candidates["market"]) - served):
        raise InputError.unknown("market of a candidate without a lane", missing[0], served)
    side = 100 * np.cbrt(candidates["volume_cbm"].to_numpy(float))
    goods = candidates.rename(columns={"candidate_id": "sku"})[["sku", "hs_code", "unit_cost_usd", "weight_kg"]]
    goods = goods.assign(length_cm=side, width_cm=side, height_cm=side)
    goods["unit_cost_usd"] *= _value(company, "supply.purchase.price_factor", 1.0)
    extra = {m: _value(company, f"supply.tariff.extra_{m.lower()}", 0.0) for m in served}
    terms = Terms.of(company.table("assumptions")) if company.has("assumptions") else Terms()
    price = candidates["price_usd"].to_numpy(float)
    cost = landed_cost(goods, lanes, company.as_of, terms, _door(company, sorted(served)), price, extra_rate=extra)
    mine = candidates["market"].to_numpy(object)[:, None] == lanes["market"].to_numpy(object)
    lane = np.where(mine, cost.before_tax, np.inf).argmin(axis=1)
    row = np.arange(len(candidates))
    rules = rule_sources(cost.books, "bulk").drop_duplicates(["market", "hs_code"]).set_index(["market", "hs_code"])
    code = goods["hs_code"].astype(str).str.replace(".", "", regex=False).str[:6]
    rules = rules.reindex(pd.MultiIndex.from_arrays([candidates["market"], code]))
    landed = sum(cost.lines[name][row, lane] for name in TO_WAREHOUSE)
    return candidates.assign(
        landed_cost_usd=landed,
        door_cost_usd=cost.before_tax[row, lane] - landed,
        mode=lanes["mode"].to_numpy()[lane],
        confidence=rules["confidence"].to_numpy(object),
        source=rules["source"].to_numpy(object),
        advertising_share=candidates["market"].map(_advertising_share(company)).fillna(0.0).to_numpy(),
    )


def _advertising_share(company: "Company") -> pd.Series:
    """Advertising over sales before tax by market in the last twelve months; empty without both tables."""
    if not (company.has("ad_spend") and company.has("orders")):
        return pd.Series(dtype=float)
    since = pd.Timestamp(company.as_of) - pd.DateOffset(years=1)
    orders, spend = company.events("orders"), company.table("ad_spend")
    recent = orders.filter(orders.ordered_at.cast("date") > since.date())
    net = recent.quantity * recent.unit_price - recent.discount - recent.tax
    sales = recent.mutate(net=net).group_by(["market", "currency"]).aggregate(amount=lambda t: t.net.sum()).to_pandas()
    paid = spend[spend["date"] > since].groupby(["market", "currency"])["spend"].sum().rename("amount").reset_index()
    both = [
        pd.Series(exchange.convert(x["amount"], x["currency"], company.as_of), index=x["market"]).groupby(level=0).sum()
        for x in (paid, sales)
    ]
    return both[0] / both[1]


def _value(company: "Company", name: str, default: float) -> float:
    if not company.has("assumptions"):
        return default
    rows = company.table("assumptions").set_index("name")["base"]
    return float(rows.get(name, default))


def _door(company: "Company", markets: list[str]) -> DoorTerms:
    """Door terms by market: means over platforms in USD, own return rate."""
    table = company.table("platforms")
    for name in ("fulfilment_fee_unit", "last_mile_unit"):
        table[name] = exchange.convert(table[name], table["currency"], company.as_of)
    rates = table.groupby("market")[["commission_rate", "payment_rate", "fulfilment_fee_unit", "last_mile_unit"]].mean()
    door = rates.rename(columns={"fulfilment_fee_unit": "fulfilment", "last_mile_unit": "last_mile"}).reindex(markets)
    if door.isna().any(axis=None):
        raise InputError.unknown("market without platform terms", door.index[door.isna().any(axis=1)][0], rates.index)
    fixed = {"storage_cbm_month": STORAGE_CBM_MONTH_USD, "handling": HANDLING_USD}
    return DoorTerms(
        door.assign(
            **fixed, return_rate=_return_rate(company, markets), return_cost=RETURN_COST_USD, resale_share=RESALE_SHARE
        )
    )


def _return_rate(company: "Company", markets: list[str]) -> np.ndarray:
    if not company.has("orders"):
        return np.full(len(markets), 0.1)
    orders = company.events("orders")
    sums = orders.group_by("market").aggregate(back=orders.returned.sum(), sold=orders.quantity.sum()).to_pandas()
    rate = sums.set_index("market").eval("back / sold")
    return rate.reindex(markets).fillna(rate.mean()).to_numpy(float)
