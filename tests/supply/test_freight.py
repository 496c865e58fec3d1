import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import freight


def test_light_and_bulky_pieces_pay_for_volume(products, lanes):
    cost = freight.freight_per_piece(products, lanes)
    air = cost[:, 1] / 5.0
    assert air[1] == pytest.approx(25 * 25 * 30 / 6000)
    assert air[2] == pytest.approx(2.0)


def test_couriers_round_the_parcel(products, lanes):
    one = freight.freight_per_piece(products, lanes)[:, 2] / 9.0
    assert one[0] == pytest.approx(1.5)  # 6,000 cm3 are 1.2 kg at 5,000, charged as 1.5
    many = freight.freight_per_piece(products, lanes, pieces_per_parcel=4)[:, 2] / 9.0
    assert many[0] == pytest.approx(5.0 / 4)


def test_sea_takes_the_cheaper_of_loose_and_boxed(products, lanes):
    cost = freight.freight_per_piece(products, lanes, fill=1.0)[:, 0]
    assert cost[0] == pytest.approx(0.006 / 58 * 2600)


def test_containers_are_limited_by_volume_or_weight():
    table = freight.container_load([0.1, 30.0], [0.01, 0.01])
    assert table["limit"].tolist() == ["volume", "weight"]
    assert table["pieces"].tolist() == [5800, 883]


def test_weights_that_cannot_be_shipped_are_told(products, lanes):
    with pytest.raises(InputError, match="weigh the packed piece"):
        freight.freight_per_piece(products.assign(weight_kg=0.0), lanes)
    with pytest.raises(InputError, match="price of lane s-US"):
        freight.freight_per_piece(products, lanes.assign(cost_per_cbm=np.nan, cost_per_container=np.nan))


def test_a_shock_takes_margin_unless_it_is_passed_on():
    table = freight.rate_shock(10, 60, 100, [1, 2])
    assert table["margin"].tolist() == [30, 20]
    assert freight.rate_shock(10, 60, 100, [2], pass_through=1.0)["margin"].tolist() == [30]
    assert isinstance(table, pd.DataFrame)
