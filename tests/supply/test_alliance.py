import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import alliance
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=7, max_size=7))
def test_everything_is_shared_out(values):
    worth = [0.0, *values]
    assert alliance.shapley(worth).sum() == pytest.approx(worth[-1])


def test_like_firms_get_like_shares():
    table = alliance.purchase_alliance([100, 100, 300], 10, 0.05)
    assert table["saving"].iloc[0] == pytest.approx(table["saving"].iloc[1])
    assert table["share"].sum() == pytest.approx(1)


def test_the_core_is_checked():
    assert alliance.in_core([0, 1, 1, 4], [2, 2])
    assert not alliance.in_core([0, 3, 1, 4], [2, 2])


def test_doubling_twice_cuts_twice():
    assert float(alliance.volume_price(400, 100, 0.1)) == pytest.approx(0.81)


def test_tiers_of_commitment():
    table = alliance.tier_saving([50, 150], 2.0, [0, 100, 200], [0.0, 0.05, 0.08])
    assert table["saving"].tolist() == pytest.approx([0, 15])
    assert table["units_to_next"].tolist() == [50, 50]


def test_a_game_needs_a_worth_for_every_group():
    with pytest.raises(InputError, match="length of worth is 3"):
        alliance.shapley(np.ones(3))
