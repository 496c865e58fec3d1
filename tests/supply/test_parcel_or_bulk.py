import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import parcel_or_bulk

VALUES = np.arange(10.0, 210, 10)


def test_shares_are_cost_over_value(landed, landed_inputs):
    curve = parcel_or_bulk.order_cost_curves(landed, landed_inputs, "DE", VALUES)
    assert (curve["share"] * curve["order_value"]).to_numpy() == pytest.approx(curve["cost"].to_numpy())
    bulk = curve[curve["way"] == "bulk"]["cost"].to_numpy()
    assert (np.diff(bulk) > 0).all()


def test_a_row_a_market(landed, landed_inputs):
    curves, table = parcel_or_bulk.break_even_by_market(landed, landed_inputs, ["JP", "US"], VALUES)
    assert table["market"].tolist() == ["JP", "US"]
    assert len(curves) == 2 * 2 * len(VALUES)


def test_an_unknown_market_is_told(landed, landed_inputs):
    with pytest.raises(InputError, match="market 'XX' is not known"):
        parcel_or_bulk.order_cost_curves(landed, landed_inputs, "XX", VALUES)
