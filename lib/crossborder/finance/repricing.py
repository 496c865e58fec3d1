"""When and how far to move a price: exchange rates, tariffs, promotions, price wars."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["price_war", "promotion_profit", "repricing_rule", "tariff_price_book"]


def repricing_rule(
    fx: pd.Series,
    *,
    share_in_currency: float,
    pass_through: float,
    trigger: float,
    menu_cost: float,
    sales: float,
    elasticity: float,
) -> dict[str, float]:
    """Profit kept by repricing whenever the rate has moved by `trigger` since the last price, on a real path of rates.

    `fx` is the value of the buyer's currency (home units) by day; `sales` a day in home units at the first rate;
    `share_in_currency` the share of cost that does not move with it (1 if all cost is at home). Each repricing passes
    on `pass_through` of the move, sells fewer or more pieces by `elasticity`, and costs `menu_cost`. Returns the
    profit change (home units) against never repricing, the number of repricings and the largest open gap.
    """
    rate = fx.to_numpy(dtype=float) / float(fx.iloc[0])
    anchor = _anchors(rate, trigger)
    price = 1 + pass_through * (1 / anchor - 1)
    units = price**elasticity
    daily = sales * (units * (price * rate - share_in_currency) - (rate - share_in_currency))
    changes = int((np.diff(anchor) != 0).sum())
    return {
        "gain": float(daily.sum() - changes * menu_cost),
        "repricings": changes,
        "largest_gap": float(np.abs(rate / anchor - 1).max()),
    }


def _anchors(rate: np.ndarray, trigger: float) -> np.ndarray:
    """The rate at the last repricing on each day; a day depends on the decision of the day before."""
    anchor, last = np.empty_like(rate), rate[0]
    for day, value in enumerate(rate):
        if abs(value / last - 1) >= trigger:
            last = value
        anchor[day] = last
    return anchor


def tariff_price_book(
    cost_before_duty_usd: float,
    customs_value_usd: float,
    price_usd: float,
    fee_rate: float,
    elasticity: float,
    duties: Mapping[str, float],
) -> pd.DataFrame:
    """For each duty scenario: margin if the price stays, price that keeps the margin, and the best price, with volumes.

    Volumes are relative to today's; `best` is the constant-elasticity optimum and needs an elasticity below -1.
    """
    rows = []
    for scenario, duty in duties.items():
        cost = cost_before_duty_usd + customs_value_usd * duty
        first = next(iter(duties.values()))
        margin_today = 1 - fee_rate - (cost_before_duty_usd + customs_value_usd * first) / price_usd
        keeping = cost / (1 - fee_rate - margin_today)
        best = cost * elasticity / (1 + elasticity) / (1 - fee_rate) if elasticity < -1 else np.nan
        for choice, asked in (("price stays", price_usd), ("margin stays", keeping), ("best price", best)):
            volume = (asked / price_usd) ** elasticity
            rows.append(
                (
                    scenario,
                    duty,
                    choice,
                    asked,
                    1 - fee_rate - cost / asked,
                    volume,
                    volume * ((1 - fee_rate) * asked - cost),
                )
            )
    columns = ["scenario", "duty_rate", "choice", "price_usd", "margin", "volume_index", "profit_per_unit_today_usd"]
    return pd.DataFrame(rows, columns=columns).dropna(subset="price_usd").reset_index(drop=True)


def promotion_profit(
    *,
    price: float,
    unit_cost: float,
    units: float,
    discount: np.ndarray,
    elasticity: float,
    pulled_forward: float = 0.0,
    cannibalised: float = 0.0,
    sister_margin: float = 0.0,
    fixed_cost: float = 0.0,
    fee_rate: float = 0.0,
) -> pd.DataFrame:
    """Net profit of a promotion at each depth of discount, against selling at full price.

    `pulled_forward` is the share of the extra units that would have been bought later at full price, `cannibalised`
    the share taken from sister products of `sister_margin` (money a piece). Break-even depth is where net is zero.
    """
    discount = np.asarray(discount, dtype=float)
    if ((discount < 0) | (discount >= 1)).any():
        raise InputError.out_of_range("discount", discount.tolist(), "fractions from 0 to below 1")
    sold = units * (1 - discount) ** elasticity
    extra = sold - units
    margin_full = price * (1 - fee_rate) - unit_cost
    margin_cut = price * (1 - discount) * (1 - fee_rate) - unit_cost
    gross = sold * margin_cut - units * margin_full
    lost = extra * (pulled_forward * margin_full + cannibalised * sister_margin)
    net = gross - lost - np.where(discount > 0, fixed_cost, 0)
    return pd.DataFrame(
        {"discount": discount, "units": sold, "gross_gain": gross, "taken_from_elsewhere": lost, "net_gain": net}
    )


def price_war(
    *,
    price: float,
    unit_cost: float,
    units: float,
    own_elasticity: float,
    cross_elasticity: float,
    rival_cut: np.ndarray,
    fee_rate: float = 0.0,
) -> pd.DataFrame:
    """Profit a period if a rival cuts its price: staying, matching, or the best answer, for each depth of the cut.

    units = units (1 - own cut)^own_elasticity (1 - rival cut)^cross_elasticity, with own_elasticity < 0 < cross.
    """
    cuts = np.linspace(0, 0.6, 601)
    rows = []
    for rival in np.atleast_1d(rival_cut):
        answered = units * (1 - cuts) ** own_elasticity * (1 - rival) ** cross_elasticity
        profit = answered * (price * (1 - cuts) * (1 - fee_rate) - unit_cost)
        matched = float(np.interp(rival, cuts, profit))
        best = int(profit.argmax())
        rows.append((rival, units * (price * (1 - fee_rate) - unit_cost), profit[0], matched, cuts[best], profit[best]))
    columns = ["rival_cut", "profit_before", "profit_staying", "profit_matching", "best_cut", "profit_best"]
    return pd.DataFrame(rows, columns=columns)
