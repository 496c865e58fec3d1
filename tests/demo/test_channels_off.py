"""What is lost with a channel off, under common random numbers."""

import numpy as np
import pytest
from crossborder.demo import channels_off, media, people
from crossborder.demo.people import Needs, Stage
from crossborder.demo.world import CHANNELS, MARKETS

VIDEO = CHANNELS.index("video")


@pytest.fixture
def one(small) -> Stage:
    """One need in the United States with one video contact on its first day."""
    needs = Needs(np.zeros(1, int), np.zeros(1, int), np.array([100]), np.zeros(1), False)
    touch = (np.zeros(1, int), np.array([VIDEO]), np.zeros(1, int))
    rate = people.hazard(needs, touch, small.shelf.factor)
    return Stage(needs, *touch, rate, np.zeros(1, int), np.zeros(1, int))


def test_a_single_contact_loses_what_it_added(small, one):
    found = channels_off.channels_off(one, one, small.shelf.factor, small.media, np.random.default_rng(0))
    bare = people.HAZARD * np.exp(-(people.INTENT_SD**2) / 2) * small.shelf.factor[100:110, 0]
    lift, keep = media.CHANNEL.loc["video", ["lift", "keep"]]
    gain = (bare * lift * keep ** np.arange(10)).sum()
    once = np.exp(-bare.sum()) - np.exp(-bare.sum() - gain)
    assert found["lost"][0, VIDEO] == pytest.approx(gain + once)
    assert found["lost"][0, -1] == pytest.approx(found["lost"][0, VIDEO])
    assert found["lost"][1:].sum() == 0 and np.delete(found["lost"][0], [VIDEO, len(CHANNELS)]).sum() == 0
    assert found["orders"][0] == 2


def test_drawn_losses_are_near_expected_ones(small):
    truth = small.people.truth
    lost, drawn = truth["lost"].sum(axis=0), truth["lost_realised"].sum(axis=0)
    assert drawn[-1] == pytest.approx(lost[-1], rel=0.06)
    assert np.abs(drawn - lost).max() < 5 * np.sqrt(lost.max())
    assert truth["lost"].shape == (len(MARKETS), len(CHANNELS) + 1)
    assert lost[:-1].sum() > lost[-1] > lost[:-1].max()
