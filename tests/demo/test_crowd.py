"""Who buys, where, and through which door."""

import numpy as np
import pytest
from crossborder.demo import crowd
from crossborder.demo.world import CHANNELS, MARKETS, PLATFORMS


def test_platform_shares_sum_to_one(made):
    shares = made[2]["customers"]["platform_share"]
    assert set(shares) == set(MARKETS)
    assert all(sum(row.values()) == pytest.approx(1) for row in shares.values())


def test_entry_clicks_come_only_by_the_open_doors(small):
    orders = small.people.orders
    doors = np.array([platform in ("own_store", "social_shop") for platform in PLATFORMS])
    assert (orders["entry"][~doors[orders["platform"]]] == -1).all()
    share = np.mean(orders["entry"][doors[orders["platform"]]] == CHANNELS.index("search_brand"))
    assert share == pytest.approx(crowd.ENTRY["search_brand"], abs=0.03)


def test_contacts_of_a_day_lie_before_its_order(small):
    orders, touches = small.people.orders, small.people.touches
    entered = touches["order"] >= 0
    order = touches["order"][entered]
    assert (touches["day"][entered] == orders["day"][order]).all()
    assert (touches["clock"][entered] <= orders["clock"][order]).all()
    assert orders["clock"].max() < 1


def test_those_who_buy_more_join_more(small):
    people = small.people.persons
    buys = np.isfinite(people["rate"])
    joined = people["joined"][buys] < len(small.world.days)
    assert people["rate"][buys][joined].mean() > 1.5 * people["rate"][buys][~joined].mean()
