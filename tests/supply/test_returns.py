import pytest
from crossborder.errors import InputError
from crossborder.supply import returns


def test_rates_with_intervals_from_the_engine(company):
    table = returns.return_summary(company.events("orders"), "market")
    assert ((table["low"] < table["rate"]) & (table["rate"] < table["high"])).all()


def test_reasons_add_to_all_returns(company):
    orders = company.events("orders")
    table = returns.return_reasons(orders)
    assert table["pieces"].sum() == float(orders.returned.sum().to_pandas())
    assert table.groupby("market")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_cost_by_hand():
    assert float(returns.return_cost(0.2, 10, 3, 1, 0.6)) == pytest.approx(0.2 * (3 + 1 + 4))
    with pytest.raises(InputError, match=r"rate is 1\.2"):
        returns.return_cost(1.2, 10, 3, 1, 0.6)


def test_taking_back_breaks_even_where_it_says():
    share = returns.take_back([100], 5.0, 1.0, 0.5, 0.5, 0.2)["break_even_share"].iloc[0]
    assert returns.take_back([100], 5.0, 1.0, 0.5, share, 0.2)["net_year"].iloc[0] == pytest.approx(0)
