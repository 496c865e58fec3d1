"""Figures of stress and continuity."""

import numpy as np
import pandas as pd
from crossborder.charts import risk_stress as charts


def test_broken_covenants_are_counted_and_infinite_leverage_is_drawn():
    table = pd.DataFrame(
        {"scenario": ["base", "storm"], "ebitda_year": [10.0, -5.0], "cash_headroom": [3.0, -1.0],
         "leverage_headroom": [2.0, -np.inf], "breaks": ["", "cash, leverage"]}
    )  # fmt: skip
    figure = charts.matrix(table)
    assert figure.title_text == "1 of 1 shocks break a covenant"
    assert len(figure.png()) > 5_000


def test_the_map_names_the_share_that_breaks():
    grid = pd.DataFrame(
        [[1.0, -1.0], [-1.0, -2.0]], pd.Index([0.0, 1.0], name="freight"), pd.Index([-0.5, 0.0], name="demand")
    )
    assert "75" in charts.reverse(grid, measure="cash_headroom").title_text


def test_concentrations_above_their_cap_are_counted():
    table = pd.DataFrame(
        {"dimension": ["platform", "market"], "name": ["a", "b"], "largest": [0.6, 0.2], "cap": [0.45, 0.3],
         "within": [False, True]}
    )  # fmt: skip
    assert charts.concentration(table).title_text.startswith("1 of 2")


def test_capacity_names_the_worst_end():
    curve = pd.DataFrame({"hour": [0, 72], "capacity": [0.5, 0.9]})
    assert "90" in charts.capacity({"pet": curve}, 0.8).title_text


def test_outages_that_never_cross_the_ceiling_are_told_so():
    assert "fewer than one in a thousand" in charts.outage(np.full(5_000, 0.01), 0.05).title_text
    assert "50.0" in charts.outage(np.r_[np.zeros(50), np.ones(50)], 0.05).title_text
