"""A segment (market x channel) of the plan, from order to contribution, one line a function.

Signs: revenues and costs are positive; a cost line is subtracted where it is used. Amounts in USD a month.
"""

from crossborder.finance.lines import Lines, Term

__all__ = ["SEGMENT_INPUTS", "SEGMENT_LINES"]

SEGMENT_INPUTS = {
    "baseline_orders": ("orders", "orders that come without advertising"),
    "demand_factor": ("factor", "1 is the plan's demand"),
    "ad_budget": ("USD", "advertising planned, at today's media prices"),
    "orders_per_ad_usd": ("orders per USD", "orders that a dollar of advertising adds"),
    "order_value": ("USD", "value of an order without sales tax, after discounts, at plan exchange rates"),
    "fx_index": ("factor", "value of the market's currency over its plan rate"),
    "return_rate": ("fraction", "share of sales given back"),
    "resale_share": ("fraction", "share of returned goods sold again at full value"),
    "product_cost_per_order": ("USD", "purchase price of the goods in an order"),
    "freight_per_order": ("USD", "inland, main freight, insurance and brokerage of an order"),
    "freight_factor": ("factor", "1 is today's freight rate"),
    "customs_value_per_order": ("USD", "value on which duty is charged"),
    "duty_rate": ("fraction", "duty on the customs value"),
    "platform_fee_rate": ("fraction", "commission and payment fees on sales"),
    "fulfilment_per_order": ("USD", "warehouse handling and last mile of an order"),
    "return_cost": ("USD", "handling of a returned order"),
    "service_cost_per_order": ("USD", "support for an order"),
    "compliance_share": ("fraction", "certificates, representatives and filings over net sales"),
    "ad_cost_factor": ("factor", "1 is today's price of media"),
}
SEGMENT_LINES = Lines()
segment = SEGMENT_LINES.block("segments", level="segment")


@segment("orders")
def orders(baseline_orders: Term, demand_factor: Term, ad_budget: Term, orders_per_ad_usd: Term) -> Term:
    """Baseline and advertised orders."""
    return (baseline_orders + ad_budget * orders_per_ad_usd) * demand_factor


@segment("USD")
def gross_sales(orders: Term, order_value: Term, fx_index: Term) -> Term:
    """Orders at their value."""
    return orders * order_value * fx_index


@segment("USD")
def refunds(gross_sales: Term, return_rate: Term) -> Term:
    """Sales given back."""
    return gross_sales * return_rate


@segment("USD")
def net_sales(gross_sales: Term, refunds: Term) -> Term:
    """Sales kept."""
    return gross_sales - refunds


@segment("USD")
def product_cost(orders: Term, product_cost_per_order: Term, return_rate: Term, resale_share: Term) -> Term:
    """Goods of the orders, less returned goods sold again."""
    return orders * product_cost_per_order * (1 - return_rate * resale_share)


@segment("USD")
def freight_cost(orders: Term, freight_per_order: Term, freight_factor: Term) -> Term:
    """Freight of the orders."""
    return orders * freight_per_order * freight_factor


@segment("USD")
def duty_cost(orders: Term, customs_value_per_order: Term, duty_rate: Term) -> Term:
    """Duty on the customs value of the orders."""
    return orders * customs_value_per_order * duty_rate


@segment("USD")
def platform_fees(gross_sales: Term, platform_fee_rate: Term) -> Term:
    """Commission and payment fees."""
    return gross_sales * platform_fee_rate


@segment("USD")
def fulfilment_cost(orders: Term, fulfilment_per_order: Term) -> Term:
    """Handling and last mile."""
    return orders * fulfilment_per_order


@segment("USD")
def returns_cost(orders: Term, return_rate: Term, return_cost: Term) -> Term:
    """Handling of returned orders."""
    return orders * return_rate * return_cost


@segment("USD")
def service_cost(orders: Term, service_cost_per_order: Term) -> Term:
    """Support."""
    return orders * service_cost_per_order


@segment("USD")
def compliance_cost(net_sales: Term, compliance_share: Term) -> Term:
    """Compliance."""
    return net_sales * compliance_share


@segment("USD")
def advertising(ad_budget: Term, ad_cost_factor: Term) -> Term:
    """Media at its price."""
    return ad_budget * ad_cost_factor


@segment("USD")
def contribution(
    net_sales: Term,
    product_cost: Term,
    freight_cost: Term,
    duty_cost: Term,
    platform_fees: Term,
    fulfilment_cost: Term,
    returns_cost: Term,
    service_cost: Term,
    compliance_cost: Term,
    advertising: Term,
) -> Term:
    """Net sales less all cost of the segment."""
    goods = product_cost + freight_cost + duty_cost
    selling = platform_fees + fulfilment_cost + returns_cost + service_cost + compliance_cost
    return net_sales - goods - selling - advertising
