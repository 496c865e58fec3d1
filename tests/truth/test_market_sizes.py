"""Published numbers for combining, reconciling, concentrating and decomposing market sizes."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import concentration, consistency, decomposition, meta_analysis, reconciliation

# Colditz et al. 1994, 13 trials of the BCG vaccine: cases and others, treated and control (metafor dat.bcg).
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
        [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232],
        [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
    ],
    dtype=float,
)  # fmt: skip
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    return np.log((a / (a + b)) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


@pytest.mark.parametrize(
    ("method", "tau2"),
    [("DL", 0.3088), ("HE", 0.3286), ("HS", 0.2284), ("SJ", 0.3455), ("ML", 0.2800), ("REML", 0.3132), ("EB", 0.3181),
     ("PM", 0.3181), ("FE", 0.0)],
)  # fmt: skip
def test_spread_between_trials_is_metafors(method, tau2):
    # metafor documentation, rma.uni on dat.bcg, four printed digits
    y, v = log_risk_ratios()
    assert meta_analysis.combine(y, v, method=method).tau2 == pytest.approx(tau2, abs=0.00006)


def test_reml_mean_heterogeneity_and_prediction_are_metafors():
    y, v = log_risk_ratios()
    fit = meta_analysis.combine(y, v, method="REML", inference="normal", prediction="t_k2")
    assert (fit.estimate, fit.standard_error) == pytest.approx((-0.7145323, 0.1797815), abs=1e-6)
    assert (fit.q, fit.i2, fit.h2) == pytest.approx((152.2330, 0.9222, 12.86), abs=0.005)
    assert (fit.prediction_low, fit.prediction_high) == pytest.approx((-2.0083759, 0.5793112), abs=1e-6)
    assert (fit.low, fit.high) == pytest.approx((-1.0669, -0.3622), abs=0.00006)


def test_knapp_hartung_interval_is_metafors():
    y, v = log_risk_ratios()
    fit = meta_analysis.combine(y, v, method="REML", inference="hksj")
    assert fit.standard_error == pytest.approx(0.1807917, abs=1e-6)
    assert (fit.low, fit.high) == pytest.approx((-1.1084, -0.3206), abs=0.00006)
    plain = meta_analysis.combine(y, v, method="DL", inference="hksj")
    assert plain.standard_error == pytest.approx(0.1806966, abs=1e-6)


def test_fixed_effect_and_dersimonian_laird_are_the_published_ones():
    y, v = log_risk_ratios()
    fixed = meta_analysis.combine(y, v, method="FE", inference="normal")
    assert (fixed.estimate, fixed.standard_error) == pytest.approx((-0.4302851637, 0.0404987517), abs=1e-9)
    random = meta_analysis.combine(y, v, method="DL", inference="normal")
    assert (random.tau2, random.estimate, random.standard_error) == pytest.approx(
        (0.3087602629, -0.7141172221, 0.1787420895), abs=1e-9
    )


def test_q_profile_interval_of_the_spread_is_metafors():
    # metafor documentation, confint(rma(yi, vi, data=dat.bcg)): tau^2 0.1197 to 1.1115
    assert meta_analysis.tau2_interval(*log_risk_ratios()) == pytest.approx((0.1197, 1.1115), abs=0.00006)


def test_meta_regression_on_latitude_is_metafors():
    # metafor documentation, mods = ~ ablat: intercept 0.2515 (0.2491), slope -0.0291 (0.0072), tau^2 0.0764
    y, v = log_risk_ratios()
    fit = meta_analysis.combine(y, v, inference="normal", moderators=pd.DataFrame({"latitude": LATITUDE}))
    assert fit.tau2 == pytest.approx(0.0764, abs=0.00006)
    assert fit.coefficients["estimate"].tolist() == pytest.approx([0.2515, -0.0291], abs=0.00006)
    assert fit.coefficients["standard_error"].tolist() == pytest.approx([0.2491, 0.0072], abs=0.00006)


def test_dersimonian_laird_agrees_with_statsmodels():
    from statsmodels.stats.meta_analysis import combine_effects

    y, v = log_risk_ratios()
    peer = combine_effects(y, v, method_re="chi2", use_t=False)
    ours = meta_analysis.combine(y, v, method="DL", inference="normal")
    assert ours.estimate == pytest.approx(peer.mean_effect_re, abs=1e-10)
    assert ours.standard_error == pytest.approx(peer.sd_eff_w_re, abs=1e-10)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("ols", [290 / 3, 130 / 3, 160 / 3]), ("wls_struct", [95, 42.5, 52.5]), ("bottom_up", [90, 40, 50])],
)
def test_smallest_hierarchy_reconciles_as_by_hand(method, expected):
    # Total 100 against parts 40 and 50: a gap of 10 spread by 1/3 each (OLS) or by W = diag(2, 1, 1)
    found = reconciliation.reconcile(np.array([100, 40, 50]), np.array([[1, 1], [1, 0], [0, 1]]), method=method)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("shares", "expected"), [([30, 30, 20, 20], 2600), ([100], 10000), ([10] * 10, 1000)], ids=["DOJ", "one", "ten"]
)
def test_hhi_of_the_us_department_of_justice_page(shares, expected):
    assert concentration.hhi(shares, unit="percent") == pytest.approx(expected, abs=1e-9)


def test_merger_changes_the_index_by_twice_the_product():
    # US merger guidelines 2023, section 2.1: shares 30 and 20 raise the index by 1,200
    assert concentration.merger_change(30, 20, unit="percent") == pytest.approx(1200)


def test_additive_lmdi_of_angs_mixed_example():
    """By hand from equation 5 of Ang 2005: two sectors, activity x share x intensity; effects add to the change."""
    before = pd.DataFrame({"activity": [100, 100], "share": [0.5, 0.5], "intensity": [0.6, 0.2]}, index=["a", "b"])
    after = pd.DataFrame({"activity": [150, 150], "share": [0.4, 0.6], "intensity": [0.5, 0.25]}, index=["a", "b"])
    found = decomposition.growth_drivers(before, after)["effect"]
    v0, v1 = np.array([30, 10]), np.array([30, 22.5])
    weight = np.array([30, (22.5 - 10) / np.log(2.25)])
    by_hand = [
        (weight * np.log(1.5)).sum(),
        (weight * np.log([0.8, 1.2])).sum(),
        (weight * np.log([0.5 / 0.6, 1.25])).sum(),
    ]
    assert found.tolist() == pytest.approx(by_hand, rel=1e-12)
    assert found.sum() == pytest.approx(v1.sum() - v0.sum(), rel=1e-12)


def test_compound_growth_of_a_textbook_line():
    # Investopedia, "Compound Annual Growth Rate": 10,000 to 19,000 in three years is 23.86 %
    assert consistency.solve(base=10_000, end=19_000, years=3).rate == pytest.approx(0.2386, abs=0.00006)


# Raudenbush 1985, 19 studies of teachers' expectancy and pupils' IQ: standardised mean differences and variances.
EXPECTANCY = np.array([0.03, 0.12, -0.14, 1.18, 0.26, -0.06, -0.02, -0.32, 0.27, 0.80, 0.54, 0.18, -0.02, 0.23, -0.18,
                       -0.06, 0.30, 0.07, -0.07])  # fmt: skip
EXPECTANCY_VARIANCE = np.array([0.0156, 0.0216, 0.0279, 0.1391, 0.1362, 0.0106, 0.0106, 0.0484, 0.0269, 0.0630, 0.0912,
                                0.0497, 0.0835, 0.0841, 0.0253, 0.0279, 0.0193, 0.0088, 0.0303])  # fmt: skip


def test_teacher_expectancy_by_reml_is_metafors():
    # metafor documentation, rma on dat.raudenbush1985: tau^2 0.0188, Q 35.8295, mean 0.0837 (0.0516), -0.0175 to 0.1849
    fit = meta_analysis.combine(EXPECTANCY, EXPECTANCY_VARIANCE, method="REML", inference="normal")
    assert (fit.tau2, fit.q) == pytest.approx((0.0188, 35.8295), abs=0.00006)
    assert (fit.estimate, fit.standard_error) == pytest.approx((0.0837, 0.0516), abs=0.00006)
    assert (fit.low, fit.high) == pytest.approx((-0.0175, 0.1849), abs=0.00006)
