"""Ledger, receivables, payables, opening balances and budget: views of the invoices, equal to the cent."""

import numpy as np
import pandas as pd

from crossborder.demo import invoices, wholesale
from crossborder.demo.core import Core
from crossborder.demo.invoices import monthly
from crossborder.demo.planning_tables import ROUNDS
from crossborder.demo.sales import Sums
from crossborder.demo.typed import typed
from crossborder.demo.world import CURRENCIES, MARKETS, World

__all__ = ["OPENING", "closing", "money"]

# Amounts at scale 1, in USD unless the name says otherwise; other scales multiply them.
OPENING = {"cash": 380_000.0, "loan": -260_000.0, "equipment": 45_000.0}
PAYROLL_CNY, PAYROLL_GROWTH = 128_000.0, 0.06
OVERHEAD_USD = {"software": 1_450.0, "rent": 1_900.0, "service": 1_600.0, "compliance": 1_250.0}
INTEREST_YEAR, REPAYMENT_USD = 0.062, 4_000.0
LOANS = (("2025-02-14", 120_000.0),)
EQUIPMENT = (("2024-06-28", 32_000.0), ("2025-09-12", 21_000.0))
PROFIT_TAX_SHARE = 0.008  # quarterly prepayment as a share of the quarter's sales
LATE_PAYOUT = 0.04


def money(company: Core, sums: Sums, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Platforms, ledger, opening balances, budget, receivables and payables."""
    world = company.world
    terms = invoices.platforms(world)
    bills = pd.concat(
        [
            invoices.payouts(company, sums, terms),
            invoices.buying(tables["purchases"]),
            invoices.freight(tables["shipments"]),
            invoices.advertising(tables["ad_spend"]),
            invoices.operations(company, sums, terms),
            invoices.sales_tax(company, sums, tables["shipments"]),
            _overheads(world, sums),
        ],
        ignore_index=True,
    )
    bills["paid"] = _paid(world, bills)
    trade, goods = wholesale.wholesale(world, company.suppliers)
    goods["paid"] = goods["due"].where(goods["due"] <= world.end)
    bills = pd.concat([bills, goods, trade.drop(columns=["score", "defaults"])], ignore_index=True)
    own = _own_moves(world)
    return {
        "platforms": typed(terms, "platforms"),
        "ledger": _ledger(world, bills, own),
        "receivables": _receivables(bills, trade),
        "payables": _payables(bills),
        "opening_balances": _opening(company),
        "budget": _budget(world, bills, sums, company),
    }


def _overheads(world: World, sums: Sums) -> pd.DataFrame:
    """Payroll in China, software, rent, services, compliance, and the quarterly prepayment of profit tax."""
    months = np.arange(len(world.months))
    scale = world.scale
    pay = PAYROLL_CNY * scale * (1 + PAYROLL_GROWTH) ** (months // 12) * np.where(world.months.month == 1, 2.0, 1.0)
    parts = [monthly(world, "payroll", "staff", None, "CNY", pay, 10)]
    for account, amount in OVERHEAD_USD.items():
        parts.append(
            monthly(world, account, account + " suppliers", None, "USD", scale * amount * 1.04 ** (months / 12), 10)
        )
    rates = world.usd_per_unit.loc[world.days, [CURRENCIES[m] for m in MARKETS]].to_numpy()
    sales = invoices.month_sums(world, ((sums.gross - sums.tax).sum(axis=2) * rates).sum(axis=1))
    quarter = np.where(months % 3 == 2, np.convolve(sales, np.ones(3))[: len(sales)], 0.0)
    parts.append(monthly(world, "tax", "tax office CN", None, "USD", PROFIT_TAX_SHARE * quarter, 15))
    frame = pd.concat(parts, ignore_index=True)
    return frame.loc[frame["amount"] != 0, invoices.COLUMNS]


def _paid(world: World, bills: pd.DataFrame) -> pd.Series:
    """Day of payment: on the due day, some payouts a few days late; missing when after the last day."""
    rng = world.rng("payments")
    names, code = np.unique(bills["document"].to_numpy(dtype=str), return_inverse=True)
    late = np.where(rng.random(len(names)) < LATE_PAYOUT, rng.integers(1, 12, len(names)), 0)[code]
    paid = bills["due"] + pd.to_timedelta(np.where(bills["side"] == "in", late, 0), unit="D")
    return paid.where(paid <= world.end)


def _own_moves(world: World) -> pd.DataFrame:
    """Interest, loan, capital and equipment: cash that has no invoice."""
    balance = -OPENING["loan"] * world.scale
    rows = []
    extra = [(pd.Timestamp(d), a * world.scale) for d, a in LOANS]
    for month in world.months:
        end = month + pd.offsets.MonthEnd(0)
        for day, amount in extra:
            if month <= day <= end:
                rows.append((day, "loan", amount, "bank"))
                balance += amount
        rows.append((end, "interest", -round(balance * INTEREST_YEAR / 12, 2), "bank"))
        rows.append((end, "loan", -round(REPAYMENT_USD * world.scale, 2), "bank"))
        balance -= REPAYMENT_USD * world.scale
    # What the holders paid in, as the cap table has it.
    paid_in = ROUNDS[ROUNDS["invested_usd"] > 0]
    rows += [(pd.Timestamp(r.date), "capital", float(r.invested_usd), r.holder) for r in paid_in.itertuples()]
    rows += [(pd.Timestamp(d), "equipment", -a * world.scale, "equipment suppliers") for d, a in EQUIPMENT]
    frame = pd.DataFrame(rows, columns=["paid", "account", "amount", "counterparty"])
    inside = (frame["paid"] >= world.start) & (frame["paid"] <= world.end)
    return frame[inside].assign(currency="USD", market=None, document=None)


def _ledger(world: World, bills: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Paid invoices and own moves in order of the day."""
    columns = ["paid", "account", "amount", "currency", "counterparty", "market", "document"]
    moves = pd.concat([bills.loc[bills["paid"].notna(), columns], own[columns]], ignore_index=True)
    moves = moves.sort_values(["paid", "account", "counterparty"], kind="stable", ignore_index=True)
    rate = _rate(world, moves["paid"], moves["currency"])
    frame = moves.rename(columns={"paid": "date"}).assign(
        entry_id=[f"L{i:06d}" for i in range(len(moves))],
        usd_rate=np.round(rate, 10),
        amount_usd=np.round(moves["amount"].to_numpy(float) * np.round(rate, 10), 2),
    )
    return typed(frame, "ledger")


def _receivables(bills: pd.DataFrame, trade: pd.DataFrame) -> pd.DataFrame:
    """One row a settlement (sales less fees less refunds) or wholesale invoice; those below zero are payables."""
    net = _settlements(bills)
    score = net["document"].map(trade.set_index("document")["score"])
    kind = np.where(score.isna(), "payout", "wholesale")
    frame = net.assign(kind=kind, credit_score=score)[net["amount"] >= 0]
    names = {"document": "invoice_id", "issued": "issued_on", "due": "due_on", "paid": "paid_on"}
    return typed(frame.rename(columns=names), "receivables")


def _settlements(bills: pd.DataFrame) -> pd.DataFrame:
    mine = bills[bills["side"] == "in"]
    how = dict.fromkeys(["counterparty", "market", "currency", "issued", "due", "paid"], "first") | {"amount": "sum"}
    net = mine.groupby("document", sort=True).agg(how).reset_index()
    return net.assign(amount=net["amount"].round(2))


def _payables(bills: pd.DataFrame) -> pd.DataFrame:
    """One row an invoice, and settlements that came out below zero."""
    net = _settlements(bills)
    below = net[net["amount"] < 0].assign(account="refunds")
    frame = pd.concat([bills[bills["side"] == "out"], below], ignore_index=True)
    frame = frame.assign(amount=-frame["amount"])
    names = {"document": "invoice_id", "issued": "issued_on", "due": "due_on", "paid": "paid_on"}
    frame = frame.rename(columns=names).drop(columns=["side", "market"])
    return typed(frame.sort_values(["issued_on", "invoice_id"], ignore_index=True), "payables")


def _opening(company: Core) -> pd.DataFrame:
    """The day before the first: cash, stock, equipment, loan; equity is the rest, so that the items sum to zero."""
    world = company.world
    items = {name: amount * world.scale for name, amount in OPENING.items()}
    items["inventory"] = float(np.round((company.flows.opening * company.goods.cost_usd).sum(), 2))
    items["receivables"] = items["payables"] = items["tax"] = 0.0
    items["equity"] = -round(sum(items.values()), 2)
    frame = pd.DataFrame({"item": list(items), "amount_usd": np.round(list(items.values()), 2)})
    return typed(frame.assign(date=world.start - pd.Timedelta(days=1)), "opening_balances")


def closing(world: World, tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Items in USD on the last day that follow from the tables: cash, loan, equipment, open invoices at its rate."""
    opening = tables["opening_balances"].set_index("item")["amount_usd"]
    moved = tables["ledger"].groupby("account")["amount_usd"].sum()
    found = {
        "cash": opening["cash"] + tables["ledger"]["amount_usd"].sum(),
        "loan": opening["loan"] - moved["loan"],
        "equipment_at_cost": opening["equipment"] - moved["equipment"],
    }
    for name, sign in (("receivables", 1), ("payables", -1)):
        due = tables[name][tables[name]["paid_on"].isna()]
        rate = _rate(world, pd.Series(world.end, index=due.index), due["currency"])
        found[name] = sign * (due["amount"].to_numpy(float) * rate).sum()
    return {name: round(float(value), 2) for name, value in found.items()}


def _budget(world: World, bills: pd.DataFrame, sums: Sums, company: Core) -> pd.DataFrame:
    """The plan of each month: a smoothed path of what came, with the planner's bias by market and account."""
    rng = world.rng("budget")
    rate = _rate(world, np.minimum(bills["issued"], world.end), bills["currency"])
    place = (bills["issued"].dt.year - world.start.year) * 12 + bills["issued"].dt.month - world.start.month
    wide = pd.pivot_table(
        pd.DataFrame(
            {
                "account": bills["account"],
                "market": bills["market"].fillna(""),
                "month": np.minimum(place, len(world.months) - 1),
                "usd": bills["amount"].to_numpy(float) * rate,
            }
        ),
        index=["account", "market"],
        columns="month",
        values="usd",
        aggfunc="sum",
        fill_value=0.0,
    ).reindex(columns=range(len(world.months)), fill_value=0.0)
    local = world.usd_per_unit.loc[world.days, [CURRENCIES[m] for m in MARKETS]].to_numpy()
    for name, daily in (("revenue", (sums.gross - sums.tax).sum(axis=2) * local), ("units", sums.pieces.sum(axis=2))):
        rows = pd.DataFrame(invoices.month_sums(world, daily).T, columns=wide.columns)
        rows.index = pd.MultiIndex.from_product([[name], MARKETS], names=wide.index.names)
        wide = pd.concat([wide, rows])
    smooth = wide.T.rolling(5, center=True, min_periods=2).mean().T
    bias = np.exp(rng.normal(0.03, 0.06, (len(wide), 1)) + rng.normal(0, 0.04, wide.shape))
    plan = (smooth * bias).round(2).reset_index().melt(["account", "market"], var_name="month", value_name="amount_usd")
    plan["month"] = world.months[plan["month"].astype(int)]
    plan = plan.sort_values(["month", "account", "market"], ignore_index=True)
    plan["market"] = plan["market"].where(plan["market"] != "")
    return typed(plan, "budget")


def _rate(world: World, day: pd.Series, currency: pd.Series) -> np.ndarray:
    """USD per unit of each row's currency on its day."""
    rates = world.usd_per_unit
    return rates.to_numpy()[rates.index.get_indexer(day), rates.columns.get_indexer(currency)]
