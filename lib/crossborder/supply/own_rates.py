"""What the company's own bills say: realised landed cost, effective rates of duty and freight, reconciliation.

Bills beat rules from memory: a duty rate seen on customs bills replaces the placeholder of the rule clock.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.supply import freight as transport
from crossborder.supply.checks import needs
from crossborder.supply.duty_rules import Rulebook

__all__ = ["SHIPMENT_LINES", "duty_rates", "price_shipments", "realised", "terms_from_bills", "with_own_duty"]

SHIPMENT_LINES = ("inland", "freight", "insurance", "duty", "import_tax", "brokerage")


def realised(shipments: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Realised cost of shipments by group, USD: pieces, goods value, every line, total, and total a piece."""
    needs(shipments, "shipments", "quantity goods_value " + " ".join(SHIPMENT_LINES))
    table = shipments.groupby(by)[["quantity", "goods_value", *SHIPMENT_LINES]].sum().astype(float)
    table["total"] = table[["goods_value", *SHIPMENT_LINES]].sum(axis=1)
    return table.assign(total_piece=table["total"] / table["quantity"]).reset_index()


def duty_rates(shipments: pd.DataFrame, products: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Effective duty by market and HS code from customs bills: rate, low, high, bills.

    The rate is duty over the dutiable value (goods, with freight and insurance outside the United States); the range
    is that of the single bills.
    """
    rows = shipments.merge(products[["sku", "hs_code"]], on="sku")
    carried = np.where(rows["market"] == "US", 0.0, rows["freight"] + rows["insurance"])
    rows = rows.assign(base=rows["goods_value"] + carried)
    rows = rows[rows["base"] > 0].assign(single=lambda r: r["duty"] / r["base"])
    grouped = rows.groupby(["market", "hs_code"])
    table = grouped[["duty", "base"]].sum()
    table["rate"] = table["duty"] / table["base"]
    table["low"], table["high"] = (grouped["single"].quantile(q) for q in ((1 - level) / 2, (1 + level) / 2))
    return table.assign(bills=grouped.size())[["rate", "low", "high", "bills"]].reset_index()


def with_own_duty(
    book: Rulebook,
    rates: pd.DataFrame,
    extra_rate: dict[str, float] | None = None,
    least_bills: int = 3,
    then: Rulebook | None = None,
) -> Rulebook:
    """The rulebook with the company's own duty rates where there are enough bills; their confidence becomes A.

    `extra_rate` adds to the duty of a market on top of the bills (a tariff that came after them). `then` is the
    rulebook of the day of the bills: on another day the own rate moves by as much as the rule, and is as sure as it.
    """
    needs(rates, "rates", "market hs_code rate low high bills")
    known = rates[rates["bills"] >= least_bills]
    duty = {name: values.copy() for name, values in book.duty.items()}
    sources = book.sources.copy()
    known = known.assign(place=pd.Index(book.hs_codes).get_indexer(known["hs_code"])).query("place >= 0")
    market, sure = book.cases["market"].to_numpy(str), []
    moved = {name: values - (values if then is None else then.duty[name]) for name, values in book.duty.items()}
    for rate in known.itertuples():  # over markets x HS codes with bills
        columns = market == rate.market
        for name, value in (("low", rate.low), ("base", rate.rate), ("high", rate.high)):
            added = (extra_rate or {}).get(rate.market, 0.0) + moved[name][rate.place, columns]
            duty[name][rate.place, columns] = np.maximum(value + added, 0.0)
        if not any(np.abs(moved[name][rate.place, columns]).max() > 1e-12 for name in moved):
            sure.append((rate.market, rate.hs_code))
    hit = pd.MultiIndex.from_frame(sources[["market", "hs_code"]]).isin(sure)
    sources.loc[hit, ["source", "confidence"]] = ["own customs bills", "A"]
    return replace(book, duty=duty, sources=sources)


def terms_from_bills(shipments: pd.DataFrame) -> dict[str, float]:
    """Insurance rate, inland cost a cubic metre, brokerage a shipment and pieces a shipment, from the bills."""
    needs(shipments, "shipments", "shipment_id volume_cbm quantity " + " ".join(SHIPMENT_LINES))
    if shipments.empty:
        raise Refusal.because("no own terms", "there is no shipment in the period", "take a longer period")
    count = shipments["shipment_id"].nunique()
    value = shipments["goods_value"] + shipments["freight"]
    return {
        "insurance_rate": float(shipments["insurance"].sum() / value.sum()),
        "inland_cbm_usd": float(shipments["inland"].sum() / shipments["volume_cbm"].sum()),
        "brokerage_shipment_usd": float(shipments["brokerage"].sum() / count),
        "pieces_per_shipment": float(shipments["quantity"].sum() / count),
    }


def price_shipments(
    shipments: pd.DataFrame, products: pd.DataFrame, lanes: pd.DataFrame, learned_from: pd.DataFrame
) -> pd.DataFrame:
    """What our model would have billed for `shipments`, learning its rates from other (earlier) bills only.

    Freight is the lane's price on the chargeable quantity times the mode's realised factor; duty and tax at the
    effective rates; one row a line with modelled and billed amounts and the error as a share.
    """
    terms, rates = terms_from_bills(learned_from), duty_rates(learned_from, products)
    factor = _freight_factor(learned_from, products, lanes)
    listed = _listed_freight(shipments, products, lanes)
    mode = shipments["lane_id"].map(lanes.set_index("lane_id")["mode"])
    freight = listed * mode.map(factor).fillna(1.0).to_numpy(float)
    goods = shipments["goods_value"].to_numpy(float)
    insurance = terms["insurance_rate"] * (goods + freight)
    codes = shipments.merge(products[["sku", "hs_code"]], on="sku", how="left")
    rate = codes.merge(rates, on=["market", "hs_code"], how="left")["rate"].fillna(rates["rate"].mean()).to_numpy(float)
    carried = np.where(shipments["market"] == "US", 0.0, freight + insurance)
    duty = rate * (goods + carried)
    paid = learned_from[["goods_value", "freight", "insurance", "duty"]].sum(axis=1)
    vat = learned_from["import_tax"].groupby(learned_from["market"]).sum() / paid.groupby(learned_from["market"]).sum()
    tax = shipments["market"].map(vat).to_numpy(float) * (goods + freight + insurance + duty)
    share = shipments["volume_cbm"] / shipments.groupby(["lane_id", "shipped_on"])["volume_cbm"].transform("sum")
    departures = learned_from.groupby(["lane_id", "shipped_on"])["brokerage"].sum()
    modelled = {
        "inland": terms["inland_cbm_usd"] * shipments["volume_cbm"].sum(), "freight": freight.sum(),
        "insurance": insurance.sum(), "duty": duty.sum(), "import_tax": tax.sum(),
        "brokerage": float(departures.mean() * share.sum()),
    }  # fmt: skip
    table = pd.DataFrame({"billed": shipments[list(SHIPMENT_LINES)].sum(), "modelled": pd.Series(modelled)})
    table["error"] = table["modelled"] / table["billed"] - 1
    return table.reindex(SHIPMENT_LINES).rename_axis("line").reset_index()


def _listed_freight(shipments: pd.DataFrame, products: pd.DataFrame, lanes: pd.DataFrame) -> np.ndarray:
    """Freight at the lane table's prices: chargeable kilograms, or cubic metres against whole containers."""
    lane = lanes.set_index("lane_id").loc[shipments["lane_id"]]
    volume, weight = shipments["volume_cbm"].to_numpy(float), shipments["weight_kg"].to_numpy(float)
    divisor = lane["mode"].map(transport.DIVISORS).to_numpy(float)
    by_kg = np.maximum(weight, volume * 1e6 / divisor) * lane["cost_per_kg"].to_numpy(float)
    whole = shipments.groupby(["lane_id", "shipped_on"])["volume_cbm"].transform("sum").to_numpy(float)
    boxes = np.ceil(whole / transport.CONTAINERS["40ft"][0]) * volume / whole
    by_cbm = np.fmin(volume * lane["cost_per_cbm"].to_numpy(float), boxes * lane["cost_per_container"].to_numpy(float))
    return np.where(np.isfinite(by_cbm), by_cbm, by_kg)


def _freight_factor(shipments: pd.DataFrame, products: pd.DataFrame, lanes: pd.DataFrame) -> pd.Series:
    mode = shipments["lane_id"].map(lanes.set_index("lane_id")["mode"])
    listed = pd.Series(_listed_freight(shipments, products, lanes), index=shipments.index)
    return shipments["freight"].groupby(mode).sum() / listed.groupby(mode).sum()
