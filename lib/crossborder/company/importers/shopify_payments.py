"""Shopify's transactions: what Shopify Payments took in, kept as a fee and gave back, and the orders' payment records."""

from typing import TYPE_CHECKING

from crossborder.company.importers import cells, usd
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.importers.order_lines import laid_together, needs_currency

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("moment", ("Transaction Date", "Created At", "Processed at"), needed=True),
    Field("kind", ("Type", "Kind"), needed=True),
    Field("order_id", ("Order", "Order Name")),
    Field("name", ("Name",)),
    Field("status", ("Status",)),
    Field("payout", ("Payout ID",)),
    Field("gateway", ("Gateway", "Payment Method Name")),
    Field("amount", ("Amount",), needed=True),
    Field("fee", ("Fee", "Fees")),
    Field("net", ("Net",)),
    Field("currency", ("Currency",)),
)
KINDS = {field.name: "text" for field in FIELDS} | {
    "moment": "moment",
    "amount": "money",
    "fee": "money",
    "net": "money",
}
MAPPING = (
    Rule("moment", "ledger.entry_id", "hash of the transaction, and whether it is the amount or the fee"),
    Rule("moment", "ledger.date", "day of the transaction in UTC"),
    Rule("kind", "ledger.account", "charges and sales are sales payout; refunds, disputes and chargebacks are refunds; fees, adjustments and all else are platform fees"),
    Rule("amount, kind", "ledger.amount", "as written; of refunds of the payment records negative"),
    Rule("fee", "ledger.amount", "the fee as an entry of its own, negative"),
    Rule("currency", "ledger.currency", "that of the payout; --store-currency where the file names none"),
    Rule("moment", "ledger.usd_rate", "rate of the European Central Bank on the day"),
    Rule("amount, fee", "ledger.amount_usd", "amount at that rate"),
    Rule("", "ledger.counterparty", "Shopify"),
    Rule("", "ledger.market", "missing: the file names none; --market for another"),
    Rule("order_id, name", "ledger.document", "order, else payout"),
    Rule("payout", "ledger.document", "where no order is named"),
    Rule("kind, status", "", "payouts to the bank, authorizations, voids and what did not succeed are left out and counted"),
    Rule("net", "", "compared with amount less fee"),
    Rule("gateway", "", "read, not stored"),
)  # fmt: skip
MONEY_IN = "'charge', 'sale', 'capture'"
GIVEN_BACK = "'refund', 'dispute', 'chargeback', 'chargeback_won', 'dispute_reversal', 'refund_failure'"
OWN = "kind, order_id, name, amount, fee"  # what makes a transaction the same in two files
NO_MONEY = "'authorization', 'void', 'verification'"


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Ledger entries of amounts and of fees."""
    parts = [cells.typed(desk, source, KINDS, options) for source in sources]
    rows = laid_together(desk, parts, f"moment, {OWN}")
    currency = needs_currency(desk, rows, "currency", sources[0], options)
    judged = desk.keep(_judged(rows, currency), "judged")
    _compare_net(desk, judged, sources[0])
    market = f"'{options.market.upper()}'" if options.market else "CAST(NULL AS VARCHAR)"
    entries = f"""
        SELECT left(md5(concat_ws('|', epoch_us(moment), {OWN})), 16) || '-' || copy || '-' || part AS entry_id,
            CAST(CAST(moment AS TIMESTAMP) AS DATE) AS date, account, money AS amount, unit AS currency,
            'Shopify' AS counterparty, {market} AS market, coalesce(document, 'payout ' || payout) AS document
        FROM (SELECT *, 'amount' AS part, CASE WHEN kind IN ({MONEY_IN}) THEN 'sales payout'
                WHEN kind IN ({GIVEN_BACK}) THEN 'refunds' ELSE 'platform fees' END AS account, paid AS money FROM {judged}
            UNION ALL SELECT *, 'fee', 'platform fees', kept FROM {judged})
        WHERE reason IS NULL AND money <> 0"""
    ledger = usd.with_usd(desk, desk.keep(entries, "entries"), sources[0])
    lines = (
        f"SELECT file_, row_, 1 AS part_, coalesce(reason, 'entries of the ledger') AS fate, reason IS NOT NULL AS left_out,"
        f" unit AS currency, CAST(paid + kept AS DECIMAL(28, 6)) AS amount FROM {judged}"
    )
    return Imported(
        {"ledger": f"SELECT * FROM {ledger} ORDER BY date, entry_id"}, lines, {"amount": {"ledger": "amount"}}
    )


def _judged(rows: str, currency: str) -> str:
    """Rows with the money that moved (`paid`), the fee kept from it (`kept`, negative), and why they are left out."""
    kind = "replace(lower(trim(kind)), ' ', '_')"
    # Payment records write a refund without a sign; transactions of Shopify Payments have one.
    paid = "CASE WHEN kind = 'refund' AND net IS NULL AND fee IS NULL THEN -abs(amount) ELSE amount END"
    return f"""
        WITH named AS (SELECT * REPLACE ({kind} AS kind), {currency} AS unit FROM {rows})
        SELECT *, coalesce({paid}, 0) AS paid, -coalesce(fee, 0) AS kept, coalesce(name, order_id) AS document,
            row_number() OVER (PARTITION BY place_, moment, {OWN} ORDER BY row_) AS copy,
            CASE WHEN repeated THEN 'transaction stands in a later file too' WHEN unread_ THEN 'a cell cannot be read'
                WHEN moment IS NULL OR kind IS NULL THEN 'date or kind is empty'
                WHEN kind IN ('payout', 'transfer') THEN 'payout to the bank'
                WHEN kind IN ({NO_MONEY}) THEN 'no money moved: ' || kind
                WHEN lower(status) NOT IN ('success', 'succeeded', 'paid') THEN 'transaction did not succeed'
                WHEN amount IS NULL THEN 'no amount' END AS reason
        FROM named"""


def _compare_net(desk: "Desk", judged: str, source: Source) -> None:
    wrong = desk.one(f"SELECT count(*) FROM {judged} WHERE reason IS NULL AND abs(net - paid - kept) >= 0.005")[0]
    if wrong:
        desk.note(
            f"{source.name}: on {wrong:,} rows the net is not amount less fee (taxes on fees?); amount and fee are taken"
        )


IMPORTER = Importer(
    name="shopify-payments",
    reads="Shopify transactions: the export of Shopify Payments, or the payment records of orders (CSV)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("ledger",),
)
