import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import channel_panel


def test_return_and_contribution_carry_the_interval_of_the_credit():
    spend = pd.DataFrame(
        {"spend_usd": [100.0, 0.0], "clicks": [50.0, 10.0], "impressions": [1e3, 1e2], "platform_conversions": [9, 1]},
        index=pd.Index(["video", "email"], name="channel"),
    )
    credits = pd.DataFrame(
        {
            "channel": ["video", "email"] * 2,
            "measure": ["revenue_usd"] * 2 + ["conversions"] * 2,
            "credit": [300.0, 50.0, 6.0, 1.0],
            "credit_low": [250.0, 40.0, 5.0, 0.5],
            "credit_high": [350.0, 60.0, 7.0, 1.5],
        }
    )
    found = channel_panel.credit_over_spend(spend, credits, margin_share=0.4)
    video = found.loc["video"]
    assert video[["roas", "roas_low", "roas_high"]].tolist() == [3.0, 2.5, 3.5]
    assert video[["contribution_low", "contribution_usd", "contribution_high"]].tolist() == pytest.approx([0, 20, 40])
    assert (video["cpc_usd"], video["cost_per_order_usd"]) == (2.0, pytest.approx(100 / 6))
    # A channel without spend has no return, but it has a contribution.
    assert np.isnan(found.loc["email", "roas"]) and found.loc["email", "contribution_usd"] == 20.0


def test_the_start_up_set_divides_the_right_sums():
    months = pd.period_range("2025-01", periods=13, freq="M")
    monthly = pd.DataFrame(
        {"spend_usd": 100.0, "new_customers": 5, "visits": 1000, "orders": 20, "revenue_usd": 800.0,
         "contribution_usd": 300.0}, index=months
    )  # fmt: skip
    monthly.loc[months[-1], "revenue_usd"] = 1000.0
    found = channel_panel.kpi_set(monthly).set_index("kpi")
    assert found["last"].tolist() == [20.0, 3.0, 0.02, 50.0, 1000.0]
    assert found.loc["sales", ["year_before", "change"]].tolist() == [800.0, 0.25]
    with pytest.raises(InputError, match="visits"):
        channel_panel.kpi_set(monthly.drop(columns="visits"))


def spending() -> pd.DataFrame:
    days = pd.date_range("2026-01-01", "2026-01-19")  # Thursday to Monday
    return pd.DataFrame({"date": days, "market": "DE", "channel": "video", "spend": 10.0, "currency": "EUR"})


def test_spend_is_valued_at_the_rate_of_its_day():
    rates = pd.DataFrame({"EUR": [1.0, 1.2]}, index=pd.to_datetime(["2026-01-01", "2026-01-10"]))
    found = channel_panel.spend_usd(spending(), rates)
    assert found["spend_usd"].sum() == pytest.approx(9 * 10 + 10 * 12)
    assert channel_panel.spend_usd(spending(), {"EUR": 1.1})["spend_usd"].sum() == pytest.approx(19 * 11)
    with pytest.raises(InputError, match="EUR"):
        channel_panel.spend_usd(spending(), {"GBP": 1.3})


def test_weeks_begin_on_monday_and_cut_ones_are_left_out():
    spent = spending().assign(spend_usd=10.0)
    assert channel_panel.weekly_usd(spent)["video"].to_dict() == {
        pd.Timestamp("2026-01-05"): 70.0,
        pd.Timestamp("2026-01-12"): 70.0,
    }
    assert len(channel_panel.weekly_usd(spent, whole=False)) == 4
    with pytest.raises(InputError, match="market"):
        channel_panel.weekly_usd(spent, markets=["FR"])
