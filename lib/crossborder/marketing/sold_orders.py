"""One row an order in USD, worked out once for a company and asked by every section after it."""

from typing import TYPE_CHECKING

from crossborder.company import sampling
from crossborder.company.laid import laid_down
from crossborder.marketing import inputs, journey_query

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = ["sold_orders", "some_orders"]


def sold_orders(company: "Company", markets: list[str] | None = None) -> "Table":
    """Orders with values in USD (`journey_query.order_values` at mean rates), of all markets or of some.

    Bringing the lines of an order together is the dearest step of the large tables; DuckDB keeps its result for the
    process, so that it is paid once. An order counts for one market, as in `order_values`.
    """
    sold = company.kept("marketing.sold_orders", lambda: laid_down(_all(company)))
    return sold.filter(sold.market.isin(markets)) if markets else sold


def some_orders(company: "Company") -> tuple["Table", float]:
    """`sampling.some` of the orders of all markets, once for the company: rows of a sample, and its share."""
    return company.kept("marketing.some_orders", lambda: sampling.some(sold_orders(company)))


def _all(company: "Company") -> "Table":
    rates = inputs.usd_rates(company)
    return journey_query.order_values(
        company.events("orders"), usd_rates=rates, unit_cost_usd=inputs.unit_cost_usd(company, rates)
    )
