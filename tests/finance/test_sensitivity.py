import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.finance.sensitivity import sobol, tornado
from crossborder.finance.simulation import Driver

DRIVERS = [Driver("price", 8, 10, 12), Driver("cost", 5, 6, 9), Driver("idle", 3, 3, 3)]


def profit(design):
    return (100 * (design["price"] - design["cost"])).to_numpy()


def test_tornado_by_hand():
    table = tornado(DRIVERS, profit)
    assert table.attrs["base"] == 400
    assert table["driver"].tolist() == ["price", "cost", "idle"]
    assert table["swing"].tolist() == [400, 400, 0]
    assert table.loc[1, ["outcome_low", "outcome_high"]].tolist() == [500, 100]


def test_an_additive_outcome_has_first_order_equal_to_total_and_shares_that_sum_to_one():
    table = sobol(DRIVERS, profit, size=4096, rng=np.random.default_rng(1)).set_index("driver")
    np.testing.assert_allclose(table["first_order"], table["total"], atol=0.02)
    assert table["total"].sum() == pytest.approx(1, abs=0.02)
    assert table.loc["idle", "total"] == 0


def test_what_cannot_be_decomposed_is_told():
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match="a power of two"):
        sobol(DRIVERS, profit, size=1000, rng=rng)
    with pytest.raises(InputError, match="each driver once"):
        sobol(DRIVERS, profit, groups={"all": ["price", "cost"]}, rng=rng)
    with pytest.raises(InputError, match="one finite number a row"):
        sobol(DRIVERS, lambda design: np.full(len(design), np.nan), size=4, rng=rng)
