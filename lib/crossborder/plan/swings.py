"""Which assumptions move the value of the plan most, one at a time."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.finance.dcf import discounted_value
from crossborder.finance.evaluate import evaluate
from crossborder.finance.plan_inputs import with_drivers
from crossborder.finance.sensitivity import tornado
from crossborder.finance.statements import plan_model
from crossborder.plan.case import capital_rate, plan_case
from crossborder.plan.chain import free_cash_flow

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["value_swings"]


def value_swings(
    company: "Company",
    *,
    months: int = 60,
    incremental_ad_share: float = 0.2,
    ad_share_range: tuple[float, float] | None = None,
) -> pd.DataFrame:
    """Enterprise value (USD) with each uncertain assumption at its low and its high end, the others as planned.

    The share of orders that advertising adds and its interval are those of `plan_case`.
    Columns: driver, low, high (ends against the plan, fractions), value_low, value_high, swing; widest first.
    """
    case = plan_case(company, months=months, incremental_ad_share=incremental_ad_share, ad_share_range=ad_share_range)
    rate, terminal = capital_rate(company)["weighted"], company.value("finance.growth.terminal")

    def value(design: pd.DataFrame) -> np.ndarray:
        lines = evaluate(plan_model(), with_drivers(case, design), len(case.months))
        return discounted_value(free_cash_flow(lines), rate, terminal).enterprise

    found = tornado(case.drivers, value).rename(columns={"outcome_low": "value_low", "outcome_high": "value_high"})
    return found.assign(low=found["low"] - 1, high=found["high"] - 1)
