"""Cash, invoices, budget, platforms' terms, capital."""

from crossborder.company.tables.contract import (
    Table,
    choice,
    currency,
    date,
    integer,
    market,
    money,
    number,
    share,
    text,
)

__all__ = ["ACCOUNTS", "TABLES"]

# Accounts of the ledger: cash in is positive, cash out is negative.
ACCOUNTS = [
    "sales payout",
    "refunds",
    "platform fees",
    "purchases",
    "inland",
    "freight",
    "insurance",
    "duty",
    "import tax",
    "brokerage",
    "sales tax",
    "advertising",
    "warehousing",
    "last mile",
    "returns handling",
    "payroll",
    "service",
    "software",
    "rent",
    "compliance",
    "write-off",
    "interest",
    "loan",
    "capital",
    "tax",
    "equipment",
    "currency",
]

LEDGER = Table(
    "ledger",
    "a cash movement",
    (
        text("entry_id", "entry"),
        date("date", "value date"),
        text("account", "account"),
        money("amount", "received (+) or paid (-)", low=None),
        currency(),
        number("usd_rate", "USD per unit", "exchange rate of the day", low=0),
        money("amount_usd", "amount in USD", low=None),
        text("counterparty", "who paid or was paid"),
        market(nullable=True),
        text("document", "invoice, shipment or order batch", nullable=True),
    ),
    key=("entry_id",),
    dated_by="date",
)

OPENING_BALANCES = Table(
    "opening_balances",
    "a balance-sheet item on a day",
    (
        date("date", "day, at its end"),
        text("item", "cash, inventory, receivables, payables, tax, loan, equity, equipment ..."),
        money("amount_usd", "amount; debts and equity are negative", low=None),
    ),
    key=("date", "item"),
    dated_by="date",
)

BUDGET = Table(
    "budget",
    "a plan line and month",
    (
        date("month", "first day of the month"),
        text("account", "account of the ledger, or units, revenue"),
        market(nullable=True),
        money("amount_usd", "planned amount; cost lines are negative", low=None),
    ),
    key=("month", "account", "market"),
)

RECEIVABLES = Table(
    "receivables",
    "an amount owed to us",
    (
        text("invoice_id", "invoice or payout"),
        text("counterparty", "who owes"),
        choice("kind", "payout wholesale", "platform payout or business customer"),
        market(nullable=True),
        date("issued_on", "issued"),
        date("due_on", "due"),
        date("paid_on", "paid; missing while open", nullable=True),
        money("amount", "amount"),
        currency(),
        share("credit_score", "credit score of the debtor", nullable=True),
    ),
    key=("invoice_id",),
    dated_by="issued_on",
)

PAYABLES = Table(
    "payables",
    "an amount that we owe",
    (
        text("invoice_id", "invoice"),
        text("counterparty", "to whom"),
        text("account", "account of the ledger"),
        date("issued_on", "issued"),
        date("due_on", "due"),
        date("paid_on", "paid; missing while open", nullable=True),
        money("amount", "amount"),
        currency(),
    ),
    key=("invoice_id",),
    dated_by="issued_on",
)

PLATFORMS = Table(
    "platforms",
    "a platform in a market",
    (
        text("platform", "platform"),
        market(),
        choice("kind", "marketplace own_store social_shop", "kind of platform"),
        share("commission_rate", "fee on the sale"),
        share("payment_rate", "payment fee on the sale"),
        money("fulfilment_fee_unit", "fulfilment of a standard piece"),
        money("last_mile_unit", "delivery of a standard piece where we pay it"),
        money("fixed_fee_month", "fee a month"),
        currency(),
        integer("payout_delay_days", "days", "sale to payout"),
        share("suspension_probability_year", "probability of a suspension within a year"),
    ),
    key=("platform", "market"),
)

PROJECTS = Table(
    "projects",
    "a project that asks for money",
    (
        text("project_id", "project"),
        text("name", "name"),
        choice("stage", "seed growth mature", "stage"),
        choice("kind", "traffic supply technology market people", "kind"),
        market(nullable=True),
        money("capital_usd", "money asked for"),
        money("yearly_cash_low_usd", "yearly cash from year 2, low", low=None),
        money("yearly_cash_base_usd", "the same, base", low=None),
        money("yearly_cash_high_usd", "the same, high", low=None),
        integer("years", "years", "years of cash", low=1),
        share("success_probability", "probability of passing each gate"),
        integer("gates", "gates", "number of stage gates"),
    ),
    key=("project_id",),
)

CAP_TABLE = Table(
    "cap_table",
    "a holder in a round",
    (
        integer("order", "number", "order of the round", low=0),
        text("round", "round"),
        text("holder", "holder"),
        date("date", "day"),
        money("invested_usd", "money paid in"),
        money("pre_money_usd", "value before the round", nullable=True),
        number("shares", "shares", "shares issued to the holder", low=0),
    ),
    key=("round", "holder"),
)

TABLES = (LEDGER, OPENING_BALANCES, BUDGET, RECEIVABLES, PAYABLES, PLATFORMS, PROJECTS, CAP_TABLE)
