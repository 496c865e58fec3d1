"""Pilots scaled, fixed or stopped; the mix of versions before and after."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.selection import pilots

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


def test_arms_of_one_kind_are_even_and_nonsense_is_named():
    even = pilots.better_rate((10, 100), (10, 100))
    assert even["better"] == pytest.approx(0.5, abs=1e-7)
    assert even["loss_if_kept"] == pytest.approx(even["loss_if_changed"])
    with pytest.raises(InputError, match="treated"):
        pilots.better_rate((10, 100), (11, 10))
