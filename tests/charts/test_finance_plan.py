import numpy as np
import pandas as pd
from crossborder.charts import finance_plan as charts

MONTHS = tuple(pd.date_range("2026-11-01", periods=24, freq="MS"))


def test_the_fan_tells_when_cash_is_lowest():
    base = np.linspace(100.0, 200.0, 24)
    base[3] = 40.0
    band = pd.DataFrame(
        {"median": base, "low_50": base - 5, "high_50": base + 5, "low_90": base - 20, "high_90": base + 20}
    )
    title = charts.plan_fan(MONTHS, {"revenue": band, "cash": band}, floor=30.0, scenario="base").title_text
    assert "Feb 2027" in title


def test_the_value_bridge_ends_at_what_is_left():
    table = pd.DataFrame({"step": ["US", "DE", "group cost", "enterprise value"], "usd": [3e6, 1e6, -2e6, 2e6]})
    title = charts.value_bridge(table).title_text
    assert "US brings 75" in title and "2\u2009m" in title


def test_the_distribution_counts_what_misses_the_hurdle():
    assert "25" in charts.value_distribution(np.repeat([1.0, 2.0, 3.0, 4.0], 50), 1.5, scenario="base").title_text


def test_the_tornado_names_the_widest_driver():
    table = pd.DataFrame(
        {"driver": ["demand", "duty"], "outcome_low": [1.0, 2.0], "outcome_high": [5.0, 3.0], "swing": [4.0, 1.0]}
    )
    table.attrs["base"] = 2.5
    shares = pd.DataFrame(
        {"driver": ["demand", "duty"], "total": [0.9, 0.1], "total_low": [0.8, 0.0], "total_high": [1.0, 0.2]}
    )
    assert "demand" in charts.tornado(table, shares).title_text
