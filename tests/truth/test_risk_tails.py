"""Published numbers on tails, credibility, run lengths and exact limits."""

import numpy as np
import pytest
from crossborder.risk import control_charts, credibility, extremes


def test_danish_fire_losses_of_mcneil():
    """McNeil (1997), McNeil, Frey and Embrechts, section 5.2: 109 of 2,167 above 10; 27.3 and 58.2 at 99 %."""
    tail = extremes.Peaks(10.0, 0.497, 6.98, 109, 2167, np.eye(2))
    assert float(tail.value_at_risk(0.99)) == pytest.approx(27.3, abs=0.05)
    assert float(tail.shortfall(0.99)) == pytest.approx(58.2, abs=0.15)


@pytest.mark.parametrize(
    ("nu", "printed"),
    [(2, [0.06, 0.18, 0.39, 0.72, 1]), (4, [0.01, 0.08, 0.25, 0.63, 1]), (10, [0, 0.01, 0.08, 0.46, 1])],
)
def test_tail_dependence_of_the_t_copula(nu, printed):
    """McNeil, Frey and Embrechts, table 7.1: correlations -0.5, 0, 0.5, 0.9, 1."""
    assert extremes.t_copula_tail([-0.5, 0, 0.5, 0.9, 1.0], nu) == pytest.approx(printed, abs=0.0051)


def test_buhlmann_of_loss_models():
    """Klugman, Panjer and Willmot: losses 3, 5, 7 and 6, 12, 9: within 13/2, between 35/6, weight 35/48."""
    found = credibility.buhlmann([[3, 5, 7], [6, 12, 9]])
    assert found.within == pytest.approx(13 / 2)
    assert found.between == pytest.approx(35 / 6)
    assert found.weight == pytest.approx([35 / 48] * 2)
    assert found.estimate == pytest.approx([35 / 48 * 5 + 13 / 48 * 7, 35 / 48 * 9 + 13 / 48 * 7])


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)])
def test_exact_poisson_limits_of_garwood(count, low, high):
    """Garwood (1936); Pearson and Hartley's table 40, 95 %."""
    found = credibility.poisson_limits(count)
    assert [float(end) for end in found] == pytest.approx([low, high], rel=2e-4, abs=5e-5)


def test_siegmund_of_montgomery():
    """Montgomery, Introduction to Statistical Quality Control, section 9.1: reference 1/2, limit 5: 938.2 and 469.1."""
    one = control_charts.siegmund_run_length(0, reference=0.5, limit=5, sides=1)
    assert one == pytest.approx(938.2, abs=0.15)
    assert control_charts.siegmund_run_length(0, reference=0.5, limit=5) == pytest.approx(469.1, abs=0.1)
    assert control_charts.siegmund_run_length(1, reference=0.5, limit=5, sides=1) == pytest.approx(10.34, abs=0.01)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0])
def test_markov_chain_and_integral_equation_agree(shift):
    """Brook and Evans (1972) against Page's equation, one side."""
    chain = control_charts.markov_run_length(shift, reference=0.5, limit=4)
    assert chain == pytest.approx(control_charts.cusum_run_length(shift, reference=0.5, limit=4, sides=1), rel=5e-4)


def test_cornish_fisher_comes_near_a_skewed_quantile():
    """Losses of a gamma with shape 16: skewness 1/2, excess kurtosis 3/8; the expansion meets its 99 % quantile."""
    from scipy.stats import gamma

    exact = gamma.ppf(0.99, 16)
    # Returns are the negative of the losses, so their skewness changes sign.
    assert extremes.cornish_fisher(0.99, -16, 4, -0.5, 0.375) == pytest.approx(exact, rel=2e-3)
    assert extremes.cornish_fisher(0.99, 0, 1, 0, 0) == pytest.approx(2.3263, abs=5e-5)
