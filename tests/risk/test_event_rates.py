"""Rates from counts: conjugate identities, coverage, conversions."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import event_rates
from hypothesis import given, settings
from hypothesis import strategies as st


def test_rate_interval_equals_scipy():
    from scipy.stats import gamma

    rate = event_rates.gamma_poisson(7, 3.0, level=0.9)
    assert (rate.low, rate.high) == pytest.approx(tuple(gamma(7.5, scale=1 / 3).ppf([0.05, 0.95])))


def test_predictive_probability_is_the_mean_over_the_posterior():
    rate = event_rates.gamma_poisson(4, 5.0)
    draws = np.random.default_rng(1).gamma(4.5, 1 / 5, 400_000)
    assert rate.at_least_one(0.25) == pytest.approx(np.mean(1 - np.exp(-draws * 0.25)), abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_within_its_interval_and_contains_what_was_seen(successes, more):
    share = event_rates.beta_share(successes, successes + more) if successes + more else None
    if share is not None:
        assert share.low <= successes / (successes + more) <= share.high
        assert share.low <= share.mean <= share.high


@given(st.floats(0, 0.99), st.floats(0.1, 5))
@settings(max_examples=25, deadline=None)
def test_rate_and_probability_are_inverse(probability, years):
    rate = event_rates.rate_from_probability(probability, years)
    assert float(event_rates.probability_over(rate, years)) == pytest.approx(probability, abs=1e-12)


def test_a_quarterly_probability_of_28_percent_is_73_percent_a_year():
    rate = event_rates.rate_from_probability(0.28, 0.25)
    assert float(event_rates.probability_over(rate, 1.0)) == pytest.approx(1 - 0.72**4)


def test_jeffreys_intervals_cover():
    rng = np.random.default_rng(2)
    counts = rng.poisson(1.2 * 6, 600)
    rates = [event_rates.gamma_poisson(int(c), 6.0) for c in counts]
    covered = np.mean([r.low <= 1.2 <= r.high for r in rates])
    assert covered == pytest.approx(0.9, abs=0.045)


def test_the_table_counts_by_group():
    events = pd.DataFrame({"market": ["US", "US", "DE"]})
    table = event_rates.event_table(events, 2.0, by="market").set_index("market")
    assert table["events"].to_dict() == {"US": 2, "DE": 1}
    assert table.loc["US", "rate_year"] == pytest.approx(1.25)
    with pytest.raises(InputError, match=r"lacks \['kind'\]"):
        event_rates.event_table(events, 2.0, by="kind")


def test_wrong_counts_are_refused():
    with pytest.raises(InputError, match="0 to the 3 trials"):
        event_rates.beta_share(4, 3)
    with pytest.raises(InputError, match="time above 0"):
        event_rates.gamma_poisson(1, 0)
