"""The plan of a year ago: the steps from plan to books sum exactly, whatever came and went."""

import numpy as np
import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.finance.plan_review import order_steps, plan_review
from hypothesis import given, settings
from hypothesis import strategies as st


def frame(rows, *more):
    return pd.DataFrame(rows, columns=["market", "platform", "orders", "value", "returns", *more])


PLANNED = frame([("DE", "shop", 100, 50.0, 0.2), ("US", "shop", 100, 30.0, 0.1)])
SOLD = frame([("DE", "shop", 100, 55.0, 0.2, 50.0), ("US", "shop", 120, 30.0, 0.0, 30.0)], "value_at_plan")


def test_the_steps_by_hand():
    steps = order_steps(PLANNED, SOLD).set_index("step")["usd"]
    assert steps["planned"] == 100 * 40 + 100 * 27
    assert steps["number of orders"] == pytest.approx(0.1 * 6700)
    assert steps["markets and platforms"] == pytest.approx(20 * 27 - 670)
    assert steps["order value"] == 0 and steps["exchange rates"] == pytest.approx(100 * 5 * 0.8)
    assert steps["returns"] == pytest.approx(120 * 30 * 0.1)
    assert steps["came"] == pytest.approx(100 * 44 + 120 * 30)


segments = st.lists(
    st.tuples(st.sampled_from("ABC"), st.floats(1, 1e4), st.floats(1, 200), st.floats(0, 0.9), st.floats(1, 200)),
    min_size=1, max_size=3, unique_by=lambda row: row[0],
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(segments, segments)
def test_the_steps_sum_whatever_segments_come_and_go(before, after):
    planned = frame([(name, "p", *row[:3]) for name, *row in before])
    sold = frame([(name, "p", *row) for name, *row in after], "value_at_plan")
    usd = order_steps(planned, sold)["usd"]
    assert usd.iloc[:-1].sum() == pytest.approx(usd.iloc[-1], rel=1e-9)
    same = order_steps(planned, planned.assign(value_at_plan=planned["value"]))["usd"]
    np.testing.assert_allclose(same.iloc[1:-1], 0, atol=1e-9 * same.iloc[0])


def test_bad_frames_are_told():
    with pytest.raises(InputError, match="value_at_plan"):
        order_steps(PLANNED, PLANNED)
    with pytest.raises(InputError, match="above 0"):
        order_steps(PLANNED.assign(orders=0), SOLD)


def test_the_plan_of_a_year_ago_becomes_the_books():
    company = Company.open("data/demo")
    found = plan_review(company, plan.plan_case, incremental_ad_share=0.2)
    table = found.table.set_index("line")
    assert list(table.columns) == ["planned_usd", "actual_usd", "error"]
    assert table.loc["revenue", "planned_usd"] == pytest.approx(found.steps["usd"].iloc[0], rel=1e-9)
    assert found.steps["usd"].iloc[:-1].sum() == pytest.approx(found.steps["usd"].iloc[-1])
    usd = found.steps.set_index("step")["usd"]
    assert usd["booked"] == table.loc["revenue", "actual_usd"]
    # Half of the miss was never planned: business customers and delivery that buyers pay.
    assert abs(found.like_for_like) < abs(table.loc["revenue", "error"])
    assert abs(found.like_for_like) < 0.1
