"""Published numbers for growth curves, smoothing, portfolios and rank probabilities."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import forecasting, growth_curves, portfolio, screening


def test_logistic_is_certified_by_nist():
    # NIST StRD Rat42, y = b1 / (1 + exp(b2 - b3 x)); b2 = rate x midpoint
    x = [9, 14, 21, 28, 42, 57, 63, 70, 79]
    y = [8.93, 10.8, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08]
    fit = growth_curves.fit("logistic", x, y)
    ceiling, rate, midpoint = fit.parameters
    assert (ceiling, rate * midpoint, rate) == pytest.approx((72.462237576, 2.6180768402, 0.067359200066), rel=1e-6)
    assert fit.standard_errors[["ceiling", "rate"]].tolist() == pytest.approx([1.7340283401, 0.0034465663377], rel=1e-5)
    assert fit.rss == pytest.approx(8.0565229338, rel=1e-8)


def test_richards_is_certified_by_nist():
    # NIST StRD Rat43, y = b1 / (1 + exp(b2 - b3 x))^(1/b4)
    y = [16.08, 33.83, 65.80, 97.20, 191.55, 326.20, 386.87, 520.53, 590.03, 651.92, 724.93, 699.56, 689.96, 637.56,
         717.41]  # fmt: skip
    fit = growth_curves.fit("richards", np.arange(1, 16), y)
    p = fit.parameters
    certified = (699.64151270, 5.2771253025, 0.75962938329, 1.2792483859)
    assert (p["ceiling"], p["rate"] * p["midpoint"], p["rate"], p["shape"]) == pytest.approx(certified, rel=1e-5)
    assert fit.rss == pytest.approx(8786.4049080, rel=1e-8)


VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_bass_density_least_squares_is_rs_nls():
    # R nls() on VCR sales, summary printed with Bass_2a.r: M 68000, P 0.00659, Q 0.638
    fit = growth_curves.fit("bass", np.arange(1, 11), VCR, estimator="density")
    assert fit.parameters.tolist() == pytest.approx([67980.9, 0.00659396, 0.638091], rel=1e-5)
    assert fit.standard_errors.tolist() == pytest.approx([3127.52, 0.00143026, 0.0413959], rel=1e-4)
    assert (fit.residual_sd, fit.rss, fit.r_squared) == pytest.approx((727.193, 3701670, 0.971315), rel=1e-5)
    assert (fit.peak_time, fit.peak_growth, fit.degrees) == pytest.approx((7.09234, 11069.8, 7), rel=1e-5)


@pytest.mark.parametrize(("estimator", "innovation"), [("ols", 0.0216), ("difference", 0.0088), ("density", 0.0066)])
def test_three_bass_estimators_give_three_innovation_rates(estimator, innovation):
    # Same data, independent fits: .0216 regression, .0088 cumulative differences, .0066 density
    options = {"require_ceiling": False} if estimator == "ols" else {}
    fit = growth_curves.fit("bass", np.arange(1, 11), VCR, estimator=estimator, **options)
    assert fit.parameters["p"] == pytest.approx(innovation, abs=0.00006)


CHICK = ([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 21], [42, 51, 59, 64, 76, 93, 106, 125, 149, 171, 199, 205])


def test_growth_before_the_turn_is_fitted_as_in_r_and_refused():
    # R ?SSlogis on ChickWeight chick 1: Asym 937.03 (465.86), xmid 35.223 (8.312), scal 11.405 (0.913)
    fit = growth_curves.fit("logistic", *CHICK, require_ceiling=False)
    assert fit.parameters["ceiling"] == pytest.approx(937.03, abs=0.02)
    assert fit.standard_errors["ceiling"] == pytest.approx(465.86, abs=0.02)
    assert (fit.parameters["midpoint"], 1 / fit.parameters["rate"]) == pytest.approx((35.223, 11.405), abs=0.001)
    with pytest.raises(Refusal, match="ceiling of the logistic curve is not identified"):
        growth_curves.fit("logistic", *CHICK)


def test_exponential_smoothing_of_saudi_oil_is_the_books():
    # Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 2nd edition, section 7.1: alpha 0.8339, 542.68
    oil = [445.3641, 453.1950, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759, 508.9488,
           488.8889, 509.8706, 456.7229, 473.8166, 525.9509, 549.8338, 542.3405]  # fmt: skip
    level, alpha, _ = forecasting.smoothed_level(np.array(oil))
    assert alpha[0] == pytest.approx(0.8339, abs=0.0005)
    assert level[0] == pytest.approx(542.68, abs=0.01)


AIR = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133,
       114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242,
       209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201]  # fmt: skip


@pytest.mark.parametrize("periods", [36, 48, 60])
def test_theta_agrees_with_statsmodels(periods):
    from statsmodels.tsa.forecasting.theta import ThetaModel

    values = np.array(AIR[:periods], dtype=float)
    series = pd.Series(values, index=pd.period_range("1949-01", periods=periods, freq="M"))
    model = ThetaModel(series, period=12, deseasonalize=True, method="multiplicative", use_test=False)
    peer = model.fit().forecast(12, theta=2).to_numpy()
    # The peer's numerical search for alpha stops early: a quarter of a per cent
    assert forecasting.forecast(values, 12, method="theta")[0] == pytest.approx(peer, rel=0.0025)


def test_theta_of_a_noisy_panel_is_that_of_statsmodels_under_the_same_convention():
    # Same convention: season always taken out, by each series alone. The peer's own default drops it where its test
    # does not find one, and ours pools it over the panel; both move forecasts of noisy series by a tenth and more.
    from statsmodels.tsa.forecasting.theta import ThetaModel

    rng, t = np.random.default_rng(0), np.arange(60)
    panel = np.exp(5 + 0.01 * t + 0.2 * np.sin(t * np.pi / 6) + 0.1 * rng.standard_normal((4, 60)))
    index = pd.period_range("2020-01", periods=60, freq="M")
    fits = [ThetaModel(pd.Series(row, index=index), method="multiplicative", use_test=False).fit() for row in panel]
    peer = np.array([fit.forecast(6) for fit in fits])
    assert forecasting.forecast(panel, 6, method="theta", shrink=False) == pytest.approx(peer, rel=0.002)
    # What is left is the search for alpha: ours never has the larger squared error.
    factors = forecasting.seasonal_factors(panel, 12, shrink=False)
    flat = panel / factors[:, t % 12]
    _, alpha, error = forecasting.smoothed_level(flat)
    theirs = forecasting._ses_paths(flat, np.array([[fit.params["alpha"]] for fit in fits]))[1][:, 0]
    assert (error <= theirs * (1 + 1e-6)).all()
    assert alpha == pytest.approx([fit.params["alpha"] for fit in fits], abs=0.02)


COVARIANCE = pd.DataFrame(
    [[0.0100, 0.0018, 0.0011], [0.0018, 0.0109, 0.0026], [0.0011, 0.0026, 0.0199]], list("MNS"), list("MNS")
)
MEANS = pd.Series([0.0427, 0.0015, 0.0285], list("MNS"))


def test_global_minimum_variance_is_zivots():
    # Zivot, Portfolio Theory with Matrix Algebra, Microsoft, Nordstrom, Starbucks: .4411 .3656 .1933, sd .0727
    found = portfolio.minimum_variance(COVARIANCE, MEANS, lowest=-5, highest=5)
    assert found.weights.tolist() == pytest.approx([0.4411, 0.3656, 0.1933], abs=0.00006)
    assert (found.volatility, found.growth) == pytest.approx((0.0727, 0.0249), abs=0.00006)


def test_efficient_mix_with_microsofts_return_is_zivots():
    # The same source: weights .8275 -.0907 .2633, sd .0917
    found = portfolio.minimum_variance(COVARIANCE, MEANS, growth_floor=0.0427, lowest=-5, highest=5)
    assert found.weights.tolist() == pytest.approx([0.8275, -0.0907, 0.2633], abs=0.0001)
    assert found.volatility == pytest.approx(0.0917, abs=0.00006)


def test_covariance_shrinkage_agrees_with_scikit_learn():
    from sklearn.covariance import ledoit_wolf

    x = np.random.default_rng(0).standard_normal((30, 5)) @ np.diag([1, 2, 3, 1, 1])
    matrix, share = portfolio.shrunk_covariance(pd.DataFrame(x))
    peer, peer_share = ledoit_wolf(x)
    assert share == pytest.approx(peer_share, abs=1e-12)
    assert matrix.to_numpy() == pytest.approx(peer, abs=1e-12)


@pytest.mark.parametrize(
    ("scores", "first"),
    [
        pytest.param([[1, 0], [0, 1], [0.6, 0.6]], [0.4, 0.4, 0.2], id="first iff its weight is above .6"),
        pytest.param(np.eye(3).tolist(), [1 / 3, 1 / 3, 1 / 3], id="three specialists"),
        pytest.param([*np.eye(3).tolist(), [0.5] * 3], [0.25] * 4, id="P(largest weight above one half) is 3/4"),
    ],
)
def test_rank_probabilities_are_the_areas_of_the_simplex(scores, first):
    draws, frame = 40_000, pd.DataFrame(scores)
    weights = pd.Series(1 / frame.shape[1], index=frame.columns)
    found = screening.weighted_ranking(frame, weights, rng=np.random.default_rng(5), concentration=None, draws=draws)
    error = 3 * np.sqrt(0.25 / draws)
    assert found.summary["p_first"].sort_index().tolist() == pytest.approx(first, abs=error)


def test_central_weights_are_the_centroids():
    frame = pd.DataFrame(np.eye(3))
    weights = pd.Series(1 / 3, index=frame.columns)
    found = screening.weighted_ranking(frame, weights, rng=np.random.default_rng(5), concentration=None, draws=40_000)
    assert found.central.sort_index().iloc[0].tolist() == pytest.approx([0.6111, 0.19444, 0.19444], abs=0.005)
