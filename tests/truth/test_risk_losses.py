"""Published examples of options, compound losses, queues and security spending."""

import numpy as np
import pytest
from crossborder.risk import compound, concentration, continuity, currency_options, exposure


def test_hull_black_scholes_example():
    """Hull, example 15.6: 42, 40, half a year, 10 %, 20 %."""
    terms = {"home_rate": 0.10, "foreign_rate": 0.0, "volatility": 0.20}
    assert float(currency_options.garman_kohlhagen(42, 40, 0.5, kind="call", **terms)) == pytest.approx(4.76, abs=0.005)
    assert float(currency_options.garman_kohlhagen(42, 40, 0.5, kind="put", **terms)) == pytest.approx(0.81, abs=0.005)


def test_hull_currency_option_implied_volatility():
    """Hull, example 17.2: four-month call at 1.6 on 1.6, 8 % at home, 11 % abroad, price 0.043: 14.1 %."""
    found = currency_options.implied_volatility(0.043, 1.6, 1.6, 4 / 12, home_rate=0.08, foreign_rate=0.11, kind="call")
    assert found == pytest.approx(0.141, abs=0.0005)


def test_quantlib_gives_the_same_values_and_sensitivities():
    """Oracle: QuantLib 1.44, analytic engine of the Garman-Kohlhagen process."""
    ql = pytest.importorskip("QuantLib")
    today = ql.Date(2, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    home, foreign = (ql.YieldTermStructureHandle(ql.FlatForward(today, r, count)) for r in (0.042, 0.145))
    sigma = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.16, count))
    spot = ql.QuoteHandle(ql.SimpleQuote(0.19))
    process = ql.GarmanKohlagenProcess(spot, foreign, home, sigma)
    for kind, side in (("call", ql.Option.Call), ("put", ql.Option.Put)):
        option = ql.VanillaOption(ql.PlainVanillaPayoff(side, 0.18), ql.EuropeanExercise(today + 365))
        option.setPricingEngine(ql.AnalyticEuropeanEngine(process))
        terms = {"home_rate": 0.042, "foreign_rate": 0.145, "volatility": 0.16, "kind": kind}
        assert float(currency_options.garman_kohlhagen(0.19, 0.18, 1.0, **terms)) == pytest.approx(option.NPV())
        found = currency_options.greeks(0.19, 0.18, 1.0, **terms)
        expected = (option.delta(), option.gamma(), option.vega(), option.rho(), option.dividendRho())
        names = ("delta", "gamma", "vega", "rho_home", "rho_foreign")
        assert [found[n] for n in names] == pytest.approx(expected)


def test_panjer_of_klugman_example():
    """Klugman, Panjer and Willmot, Loss Models, section 9.6: Poisson 0.8, claims 100, 200, 300 with .25, .375, .375."""
    total = compound.panjer([0, 0.25, 0.375, 0.375], 4, mean=0.8)
    printed = [np.exp(-0.8), 0.2 * np.exp(-0.8), (0.3 + 0.02) * np.exp(-0.8)]
    assert total[:3] == pytest.approx(printed)


def test_gordon_and_loeb_first_class():
    """Gordon and Loeb (2002): z* = ((v beta alpha L)^(1 / (beta + 1)) - 1) / alpha, and never above vL / e."""
    found = exposure.gordon_loeb(400_000, 0.65, productivity=1e-5, exponent=1.0)
    assert found["spend_usd"] == pytest.approx((np.sqrt(0.65 * 1e-5 * 400_000) - 1) / 1e-5)
    assert found["spend_usd"] < found["cap_usd"] == pytest.approx(0.65 * 400_000 / np.e)


def test_erlang_c_of_the_textbook():
    """Gross and others, Fundamentals of Queueing Theory: three servers, load 2, waiting probability 4/9."""
    assert continuity.erlang_c(2, 3) == pytest.approx(4 / 9)


def test_hhi_of_the_merger_guidelines():
    """U.S. Department of Justice: shares of 30, 30, 20 and 20 % give an index of 2,600 of 10,000."""
    assert 10_000 * concentration.hhi([30, 30, 20, 20]) == pytest.approx(2600)
    assert concentration.least_sites(0.30) == 4
    assert concentration.least_sites(0.25) == 4
