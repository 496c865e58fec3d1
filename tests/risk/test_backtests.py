"""Back-tests: identities, exact distributions against enumeration, size and power against simulation."""

import itertools

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import backtests
from hypothesis import given, settings
from hypothesis import strategies as st

SERIES = st.lists(st.booleans(), min_size=5, max_size=60).map(np.array)


@settings(max_examples=50, deadline=None)
@given(SERIES)
def test_fast_ratios_equal_the_single_tests(hits):
    fast = backtests.likelihood_ratios(hits, 0.1)[0]
    single = (
        backtests.kupiec(int(hits.sum()), len(hits), 0.1).statistic,
        backtests.christoffersen_independence(hits).statistic,
        backtests.christoffersen_coverage(hits, 0.1).statistic,
    )
    np.testing.assert_allclose(fast, single, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(SERIES)
def test_transitions_count_every_pair_once(hits):
    assert sum(backtests.transitions(hits)) == len(hits) - 1


def test_kupiec_is_zero_at_the_promised_rate_and_positive_elsewhere():
    assert backtests.kupiec(10, 1000, 0.01).statistic == pytest.approx(0, abs=1e-12)
    assert backtests.kupiec(0, 1000, 0.01).statistic == pytest.approx(-2000 * np.log(0.99))
    assert backtests.kupiec(1000, 1000, 0.01).statistic == pytest.approx(-2000 * np.log(0.01))


def test_clustering_probability_equals_enumeration():
    hits = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0])
    arrangements = [set(c) for c in itertools.combinations(range(9), 3)]
    pairs = [sum(day + 1 in days for day in days) for days in arrangements]
    assert backtests.clustering_p_value(hits) == pytest.approx(np.mean(np.array(pairs) >= 1))


def test_power_equals_simulation_and_the_test_is_oversized_in_one_year():
    table = backtests.kupiec_power([250], 0.01, [1.0, 2.0]).set_index("multiple")["power"]
    draws = np.random.default_rng(1).binomial(250, 0.02, 20_000)
    rejected = np.mean([backtests.kupiec(int(x), 250, 0.01).p_value < 0.05 for x in draws[:4000]])
    assert table[2.0] == pytest.approx(rejected, abs=0.025)
    assert table[1.0] > 0.09


def test_simulated_p_values_are_uniform_enough_under_the_null():
    null = backtests.null_distribution(500, 0.05, draws=2000, rng=np.random.default_rng(2))
    series = np.random.default_rng(3).random((300, 500)) < 0.05
    p = pd.DataFrame([null.p_values(row) for row in series])
    # 300 draws: the share below 5 % has a standard error of 1.3 points.
    assert (p < 0.05).mean().to_numpy() == pytest.approx([0.05] * 3, abs=0.04)


def test_time_between_failures_of_a_regular_series_is_the_sum_of_waiting_tests():
    hits = np.zeros(100, bool)
    hits[[9, 29, 30, 99]] = True
    parts = [backtests.time_until_first_failure(days, 0.04).statistic for days in (10, 20, 1, 69)]
    assert backtests.time_between_failures(hits, 0.04).statistic == pytest.approx(sum(parts))
    mixed = backtests.time_between_failures(hits, 0.04, with_rate=True).statistic
    assert mixed == pytest.approx(sum(parts), abs=1e-9)  # 4 hits in 100 days: the rate part is zero


def test_plus_factor_outside_the_table_is_the_scaling_of_a_normal_limit():
    light = backtests.traffic_light(12, 500, 0.01)
    assert light.zone == "yellow"
    assert light.plus == pytest.approx(3 * 2.3263 / 1.9774 - 3, abs=1e-3)


def test_shortfall_statistic_is_near_zero_for_a_right_model_and_negative_for_a_thin_one():
    rng = np.random.default_rng(4)
    returns = rng.standard_normal(20_000)
    right = backtests.acerbi_szekely(returns, np.full(20_000, 2.3263), np.full(20_000, 2.6652), 0.99)
    thin = backtests.acerbi_szekely(1.3 * returns, np.full(20_000, 2.3263), np.full(20_000, 2.6652), 0.99)
    null = backtests.acerbi_szekely_null(20_000, 0.99, rng=rng)
    assert abs(right) < 3 * null.std()
    assert thin < np.quantile(null, 0.01)
    assert null.mean() == pytest.approx(0, abs=4 * null.std() / np.sqrt(len(null)))


def test_shortfall_yardstick_equals_the_direct_simulation():
    rng = np.random.default_rng(5)
    fast = backtests.acerbi_szekely_null(250, 0.95, draws=6000, rng=rng)
    noise = rng.standard_normal((6000, 250))
    direct = [backtests.acerbi_szekely(row, np.full(250, 1.6449), np.full(250, 2.0627), 0.95) for row in noise[:3000]]
    assert np.quantile(fast, [0.05, 0.5]) == pytest.approx(np.quantile(direct, [0.05, 0.5]), abs=0.04)


def test_summary_counts_hits_by_model():
    days = pd.bdate_range("2020-01-01", periods=600)
    frame = pd.DataFrame(
        {
            "date": np.tile(days, 2),
            "model": np.repeat(["good", "bad"], 600),
            "var": 0.02,
            "es": 0.03,
            "realised": 0.0,
            "hit": np.r_[np.arange(600) % 100 == 7, np.arange(600) % 12 == 7],
        }
    )
    table = backtests.summary(frame, 0.99).set_index("model")
    assert table["hits"].to_dict() == {"good": 6, "bad": 50}
    assert table["passes"].to_dict() == {"good": True, "bad": False}
    assert backtests.hits_per_year(frame).sum(axis=1).to_dict() == {"good": 6, "bad": 50}


def test_more_hits_than_days_are_refused():
    with pytest.raises(InputError, match="0 to the 10 observations"):
        backtests.kupiec(11, 10, 0.01)


def test_a_series_that_is_not_of_hits_is_refused():
    with pytest.raises(InputError, match="a series of 0 and 1"):
        backtests.christoffersen_independence([0.2, 0.4, 0.1])


def test_waiting_without_a_hit_is_refused():
    with pytest.raises(InputError, match="without a hit there is no time between hits"):
        backtests.time_between_failures([0, 0, 0], 0.01)
