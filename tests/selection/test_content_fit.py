"""The content score, what it lacks, and the share of social shops that it foretells."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import content_features, launch_tables
from crossborder.errors import InputError, Refusal
from crossborder.selection import content_fit


@pytest.fixture(scope="module")
def past():
    return launch_tables.launches(np.random.default_rng(700))[0]


@pytest.fixture(scope="module")
def model(past):
    return content_fit.fit(past)


@pytest.fixture(scope="module")
def told(past):
    return content_fit.out_of_time(past)


def one(**changes):
    row = {"market": "US", "visual_appeal": 0.9, "demo_seconds": 3.0, "hook_rate": 0.7, "price_usd": 8.0,
           "homogeneity": 0.2}  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_the_ends_of_the_scales_score_one_and_zero():
    assert content_fit.score(one())["content_score"].item() == pytest.approx(1)
    worst = one(visual_appeal=0.1, demo_seconds=90.0, hook_rate=0.0, price_usd=500.0, homogeneity=1.0)
    assert content_fit.score(worst)["content_score"].item() == pytest.approx(0)


@pytest.mark.parametrize("column, better, worse", [("visual_appeal", 0.7, 0.5), ("demo_seconds", 5.0, 20.0),
                                                   ("hook_rate", 0.5, 0.3), ("price_usd", 15.0, 60.0),
                                                   ("homogeneity", 0.3, 0.7)])  # fmt: skip
def test_every_feature_pulls_in_its_direction(column, better, worse):
    scores = [content_fit.score(one(**{column: value}))["content_score"].item() for value in (better, worse)]
    assert scores[0] > scores[1]


def test_a_missing_feature_stands_in_the_middle_with_full_noise_and_is_named():
    known, gap = content_fit.score(one()), content_fit.score(one(hook_rate=np.nan))
    assert gap["hook"].item() == 0.5
    assert gap["lacks"].item() == "hook"
    assert gap["noise"].item() > 2 * known["noise"].item()
    assert content_fit.score(one().drop(columns="hook_rate"))["lacks"].item() == "hook"


def test_what_would_raise_the_score_is_the_largest_gain():
    found = content_fit.score(one(visual_appeal=0.75, demo_seconds=4.0, hook_rate=0.2)).iloc[0]
    assert found["raise_by"] == "hook"
    weight = content_fit.content_features().loc["hook", "weight"]
    assert found["gain"] == pytest.approx(weight * (0.8 - (0.2 - 0.15) / 0.55))
    assert content_fit.score(one())["raise_by"].item() == ""


def test_true_effects_of_features_are_found_in_most_worlds():
    """Two standard errors hold the stated effect of a feature in most of a dozen worlds."""
    held = []
    for seed in range(720, 732):
        made = content_fit.fit(launch_tables.launches(np.random.default_rng(seed))[0])
        true = pd.Series(
            {"visual_appeal": content_features.EFFECTS["visual_appeal"] * 7,
             "demonstration": -content_features.EFFECTS["demo_seconds"] * np.log2(20),
             "hook": content_features.EFFECTS["hook_rate"] * 5.5,
             "impulse_price": -content_features.EFFECTS["price_usd"] * np.log2(15), "novelty": 0.0}
        )  # fmt: skip
        places = [made.coefficients.index.get_loc(name) for name in true.index]
        sd = np.sqrt(np.diag(made.covariance)[places])
        held.append((np.abs(made.coefficients[true.index] - true) < 2 * sd).to_numpy())
    assert (np.sum(held, axis=0) >= 9).all()
    assert np.mean(held) > 0.88


def test_later_shares_are_foretold_better_than_by_their_market(told):
    table = content_fit.held_out(told, np.random.default_rng(1))
    assert table.loc["error_saved", "low"] > 0
    assert table.loc["rank_correlation", "low"] > 0
    assert 0.82 < table.loc["inside", "value"] < 0.97


def test_nothing_is_foretold_where_the_share_has_nothing_to_do_with_the_features(past):
    mixed = past.copy()
    known = mixed["social_share_90_days"].notna()
    values = mixed.loc[known, "social_share_90_days"].to_numpy()
    mixed.loc[known, "social_share_90_days"] = np.random.default_rng(3).permutation(values)
    table = content_fit.held_out(content_fit.out_of_time(mixed), np.random.default_rng(1))
    assert table.loc["error_saved", "value"] < 0.02
    assert table.loc["rank_correlation", "low"] < 0


def test_learning_never_looks_ahead(past, told):
    later = past["matured_on"] >= past.loc[past["cohort"] == told["cohort"].min(), "decided_on"].min()
    spoilt = past.copy()
    spoilt.loc[later & (past["cohort"] != told["cohort"].min()), "social_share_90_days"] = 0.999
    again = content_fit.out_of_time(spoilt)
    first = told["cohort"] == told["cohort"].min()
    assert again.loc[first, "predicted"].to_numpy() == pytest.approx(told.loc[first, "predicted"].to_numpy())


def test_potential_has_an_interval_that_widens_without_a_clip(model):
    sure, gap = (content_fit.potential(one(**c), model).iloc[0] for c in ({}, {"hook_rate": np.nan}))
    assert sure["low"] < sure["social_share"] < sure["high"]
    assert np.log(gap["high"] / gap["low"]) > np.log(sure["high"] / sure["low"])
    strange = content_fit.potential(one(market="ZA"), model).iloc[0]
    assert strange["high"] - strange["low"] > sure["high"] - sure["low"]


def test_a_better_hook_brings_a_larger_share(model):
    weak = one(hook_rate=0.2, visual_appeal=0.76, demo_seconds=5.0, expected_units_month=100)
    found = content_fit.potential(weak, model).iloc[0]
    better = content_fit.potential(weak.assign(hook_rate=0.15 + 0.8 * 0.55), model).iloc[0]
    assert found["share_gain"] == pytest.approx(better["social_share"] - found["social_share"], rel=0.01)
    assert found["social_units_month"] == pytest.approx(100 * found["social_share"])


def test_too_few_outcomes_are_refused_and_the_score_keeps_its_assumed_weights(past):
    assert content_fit.fit_if_known(past.drop(columns="social_share_90_days")) is None
    with pytest.raises(Refusal, match="needs 60"):
        content_fit.fit(past.head(40))
    with pytest.raises(Refusal, match="matured before"):
        content_fit.out_of_time(past.head(40))


def test_bad_features_are_named():
    with pytest.raises(InputError, match="demo_seconds"):
        content_fit.score(one(demo_seconds=0.0))
    with pytest.raises(InputError, match="hook_rate"):
        content_fit.score(pd.DataFrame({"market": ["US"]}))
