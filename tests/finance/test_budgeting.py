import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.budgeting import monthly_reallocation, rolling_reforecast, variance_table

MONTHS = pd.date_range("2026-01-01", periods=12, freq="MS")
BUDGET = pd.concat(
    [
        pd.DataFrame({"month": MONTHS, "account": a, "amount_usd": v})
        for a, v in (("payroll", -100.0), ("sales payout", 500.0))
    ]
)
LEDGER = pd.DataFrame(
    {
        "date": [month + pd.Timedelta(days=9) for month in MONTHS[:9]] * 2,
        "account": ["payroll"] * 9 + ["sales payout"] * 9,
        "amount_usd": [-120.0] * 9 + [490.0] * 9,
    }
)


def test_variances_sum_and_alert_beyond_the_limit():
    table = variance_table(BUDGET, LEDGER, "2026-01-01", "2026-09-30").set_index("account")
    assert table.loc["payroll", "variance_usd"] == -180
    assert table.loc["payroll", "status"] == "alert"
    assert table.loc["sales payout", "status"] == "on plan"
    assert (table["actual_usd"] - table["budget_usd"] - table["variance_usd"]).abs().max() < 1e-9


def test_the_reforecast_is_what_is_done_plus_the_rest_at_the_recent_ratio():
    table = rolling_reforecast(BUDGET, LEDGER, pd.Timestamp("2026-09-30")).set_index("account")
    assert table.loc["payroll", "done_usd"] == -1080
    assert table.loc["payroll", "rest_usd"] == pytest.approx(-360)
    assert table.loc["payroll", "against_budget"] == pytest.approx(-0.2)


def test_reallocation_moves_money_and_makes_none():
    spend, contribution = (
        pd.Series({"US": 100.0, "DE": 100.0, "JP": 50.0}),
        pd.Series({"US": 300.0, "DE": 100.0, "JP": 150.0}),
    )
    table = monthly_reallocation(spend, contribution).set_index("market")
    assert table["move_usd"].sum() == pytest.approx(0)
    assert table.loc["DE", "move_usd"] == -10
    assert (table.loc[["US", "JP"], "move_usd"] > 0).all()


def test_what_cannot_be_compared_is_told():
    with pytest.raises(Refusal, match="budget and ledger cannot be compared"):
        variance_table(BUDGET.assign(account="x"), LEDGER, "2026-01-01", "2026-09-30")
    with pytest.raises(InputError, match="between 0 and 1"):
        variance_table(BUDGET, LEDGER, "2026-01-01", "2026-09-30", alert=2)
    with pytest.raises(InputError, match="above 0 in every market"):
        monthly_reallocation(pd.Series({"US": 0.0}), pd.Series({"US": 1.0}))
