import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import replay


def slow_replay(demand, point, up_to, lead, opening):
    """The plain loop over SKUs and weeks."""
    sold = np.zeros_like(demand)
    for row in range(len(demand)):
        stock, due = opening[row], {}
        for t in range(demand.shape[1]):
            stock += due.pop(t, 0)
            position = stock + sum(due.values())
            if position <= point[row] and up_to[row] > position:
                due[t + lead[row]] = due.get(t + lead[row], 0) + np.ceil(up_to[row] - position - 1e-9)
            sold[row, t] = min(stock, demand[row, t])
            stock -= sold[row, t]
    return sold


def test_all_skus_at_once_equal_the_plain_loop(rng):
    demand = rng.poisson(5, (8, 60)).astype(float)
    point, up_to = rng.integers(10, 40, 8).astype(float), rng.integers(40, 80, 8).astype(float)
    lead, opening = rng.integers(1, 6, 8), rng.integers(0, 50, 8).astype(float)
    run = replay.replay(demand, point, up_to, lead, opening)
    assert run.sold == pytest.approx(slow_replay(demand, point, up_to, lead, opening))


def test_pieces_are_neither_made_nor_lost(rng):
    demand = rng.poisson(4, (20, 80)).astype(float)
    run = replay.replay(demand, 20, 50, 3, np.full(20, 40.0))
    arrived = 20 * 40 + run.ordered.sum() - run.on_order[:, -1].sum()
    assert arrived == pytest.approx(run.sold.sum() + run.on_hand[:, -1].sum())
    assert (run.sold + run.short) == pytest.approx(demand)


def test_target_levels_reach_the_fill_rate(rng):
    demand = rng.normal(50, 12, (400, 300)).clip(0)
    point, up_to = replay.target_levels(np.full(400, 50.0), np.full(400, 12.0), 3, 1, 0.95)
    run = replay.replay(demand, point, up_to, 3, up_to, backorders=True, warm_up=50)
    assert run.fill_rate == pytest.approx(0.95, abs=0.01)
    lost = replay.replay(demand, point, up_to, 3, up_to, warm_up=50)
    assert lost.fill_rate > run.fill_rate  # buyers who leave do not queue up for the next delivery


def test_fixed_lots_and_policies_side_by_side(rng):
    demand = rng.poisson(5, (5, 52)).astype(float)
    small, large = (
        replay.replay(demand, 20, 0, 2, np.full(5, 30.0), order_quantity=np.full(5, q)) for q in (10.0, 60.0)
    )
    table = replay.compare({"small": small, "large": large}, np.full(5, 4.0), 0.2, np.full(5, 6.0))
    assert table.loc["large", "stock_units"] > table.loc["small", "stock_units"]
    assert set(np.unique(small.ordered)) <= {0.0, 10.0}


def test_the_books_are_read_as_a_policy():
    weeks = pd.to_datetime(["2025-01-06", "2025-01-13"])
    book = pd.DataFrame(
        {"week": weeks, "sku": "a", "market": "DE", "on_hand": [4, 0], "on_order": [0, 5], "sold": [3, 4]}
    )
    wanted = pd.DataFrame({"week": weeks, "sku": "a", "market": "DE", "units": [3.0, 6.0]})
    run = replay.actual_policy(book, wanted)
    assert run.fill_rate == pytest.approx(7 / 9)
    assert run.mean_stock == 2


def test_a_negative_lead_time_is_told():
    with pytest.raises(InputError, match="lead_weeks is -1"):
        replay.replay([[1.0]], 1, 2, -1, [1.0])
