import numpy as np
import pandas as pd
from crossborder.charts import supply_stock as charts
from crossborder.supply.replay import Replay


def test_fans_and_errors():
    weeks = pd.date_range("2026-01-05", periods=6, freq="7D")
    frame = pd.DataFrame(
        {
            "week": weeks,
            "actual": [1, 2, 3, 4, np.nan, np.nan],
            "mean": [np.nan] * 4 + [3.0, 3.0],
            "low": [np.nan] * 4 + [1.0, 1.0],
            "high": [np.nan] * 4 + [5.0, 6.0],
            "series": "a DE",
            "pattern": "smooth",
        }
    )
    assert "next 2 weeks" in charts.fans(frame, 0.8).title_text
    table = pd.DataFrame({"series": [5, 3], "wape": [0.4, 0.9], "naive_wape": [0.6, 0.8]}, index=["smooth", "lumpy"])
    assert "1 of 2" in charts.error_by_pattern(table).title_text


def test_replay_ladder_and_classes():
    full = np.full((2, 4), 5.0)
    ours = Replay(full, full, full, full, 0 * full, full)
    own = Replay(2 * full, full, full, full, 0 * full, full)
    weeks = pd.date_range("2026-01-05", periods=4, freq="7D")
    assert charts.stock_replay(ours, own, weeks).title_text.startswith("50")
    ladder = pd.DataFrame({"market": ["DE", "DE"], "tier": ["fresh", ">90 days"], "value_usd": [30.0, 10.0]})
    assert "25" in charts.age_ladder(ladder).title_text
    matrix = pd.DataFrame(
        {"abc": ["A", "C"], "xyz": ["X", "Z"], "stock_usd": [100.0, 5.0], "days": [40.0, 300.0], "skus": [3, 4]}
    )
    assert "CZ" in charts.turnover_matrix(matrix).title_text
