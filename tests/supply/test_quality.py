import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import quality


def test_plans_keep_both_risks():
    plan = quality.sampling_plan(0.01, 0.06)
    assert plan.producer_risk <= 0.05
    assert plan.consumer_risk <= 0.10
    smaller = quality.acceptance_probability(plan.sample_size - 1, plan.accept, 0.06)
    assert float(smaller) > 0.10


def test_rates_too_close_are_refused():
    with pytest.raises(Refusal, match="no sample up to 200 pieces"):
        quality.sampling_plan(0.01, 0.011, most=200)
    with pytest.raises(InputError, match="0 < good_rate < bad_rate"):
        quality.sampling_plan(0.05, 0.01)


def test_small_lots_are_hypergeometric():
    assert float(quality.acceptance_probability(10, 0, 0.1, lot_size=10)) == pytest.approx(0)
    assert float(quality.acceptance_probability(10, 0, 0.1)) == pytest.approx(0.9**10)


def test_the_interval_covers(rng):
    bad = rng.binomial(60, 0.03, 4000)
    low, high = quality.defect_rate_interval(bad, 60, 0.9)
    assert ((low <= 0.03) & (high >= 0.03)).mean() >= 0.9


def test_more_defects_than_pieces_are_told():
    with pytest.raises(InputError, match="at most the pieces inspected"):
        quality.p_chart([5], [4])


def test_cost_of_poor_quality_by_hand():
    assert float(quality.cost_of_poor_quality(1000, 0.02, 0.5, 3, 20, 50)) == pytest.approx(20 * (1.5 + 10) + 50)
    assert np.isfinite(quality.average_outgoing_quality(50, 1, [0.01, 0.1], 1000)).all()
