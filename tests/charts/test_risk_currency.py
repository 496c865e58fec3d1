"""Figures of currency risk: the finding stands in the title and the picture is the same each time."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import risk_currency as charts
from crossborder.risk import backtests

DAYS = pd.bdate_range("2024-01-01", periods=300)


@pytest.fixture(scope="module")
def forecasts() -> pd.DataFrame:
    realised = np.random.default_rng(1).normal(0, 0.005, 300)
    frame = pd.DataFrame({"date": DAYS, "model": "ewma_fhs", "var": 0.01, "es": 0.012, "realised": realised})
    return frame.assign(hit=frame["realised"] < -0.01)


def test_regimes_name_the_share_of_stormy_days():
    stormy = pd.Series(np.r_[np.ones(75), np.zeros(225)], DAYS)
    figure = charts.regimes(pd.Series(0.06, DAYS), stormy, home="CNY")
    assert "25" in figure.title_text
    assert "CNY" in figure.alt


def test_netting_names_what_is_netted():
    parts = pd.DataFrame(
        {
            "currency": ["EUR", "GBP"],
            "weight": [0.5, 0.5],
            "volatility_year": [0.1, 0.1],
            "contribution_year": [0.03, 0.03],
        }
    ).assign(contribution_year=0.03)
    assert "40" in charts.netting(parts, 0.10, 0.06, home="USD").title_text


def test_breaches_are_counted_in_the_title(forecasts):
    figure = charts.backtest(forecasts, "ewma_fhs", level=0.99, home="USD")
    assert f"{int(forecasts['hit'].sum())} breaches in 300 days, 3 were promised" in figure.title_text
    assert figure.png() == charts.backtest(forecasts, "ewma_fhs", level=0.99, home="USD").png()


def test_passing_models_are_named(forecasts):
    summary = backtests.summary(forecasts, 0.99)
    title = charts.hits_by_model(summary, level=0.99, home="USD").title_text
    assert title.startswith("1 of 1" if summary["passes"].all() else "0 of 1")


def test_power_names_what_a_year_misses():
    table = backtests.kupiec_power([250, 1000], 0.01, [1.0, 2.0])
    assert "76" in charts.power(table, level=0.99).title_text


def test_exposure_names_both_sides():
    flows = pd.DataFrame(
        {"month": pd.to_datetime(["2025-01-01", "2025-02-01"] * 2), "currency": ["EUR", "EUR", "CNY", "CNY"],
         "net_usd": [100_000.0, 50_000.0, -70_000.0, -10_000.0]}
    )  # fmt: skip
    title = charts.exposure(flows).title_text
    assert "150" in title
    assert "80" in title


def test_the_frontier_compares_puts_and_forwards_with_nothing():
    table = pd.DataFrame(
        {"strategy": ["none", "put", "forward"], "cost_year": [0.0, 0.01, 0.02], "cost_low": 0.0, "cost_high": 0.02,
         "es": [0.05, 0.03, 0.01], "low": 0.01, "high": 0.06, "efficient": True}
    )  # fmt: skip
    title = charts.frontier(table).title_text
    assert [part in title for part in ("5.0", "3.0", "1.0")] == [True] * 3
