"""Sea distances: closing a passage never shortens a way, and what cannot be reached is infinite."""

import time

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import airports
from crossborder.reference.sea import SeaNetwork
from hypothesis import given, settings
from hypothesis import strategies as st

PORTS = airports.gateways()["port_locode"].unique().tolist()
NETWORK = SeaNetwork.load()


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(NETWORK.passages()), st.sampled_from(PORTS), st.sampled_from(PORTS))
def test_closing_a_passage_never_shortens_a_way(passage, origin, destination):
    free = NETWORK.distances([origin], [destination]).iloc[0, 0]
    assert NETWORK.distances([origin], [destination], closed=passage).iloc[0, 0] >= free - 1e-9


def test_distances_are_the_same_both_ways_and_at_least_the_great_circle():
    gates = airports.gateways().drop_duplicates("port_locode").set_index("port_locode")
    matrix = NETWORK.distances(PORTS, PORTS)
    assert np.allclose(matrix, matrix.T)
    lon, lat = gates.loc[PORTS, "port_lon"].to_numpy(), gates.loc[PORTS, "port_lat"].to_numpy()
    straight = airports.great_circle_km(lon[:, None], lat[:, None], lon, lat) / 1.852
    assert (matrix.to_numpy() >= straight - 200).all()  # ports lie up to 300 km off the nearest lane


@pytest.mark.parametrize(
    "destination, closed",
    [
        pytest.param("ITGOA", ("suez", "gibraltar"), id="the Mediterranean has two doors"),
        pytest.param("AEJEA", ("hormuz",), id="the Gulf has one"),
        pytest.param("SAJED", ("suez", "bab_el_mandeb"), id="the Red Sea has two"),
        pytest.param("ROCND", ("bosporus",), id="the Black Sea has one"),
        pytest.param("ROCND", ("dardanelles",), id="and another behind it"),
        pytest.param("NLRTM", ("suez", "panama", "cape", "horn"), id="the Atlantic, the Arctic being closed anyway"),
    ],
)
def test_a_sea_without_a_door_is_out_of_reach(destination, closed):
    assert np.isinf(NETWORK.distances(["CNSHA"], [destination], closed=closed).iloc[0, 0])
    with pytest.raises(Refusal, match=f"no way by sea from CNSHA to {destination}"):
        NETWORK.path("CNSHA", destination, closed=closed)


def test_ships_are_kept_out_of_what_they_do_not_fit():
    assert "panama" in NETWORK.closed_for("ultra_large") and "suez" not in NETWORK.closed_for("ultra_large")
    assert {"panama", "suez", "malacca"} <= set(NETWORK.closed_for("vlcc"))
    assert NETWORK.closed_for("feeder") == ("northwest",)


def test_the_northwest_passage_is_closed_until_opened():
    usual = NETWORK.distances(["JPTYO"], ["NLRTM"], closed=("suez", "panama")).iloc[0, 0]
    arctic = NETWORK.distances(["JPTYO"], ["NLRTM"], closed=("suez", "panama"), opened="northwest").iloc[0, 0]
    assert arctic < 0.7 * usual


def test_the_path_is_as_long_as_the_distance_and_joins_its_ends():
    path = NETWORK.path("CNSHA", "NLRTM")
    assert path["nm"].iloc[-1] == pytest.approx(NETWORK.distances(["CNSHA"], ["NLRTM"]).iloc[0, 0])
    legs = airports.great_circle_km(path["lon"][:-1], path["lat"][:-1], path["lon"][1:], path["lat"][1:]) / 1.852
    assert legs.sum() == pytest.approx(path["nm"].iloc[-1], rel=1e-9)
    assert path["lon"].between(-180, 180).all()
    assert ((path["lon"] - 32.5).abs() < 1).any()  # it goes through Suez


def test_the_pacific_is_crossed_over_the_date_line():
    assert NETWORK.distances(["CNSHA"], ["USLAX"]).iloc[0, 0] == pytest.approx(5700, rel=0.03)  # port distance tables


def test_a_matrix_of_a_hundred_ports_takes_less_than_a_second():
    ports = NETWORK.ports()
    ports = ports[ports["locode"].str[:2].isin(["JP", "IT", "ES", "GB"])]["locode"].head(100).tolist()
    began = time.perf_counter()
    assert NETWORK.distances(ports, ports).shape == (100, 100)
    assert time.perf_counter() - began < 1.0


def test_names_of_the_source_are_understood():
    one = NETWORK.distances(["CNSHA"], ["AEJEA"], closed="ormuz").iloc[0, 0]
    assert np.isinf(one) and "hormuz" in NETWORK.passages()


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ({"closed": "suezz"}, InputError, "did you mean 'suez'"),
        ({"ship": "panamaxx"}, InputError, "did you mean 'panamax'"),
        ({"origins": ["CNSHX"]}, InputError, "port 'CNSHX' is not known"),
        ({"origins": [(31.2, 121.5)]}, InputError, "check their order"),
        ({"origins": [(104.07, 30.67)]}, Refusal, "not at the sea"),
    ],
)
def test_unknown_places_ships_and_passages_are_named(arguments, error, text):
    with pytest.raises(error, match=text):
        NETWORK.distances(**{"origins": ["CNSHA"], "destinations": ["NLRTM"], **arguments})


def test_one_place_may_stand_alone_and_lines_for_a_map_are_short():
    assert NETWORK.distances("CNSHA", (4.05, 51.95)).shape == (1, 1)
    lines = NETWORK.network_lines()
    assert len(lines) > 10000 and max(np.ptp(line[:, 0]) for line in lines) < 180
