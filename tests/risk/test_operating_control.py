"""Charts of daily work: limits, extra spread, and the state of the last quarter."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import operating_control

from tests.risk.conftest import Without


def test_limits_are_those_of_montgomerys_orange_juice_cans():
    """Montgomery, Introduction to Statistical Quality Control, example 7.1: 30 samples of 50, 347 nonconforming."""
    found = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
    chart = operating_control.p_chart(pd.Series(found), pd.Series([50] * 30), overdispersed=False)
    assert sum(found) == 347
    assert chart["centre"].iloc[0] == pytest.approx(0.2313, abs=5e-5)
    assert chart["high"].iloc[0] == pytest.approx(0.4102, abs=5e-5)
    assert chart["low"].iloc[0] == pytest.approx(0.0524, abs=5e-5)
    assert chart.index[chart["outside"]].tolist() == [14, 22], "samples 15 and 23, as in the book"


def test_large_samples_do_not_cry_wolf_where_months_differ_by_more_than_chance():
    rng = np.random.default_rng(2)
    cases = pd.Series(np.full(40, 20_000))
    hits = pd.Series(rng.binomial(20_000, rng.beta(100, 900, 40)))
    plain = operating_control.p_chart(hits, cases, overdispersed=False)
    wide = operating_control.p_chart(hits, cases)
    assert plain["outside"].sum() > 10 and wide["outside"].sum() <= 1
    assert wide.attrs["spread"] > 3


def test_periods_without_cases_are_refused():
    with pytest.raises(InputError, match="cases"):
        operating_control.p_chart(pd.Series([1, 0]), pd.Series([5, 0]))


def test_panel_of_the_demo_company(company):
    panel = operating_control.panel(company)
    assert panel["part"].tolist() == ["quality", "process", "risk", "effect"]
    assert ((panel["low"] <= panel["last_quarter"]) & (panel["last_quarter"] <= panel["high"])).all()
    assert set(panel["state"]) <= {"in control", "worse", "better"}
    assert panel.set_index("part")["target_met"].notna().to_dict()["process"]


def test_a_sudden_rise_is_called_worse(monkeypatch, company):
    counts = pd.DataFrame({"hits": [50.0] * 21 + [120.0] * 3, "cases": 1000.0})
    monkeypatch.setattr(operating_control, "monthly_counts", lambda company: {"order lines returned": counts})
    assert operating_control.panel(company)["state"].tolist() == ["worse"]


def test_without_any_table_the_chart_is_refused(company):
    with pytest.raises(Refusal, match="no chart"):
        operating_control.panel(Without(company, "orders", "shipments", "tickets"))
