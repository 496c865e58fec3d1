import numpy as np
import pandas as pd
from crossborder.charts import supply_sourcing as charts


def test_dots_bars_curves_and_batches():
    frame = pd.DataFrame(
        {
            "supplier_id": ["a", "b"],
            "country": ["CN", "VN"],
            "spend_usd": [2.0, 1.0],
            "score": [70.0, 40.0],
            "tier": ["core", "blocked"],
            "failed": ["", "x"],
            "x_points": [0.9, 0.1],
        }
    )
    assert "a leads with 70" in charts.scorecard_dots(frame, ("x",)).title_text
    plan = pd.DataFrame(
        {"supplier_id": ["a", "b"], "country": ["CN", "VN"], "units": [60.0, 40.0], "share": [0.6, 0.4]}
    )
    pool = pd.DataFrame({"supplier_id": ["a", "b"], "capacity": 90.0, "unit_cost": [1.0, 1.2]})
    assert charts.allocation_bars(plan, pool, 0.7).title_text.startswith("2 suppliers")
    curve = pd.DataFrame(
        {
            "cap": [0.5, 1.0],
            "purchase_cost_year": [120.0, 100.0],
            "expected_loss_year": [5.0, 60.0],
            "loss_low": [4.0, 50.0],
            "loss_high": [6.0, 70.0],
            "tail_loss_year": [20.0, 300.0],
        }
    )
    assert "50" in charts.resilience_curve(curve).title_text
    assert "one source" in charts.resilience_curve(curve.assign(expected_loss_year=[5.0, 6.0])).title_text
    chart = pd.DataFrame(
        {"rate": [0.01, 0.2], "centre": 0.02, "low": 0.0, "high": 0.1, "out_of_control": np.array([False, True])}
    )
    assert charts.control_chart(chart, "a").title_text.startswith("1 of 2")
