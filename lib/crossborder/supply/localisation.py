"""Making or finishing nearer to the buyer: local assembly, trade agreements, near-shore hubs, own platform."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.supply.checks import at_least, between, positive

__all__ = ["hub_relocation", "local_assembly", "own_or_rented", "small_batches", "trade_agreement"]


def local_assembly(
    value: float,
    parts_share: float,
    duty_finished: float,
    duty_parts: float,
    freight_finished: float,
    freight_parts: float,
    labour_local: float,
    labour_home: float,
    price: float,
) -> dict[str, float]:
    """Importing parts and finishing locally against importing the finished piece: cost a piece, saving, price room.

    `value` is the finished customs value, `parts_share` the share of it that crosses the border as parts. Duty is taken
    from the value with freight.
    """
    share = float(between("parts_share", parts_share, 0, 1))
    finished = value + freight_finished + duty_finished * (value + freight_finished)
    parts = value * share + freight_parts + duty_parts * (value * share + freight_parts)
    local = parts + value * (1 - share) + labour_local - labour_home
    return {
        "finished": finished,
        "assembled": local,
        "saving": finished - local,
        "saving_share": (finished - local) / finished,
        "price_change": (local - finished) / price,
        "labour_break_even": labour_local + finished - local,
    }


def trade_agreement(
    value_year: ArrayLike,
    mfn_rate: ArrayLike,
    preferred_rate: ArrayLike,
    origin_share: ArrayLike,
    required_share: float,
    certificate_cost_year: ArrayLike = 0.0,
) -> pd.DataFrame:
    """What a trade agreement saves where the rules of origin are met: eligible, saving a year, content missing."""
    value, own = at_least("value_year", value_year, 0), between("origin_share", origin_share, 0, 1)
    eligible = np.atleast_1d(own >= required_share)
    saving = np.where(eligible, value * (np.asarray(mfn_rate, float) - preferred_rate) - certificate_cost_year, 0.0)
    missing = np.maximum(required_share - own, 0)
    return pd.DataFrame(
        {"eligible": eligible, "saving_year": np.maximum(saving, 0), "content_missing": np.atleast_1d(missing)}
    )


def hub_relocation(
    value: ArrayLike,
    duty_home: ArrayLike,
    duty_hub: ArrayLike,
    labour: ArrayLike,
    labour_rise: float,
    days_home: ArrayLike,
    days_hub: ArrayLike,
    holding_rate_year: float,
    sales_gain_day: float = 0.0,
    margin: ArrayLike = 0.0,
) -> pd.DataFrame:
    """Effect a piece of moving to a near-shore hub: duty saved, labour added, stock freed, sales won by speed, net."""
    value, faster = np.asarray(value, float), np.asarray(days_home, float) - days_hub
    parts = {
        "duty": value * (np.asarray(duty_home, float) - duty_hub),
        "labour": -np.asarray(labour, float) * labour_rise,
        "stock": value * holding_rate_year * faster / 365,
        "sales": sales_gain_day * faster * np.asarray(margin, float),
    }
    table = pd.DataFrame({name: np.atleast_1d(part) for name, part in parts.items()})
    return table.assign(net=table.sum(axis=1), days_saved=np.atleast_1d(faster))


def own_or_rented(
    build_cost: float,
    run_cost_year: float,
    rent_year: float,
    rent_per_order: float,
    run_per_order: float,
    years: int,
    discount_rate: float,
) -> dict[str, float]:
    """Building an own platform against renting one: present cost of both, and orders a year to break even."""
    factor = float(((1 + discount_rate) ** -np.arange(1, years + 1)).sum())
    own, rented = build_cost + run_cost_year * factor, rent_year * factor
    gap = (rent_per_order - run_per_order) * factor
    return {
        "own_fixed": own,
        "rented_fixed": rented,
        "break_even_orders_year": (own - rented) / gap if gap > 0 else float("inf"),
    }


def small_batches(
    demand_year: float,
    batch_sizes: ArrayLike,
    value: float,
    holding_rate_year: float,
    inbound_fee_batch: float,
    inbound_fee_unit: float = 0.0,
) -> pd.DataFrame:
    """Smaller inbound batches: turns, stock and fees by batch size; the least total is marked best."""
    batch = np.atleast_1d(positive("batch_sizes", batch_sizes))
    stock = batch / 2 * value
    fees = demand_year / batch * inbound_fee_batch + demand_year * inbound_fee_unit
    total = stock * holding_rate_year + fees
    return pd.DataFrame(
        {
            "batch": batch,
            "turns": demand_year * value / stock,
            "stock_usd": stock,
            "inbound_fees_year": fees,
            "total_year": total,
            "best": total == total.min(),
        }
    )
