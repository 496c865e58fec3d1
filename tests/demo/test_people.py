"""Needs, contacts and repeat purchases follow the stated laws."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import media, people
from crossborder.demo.world import CHANNELS, MARKETS, World

from tests.demo import estimators


def test_repeat_purchases_are_those_of_the_stated_bg_nbd_model(made):
    orders, known = made[1]["orders"], made[2]["customers"]["bg_nbd"]
    bought = orders.dropna(subset="customer_id")
    days = (bought["ordered_at"].dt.tz_localize(None) - World().start).dt.days
    history = days.groupby(bought["customer_id"]).agg(["min", "max", "nunique"])
    age = len(World().days) - history["min"]
    found, _ = estimators.bg_nbd(history["nunique"] - 1, history["max"] - history["min"], age)
    assert found[0] == pytest.approx(known["r"], rel=0.10)
    assert found[1] == pytest.approx(known["alpha_days"], rel=0.15)
    # Drop-out is seen through needs that last some days: its mean is found within a few points.
    assert found[2] / (found[2] + found[3]) == pytest.approx(known["a"] / (known["a"] + known["b"]), abs=0.06)


def test_harvest_contacts_follow_intent_and_bought_contacts_do_not(small):
    stage = small.people.stages[0]
    intent = pd.Series(stage.needs.intent[stage.need]).groupby(np.array(CHANNELS)[stage.channel]).mean()
    spread = people.INTENT_SD
    # Contacts at a rate exp(f z) tilt a normal z by f times its variance.
    for channel in ("search_brand", "retargeting"):
        assert intent[channel] == pytest.approx(people.FOLLOWS_INTENT * spread**2, abs=0.04)
    assert intent["video"] == pytest.approx(0, abs=0.05)


def test_a_contact_lifts_the_hazard_and_fades():
    needs = people.Needs(np.array([0, 1]), np.array([0, 0]), np.array([20, 20]), np.zeros(2), False)
    video = CHANNELS.index("video")
    touch = (np.array([1]), np.array([video]), np.array([3]))
    rate = people.hazard(needs, touch, np.ones((100, len(MARKETS))))
    ratio = rate[1] / rate[0]
    lift, keep = media.CHANNEL.loc["video", ["lift", "keep"]]
    assert ratio[:3] == pytest.approx(1)
    assert ratio[3:6] == pytest.approx([1 + lift, 1 + lift * keep, 1 + lift * keep**2])
    assert people.hazard(needs, touch, np.ones((100, len(MARKETS))), without=video)[1] == pytest.approx(rate[0])


def test_no_need_reaches_beyond_the_period():
    needs = people.Needs(np.array([0]), np.array([0]), np.array([97]), np.zeros(1), False)
    empty = (np.empty(0, int), np.empty(0, int), np.empty(0, int))
    rate = people.hazard(needs, empty, np.ones((100, len(MARKETS))))
    assert (rate[0] > 0).sum() == 3
