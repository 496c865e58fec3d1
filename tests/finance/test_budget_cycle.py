import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.budget_cycle import plan_and_actual, reallocate, reforecast, reforecast_error

MONTHS = pd.date_range("2024-01-01", periods=30, freq="MS")


def plan_with_bias(bias: dict[str, float], noise: float, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    rows = [(month, account, -1000.0) for month in MONTHS for account in bias]
    budget = pd.DataFrame(rows, columns=["month", "account", "amount_usd"])
    actual = budget["amount_usd"] * budget["account"].map(bias) * np.exp(noise * rng.standard_normal(len(budget)))
    actuals = budget.assign(actual_usd=actual, market=None).drop(columns="amount_usd")
    return budget, actuals


def test_the_reforecast_removes_a_steady_bias_and_leaves_a_good_plan_alone():
    budget, actuals = plan_with_bias({"rent": 1.2, "payroll": 1.0}, 0.02)
    errors = reforecast_error(budget, actuals)
    assert errors["forecast_off_usd"].sum() < 0.3 * errors["plan_off_usd"].sum()
    good, came = plan_with_bias({"rent": 1.0}, 0.1, seed=3)
    calm = reforecast_error(good, came)
    assert calm["forecast_off_usd"].sum() < 1.1 * calm["plan_off_usd"].sum()


def test_an_unusual_month_raises_the_alert_and_a_usual_one_does_not():
    budget, actuals = plan_with_bias({"rent": 1.0, "payroll": 1.0}, 0.02)
    last = MONTHS[-1]
    jump = actuals["month"].eq(last) & actuals["account"].eq("rent")
    actuals.loc[jump, "actual_usd"] = -1500.0
    table = plan_and_actual(budget, actuals, last).set_index("account")
    assert table.loc["rent", "alert"]
    assert not table.loc["payroll", "alert"]
    assert table.loc["rent", "variance_usd"] == pytest.approx(-500)


def test_the_reforecast_of_a_biased_plan_lies_at_the_truth():
    budget, actuals = plan_with_bias({"rent": 1.2}, 0.02)
    table = reforecast(budget, actuals[actuals["month"] < MONTHS[-3]], MONTHS[-4])
    assert len(table) == 3
    assert table["forecast_usd"].to_numpy() == pytest.approx(np.full(3, -1200), rel=0.03)
    assert (table["low"] <= table["high"]).all()


def test_money_moves_from_the_surely_worse_and_the_sum_stays():
    rng = np.random.default_rng(2)
    rows = [(m, k, 100.0, 100 * r * (1 + 0.05 * rng.standard_normal())) for m in MONTHS[:6]
            for k, r in (("A", 8.0), ("B", 5.0), ("C", 2.0))]  # fmt: skip
    table = reallocate(pd.DataFrame(rows, columns=["month", "market", "spend_usd", "return_usd"]), step=0.1)
    change = table.set_index("market")["change_usd"]
    assert change["C"] == pytest.approx(-10)
    assert change["A"] == pytest.approx(10)
    assert change.sum() == pytest.approx(0)


def test_equal_markets_keep_their_money():
    rng = np.random.default_rng(2)
    rows = [(m, k, 100.0, 500 * (1 + 0.2 * rng.standard_normal())) for m in MONTHS[:6] for k in "ABC"]
    table = reallocate(pd.DataFrame(rows, columns=["month", "market", "spend_usd", "return_usd"]), level=0.999)
    assert table["change_usd"].abs().sum() == 0


def test_bad_input():
    budget, actuals = plan_with_bias({"rent": 1.0}, 0.02)
    with pytest.raises(InputError, match="2030-01"):
        plan_and_actual(budget, actuals, "2030-01-01")
    with pytest.raises(Refusal, match="plan ends"):
        reforecast(budget, actuals, MONTHS[-1])
    with pytest.raises(InputError, match="return_usd"):
        reallocate(pd.DataFrame({"month": [], "market": [], "spend_usd": []}))
