"""Published run lengths of control charts."""

import pytest
from crossborder.risk import control_charts


@pytest.mark.parametrize(("shift", "printed"), [(0, 370.4), (1, 43.9), (2, 6.3), (3, 2.0)])
def test_shewhart_three_sigma(shift, printed):
    """Montgomery, Introduction to Statistical Quality Control, chapter 6."""
    assert float(control_charts.shewhart_run_length(shift)) == pytest.approx(printed, abs=0.05)


# Montgomery, table 9.3: two-sided CUSUM, reference 0.5; shift -> run length at limits 4 and 5.
CUSUM = [(0, 168, 465), (0.25, 74.2, 139), (0.5, 26.6, 38.0), (0.75, 13.3, 17.0), (1.0, 8.38, 10.4), (1.5, 4.75, 5.75)]
CUSUM += [(2.0, 3.34, 4.01), (2.5, 2.62, 3.11), (3.0, 2.19, 2.57), (4.0, 1.71, 2.01)]


@pytest.mark.parametrize(("shift", "at_four", "at_five"), CUSUM)
def test_cusum_of_montgomery_table_9_3(shift, at_four, at_five):
    for limit, printed in ((4, at_four), (5, at_five)):
        found = control_charts.cusum_run_length(shift, reference=0.5, limit=limit)
        assert found == pytest.approx(printed, rel=0.005)


@pytest.mark.parametrize(("shift", "printed"), [(0, 149), (1.0, 5.29)])
def test_cusum_with_a_head_start(shift, printed):
    """Lucas and Crosier (1982), table 1: reference 0.5, limit 4, head start of half the limit."""
    found = control_charts.cusum_run_length(shift, reference=0.5, limit=4, head_start=2)
    assert found == pytest.approx(printed, rel=0.005)


# Lucas and Saccucci (1990), as printed by Montgomery, table 9.11: weight, limit -> in control, shift of one deviation.
EWMA = [(0.40, 3.054, 14.3), (0.25, 2.998, 11.1), (0.20, 2.962, 10.5), (0.10, 2.814, 10.3), (0.05, 2.615, 11.4)]


@pytest.mark.parametrize(("weight", "limit", "shifted"), EWMA)
def test_ewma_of_lucas_and_saccucci(weight, limit, shifted):
    assert control_charts.ewma_run_length(0, weight=weight, limit=limit) == pytest.approx(500, rel=0.003)
    assert control_charts.ewma_run_length(1, weight=weight, limit=limit) == pytest.approx(shifted, abs=0.06)
