"""Drivers of the plan from a year of orders and ledger: what each segment sells, what an order costs, what is fixed."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance.simulation import Driver

__all__ = ["PlanCase", "group_inputs", "growth_path", "scaled", "segment_inputs", "with_drivers"]


# Stock and payables hold through the season and follow the cost of goods of about eight months: on the demonstration
# company's two years they scatter by 7 and 10 % around such a mean, by 10 and 14 % around the month's own cost.
GOODS_RATE_SHARE = 0.125


@dataclass(frozen=True)
class PlanCase:
    """Inputs of the plan model with the axes on which they stand.

    `inputs` by name, arrays [path, month, market, platform] or shorter; `drivers` are uncertain factors, each on the
    inputs that `acts_on` names for it; `weights` gives a driver's power by market, [market, 1], where it is not 1.
    """

    inputs: dict[str, np.ndarray]
    months: tuple[pd.Timestamp, ...]
    markets: tuple[str, ...]
    platforms: tuple[str, ...]
    drivers: tuple[Driver, ...] = ()
    acts_on: dict[str, tuple[str, ...]] | None = None
    weights: dict[str, np.ndarray] | None = None

    @property
    def segments(self) -> list[tuple[str, str]]:
        """(market, platform) in the order of the flattened last two axes."""
        return [(market, platform) for market in self.markets for platform in self.platforms]


def segment_inputs(
    economics: pd.DataFrame,
    season: pd.DataFrame,
    growth: pd.Series,
    momentum: pd.Series,
    months: int,
    *,
    start: pd.Timestamp,
    incremental_ad_share: float,
    terminal_growth: float,
    resale_share: float,
    past: pd.Series | None = None,
    ad_growth: float | None = None,
) -> PlanCase:
    """Segment inputs for `months` from `start` on, each platform of each market.

    Parameters
    ----------
    economics : the table of `order_economics` over twelve months (USD totals).
    season : month of year (1 to 12) by market, factors with mean one.
    growth : yearly growth of the published market by market; it fades linearly to `terminal_growth` by year five.
    momentum : growth of the company beyond its market today; it fades to nothing within two years.
    incremental_ad_share : share of today's orders that would not come without advertising.
    resale_share : share of returned pieces that go back on the shelf.
    past : growth of the year behind, which lifts the first month over the past year's mean; growth plus momentum if
        not given.
    ad_growth : growth of the advertising budget over the year behind; from there it joins the orders' growth within
        two years, and what a dollar brings moves with it. The budget follows orders if not given.
    """
    if not 0 <= incremental_ad_share < 1:
        raise InputError.out_of_range("incremental_ad_share", incremental_ad_share, "from 0 to below 1")
    cells = economics.groupby(["market", "platform"]).sum(numeric_only=True)
    markets = tuple(cells.index.get_level_values(0).unique())
    platforms = tuple(sorted(cells.index.get_level_values(1).unique()))
    cells = cells.reindex(pd.MultiIndex.from_product([markets, platforms])).fillna(0.0)
    if not cells["orders"].sum() > 0:
        raise Refusal.because("no plan", "there are no orders in the last twelve months", "import orders first")
    markets_growth = [rate.reindex(list(markets)) for rate in (growth, momentum)]
    behind = sum(markets_growth) if past is None else past.reindex(list(markets))
    path = growth_path(*markets_growth, behind, months, terminal_growth)
    per_budget = _orders_per_budget(path, markets_growth[0], ad_growth, terminal_growth)[None, :, :, None]
    calendar = pd.date_range(start, periods=months, freq="MS")
    seasonal = season.loc[calendar.month, list(markets)].to_numpy()

    def shaped(values: pd.Series) -> np.ndarray:
        return values.to_numpy(dtype=float).reshape(1, 1, len(markets), len(platforms))

    def per(amount: pd.Series, base: pd.Series) -> np.ndarray:
        return shaped(amount.div(base.where(base > 0)).fillna(0.0))

    volume = (path * seasonal / 12)[None, :, :, None]
    inputs = {
        "baseline_orders": shaped(cells["orders"].astype(float)) * (1 - incremental_ad_share) * volume,
        "ad_budget": shaped(cells["advertising"]) * volume / per_budget,
        "orders_per_ad_usd": per(cells["orders"] * incremental_ad_share, cells["advertising"]) * per_budget,
        "resale_share": np.array(resale_share),
        **{name: per(amount, base) for name, (amount, base) in _unit_inputs(cells).items()},
        **{name: np.array(1.0) for name in ("demand_factor", "fx_index", "freight_factor", "ad_cost_factor")},
    }
    return PlanCase(inputs, tuple(calendar), markets, platforms)


def _unit_inputs(cells: pd.DataFrame) -> dict[str, tuple[pd.Series, pd.Series]]:
    """What an order, a sale or a piece of goods costs: the amount and what it is divided by."""
    orders = cells["orders"].astype(float)
    sales = cells["price"] - cells["discount"] - cells["sales_tax"]
    returned = orders * cells["refund"] / sales.where(sales > 0)
    return {
        "order_value": (sales, orders),
        "return_rate": (cells["refund"], sales),
        "product_cost_per_order": (cells["product"], orders),
        "freight_per_order": (cells[["inland", "freight", "insurance", "brokerage"]].sum(axis=1), orders),
        "customs_value_per_order": (cells["product"], orders),
        "duty_rate": (cells["duty"], cells["product"]),
        "platform_fee_rate": (cells["platform_fee"], sales),
        "fulfilment_per_order": (cells["fulfilment"] + cells["last_mile"], orders),
        "return_cost": (cells["returns_handling"], returned),
        "service_cost_per_order": (cells["service"], orders),
        "compliance_share": (cells["compliance"], sales - cells["refund"]),
    }


def _orders_per_budget(path: np.ndarray, growth: pd.Series, ad_growth: float | None, terminal: float) -> np.ndarray:
    """How orders run ahead of the advertising budget, [month, market]; one where the budget follows orders."""
    if ad_growth is None:
        return np.ones_like(path)
    wanted = pd.Series(ad_growth, index=growth.index)
    return path / growth_path(growth, wanted - growth, wanted, len(path), terminal)


def growth_path(growth: pd.Series, momentum: pd.Series, past: pd.Series, months: int, terminal: float) -> np.ndarray:
    """Index of orders over the average month of the past year, [month, market].

    The half year from the middle of the past year to its end has happened: it counts at the growth of the `past`
    year. From then on growth starts at `growth` plus `momentum`; the first fades to `terminal` by year five, the
    second to nothing within two years.
    """
    growth, momentum, past = (rate.astype(float) for rate in (growth, momentum, past))
    if growth.isna().any():
        raise InputError.missing_columns("growth", growth.index[growth.isna()], growth.dropna().index)
    years = (np.arange(months) + 0.5) / 12
    fade = np.clip(years / 5, 0, 1)[:, None]
    excess = np.clip(1 - years / 2, 0, 1)[:, None] * momentum.to_numpy()[None, :]
    yearly = growth.to_numpy()[None, :] * (1 - fade) + terminal * fade + excess
    monthly = np.log1p(yearly) / 12
    first = np.log1p(past.to_numpy()) * 0.5
    return np.exp(first + np.cumsum(monthly, axis=0) - monthly / 2)


def group_inputs(
    case: PlanCase,
    opening: dict[str, float],
    fixed_year: dict[str, float],
    *,
    payroll_growth: float,
    inflation: float,
    tax_rate: float,
    loan_rate: float,
    loan_repaid_month: float,
    capital_spending_month: float,
    depreciation_years: float = 3.0,
    goods_rate_share: float = GOODS_RATE_SHARE,
    first_month: dict[str, float],
) -> PlanCase:
    """The case with the group's inputs: fixed cost, working capital, debt, tax and opening balances.

    `opening` maps cash, receivables, inventory, fixed_assets, payables, tax_payable, loan, share_capital and losses to
    USD; retained earnings are what balances the opening sheet, the one place where anything does. `first_month` holds
    revenue and cost_of_goods of the past year a month, against which the opening balances are turned into months;
    `goods_rate_share` is how fast the rate of goods, which stock and payables follow, takes on a month's cost.
    """
    years = np.arange(len(case.months)) / 12

    def path(amount: float, growth: float) -> np.ndarray:
        return (amount / 12 * (1 + growth) ** years)[:, None, None]

    months_of = {
        "receivable_months": opening["receivables"] / first_month["revenue"],
        "inventory_months": opening["inventory"] / first_month["cost_of_goods"],
        "payable_months": opening["payables"] / first_month["cost_of_goods"],
    }
    remaining = np.maximum(opening["loan"] - loan_repaid_month * np.arange(len(case.months)), 0)
    fixed = dict(fixed_year)
    payroll = fixed.pop("payroll", 0.0)
    assets = sum(opening[name] for name in ("cash", "receivables", "inventory", "fixed_assets"))
    owed = sum(opening[name] for name in ("payables", "tax_payable", "loan", "share_capital"))
    inputs = {
        "payroll": path(payroll, payroll_growth),
        "overheads": path(sum(fixed.values()), inflation),
        **{name: np.array(value) for name, value in months_of.items()},
        "goods_rate_share": np.array(goods_rate_share),
        "goods_rate_opening": np.array(first_month["cost_of_goods"]),
        "capital_spending": path(capital_spending_month * 12, inflation),
        "depreciation_rate": np.array(1 / (12 * depreciation_years)),
        "loan_drawn": np.array(0.0),
        "loan_repaid": np.minimum(loan_repaid_month, remaining)[:, None, None],
        "loan_rate": np.array(loan_rate / 12),
        "deposit_rate": np.array(0.0),
        "equity_raised": np.array(0.0),
        "tax_rate": np.array(tax_rate),
        **{f"{name}_opening": np.array(value) for name, value in opening.items()},
        "retained_earnings_opening": np.array(assets - owed),
    }
    return replace(case, inputs=case.inputs | inputs)


def scaled(case: PlanCase, factors: dict[str, np.ndarray | float]) -> PlanCase:
    """The case with some inputs multiplied; factors broadcast to the input's shape."""
    for name in factors.keys() - case.inputs.keys():
        raise InputError.unknown("input", name, case.inputs)
    changed = {name: case.inputs[name] * np.asarray(factor, dtype=float) for name, factor in factors.items()}
    return replace(case, inputs=case.inputs | changed)


def with_drivers(case: PlanCase, draws: pd.DataFrame) -> dict[str, np.ndarray]:
    """The case's inputs with each driver's draws as factors on what it acts on, path by path."""
    inputs = dict(case.inputs)
    for driver in draws.columns:
        factor = draws[driver].to_numpy(dtype=float).reshape(-1, 1, 1, 1) ** (case.weights or {}).get(driver, 1.0)
        for name in (case.acts_on or {})[driver]:
            inputs[name] = inputs[name] * factor
    return inputs
