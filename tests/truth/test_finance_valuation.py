"""Published values and rates of return."""

import numpy as np
import pytest
import pyxirr
from crossborder.errors import Refusal
from crossborder.finance.valuation import irr, mirr, npv, xirr, xnpv

OUTLAY = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]
DATES = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
DATED = [-10_000, 2_750, 4_250, 3_250, 2_750]


def test_npv_of_the_spreadsheet_help_page():
    """Microsoft, NPV function, example 1: first flow in one period, printed 1,188.44."""
    assert npv(0.1, [-10_000, 3_000, 4_200, 6_800], first_flow="in one period") == pytest.approx(1188.44, abs=0.005)


@pytest.mark.parametrize(
    ("flows", "printed"),
    [
        pytest.param(OUTLAY, 0.087, id="Microsoft, IRR function: five years"),
        pytest.param(OUTLAY[:-1], -0.021, id="Microsoft, IRR function: four years"),
    ],
)
def test_irr_of_the_spreadsheet_help_page(flows, printed):
    assert irr(flows).only == pytest.approx(printed, abs=0.0005)


def test_mirr_of_the_spreadsheet_help_page():
    """Microsoft, MIRR function: 0.126094 (printed as 13 %)."""
    assert mirr([-120_000, 39_000, 30_000, 21_000, 37_000, 46_000], 0.10, 0.12) == pytest.approx(0.126094, abs=1e-6)


def test_xirr_of_the_spreadsheet_help_page():
    """Microsoft, XIRR function: 0.373362535 (the search of spreadsheets stops at 1e-8)."""
    assert xirr(DATED, DATES).only == pytest.approx(0.373362535, abs=1e-8)


def test_xnpv_of_the_spreadsheet_help_page():
    """Microsoft, XNPV function: rate 9 %, printed 2,086.65."""
    assert xnpv(0.09, DATED, DATES) == pytest.approx(2086.65, abs=0.005)


@pytest.mark.parametrize(
    ("flows", "rates"),
    [
        pytest.param([-50, -100, 600, 300, -100], [-0.76, 1.85], id="numpy-financial, issue 28: -76 % and 185 %"),
        pytest.param([-100, 230, -132], [0.10, 0.20], id="textbook two-root stream: 10 % and 20 %"),
        pytest.param([-1_600, 10_000, -10_000], [0.25, 4.0], id="Lorie and Savage (1955), oil pump: 25 % and 400 %"),
        pytest.param(
            [-30, *[10] * 9, -65], [0.0350, 0.1954], id="Brealey, Myers and Allen, a strip mine: 3.50 and 19.54 %"
        ),
        pytest.param([-1_000, 3_600, -4_310, 1_716], [0.1, 0.2, 0.3], id="hand-worked from 1.1, 1.2, 1.3"),
    ],
)
def test_all_roots_are_found(flows, rates):
    # The issue prints -76 % and 185 %; the exact roots are -0.7689 and 1.8544.
    tolerance = {5: 0.01, 11: 5e-5}.get(len(flows), 1e-9)
    np.testing.assert_allclose(irr(flows).rates, rates, atol=tolerance)
    np.testing.assert_allclose([npv(rate, flows) for rate in irr(flows).rates], 0, atol=1e-9 * np.abs(flows).sum())


@pytest.mark.parametrize(
    ("flows", "printed"),
    [
        ([-100, 39, 59, 55, 20], 0.28095),
        ([-100, 0, 0, 74], -0.0955),
        ([-100, 100, 0, -7], -0.0833),
        ([-100, 100, 0, 7], 0.06206),
        ([-5, 10.5, 1, -8, 1], 0.0886),
    ],
)
def test_the_rates_of_the_numpy_financial_documentation_are_among_them(flows, printed):
    assert min(abs(rate - printed) for rate in irr(flows).rates) < 5e-5


def test_norstrom_on_the_slides_of_engineering_economy():
    """Flows of the slides "Multiple ROR values" to Blank and Tarquin, Engineering Economy: one rate above zero.

    The slides print 4.7 %, at which their own flows are worth 1,659; the rate is held to pyxirr instead.
    """
    flows = [-12_000, -2_000, 3_000, 8_000, 8_000, -1_000]
    found = irr(flows)
    assert (found.sign_changes, found.balance_changes, found.norstrom) == (2, 1, True)
    assert found.only == pytest.approx(pyxirr.irr(flows), abs=1e-9)
    assert len(found.rates) == 2 and found.rates[0] < 0


@pytest.mark.parametrize(
    ("flows", "rates", "printed"),
    [
        pytest.param([-75_000, 50_000, 50_000, -50_000, 35_000, 35_000], (0.09, 0.09), 0.1291, id="tutorsglobe.com"),
        pytest.param([-500, 300, 700, 600], (0.10, 0.10), 0.5134, id="coursehero.com, capital budgeting problems"),
        pytest.param([-20, 10, 10, 20], (10.0, 10.0), 3.061548, id="bettersolutions.com, MIRR function"),
        pytest.param([123, -143, 222, -192], (0.005, 0.003), 0.0152, id="redcrab-software.com, MIRR"),
    ],
)
def test_modified_rates_printed_elsewhere(flows, rates, printed):
    assert mirr(flows, *rates) == pytest.approx(printed, abs=6e-5)


@pytest.mark.parametrize(
    ("flows", "rates", "touching"),
    [
        pytest.param([-100, 220, -121], (0.1,), (0.1,), id="(x - 1.1) squared: touches at 10 %"),
        pytest.param([-1_000, 3_300, -3_630, 1_331], (0.1,), (), id="(x - 1.1) cubed: crosses at 10 %"),
        pytest.param([-1, 2, -1], (0.0,), (0.0,), id="(x - 1) squared: touches at zero"),
        pytest.param([-100, 180, -100], (), (), id="no rate at all: complex roots"),
        pytest.param([-100, 50, 50], (0.0,), (), id="money back without interest"),
        pytest.param([-100, 0.0001], (-0.999999,), (), id="all but a millionth lost"),
    ],
)
def test_rates_at_the_edges(flows, rates, touching):
    """Roots counted twice or three times, at zero, near -100 %, and none; worked from the factors themselves."""
    found = irr(flows)
    assert found.rates == pytest.approx(rates, abs=1e-7) and found.touching == pytest.approx(touching, abs=1e-7)
    if touching or len(rates) != 1:
        with pytest.raises(Refusal, match=r"touches zero|no internal rate|internal rates of return"):
            _ = found.only


def test_long_streams_lose_no_root_and_do_not_overflow():
    """A hundred years of months with a closing cost: both roots, against a root finder on each side of zero."""
    from scipy.optimize import brentq

    flows = np.r_[-1_000.0, np.full(1_198, 10.0), -500.0]
    found = irr(flows)
    value = lambda rate: npv(rate, flows)  # noqa: E731
    assert found.rates == pytest.approx([brentq(value, -0.03, -0.01), brentq(value, 0.001, 0.05)], rel=1e-9)
    assert found.only == found.rates[1]


def test_ten_roots_are_told_apart():
    """Flows worked by hand from the rates 10 %, 20 %, ... 100 %; their rounding alone moves the roots by some 1e-6."""
    np.testing.assert_allclose(irr(-np.poly(1 + np.arange(1, 11) / 10)).rates, np.arange(1, 11) / 10, atol=1e-5)


def test_roots_agree_with_an_independent_polynomial_solver():
    """numpy's companion-matrix roots in x = 1/(1+r), on streams of up to five sign changes."""
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(200):
        flows = rng.normal(0, 100, rng.integers(3, 9)).round(2)
        if (flows > 0).all() or (flows < 0).all():
            continue
        x = np.roots(flows[::-1])
        x = np.sort(x[(abs(x.imag) < 1e-9) & (x.real > 1e-5)].real)
        expected = np.sort(1 / x - 1)
        expected = expected[(expected > -0.99999) & (expected < 1e5)]
        rates = [rate for rate in irr(flows).rates if -0.99999 < rate < 1e5]
        np.testing.assert_allclose(rates, expected, rtol=1e-6, atol=1e-8)
        found += len(expected) > 1
    assert found > 20


def test_a_single_root_agrees_with_pyxirr():
    rng = np.random.default_rng(5)
    for _ in range(50):
        flows = np.r_[-rng.uniform(50, 200), rng.uniform(0, 60, 8)]
        days = np.datetime64("2020-01-01") + np.r_[0, np.sort(rng.integers(1, 2000, 8))]
        rates = xirr(flows, days).rates
        assert len(rates) == 1
        assert rates[0] == pytest.approx(pyxirr.xirr(list(days.astype(object)), list(flows)), abs=1e-7)
