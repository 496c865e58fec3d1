"""Figures of early warning."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import risk_warning as charts
from crossborder.risk import control_charts

WEEKS = pd.date_range("2024-01-01", periods=60, freq="7D")


@pytest.fixture
def incidents() -> pd.DataFrame:
    return pd.DataFrame({"kind": ["x", "x", "y"], "started_on": WEEKS[[10, 40, 20]]})


def test_alerts_and_incidents_are_counted(incidents):
    scores = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 2)), WEEKS, ["x", "y"])
    alerts = pd.DataFrame({"start": WEEKS[[8, 38]], "kind": ["x", "x"]})
    figure = charts.control(scores, 2.0, incidents, alerts, WEEKS[30])
    assert figure.title_text == "2 alerts and 3 incidents of the 2 most frequent kinds"


def test_the_cheapest_limit_is_told():
    past = pd.DataFrame({"threshold": [1, 2], "recall": [0.9, 0.5], "precision": [0.5, 0.8], "cost_usd": [4.0, 6.0]})
    later = past.assign(recall=[0.7, 0.4], precision_chance=0.2)
    title = charts.precision_recall(past, later, 0.6).title_text
    assert "70" in title
    assert "50" in title


def test_the_median_lead_is_told(incidents):
    warned = incidents.assign(warned=[True, True, False], lead_weeks=[2.0, 4.0, np.nan])
    assert "3.0 weeks" in charts.lead_times(warned).title_text


def test_the_fastest_chart_is_named():
    design = control_charts.design(200.0)
    title = charts.run_lengths(design, control_charts.detection_curves(design, [0.5, 1.0, 2.0])).title_text
    assert "single limits" in title
