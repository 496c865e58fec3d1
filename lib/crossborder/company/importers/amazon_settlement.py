"""Amazon's settlement report, flat file V2: an amount a row, its type and description; to the ledger."""

from typing import TYPE_CHECKING

from crossborder.company.importers import amazon_terms, cells, usd
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.importers.order_lines import needs_currency
from crossborder.company.problems import Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("settlement", ("settlement-id",), needed=True),
    Field("deposited", ("deposit-date",), needed=True),
    Field("total", ("total-amount",)),
    Field("currency", ("currency",)),
    Field("transaction", ("transaction-type",), needed=True),
    Field("order_id", ("order-id",)),
    Field("marketplace", ("marketplace-name",)),
    Field("amount_type", ("amount-type",), needed=True),
    Field("description", ("amount-description",), needed=True),
    Field("amount", ("amount",), needed=True),
    Field("posted", ("posted-date",)),
)
KINDS = {field.name: "text" for field in FIELDS} | {
    "deposited": "date", "posted": "date", "total": "money", "amount": "money",
}  # fmt: skip
MAPPING = (
    Rule("settlement", "ledger.entry_id", "settlement and row number within it"),
    Rule("deposited", "ledger.date", "day of the deposit, when the money moved; of the whole settlement"),
    Rule("posted", "ledger.date", "where the settlement names no deposit"),
    Rule("transaction, amount_type, description", "ledger.account", "by the words of transaction, type and description"),
    Rule("amount", "ledger.amount", "as written: received is positive, withheld is negative"),
    Rule("currency", "ledger.currency", "of the settlement (its first row)"),
    Rule("deposited", "ledger.usd_rate", "rate of the European Central Bank on the day"),
    Rule("amount", "ledger.amount_usd", "amount at that rate"),
    Rule("", "ledger.counterparty", "Amazon"),
    Rule("marketplace", "ledger.market", "market of the marketplace; missing where none is named"),
    Rule("order_id", "ledger.document", "order, else settlement"),
    Rule("total", "", "compared with the sum of the settlement's rows"),
)  # fmt: skip


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Ledger entries of one or more settlements; a settlement in two files counts once."""
    parts = [cells.typed(desk, source, KINDS, options, order="dmy") for source in sources]
    union = " UNION ALL BY NAME ".join(f"SELECT *, {place} AS place_ FROM {part}" for place, part in enumerate(parts))
    rows = desk.keep(
        f"SELECT * REPLACE (max(currency) OVER s AS currency,"
        f" max(deposited) OVER s AS deposited),"
        f" row_number() OVER (PARTITION BY settlement, place_ ORDER BY row_) AS number,"
        f" place_ < max(place_) OVER (PARTITION BY settlement) AS repeated"
        f" FROM ({union}) WINDOW s AS (PARTITION BY settlement, place_)",
        "rows",
    )
    currency = needs_currency(
        desk, f"(SELECT * FROM {rows} WHERE settlement IS NOT NULL)", "currency", sources[0], options
    )
    judged = desk.keep(
        f"SELECT *, {currency} AS money, coalesce(deposited, posted) AS date, CASE WHEN repeated THEN 'settlement stands in a later file too'"
        " WHEN unread_ THEN 'a cell cannot be read'"
        " WHEN amount IS NULL THEN 'summary row of the settlement'"
        " WHEN settlement IS NULL OR coalesce(deposited, posted) IS NULL THEN 'settlement or date is empty' END AS reason"
        f" FROM {rows}",
        "judged",
    )
    _compare_totals(desk, judged, sources[0])
    ledger = usd.with_usd(desk, desk.keep(_entries(judged), "entries"), sources[0])
    lines = (
        f"SELECT file_, row_, 1 AS part_, coalesce(reason, 'ledger entry') AS fate, reason IS NOT NULL AS left_out,"
        f" money AS currency, CAST(coalesce(amount, 0) AS DECIMAL(28, 6)) AS amount FROM {judged}"
    )
    return Imported(
        {"ledger": f"SELECT * FROM {ledger} ORDER BY date, entry_id"}, lines, {"amount": {"ledger": "amount"}}
    )


def _entries(judged: str) -> str:
    words = "concat_ws(' ', transaction, amount_type, description)"
    return (
        f"SELECT settlement || '-' || lpad(CAST(number AS VARCHAR), 6, '0') AS entry_id, date,"
        f" {amazon_terms.account_of(words)} AS account, amount, money AS currency, 'Amazon' AS counterparty,"
        f" {amazon_terms.marketplace('marketplace')} AS market, coalesce(order_id, {quoted('settlement ')} || settlement) AS document"
        f" FROM {judged} WHERE reason IS NULL"
    )


def _compare_totals(desk: "Desk", judged: str, source: Source) -> None:
    """A settlement whose rows do not sum to its own total was cut or edited."""
    wrong = desk.rows(
        f"SELECT settlement, CAST(max(total) AS VARCHAR), CAST(sum(amount) AS VARCHAR), min(row_) FROM {judged}"
        " WHERE NOT repeated GROUP BY 1 HAVING abs(max(total) - coalesce(sum(amount), 0)) >= 0.005 ORDER BY 1"
    )
    if wrong:
        values = [f"{settlement}: total {total}, rows {rows}" for settlement, total, rows, _ in wrong]
        rule, remedy = "settlement's rows do not sum to its total", "download the settlement again"
        desk.problems.append(
            Problem.of(source.name, "", "total-amount", rule, remedy, [row[3] for row in wrong], values)
        )


IMPORTER = Importer(
    name="amazon-settlement",
    reads="Amazon settlement report, flat file V2 (TSV)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("ledger",),
    quoted=False,
)
