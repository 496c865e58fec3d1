"""The chance of success: learned from matured outcomes, shrunk by the evidence, refused where too little is known."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import launch_tables
from crossborder.errors import InputError, Refusal
from crossborder.selection import launch_success


def test_a_cohort_is_predicted_from_matured_outcomes_only(worlds):
    past, predictions = worlds[0]
    cohort = predictions["cohort"].iloc[-1]
    begun = past.loc[past["cohort"] == cohort, "decided_on"].min()
    known = past[(past["matured_on"] < begun) & past["success"].notna()]
    assert (predictions.loc[predictions["cohort"] == cohort, "trained_on"] == len(known)).all()


def test_later_outcomes_change_no_earlier_prediction(worlds):
    past, predictions = worlds[0]
    turned = past.copy()
    late = turned["cohort"] >= "2026Q1"
    turned.loc[late & turned["success"].notna(), "success"] = False
    again = launch_success.out_of_time(turned)
    early = predictions["cohort"] <= "2026Q1"
    assert again.loc[early, "probability"].to_numpy() == pytest.approx(predictions.loc[early, "probability"].to_numpy())


def test_a_signal_without_spread_or_value_does_no_harm(worlds):
    past = worlds[0][0].assign(brand_fit=0.5)
    model = launch_success.fit(past)
    assert model.coefficients["brand_fit"] == pytest.approx(0, abs=1e-9)
    with pytest.raises(Exception, match="features without any value"):
        launch_success.fit(past.assign(brand_fit=np.nan))


def test_the_ridge_is_chosen_by_evidence_and_shrinks():
    past = launch_tables.launches(np.random.default_rng(5))[0]
    tight, loose = (launch_success.fit(past, prior_sd=sd).coefficients.iloc[1:].abs().sum() for sd in (0.05, 2.0))
    assert tight < loose
    assert launch_success.fit(past).prior_sd in launch_success.PRIOR_SDS


def test_intervals_hold_the_true_chance(worlds):
    rng = np.random.default_rng(3)
    ideas, truth = launch_tables.launches(rng)
    fresh = ideas[ideas["cohort"] >= "2026Q2"].reset_index(drop=True)
    found = launch_success.score(fresh, launch_success.fit(ideas))
    true = truth.set_index("launch_id").loc[fresh["launch_id"], "true_probability"].to_numpy()
    assert ((found["low"] <= true) & (true <= found["high"])).mean() > 0.6
    assert np.corrcoef(found["probability"], true)[0, 1] > 0.85


def test_too_few_outcomes_are_refused():
    past = launch_tables.launches(np.random.default_rng(5))[0]
    with pytest.raises(Refusal, match="needs 40 outcomes"):
        launch_success.fit(past.head(20))
    with pytest.raises(Refusal, match="no cohort had 500 matured outcomes"):
        launch_success.out_of_time(past, first=500)


def test_the_calibrator_is_the_identity_where_nothing_is_known():
    assert launch_success.calibrator([0.5], [1.0], ridge=1e6) == pytest.approx((1.0, 0.0), abs=1e-4)


def test_the_calibrator_finds_a_known_slope():
    rng = np.random.default_rng(8)
    eta = rng.normal(0, 2, 20_000)
    y = rng.uniform(size=20_000) < 1 / (1 + np.exp(-(0.6 * eta - 0.4)))
    assert launch_success.calibrator(eta, y, 1e-6) == pytest.approx((0.6, -0.4), abs=0.05)


def test_an_earlier_day_knows_no_later_outcome(worlds):
    past = worlds[0][0]
    day = past["matured_on"].quantile(0.5)
    known = launch_success.known_by(past, day)
    late = past["matured_on"] > day
    columns = ["success", "units_90_days", "contribution_90_days_usd", "social_share_90_days"]
    assert known.loc[late, columns].isna().all(axis=None)
    pd.testing.assert_frame_equal(known[~late], past[~late])
    with pytest.raises(InputError, match="matured_on"):
        launch_success.known_by(past.drop(columns="matured_on"), day)
