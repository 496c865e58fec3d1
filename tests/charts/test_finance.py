import numpy as np
import pandas as pd
from crossborder.charts import finance as charts
from crossborder.finance.unit_economics import COSTS, waterfall


def test_the_waterfall_s_title_is_what_is_left():
    orders = pd.DataFrame({"orders": [10], "price": [400.0], "product": [150.0], "duty": [1.0], "advertising": [50.0]})
    row = waterfall(orders).iloc[0]
    costs = [name for name in COSTS if name in row.index]
    assert "19.90" in charts.contribution_waterfall(row, costs, period="2026", scope="all").title_text


def test_the_bridge_names_the_largest_effect():
    steps = ["margin before", "volume", "mix", "price", "exchange rate", "cost", "margin after"]
    table = pd.DataFrame({"step": steps, "usd": [100.0, 50.0, -5.0, 1.0, 0.0, 2.0, 148.0]})
    assert "volume did most" in charts.bridge(table, period="2026").title_text


def test_elasticities_are_drawn_with_and_without_truth():
    table = pd.DataFrame(
        {
            "category": ["pet", "beauty"],
            "elasticity": [-1.2, -2.0],
            "low": [-1.4, -2.2],
            "high": [-1.0, -1.8],
            "naive": -0.1,
        }
    )
    assert "beauty" in charts.elasticities(table, level=0.9).title_text
    assert "truth" in charts.elasticities(table, level=0.9, truth={"pet": -1.3, "beauty": -2.1}).alt


def test_the_profit_curve_tells_change_and_gain():
    prices = np.linspace(5, 15, 11)
    row = pd.Series(
        {
            "price_usd": 10.0,
            "advised_usd": 11.0,
            "band_low_usd": 10.5,
            "band_high_usd": 11.5,
            "change": 0.1,
            "gain_usd": 250.0,
        }
    )
    figure = charts.profit_against_price(
        prices, np.vstack([prices, prices * 1.1]), row, level=0.9, product="Q1", market="DE"
    )
    assert "250" in figure.title_text
