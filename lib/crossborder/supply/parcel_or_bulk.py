"""Direct parcels against stock in the market, by order value: two cost curves and where they cross."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.freight import round_up_weight
from crossborder.supply.inputs import LandedInputs
from crossborder.supply.landed_cost import LandedCost
from crossborder.supply.landed_range import market_lines, parcel_break_even
from crossborder.supply.parcel_rules import parcel_taxes

PER_PIECE = ("inland", "freight", "insurance", "duty", "customs_fees", "brokerage", "handling", "storage", "carrying")

__all__ = ["break_even_by_market", "order_cost_curves"]


def order_cost_curves(cost: LandedCost, inputs: LandedInputs, market: str, values: ArrayLike) -> pd.DataFrame:
    """Cost of an order by its value, USD: way (parcel or bulk), order_value, cost, share of the value.

    The order is a basket of the market's mean product: weight, volume and purchase cost grow with its value. Both ways
    carry freight, duty and tax at import, carrying cost and delivery; selling fees and returns are alike and left out.
    A parcel is declared at the price paid; bulk at the goods' cost, and its VAT is the one on the sale.
    """
    values = np.asarray(values, float)
    lines = market_lines(cost, inputs.weights)
    if market not in lines.index:
        raise InputError.unknown("market", market, lines.index)
    line = lines.loc[market]
    columns = (cost.lanes["market"] == market).to_numpy()
    units = inputs.weights[:, columns].sum(1)
    price = float((inputs.price[:, columns].mean(1) * units).sum() / units.sum())
    kilos = _mean_kilos(inputs.products, units)
    pieces = values / price
    parcel = _parcel(cost, inputs, market, values, pieces, kilos, float(line["goods"]))
    vat = float(cost.books["bulk"].cases.set_index("market")["vat"].loc[[market]].iloc[0])
    delivered = float(line[["fulfilment", "last_mile"]].sum())
    bulk = pieces * float(line[list(PER_PIECE)].sum()) + delivered * np.maximum(1, 0.5 + 0.5 * pieces) + vat * values
    table = pd.DataFrame(
        {
            "way": np.repeat(["parcel", "bulk"], len(values)),
            "order_value": np.tile(values, 2),
            "cost": np.r_[parcel, bulk],
        }
    )
    return table.assign(share=table["cost"] / table["order_value"], market=market)


def break_even_by_market(
    cost: LandedCost, inputs: LandedInputs, markets: list[str], values: ArrayLike
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curves of all markets, and a row a market: the cheaper way at small and large orders, crossing, gap at 50."""
    curves, rows = [], []
    for market in markets:  # over markets
        curve = order_cost_curves(cost, inputs, market, values)
        direct, bulk = (curve[curve["way"] == way] for way in ("parcel", "bulk"))
        crossing = parcel_break_even(direct, bulk)
        gap = direct["cost"].to_numpy() - bulk["cost"].to_numpy()
        middle = int(np.argmin(np.abs(np.asarray(values, float) - 50)))
        rows.append(
            {"market": market, "small_orders": "bulk" if gap[0] > 0 else "parcel",
             "large_orders": "bulk" if gap[-1] > 0 else "parcel",
             "break_even_usd": float(crossing["order_value"].iloc[0]) if len(crossing) else np.nan,
             "bulk_saves_at_50_usd": float(gap[middle])}
        )  # fmt: skip
        curves.append(curve)
    return pd.concat(curves, ignore_index=True), pd.DataFrame(rows)


def _mean_kilos(products: pd.DataFrame, units: np.ndarray) -> float:
    cm3 = (products["length_cm"] * products["width_cm"] * products["height_cm"]).to_numpy(float)
    charged = np.maximum(products["weight_kg"].to_numpy(float), cm3 / 5000)
    return float((charged * units).sum() / units.sum())


def _parcel(cost, inputs, market, values, pieces, kilos, goods) -> np.ndarray:
    """Courier freight of the rounded parcel, parcel taxes at the price paid, insurance; cheapest courier lane."""
    book = cost.books.get("parcel")
    lanes = cost.lanes[(cost.lanes["market"] == market) & (cost.lanes["mode"] == "courier")]
    if book is None or lanes.empty:
        raise InputError.out_of_range(f"courier lanes to {market}", 0, "at least one", "add a lane with mode courier")
    case = book.cases[book.cases["market"] == market].iloc[[0]]
    units = inputs.weights[:, (cost.lanes["market"] == market).to_numpy()].sum(1)
    rates = book.duty["base"][book.index(inputs.products["hs_code"]), case.index[0]]
    rate = float((rates * units).sum() / units.sum())
    freight = round_up_weight(kilos * np.maximum(pieces, 0.25)) * float(lanes["cost_per_kg"].min())
    due = parcel_taxes(
        case, np.full((len(values), 1), rate), values[:, None], freight[:, None], np.ones((len(values), 1))
    )
    return freight + inputs.terms.insurance_rate * values + sum(part[:, 0] for part in due)
