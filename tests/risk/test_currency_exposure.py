"""Currency exposure from the ledger: sums, netting, open invoices, profit at risk."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import currency_exposure as exposure

DAY = pd.Timestamp("2025-06-30")


@pytest.fixture
def ledger() -> pd.DataFrame:
    rows = [
        ("2025-05-10", "sales payout", "EUR", 100.0),
        ("2025-05-20", "advertising", "EUR", -40.0),
        ("2025-06-03", "sales payout", "SAR", 50.0),
        ("2025-06-05", "purchases", "CNY", -70.0),
        ("2025-06-06", "capital", "USD", 9_000.0),
        ("2025-06-07", "sales payout", "GBP", 30.0),
    ]
    frame = pd.DataFrame(rows, columns=["date", "account", "currency", "amount_usd"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_flows_leave_financing_out_and_net_within_a_currency(ledger):
    flows = exposure.monthly_flows(ledger).set_index("currency")
    assert "USD" not in flows.index
    assert flows.loc["EUR", ["received_usd", "paid_usd", "net_usd"]].tolist() == [100, 40, 60]
    assert flows.loc["EUR", "netted_share"] == pytest.approx(80 / 140)


def test_pegged_currencies_are_tied(ledger):
    yearly = exposure.yearly_exposure(exposure.monthly_flows(ledger), as_of=DAY).set_index("currency")
    assert yearly["tied"].to_dict() == {"EUR": False, "SAR": True, "GBP": False, "CNY": False}
    weights, total = exposure.exposure_basket(yearly.reset_index())
    assert weights.to_dict() == pytest.approx({"EUR": 2 / 3, "GBP": 1 / 3})
    assert total == 90


def test_open_invoices_are_those_not_yet_paid():
    frame = pd.DataFrame(
        {
            "issued_on": pd.to_datetime(["2025-06-01", "2025-06-02", "2025-07-05"]),
            "paid_on": pd.to_datetime(["2025-06-15", None, None]),
            "amount": [10.0, 20.0, 40.0],
            "currency": ["USD", "USD", "USD"],
        }
    )
    table = exposure.open_balances(frame, frame.head(2), DAY).set_index("currency")
    assert table.loc["USD", ["receivable_usd", "payable_usd", "net_usd"]].tolist() == [20, 20, 0]
    assert exposure.open_balances(None, None, DAY).empty


def test_hedging_all_leaves_no_bad_case_and_half_leaves_half():
    rng = np.random.default_rng(1)
    rates = pd.DataFrame(
        {"EUR": np.exp(np.cumsum(rng.normal(0, 0.005, 1500)))}, pd.bdate_range("2019-01-01", periods=1500)
    )
    held = pd.DataFrame({"currency": ["EUR"], "net_usd": [1000.0], "tied": [False]})
    table = exposure.profit_study(held, rates, 5_000.0, shares=[0.0, 0.5, 1.0])
    assert table["bad_case_usd"].iloc[1] == pytest.approx(table["bad_case_usd"].iloc[0] / 2)
    assert table["bad_case_usd"].iloc[2] == pytest.approx(0)
    assert table["within"].tolist()[2]


def test_repricing_by_hand():
    """10 % fall, half passed on at once, elasticity -1, margin 40 %: 5 % of price and 2 % of margin are lost."""
    row = exposure.repricing([0.10], pass_through=0.5, lag_months=0, elasticity=-1.0, margin=0.4).iloc[0]
    assert (row["held"], row["repriced"], row["saved"]) == pytest.approx((0.10, 0.07, 0.03))


def test_without_a_ledger_the_basket_is_the_exposure():
    flows, table = exposure.of_company(None, pd.Series({"EUR": 0.6, "GBP": 0.4}), DAY)
    assert flows.empty
    assert table["net_usd"].tolist() == pytest.approx([600_000, 400_000])


def test_what_cannot_be_answered_is_refused(ledger):
    with pytest.raises(Refusal, match="no flows from 2029-07"):
        exposure.yearly_exposure(exposure.monthly_flows(ledger), as_of=pd.Timestamp("2030-06-30"))
    with pytest.raises(InputError, match="below 0"):
        exposure.repricing([0.1], pass_through=0.5, lag_months=1, elasticity=0.5, margin=0.3)


def test_the_bad_case_lies_in_its_interval_and_scales_with_the_exposure():
    walk = np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.006, 3000)))
    rates = pd.DataFrame({"EUR": walk})
    held = pd.DataFrame({"currency": ["EUR"], "net_usd": [1e6], "tied": [False]})
    bad = exposure.profit_at_risk(held, rates, profit_usd=1e5)["bad_case_usd"]
    low, high = exposure.bad_case_interval(held, rates, np.random.default_rng(1))
    assert low < bad < high
    double = exposure.bad_case_interval(held.assign(net_usd=2e6), rates, np.random.default_rng(1))
    assert double == pytest.approx((2 * low, 2 * high))


def test_what_is_tied_follows_the_currency_in_which_the_company_counts():
    months = pd.date_range(DAY - pd.DateOffset(months=3), periods=3, freq="MS")
    parts = [
        pd.DataFrame({"month": months, "currency": name, "net_usd": 10.0}) for name in ("GBP", "EUR", "SAR", "USD")
    ]
    flows = pd.concat(parts).assign(received_usd=10.0, paid_usd=0.0)
    tied = {
        anchor: set(found.loc[found["tied"], "currency"])
        for anchor in ("USD", "GBP")
        if len(found := exposure.yearly_exposure(flows, as_of=DAY, anchor=anchor))
    }
    assert tied == {"USD": {"USD", "SAR"}, "GBP": {"GBP"}}


def test_a_currency_without_rates_is_counted_in_dollars():
    assert [exposure.counting_currency(code) for code in ("GBP", "CNY", "USD", "SAR", "VND")] == [
        "GBP", "CNY", "USD", "USD", "USD",
    ]  # fmt: skip
