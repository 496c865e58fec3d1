"""One row an order in USD, worked out once for a company and asked by every section after it."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import moments, sampling
from crossborder.company.laid import laid_down
from crossborder.marketing import inputs, journey_query

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = ["sold_orders", "some_customers", "some_orders"]

PROFILE = (
    "customer_id",
    "market",
    "cohort",
    "acquisition_channel",
    "member",
    "member_since",
    "visits_before_joining",
    "spend_before_joining_usd",
    "spend_after_joining_usd",
)


def sold_orders(company: "Company", markets: list[str] | None = None) -> "Table":
    """Orders with values in USD (`journey_query.order_values` at mean rates), of all markets or of some.

    Bringing the lines of an order together is the dearest step of the large tables; DuckDB keeps its result for the
    process, so that it is paid once. An order counts for one market, as in `order_values`.
    """
    sold = company.kept("marketing.sold_orders", lambda: _all(company))
    return sold.filter(sold.market.isin(markets)) if markets else sold


def some_orders(company: "Company", markets: list[str] | None = None) -> tuple["Table", float]:
    """The orders of a sample of customers (`sampling.some`) and its share; of all markets once for the company."""
    if markets:
        return sampling.some(sold_orders(company, markets))
    return company.kept("marketing.some_orders", lambda: _some(company))


def some_customers(company: "Company") -> pd.DataFrame:
    """The people of `some_orders` in the table of customers, also those who did not order, once for the company."""
    share = some_orders(company)[1]
    made = company.kept("marketing.some_customers", lambda: company.table("customers", PROFILE, share=share))
    return made.copy(deep=False)


def _some(company: "Company") -> tuple["Table", float]:
    sold = sold_orders(company)
    some, share = sampling.of_buyers(sold, company.events("orders"))
    return (laid_down(some) if share < 1 else sold), share


def _all(company: "Company") -> "Table":
    rates, orders = inputs.usd_rates(company), company.events("orders")
    lines = journey_query.order_lines(orders, usd_rates=rates, unit_cost_usd=inputs.unit_cost_usd(company, rates))
    parts = journey_query.by_order(lines, alike=True)
    laid = laid_down(parts)
    if laid is parts:  # an engine that keeps nothing would work them out for each look at them
        return journey_query.by_order(lines)
    # As many parts as first lines: no order is in parts, because a line's number occurs once in an order.
    whole = int(laid.count().to_pandas()) == moments.counted(orders).first
    return laid if whole else laid_down(journey_query.by_order(laid))
