"""Shopify's orders export: a line item a row, the order's own fields on its first row only."""

from typing import TYPE_CHECKING

from crossborder.company.importers import cells, places
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.importers.order_lines import customer_key, laid_together, needs_currency, spread

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("name", ("Name", "Order Name", "Order"), needed=True),
    Field("email", ("Email", "Customer Email")),
    Field("phone", ("Phone",)),
    Field("status", ("Financial Status",)),
    Field("created", ("Created at", "Processed at"), needed=True),
    Field("cancelled", ("Cancelled at", "Canceled at")),
    Field("currency", ("Currency",)),
    Field("subtotal", ("Subtotal",)),
    Field("shipping", ("Shipping",)),
    Field("taxes", ("Taxes",)),
    Field("total", ("Total",)),
    Field("discount", ("Discount Amount",)),
    Field("refunded", ("Refunded Amount",)),
    Field("pieces", ("Lineitem quantity",), needed=True),
    Field("item", ("Lineitem name",)),
    Field("price", ("Lineitem price",), needed=True),
    Field("sku", ("Lineitem sku",)),
    Field("line_discount", ("Lineitem discount",)),
    Field("country", ("Shipping Country",)),
    Field("billing_country", ("Billing Country",)),
    Field("payment", ("Payment Method",)),
)
MONEY = ("subtotal", "shipping", "taxes", "total", "discount", "refunded", "price", "line_discount")
KINDS = {field.name: "money" if field.name in MONEY else "text" for field in FIELDS} | {
    "pieces": "integer", "created": "moment", "cancelled": "moment",
}  # fmt: skip
MAPPING = (
    Rule("name", "orders.order_id", "as written (#1001)"),
    Rule("name", "orders.line", "counted within the order in the file's order"),
    Rule("created", "orders.ordered_at", "with its offset, to UTC; --time-zone where it has none"),
    Rule("email, phone", "orders.customer_id", "hash of the e-mail in lower case, else of the telephone; missing for guests"),
    Rule("country, billing_country", "orders.market", "country of delivery, else of the bill; --market where both are empty"),
    Rule("", "orders.platform", "own_store; --platform for another"),
    Rule("sku, item", "orders.sku", "the item's SKU, else its name"),
    Rule("pieces", "orders.quantity", "pieces of the line; lines without pieces are left out"),
    Rule("price", "orders.unit_price", "as written: with tax where the shop's prices include it"),
    Rule("currency", "orders.currency", "of the order; --store-currency where the file names none"),
    Rule("discount, line_discount, subtotal", "orders.discount", "goods less subtotal: the line's own discount, the rest spread by value"),
    Rule("taxes, total", "orders.tax", "spread by value where prices include it; tax on top of the price is left out and counted"),
    Rule("shipping", "orders.shipping_charged", "on the order's first line"),
    Rule("refunded", "orders.refund", "of the one line whose whole pieces cost as much; else spread over the lines by value"),
    Rule("refunded, total", "orders.returned", "all pieces of orders refunded in full; of a part refunded the pieces of the one line that cost as much, else missing"),
    Rule("status", "", "voided and expired orders are left out and counted"),
    Rule("cancelled", "", "cancelled orders are left out and counted"),
    Rule("payment", "", "test orders (of the bogus gateway) are left out and counted"),
)  # fmt: skip
HALF_CENT = 0.005
MEASURES = {
    "goods": {"orders": "quantity * unit_price"},
    "discount": {"orders": "discount"},
    "shipping": {"orders": "shipping_charged"},
    "tax": {"orders": "tax"},
    "refund": {"orders": "refund"},
    "total": {"orders": "quantity * unit_price - discount + shipping_charged"},
}


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Order lines with the order's discount, shipping, tax and refund spread over them."""
    parts = [cells.typed(desk, source, KINDS, options) for source in sources]
    rows = laid_together(desk, parts, "name")
    orders = _orders(desk, rows, sources, options)
    lines = desk.keep(_lines(rows, orders), "lines")
    _tell(desk, lines, orders)
    platform = options.platform or "own_store"
    return Imported({"orders": _table(lines, platform)}, _accounted(lines), MEASURES)


def _orders(desk: "Desk", rows: str, sources: list[Source], options: Options) -> str:
    """One row an order: its own fields from the first row that has them, the sums of its lines, its market."""
    own = ("email", "phone", "status", "created", "cancelled", "currency", "country", "billing_country", "payment")
    first = ", ".join(f"first({name} ORDER BY row_) FILTER ({name} IS NOT NULL) AS {name}" for name in own)
    amounts = ("subtotal", "shipping", "taxes", "total", "discount", "refunded")
    stated = ", ".join(f"first({name} ORDER BY row_) FILTER ({name} IS NOT NULL) AS {name}" for name in amounts)
    table = desk.keep(
        f"SELECT name, min(row_) AS row_, any_value(file_) AS file_, bool_or(unread_) AS unread_, {first}, {stated},"
        f" coalesce(sum(pieces * price), 0) AS goods, coalesce(sum(line_discount), 0) AS own_discounts,"
        f" coalesce(sum(pieces * price) FILTER ({_is_tip()}), 0) AS tips"
        f" FROM {rows} WHERE NOT repeated GROUP BY name",
        "orders",
    )
    table = desk.keep(
        f"SELECT * REPLACE (coalesce(country, billing_country) AS country, {_refunded()} AS refunded,"
        f" {_without_tips()} AS goods) FROM {table}",
        "orders",
    )
    currency = needs_currency(desk, f"(SELECT * FROM {table} WHERE name IS NOT NULL)", "currency", sources[0], options)
    table = places.with_market(desk, table, "country", sources[0], options)
    return desk.keep(
        f"SELECT * EXCLUDE (currency, discount), {currency} AS currency, {customer_key('email', 'phone')} AS customer_id,"
        f" {_discount()} AS discount, {_tax_on_top()} AS tax_on_top FROM {table}",
        "orders",
    )


def _is_tip(rows: str = "") -> str:
    return f"({rows}sku IS NULL AND lower({rows}item) = 'tip')"


def _without_tips() -> str:
    """The goods that the subtotal speaks of: a tip is a line of its own, and in most exports not in the subtotal."""
    reduced = ("coalesce(discount, 0)", "own_discounts", "(coalesce(discount, 0) + own_discounts)")
    told = " OR ".join(f"abs(goods - {amount} - subtotal) < {HALF_CENT}" for amount in reduced)
    return f"CASE WHEN tips = 0 OR subtotal IS NULL OR {told} THEN goods ELSE goods - tips END"


def _refunded() -> str:
    """The money given back; exports without that column (before 2015) tell by the status that all of it was."""
    return "CASE WHEN refunded IS NULL AND lower(status) = 'refunded' THEN total ELSE refunded END"


def _discount() -> str:
    """What the order was reduced by: the stated amounts if one of them explains the subtotal, else goods less subtotal."""
    stated = "coalesce(discount, 0)"
    close = f"abs(goods - %s - subtotal) < {HALF_CENT}"
    return (
        f"CASE WHEN subtotal IS NULL THEN greatest({stated}, own_discounts)"
        f" WHEN {close % stated} THEN {stated} WHEN {close % 'own_discounts'} THEN own_discounts"
        f" WHEN {close % f'({stated} + own_discounts)'} THEN {stated} + own_discounts"
        f" WHEN goods > subtotal THEN goods - subtotal ELSE {stated} END"
    )


def _tax_on_top() -> str:
    """Whether tax comes on top of the prices: the total is subtotal, shipping and tax."""
    without = "coalesce(subtotal, goods) + coalesce(shipping, 0)"
    return (
        f"coalesce(taxes, 0) > 0 AND total IS NOT NULL AND abs(total - ({without}) - taxes) < abs(total - ({without}))"
    )


def _lines(rows: str, orders: str) -> str:
    """Each row with what it is, and the shares of its order's amounts."""
    weight = "CASE WHEN kept THEN pieces * price ELSE 0 END"
    by = ("name, kept", "row_")
    own = "least(coalesce(line_discount, 0), pieces * price)"
    return f"""
        WITH judged AS (
            SELECT r.file_, r.row_, r.name, r.pieces, r.price, r.item, coalesce(r.sku, r.item) AS sku, r.sku IS NULL AS no_sku,
                r.line_discount, o.* EXCLUDE (name, row_, file_, unread_), r.row_ = o.row_ AND NOT r.repeated AS first_row,
                r.repeated,
                CASE WHEN r.repeated THEN 'order stands in a later file too'
                    WHEN o.unread_ THEN 'a cell of the order cannot be read'
                    WHEN r.name IS NULL OR o.created IS NULL THEN 'order name or date is empty'
                    WHEN lower(o.payment) LIKE '%bogus%' THEN 'test order'
                    WHEN o.cancelled IS NOT NULL THEN 'order was cancelled'
                    WHEN lower(o.status) IN ('voided', 'expired') THEN 'payment was ' || lower(o.status)
                    WHEN coalesce(r.pieces, 0) <= 0 THEN 'line without pieces'
                    WHEN r.price IS NULL OR r.price < 0 THEN 'line without a price'
                    WHEN coalesce(r.sku, r.item) IS NULL THEN 'line without SKU and name'
                    WHEN {_is_tip("r.")} THEN 'not a product: tip' END AS reason
            FROM {rows} r LEFT JOIN {orders} o ON r.name = o.name
        ), kept AS (
            SELECT *, reason IS NULL AS kept, coalesce(sum(CASE WHEN reason IS NULL THEN {own} END)
                    OVER (PARTITION BY name, reason IS NULL), 0) AS owned,
                CASE WHEN reason IS NULL THEN {own} ELSE 0 END AS own_discount FROM judged
        ), fitted AS (
            SELECT * REPLACE (CASE WHEN owned <= discount + {HALF_CENT} THEN own_discount ELSE 0 END AS own_discount),
                CASE WHEN owned <= discount + {HALF_CENT} THEN greatest(discount - owned, 0) ELSE discount END AS rest FROM kept
        ), shared AS (
            SELECT *, row_number() OVER (PARTITION BY {by[0]} ORDER BY {by[1]}) AS line,
                own_discount + {spread("rest", f"({weight}) - own_discount", *by)} AS line_reduction,
                {spread("CASE WHEN tax_on_top THEN 0 ELSE coalesce(taxes, 0) END", weight, *by)} AS line_tax,
                {spread("coalesce(refunded, 0)", weight, *by)} AS spread_refund
            FROM fitted
        ), fit AS (SELECT *, {_pieces_refunded()} AS fits FROM shared)
        SELECT *, count(fits) OVER (PARTITION BY name, kept) = 1 AS one_fits,
            CASE WHEN one_fits THEN coalesce(fits, 0) END AS pieces_back,
            CASE WHEN one_fits THEN CASE WHEN fits IS NULL THEN 0 ELSE coalesce(refunded, 0) END ELSE spread_refund END AS line_refund
        FROM fit"""


def _pieces_refunded() -> str:
    """How many whole pieces of the line cost what the order was refunded in part; missing if none do.

    A piece costs its share after discount, with the tax that came on top; the export names no line, so that only an
    order of which one line fits can be told.
    """
    piece = "(CAST(pieces * price - line_reduction AS DOUBLE) / pieces)"
    taxed = f"({piece} * CASE WHEN tax_on_top AND subtotal > 0 THEN 1 + CAST(taxes AS DOUBLE) / subtotal ELSE 1 END)"
    count = f"round(CAST(refunded AS DOUBLE) / {taxed})"
    part = f"kept AND refunded > 0 AND refunded < total - {HALF_CENT} AND {piece} > 0"
    close = f"abs({count} * {taxed} - refunded) < {2 * HALF_CENT}"
    return f"CASE WHEN {part} AND {count} BETWEEN 1 AND pieces AND {close} THEN CAST({count} AS BIGINT) END"


def _table(lines: str, platform: str) -> str:
    return f"""
        SELECT name AS order_id, line, created AS ordered_at, customer_id, market, {quoted(platform)} AS platform, sku,
            pieces AS quantity, price AS unit_price, currency, line_reduction AS discount, line_tax AS tax,
            CASE WHEN line = 1 THEN coalesce(shipping, 0) ELSE 0 END AS shipping_charged,
            CASE WHEN coalesce(refunded, 0) = 0 THEN CASE WHEN lower(status) <> 'partially_refunded' OR status IS NULL THEN 0 END WHEN refunded >= total - {HALF_CENT} THEN pieces
                ELSE pieces_back END AS returned,
            line_refund AS refund
        FROM {lines} WHERE kept ORDER BY created, name, line"""


def _accounted(lines: str) -> str:
    """One row a line, with the order's amounts on the first line that counts (or the first, if none does).

    Amounts that no column takes are second parts: tax on top of the price, and what the total holds besides.
    """
    zero = ", ".join(f"CAST(0 AS DECIMAL(28, 6)) AS {name}" for name in ("goods", "discount", "shipping"))
    on_top = "CASE WHEN tax_on_top THEN taxes ELSE 0 END"
    return f"""
        WITH placed AS (
            SELECT *, NOT repeated AND row_number() OVER (PARTITION BY name, repeated ORDER BY kept DESC, row_) = 1 AS carries,
                coalesce(sum(CASE WHEN kept THEN pieces * price ELSE 0 END) OVER (PARTITION BY name), 0) AS kept_goods
            FROM {lines}
        )
        SELECT file_, row_, 1 AS part_,
            coalesce(reason, CASE WHEN customer_id IS NULL THEN 'order line of a guest' ELSE 'order line' END) AS fate,
            NOT kept AS left_out, currency, CAST(coalesce(pieces * price, 0) AS DECIMAL(28, 6)) AS goods,
            CAST(CASE WHEN carries THEN discount ELSE 0 END AS DECIMAL(28, 6)) AS discount,
            CAST(CASE WHEN carries THEN coalesce(shipping, 0) ELSE 0 END AS DECIMAL(28, 6)) AS shipping,
            CAST(CASE WHEN carries THEN coalesce(taxes, 0) - CASE WHEN kept THEN {on_top} ELSE 0 END ELSE 0 END AS DECIMAL(28, 6)) AS tax,
            CAST(CASE WHEN carries THEN coalesce(refunded, 0) ELSE 0 END AS DECIMAL(28, 6)) AS refund,
            CAST(CASE WHEN carries AND kept THEN kept_goods - discount + coalesce(shipping, 0)
                WHEN carries THEN coalesce(total, goods - discount + coalesce(shipping, 0)) ELSE 0 END AS DECIMAL(28, 6)) AS total
        FROM placed
        UNION ALL
        SELECT file_, row_, 2, 'sales tax on top of the price', true, currency, {zero}, CAST({on_top} AS DECIMAL(28, 6)), 0,
            CAST({on_top} AS DECIMAL(28, 6))
        FROM placed WHERE carries AND kept AND tax_on_top
        UNION ALL
        SELECT file_, row_, 3, 'rest of the total: duties, tips, gift cards, changes', true, currency, {zero}, 0, 0, rest FROM (
            SELECT *, CAST(total - (kept_goods - discount + coalesce(shipping, 0)) - {on_top} AS DECIMAL(28, 6)) AS rest
            FROM (SELECT * EXCLUDE (rest) FROM placed) WHERE carries AND kept AND total IS NOT NULL) WHERE rest <> 0"""


def _tell(desk: "Desk", lines: str, orders: str) -> None:
    """What a reader of the numbers should know."""
    no_sku = desk.one(f"SELECT count(*) FROM {lines} WHERE kept AND no_sku")[0]
    if no_sku:
        desk.note(f"{no_sku:,} lines without an SKU take the item's name as product")
    partly, told = desk.one(
        f"SELECT count(DISTINCT name), count(DISTINCT name) FILTER (one_fits) FROM {lines}"
        f" WHERE kept AND refunded > 0 AND refunded < total - {HALF_CENT}"
    )
    odd = desk.one(
        f"SELECT count(*) FILTER (subtotal IS NOT NULL AND abs(goods - discount - subtotal) >= {HALF_CENT}) FROM {orders}"
    )[0]
    if partly:
        desk.note(
            f"{partly:,} orders were refunded in part; in {told:,} of them the money is that of whole pieces of one line,"
            " which count as sent back; of the others the money is known, the pieces are not"
        )
    if odd:
        desk.note(f"{odd:,} orders have a subtotal above their lines less discounts; the lines are taken")


IMPORTER = Importer(
    name="shopify",
    reads="Shopify orders export (CSV)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("orders",),
)
