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
    Rule(
        "event_name, items",
        "orders.returned",
        "pieces of refund events with the order's transaction_id; all where a refund names no items",
    ),
    Rule("event_name, items", "orders.refund", "those pieces at the price after discount"),
    Rule("event_name", "", "purchase and refund are read; other events are counted and left out"),
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
    unnested = desk.keep(
        f"""SELECT transaction_id AS order_id, place AS line, to_timestamp(micros / 1e6) AS ordered_at,
            coalesce(user_id, device) AS customer_id, market, {platform} AS platform, item.sku AS sku, item.quantity AS quantity,
            item.price AS price, item.discount AS discount_piece, currency,
            CASE WHEN place = 1 THEN shipping ELSE 0 END AS shipping_charged
        FROM (SELECT *, unnest(sold_items) AS item, unnest(range(1, len(sold_items) + 1)) AS place FROM {sold})""",
        "lines",
    )
    lines = f"""
        SELECT * EXCLUDE (price, discount_piece), price + discount_piece AS unit_price, discount_piece * quantity AS discount,
            returned * price AS refund FROM ({_sent_back(unnested, events)}) ORDER BY ordered_at, order_id, line"""
    lines = f"FROM {desk.keep(lines, 'orders')}"
    accounted = f"""
        WITH back AS (SELECT order_id, sum(refund) AS refund FROM ({lines}) GROUP BY order_id),
        told AS (
            SELECT e.*, b.refund AS order_refund, e.event_name = 'refund' AND b.order_id IS NOT NULL AS on_order,
                row_number() OVER (PARTITION BY e.event_name, e.transaction_id ORDER BY e.micros, e.file_, e.row_) AS nth
            FROM {events} e LEFT JOIN back b ON e.event_name = 'refund' AND e.transaction_id = b.order_id
        )
        SELECT file_, row_, 1 AS part_, reason IS NOT NULL AND NOT on_order AS left_out, coalesce(currency, '') AS currency,
            CASE WHEN on_order THEN 'refund, as pieces returned on the lines of its order'
                WHEN event_name = 'refund' THEN 'refund of an order that is not in the files'
                ELSE coalesce(reason, 'an order') END AS fate,
            CAST(coalesce(revenue, 0) + shipping AS DECIMAL(28, 6)) AS revenue,
            CAST(CASE WHEN on_order AND nth = 1 THEN order_refund ELSE 0 END AS DECIMAL(28, 6)) AS refund
        FROM (SELECT t.* REPLACE (coalesce(s.currency, t.currency) AS currency) FROM told t
            LEFT JOIN (SELECT DISTINCT order_id, currency FROM ({lines})) s ON t.on_order AND t.transaction_id = s.order_id)"""
    back = "quantity * unit_price - discount + shipping_charged"
    measures = {"revenue": {"orders": back}, "refund": {"orders": "refund"}}
    return Imported(tables={"orders": lines}, lines=accounted, measures=measures)


def _sent_back(lines: str, events: str) -> str:
    """The lines with `returned`: pieces of refund events, put to the order's lines of the product from the first on."""
    return f"""
        WITH refunds AS (
            SELECT transaction_id, any_value(back_items) AS items FROM {events}
            WHERE event_name = 'refund' AND transaction_id IS NOT NULL GROUP BY transaction_id, micros
        ), whole AS (
            SELECT DISTINCT transaction_id FROM refunds WHERE coalesce(len(items), 0) = 0
        ), pieces AS (
            SELECT transaction_id, item.sku AS sku, sum(item.quantity) AS back
            FROM (SELECT transaction_id, unnest(items) AS item FROM refunds) GROUP BY 1, 2
        ), placed AS (
            SELECT l.*, w.transaction_id IS NOT NULL AS all_back, coalesce(p.back, 0) AS back, coalesce(sum(l.quantity) OVER (
                PARTITION BY l.order_id, l.sku ORDER BY l.line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
            FROM {lines} l LEFT JOIN whole w ON l.order_id = w.transaction_id
                LEFT JOIN pieces p ON l.order_id = p.transaction_id AND l.sku = p.sku
        )
        SELECT * EXCLUDE (all_back, back, before), CAST(CASE WHEN all_back THEN quantity
            ELSE least(quantity, greatest(back - before, 0)) END AS BIGINT) AS returned FROM placed"""


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
                CASE WHEN {bought} THEN [{item} for i in items] END AS sold_items,
                CASE WHEN event_name = 'refund' THEN [{item} for i in items] END AS back_items
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
