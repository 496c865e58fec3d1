import numpy as np
import pandas as pd
import pytest
from crossborder.charts import supply_cost as charts
from crossborder.supply.landed_cost import LINES

LINES_TABLE = pd.DataFrame(2.0, index=["DE", "US"], columns=[*LINES, "total", "before_tax"])
LINES_TABLE["before_tax"] = 28.0


def test_the_waterfall_says_who_is_dearest():
    interval = pd.DataFrame({"before_tax": 28.0, "low": 26.0, "high": 31.0}, index=["DE", "US"])
    fig = charts.landed_waterfall(LINES_TABLE, interval)
    assert "costs most to reach" in fig.title_text
    assert fig.alt
    assert len(fig.png()) > 5000


def test_titles_are_computed():
    curves = pd.DataFrame(
        {
            "market": "DE",
            "way": ["bulk", "parcel"] * 2,
            "order_value": [20.0, 20, 90, 90],
            "share": [0.3, 0.5, 0.2, 0.4],
        }
    )
    never = pd.DataFrame({"market": ["DE"], "small_orders": ["bulk"], "break_even_usd": [np.nan]})
    assert "at every order value" in charts.parcel_curves(curves, never).title_text
    cube = pd.DataFrame({"market": ["DE", "US"], "category": "pet", "cost_usd": [10.0, 30.0], "revenue_usd": 100.0})
    assert "30" in charts.cost_cube_map(cube).title_text
    shock = pd.DataFrame({"market": "DE", "factor": [1.0, 3.0], "pass_through": 0.0, "margin_share": [0.4, 0.3]})
    assert "DE" in charts.freight_shock(shock).title_text
    clock = pd.DataFrame(
        {
            "case": "x",
            "market": "US",
            "entry": "bulk",
            "on": pd.to_datetime(["2025-01-01", "2025-06-01"]),
            "share_of_goods": [0.1, 0.5],
        }
    )
    assert "2025-06-01" in charts.rule_clock(clock, 40).title_text
    widths = pd.DataFrame({"market": ["DE", "DE"], "line": ["duty", "freight"], "width": [0.5, 0.2]})
    assert "duty" in charts.drivers(widths, ["DE"]).title_text


@pytest.fixture(autouse=True)
def english():
    from crossborder import style

    style.use("en")
