"""Amazon's order reports (All Orders, Fulfilled Shipments, Orders): an item a row, tab-separated and never quoted, or CSV."""

from typing import TYPE_CHECKING

from crossborder.company.importers import amazon_terms, cells, places
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.importers.order_lines import customer_key, laid_together, needs_currency

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("order_id", ("amazon-order-id", "order-id"), needed=True),
    Field("purchased", ("purchase-date",), needed=True),
    Field("status", ("order-status",)),
    Field("item_status", ("item-status",)),
    Field("channel", ("sales-channel",)),
    Field("sku", ("sku", "seller-sku", "merchant-sku"), needed=True),
    Field(
        "pieces",
        ("quantity", "quantity-purchased", "quantity-shipped", "shipped-quantity", "dispatched-quantity"),
        needed=True,
    ),
    Field("currency", ("currency",)),
    Field("item_price", ("item-price",), needed=True),
    Field("item_tax", ("item-tax",)),
    Field("shipping_price", ("shipping-price", "delivery-price")),
    Field("shipping_tax", ("shipping-tax", "delivery-tax")),
    Field("wrap_price", ("gift-wrap-price", "gift-wrapping-price")),
    Field("wrap_tax", ("gift-wrap-tax", "gift-wrapping-tax")),
    Field("item_discount", ("item-promotion-discount", "item-promo-discount")),
    Field("shipping_discount", ("ship-promotion-discount", "shipment-promo-discount")),
    Field("country", ("ship-country", "shipping-country-code", "delivery-country-code")),
    Field("buyer", ("buyer-email", "buyer-e-mail")),
)
MONEY = tuple(f.name for f in FIELDS if f.name.endswith(("price", "tax", "discount")))
KINDS = {field.name: "money" if field.name in MONEY else "text" for field in FIELDS} | {
    "pieces": "integer", "purchased": "moment",
}  # fmt: skip
MAPPING = (
    Rule("order_id", "orders.order_id", "as written"),
    Rule("order_id", "orders.line", "counted within the order in the file's order"),
    Rule("purchased", "orders.ordered_at", "with its offset, to UTC"),
    Rule("buyer", "orders.customer_id", "hash of the buyer's address where the report has it, else missing"),
    Rule("country, channel", "orders.market", "country of delivery, else that of the marketplace"),
    Rule("", "orders.platform", "amazon; --platform for another"),
    Rule("sku", "orders.sku", "the seller's SKU"),
    Rule("pieces", "orders.quantity", "pieces; items without pieces are left out"),
    Rule("item_price", "orders.unit_price", "price of the item divided by its pieces"),
    Rule("currency", "orders.currency", "of the item; --store-currency where it names none"),
    Rule("item_discount", "orders.discount", "promotion on the item"),
    Rule("item_tax, shipping_tax, wrap_tax", "orders.tax", "where prices hold it; in US and CA it comes on top: left out and counted"),
    Rule("shipping_price, wrap_price, shipping_discount", "orders.shipping_charged", "delivery and wrapping less promotion on delivery"),
    Rule("status, item_status", "orders.returned", "all pieces where it went back to the seller, else none known"),
    Rule("status, item_status", "", "cancelled items, and pending ones without a price, are left out and counted"),
    Rule("channel", "", "orders of other shops fulfilled by Amazon are left out and counted"),
)  # fmt: skip
MEASURES = {
    "goods": {"orders": "quantity * unit_price"},
    "discount": {"orders": "discount"},
    "shipping": {"orders": "shipping_charged"},
    "tax": {"orders": "tax"},
}


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Order lines of one or more reports; an order in two reports counts as the later file has it."""
    parts = [cells.typed(desk, source, KINDS, options) for source in sources]
    rows = laid_together(desk, parts, "order_id")
    rows = desk.keep(
        f"SELECT * REPLACE (coalesce(country, {amazon_terms.marketplace('channel')}) AS country) FROM {rows}", "rows"
    )
    billed = f"(SELECT * FROM {rows} WHERE coalesce(item_price, 0) <> 0)"
    currency = needs_currency(desk, billed, "currency", sources[0], options)
    rows = places.with_market(desk, rows, "country", sources[0], options)
    lines = desk.keep(_judged(rows, currency), "lines")
    orders = (
        f"SELECT order_id, line, purchased AS ordered_at, {customer_key('buyer')} AS customer_id, market,"
        f" {quoted(options.platform or 'amazon')} AS platform, sku, pieces AS quantity,"
        f" CAST(item_price AS DOUBLE) / pieces AS unit_price, money AS currency, discount,"
        f" CASE WHEN on_top THEN 0 ELSE tax END AS tax, shipping AS shipping_charged,"
        f" CASE WHEN went_back THEN pieces ELSE 0 END AS returned FROM {lines} WHERE reason IS NULL"
        " ORDER BY purchased, order_id, line"
    )
    return Imported({"orders": orders}, _accounted(lines), MEASURES)


def _judged(rows: str, currency: str) -> str:
    on_top = ", ".join(map(quoted, amazon_terms.TAX_ON_TOP))
    words = "lower(concat_ws(' ', status, item_status))"
    return f"""
        WITH told AS (
            SELECT *, CASE
                WHEN repeated THEN 'order stands in a later file too'
                WHEN unread_ THEN 'a cell cannot be read'
                WHEN order_id IS NULL OR purchased IS NULL OR sku IS NULL THEN 'order, date or SKU is empty'
                WHEN regexp_matches({words}, 'cancel') THEN 'item was cancelled'
                WHEN lower(channel) LIKE 'non-amazon%' THEN 'order of another shop, fulfilled by Amazon'
                WHEN coalesce(pieces, 0) <= 0 THEN 'item without pieces'
                WHEN item_price IS NULL AND regexp_matches({words}, 'pending') THEN 'order is pending, without a price yet'
                WHEN item_price IS NULL THEN 'item without a price'
                WHEN item_price < 0 THEN 'price is negative' END AS reason,
                {currency} AS money, market IN ({on_top}) AS on_top, regexp_matches({words}, 'return') AS went_back,
                abs(coalesce(item_discount, 0)) AS discount,
                coalesce(item_tax, 0) + coalesce(shipping_tax, 0) + coalesce(wrap_tax, 0) AS tax,
                greatest(coalesce(shipping_price, 0) + coalesce(wrap_price, 0) - abs(coalesce(shipping_discount, 0)), 0) AS shipping
            FROM {rows}
        )
        SELECT *, row_number() OVER (PARTITION BY order_id, reason IS NULL ORDER BY row_) AS line FROM told"""


def _accounted(lines: str) -> str:
    taxed = "reason IS NULL AND on_top AND tax <> 0"
    return f"""
        SELECT file_, row_, 1 AS part_, coalesce(reason, 'order line') AS fate, reason IS NOT NULL AS left_out,
            money AS currency, CAST(coalesce(item_price, 0) AS DECIMAL(28, 6)) AS goods,
            CAST(discount AS DECIMAL(28, 6)) AS discount, CAST(shipping AS DECIMAL(28, 6)) AS shipping,
            CAST(CASE WHEN {taxed} THEN 0 ELSE tax END AS DECIMAL(28, 6)) AS tax
        FROM {lines}
        UNION ALL SELECT file_, row_, 2, 'sales tax on top of the price', true, money, 0, 0, 0, CAST(tax AS DECIMAL(28, 6))
        FROM {lines} WHERE {taxed}"""


IMPORTER = Importer(
    name="amazon-orders",
    reads="Amazon order reports: All Orders, Fulfilled Shipments, Orders (TSV, CSV)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("orders",),
    quoted=False,
)
