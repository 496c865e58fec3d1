"""Figures of notebook 11 show what they are given, with title, subtitle and alternative text."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import market as charts

DEFINITIONS = pd.DataFrame({"b2b": [0, 1]}, index=["narrow", "wide"])
SIZES = pd.DataFrame({"low": [1.0, 2.0], "median": [1.5, 3.0], "high": [2.5, 5.0]}, index=DEFINITIONS.index)
RECORDS = pd.DataFrame(
    {
        "claim_id": ["c1", "c2"], "value": [1.4, 2.5], "year": [2025, 2024], "bound": ["=", ">="], "log_sd": [0.2, 0.2],
        "dated": [True, False], "b2b": [0, 1],
    }
)  # fmt: skip
STAGES = pd.DataFrame(
    {"low": [50.0, 20, 1], "median": [100.0, 40, 2], "high": [200.0, 80, 4]}, index=["TAM", "SAM", "SOM"]
)
PARTS = {"revenue": [60.0, 50.0], "goods": [-15.0, -14.0], "commission": [0.0, -7.0], "payment": [-2.0, 0.0],
         "fulfilment": [0.0, -5.0], "last_mile": [-6.0, 0.0], "advertising": [-9.0, -4.0]}  # fmt: skip


def described(figure) -> None:
    assert figure.title_text and figure.alt
    assert len(figure.png(dpi=40)) > 1000


def test_every_definition_has_its_band():
    figure = charts.sizes_by_definition(RECORDS, SIZES, DEFINITIONS, year=2025, rate=0.1, level=0.9)
    described(figure)
    widths = sorted(bar.get_width() for bar in figure.axes[0].patches)
    assert widths == pytest.approx([1.5, 3.0])
    assert "1.5 to 3.0 tn USD" in figure.title_text


def test_waterfall_ends_at_the_top_down_size():
    gap = pd.DataFrame(
        {"bottom_up": [10.0, 10.0], "top_down": [10.0, 20.0], "effect": [0.0, 100.0]}, index=["buyers", "value"]
    )
    figure = charts.tam_to_som({"top-down": 2 * STAGES, "bottom-up": STAGES}, gap, level=0.9)
    described(figure)
    bars = figure.axes[1].patches
    assert bars[0].get_width() == pytest.approx(100) and bars[-1].get_width() == pytest.approx(200)
    assert "factor of 2.00" in figure.title_text


def test_categories_paths_and_concentration_are_described():
    cells = pd.DataFrame(
        {
            "size": [70.0, 30.0],
            "share": [0.7, 0.3],
            "growth": [0.05, 0.2],
            "growth_low": [0.0, 0.1],
            "growth_high": [0.1, 0.3],
            "p_faster": [0.1, 0.9],
        },
        index=["home_storage", "pet"],
    )
    described(charts.share_growth(cells, total=0.1, level=0.9))
    path = pd.DataFrame({"year": [2025, 2026], "low": [1.0, 1.1], "base": [1.0, 1.2], "high": [1.0, 1.3]})
    described(charts.size_paths({"narrow": path}, target=(2026, 1.5)))
    dense = pd.DataFrame(
        {"hhi": [200.0, 2500.0], "low": [190.0, 2450.0], "high": [210.0, 2700.0], "kind": ["measured", "claimed"]},
        index=["DE", "cited"],
    )
    described(charts.concentration(dense, limits=(1000, 1800), guideline="us_2023"))


def test_costs_and_contribution_fill_the_revenue():
    summary = pd.DataFrame(PARTS, index=["own_store", "marketplace_a"])
    summary["contribution"] = summary.sum(axis=1)
    summary = summary.assign(low=summary["contribution"] - 1, high=summary["contribution"] + 1, p_best=[0.9, 0.1])
    figure = charts.channel_contribution(summary, level=0.9)
    described(figure)
    ends = np.array([p.get_x() + p.get_width() for p in figure.axes[0].patches])
    assert ends.max() == pytest.approx(60)


def test_without_platforms_there_is_no_figure():
    assert charts.channel_contribution(None, level=0.9) is None
