"""Ledger, balances and budget agree with the invoices to the cent."""

import pandas as pd
import pytest
from crossborder.demo.world import World

from tests.demo.estimators import cents


def test_refunds_of_orders_are_refunds_of_settlements(made):
    tables = made[1]
    orders, ledger = tables["orders"], tables["ledger"]
    given = cents(orders.groupby("market")["refund"].sum())
    paid = -cents(ledger[ledger["account"] == "refunds"].groupby("market")["amount"].sum())
    # What is not yet paid out lies in the settlements of the last weeks.
    assert (given >= paid).all() and (paid / given > 0.93).all()


def test_usd_amounts_follow_the_rate_and_cash_never_runs_out(made):
    tables = made[1]
    ledger = tables["ledger"]
    assert (ledger["amount_usd"] - ledger["amount"] * ledger["usd_rate"]).abs().max() <= 0.005 + 1e-9
    opening = tables["opening_balances"].set_index("item")["amount_usd"]
    assert cents(opening).sum() == 0
    cash = opening["cash"] + ledger.groupby("date")["amount_usd"].sum().cumsum()
    assert cash.min() > 0
    rounds = tables["cap_table"]
    inside = pd.to_datetime(rounds["date"]) >= World().start
    assert ledger.query("account == 'capital'")["amount_usd"].sum() == rounds.loc[inside, "invested_usd"].sum()


def test_the_closing_balance_follows_from_the_tables(made):
    tables, closing = made[1], made[2]["money"]["closing_usd"]
    opening = tables["opening_balances"].set_index("item")["amount_usd"]
    assert closing["cash"] == pytest.approx(opening["cash"] + tables["ledger"]["amount_usd"].sum(), abs=0.005)
    assert closing["loan"] == -(260_000 + 120_000 - 36 * 4_000)
    assert closing["payables"] < 0 < closing["receivables"]


def test_the_budget_covers_every_month_and_is_near_what_came(made):
    budget, ledger = made[1]["budget"], made[1]["ledger"]
    assert budget["month"].nunique() == 36
    plan = budget[budget["account"] == "advertising"]["amount_usd"].sum()
    assert plan == pytest.approx(ledger.loc[ledger["account"] == "advertising", "amount_usd"].sum(), rel=0.2)
    assert (budget.loc[budget["account"].isin(["revenue", "units"]), "amount_usd"] > 0).all()
