"""Compliance: radar, audits, screens, retention, rights, maturity, grades."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import compliance

DAY = pd.Timestamp("2025-06-01")


def test_the_radar_shows_what_comes_and_whether_time_is_left():
    rules = pd.DataFrame(
        {"market": ["DE", "US", "US"], "valid_from": ["2025-06-20", "2025-10-01", "2024-01-01"], "change": "starts"}
    )
    table = compliance.policy_radar(rules, pd.Series({"DE": 5.0, "US": 9.0}), as_of=DAY)
    assert table["lead_days"].tolist() == [19, 122]
    assert table["in_time"].tolist() == [False, True]
    assert table["sales_usd"].tolist() == [5.0, 9.0]


def test_audits_need_enough_samples_to_speak():
    groups = pd.Index(["clean", "dirty", "small"])
    table = compliance.audit(pd.Series([0, 30, 1], groups), pd.Series([300, 100, 5], groups)).set_index("group")
    assert table["verdict"].to_dict() == {"clean": "passes", "dirty": "fails", "small": "sample more"}


def test_screens_by_hand():
    found = compliance.screen_quality([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 1, 0, 0, 0, 0, 0])
    assert (found["caught"], found["false_flags"], found["precision"]) == pytest.approx((0.75, 1 / 6, 0.75))
    assert found["caught_low"] < 0.75 < found["caught_high"]


def test_old_records_are_queued_unless_on_hold():
    records = pd.DataFrame({"first_seen_on": pd.to_datetime(["2025-05-28", "2025-05-31", "2025-01-01"])})
    queue = compliance.retention_queue(records, as_of=DAY, limit_days=2)
    assert queue["overdue_days"].tolist() == [149, 2]
    held = compliance.retention_queue(records, as_of=DAY, limit_days=2, hold=pd.Series([False, False, True]))
    assert held["overdue_days"].tolist() == [2]


def test_rights_show_their_gaps():
    marks = pd.DataFrame({"market": ["DE", "US"], "class": ["9", "21"]})
    gaps = compliance.rights_gap(marks, ["DE", "US", "JP"], ["9", "21"])
    assert gaps.to_numpy().tolist() == [[True, False], [False, True], [False, False]]


def test_three_lines_multiply():
    tests = pd.DataFrame({"line": ["system", "technology", "audit"], "passed": [98, 95, 90], "tests": [100, 100, 100]})
    table = compliance.defence_lines(tests)
    assert table["all_lines"].iloc[0] == pytest.approx(np.prod(1 - table["rate"]))
    assert table["all_lines"].iloc[0] < 0.001


def test_maturity_is_held_back_by_the_weakest_layer():
    found = compliance.maturity(pd.Series({"policy": 4.0, "process": 3.0, "technology": 2.0}), since_review_months=8)
    assert found["score"] == pytest.approx(2.5)
    assert found["years_to_target"] == pytest.approx(1.875)
    assert found["review_overdue_months"] == 2


def test_grades_punish_the_weakest_side():
    scores = pd.DataFrame({"e": [0.9, 1.0], "l": [0.9, 1.0], "t": [0.9, 0.1]}, index=["even", "odd"])
    table = compliance.seller_grade(scores)
    assert table["grade"].to_dict() == {"even": "A", "odd": "D"}


def test_wrong_inputs_are_named():
    with pytest.raises(InputError, match="as long as truth"):
        compliance.screen_quality([True], [True, False])
    with pytest.raises(InputError, match="0 to 5"):
        compliance.maturity(pd.Series([9.0]), since_review_months=0)
    with pytest.raises(InputError, match="valid_from"):
        compliance.policy_radar(pd.DataFrame({"market": ["DE"]}), pd.Series(dtype=float), as_of=DAY)
