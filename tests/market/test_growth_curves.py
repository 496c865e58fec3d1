"""Growth curves: exact data give their parameters back; what is not identified is refused."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import growth_curves
from hypothesis import given, settings
from hypothesis import strategies as st

TRUE = {
    "logistic": {"ceiling": 0.4, "rate": 0.5, "midpoint": 6.0},
    "gompertz": {"ceiling": 0.4, "rate": 0.3, "midpoint": 5.0},
    "bass": {"ceiling": 900.0, "p": 0.02, "q": 0.4},
}


@pytest.mark.parametrize("curve", TRUE)
@pytest.mark.parametrize("estimator", ["level", "difference", "density"])
def test_exact_data_give_the_parameters_back(curve, estimator):
    t = np.arange(1.0, 16.0)
    level = growth_curves.cumulative(curve, t, TRUE[curve])
    values = {
        "level": level,
        "difference": level - growth_curves.cumulative(curve, t - 1, TRUE[curve]),
        "density": growth_curves.density(curve, t, TRUE[curve]),
    }[estimator]
    fit = growth_curves.fit(curve, t, values, estimator=estimator)
    assert fit.parameters.to_dict() == pytest.approx(TRUE[curve], rel=1e-4)
    assert (fit.curve, fit.estimator) == (curve, estimator)


@settings(max_examples=20, deadline=None)
@given(unit=st.sampled_from([0.001, 1.0, 1e6]), start=st.sampled_from([0.0, 2014.0]))
def test_units_of_value_and_time_do_not_matter(unit, start):
    t = np.arange(12.0)
    noise = np.random.default_rng(1).standard_normal(12)
    y = growth_curves.cumulative("logistic", t, TRUE["logistic"]) * np.exp(0.02 * noise)
    first, other = growth_curves.fit("logistic", t, y), growth_curves.fit("logistic", t + start, unit * y)
    assert other.parameters["ceiling"] == pytest.approx(unit * first.parameters["ceiling"], rel=1e-4)
    assert other.parameters["midpoint"] - start == pytest.approx(first.parameters["midpoint"], rel=1e-4)
    assert other.ceiling_high / other.ceiling_low == pytest.approx(first.ceiling_high / first.ceiling_low, rel=1e-3)


def test_closed_form_density_is_the_slope_of_the_level():
    t, h = np.array([2.0, 5.0, 9.0]), 1e-5
    slope = (
        growth_curves.cumulative("bass", t + h, TRUE["bass"]) - growth_curves.cumulative("bass", t - h, TRUE["bass"])
    ) / (2 * h)
    assert growth_curves.density("bass", t, TRUE["bass"]) == pytest.approx(slope, rel=1e-6)


def test_peak_of_bass_is_where_growth_is_largest():
    t = np.arange(1.0, 16.0)
    fit = growth_curves.fit("bass", t, growth_curves.density("bass", t, TRUE["bass"]), estimator="density")
    fine = np.linspace(0, 20, 20_001)
    assert fit.peak_time == pytest.approx(
        fine[np.argmax(growth_curves.density("bass", fine, fit.parameters))], abs=0.001
    )


def early_data() -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(6.0)
    noise = 1 + 0.03 * np.array([1, -1, 0.5, 1, -1, 0.3])
    return t, growth_curves.cumulative("logistic", t, {"ceiling": 1.0, "rate": 0.4, "midpoint": 12.0}) * noise


def test_early_data_alone_are_refused_and_a_prior_helps():
    t, y = early_data()
    with pytest.raises(Refusal, match="not identified"):
        growth_curves.fit("logistic", t, y)
    fit = growth_curves.fit("logistic", t, y, priors={"ceiling": (0.9, 0.3)})
    assert fit.identified
    assert fit.ceiling_low < 1.0 < fit.ceiling_high


def test_profile_interval_covers_as_often_as_it_says():
    rng, t, hits = np.random.default_rng(2), np.arange(1.0, 15.0), 0
    level = growth_curves.cumulative("logistic", t, {"ceiling": 1.0, "rate": 0.5, "midpoint": 7.0})
    for _ in range(30):
        fit = growth_curves.fit("logistic", t, level + 0.02 * rng.standard_normal(14), require_ceiling=False)
        hits += fit.ceiling_low <= 1.0 <= fit.ceiling_high
    # 90 % of 30 less three binomial standard errors
    assert hits >= 22


def test_relative_errors_weigh_small_years_as_much_as_large():
    t = np.arange(12.0)
    y = growth_curves.cumulative("logistic", t, TRUE["logistic"]) * np.where(np.arange(12) % 2, 1.05, 0.95)
    fit = growth_curves.fit("logistic", t, y, errors="relative")
    assert fit.residual_sd == pytest.approx(0.05 * np.sqrt(12 / 9), rel=0.05)


def test_curves_share_one_list():
    assert set(growth_curves.CURVES) == {"bass", "gompertz", "logistic", "richards"}
    frame = pd.DataFrame({c: [s.parameters[0]] for c, s in growth_curves.CURVES.items()})
    assert (frame == "ceiling").all(axis=None)


def test_series_fitted_together_are_as_fitted_alone_and_refusals_keep_their_place():
    t, rng = np.arange(12.0), np.random.default_rng(3)
    level = growth_curves.cumulative("logistic", t, TRUE["logistic"])
    series = [level * np.exp(0.02 * rng.standard_normal(12)), np.zeros(12), 3 * level**1.1]
    found = growth_curves.fit_all("logistic", t, series, require_ceiling=False)
    assert isinstance(found[1], Refusal)
    for values, one in ((series[0], found[0]), (series[2], found[2])):
        alone = growth_curves.fit("logistic", t, values, require_ceiling=False)
        assert one.parameters.to_dict() == pytest.approx(alone.parameters.to_dict(), rel=1e-9)
        assert (one.ceiling_low, one.ceiling_high) == pytest.approx((alone.ceiling_low, alone.ceiling_high), rel=1e-6)


@pytest.mark.parametrize("estimator", ["level", "ols"])
def test_refitting_the_same_values_gives_the_same_curve(estimator):
    t = np.arange(1.0, 16.0)
    values = growth_curves.cumulative("bass", t, TRUE["bass"])
    values = values if estimator == "level" else np.diff(values, prepend=0.0)
    fit = growth_curves.fit("bass", t, values, estimator=estimator)
    again = growth_curves.refit(fit, np.array([values, np.zeros(15)]))
    assert again.iloc[0].to_dict() == pytest.approx(fit.parameters.to_dict(), rel=1e-5)
    assert again.iloc[1].isna().all()
