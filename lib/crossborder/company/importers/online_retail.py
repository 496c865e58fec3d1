"""The UCI "Online Retail" and "Online Retail II" files: invoice lines of a British gift seller, as CSV, Excel, Parquet.

Chen, D. (2015, 2019), UCI Machine Learning Repository. Invoices that begin with C are cancellations, with A
adjustments; some stock codes are not products.
"""

from typing import TYPE_CHECKING

from crossborder.company.importers import cells, places, returns
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("invoice", ("InvoiceNo", "Invoice", "Invoice No", "Invoice Number"), needed=True),
    Field("stock_code", ("StockCode", "Stock Code"), needed=True),
    Field("description", ("Description",)),
    Field("quantity", ("Quantity",), needed=True),
    Field("invoiced_at", ("InvoiceDate", "Invoice Date", "Invoice Timestamp"), needed=True),
    Field("price", ("UnitPrice", "Price", "Unit Price"), needed=True),
    Field("customer", ("CustomerID", "Customer ID")),
    Field("country", ("Country",), needed=True),
)
KINDS = {
    "invoice": "text", "stock_code": "text", "description": "text", "quantity": "integer", "invoiced_at": "moment",
    "price": "money", "customer": "text", "country": "text",
}  # fmt: skip
MAPPING = (
    Rule("invoice", "orders.order_id", "as written; C... is a cancellation, A... an adjustment of accounts"),
    Rule("invoice", "orders.line", "counted within the invoice in the file's order, product lines only"),
    Rule("invoiced_at", "orders.ordered_at", "London time to UTC; --time-zone for another"),
    Rule("customer", "orders.customer_id", "as written without a decimal point; missing stays missing (guest)"),
    Rule("country", "orders.market", "name to ISO code; names without a code of their own are told"),
    Rule("stock_code", "orders.sku", "upper case; codes that are no products are accounted for apart"),
    Rule("quantity", "orders.quantity", "pieces of a sale"),
    Rule("price", "orders.unit_price", "price of a piece; lines without a positive price are left out"),
    Rule("", "orders.currency", "GBP; --currency for another"),
    Rule("stock_code, price", "orders.shipping_charged", "POST, DOT and C2 on an invoice with products: on its first line"),
    Rule("invoice, quantity", "orders.returned", "pieces of cancellations, put to the customer's oldest sales of the product at the price"),
    Rule("invoice, price", "orders.refund", "amount of those pieces"),
    Rule("description", "", "told apart by the product, not stored"),
)  # fmt: skip
SHIPPING = {"POST": "postage", "DOT": "postage of the web shop", "C2": "carriage"}
# Stock codes that are not products, and what they are.
NO_PRODUCT = SHIPPING | {
    "C3": "carriage", "D": "discount", "M": "manual entry", "S": "samples", "B": "bad debt", "BANK CHARGES": "bank charges",
    "AMAZONFEE": "marketplace fee", "CRUK": "charity commission", "ADJUST": "adjustment", "ADJUST2": "adjustment",
    "TEST001": "test", "TEST002": "test", "GIFT": "gift voucher",
}  # fmt: skip
VOUCHER = "^GIFT_"
MOST_BLOCKS = 2.5  # a file twice over has two blocks an invoice, a shuffled one many
PRODUCT = r"^(\d{5}[A-Z]{0,3}|DCGS\w+|PADS|SP\d+)$"


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Orders from invoice lines: sales as lines, cancellations as returned pieces, postage as delivery paid."""
    parts = []
    for source in sources:
        table = cells.typed(desk, source, KINDS, options, zone="Europe/London", order="mdy")
        parts.append(places.with_market(desk, table, "country", source, options))
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
    currency = (options.currency or "GBP").upper()
    lines = desk.keep(_judged(union), "judged")
    _tell_odd_codes(desk, lines)
    sales = desk.keep(f"SELECT * FROM {lines} WHERE kind = 'sale'", "sales")
    back = f"(SELECT * REPLACE (-pieces AS pieces) FROM {lines} WHERE kind = 'cancellation')"
    matched = returns.match(desk, sales, back, by=("customer", "sku", "price"))
    return Imported(
        tables={"orders": _orders(sales, lines, matched, currency)},
        lines=_accounted(lines, matched, currency),
        measures={"net": {"orders": "quantity * unit_price + shipping_charged - refund"}},
        profile={"home": "GB", "currency": currency},
    )


def _named(union: str) -> str:
    """The common table expressions that end in `named`: each line with its code's meaning and whether it is repeated.

    A block of lines of one invoice that stands a second time, in another file or sheet or further down, is repeated. In
    a file that is not in the order of its invoices (many blocks an invoice) blocks mean nothing and none is.
    """
    codes = ", ".join(f"{quoted(code)}: {quoted(what)}" for code, what in NO_PRODUCT.items())
    return f"""
        plain AS (
            SELECT file_, row_, unread_, invoice, upper(invoice) AS number, upper(stock_code) AS sku, quantity AS pieces,
                invoiced_at AS sold_at, price, regexp_replace(customer, '[.]0+$', '') AS customer, market,
                row_number() OVER (ORDER BY file_, row_)
                    - row_number() OVER (PARTITION BY file_, invoice ORDER BY row_) AS block
            FROM ({union})
        ), blocks AS (
            SELECT invoice, file_, block, min(row_) AS row_, sum(hash(sku, pieces, price, sold_at)) AS content
            FROM plain GROUP BY ALL
        ), again AS (
            SELECT invoice, file_, block FROM blocks
            WHERE (SELECT count(*) < {MOST_BLOCKS} * count(DISTINCT (file_, invoice)) FROM blocks)
            QUALIFY row_number() OVER (PARTITION BY invoice, content ORDER BY file_, row_) > 1
        ), named AS (
            SELECT p.*, a.block IS NOT NULL AS repeated, MAP {{{codes}}}[p.sku] AS what,
                regexp_matches(p.sku, '{VOUCHER}') AS voucher, p.number[1] = 'C' AS cancelled
            FROM plain p LEFT JOIN again a ON p.invoice = a.invoice AND p.file_ = a.file_ AND p.block = a.block
        )"""


def _judged(union: str) -> str:
    """Each line with what it is (`kind`) and why it is left out, if it is (`reason`)."""
    shipping = ", ".join(map(quoted, SHIPPING))
    return f"""
        WITH {_named(union)}, told AS (
            SELECT *, CASE
                WHEN unread_ THEN 'a cell cannot be read'
                WHEN repeated THEN 'invoice stands in the files before, with the same lines'
                WHEN invoice IS NULL OR sku IS NULL OR sold_at IS NULL OR pieces IS NULL OR price IS NULL
                    THEN 'invoice, stock code, quantity, date or price is empty'
                WHEN number[1] = 'A' THEN 'adjustment of accounts'
                WHEN voucher THEN 'not a product: gift voucher'
                WHEN what IS NOT NULL AND NOT (sku IN ({shipping}) AND NOT cancelled AND pieces * price > 0)
                    THEN 'not a product: ' || what
                WHEN what IS NOT NULL THEN NULL
                WHEN pieces = 0 THEN 'no pieces'
                WHEN pieces < 0 AND NOT cancelled THEN 'stock written off: negative pieces without a cancellation'
                WHEN price <= 0 THEN 'no price'
                WHEN cancelled AND pieces > 0 THEN 'cancellation with positive pieces'
                WHEN cancelled AND customer IS NULL THEN 'cancellation without a customer: its sale cannot be found'
            END AS reason FROM named
        ), kinds AS (
            SELECT *, CASE WHEN reason IS NOT NULL THEN 'left out' WHEN what IS NOT NULL THEN 'shipping'
                WHEN cancelled THEN 'cancellation' ELSE 'sale' END AS kind FROM told
        )
        SELECT * EXCLUDE (reason, kind),
            kind = 'shipping' AND NOT bool_or(kind = 'sale') OVER (PARTITION BY invoice) AS alone,
            CASE WHEN alone THEN 'left out' ELSE kind END AS kind,
            CASE WHEN alone THEN 'not a product: ' || what || ' on an invoice without products' ELSE reason END AS reason,
            row_number() OVER (PARTITION BY invoice, kind ORDER BY file_, row_) AS line
        FROM kinds"""


def _tell_odd_codes(desk: "Desk", lines: str) -> None:
    """Codes taken as products though they do not look like the others."""
    odd = desk.rows(
        f"SELECT sku, count(*) FROM {lines} WHERE kind IN ('sale', 'cancellation')"
        f" AND NOT regexp_matches(sku, '{PRODUCT}') GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    if odd:
        shown = ", ".join(f"{code} ({count})" for code, count in odd[:12])
        desk.note(f"{len(odd)} stock codes unlike the others are taken as products: {shown}")


def _orders(sales: str, lines: str, matched: str, currency: str) -> str:
    return f"""
        WITH back AS (SELECT sale_file, sale_row, sum(pieces) AS returned FROM {matched} GROUP BY ALL),
        freight AS (SELECT invoice, sum(pieces * price) AS paid FROM {lines} WHERE kind = 'shipping' GROUP BY ALL)
        SELECT s.invoice AS order_id, s.line, s.sold_at AS ordered_at, s.customer AS customer_id, s.market, s.sku,
            s.pieces AS quantity, s.price AS unit_price, '{currency}' AS currency,
            CASE WHEN s.line = 1 THEN coalesce(f.paid, 0) ELSE 0 END AS shipping_charged,
            coalesce(b.returned, 0) AS returned, coalesce(b.returned, 0) * s.price AS refund
        FROM {sales} s LEFT JOIN back b ON s.file_ = b.sale_file AND s.row_ = b.sale_row
            LEFT JOIN freight f ON s.invoice = f.invoice
        ORDER BY s.sold_at, s.invoice, s.line"""


def _accounted(lines: str, matched: str, currency: str) -> str:
    """One row a line; a cancellation of which only a part finds its sale has two."""
    return f"""
        WITH back AS (SELECT back_file, back_row, sum(pieces) AS found FROM {matched} GROUP BY ALL),
        judged AS (
            SELECT l.*, CASE WHEN kind = 'cancellation' THEN coalesce(b.found, 0) END AS found
            FROM {lines} l LEFT JOIN back b ON l.file_ = b.back_file AND l.row_ = b.back_row
        )
        SELECT file_, row_, 1 AS part_, CASE
                WHEN kind = 'sale' AND customer IS NULL THEN 'order line without a customer (guest)'
                WHEN kind = 'sale' THEN 'order line'
                WHEN kind = 'shipping' THEN 'delivery paid, on the first line of its order'
                WHEN found > 0 THEN 'cancellation, as pieces returned on the sale it came from'
                WHEN kind = 'cancellation' THEN 'cancellation of a sale that is not in the files'
                ELSE reason END AS fate,
            kind = 'left out' OR coalesce(found = 0, false) AS left_out, '{currency}' AS currency,
            CAST(coalesce(CASE WHEN found > 0 THEN -found ELSE pieces END * price, 0) AS DECIMAL(28, 6)) AS net
        FROM judged
        UNION ALL
        SELECT file_, row_, 2, 'cancellation of a sale that is not in the files', true, '{currency}',
            CAST((pieces + found) * price AS DECIMAL(28, 6))
        FROM judged WHERE found > 0 AND found < -pieces"""


IMPORTER = Importer(
    name="online-retail",
    reads="UCI Online Retail and Online Retail II (CSV, Excel, Parquet)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("orders",),
)
