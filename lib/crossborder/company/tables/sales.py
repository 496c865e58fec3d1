"""Orders and what led to them: touchpoints, spend, sessions, experiments, prices."""

from crossborder.company.tables.contract import (
    Table,
    boolean,
    choice,
    currency,
    date,
    integer,
    market,
    money,
    number,
    share,
    text,
    timestamp,
)

__all__ = ["TABLES"]

ORDERS = Table(
    "orders",
    "an order line",
    (
        text("order_id", "order"),
        integer("line", "number", "line within the order, from 1", low=1),
        timestamp("ordered_at", "when the order was placed"),
        text("customer_id", "customer; missing for guests", nullable=True, required=False),
        market(),
        text("platform", "where it was sold (marketplace, own store, social shop)", nullable=True, required=False),
        text("sku", "product sold"),
        integer("quantity", "pieces", "pieces sold", low=1),
        money("unit_price", "price of a piece before discount, sales tax included where the market quotes it so"),
        currency(),
        money("discount", "discount on the whole line", required=False),
        money("tax", "sales tax or VAT included in the line", required=False),
        money("shipping_charged", "delivery paid by the customer on the line", required=False),
        integer("returned", "pieces", "pieces sent back so far", required=False),
        text("return_reason", "reason of the return", nullable=True, required=False),
        money("refund", "money given back on the line", required=False),
        timestamp(
            "delivered_at", "when it reached the customer; missing while under way", nullable=True, required=False
        ),
        number("promised_days", "days", "delivery promise at the order", nullable=True, required=False, low=0),
    ),
    key=("order_id", "line"),
    dated_by="ordered_at",
    events=True,
    importer="shopify",
)

TOUCHPOINTS = Table(
    "touchpoints",
    "an ad or site contact",
    (
        text("customer_id", "customer or device"),
        timestamp("at", "when"),
        text("channel", "channel of the contact"),
        text("campaign", "campaign", nullable=True, required=False),
        market(),
        choice("contact", "click view", "click, or view without a click", required=False),
        boolean("consent", "whether the contact may be joined to a person", required=False),
        text("converted_order_id", "order placed in the same visit", nullable=True, refers_to="orders.order_id"),
    ),
    key=(),
    dated_by="at",
    events=True,
    importer="ga4",
)

SESSIONS = Table(
    "sessions",
    "funnel counts of a market, a platform and a day",
    (
        date("date", "day"),
        market(),
        text("platform", "platform"),
        integer("visits", "visits", "visits"),
        integer("product_views", "visits", "visits that looked at a product"),
        integer("carts", "visits", "visits that filled a cart"),
        integer("checkouts", "visits", "visits that began to pay"),
        integer("orders", "orders", "orders placed"),
    ),
    key=("date", "market", "platform"),
    dated_by="date",
    events=True,
    importer="ga4",
)

AD_SPEND = Table(
    "ad_spend",
    "a channel, a market and a day",
    (
        date("date", "day"),
        market(),
        text("channel", "channel"),
        text("campaign", "campaign", nullable=True, required=False),
        integer("impressions", "impressions", "times shown"),
        integer("clicks", "clicks", "clicks"),
        money("spend", "amount spent"),
        currency(),
        integer("platform_conversions", "orders", "orders that the ad platform claims", required=False),
    ),
    key=("date", "market", "channel"),
    dated_by="date",
    importer="google-ads",
)

EXPERIMENTS = Table(
    "experiments",
    "an arm of a test (or a geo cell) and a day",
    (
        text("experiment_id", "experiment"),
        choice("design", "ab multi_arm geo", "two arms, several arms, or regions"),
        text("subject", "what was tested (a channel, a discount, a page)"),
        market(),
        text("arm", "arm; `control` is the base"),
        text("geo", "region of a geo test", nullable=True),
        date("date", "day"),
        boolean("treated", "whether the treatment ran in this cell on this day"),
        integer("exposed", "people", "people assigned on this day (geo: people living there)"),
        integer("converted", "people", "people of them who bought"),
        money("revenue_usd", "revenue of the cell on the day"),
        money("revenue_squared_usd", "sum of squared revenue a person, for variances", required=False, nullable=True),
        money("prior_revenue_usd", "revenue of the same people in the 28 days before", required=False, nullable=True),
        money("prior_revenue_squared_usd", "sum of squares of the same", required=False, nullable=True),
        number(
            "revenue_prior_product_usd",
            "USD squared",
            "sum of products of revenue and prior revenue",
            required=False,
            nullable=True,
        ),
        money("spend_usd", "media spend in the cell", required=False),
        share("planned_share", "share of people planned for the arm", nullable=True, required=False),
    ),
    key=("experiment_id", "arm", "geo", "date"),
    dated_by="date",
)

PRICES = Table(
    "prices",
    "a product in a market and a week",
    (
        date("week", "Monday of the week"),
        text("sku", "product", refers_to="products.sku"),
        market(),
        money("price", "shelf price of the week, sales tax included where the market quotes it so"),
        currency(),
        money("rival_price", "median price of close rivals", nullable=True),
        boolean("promotion", "whether a promotion ran"),
        number("rating", "stars", "average rating shown", low=1, high=5, nullable=True),
        share("in_stock", "share of the week in stock"),
        integer("units", "pieces", "pieces sold in the week"),
    ),
    key=("week", "sku", "market"),
    dated_by="week",
)

TABLES = (ORDERS, TOUCHPOINTS, SESSIONS, AD_SPEND, EXPERIMENTS, PRICES)
