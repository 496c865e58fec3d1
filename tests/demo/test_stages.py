"""Needs taken apart: whose purchase is whose."""

import numpy as np
import pytest
from crossborder.demo import stages
from crossborder.demo.people import Needs, Stage


@pytest.fixture
def stage() -> Stage:
    """Three needs; the second bought three times and had two contacts."""
    needs = Needs(np.arange(3), np.array([0, 1, 2]), np.array([5, 6, 7]), np.zeros(3), False)
    return Stage(
        needs,
        need=np.array([0, 1, 1]),
        channel=np.array([3, 4, 5]),
        offset=np.array([0, 1, 2]),
        rate=np.ones((3, 10)),
        bought_need=np.array([1, 1, 1, 2]),
        bought_offset=np.array([2, 4, 9, 0]),
    )


def test_further_purchases_are_those_of_others_with_the_same_contacts(stage):
    found = stages.one_purchase_a_person(stage)
    assert len(found.needs.day) == 5
    assert sorted(found.bought_need) == [1, 2, 3, 4]
    assert found.bought_offset.tolist() == [2, 4, 9, 0]
    assert found.needs.market.tolist() == [0, 1, 2, 1, 1]
    for clone in (3, 4):
        mine = found.need == clone
        assert found.channel[mine].tolist() == [4, 5] and found.offset[mine].tolist() == [1, 2]


def test_only_the_first_purchase_of_a_need_stays(stage):
    found = stages.first_purchase_a_need(stage)
    assert found.bought_need.tolist() == [1, 2]
    assert found.bought_offset.tolist() == [2, 0]


def test_kept_needs_keep_what_is_theirs(stage):
    found = stages.only(stage, np.array([False, True, True]))
    assert found.needs.person.tolist() == [1, 2]
    assert found.need.tolist() == [0, 0] and found.channel.tolist() == [4, 5]
    assert found.bought_need.tolist() == [0, 0, 0, 1]


def test_nothing_bought_is_nothing_shared():
    empty = np.empty(0, int)
    needs = Needs(np.arange(1), np.zeros(1, int), np.zeros(1, int), np.zeros(1), False)
    stage = Stage(needs, empty, empty, empty, np.ones((1, 10)), empty, empty)
    assert len(stages.one_purchase_a_person(stage).needs.day) == 1
    assert len(stages.first_purchase_a_need(stage).bought_need) == 0
