"""What the predictions were worth: better than the old rule, calibrated, bounded."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import launch_tables
from crossborder.errors import InputError
from crossborder.selection import launch_review, launch_success


def test_the_model_beats_base_rate_old_rule_and_chance(worlds):
    for past, predictions in worlds:
        known = predictions[predictions["success"].notna()]
        y, p, base = (known[c].astype(float) for c in ("success", "probability", "base_rate"))
        assert ((y - p) ** 2).sum() < 0.95 * ((y - base) ** 2).sum()
        best = launch_review.precision_at(predictions, 20)
        assert best > launch_review.precision_at(predictions, 20, "old_rule_score")
        assert best > y.mean()
        assert past["success"].notna().sum() == launch_success.fit(past).rows


def test_the_slope_of_calibration_is_one_over_all_worlds(worlds):
    """Pooled, so that the scatter of a slope from few outcomes halves: sd about 0.07 over four worlds."""
    pooled = pd.concat([predictions for _, predictions in worlds])
    assert launch_review.calibration(pooled)[0] == pytest.approx(1.0, abs=0.2)


def test_the_scatter_of_a_slope_is_what_perfect_calibration_shows(worlds):
    """Outcomes drawn from the probabilities themselves: slopes scatter as said, most but not all inside the band."""
    predictions = worlds[0][1][worlds[0][1]["success"].notna()].copy()
    predictions["probability"] = 1 / (1 + np.exp(-predictions["log_odds"]))
    said = launch_review.slope_noise(predictions)
    rng, slopes = np.random.default_rng(4), []
    for _ in range(200):
        drawn = predictions.assign(success=rng.uniform(size=len(predictions)) < predictions["probability"])
        slopes.append(launch_review.calibration(drawn)[0])
    assert np.std(slopes) == pytest.approx(said["sd"], rel=0.15)
    assert np.mean((np.array(slopes) > 0.8) & (np.array(slopes) < 1.2)) == pytest.approx(said["inside"], abs=0.07)
    assert said["expected"] == pytest.approx(predictions["probability"].sum())
    assert (said["low"], said["high"]) == pytest.approx((1 - 1.645 * said["sd"], 1 + 1.645 * said["sd"]), abs=0.001)


def test_a_calibrator_is_kept_only_if_it_wins(worlds):
    for past, predictions in worlds:
        model = launch_success.fit(past)
        same, found = launch_review.keep_calibrator(predictions, model)
        assert found["kept"] == (found["calibrated"] < found["raw"])
        assert (same.slope != 1.0 or same.shift != 0.0) == found["kept"]


def test_a_bent_scale_is_straightened(worlds):
    """Log-odds halved on purpose: the calibrator wins, and the slope of later cohorts comes back towards 1."""
    past, predictions = worlds[0]
    bent = predictions.assign(log_odds=predictions["log_odds"] / 2)
    bent["probability"] = 1 / (1 + np.exp(-bent["log_odds"]))
    model, found = launch_review.keep_calibrator(bent, launch_success.fit(past))
    assert found["kept"] and model.slope > 1.2
    new = launch_review.recalibrated(bent)
    changed = new["calibrated"].to_numpy()
    assert launch_review.calibration(new[changed])[0] < 0.8 * launch_review.calibration(bent[changed])[0]


def test_the_calibrator_never_looks_ahead(worlds):
    predictions = worlds[0][1]
    told = launch_review.recalibrated(predictions)
    assert told["calibrated"].any() and not told["calibrated"].all()
    cohort = told.loc[told["calibrated"], "cohort"].min()
    day = told.loc[told["cohort"] == cohort, "decided_on"].min()
    spoilt = predictions.copy()
    late = (spoilt["matured_on"] >= day).to_numpy() & spoilt["success"].notna().to_numpy()
    spoilt.loc[late, "success"] = ~spoilt.loc[late, "success"].astype(bool)
    again = launch_review.recalibrated(spoilt)
    mine = (told["cohort"] == cohort).to_numpy()
    assert again.loc[mine, "probability"].tolist() == told.loc[mine, "probability"].tolist()
    with pytest.raises(InputError, match="matured_on"):
        launch_review.recalibrated(predictions.drop(columns="matured_on"))


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
    assert width["same odds at a like old score"] == pytest.approx(0)
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


def test_precision_has_wilsons_interval():
    # Fifteen of twenty at 95 %: the interval of Wilson's score equation solved by hand.
    z, n, p = 1.959964, 20, 0.75
    centre, half = (p + z**2 / 2 / n) / (1 + z**2 / n), z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + (z / 2 / n) ** 2)
    assert launch_review.precision_interval(0.75, 20, 0.95) == pytest.approx((centre - half, centre + half), abs=1e-6)


@pytest.mark.parametrize("bins", [0, 4])
def test_parts_of_the_brier_score_add_up(bins):
    rng = np.random.default_rng(5)
    p = rng.uniform(size=200).round(1)
    y = (rng.uniform(size=200) < p**1.3).astype(float)
    found = launch_review.brier_parts(p, y, bins)
    whole = found["reliability"] - found["resolution"] + found["uncertainty"] + found["within"]
    assert whole == pytest.approx(found["brier"]) == pytest.approx(((p - y) ** 2).mean())
    with pytest.raises(InputError, match="shares as outcomes"):
        launch_review.brier_parts([0.2, 1.4], [0, 1])
