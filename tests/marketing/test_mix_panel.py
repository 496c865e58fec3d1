"""One mix model over many markets: known worlds, tests, edges."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import mix_panel
from crossborder.marketing.adstock import geometric_weights, saturate
from crossborder.marketing.mix_problem import lagged

CHANNELS = ("search", "social", "video")
MARKETS = {"US": 30_000.0, "DE": 12_000.0, "BR": 6_000.0, "JP": 9_000.0}


def world(seed: int, weeks: int = 104) -> tuple[dict, dict, dict, float]:
    """Markets with a known share of sales from media: 20 to 30 %, tilted by market; season and noise of 8 %."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2024-01-01", periods=weeks, freq="W-MON")
    wave = np.column_stack([wave(2 * np.pi * np.arange(weeks) / 52.2) for wave in (np.sin, np.cos)])
    effect = rng.dirichlet([3.0, 3.0, 3.0]) * rng.uniform(0.2, 0.3)
    weights = geometric_weights(np.array([0.2, 0.5, 0.7]), 8)
    spend, sales, controls, shares = {}, {}, {}, []
    for market, level in MARKETS.items():
        x = rng.gamma(2.0, 0.03 * level, (weeks, 3)) * (1 + 0.3 * rng.standard_normal((weeks, 1))).clip(0.2)
        stocked = np.einsum("tcl,cl->tc", lagged(x / x.mean(axis=0), 8), weights)
        curve = saturate(stocked, np.array([1.0, 1.5, 2.0]), "michaelis_menten")
        media = effect * np.exp(0.15 * rng.standard_normal()) * curve / curve.mean(axis=0)
        base = 0.75 + wave @ np.array([0.12, 0.06]) + 0.08 * rng.standard_normal(weeks)
        total = media.sum(axis=1) + base
        spend[market] = pd.DataFrame(x, dates, CHANNELS)
        sales[market] = pd.Series(level * total, dates)
        controls[market] = pd.DataFrame(wave, dates, ["sine", "cosine"])
        shares.append((level * media.sum(), level * total.sum()))
    added, sold = np.sum(shares, axis=0)
    return spend, sales, controls, float(added / sold)


@pytest.fixture(scope="module")
def fitted():
    spend, sales, controls, _ = world(1)
    return mix_panel.fit(spend, sales, controls)


def test_intervals_cover_known_shares():
    """Ten worlds: the 90 % interval holds the truth in eight or more, and the middle is near it on average."""
    inside, ratio = [], []
    for seed in range(10):
        spend, sales, controls, known = world(seed)
        found = mix_panel.added(mix_panel.fit(spend, sales, controls), draws=800, rng=np.random.default_rng(seed + 100))
        inside.append(found.low <= known <= found.high)
        ratio.append(found.share / known)
    assert sum(inside) >= 8
    assert np.mean(ratio) == pytest.approx(1, abs=0.2)


def test_parts_add_up_and_lie_inside_their_ends(fitted):
    found = mix_panel.added(fitted, rng=np.random.default_rng(2))
    assert found.low < found.share < found.high and found.worth > 50
    for table in (found.channels, found.markets):
        assert (table["low"] <= table["share"]).all() and (table["share"] <= table["high"]).all()
    assert found.channels["share"].sum() == pytest.approx(found.share, rel=0.15)
    assert found.markets["market"].tolist() == list(MARKETS)


def test_the_same_draws_give_the_same_answer(fitted):
    first, again = (mix_panel.added(fitted, draws=200, rng=np.random.default_rng(5)) for _ in range(2))
    assert (first.share, first.low, first.high) == (again.share, again.low, again.high)


def test_a_sharp_experiment_moves_its_channel():
    spend, sales, controls, _ = world(1)
    free = mix_panel.added(mix_panel.fit(spend, sales, controls), rng=np.random.default_rng(3))
    row = pd.DataFrame({"roi": [0.05], "standard_error": [0.01]}, index=["video"])
    held = mix_panel.added(mix_panel.fit(spend, sales, controls, experiments={"US": row}), rng=np.random.default_rng(3))
    video = [one.channels.set_index("channel").loc["video", "share"] for one in (free, held)]
    assert video[1] < 0.5 * video[0]


def test_what_cannot_be_fitted_is_told(fitted):
    spend, sales, controls, _ = world(1)
    with pytest.raises(Refusal, match="more weeks"):
        mix_panel.fit(*({"US": part["US"].head(20)} for part in (spend, sales, controls)))
    with pytest.raises(Refusal, match="spend: 0"):
        mix_panel.fit({"US": 0 * spend["US"]}, {"US": sales["US"]}, {"US": controls["US"]})
    with pytest.raises(InputError, match="the same weeks"):
        mix_panel.fit({"US": spend["US"]}, {"US": sales["US"].head(50)}, {"US": controls["US"]})
    with pytest.raises(InputError, match="standard_error"):
        wrong = pd.DataFrame({"roi": [1.0]}, index=["video"])
        mix_panel.fit(spend, sales, controls, experiments={"US": wrong})


def test_a_channel_that_a_market_lacks_adds_nothing_there():
    spend, sales, controls, _ = world(1)
    spend["BR"] = spend["BR"].drop(columns="video")
    model = mix_panel.fit(spend, sales, controls)
    assert set(model.channels) == set(CHANNELS)
    value = mix_panel._likelihood(model, model.theta[None, :])[1]
    assert value[0, model.markets.index("BR"), model.channels.index("video")] == pytest.approx(0, abs=1e-6)
