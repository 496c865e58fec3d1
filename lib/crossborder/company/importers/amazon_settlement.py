"""Amazon's settlement report, to the ledger: flat file V2 (an amount a row) and V1 (amounts side by side in a row)."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company.importers import amazon_terms, cells, reading, usd
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
# Flat file V1: column of the amount -> column of its kind (or a word for it), and what V2 calls such amounts.
BESIDE = {
    "price-amount": ("price-type", "ItemPrice"),
    "item-related-fee-amount": ("item-related-fee-type", "ItemFees"),
    "shipment-fee-amount": ("shipment-fee-type", "ItemFees"),
    "order-fee-amount": ("order-fee-type", "ItemFees"),
    "misc-fee-amount": ("'misc fee'", "ItemFees"),
    "other-fee-amount": ("other-fee-reason-description", "other-fee"),
    "promotion-amount": ("promotion-type", "Promotion"),
    "direct-payment-amount": ("direct-payment-type", "other-transaction"),
    "other-amount": ("transaction-type", "other-transaction"),
}
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


def opens(desk: "Desk", path: Path, options: Options) -> list[Source]:
    """Flat file V2 as it stands; of V1 each amount of a row as a row of V2, under the row's own number."""
    before = len(desk.problems)
    sources = reading.open_sources(desk, path, FIELDS, options, quotes=False)
    if all(source.has("amount") for source in sources):
        return sources
    [raw, *_] = reading.open_sources(
        desk, path, tuple(Field(name, (name,)) for name in _names_of(sources[0])), options, quotes=False
    )
    if "price-amount" not in raw.found:
        return sources
    del desk.problems[before:]
    return [_in_rows(desk, raw)]


def _names_of(source: Source) -> list[str]:
    return [header.strip().lower() for header in source.headers]


def _in_rows(desk: "Desk", raw: Source) -> Source:
    """The amounts side by side, one below the other; the summary row of a settlement keeps one row without amount."""

    def cell(name: str) -> str:
        return name if name.startswith("'") else f'"{name}"' if name in raw.found else "CAST(NULL AS VARCHAR)"

    shared = ", ".join(
        f"{cell(field.headers[0])} AS {field.name}"
        for field in FIELDS
        if field.headers[0] not in ("amount-type", "amount-description", "amount")
    )
    filled = " OR ".join(f"nullif(trim({cell(name)}), '') IS NOT NULL" for name in BESIDE)
    parts = [
        f"SELECT file_, row_, {place} AS seat, {shared}, '{kind}' AS amount_type, coalesce({cell(words)}, '') AS description,"
        f" {cell(name)} AS amount FROM {raw.table} WHERE nullif(trim({cell(name)}), '') IS NOT NULL"
        for place, (name, (words, kind)) in enumerate(BESIDE.items())
    ]
    parts.append(
        f"SELECT file_, row_, 0 AS seat, {shared}, CAST(NULL AS VARCHAR) AS amount_type, CAST(NULL AS VARCHAR) AS description,"
        f" CAST(NULL AS VARCHAR) AS amount FROM {raw.table} WHERE NOT ({filled})"
    )
    table = desk.keep(f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY row_, seat", "source")
    found = {field.name: field.headers[0] for field in FIELDS if field.headers[0] in raw.found}
    found |= {"amount": "price-amount", "amount_type": "price-type", "description": "price-type"}
    desk.note(f"{raw.name}: flat file V1; each of its amounts side by side is an entry")
    return replace(raw, table=table, found=found)


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Ledger entries of one or more settlements; a settlement in two files counts once."""
    parts = [cells.typed(desk, source, KINDS, options, order="dmy") for source in sources]
    union = " UNION ALL BY NAME ".join(
        f"SELECT *, {place} AS place_{_seat(desk, part)} FROM {part}" for place, part in enumerate(parts)
    )
    rows = desk.keep(
        f"SELECT * REPLACE (max(currency) OVER s AS currency,"
        f" max(deposited) OVER s AS deposited),"
        f" row_number() OVER (PARTITION BY settlement, place_ ORDER BY row_, seat) AS number,"
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
        f"SELECT file_, row_, row_number() OVER (PARTITION BY file_, row_ ORDER BY number) AS part_, coalesce(reason, 'ledger entry') AS fate, reason IS NOT NULL AS left_out,"
        f" money AS currency, CAST(coalesce(amount, 0) AS DECIMAL(28, 6)) AS amount FROM {judged}"
    )
    return Imported(
        {"ledger": f"SELECT * FROM {ledger} ORDER BY date, entry_id"}, lines, {"amount": {"ledger": "amount"}}
    )


def _seat(desk: "Desk", part: str) -> str:
    """`seat` for files that have one amount a row, so that they stand beside those that have several."""
    return "" if "seat" in desk.columns(part) else ", 0 AS seat"


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
    reads="Amazon settlement report, flat file V2 or V1 (TSV)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("ledger",),
    quoted=False,
    opens=opens,
)
