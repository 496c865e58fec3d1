import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.booked_items import booked_items
from crossborder.finance.cash_backtest import accuracy_table, backtest, cash_fan, coverage
from crossborder.finance.cash_forecast import cash_history, outlook

START = pd.Timestamp("2024-01-01")


def bookings(days: int = 1000, noise: float = 0.0, seed: int = 5) -> pd.DataFrame:
    """Weekly payouts of about 700 paid after ten days, wages of 1,000 at month's end paid on the tenth."""
    rng = np.random.default_rng(seed)
    sundays = pd.date_range("2024-01-07", periods=days // 7, freq="7D")
    amount = (700 * np.exp(noise * rng.standard_normal(len(sundays)))).round(2)
    last = START + pd.Timedelta(days=days)
    ends = pd.date_range(START, last, freq="ME")
    receipts = pd.DataFrame({"document": [f"R{i}" for i in range(len(sundays))], "account": "sales payout"})
    receipts = receipts.assign(issued_on=sundays, amount=amount, days=10)
    wages = pd.DataFrame({"document": [f"W{i}" for i in range(len(ends))], "account": "payroll", "issued_on": ends})
    wages = wages.assign(amount=-1000.0, days=10)
    both = pd.concat([receipts, wages], ignore_index=True)
    both["due_on"] = both["issued_on"] + pd.to_timedelta(both.pop("days"), unit="D")
    both = both[both["issued_on"] <= last]
    paid = both["due_on"].where(both["due_on"] <= last)
    usd = both["amount"]
    return both.assign(
        counterparty="x", market=None, paid_on=paid, accrued_usd=usd, matched=True,
        paid_usd=usd.where(paid.notna(), 0.0), open_usd=usd.where(paid.isna(), 0.0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def steady():
    return cash_history(bookings(), START + pd.Timedelta(days=1000))


def test_a_steady_business_is_foreseen_to_the_cent(steady):
    test = backtest(steady, origins=40)
    known = np.isfinite(test.actual)
    np.testing.assert_allclose(test.forecast[known], test.actual[known], atol=0.01)


def test_open_items_fall_on_their_due_days(steady):
    look = outlook(steady)
    place = look.names.index("payouts")
    # One payout is under way; that of the last day is late, so the next one holds two weeks.
    assert look.known[place].tolist() == [700.0] + [0.0] * 12
    assert look.new[place].tolist() == pytest.approx([0, 0, 1400] + [700] * 10)


def test_a_forecast_uses_nothing_from_after_its_day(steady):
    cut = START + pd.Timedelta(days=800)
    items = bookings()
    late = items["paid_on"] > cut
    before = items.assign(paid_on=items["paid_on"].mask(late))
    usd = before["accrued_usd"]
    before = before.assign(open_usd=usd.where(before["paid_on"].isna(), 0.0))[before["issued_on"] <= cut]
    then = outlook(steady, (cut - steady.start).days)
    np.testing.assert_allclose(outlook(cash_history(before, cut)).net, then.net, atol=0.01)


def test_the_band_covers_what_it_promises_on_noisy_weeks():
    inside = []
    for seed in range(4):
        history = cash_history(bookings(1100, noise=0.3, seed=seed), START + pd.Timedelta(days=1100))
        table = coverage(backtest(history), level=0.8)
        inside.append(table.loc[table["weeks_ahead"] == 0, "covered"].iloc[0])
    assert 0.7 <= np.mean(inside) <= 0.9


def test_it_beats_the_naive_rules_where_pay_days_move_the_weeks(steady):
    table = accuracy_table(backtest(steady), rng=np.random.default_rng(1))
    assert (table["better"].dropna() > 0.9).all()
    assert table["better"].notna().sum() >= 5


def test_the_fan_starts_from_the_opening_cash_and_adds_planned_money():
    history = cash_history(bookings(noise=0.2), START + pd.Timedelta(days=1000))
    test = backtest(history)
    planned = np.zeros(13)
    planned[2] = -500
    plain, less = cash_fan(history, test, 5000.0), cash_fan(history, test, 5000.0, planned=planned)
    assert plain["cash_usd"].iloc[0] == pytest.approx(5000 + plain["net_usd"].iloc[0])
    np.testing.assert_allclose(plain["cash_usd"] - less["cash_usd"], [0, 0] + [500] * 11)
    assert (plain["cash_low"] <= plain["cash_high"]).all()


def test_a_scenario_moves_only_what_is_not_yet_booked(steady):
    plain, halved = outlook(steady), outlook(steady, factors={"payouts": 0.5})
    np.testing.assert_array_equal(plain.known, halved.known)
    place = plain.names.index("payouts")
    np.testing.assert_allclose(halved.new[place], plain.new[place] / 2)


def test_a_short_ledger_and_a_wrong_day_are_refused(steady):
    with pytest.raises(Refusal, match="half a year"):
        cash_history(bookings(100), START + pd.Timedelta(days=100))
    with pytest.raises(InputError, match="origin is 5"):
        outlook(steady, 5)
    with pytest.raises(InputError, match="weeks is 0"):
        outlook(steady, weeks=0)
    with pytest.raises(InputError, match="level is 2"):
        cash_fan(steady, backtest(steady, origins=30), 0.0, level=2)


def test_an_empty_ledger_is_refused():
    empty = pd.DataFrame(columns=["date", "account", "amount", "currency", "amount_usd", "counterparty", "market",
                                  "document"])  # fmt: skip
    with pytest.raises((Refusal, ValueError), match=r"half a year|No objects|nothing"):
        cash_history(booked_items(empty, None, None, "2024-01-01"), "2024-01-01")
