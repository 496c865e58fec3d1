"""Mains, humidity, temperatures and homes: what fits, what must be changed, and why."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.selection import gates, living_fit


def good(**changes):
    row = {"candidate_id": "C1", "market": "DE", "category": "beauty", "hs_code": "851680", "battery": False,
           "materials": "silicone", "volume_cbm": 0.001}  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


@pytest.mark.parametrize(
    "market, hs_code, battery, state",
    [("DE", "851680", False, "fits"), ("US", "851680", False, "voltage"), ("JP", "851680", False, "voltage"),
     ("GB", "851680", False, "plug"), ("BR", "851680", False, "voltage"), ("US", "850440", False, "fits"),
     ("GB", "850440", False, "plug"), ("US", "851680", True, "none"), ("US", "392490", False, "none")],
)  # fmt: skip
def test_mains_are_matched_by_rating_and_plug(market, hs_code, battery, state):
    assert living_fit.mains(good(market=market, hs_code=hs_code, battery=battery))["state"].item() == state


def test_a_market_with_two_voltages_fits_in_part():
    found = living_fit.mains(good(market="BR")).iloc[0]
    assert found["part_fits"]
    assert found["words"] == "made for 220-240 V, BR has 127 and 220 V"


@pytest.mark.parametrize("rating, state", [("100-240", "fits"), ("110", "fits"), ("230", "voltage"), (None, "voltage")])
def test_a_stated_rating_wins_over_the_code(rating, state):
    assert living_fit.mains(good(market="US", rated_voltage=rating))["state"].item() == state


def test_a_wrong_rating_is_named():
    with pytest.raises(InputError, match="230 or 100-240"):
        living_fit.mains(good(rated_voltage="mains"))
    with pytest.raises(InputError, match="rated_voltage"):
        living_fit.mains(good(rated_voltage="240-100"))
    with pytest.raises(InputError, match="market"):
        living_fit.living_fit(good(market="XX"))


def test_what_asks_for_nothing_fits_everywhere():
    small = good(hs_code="392690", volume_cbm=1e-5)
    found = living_fit.living_fit(pd.concat([small.assign(market=m) for m in ("US", "ID", "SA")], ignore_index=True))
    assert found["living_fit"].tolist() == pytest.approx([1.0] * 3)
    assert set(found["weakest"]) == {"none"}


def test_each_part_is_hit_where_it_should_be():
    linen = living_fit.living_fit(good(hs_code="630790", materials="linen", market="ID")).iloc[0]
    assert linen["moisture"] < 1
    assert living_fit.living_fit(good(hs_code="630790", materials="linen", market="SA"))["moisture"].item() == 1
    wax = [living_fit.living_fit(good(hs_code="330410", materials="beeswax", market=m)).iloc[0] for m in ("GB", "SA")]
    assert wax[0]["temperature"] == 1 and wax[1]["temperature"] < 0.6
    assert wax[1]["weakest"] == "temperature" and "36.8 degrees" in wax[1]["words"]
    chair = [living_fit.living_fit(good(hs_code="940179", materials="aluminium", volume_cbm=0.02, market=m)).iloc[0]
             for m in ("US", "ID")]  # fmt: skip
    assert chair[1]["home_size"] < chair[0]["home_size"]
    season = [living_fit.living_fit(good(hs_code="630612", category="outdoor", market=m)) for m in ("ID", "SE")]
    assert season[0]["temperature"].item() == 1 and season[1]["temperature"].item() < 1


def test_the_warm_share_of_a_year_follows_the_cosine():
    """A year from 0 to 20 degrees on average is warmer than its mean in half of its months."""
    need = pd.DataFrame({"heat_limit_c": [np.nan] * 3, "warm_from_c": [10.0, 15.0, 25.0]})
    local = pd.DataFrame({"warmest_month_c": [20.0] * 3, "coldest_month_c": [0.0] * 3})
    found = living_fit._temperature(need, local, living_fit.LivingRules(season_share=1.0))
    assert found.tolist() == pytest.approx([0.5, np.arccos(0.5) / np.pi, 0.0])


def test_less_sure_facts_carry_more_noise():
    found = living_fit.living_fit(
        pd.concat([good(hs_code="392490", market="DE"), good(hs_code="392490", market="SA")], ignore_index=True)
    )
    assert found.loc[1, "noise"] > found.loc[0, "noise"] > 0


def test_no_value_is_missing_for_any_good_and_market():
    from crossborder.reference import living

    places = living.living_conditions().index
    goods = pd.concat([good(market=m, materials=x, hs_code=c) for m in places for x, c in
                       ((None, "850440"), ("linen|beeswax", "940179"))], ignore_index=True)  # fmt: skip
    found = living_fit.living_fit(goods)
    assert found.notna().all(axis=None)
    assert found["living_fit"].between(0, 1).all()


def test_a_missing_volume_stands_in_the_middle():
    found = living_fit.living_fit(good(hs_code="392490", volume_cbm=np.nan)).iloc[0]
    assert found["home_size"] == 0.5
    assert found["noise"] > living_fit.living_fit(good(hs_code="392490"))["noise"].item()


def test_the_gate_puts_a_cost_on_the_mains_and_never_rejects():
    found = gates.mains(pd.concat([good(market=m) for m in ("DE", "GB", "US")], ignore_index=True))
    assert found["verdict"].tolist() == ["pass", "fix", "fix"]
    assert found["cost_usd"].tolist() == [0.0, gates.Limits().plug_cost_usd, gates.Limits().voltage_cost_usd]
    assert (found["cost_low_usd"] <= found["cost_usd"]).all() and (found["cost_usd"] <= found["cost_high_usd"]).all()
    assert found["days"].is_monotonic_increasing
