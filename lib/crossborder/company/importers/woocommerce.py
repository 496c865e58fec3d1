"""WooCommerce orders: an item a row, an order a row with its items in cells, or the REST API as JSON lines."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company.importers import amazon_terms, cells, places, reading, woocommerce_items
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.importers.order_lines import customer_key, laid_together, needs_currency, spread
from crossborder.company.problems import Problem
from crossborder.errors import InputError

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field(
        "order_id",
        ("order_number_formatted", "Order Number", "order_number", "number", "Order ID", "order_id", "id"),
        needed=True,
    ),
    Field("status", ("Order Status", "status", "order_status")),
    Field("placed_utc", ("date_created_gmt", "Order Date GMT")),
    Field("placed", ("Order Date", "date", "order_date", "date_created", "Created Date"), needed=True),
    Field("currency", ("order_currency", "currency", "Order Currency")),
    Field("customer", ("customer_id", "customer_user", "Customer User ID", "Customer ID")),
    Field("email", ("billing_email", "Email (Billing)", "customer_email", "Customer Email", "Billing Email")),
    Field("country", ("shipping_country", "Country Code (Shipping)", "Country Name (Shipping)", "Shipping Country")),
    Field(
        "billing_country", ("billing_country", "Country Code (Billing)", "Country Name (Billing)", "Billing Country")
    ),
    Field("shipping", ("shipping_total", "Order Shipping Amount", "order_shipping")),
    Field("shipping_tax", ("shipping_tax_total", "shipping_tax", "Order Shipping Tax Amount")),
    Field("refunded", ("refunded_total", "Order Refund Amount", "order_refund")),
    Field("total", ("order_total", "Order Total Amount", "total")),
    Field("sku", ("item_sku", "SKU", "sku")),
    Field("item", ("item_name", "Item Name", "Product Name", "name")),
    Field("pieces", ("item_quantity", "Quantity", "quantity", "Item Quantity"), needed=True),
    Field("pieces_left", ("Quantity (- Refund)",)),
    Field("cost", ("Item Cost", "item_price", "Item Price")),
    Field("subtotal", ("item_subtotal", "Order Line Subtotal", "Item Subtotal", "line_subtotal")),
    Field("subtotal_tax", ("item_subtotal_tax", "Order Line Subtotal Tax", "line_subtotal_tax")),
    Field("item_total", ("item_total", "Order Line (w/o tax)", "Order Line Total", "Item Total", "line_total")),
    Field("item_tax", ("item_total_tax", "item_tax", "Order Line Tax", "Item Tax", "line_total_tax")),
    Field("item_refunded", ("item_refunded",)),
    Field("pieces_refunded", ("item_refunded_qty", "Quantity Refunded")),
)
LEFT = "Quantity (- Refund)"
# Files without the pieces ordered have those left after refunds; they then stand for both.
OPENED = tuple(replace(field, headers=(*field.headers, LEFT)) if field.name == "pieces" else field for field in FIELDS)
MONEY = (
    "shipping",
    "shipping_tax",
    "refunded",
    "total",
    "cost",
    "subtotal",
    "subtotal_tax",
    "item_total",
    "item_tax",
    "item_refunded",
)
KINDS = {field.name: "money" if field.name in MONEY else "text" for field in FIELDS} | {
    "pieces": "integer", "pieces_left": "integer", "pieces_refunded": "integer", "placed": "moment", "placed_utc": "moment",
}  # fmt: skip
ORDER_FIELDS = ("status", "placed", "placed_utc", "currency", "customer", "email", "country", "billing_country", "shipping",
                "shipping_tax", "refunded", "total")  # fmt: skip
MAPPING = (
    Rule("order_id", "orders.order_id", "as written"),
    Rule("order_id", "orders.line", "counted within the order in the file's order"),
    Rule("placed_utc, placed", "orders.ordered_at", "GMT where the file has it, else shop time to UTC (--time-zone)"),
    Rule("email, customer", "orders.customer_id", "hash of the e-mail in lower case, else the customer's number; missing for guests (0)"),
    Rule("country, billing_country", "orders.market", "country of delivery, else of the bill; --market where both are empty"),
    Rule("", "orders.platform", "own_store; --platform for another"),
    Rule("sku, item", "orders.sku", "the item's SKU, else its name"),
    Rule("pieces", "orders.quantity", "pieces of the item; items without pieces are left out"),
    Rule("subtotal, subtotal_tax, cost, item_total", "orders.unit_price", "subtotal before discount (with its tax, except in US and CA) divided by pieces"),
    Rule("currency", "orders.currency", "of the order; --store-currency where the file names none"),
    Rule("subtotal, item_total, item_tax", "orders.discount", "subtotal less total of the item, with tax where prices hold it"),
    Rule("item_tax, shipping_tax", "orders.tax", "tax of item and delivery where prices hold it; else left out and counted"),
    Rule("shipping, shipping_tax", "orders.shipping_charged", "on the order's first line, with tax where prices hold it"),
    Rule("item_refunded, refunded", "orders.refund", "of the item, else the order's spread by value"),
    Rule("pieces_refunded, pieces, pieces_left, refunded, total", "orders.returned", "of the item, or pieces less those left after refunds; all pieces of orders refunded in full"),
    Rule("status", "", "cancelled, failed, trashed and unpaid drafts are left out and counted"),
)  # fmt: skip
# Statuses of orders that came to nothing, in the languages in which export plugins write them, and of the others.
DEAD = (
    "cancelled", "canceled", "failed", "trash", "checkout-draft", "pending", "pending payment", "auto-draft", "draft",
    "storniert", "fehlgeschlagen", "zahlung ausstehend", "entwurf", "annulée", "annulé", "échouée", "échoué", "échec",
    "attente paiement", "en attente de paiement", "brouillon", "cancelado", "cancelada", "fallido", "fallida",
    "pendiente de pago", "borrador", "annullato", "annullata", "fallito", "fallita", "in attesa di pagamento", "bozza",
    "malsucedido", "falhado", "pagamento pendente", "rascunho", "geannuleerd", "mislukt", "wachtend op betaling",
    "wacht op betaling", "concept", "anulowane", "nieudane", "oczekujące na płatność", "oczekuje na płatność", "szkic",
    "avbruten", "annullerad", "misslyckades", "misslyckad", "väntar på betalning", "inväntar betalning", "utkast",
    "キャンセル", "キャンセル済み", "失敗", "支払い待ち", "支払待ち", "下書き", "已取消", "失败", "待付款", "等待付款", "草稿",
)  # fmt: skip
ALIVE = (
    "completed", "processing", "on-hold", "on hold", "refunded", "shipped", "delivered", "partially-refunded",
    "abgeschlossen", "in bearbeitung", "in wartestellung", "erstattet", "rückerstattet", "terminée", "en cours",
    "remboursée", "completado", "procesando", "reembolsado", "completato", "in lavorazione", "rimborsato", "concluído",
    "processando", "afgerond", "in behandeling", "terugbetaald", "zrealizowane", "w trakcie realizacji", "slutförd",
    "behandlas", "完了", "処理中", "已完成", "正在处理", "处理中", "保留", "已退款",
)  # fmt: skip
HALF_CENT = 0.005
MEASURES = {
    "goods": {"orders": "quantity * unit_price"},
    "discount": {"orders": "discount"},
    "shipping": {"orders": "shipping_charged"},
    "tax": {"orders": "tax"},
    "refund": {"orders": "refund"},
}


def opens(desk: "Desk", path: Path, options: Options) -> list[Source]:
    """CSV and Excel by their headers; the API's JSON with an item a row."""
    if path.suffix.lower() not in reading.JSON:
        _refuse_analytics(desk, path, options)
        return woocommerce_items.open_wide(desk, path, options, FIELDS) or reading.open_sources(
            desk, path, OPENED, options
        )
    [raw] = reading.open_sources(desk, path, (), options)
    types = desk.columns(raw.table)
    if "line_items" not in types:
        remedy = "export orders of the REST API (wc/v3/orders), one a line"
        desk.problems.append(Problem.of(path.name, "", "line_items", "column is missing", remedy, count=1))
        return [raw]
    parts = {
        "order_id": ("number", "id"), "status": ("status",), "placed_utc": ("date_created_gmt",), "placed": ("date_created",),
        "currency": ("currency",), "customer": ("customer_id",), "email": ("billing.email",), "country": ("shipping.country",),
        "billing_country": ("billing.country",), "shipping": ("shipping_total",), "shipping_tax": ("shipping_tax",),
        "total": ("total",), "sku": ("item.sku",), "item": ("item.name",), "pieces": ("item.quantity",),
        "subtotal": ("item.subtotal",), "subtotal_tax": ("item.subtotal_tax",), "item_total": ("item.total",),
        "item_tax": ("item.total_tax",),
    }  # fmt: skip
    shown = ", ".join(f"{_json(names, types)} AS {name}" for name, names in parts.items())
    refunds = (
        "list_sum([abs(TRY_CAST(one.total AS DECIMAL(18, 6))) for one in refunds])"
        if _has(types, "refunds")
        else "NULL"
    )
    table = desk.keep(
        f"SELECT file_, row_, {shown}, CAST({refunds} AS VARCHAR) AS refunded FROM"
        # An order without items keeps a row, so that it is accounted for.
        f" (SELECT *, unnest(CASE WHEN len(line_items) > 0 THEN line_items ELSE [NULL] END) AS item FROM {raw.table})",
        "source",
    )
    found = {name: names[0].replace("item.", "line_items.") for name, names in parts.items()} | {
        "refunded": "refunds.total"
    }
    count = int(desk.one(f"SELECT count(*) FROM {table}")[0])
    return [Source(path, table, raw.headers, found, count, raw.settings)]


def _refuse_analytics(desk: "Desk", path: Path, options: Options) -> None:
    """The order report of WooCommerce Analytics: its products stand in words, without a price of their own."""
    fields = (Field("products", ("Product(s)", "Products")), Field("net", ("N. Revenue", "Net sales", "Net Sales")))
    for source in reading.open_sources(desk, path, fields, options):
        if source.has("products") and source.has("net"):
            raise InputError(
                f"{source.name} is the order report of WooCommerce Analytics\n  it has no price and no SKU of an item\n"
                "  do: export the orders themselves: by an order export plugin, or the REST API (wc/v3/orders) one a line"
            )


def _has(types: dict[str, str], name: str) -> bool:
    return name in types and "total" in types[name]


def _json(names: tuple[str, ...], types: dict[str, str]) -> str:
    """The expression of the first of the names that the file has, as text."""
    for name in names:
        head, _, tail = name.partition(".")
        known = types["line_items"] if head == "item" else types.get(head, "")
        if known and (not tail or tail in known):
            return f"nullif(trim(CAST({name} AS VARCHAR)), '')"
    return "CAST(NULL AS VARCHAR)"


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Order lines; an order in two files counts as the later file has it."""
    parts = [cells.typed(desk, source, KINDS, options) for source in sources]
    parts = [
        desk.keep(f"SELECT *, {_only_net_pieces(desk, source)} AS net_only FROM {part}", "part")
        for source, part in zip(sources, parts, strict=True)
    ]
    _tell_statuses(desk, parts)
    # Items of one file row stand in their order: `seat` keeps it.
    rows = desk.keep(f"SELECT *, row_number() OVER () AS seat FROM {laid_together(desk, parts, 'order_id')}", "rows")
    first = ", ".join(f"first({n} ORDER BY row_) FILTER ({n} IS NOT NULL) AS {n}" for n in ORDER_FIELDS)
    orders = desk.keep(
        f"SELECT order_id, min(row_) AS row_, bool_or(unread_) AS spoiled, {first} FROM {rows} WHERE NOT repeated GROUP BY order_id",
        "orders",
    )
    orders = desk.keep(f"SELECT * REPLACE (coalesce(country, billing_country) AS country) FROM {orders}", "orders")
    currency = needs_currency(desk, orders, "currency", sources[0], options)
    orders = places.with_market(desk, orders, "country", sources[0], options)
    lines = desk.keep(_lines(rows, orders, currency), "lines")
    table = (
        f"SELECT order_id, line, moment AS ordered_at, buyer AS customer_id, market, {quoted(options.platform or 'own_store')} AS platform,"
        f" product AS sku, pieces AS quantity, CAST(goods AS DOUBLE) / pieces AS unit_price, money AS currency, reduction AS discount,"
        f" CASE WHEN on_top THEN 0 ELSE tax END AS tax, CASE WHEN line = 1 THEN delivery ELSE 0 END AS shipping_charged,"
        f" CASE WHEN net_only AND coalesce(refunded, 0) <> 0 THEN NULL WHEN pieces_refunded IS NOT NULL THEN abs(pieces_refunded)"
        f" WHEN pieces_left < pieces THEN pieces - pieces_left WHEN coalesce(refund, 0) = 0 THEN 0"
        f" WHEN refunded >= total - {HALF_CENT} THEN pieces END AS returned, refund"
        f" FROM {lines} WHERE reason IS NULL ORDER BY moment, order_id, line"
    )
    return Imported({"orders": table}, _accounted(lines), MEASURES)


def _only_net_pieces(desk: "Desk", source: Source) -> bool:
    """Whether the file has only the pieces left after refunds, and no amounts of whole lines: refunds are off already."""
    if source.found.get("pieces") != source.found.get("pieces_left", ""):
        return False
    header = source.found["pieces"]
    desk.note(f"{source.name}: {header!r} is without the pieces refunded; add the column 'Quantity' to see returns")
    return not (source.has("subtotal") or source.has("item_total"))


def _tell_statuses(desk: "Desk", parts: list[str]) -> None:
    """Statuses that are not known: their orders are taken, and the reader is told which."""
    union = " UNION ALL ".join(f"SELECT {_status('status')} AS word FROM {part}" for part in parts)
    known = ", ".join(map(quoted, (*DEAD, *ALIVE)))
    odd = desk.rows(f"SELECT word, count(*) FROM ({union}) WHERE word NOT IN ({known}) GROUP BY 1 ORDER BY 2 DESC, 1")
    if odd:
        shown = ", ".join(f"{word!r} ({count:,} rows)" for word, count in odd[:8])
        desk.note(
            f"orders of a status that is not known are taken: {shown}; leave them out of the file if they are void"
        )


def _status(cell: str) -> str:
    return f"regexp_replace(lower(trim({cell})), '^wc-', '')"


def _lines(rows: str, orders: str, currency: str) -> str:
    own = ", ".join(ORDER_FIELDS)
    dead = ", ".join(map(quoted, DEAD))
    on_top = f"market IN ({', '.join(map(quoted, amazon_terms.TAX_ON_TOP))})"
    tax = "coalesce(item_tax, 0)"
    return f"""
        WITH joined AS (
            SELECT r.* EXCLUDE ({own}), o.* EXCLUDE (order_id, row_), r.row_ = o.row_ AS first_row, coalesce(r.sku, r.item) AS product,
                {currency.replace("upper(currency)", "upper(o.currency)")} AS money,
                coalesce(o.placed_utc, o.placed) AS moment, {on_top} AS on_top,
                coalesce({customer_key("o.email")}, nullif(o.customer, '0')) AS buyer
            FROM {rows} r LEFT JOIN {orders} o ON r.order_id = o.order_id
        ), net AS (
            SELECT *, coalesce(subtotal, cost * pieces, item_total) AS before, coalesce(item_total, subtotal, cost * pieces) AS after,
                CASE WHEN on_top THEN 0 ELSE coalesce(subtotal_tax, item_tax, 0) END AS before_tax,
                CASE WHEN on_top THEN 0 ELSE {tax} END AS after_tax FROM joined
        ), told AS (
            SELECT *, coalesce(before + before_tax, 0) AS goods, greatest(coalesce(before + before_tax - after - after_tax, 0), 0) AS reduction,
                coalesce(shipping, 0) + CASE WHEN on_top THEN 0 ELSE coalesce(shipping_tax, 0) END AS delivery,
                CASE WHEN repeated THEN 'order stands in a later file too'
                    WHEN spoiled THEN 'a cell of the order cannot be read'
                    WHEN order_id IS NULL OR moment IS NULL THEN 'order or date is empty'
                    WHEN {_status("status")} IN ({dead}) THEN 'order is ' || {_status("status")}
                    WHEN product IS NULL THEN 'row without SKU and name'
                    WHEN coalesce(pieces, 0) <= 0 THEN 'item without pieces'
                    WHEN before IS NULL OR before < 0 THEN 'item without a price' END AS reason FROM net
        ), placed AS (
            SELECT *, row_number() OVER (PARTITION BY order_id, reason IS NULL ORDER BY seat) AS line,
                NOT repeated AND row_number() OVER (PARTITION BY order_id, repeated ORDER BY reason IS NOT NULL, seat) = 1 AS carries,
                count(item_refunded) OVER (PARTITION BY order_id) > 0 AS by_item FROM told
        )
        SELECT * , {tax} + CASE WHEN carries THEN coalesce(shipping_tax, 0) ELSE 0 END AS tax,
            CASE WHEN net_only THEN 0 WHEN by_item THEN abs(coalesce(item_refunded, 0))
                ELSE {spread("abs(coalesce(refunded, 0))", "CASE WHEN reason IS NULL THEN goods ELSE 0 END", "order_id, reason IS NULL", "seat")} END AS refund
        FROM placed"""


def _accounted(lines: str) -> str:
    taxed = "reason IS NULL AND on_top AND tax <> 0"
    return f"""
        SELECT file_, row_, row_number() OVER (PARTITION BY file_, row_ ORDER BY line) AS part_,
            coalesce(reason, CASE WHEN buyer IS NULL THEN 'order line of a guest' ELSE 'order line' END) AS fate,
            reason IS NOT NULL AS left_out, money AS currency, CAST(goods AS DECIMAL(28, 6)) AS goods,
            CAST(reduction AS DECIMAL(28, 6)) AS discount,
            CAST(CASE WHEN carries THEN delivery ELSE 0 END AS DECIMAL(28, 6)) AS shipping,
            CAST(CASE WHEN {taxed} THEN 0 ELSE tax END AS DECIMAL(28, 6)) AS tax,
            CAST(CASE WHEN reason IS NULL OR carries THEN coalesce(refund, 0) ELSE 0 END AS DECIMAL(28, 6)) AS refund
        FROM {lines}
        UNION ALL SELECT file_, row_, 3, 'refund of pieces that the file has taken off already', true, money, 0, 0, 0, 0,
            CAST(abs(refunded) AS DECIMAL(28, 6)) FROM {lines} WHERE carries AND net_only AND refunded <> 0
        UNION ALL SELECT file_, row_, 2, 'sales tax on top of the price', true, money, 0, 0, 0, CAST(tax AS DECIMAL(28, 6)), 0
        FROM {lines} WHERE {taxed}"""


IMPORTER = Importer(
    name="woocommerce",
    reads="WooCommerce orders (CSV with an item a row, or an order a row with line_items or line_item_1, 2 ...; REST API as JSON lines)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("orders",),
    opens=opens,
)
