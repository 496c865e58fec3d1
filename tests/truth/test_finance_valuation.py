"""Published values and rates of return."""

import numpy as np
import pytest
import pyxirr
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
    ],
)
def test_all_roots_are_found(flows, rates):
    # The issue prints -76 % and 185 %; the exact roots are -0.7689 and 1.8544.
    tolerance = 0.01 if len(flows) == 5 else 1e-9
    np.testing.assert_allclose(irr(flows).rates, rates, atol=tolerance)


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
        np.testing.assert_allclose(irr(flows).rates, expected, rtol=1e-6, atol=1e-8)
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
