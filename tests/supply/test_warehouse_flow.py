import heapq

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import warehouse_flow
from crossborder.supply.warehouse_flow import Stage, Warehouse
from hypothesis import given, settings
from hypothesis import strategies as st

FLAT = np.full(24, 1 / 24)


def test_two_desks_by_hand():
    ends = warehouse_flow.queue(np.array([[0.0, 1, 2, 3]]), np.array([[5.0, 1, 4, 1]]), 2)
    # The second desk is free at 2, takes the third order to 6; the first is free at 5 for the fourth.
    assert ends.tolist() == [[5, 2, 6, 6]]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_one_more_desk_never_delays_anybody(servers, seed):
    rng = np.random.default_rng(seed)
    arrivals, work = np.sort(rng.random((3, 40)) * 30, axis=1), rng.exponential(1.0, (3, 40))
    few, many = (warehouse_flow.queue(arrivals, work, n) for n in (servers, servers + 1))
    assert (many <= few + 1e-9).all()
    assert (few >= arrivals + work - 1e-9).all()


def test_desks_are_taken_by_who_comes_first():
    rng = np.random.default_rng(5)
    arrivals, work = np.sort(rng.random((4, 60)) * 20, axis=1), rng.gamma(4.0, 0.25, (4, 60))
    ends = warehouse_flow.queue(arrivals, work, 3)
    for row, comes, takes in zip(ends, arrivals, work, strict=True):
        free = [-np.inf] * 3
        for end, come, take in zip(row, comes, takes, strict=True):
            assert end == max(come, heapq.heappop(free)) + take
            heapq.heappush(free, end)


def test_many_orders_are_drawn_less_often_and_tell_the_same(monkeypatch):
    cases = {"today": (Warehouse((Stage("pick", 2, 5.0), Stage("pack", 1, 2.0))), 150.0)}
    often = warehouse_flow.scenarios(cases, FLAT, np.random.default_rng(1)).iloc[0]
    monkeypatch.setattr(warehouse_flow, "ORDERS", 1)
    seldom = warehouse_flow.scenarios(cases, FLAT, np.random.default_rng(2)).iloc[0]
    error = (often["hours_high"] - often["hours_low"]) / 2 / np.sqrt(warehouse_flow.FEWEST)
    assert abs(seldom["hours"] - often["hours"]) < 4 * error
    assert seldom["busy"] == pytest.approx(often["busy"], rel=0.02)


def test_an_order_of_the_night_waits_for_the_morning():
    house = Warehouse((Stage("pick", 1, 6.0, 0.01),), opens=8, closes=16)
    moments = np.array([[2 * 60.0, 17 * 60.0]])  # at two in the morning and an hour after closing
    ready, busy = warehouse_flow.handle(moments, house, 2, np.random.default_rng(0))
    assert ready[0] == pytest.approx([8 * 60 + 6, 24 * 60 + 8 * 60 + 6], abs=1)
    assert busy[0, 0] == pytest.approx(12 / (2 * 480), rel=0.05)


def test_a_peak_needs_hands():
    one = Warehouse((Stage("pick", 1, 5.0), Stage("pack", 1, 4.0, error_share=0.02)))
    more = Warehouse((Stage("pick", 3, 5.0), Stage("pack", 2, 4.0, error_share=0.02)))
    cases = {"today": (one, 50.0), "peak": (one, 150.0), "peak, more hands": (more, 150.0)}
    found = warehouse_flow.scenarios(cases, FLAT, np.random.default_rng(1)).set_index("case")
    assert found.loc["peak", "hours"] > 2 * found.loc["today", "hours"]
    assert found.loc["peak, more hands", "hours"] < found.loc["peak", "hours"] / 2
    assert found.loc["peak", "busiest"] == "pick" and found.loc["peak", "busy"] > 1
    assert found.loc["today", "errors_usd"] == pytest.approx(0.02 * 12)
    assert found.loc["today", "wages_usd"] == pytest.approx(2 * 8 * 18 / 50)
    assert (found["hours_low"] <= found["hours"]).all() and (found["hours"] <= found["hours_high"]).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: warehouse_flow.queue(np.zeros((1, 1)), np.zeros((1, 1)), 0), "servers"),
        (lambda: warehouse_flow.queue(np.array([[2.0, 1.0]]), np.zeros((1, 2)), 1), "ascending"),
        (lambda: warehouse_flow.scenarios({}, np.ones(23), np.random.default_rng(0)), "24 shares"),
    ],
)
def test_what_cannot_be_is_told(call, said):
    with pytest.raises(InputError, match=said):
        call()
