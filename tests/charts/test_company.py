import numpy as np
import pandas as pd
from crossborder.charts import company as charts


def test_the_coverage_matrix_counts_what_is_there():
    covered = pd.DataFrame(
        {
            "table": ["orders", "ledger"],
            "present": [True, False],
            "rows": [5, 0],
            "completeness": [0.9, np.nan],
            "age_days": [400, np.nan],
        }
    )
    assert charts.coverage_matrix(covered).title_text == "1 of 2 tables are there"


def test_bullets_name_the_strongest_and_the_weakest_side():
    assessed = pd.DataFrame(
        {
            "side": ["service", "traffic"],
            "name": ["return_rate", "ad_share"],
            "value": [0.2, 0.1],
            "unit": "share",
            "low_band": [0.1, 0.05],
            "high_band": [0.3, 0.4],
            "better": "lower",
            "score": [0.5, 0.9],
        }
    )
    assert charts.capability_bullets(assessed).title_text == "Strongest side: traffic; weakest: service"


def test_strips_show_the_worst_scenario_and_bullets_the_weakest_side():
    table = pd.DataFrame({"scenario": ["base", "x_y"], "margin_share": [0.3, 0.2], "enterprise_value": [5e6, 3e6]})
    assert "x y" in charts.scenario_strips(table, {"margin_share": "Margin", "enterprise_value": "Value"}).title_text
    card = pd.DataFrame(
        {"perspective": ["finance", "customer", "total"], "weight": [0.5, 0.5, 1.0], "score": [0.9, 0.4, 0.65]}
    )
    assert "customer lags most" in charts.scorecard_bullets(card).title_text
