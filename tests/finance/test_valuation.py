import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.valuation import irr, mirr, npv, payback_years, xirr, xnpv
from hypothesis import assume, given, settings
from hypothesis import strategies as st

amounts = st.lists(st.floats(-1000, 1000).map(lambda x: round(x, 2)), min_size=2, max_size=10)


@settings(max_examples=50, deadline=None)
@given(amounts)
def test_the_value_is_zero_at_every_rate_found_and_there_are_at_most_as_many_as_sign_changes(flows):
    assume(any(f > 0 for f in flows) and any(f < 0 for f in flows))
    found = irr(flows)
    assert len(found.rates) <= found.sign_changes
    for rate in found.rates:
        terms = np.array(flows) * (1 + rate) ** -np.arange(len(flows))
        assert abs(terms.sum()) <= 1e-8 * abs(terms).sum()


@settings(max_examples=25, deadline=None)
@given(amounts, amounts, st.floats(-0.5, 2), st.floats(-3, 3))
def test_present_value_is_linear(first, second, rate, factor):
    size = min(len(first), len(second))
    first, second = np.array(first[:size]), np.array(second[:size])
    both = npv(rate, first + factor * second)
    assert both == pytest.approx(npv(rate, first) + factor * npv(rate, second), rel=1e-9, abs=1e-6)


def test_a_stream_with_several_rates_refuses_a_single_one():
    with pytest.raises(Refusal, match=r"2 internal rates of return: 10\.0% and 20\.0%"):
        _ = irr([-100, 230, -132]).only


def test_a_stream_without_a_rate_says_so():
    found = irr([100, -150, 100])
    assert found.rates == ()
    with pytest.raises(Refusal, match="no internal rate"):
        _ = found.only


def test_a_rate_that_touches_zero_is_found_once():
    np.testing.assert_allclose(irr([-100, 220, -121]).rates, [0.1], atol=1e-6)


def test_zero_flows_and_order_of_dates_do_not_matter():
    assert irr([0, -100, 0, 121]).only == pytest.approx(0.1)
    shuffled = xirr([121, -100], ["2022-01-01", "2020-01-02"]).only
    assert shuffled == pytest.approx(xirr([-100, 121], ["2020-01-02", "2022-01-01"]).only)


def test_long_streams_neither_overflow_nor_lose_their_root():
    flows = np.r_[-1000.0, np.full(360, 6.0)]
    assert npv(irr(flows).only, flows) == pytest.approx(0, abs=1e-6)


def test_payback_counts_a_later_outlay():
    assert payback_years([-100, 50, 100]) == pytest.approx(1.5)
    assert payback_years([-100, 150, -100, 200]) == pytest.approx(2.25)
    assert payback_years([-100, 10, 10]) == float("inf")
    assert payback_years([10, 10]) == 0
    assert payback_years([-100, 110], rate=0.1) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: irr([1, 2]), r"money out and money in, got \[1\.0, 2\.0\]"),
        (lambda: irr([1, np.nan, -1]), "finite numbers"),
        (lambda: npv(-1.5, [1, 2]), "above -1"),
        (lambda: npv(0.1, [1], first_flow="tomorrow"), "first_flow 'tomorrow' is not known"),
        (lambda: xnpv(0.1, [1, 2], ["2020-01-01"]), r"one date a flow \(2\)"),
        (lambda: mirr([1, 2], 0.1, 0.1), "money out and money in"),
    ],
)
def test_what_cannot_be_valued_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_rates_beyond_any_scale_are_found():
    """Ten per cent in a day is 1.1 ** 365 a year."""
    assert xirr([-100, 110], ["2020-01-01", "2020-01-02"]).only == pytest.approx(1.1**365 - 1, rel=1e-9)
    assert irr([-1e-9, 1e9]).only == pytest.approx(1e18)


def test_flows_of_one_sign_have_a_value_but_no_rate():
    days = ["2020-01-01", "2021-01-01"]
    assert xnpv(0.10, [100, 200], days) == pytest.approx(100 + 200 / 1.1 ** (366 / 365))
    with pytest.raises(InputError, match="one sign"):
        xirr([100, 200], days)
    with pytest.raises(InputError, match="rates"):
        mirr([-100, 120], -1.5, 0.1)


def test_a_running_sum_that_turns_twice_promises_nothing():
    found = irr([-100, 230, -132])
    assert found.balance_changes == 2 and not found.norstrom
    with pytest.raises(Refusal, match="2 internal rates"):
        _ = found.only
