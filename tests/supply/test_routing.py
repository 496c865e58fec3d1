import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import routing

ARCS = pd.DataFrame({"tail": list("aabc"), "head": list("bcdd"), "cost": [1.0, 4, 1, 1], "days": [9.0, 1, 9, 1]})


def test_the_cheapest_and_the_fastest_way():
    assert routing.shortest_path(ARCS, "a", "d") == (["a", "b", "d"], 2.0)
    assert routing.shortest_path(ARCS, "a", "d", "days") == (["a", "c", "d"], 2.0)
    table = routing.multi_objective_paths(ARCS, "a", "d")
    assert table["cost"].tolist() == [2, 5]
    assert table["days"].tolist() == [18, 2]


def test_no_way_and_unknown_places_are_told():
    with pytest.raises(Refusal, match="no way from d to a"):
        routing.shortest_path(ARCS, "d", "a")
    with pytest.raises(InputError, match="node 'z' is not known"):
        routing.shortest_path(ARCS, "a", "z")


def test_tours_keep_the_load_and_are_near_the_best(rng):
    spots = rng.uniform(0, 10, (8, 2))
    distance = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    from itertools import permutations

    best = min(distance[[0, *p], [*p, 0]].sum() for p in permutations(range(1, 8)))
    found = routing.delivery_tours(distance, np.r_[0, np.ones(7)], 7)
    assert best <= found.length_km + 1e-9
    assert found.length_km <= 1.05 * best
    small = routing.delivery_tours(distance, np.r_[0, np.ones(7)], 3)
    assert max(map(len, small.tours)) <= 3
    assert sorted(stop for tour in small.tours for stop in tour) == list(range(1, 8))
    with pytest.raises(InputError, match=r"at most the vehicle's 0\.5"):
        routing.delivery_tours(distance, np.r_[0, np.ones(7)], 0.5)


def test_a_closed_canal_reaches_cost_and_carbon(company):
    lanes = company.table("lanes")
    sea = lanes[lanes["mode"] == "sea"]
    flows = pd.DataFrame(
        {"units_week": 10.0, "sd_week": 4.0, "value": 8.0, "freight": 0.5, "weight_kg": 1.0}, index=sea["lane_id"]
    )
    table = routing.closure(lanes, ("suez",), flows, 0.2, ship="ultra_large")
    hit = table[table["extra_days"] > 0]
    assert set(hit["market"]) == {"DE", "GB"}
    assert hit["extra_days"].to_numpy() == pytest.approx(((hit["nm_after"] - hit["nm_before"]) / 14 / 24).to_numpy())
    assert (hit["extra_co2e_t_year"] > 0).all()
    with pytest.raises(Refusal, match="no way by sea is left"):  # the Red Sea with both its ends closed
        routing.closure(lanes, ("suez", "bab_el_mandeb"), flows, 0.2)
