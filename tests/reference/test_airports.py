"""Great circles and gateways."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.reference import airports
from hypothesis import given, settings
from hypothesis import strategies as st

POINT = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=50, deadline=None)
@given(POINT, POINT, POINT)
def test_a_detour_is_never_shorter(one, two, three):
    direct = airports.great_circle_km(*one, *three)
    assert direct <= airports.great_circle_km(*one, *two) + airports.great_circle_km(*two, *three) + 1e-6


def test_a_quarter_of_the_equator_and_the_other_side_of_the_world():
    found = airports.great_circle_km(0, 0, [90, 180, 0], [0, 0, 0])
    assert found == pytest.approx(np.array([0.5, 1.0, 0.0]) * np.pi * 6371.0088)


def test_every_market_has_a_gateway_that_the_sources_know():
    gates = airports.gateways()
    assert len(gates) == 29 and gates[["port_locode", "iata"]].notna().all().all()
    for code, lon in zip(gates["iata"], gates["airport_lon"], strict=True):
        assert airports.airport(code)["lon"] == pytest.approx(lon, abs=0.01)


def test_a_matrix_between_airports():
    found = airports.distances(["PVG", "CAN"], ["LAX", "FRA"])
    assert found.loc["PVG", "LAX"] == pytest.approx(10400, rel=0.01) and found.shape == (2, 2)


def test_unknown_names_are_told():
    with pytest.raises(InputError, match="airport 'XXZ' is not known"):
        airports.airport("XXZ")
    with pytest.raises(InputError, match="market 'UK' is not known"):
        airports.gateways(["UK"])


def test_land_points_cover_the_world():
    points = airports.land_points()
    assert points.shape[1] == 2 and np.ptp(points[:, 0]) > 350
