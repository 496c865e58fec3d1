import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import demand

WEEKS = pd.date_range("2025-01-06", periods=3, freq="7D")


def test_weeks_without_a_row_are_zero_and_nothing_is_lost():
    sales = pd.DataFrame({"week": WEEKS[[0, 2]], "sku": "a", "market": "DE", "units": [3.0, 4.0]})
    cube = demand.cube(sales)
    assert cube.units.tolist() == [[3, 0, 4]]
    assert cube.series["age_weeks"].tolist() == [3]


def test_empty_shelves_are_filled_by_the_rate_of_full_ones():
    units, share = np.array([[10.0] * 10 + [0.0]]), np.array([[1.0] * 10 + [0.0]])
    assert demand.uncensored(units, share)[0, -1] == pytest.approx(10)
    assert demand.uncensored(units, np.ones((1, 11))).tolist() == units.tolist()


def test_the_rate_is_found_again_where_half_of_the_weeks_are_cut(rng):
    truth = rng.poisson(6, (300, 80)).astype(float)
    share = np.where(rng.random(truth.shape) < 0.5, 1.0, 0.4)
    seen = rng.binomial(truth.astype(int), share).astype(float)
    assert demand.uncensored(seen, share).sum() == pytest.approx(truth.sum(), rel=0.02)


def test_orders_are_reduced_in_the_engine(company):
    frame = demand.from_orders(company.events("orders"))
    assert (frame["week"].dt.day_of_week == 0).all()
    assert frame["units"].sum() == float(company.events("orders").quantity.sum().to_pandas())


def test_bad_shares_and_no_sales_are_told():
    with pytest.raises(InputError, match=r"in_stock is 1\.5"):
        demand.uncensored([[1.0]], [[1.5]])
    with pytest.raises(Refusal, match="there is no row of sales"):
        demand.cube(pd.DataFrame({"week": [], "sku": [], "market": [], "units": []}))
