"""Control charts: recursions against loops, run lengths against simulation."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import control_charts
from hypothesis import given, settings
from hypothesis import strategies as st


def cusum_loop(values, reference, limit, head_start=0.0):
    """The textbook recursion, restarted after a signal."""
    total, sums = head_start, []
    for value in values:
        total = max(0.0, total + value - reference)
        sums.append(total)
        if total > limit:
            total = 0.0
    return np.array(sums)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=80), st.floats(0, 1), st.floats(1, 6))
def test_cusum_equals_the_loop(values, reference, limit):
    table = control_charts.cusum(values, reference, limit)
    np.testing.assert_allclose(table["up"], cusum_loop(values, reference, limit), atol=1e-9)
    np.testing.assert_allclose(table["down"], cusum_loop(-np.array(values), reference, limit), atol=1e-9)


def test_the_change_is_dated_to_its_first_week():
    values = np.r_[np.zeros(20), np.full(10, 2.0)]
    table = control_charts.cusum(values, 0.5, 4.0)
    first = int(np.flatnonzero(table["signal"])[0])
    assert first == 22
    assert table["change_at"].iloc[first] == 20


def test_ewma_equals_the_loop():
    values = np.random.default_rng(1).normal(size=100)
    table, statistic = control_charts.ewma(values, 0.2), 0.0
    for week, value in enumerate(values):
        statistic = 0.8 * statistic + 0.2 * value
        assert table["statistic"].iloc[week] == pytest.approx(statistic)
    assert table["limit"].iloc[-1] == pytest.approx(2.86 * np.sqrt(0.2 / 1.8))
    assert table["limit"].iloc[0] == pytest.approx(2.86 * 0.2)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_run_lengths_equal_simulation(shift):
    rng = np.random.default_rng(2)
    noise = rng.normal(shift, 1, (3_000, 900))
    up, down = np.zeros(3_000), np.zeros(3_000)
    length = np.full(3_000, 900)
    for week in range(900):
        up = np.maximum(0, up + noise[:, week] - 0.5)
        down = np.maximum(0, down - noise[:, week] - 0.5)
        length = np.where((length == 900) & ((up > 3) | (down > 3)), week + 1, length)
    exact = control_charts.cusum_run_length(shift, reference=0.5, limit=3.0)
    assert length.mean() == pytest.approx(exact, rel=4 / np.sqrt(3_000))


def test_designs_share_their_false_alarms():
    table = control_charts.design(200.0)
    assert table["in_control"].eq(200).all()
    shewhart, *others = table["shifted"]
    assert all(other < shewhart for other in others)
    curves = control_charts.detection_curves(table, [1.0])
    assert curves["weeks"].to_numpy() == pytest.approx(table["shifted"].to_numpy(), rel=1e-6)


def test_false_alarms_count_charts_and_samples():
    assert control_charts.false_alarms_per_year(465, 12, 20) == pytest.approx(0.516, abs=1e-3)


def test_shewhart_marks_single_values():
    assert control_charts.shewhart([0, 3.1, -3.2, 2.9]).tolist() == [False, True, True, False]


def test_wrong_charts_are_refused():
    with pytest.raises(InputError, match="1 or 2"):
        control_charts.cusum_run_length(sides=3)
    with pytest.raises(InputError, match="head start below"):
        control_charts.cusum_run_length(head_start=9.0)
    with pytest.raises(InputError, match="above 0 and up to 1"):
        control_charts.ewma([1.0], weight=0)
    with pytest.raises(InputError, match="above 5"):
        control_charts.design(2)


def test_upper_sums_are_those_of_the_cusum_of_each_column():
    values = pd.DataFrame(np.random.default_rng(3).normal(0.4, 1, (80, 3)), columns=["a", "b", "c"]).mask(
        lambda f: f > 2
    )
    sums = control_charts.upper_sums(values, 0.5, 3.0)
    for name, column in values.items():
        np.testing.assert_array_equal(sums[name], control_charts.cusum(column, 0.5, 3.0)["up"])
