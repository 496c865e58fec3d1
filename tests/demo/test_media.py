"""Spend, saturation and carry-over."""

import numpy as np
import pytest
from crossborder.demo import media
from crossborder.demo.world import CHANNELS


def test_what_is_carried_is_a_geometric_sum():
    found = media.carried(np.array([1.0, 0.0, 2.0]), 0.5)
    assert found == pytest.approx([1.0, 0.5, 2.25])
    assert media.carried(np.zeros(2), 0.5, start=4.0) == pytest.approx([2.0, 1.0])


def test_half_the_ceiling_is_reached_at_the_half_point():
    half = np.full((1, len(CHANNELS)), 30.0)
    response, stock = media.saturated(np.full((50, 1, len(CHANNELS)), 30.0), half)
    assert response == pytest.approx(0.5)
    assert stock[-1, 0] == pytest.approx(0.5 / (1 - media.CHANNEL["keep"].to_numpy()))
    more, _ = media.saturated(np.full((1, 1, len(CHANNELS)), 3e6), half)
    assert (more > 0.99).all() and (more < 1).all()


def test_the_mean_effect_of_a_channel_is_as_stated(small):
    mean = (small.media.adstock * small.media.reach * media.CHANNEL["lift"].to_numpy()).mean(axis=(0, 1))
    assert mean == pytest.approx(media.CHANNEL["log_gain"].to_numpy())


def test_spend_is_a_believable_budget(small):
    spend = small.media.spend_usd.sum() / small.world.scale
    sales = media.SALES_A_DAY_USD * len(small.world.days)
    assert spend / sales == pytest.approx(media.BUDGET_SHARE_OF_SALES, rel=0.2)
    assert (small.media.spend_usd > 0).all()
