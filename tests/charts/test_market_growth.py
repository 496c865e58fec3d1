"""Figures of notebook 12 show what they are given, with title, subtitle and alternative text."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import market_growth as charts

MARKETS = ["DE", "US"]
MONTHS = pd.date_range("2024-01-01", periods=24, freq="MS")


def described(figure) -> None:
    assert figure.title_text and figure.alt
    assert len(figure.png(dpi=40)) > 1000


def test_contributions_name_the_market_that_brings_most():
    years = pd.DataFrame(
        {"size": [1.0, 2, 3], "trend": [1.0, 2, 3], "trend_low": [0.9, 1.9, 2.9], "trend_high": [1.1, 2.1, 3.1]},
        index=[2023, 2024, 2025],
    )
    parts = pd.DataFrame(
        {"contribution": [0.02, 0.06], "growth": [0.05, 0.1], "share_of_growth": [0.25, 0.75]}, index=MARKETS
    )
    figure = charts.contributions(years, parts)
    described(figure)
    assert figure.title_text.startswith("US")


def test_a_market_without_a_ceiling_says_so():
    share = pd.DataFrame({"DE": [0.1, 0.2, 0.3], "US": [0.1, 0.1, 0.2]}, index=[2023, 2024, 2025])
    fan = {"DE": pd.DataFrame({"time": [2023, 2026], "low": [0.1, 0.3], "median": [0.1, 0.35], "high": [0.1, 0.4]})}
    ceilings = pd.DataFrame(
        {"ceiling": [0.4], "ceiling_low": [0.35], "ceiling_high": [0.5], "reached": [0.75]}, index=["DE"]
    )
    figure = charts.saturation(share, fan, ceilings, level=0.9)
    described(figure)
    assert "not identified" in figure.axes[1].get_title(loc="left")
    nothing = charts.saturation(share, {}, ceilings.iloc[:0], level=0.9)
    assert nothing.title_text.startswith("No ceiling is identified")


def test_bars_of_drivers_are_their_effects():
    table = pd.DataFrame(
        {"effect": [80.0, -20.0], "share_of_change": [4 / 3, -1 / 3], "factor": [1.5, 0.9]},
        index=["visits", "price a piece"],
    )
    figure = charts.drivers(table)
    described(figure)
    assert sorted(p.get_width() for p in figure.axes[0].patches) == pytest.approx([-20, 80])


@pytest.mark.parametrize(
    ("sellers", "said"),
    [([0.2, 0.05], "Sellers outgrow sales in DE"), ([0.05, 0.05], "Sales still outgrow sellers, surely in 2 of 2")],
)
def test_crowded_markets_are_named(sellers, said):
    growth = pd.DataFrame(
        {"sales": [0.1, 0.1], "sellers": sellers, "sales_sd": 0.01, "sellers_sd": 0.01}, index=MARKETS
    )
    figure = charts.crowding(growth, pd.Series({"DE": 12.0, "US": np.inf}), level=0.9)
    described(figure)
    assert figure.title_text.startswith(said)


def test_forecasts_compare_the_next_months_with_the_last():
    history = pd.DataFrame({"DE": 100.0, "US": 200.0}, index=MONTHS)
    ahead = pd.date_range("2026-01-01", periods=6, freq="MS")
    fan = {
        m: pd.DataFrame({"low": 90.0, "point": 1.1 * history[m].iloc[-1], "high": 250.0}, index=ahead) for m in MARKETS
    }
    figure = charts.forecasts(history, fan, level=0.9, method="theta")
    described(figure)
    assert "+10" in figure.title_text


def test_rank_bars_fill_the_row():
    table = pd.DataFrame([[0.7, 0.3], [0.3, 0.7]], index=MARKETS, columns=[1, 2])
    figure = charts.ranks(table)
    described(figure)
    assert max(p.get_x() + p.get_width() for p in figure.axes[0].patches) == pytest.approx(1)


def test_opportunity_outlines_the_best_cell():
    figure = charts.opportunity(pd.DataFrame([[0.2, 0.9], [0.4, 0.1]], index=MARKETS, columns=["pet", "beauty"]))
    described(figure)
    assert figure.title_text == "The widest opening: beauty in DE"


def test_frontier_marks_both_mixes():
    curve = pd.DataFrame({"volatility": [0.1, 0.2], "growth": [0.05, 0.1]})
    figure = charts.frontier(curve, {"DE": (0.15, 0.04), "today's mix": (0.12, 0.06), "chosen mix": (0.1, 0.07)})
    described(figure)
    assert len(figure.axes[0].lines) == 4
