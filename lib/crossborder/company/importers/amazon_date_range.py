"""Amazon's date range report of transactions: a transaction a row behind lines of definitions, in the shop's language."""

from typing import TYPE_CHECKING

from crossborder.company.importers import amazon_terms, cells, usd
from crossborder.company.importers.amazon_date_range_columns import AMOUNTS, FIELDS
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Imported, Importer, Options, Rule, Source
from crossborder.company.importers.reading import header_key
from crossborder.company.problems import Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

KINDS = {field.name: "text" for field in FIELDS} | dict.fromkeys([*AMOUNTS, "total"], "money") | {
    "moment": "moment", "pieces": "integer",
}  # fmt: skip
MAPPING = (
    Rule("settlement, moment", "ledger.entry_id", "settlement, hash of the transaction and column of the amount"),
    Rule("moment", "ledger.date", "day in UTC; month names, orders and zones of all languages"),
    Rule(", ".join(AMOUNTS), "ledger.account", "by the column; for other amounts by the words of type and description"),
    Rule(", ".join(AMOUNTS), "ledger.amount", "each amount that is not zero is an entry; decimal commas are found out"),
    Rule("marketplace", "ledger.currency", "currency of the marketplace; --store-currency for another"),
    Rule("moment", "ledger.usd_rate", "rate of the European Central Bank on the day"),
    Rule(", ".join(AMOUNTS), "ledger.amount_usd", "amount at that rate"),
    Rule("", "ledger.counterparty", "Amazon"),
    Rule("marketplace", "ledger.market", "market of the marketplace; where none is named --market, else the file's most frequent one"),
    Rule("order_id", "ledger.document", "order, else settlement"),
    Rule("order_id", "orders.order_id", "of rows of the kind order (in any language) with a SKU and pieces"),
    Rule("order_id", "orders.line", "counted within the order in the file's order"),
    Rule("moment", "orders.ordered_at", "moment of the transaction, which is that of dispatch"),
    Rule("marketplace", "orders.market", "market of the marketplace"),
    Rule("", "orders.platform", "amazon; --platform for another"),
    Rule("sku", "orders.sku", "the seller's SKU"),
    Rule("pieces", "orders.quantity", "pieces of the row"),
    Rule("sales, sales_tax", "orders.unit_price", "sales (with their tax, except in US and CA) divided by pieces"),
    Rule("marketplace", "orders.currency", "as in the ledger"),
    Rule("rebates, rebates_tax", "orders.discount", "promotional rebates, with tax where prices hold it"),
    Rule("shipping, shipping_tax, wrap, wrap_tax", "orders.shipping_charged", "delivery and wrapping, with tax where prices hold it"),
    Rule("sales_tax, shipping_tax, wrap_tax, rebates_tax", "orders.tax", "where prices hold it"),
    Rule("type, description", "", "decide the account; the transfer to the bank is left out and counted"),
    Rule("total", "", "compared with the sum of the row's amounts"),
)  # fmt: skip
CURRENCIES = {
    "US": "USD", "CA": "CAD", "MX": "MXN", "BR": "BRL", "GB": "GBP", "DE": "EUR", "FR": "EUR", "IT": "EUR", "ES": "EUR",
    "NL": "EUR", "BE": "EUR", "IE": "EUR", "SE": "SEK", "PL": "PLN", "TR": "TRY", "AE": "AED", "SA": "SAR", "EG": "EGP",
    "IN": "INR", "JP": "JPY", "AU": "AUD", "SG": "SGD", "ZA": "ZAR",
}  # fmt: skip
# Columns whose amounts have an account of their own, on rows that are no refund.
TAXES = ("withheld", "tcs_cgst", "tcs_sgst", "tcs_igst", "tds")  # withheld by the marketplace
BY_COLUMN = {name: "sales tax" for name in AMOUNTS if name.endswith("tax") or name in TAXES} | {
    "sales": "sales payout", "shipping": "sales payout", "wrap": "sales payout", "rebates": "sales payout",
    "points": "sales payout", "selling_fees": "platform fees", "fba_fees": "last mile", "regulatory_fee": "platform fees",
}  # fmt: skip
LANGUAGES = {
    "date/time": ("en", "US", "mdy"), "Datum/Uhrzeit": ("de", "DE", "dmy"), "date/heure": ("fr", "FR", "dmy"),
    "fecha y hora": ("es", "ES", "dmy"), "Data/Ora:": ("it", "IT", "dmy"), "日付/時間": ("ja", "JP", "ymd"),
    "data/hora": ("pt", "BR", "dmy"), "fecha/hora": ("es-MX", "MX", "dmy"), "datum/tijd": ("nl", "NL", "dmy"),
    "datum/tid": ("sv", "SE", "ymd"), "data/godzina": ("pl", "PL", "dmy"), "日付/時刻": ("ja", "JP", "ymd"),
    "datum/zeit": ("de", "DE", "dmy"),
}  # fmt: skip

# What makes a transaction the same in two reports, so that months can be added one after the other.
SAME = "left(md5(concat_ws('|', epoch_us(moment), type, order_id, sku, description, pieces, total)), 12)"
_LANGUAGE_OF = {header_key(header): told for header, told in LANGUAGES.items()}


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Ledger entries of every amount, and order lines of the rows that are orders."""
    parts = [_rows(desk, source, options, place) for place, source in enumerate(sources)]
    union = " UNION ALL BY NAME ".join(f"SELECT *, {SAME} AS same FROM {part}" for part in parts)
    twice = "CASE WHEN place_ < max(place_) OVER (PARTITION BY settlement, same) THEN 'transaction stands in a later file too' END"
    rows = desk.keep(f"SELECT * REPLACE (coalesce({twice}, reason) AS reason) FROM ({union})", "rows")
    _currencies_named(desk, rows, sources[0])
    _compare_totals(desk, rows, sources[0])
    entries = desk.keep(_entries(rows), "entries")
    ledger = usd.with_usd(desk, entries, sources[0])
    platform = quoted(options.platform or "amazon")
    return Imported(
        {"ledger": f"SELECT * FROM {ledger} ORDER BY date, entry_id", "orders": _orders(rows, platform)},
        f"SELECT file_, row_, 1 AS part_, coalesce(reason, 'entries of the ledger') AS fate, reason IS NOT NULL AS left_out,"
        f" currency, CAST({_sum()} AS DECIMAL(28, 6)) AS amount FROM {rows}",
        {"amount": {"ledger": "amount"}},
    )


def _rows(desk: "Desk", source: Source, options: Options, place: int) -> str:
    """A file's rows typed, with market, currency, kind, and the reason of those left out."""
    language, home, order = _LANGUAGE_OF.get(header_key(source.found.get("moment", "")), ("en", "", ""))
    desk.note(f"{source.name}: language {options.locale or language} (by the header {source.found.get('moment')!r})")
    table = cells.typed(desk, source, KINDS, options, order=order)
    # Rows of the account (storage, subscription) name no marketplace: theirs is the file's most frequent one.
    usual = desk.rows(
        f"SELECT {amazon_terms.marketplace('marketplace')} AS market, count(*) FROM {table}"
        " GROUP BY 1 HAVING market IS NOT NULL ORDER BY 2 DESC, 1 LIMIT 1"
    )
    home = options.market.upper() or (usual[0][0] if usual else home)
    market = f"coalesce({amazon_terms.marketplace('marketplace')}, {quoted(home)})"
    pairs = ", ".join(f"'{market_}': '{money}'" for market_, money in CURRENCIES.items())
    currency = quoted(options.currency.upper()) if options.currency else f"coalesce(MAP {{{pairs}}}[market], 'XXX')"
    named = f"SELECT *, nullif({market}, '') AS market, {amazon_terms.transaction_type('type')} AS kind FROM {table}"
    return desk.keep(
        f"SELECT *, {currency} AS currency, {place} AS place_, CASE WHEN unread_ THEN 'a cell cannot be read'"
        f" WHEN kind = 'transfer' THEN 'transfer to the bank'"
        f" WHEN moment IS NULL AND type IS NULL THEN 'row without date and type'"
        f" WHEN moment IS NULL THEN 'date is empty' WHEN {_sum()} = 0 AND coalesce(total, 0) = 0 THEN 'no amount' END AS reason"
        f" FROM ({named})",
        "transactions",
    )


def _sum() -> str:
    return "(" + " + ".join(f"coalesce({name}, 0)" for name in AMOUNTS) + ")"


def _entries(rows: str) -> str:
    """An entry for every amount that is not zero."""
    columns = ", ".join(AMOUNTS)
    own = ", ".join(f"'{name}': '{account}'" for name, account in BY_COLUMN.items())
    words = "concat_ws(' ', CASE WHEN kind = 'order' THEN 'order' ELSE type END, description)"
    back = f"(kind = 'refund' OR kind = 'other' AND regexp_matches(lower(type), '{amazon_terms.GIVEN_BACK}'))"
    refunded = f"{back} AND field IN ('sales', 'shipping', 'wrap', 'rebates', 'points')"
    return f"""
        WITH amounts AS (
            UNPIVOT (SELECT same, row_number() OVER (PARTITION BY place_, settlement, same ORDER BY row_) AS copy, settlement,
                    moment, type, kind, description, market, order_id, currency, {columns}
                FROM {rows} WHERE reason IS NULL) ON {columns} INTO NAME field VALUE amount
        )
        SELECT coalesce(settlement, 'open') || '-' || same || '-' || copy || '-' || field AS entry_id,
            CAST(CAST(moment AS TIMESTAMP) AS DATE) AS date,
            CASE WHEN {refunded} THEN 'refunds' ELSE coalesce(MAP {{{own}}}[field], {amazon_terms.account_of(words)}) END AS account,
            amount, currency, 'Amazon' AS counterparty, market,
            coalesce(order_id, 'settlement ' || settlement) AS document
        FROM amounts WHERE amount <> 0"""


def _orders(rows: str, platform: str) -> str:
    on_top = f"market IN ({', '.join(map(quoted, amazon_terms.TAX_ON_TOP))})"

    def gross(net: str, tax: str) -> str:
        return f"coalesce({net}, 0) + CASE WHEN {on_top} THEN 0 ELSE coalesce({tax}, 0) END"

    tax = " + ".join(f"coalesce({name}, 0)" for name in ("sales_tax", "shipping_tax", "wrap_tax", "rebates_tax"))
    return f"""
        SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY place_, row_) AS line, moment AS ordered_at, market,
            {platform} AS platform, sku, pieces AS quantity, CAST({gross("sales", "sales_tax")} AS DOUBLE) / pieces AS unit_price,
            currency, abs({gross("rebates", "rebates_tax")}) AS discount,
            greatest(CASE WHEN {on_top} THEN 0 ELSE {tax} END, 0) AS tax,
            greatest({gross("shipping", "shipping_tax")} + {gross("wrap", "wrap_tax")}, 0) AS shipping_charged
        FROM {rows} WHERE reason IS NULL AND kind = 'order' AND order_id IS NOT NULL AND sku IS NOT NULL AND pieces > 0
            AND coalesce(sales, 0) >= 0 AND market IS NOT NULL
        ORDER BY moment, order_id, line"""


def _currencies_named(desk: "Desk", rows: str, source: Source) -> None:
    unknown = desk.one(f"SELECT count(*), min(row_) FROM {rows} WHERE reason IS NULL AND currency = 'XXX'")
    if unknown[0]:
        remedy = "say --market (such as DE), or --store-currency"
        header = source.found.get("marketplace", "marketplace")
        rule = "names no marketplace whose currency is known"
        desk.problems.append(Problem.of(source.name, "", header, rule, remedy, [unknown[1]], (), int(unknown[0])))


def _compare_totals(desk: "Desk", rows: str, source: Source) -> None:
    """A row whose amounts do not sum to its own total has a column that is not read."""
    wrong = desk.rows(
        f"SELECT row_, CAST(total AS VARCHAR), CAST({_sum()} AS VARCHAR), file_ FROM {rows}"
        f" WHERE reason IS NULL AND abs(total - {_sum()}) >= 0.005 ORDER BY place_, row_"
    )
    if wrong:
        values = [f"total {total}, amounts {amounts}" for _, total, amounts, _ in wrong[:5]]
        remedy = "see with --dry-run which columns are not used, and report a header that is missing from the mapping"
        header = source.found.get("total", "total")
        rule = "amounts do not sum to the row's total"
        desk.problems.append(Problem.of(wrong[0][3], "", header, rule, remedy, [row[0] for row in wrong], values))


IMPORTER = Importer(
    name="amazon-date-range",
    reads="Amazon date range report of transactions (CSV; en, de, fr, es, it, ja, nl, pl, pt, sv)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("ledger", "orders"),
)
