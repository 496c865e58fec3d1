"""A company of a dozen bookings, small enough to keep its books by hand."""

from pathlib import Path

LEDGER = """entry_id,date,account,amount,currency,usd_rate,amount_usd,counterparty,market,document
L1,2026-09-10,sales payout,900.00,USD,1,900.00,shop,US,R1
L2,2026-09-10,platform fees,-100.00,USD,1,-100.00,shop,US,R1
L3,2026-09-20,purchases,-300.00,USD,1,-300.00,S1,,P1
L4,2026-09-30,payroll,-50.00,USD,1,-50.00,staff,,
L5,2026-10-15,loan,200.00,USD,1,200.00,bank,,
L6,2026-10-31,interest,-2.00,USD,1,-2.00,bank,,
"""
RECEIVABLES = """invoice_id,counterparty,kind,market,issued_on,due_on,paid_on,amount,currency,credit_score
R1,shop,payout,US,2026-09-06,2026-09-10,2026-09-10,800.00,USD,
R2,shop,payout,US,2026-10-25,2026-11-05,,400.00,USD,
"""
PAYABLES = """invoice_id,counterparty,account,issued_on,due_on,paid_on,amount,currency
P1,S1,purchases,2026-08-25,2026-09-20,2026-09-20,300.00,USD
P2,S1,purchases,2026-10-20,2026-11-20,,120.00,USD
T1,office,tax,2026-10-31,2026-11-15,,30.00,USD
"""
OPENING = """date,item,amount_usd
2026-07-31,cash,1000.00
2026-07-31,inventory,500.00
2026-07-31,loan,-100.00
2026-07-31,equity,-1400.00
"""
# Cash 1000 + 648; owed to us 400; stock 500; owed by us 120; tax 30; loan 300;
# net income 900 - 100 - 300 - 50 - 2 + 400 - 120 - 30 = 698.
BALANCE = {
    "cash": 1648.0,
    "receivables": 400.0,
    "inventory": 500.0,
    "fixed_assets": 0.0,
    "payables": 120.0,
    "tax_payable": 30.0,
    "loan": 300.0,
    "share_capital": 1400.0,
    "retained_earnings": 698.0,
}


def write(folder: Path, **changed: str) -> Path:
    """The company's files in a folder; `changed` replaces tables by name (an empty text leaves one out)."""
    tables = {"ledger": LEDGER, "receivables": RECEIVABLES, "payables": PAYABLES, "opening_balances": OPENING}
    for name, text in {**tables, **changed}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "company.yaml").write_text("name: Small\nas_of: 2026-10-31\nmarkets: [US]\n", encoding="utf-8")
    return folder
