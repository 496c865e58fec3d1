"""Tests of pages read for the launch decision: effects, broken splits, early stops, boundaries."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.plan.launch_tests import read_tests, sequential_path


def days(name: str, arms: dict[str, tuple[float, int]], count: int = 28, design: str = "ab") -> pd.DataFrame:
    """A test of `count` days: arm -> (share who buy, people a day), split as planned in equal parts."""
    rows = [
        {"experiment_id": name, "design": design, "subject": "page", "arm": arm, "date": day, "exposed": people,
         "converted": round(share * people), "planned_share": 1 / len(arms)}
        for arm, (share, people) in arms.items() for day in pd.date_range("2026-01-05", periods=count)
    ]  # fmt: skip
    return pd.DataFrame(rows)


BETTER = days("A", {"control": (0.05, 1000), "treatment": (0.06, 1000)})
SAME = days("B", {"control": (0.05, 1000), "treatment": (0.05, 1000)})
BROKEN = days("C", {"control": (0.05, 1000), "treatment": (0.06, 900)})
EARLY = days("D", {"control": (0.05, 1000), "treatment": (0.08, 1000)}, count=6)


def test_verdicts_tell_effects_from_tests_that_must_not_be_read():
    found = read_tests(pd.concat([BETTER, SAME, BROKEN, EARLY])).set_index("experiment_id")
    assert found["verdict"].tolist() == [
        "better", "no difference shown", "split broken: do not read", "stopped early: do not read"
    ]  # fmt: skip
    assert found.loc["A", "relative"] == pytest.approx(0.2)
    assert found.loc["A", "relative_low"] < 0.2 < found.loc["A", "relative_high"]
    assert found.loc["B", "people"] == 56_000
    assert found.loc["D", "effect_found"] > found.loc["B", "effect_found"], "a shorter test finds only larger effects"


def test_more_arms_need_more_evidence():
    one = days("A", {"control": (0.05, 500), "x": (0.057, 500)})
    three = days("A", {"control": (0.05, 500), "x": (0.057, 500), "y": (0.05, 500), "z": (0.05, 500)})
    p_one = read_tests(one)["p_value"].iloc[0]
    p_three = read_tests(three).set_index("arm")["p_value"]
    assert p_three["x"] == pytest.approx(min(3 * p_one, 1.0), rel=1e-6), "Holm: times three for the smallest"


def test_the_path_of_a_clear_test_crosses_and_ends_at_its_z():
    path = sequential_path(BETTER, "A", looks=4)
    assert path["day"].tolist() == [7, 14, 21, 28]
    assert path["crossed"].iloc[-1]
    assert path["boundary"].is_monotonic_decreasing
    hits, people = np.array([50, 60]) * 28, 28_000
    pooled = hits.sum() / (2 * people)
    assert path["z"].iloc[-1] == pytest.approx(
        (hits[1] - hits[0]) / people / np.sqrt(pooled * (1 - pooled) * 2 / people)
    )
    assert ((path["low"] <= path["estimate"]) & (path["estimate"] <= path["high"])).all()


def test_a_test_stopped_half_way_keeps_the_boundary_of_its_plan():
    short = sequential_path(BETTER[BETTER["date"] < "2026-01-19"], "A", looks=4, planned_days=28)
    assert short["day"].tolist() == [7, 14]
    assert short["boundary"].tolist() == pytest.approx(sequential_path(BETTER, "A", looks=4)["boundary"].tolist()[:2])


def test_geo_tests_and_unknown_names_are_told():
    with pytest.raises(InputError, match="only geo tests"):
        read_tests(days("G", {"control": (0.05, 10)}, design="geo"))
    with pytest.raises(InputError, match="experiment 'Z' is not known"):
        sequential_path(BETTER, "Z")
