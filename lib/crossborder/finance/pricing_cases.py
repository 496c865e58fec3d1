"""The pricing questions of one company: leaks between markets, repricing, tariffs, promotions, price wars."""

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.finance.price_study import unit_costs
from crossborder.finance.pricing import parallel_import_bound
from crossborder.finance.repricing import price_war, promotion_profit, repricing_rule, tariff_price_book

__all__ = ["average_product", "price_war_table", "promotion_table", "regional_leaks", "repricing_table", "tariff_book"]


def regional_leaks(economics: pd.DataFrame, parcel_usd: float, duty_rate: float) -> pd.DataFrame:
    """For each pair of markets the room before goods bought in one are worth carrying to the other, USD a piece.

    Mean over products sold in both; `share_leaking` is the share of those products without room. `parcel_usd` is the
    cost of a parcel between markets, `duty_rate` what the buyer would pay on it.
    """
    prices = unit_costs(economics)[["sku", "market", "price_usd"]]
    table = prices.merge(prices, on="sku", suffixes=("_from", "_to"))
    table = table[table["market_from"] != table["market_to"]].rename(
        columns={"market_from": "bought_in", "market_to": "sold_in"}
    )
    if table.empty:
        raise Refusal.because(
            "no regional gap", "no product is sold in two markets", "sell one in two, or skip this question"
        )
    table["slack_usd"] = parallel_import_bound(table["price_usd_from"], duty_rate, parcel_usd) - table["price_usd_to"]
    grouped = table.groupby(["bought_in", "sold_in"])
    result = grouped.agg(products=("slack_usd", "size"), slack_usd=("slack_usd", "mean")).reset_index()
    result["share_leaking"] = (table["slack_usd"] < 0).groupby([table["bought_in"], table["sold_in"]]).mean().to_numpy()
    return result.sort_values(["share_leaking", "slack_usd"], ascending=[False, True], kind="stable", ignore_index=True)


def repricing_table(
    economics: pd.DataFrame,
    rates: pd.DataFrame,
    currencies: dict[str, str],
    elasticity: float,
    *,
    menu_cost_usd: float,
    triggers: tuple[float, ...] = (0.02, 0.05, 0.1),
) -> pd.DataFrame:
    """For each market and trigger: gain a year over never repricing, repricings a year, largest open gap, USD.

    `rates` are daily, USD a unit; the share of cost at home is one less the share paid in the market.
    """
    years = (rates.index[-1] - rates.index[0]).days / 365.25
    rows = []
    for market, here in unit_costs(economics).groupby("market"):
        if currencies[market] == "USD":
            continue
        sales = float((here["price_usd"] * here["units"]).sum()) / 365
        cost = float((here["unit_cost_usd"] * here["units"]).sum() / (here["price_usd"] * here["units"]).sum())
        for trigger in triggers:
            result = repricing_rule(
                rates[currencies[market]],
                share_in_currency=cost,
                pass_through=1.0,
                trigger=trigger,
                menu_cost=menu_cost_usd,
                sales=sales,
                elasticity=elasticity,
            )
            rows.append((market, trigger, result["gain"] / years, result["repricings"] / years, result["largest_gap"]))
    columns = ["market", "trigger", "gain_usd_year", "repricings_year", "largest_gap"]
    table = pd.DataFrame(rows, columns=columns)
    best = table.groupby("market")["gain_usd_year"].transform("max")
    return table.assign(best=table["gain_usd_year"] == best).sort_values(["market", "trigger"], ignore_index=True)


def average_product(economics: pd.DataFrame, elasticities: pd.DataFrame, market: str) -> dict[str, float]:
    """The average piece sold in a market: price, cost and duty (USD), fee share, units a week, elasticities.

    Raises Refusal where the market sold nothing.
    """
    costs = unit_costs(economics).merge(elasticities[["category", "elasticity", "cross_elasticity"]], on="category")
    here = costs[costs["market"] == market]
    if here.empty:
        raise Refusal.because(
            f"no prices in {market}", "nothing was sold there in the period", "take another market or a longer period"
        )
    weight = here["units"] / here["units"].sum()
    names = ["price_usd", "unit_cost_usd", "fee_rate", "elasticity", "cross_elasticity"]
    product = {name: float((here[name] * weight).sum()) for name in names}
    rows = economics[economics["market"] == market]
    months = rows["month"].nunique()
    return product | {
        "units_week": float(here["units"].sum()) / months * 12 / 52,
        "duty_usd": float(rows["duty"].sum() if "duty" in rows else 0.0) / float(rows["units"].sum()),
        "customs_value_usd": float(rows["product"].sum()) / float(rows["units"].sum()),
    }


def tariff_book(product: dict[str, float], jump: float) -> pd.DataFrame:
    """Three answers to a higher duty for the average product: price stays, margin stays, best price."""
    today = product["duty_usd"] / product["customs_value_usd"]
    return tariff_price_book(
        product["unit_cost_usd"] - product["duty_usd"],
        product["customs_value_usd"],
        product["price_usd"],
        product["fee_rate"],
        product["elasticity"],
        {"duty today": today, "duty raised": today + jump},
    )


def promotion_table(product: dict[str, float], pulled_forward: float, cannibalised: float = 0.1) -> pd.DataFrame:
    """A week's promotion of the average product at several depths, USD against full price."""
    margin = product["price_usd"] * (1 - product["fee_rate"]) - product["unit_cost_usd"]
    return promotion_profit(
        price=product["price_usd"],
        unit_cost=product["unit_cost_usd"],
        units=product["units_week"],
        discount=np.array([0.05, 0.1, 0.15, 0.2, 0.3]),
        elasticity=product["elasticity"],
        pulled_forward=pulled_forward,
        cannibalised=cannibalised,
        sister_margin=margin,
        fee_rate=product["fee_rate"],
    )


def price_war_table(product: dict[str, float]) -> pd.DataFrame:
    """A rival's cut against the average product of a week: stay, match, or the best answer, USD."""
    return price_war(
        price=product["price_usd"],
        unit_cost=product["unit_cost_usd"],
        units=product["units_week"],
        own_elasticity=product["elasticity"],
        cross_elasticity=product["cross_elasticity"],
        rival_cut=np.array([0.05, 0.1, 0.2]),
        fee_rate=product["fee_rate"],
    )
