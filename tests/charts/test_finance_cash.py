"""The figures of cash and capital say what their data say."""

import numpy as np
import pandas as pd
from crossborder import language
from crossborder.charts import finance_cash, finance_cash_tables


def fan(low: float) -> pd.DataFrame:
    weeks = pd.date_range("2026-11-07", periods=4, freq="7D")
    cash = np.array([100.0, 90.0, low + 5, 120.0])
    table = pd.DataFrame({"week": weeks, "cash_usd": cash, "cash_low": cash - 5, "cash_high": cash + 5})
    gap = np.maximum(60 - table["cash_low"], 0)
    return table.assign(gap_usd=gap, trigger=(gap > 0) & (gap > 0).cumsum().eq(1))


PAST = pd.Series([90.0, 95.0], index=pd.to_datetime(["2026-10-24", "2026-10-31"]))


def test_the_title_names_the_week_of_the_gap_or_the_lowest_week():
    safe = finance_cash.cash_fan(fan(80.0), PAST, 60.0, level=0.8, company="A")
    assert "stays above" in safe.title_text
    assert "2026-11-21" in safe.title_text
    short = finance_cash.cash_fan(fan(40.0), PAST, 60.0, level=0.8, company="A")
    assert "may fall under" in short.title_text
    assert short.alt


def test_a_table_shows_flags_in_words_and_never_an_infinity():
    frame = pd.DataFrame({"project_id": ["P1"], "payback_years": [np.inf], "within": [True]})
    text = repr(finance_cash_tables.show(frame))
    assert "yes" in text
    assert "inf" not in text
    assert finance_cash_tables.show(None) is None


def test_people_as_a_kind_of_project_are_not_counted():
    """In Chinese the kind is a word for staff; people counted elsewhere have another."""
    shares = pd.DataFrame({"risk_weight": [0.0], "people": [0.2]})
    projects = pd.DataFrame({
        "project_id": ["P1"], "kind": ["people"], "stage": ["seed"], "capital_usd": [1e4], "npv_usd": [10.0],
        "loss_probability": [0.4], "funded": [True],
    })  # fmt: skip
    with language.using("zh"):
        shown = repr(finance_cash_tables.show(shares))
        labels = [
            label.get_text()
            for label in finance_cash.allocation_matrix(projects, rate=0.1, budget_usd=1e5).axes[0].get_xticklabels()
        ]
        assert "人员" in shown and labels == ["人员"]
        assert language.text("people", header=True) == "人数"
