"""Published worked examples of the risk area, each number typed in from its source."""

import numpy as np
import pytest
from crossborder.risk import backtests, hedging, value_at_risk, volatility

# MathWorks, Risk Management Toolbox, pages of varbacktest: 1,043 days, 57 failures at 95 %.
MATLAB_HITS = {"n00": 932, "n01": 53, "n10": 53, "n11": 4}


def matlab_series() -> np.ndarray:
    """A series of hits with the published numbers of transitions; the first hit on day 58."""
    # 49 single hits and 4 pairs of hits make 53 runs, 57 hits, 4 transitions from a hit to a hit.
    hits = np.zeros(1043, bool)
    begins = 57 + 18 * np.arange(53)
    hits[begins] = True
    hits[begins[:4] + 1] = True
    return hits


def test_the_rebuilt_series_has_the_published_transitions():
    hits = matlab_series()
    assert backtests.transitions(hits) == tuple(MATLAB_HITS.values())
    assert (hits.sum(), len(hits), int(np.flatnonzero(hits)[0]) + 1) == (57, 1043, 58)


def test_matlab_proportion_of_failures():
    result = backtests.kupiec(57, 1043, 0.05)
    assert (result.statistic, result.p_value) == pytest.approx((0.46147, 0.49694), abs=5e-6)


def test_matlab_independence():
    result = backtests.christoffersen_independence(matlab_series())
    assert (result.statistic, result.p_value) == pytest.approx((0.25866, 0.61104), abs=5e-6)


def test_matlab_conditional_coverage_is_the_sum():
    result = backtests.christoffersen_coverage(matlab_series(), 0.05)
    assert result.statistic == pytest.approx(0.46147 + 0.25866, abs=1e-5)
    assert result.p_value == pytest.approx(np.exp(-result.statistic / 2))


def test_matlab_time_until_first_failure():
    result = backtests.time_until_first_failure(58, 0.05)
    assert (result.statistic, result.p_value) == pytest.approx((1.7354, 0.18773), abs=5e-5)


def test_matlab_traffic_light():
    light = backtests.traffic_light(57, 1043, 0.05)
    assert (light.zone, light.plus) == ("green", 0.0)
    assert (light.cumulative, light.type_1_error) == pytest.approx((0.77913, 0.26396), abs=5e-6)


# Basel Committee on Banking Supervision, Supervisory framework for the use of backtesting (1996), table 2.
BASEL = {0: (8.11, 0.0), 1: (28.58, 0.0), 2: (54.32, 0.0), 3: (75.81, 0.0), 4: (89.22, 0.0), 5: (95.88, 0.40)}
BASEL |= {6: (98.63, 0.50), 7: (99.60, 0.65), 8: (99.89, 0.75), 9: (99.97, 0.85), 10: (99.99, 1.00)}


@pytest.mark.parametrize(("hits", "printed"), BASEL.items())
def test_basel_table_2(hits, printed):
    light = backtests.traffic_light(hits)
    assert (100 * light.cumulative, light.plus) == pytest.approx(printed, abs=0.005)
    assert light.zone == ("green" if hits < 5 else "yellow" if hits < 10 else "red")


def test_kupiec_1995_non_rejection_regions():
    """Kupiec (1995), table 3: numbers of failures that do not reject at 5 %."""
    for observations, probability, accepted in ((255, 0.05, range(7, 21)), (510, 0.01, range(2, 11))):
        rejects = backtests.chdtri(1, 0.05)
        kept = [h for h in range(40) if backtests.kupiec(h, observations, probability).statistic < rejects]
        assert kept == list(accepted)


@pytest.mark.parametrize(
    ("level", "z", "shortfall"), [(0.99, 2.326, 2.665), (0.975, 1.960, 2.338), (0.95, 1.645, 2.063)]
)
def test_normal_value_at_risk_and_shortfall(level, z, shortfall):
    assert float(value_at_risk.normal_var(1.0, level)) == pytest.approx(z, abs=5e-4)
    assert float(value_at_risk.normal_es(1.0, level)) == pytest.approx(shortfall, abs=5e-4)


def test_mcneil_frey_embrechts_table_2_1():
    """Quantitative Risk Management: 10,000 in a share of 20 % a year, 250 days a year; normal and t with 4 degrees."""
    sigma = 10_000 * 0.2 / np.sqrt(250)
    printed = {0.90: (162.1, 222.0, 137.1, 223.5), 0.95: (208.1, 260.9, 190.7, 286.5)}
    for level, expected in printed.items():
        measures = (
            value_at_risk.normal_var(sigma, level),
            value_at_risk.normal_es(sigma, level),
            value_at_risk.student_var(sigma, 4, level),
            value_at_risk.student_es(sigma, 4, level),
        )
        assert [float(m) for m in measures] == pytest.approx(expected, abs=0.06)


def test_hull_ewma_update():
    assert volatility.ewma_update(0.01, 0.02, decay=0.9) == pytest.approx(0.0114, abs=5e-5)


def test_hull_two_year_forward_and_its_arbitrage():
    assert float(hedging.covered_forward(0.62, 0.07, 0.05, 2)) == pytest.approx(0.6453, abs=5e-5)
    assert hedging.arbitrage_profit(0.63, 0.62, 0.07, 0.05, 2, 1000) == pytest.approx(16.91, abs=0.005)


def test_hull_currency_swap_value():
    """Hull, example 7.3, as two bonds: yen at 4 %, dollars at 9 %, 110 yen a dollar, worth $1.543 m."""
    value = hedging.currency_swap_value(
        [0.8, 0.8, 10.8], [60, 60, 1260], [1, 2, 3], spot=1 / 110, home_rate=0.09, foreign_rate=0.04
    )
    assert -value == pytest.approx(1.543, abs=5e-4)


# fmt: off
JET_FUEL = [
    
    0.029,
    0.020,
    -0.044,
    0.008,
    0.026,
    -0.019,
    -0.010,
    -0.007,
    0.043,
    0.011,
    -0.036,
    -0.018,
    0.009,
    -0.032,
    0.023,
]
HEATING = [
    
    0.021,
    0.035,
    -0.046,
    0.001,
    0.044,
    -0.029,
    -0.026,
    -0.029,
    0.048,
    -0.006,
    -0.036,
    -0.011,
    0.019,
    -0.027,
    0.029,
]


def test_hull_minimum_variance_hedge():
    """Hull, example 3.3, table 3.2: jet fuel hedged with heating oil."""
    hedge = hedging.min_variance_hedge(
        JET_FUEL, HEATING, exposure=2_000_000, contract_size=42_000, spot=1.94, futures=1.99
    )
    assert hedge.hedge_deviation == pytest.approx(0.0313, abs=6e-5)
    assert hedge.spot_deviation == pytest.approx(0.0263, abs=6e-5)
    assert hedge.correlation == pytest.approx(0.928, abs=5e-4)
    assert hedge.ratio == pytest.approx(0.78, abs=0.005)
    assert hedge.effectiveness == pytest.approx(0.862, abs=5e-4)
    assert round(hedge.contracts) == 37
    assert round(hedge.contracts_tailed) == 36


def test_two_assets_of_least_variance():
    weights = hedging.min_variance_weights([[0.04, 0.25 * 0.2 * 0.3], [0.25 * 0.2 * 0.3, 0.09]])
    assert weights.tolist() == pytest.approx([0.75, 0.25])
    deviation = np.sqrt(weights @ np.array([[0.04, 0.015], [0.015, 0.09]]) @ weights)
    assert deviation == pytest.approx(0.18371173070873836, abs=1e-12)
