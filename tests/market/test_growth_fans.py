"""Fans, headroom and times to a share."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import growth_curves, growth_fans

T = np.arange(1.0, 15.0)
TRUE = {"ceiling": 0.4, "rate": 0.5, "midpoint": 7.0}


def noisy(seed: int = 0, sd: float = 0.02) -> np.ndarray:
    return growth_curves.cumulative("logistic", T, TRUE) * np.exp(
        sd * np.random.default_rng(seed).standard_normal(len(T))
    )


FIT = growth_curves.fit("logistic", T, noisy(), errors="relative")


def test_fan_is_ordered_and_widens_with_noise():
    wide = growth_fans.fan(FIT, np.arange(15, 21))
    narrow = growth_fans.fan(FIT, np.arange(15, 21), noise=False)
    assert (wide["low"] < wide["median"]).all() and (wide["median"] < wide["high"]).all()
    assert (wide["high"] - wide["low"] > narrow["high"] - narrow["low"]).all()


def test_headroom_is_ceiling_less_level():
    found = growth_fans.headroom(FIT)
    last = growth_curves.cumulative("logistic", T[-1:], FIT.parameters)[0]
    assert found["headroom"] == pytest.approx(FIT.parameters["ceiling"] - last)
    assert found["reached_low"] <= found["reached"] <= found["reached_high"] <= 1


def test_half_the_ceiling_is_reached_at_the_midpoint():
    assert growth_fans.time_to_share(FIT, 0.5) == pytest.approx(FIT.parameters["midpoint"], abs=1e-6)


def test_bootstrap_and_profile_tell_alike():
    found = growth_fans.bootstrap(FIT, rng=np.random.default_rng(0), draws=30).loc["ceiling"]
    assert found["failed"] == 0
    assert found["high"] - found["low"] == pytest.approx(FIT.ceiling_high - FIT.ceiling_low, rel=0.5)


def test_every_series_is_fitted_or_named_with_a_reason():
    series = pd.DataFrame({"good": noisy(1), "empty": 0.0, "flat": np.linspace(0.01, 0.02, len(T))}, index=T)
    fits, refused = growth_fans.fit_many(series)
    assert set(fits) | set(refused.index) == {"good", "empty", "flat"}
    assert "all values are 0" in refused["empty"]


def test_growth_slows_towards_the_ceiling():
    early, late = (growth_fans.growth_at(FIT, t) for t in (5.0, 14.0))
    assert early[0] > late[0] > 0
    assert early[1] < early[0] < early[2]


def test_regression_estimator_has_no_draws():
    fit = growth_curves.fit(
        "bass",
        np.arange(1, 11),
        [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890],
        estimator="ols",
        require_ceiling=False,
    )
    with pytest.raises(Refusal, match="parameters have no interval"):
        growth_fans.parameter_draws(fit, rng=np.random.default_rng(0))
    with pytest.raises(Refusal, match="ceiling is not identified"):
        growth_fans.headroom(fit)
    with pytest.raises(Refusal, match="curve has no interval"):
        growth_fans.fan(fit, [11.0])


def test_fan_agrees_with_draws_of_the_parameters():
    draws = growth_fans.parameter_draws(FIT, rng=np.random.default_rng(0), draws=4000)
    levels = [growth_curves.cumulative("logistic", [16.0], row)[0] for _, row in draws.iterrows()]
    found = growth_fans.fan(FIT, [16.0], noise=False).iloc[0]
    assert (found["low"], found["high"]) == pytest.approx(np.quantile(levels, [0.05, 0.95]), rel=0.01)


def test_many_curves_give_one_table_and_one_fan_each():
    series = pd.DataFrame({"a": noisy(1), "b": noisy(2)}, index=T)
    fits, _ = growth_fans.fit_many(series, "richards", errors="relative")
    table, fans = growth_fans.ceiling_table(fits), growth_fans.fans_ahead(fits, 3, level=0.9)
    assert (table["ceiling_low"] < table["ceiling"]).all() and (table["ceiling"] < table["ceiling_high"]).all()
    assert fans["a"]["time"].iloc[-1] == T[-1] + 3
