"""Tests of people and of regions: published sizes, boundaries and effects."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import experiments, geo, sequential


def test_sample_size_of_r_power_prop_test():
    # R stats, ?power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7.
    assert experiments.sample_size_proportions(0.5, 0.75, power=0.9) == pytest.approx(76.7, abs=0.05)


@pytest.mark.parametrize(
    ("p1", "p2", "power", "people"), [(0.5, 0.75, 0.9, 76.7069285), (0.1, 0.12, 0.8, 3840.8474824)]
)
def test_sample_size_of_two_proportions(p1, p2, power, people):
    assert experiments.sample_size_proportions(p1, p2, power=power) == pytest.approx(people, rel=1e-6)


def test_sample_size_of_miller():
    # E. Miller, sample size calculator: 20 % base, 5 points, 80 % power, 5 % level gives 1,030 a variation.
    assert experiments.sample_size_proportions(0.2, 0.25, variance="baseline") == pytest.approx(1030, abs=0.5)


def test_power_of_r_power_t_test():
    # R stats, ?power.t.test, the three examples.
    assert experiments.power_means(20, 1.0) == pytest.approx(0.8689528, abs=1e-6)
    assert experiments.sample_size_means(1.0, power=0.9) == pytest.approx(22.0211, abs=1e-4)
    assert experiments.sample_size_means(1.0, power=0.9, two_sided=False) == pytest.approx(17.84713, abs=1e-4)


def test_sample_ratio_of_kohavi():
    # Kohavi, Tang and Xu (2020), chapters 3 and 21: 821,588 against 815,482; ratio 0.993, p = 1.8e-6.
    found = experiments.sample_ratio_mismatch([821_588, 815_482])
    assert found["ratio"] == pytest.approx(0.993, abs=0.0005)
    assert found["p_value"] == pytest.approx(1.8e-6, rel=0.02)
    assert found["mismatch"]


def test_dunnett_critical_value():
    # Dunnett (1955), table 2b, infinite degrees of freedom, 95 %: 1 treatment 1.96, 2 treatments 2.21, 3 treatments
    # 2.35.
    for count, printed in ((1, 1.96), (2, 2.21), (3, 2.35)):
        assert experiments._critical(count, 0.95, "dunnett") == pytest.approx(printed, abs=0.005)


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        # Jennison and Turnbull (2000), tables 2.1 and 2.3, five looks, alpha 0.05.
        ("pocock", [2.413] * 5),
        ("obrien_fleming", [4.562, 3.226, 2.634, 2.281, 2.040]),
        # Lan-DeMets spending of O'Brien-Fleming type, five equal looks (as in R gsDesign and SAS SEQDESIGN).
        ("lan_demets_obrien_fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
    ],
)
def test_group_sequential_boundaries(kind, printed):
    assert sequential.boundary(5, kind) == pytest.approx(printed, abs=0.001)


def test_false_alarms_of_peeking():
    # Armitage, McPherson and Rowe (1969), table 2: 2 looks 0.083, 5 looks 0.142, 10 looks 0.193.
    for looks, printed in ((1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193)):
        assert sequential.false_alarm_of_peeking(looks) == pytest.approx(printed, abs=0.001)


def test_difference_in_differences_of_card_and_krueger():
    # Card and Krueger (1994), table 3: New Jersey 20.44 to 21.03, Pennsylvania 23.33 to 21.17; 2.76 (1.36).
    found = geo.did_of_means((20.44, 23.33), (21.03, 21.17), (0.51, 1.35, 0.52, 0.94))
    assert found["estimate"] == pytest.approx(2.76, abs=0.015)  # the printed means are rounded
    assert found["standard_error"] == pytest.approx(1.8, abs=0.05)  # cells taken as independent


def test_synthetic_methods_find_a_planted_effect_and_their_weights_are_a_mix():
    rng = np.random.default_rng(3)
    common = rng.normal(size=(60, 2)).cumsum(axis=0)
    y = 100 + common @ rng.random((2, 24)) + rng.normal(0, 0.5, (60, 24))
    y[48:, :3] += 4.0
    wide = pd.DataFrame(y, columns=[f"g{i:02d}" for i in range(24)])
    for found in (
        geo.synthetic_control(wide, ["g00", "g01", "g02"], 48),
        geo.synthetic_did(wide, ["g00", "g01", "g02"], 48, rng=rng),
        geo.difference_in_differences(wide, ["g00", "g01", "g02"], 48),
    ):
        assert found.low < 4.0 < found.high
        assert found.weights.sum() == pytest.approx(1, abs=1e-6)
        assert (found.weights >= -1e-9).all()


def test_interval_and_p_value_never_contradict_each_other():
    rng = np.random.default_rng(5)
    for effect in (0.0, 0.4, 0.8, 2.0):
        y = 50 + rng.normal(size=(40, 1)).cumsum(axis=0) * 0.3 + rng.normal(0, 0.7, (40, 12))
        y[30:, 0] += effect
        wide = pd.DataFrame(y, columns=[f"g{i:02d}" for i in range(12)])
        for found in (
            geo.synthetic_control(wide, ["g00"], 30),
            geo.synthetic_did(wide, ["g00"], 30),
            geo.difference_in_differences(wide, ["g00"], 30),
        ):
            assert (found.p_value < 0.1) == (not found.low <= 0 <= found.high)


@pytest.fixture(scope="module")
def tobacco():
    """Packs of cigarettes a head and year, 38 states without a programme and California (Orzechowski and Walker)."""
    return pd.read_csv(Path(__file__).parent / "prop99.csv", index_col="year")


def test_proposition_99_by_three_methods(tobacco):
    # Arkhangelsky et al. (2021), table 1: -27.3, -19.6 and -15.6; more digits in the vignette of R synthdid.
    california = ["California"], 1989
    did = geo.difference_in_differences(tobacco, *california).estimate
    assert did == pytest.approx(-27.349, abs=0.001)
    assert geo.synthetic_control(tobacco, *california).estimate == pytest.approx(-19.6, abs=0.2)
    assert geo.synthetic_did(tobacco, *california).estimate == pytest.approx(-15.604, abs=0.01)


def test_donors_of_california(tobacco):
    # Abadie, Diamond and Hainmueller (2010), table 2: Utah carries most weight; with outcomes alone as here the same
    # states are left.
    weights = geo.synthetic_control(tobacco, ["California"], 1989).weights
    assert weights.idxmax() == "Utah"
    assert {"Utah", "Montana", "Nevada", "Connecticut", "New Hampshire"} <= set(weights.index[weights > 0.01])


def test_augmented_control_is_a_ridge_forecast_corrected_by_the_mix(tobacco):
    # Ben-Michael, Feller and Rothstein (2021), equation 6, written as a forecast: ridge regression of each later year
    # on the past, minus its error on the synthetic control. The package solves for weights instead (equation 10).
    from sklearn.linear_model import Ridge

    penalty = 5000.0
    found = geo.augmented_synthetic_control(tobacco, ["California"], 1989, penalty=penalty)
    before, after = tobacco[tobacco.index < 1989].T, tobacco[tobacco.index >= 1989].T
    controls = before.index != "California"
    mix = geo.synthetic_control(tobacco, ["California"], 1989).weights.to_numpy()
    ridge = Ridge(alpha=penalty, fit_intercept=True).fit(before[controls].to_numpy(), after[controls].to_numpy())
    forecast = ridge.predict(before.to_numpy())
    expected = forecast[~controls][0] + mix @ (after[controls].to_numpy() - forecast[controls])
    assert found.path["expected"].to_numpy()[-12:] == pytest.approx(expected, abs=1e-5)
    assert found.estimate == pytest.approx(float((after.loc["California"] - expected).mean()), abs=1e-5)
