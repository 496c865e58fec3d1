"""Pilots, mixes, transfer, crowding, cycle time, range."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import competition, cycle_time, pilots, range_care, transfer

STAKES = pilots.Stakes(piece_usd=6, return_usd=5, unsold_usd=3, scale_units=5000, fixed_usd=1000, fix_usd=800)


def decide(*counts):
    return pilots.decide(pilots.Pilot(*counts), STAKES, np.random.default_rng(1))


def test_clear_pilots_get_the_clear_action():
    assert decide(1000, 900, 20, 100, 95).choice == "scale"
    assert decide(1000, 60, 20, 100, 20).choice == "stop"
    assert decide(1000, 850, 300, 100, 60).choice == "fix"


def test_the_choice_has_the_highest_expected_profit():
    """The smallest expected loss and the largest expected profit are the same action."""
    for counts in ((400, 150, 30, 20, 12), (400, 90, 12, 20, 12), (300, 200, 60, 10, 5)):
        actions = decide(*counts).actions
        assert actions["expected_loss_usd"].idxmin() == actions["expected_usd"].idxmax()
        assert actions["best"].sum() == pytest.approx(1)
        assert (actions["expected_loss_usd"] >= 0).all()


def test_a_longer_pilot_narrows_the_rates():
    short, long = decide(100, 40, 4, 10, 8).rates, decide(1000, 400, 40, 100, 80).rates
    assert ((long["high"] - long["low"]) < (short["high"] - short["low"])).all()


def test_regions_agree_with_the_decision_for_known_rates():
    area = pilots.regions(STAKES, np.array([0.05, 0.9]), np.array([0.02, 0.45]))
    assert area[0].tolist() == [2, 0]
    assert area[1, 1] == 1


def test_the_mix_of_versions_by_hand():
    found = pilots.mix_shift({"basic": 65, "pro": 35}, {"basic": 38, "pro": 62}, "pro")
    assert found[["before", "after", "lift"]].tolist() == pytest.approx([0.35, 0.62, 0.27])
    assert found["low"] < 0.27 < found["high"]
    assert found["p_value"] < 0.001
    table = pilots.mix_table({"basic": 65, "pro": 35}, {"basic": 66, "pro": 34})
    assert (table["p_holm"] >= table["p_value"]).all()


def sales(seed=1, blocks=True):
    rng = np.random.default_rng(seed)
    markets = ["US", "GB", "DE", "JP", "SA"]
    taste = rng.normal(0, 0.8, (40, 2))
    side = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]]) if blocks else np.zeros((5, 2))
    logs = 5 + rng.normal(0, 0.5, (40, 1)) + rng.normal(0, 0.5, 5) + taste @ side.T + 0.1 * rng.standard_normal((40, 5))
    frame = pd.DataFrame(np.exp(logs), index=[f"Q{i}" for i in range(40)], columns=markets)
    return frame


def test_markets_that_buy_alike_are_found_alike():
    like = transfer.similarity(sales())
    assert like.loc["US", "GB"] > like.loc["US", "JP"] + 0.2
    assert like.loc["JP", "SA"] > like.loc["JP", "DE"] + 0.2


def test_likeness_beats_the_plain_mean_where_tastes_differ():
    found = transfer.back_test(sales(), transfer.similarity(sales()))
    assert found["median_factor"] < found["plain_factor"]
    assert found["inside"] == pytest.approx(0.9, abs=0.08)


def test_empty_cells_are_forecast_near_their_value():
    whole = sales(3)
    holes = whole.copy()
    holes.iloc[:10, 1] = np.nan
    found = transfer.transfer(holes, transfer.similarity(holes)).set_index("sku")
    error = np.log(found["units"] / whole["GB"].loc[found.index])
    assert len(found) == 10
    assert error.abs().median() < 0.5


def test_crowding_of_a_niche_by_hand():
    rows = pd.DataFrame(
        {
            "market": "US",
            "category": "pet",
            "niche": ["a"] * 4 + ["b"] * 4,
            "price": [10, 10, 10, 10, 5, 10, 20, 40],
            "seller_id": ["x"] * 4 + list("wxyz"),
            "units_month": 10,
            "title": "t",
            "image_hash": [1, 1, 1, 2, 3, 4, 5, 6],
        }
    )
    found = competition.crowding(rows).set_index("niche")
    assert found.loc["a", "homogeneity"] == pytest.approx(0.75)
    assert found.loc["a", "concentration"] == pytest.approx(1.0)
    assert found.loc["b", "concentration"] == pytest.approx(0.25)
    assert found.loc["a", "price_spread"] == 0


def test_the_position_of_a_price():
    rows = pd.DataFrame({"market": "US", "niche": "a", "price": [10, 11, 12, 13, 20, 21, 22, 23, 24, 25.0]})
    found = competition.price_position(rows, 16.5, "US", "a")
    assert found["percentile"] == pytest.approx(0.4)
    assert found[["gap_low", "gap_high"]].tolist() == [13, 20]


def test_visibility_rewards_conversion_and_punishes_returns():
    found = competition.visibility(pd.Series([0.05, 0.05, 0.01]), pd.Series([0.05, 0.40, 0.05]))
    assert found[0] > found[1]
    assert found[0] > found[2]


STEPS = pd.DataFrame({"step": list("ABCD"), "after": ["", "A", "A", "B|C"], "days": [3, 5, 2, 4]})


def test_the_critical_path_by_hand():
    found = cycle_time.critical_path(STEPS).set_index("step")
    assert found["end"].max() == 12
    assert found["critical"].tolist() == [True, True, False, True]
    assert found.loc["C", "slack"] == 3


def test_where_paths_join_the_plan_is_too_short():
    rng = np.random.default_rng(1)
    even = STEPS.assign(days=[3, 5, 5, 4])
    spread, chance = cycle_time.simulate(even, rng)
    assert spread["mean"] > spread["planned"]
    assert chance[["A", "D"]].tolist() == pytest.approx([1, 1])
    assert chance["B"] + chance["C"] == pytest.approx(1)


def test_only_critical_steps_gain_time():
    found = cycle_time.shorten(STEPS, 0.2).set_index("step")["days_gained"]
    assert found["C"] == 0
    assert found["B"] == pytest.approx(1.0)


def test_delay_costs_the_months_lost():
    assert cycle_time.cost_of_delay(300.0, 30.4) == pytest.approx(300.0)
    assert cycle_time.cost_of_delay(300.0, 0) == 0
    assert cycle_time.cost_of_delay(300.0, 30.4, decay=0.3) > 300.0


PRODUCTS = pd.DataFrame(
    {
        "sku": list("abcd"),
        "name": "n",
        "category": ["pet", "pet", "pet", "beauty"],
        "supplier_id": list("xyzz"),
        "materials": ["steel|pfas", "steel", "abs", "wax"],
        "weight_kg": [1, 1.1, 3, 1],
        "list_price_usd": [20, 21, 60, 20.0],
    }
)


def test_exposed_products_and_their_substitutes():
    assert range_care.exposed(PRODUCTS, "PFAS", pd.Series({"a": 500.0}))["revenue_usd"].tolist() == [500.0]
    found = range_care.substitutes(PRODUCTS, "pfas")
    assert found["substitute"].iloc[0] == "b"
    assert "a" not in set(found["substitute"])


def test_low_use_waits_for_evidence():
    table = range_care.low_use(pd.Series({"much": 9000, "some": 900, "little": 10}), share=0.02).set_index("name")
    assert table["drop"].to_dict() == {"much": False, "some": False, "little": True}
    assert not range_care.low_use(pd.Series({"much": 9, "little": 0}), share=0.02)["drop"].any()
