import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.supply import inputs


def test_costs_are_in_dollars_and_gaps_are_counted():
    table = pd.DataFrame({"sku": ["a", "b"], "unit_cost": [10.0, np.nan], "currency": "EUR"})
    known = inputs.products_usd(table, "2025-06-02", factor=2.0)
    assert known["unit_cost_usd"].iloc[0] == pytest.approx(22.8, rel=0.02)
    assert known.attrs["without_cost"] == 1
    with pytest.raises(Refusal, match="no product has a purchase price"):
        inputs.products_usd(table.assign(unit_cost=np.nan), "2025-06-02")


def test_weights_are_the_pieces_sold(landed_inputs):
    assert landed_inputs.weights.sum() == pytest.approx(landed_inputs.sales["units"].sum(), rel=1e-9)
    assert (landed_inputs.price > 0).all()
    assert landed_inputs.own_duty["bills"].min() >= 1


def test_sales_are_reduced_in_the_engine(company):
    sales = inputs.sales_usd(company.events("orders"), "2026-01-01", "2026-03-31")
    assert sales["returned"].sum() < sales["units"].sum()
    with pytest.raises(Refusal, match="there are no orders"):
        inputs.sales_usd(company.events("orders"), "1999-01-01", "1999-02-01")


def test_a_tariff_scenario_reaches_the_landed_cost(landed_inputs, landed, company):
    more = inputs.landed_from(landed_inputs, company.as_of, extra_rate={"US": 0.2})
    us = ((landed.lanes["market"] == "US") & (landed.lanes["mode"] != "courier")).to_numpy()
    assert (more.lines["duty"][:, us] > landed.lines["duty"][:, us]).all()
    other = (landed.lanes["market"] != "US").to_numpy()
    assert more.lines["duty"][:, other] == pytest.approx(landed.lines["duty"][:, other])


def test_books_are_not_looked_up_twice(landed_inputs, landed, company):
    again = inputs.landed_from(landed_inputs, company.as_of, books=landed.books)
    assert again.total == pytest.approx(landed.total)
    assert (
        inputs.door_terms(company.table("platforms"), company.table("warehouses"), landed_inputs.sales, company.as_of)
        .by_market["return_rate"]
        .between(0, 0.5)
        .all()
    )
    assert inputs.lane_weights(landed_inputs.products, landed_inputs.lanes, landed_inputs.sales, None)[0].sum() > 0
    assert inputs.to_usd(pd.Series([1.0]), pd.Series(["USD"]), company.as_of).tolist() == [1.0]
