"""Customer models: the CDNOW, donation and contract examples of Fader, Hardie and others."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import buying_models, contract_models, order_value, pareto_nbd

FOLDER = Path(find_spec("lifetimes").submodule_search_locations[0]) / "datasets" if find_spec("lifetimes") else None
needs_data = pytest.mark.skipif(FOLDER is None, reason="the CDNOW sample comes with lifetimes (group oracle)")


@pytest.fixture(scope="module")
def cdnow():
    return pd.read_csv(FOLDER / "cdnow_customers_summary.csv")


@needs_data
def test_bg_nbd_of_cdnow(cdnow):
    # Fader, Hardie and Lee (2005), Marketing Science 24(2), table 2; Hardie, note 004.
    model = buying_models.fit(cdnow["frequency"], cdnow["recency"], cdnow["T"])
    assert model.customers == 2357
    assert model.parameters.to_numpy() == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.0006)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.06)
    assert buying_models.future_purchases(model, 2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=0.0006)
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    printed = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert buying_models.expected_purchases(model, weeks) == pytest.approx(printed, abs=0.0006)


def test_bg_nbd_probability_alive_of_btyd():
    # R BTYD vignette, customer 1516, rounded parameters.
    model = buying_models.BuyingModel("bg", 0.243, 4.414, 0.793, 2.426, 0.0, 0, np.eye(4))
    assert buying_models.probability_alive(model, 26, 30.86, 31) == pytest.approx(0.9689, abs=0.0005)


@needs_data
def test_mbg_nbd_of_cdnow(cdnow):
    # lifetimes 0.11.3, ModifiedBetaGeoFitter on the same sample: .525, 6.183, .891, 1.614 (Batislam et al. 2007,
    # table 2).
    model = buying_models.fit(cdnow["frequency"], cdnow["recency"], cdnow["T"], kind="mbg")
    assert model.parameters.to_numpy() == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=0.0006)


@needs_data
def test_pareto_nbd_of_cdnow(cdnow):
    # Fader, Hardie and Lee (2005), table 2: .553, 10.578, .606, 11.669; LL -9595.0. BTYD vignette: customer 1516.
    model = pareto_nbd.fit(cdnow["frequency"], cdnow["recency"], cdnow["T"])
    assert [model.r, model.alpha, model.s, model.beta] == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=0.003)
    assert model.log_likelihood == pytest.approx(-9595.0, abs=0.06)
    assert pareto_nbd.future_purchases(model, 26, 30.86, 31, 52) == pytest.approx(25.46, abs=0.02)
    assert pareto_nbd.probability_alive(model, 26, 30.86, 31) == pytest.approx(0.9979, abs=0.0005)
    assert pareto_nbd.expected_purchases(model, 52) == pytest.approx(1.473, abs=0.002)


@needs_data
def test_gamma_gamma_of_cdnow():
    # Fader, Hardie and Lee (2005), JMR 42; Hardie, note 025: p 6.25, q 3.74, v 15.44.
    frame = pd.read_csv(FOLDER / "cdnow_customers_summary_with_transactions.csv")
    again = frame[frame["x"] > 0]
    model = order_value.fit(again["x"], again["zbar"])
    assert model.customers == 946
    assert [model.p, model.q, model.v] == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert model.log_likelihood == pytest.approx(-4055.923, abs=0.01)
    assert order_value.independence(again["x"], again["zbar"]) == pytest.approx(0.1138839, abs=1e-6)
    published = order_value.GammaGamma(6.25, 3.74, 15.44, 0.0, 946, np.eye(3))
    expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert published.expected_value(frame["x"][:10], frame["zbar"][:10]) == pytest.approx(expected, abs=0.1)


@needs_data
def test_bg_bb_of_donations():
    # Fader, Hardie and Shang (2010), Marketing Science 29(6), table 3: 1.204, 0.750, 0.657, 2.783; LL -33,225.6.
    frame = pd.read_csv(FOLDER / "donations.csv")
    model = contract_models.fit_bgbb(frame["frequency"], frame["recency"], frame["periods"], frame["weights"])
    found = [model.alpha, model.beta, model.gamma, model.delta]
    assert found == pytest.approx([1.204, 0.750, 0.657, 2.783], abs=0.001)
    assert model.log_likelihood == pytest.approx(-33225.6, abs=0.06)
    # Table 6: expected purchases in 2002-2006 given 6 of 6 is 3.75, and given none 0.07.
    ahead = model.future_purchases(np.array([6.0, 0.0]), np.array([6.0, 0.0]), np.array([6.0, 6.0]), 5)
    assert ahead == pytest.approx([3.75, 0.07], abs=0.006)


@pytest.mark.parametrize(
    ("left", "alpha", "beta", "log_likelihood"),
    [
        # Fader and Hardie (2007), Journal of Interactive Marketing 21(1), tables 1 and 2 (1,000 customers).
        ([1000, 869, 743, 653, 593, 551, 517, 491], 0.668, 3.806, -1611.2),
        ([1000, 631, 468, 382, 326, 289, 262, 241], 0.704, 1.182, -1680.3),
    ],
)
def test_sbg_of_two_contract_cohorts(left, alpha, beta, log_likelihood):
    model = contract_models.fit_sbg(-np.diff(left), left[-1])
    assert [model.alpha, model.beta] == pytest.approx([alpha, beta], abs=0.0006)
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=0.06)
    # Equation 3: a share beta / (alpha + beta) of the cohort is left after the first renewal.
    assert model.survival(1) == pytest.approx(model.beta / (model.alpha + model.beta), rel=1e-12)


def test_residual_lifetime_is_the_sum_of_its_survival():
    model = contract_models.BetaGeometric(0.668, 3.806, 0.0)
    periods = np.arange(1, 4000)
    summed = (model.survival(periods) / model.survival(0) / 1.1 ** (periods - 1)).sum()
    assert model.residual_lifetime(0, 0.1) == pytest.approx(summed, rel=1e-6)
