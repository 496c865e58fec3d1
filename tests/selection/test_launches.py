"""Success of launches: honest in time, better than the old rule, calibrated, bounded."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import launch_tables
from crossborder.errors import Refusal
from crossborder.selection import launch_review, launch_success

SEEDS = range(4)


@pytest.fixture(scope="module")
def worlds():
    made = [launch_tables.launches(np.random.default_rng(700 + seed))[0] for seed in SEEDS]
    return [(past, launch_success.out_of_time(past)) for past in made]


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


def test_the_model_beats_base_rate_old_rule_and_chance(worlds):
    for past, predictions in worlds:
        known = predictions[predictions["success"].notna()]
        y, p, base = (known[c].astype(float) for c in ("success", "probability", "base_rate"))
        assert ((y - p) ** 2).sum() < 0.95 * ((y - base) ** 2).sum()
        best = launch_review.precision_at(predictions, 20)
        assert best > launch_review.precision_at(predictions, 20, "old_rule_score")
        assert best > y.mean()
        assert past["success"].notna().sum() == launch_success.fit(past).rows


def test_the_slope_of_calibration_is_near_one_on_average(worlds):
    slopes = [launch_review.calibration(predictions)[0] for _, predictions in worlds]
    assert np.mean(slopes) == pytest.approx(1.0, abs=0.2)


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


def test_a_calibrator_that_does_not_win_is_left_out(worlds):
    predictions = worlds[0][1]
    model = launch_success.fit(worlds[0][0])
    same, found = launch_review.keep_calibrator(predictions, model)
    assert found["kept"] == (found["calibrated"] < found["raw"])
    assert (same.slope != 1.0 or same.shift != 0.0) == found["kept"]


def test_skill_is_zero_for_the_base_rate(worlds):
    flat = worlds[0][1].copy()
    flat["probability"] = flat["base_rate"]
    flat["log_odds"] = np.log(flat["base_rate"] / (1 - flat["base_rate"]))
    found = launch_review.skill(flat, np.random.default_rng(1), draws=200)
    assert found.loc["brier_skill", "value"] == pytest.approx(0)
    assert found.loc["log_loss_gain", "value"] == pytest.approx(0)


def test_bounds_widen_with_what_is_not_assumed(worlds):
    past, _ = worlds[0]
    table = launch_review.selection_bounds(past).set_index("assumption")
    width = table["rate_high"] - table["rate_low"]
    assert width["launched ones only"] == 0
    assert width["odds differ up to 1 times"] == pytest.approx(0)
    assert width["odds differ up to 1.5 times"] < width["odds differ up to 2 times"] < width["no assumption"]


def test_the_worst_case_bounds_hold_the_truth():
    past, truth = launch_tables.launches(np.random.default_rng(12))
    rows = past["success"].notna() | ~past["launched"].astype(bool)
    rate = truth.loc[rows.to_numpy(), "true_success"].mean()
    table = launch_review.selection_bounds(past).set_index("assumption")
    assert table.loc["no assumption", "rate_low"] <= rate <= table.loc["no assumption", "rate_high"]


def test_the_scorecard_adds_up(worlds):
    table = launch_review.scorecard(worlds[0][0])
    whole = table.iloc[-1]
    assert whole["launched"] == table["launched"].iloc[:-1].sum()
    assert whole["low"] < whole["rate"] < whole["high"]


def test_reasons_of_a_case_are_signals_of_the_model(worlds):
    past, predictions = worlds[0]
    model = launch_success.fit(past)
    cases = launch_review.case_review(predictions, past, model, count=3)
    assert len(cases) == 6
    assert set(cases["helped"]) | set(cases["hurt"]) <= set(model.features)
    assert cases["success"].tolist() == [True] * 3 + [False] * 3


def test_the_industry_gains_with_adoption():
    assert launch_review.industry_effect(0.0, (0.8, 0.1))["change"] == 0
    found = launch_review.industry_effect(0.3, (0.8, 0.1))
    assert found["change"] == pytest.approx(0.24)
    assert found["low"] < 0.24 < found["high"]


def test_precision_takes_its_share_of_every_cohort():
    rows = pd.DataFrame({"cohort": ["a"] * 20 + ["b"] * 20, "probability": np.linspace(1, 0, 40),
                         "success": ([1.0] * 10 + [0.0] * 10) * 2})  # fmt: skip
    assert launch_review.precision_at(rows, 20) == pytest.approx(1.0)
    assert launch_review.precision_at(rows, 20, within="") == pytest.approx(0.5)
