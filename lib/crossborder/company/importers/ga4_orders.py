"""Orders from GA4 purchase events with items: for companies whose shop gives no better export.

GA4 counts what browsers sent: orders of visitors without consent are missing, and so are taxes. The shop's own export
is the better source where there is one. In GA4 `price` is the price after `discount`, both for one piece.
"""

from typing import TYPE_CHECKING

from crossborder.company.importers import places
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.ga4_events import FIELDS, flat, named
from crossborder.company.importers.interface import Imported, Importer, Options, Rule, Source
from crossborder.company.importers.numbers import MONEY

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

MAPPING = (
    Rule(
        "ecommerce, event_params", "orders.order_id", "transaction_id; one that was sent again is taken once, the first"
    ),
    Rule("items", "orders.line", "place of the item in the event"),
    Rule("event_timestamp", "orders.ordered_at", "microseconds to UTC"),
    Rule("user_pseudo_id, user_id", "orders.customer_id", "the user_id of the event, else the device"),
    Rule("geo", "orders.market", "country name to ISO code"),
    Rule("platform", "orders.platform", "own_store for WEB, app for ANDROID and IOS; --platform for another name"),
    Rule("items", "orders.sku", "item_id, else item_name"),
    Rule("items", "orders.quantity", "quantity; 1 where it is missing, as GA4 counts it"),
    Rule("items", "orders.unit_price", "price + discount of a piece"),
    Rule("items", "orders.discount", "discount of a piece x quantity"),
    Rule("event_params", "orders.currency", "currency of the event; --store-currency where it has none"),
    Rule("ecommerce", "orders.shipping_charged", "shipping_value, on the first line"),
    Rule("event_name", "", "purchase is read; other events are counted and left out"),
    Rule(
        "collected_traffic_source, session_traffic_source_last_click, traffic_source, privacy_info, event_date",
        "",
        "read for visits by ga4",
    ),
)


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Order lines from the items of purchase events."""
    events = desk.keep(_judged(flat(desk, sources), options), "judged")
    sold = desk.keep(f"SELECT * FROM {events} WHERE reason IS NULL", "sold")
    sold = places.with_market(desk, sold, "country", named(sources[0]), options)
    unread = desk.one(f"SELECT count(*) FROM {events} WHERE reason = 'currency is missing'")[0]
    if unread:
        desk.note(f"{unread:,} purchases have no currency and are left out; say --store-currency if they share one")
    name = options.platform
    platform = quoted(name) if name else "CASE WHEN upper(kind) IN ('ANDROID', 'IOS') THEN 'app' ELSE 'own_store' END"
    lines = f"""
        SELECT transaction_id AS order_id, place AS line, to_timestamp(micros / 1e6) AS ordered_at,
            coalesce(user_id, device) AS customer_id, market, {platform} AS platform, item.sku, item.quantity,
            item.price + item.discount AS unit_price, currency, item.discount * item.quantity AS discount,
            CASE WHEN place = 1 THEN shipping ELSE 0 END AS shipping_charged
        FROM (SELECT *, unnest(sold_items) AS item, unnest(range(1, len(sold_items) + 1)) AS place FROM {sold})
        ORDER BY ordered_at, order_id, line"""
    accounted = f"""SELECT file_, row_, 1 AS part_, reason IS NOT NULL AS left_out, coalesce(currency, '') AS currency,
        coalesce(reason, 'an order') AS fate, CAST(coalesce(revenue, 0) + shipping AS DECIMAL(28, 6)) AS revenue FROM {events}"""
    back = "quantity * unit_price - discount + shipping_charged"
    return Imported(tables={"orders": lines}, lines=accounted, measures={"revenue": {"orders": back}})


def _judged(events: str, options: Options) -> str:
    """Events with their items in numbers, their revenue, and why they are left out, if they are."""
    number = f"TRY_CAST({{}} AS {MONEY})"
    item = f"""{{'sku': coalesce(nullif(nullif(trim(i.item_id), ''), '(not set)'), nullif(nullif(trim(i.item_name), ''), '(not set)')),
        'quantity': CASE WHEN i.quantity IS NULL THEN 1 ELSE TRY_CAST(TRY_CAST(i.quantity AS DOUBLE) AS BIGINT) END,
        'price': {number.format("i.price")}, 'discount': coalesce({number.format("i.discount")}, CAST(0 AS {MONEY}))}}"""
    odd = "i.sku IS NULL OR i.price IS NULL OR i.price < 0 OR i.discount < 0 OR i.quantity IS NULL OR i.quantity < 1"
    bought = "event_name = 'purchase'"
    return f"""
        WITH numbers AS (
            SELECT file_, row_, micros, event_name, device, user_id, country, kind, transaction_id,
                coalesce(money_unit, {quoted(options.currency.upper())}) AS currency,
                CASE WHEN {bought} THEN coalesce({number.format("shipping")}, CAST(0 AS {MONEY})) ELSE 0 END AS shipping,
                CASE WHEN {bought} THEN [{item} for i in items] END AS sold_items
            FROM {events}
        ), money AS (
            SELECT * REPLACE (nullif(currency, '') AS currency),
                list_sum([CAST(i.quantity * i.price AS DECIMAL(28, 6)) for i in sold_items]) AS revenue,
                {bought} AND row_number() OVER (PARTITION BY event_name, transaction_id ORDER BY micros, file_, row_) > 1 AS again
            FROM numbers
        )
        SELECT *, CASE
            WHEN event_name IS DISTINCT FROM 'purchase' THEN 'no purchase'
            WHEN micros IS NULL THEN 'time cannot be read'
            WHEN transaction_id IS NULL THEN 'purchase without a transaction_id'
            WHEN again THEN 'purchase sent again'
            WHEN coalesce(len(sold_items), 0) = 0 THEN 'purchase without items'
            WHEN len([i for i in sold_items if {odd}]) > 0 THEN 'an item has no name, no price or no pieces'
            WHEN currency IS NULL THEN 'currency is missing'
        END AS reason FROM money"""


IMPORTER = Importer(
    "ga4-orders",
    "purchase events of the GA4 BigQuery export (JSON lines, Parquet)",
    FIELDS,
    MAPPING,
    read,
    tables=("orders",),
)
