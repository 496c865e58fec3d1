"""Offers, festivals and recognition of the demo company."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, sampling
from crossborder.marketing import customer_tables, offer_tables, promotions, purchase_history, sold_orders


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


def test_every_discount_stands_beside_the_lift_that_would_pay_for_it(company):
    found = offer_tables.discount_test(company, 0.5, 60.0)
    assert found["discount"].tolist() == [0.05, 0.10, 0.15]
    assert found["break_even_lift"].to_numpy() == pytest.approx(promotions.break_even_lift(found["discount"], 0.5))
    pays = found["lift"] > found["break_even_lift"]
    assert ((found["net_usd"] > 0) == pays).all()
    assert ((found["net_low"] < found["net_usd"]) & (found["net_usd"] < found["net_high"])).all()


def test_invitations_grow_with_their_number_and_stock_is_for_two_thirds(company):
    sold, margin = customer_tables.orders_and_margin(company, [])
    found = offer_tables.offer_economics(company, sold, margin, rng=np.random.default_rng(1))
    assert found.growth["multiplier"].is_monotonic_increasing
    answers = found.sale.set_index("question")["answer"]
    assert 0 <= answers["sell out probability"] <= 1 and answers["lost low"] <= answers["lost high"]


def test_people_of_a_sample_are_recognised_as_often(company, monkeypatch):
    def summary(limit: int) -> tuple[float, pd.Series]:
        monkeypatch.setattr(sampling, "LIMIT", limit)
        fresh = company.under("base")
        some, share = sold_orders.some_orders(fresh)
        end = fresh.as_of + pd.Timedelta(days=1)
        history = purchase_history.histories(some, until=end)
        value, rng = pd.DataFrame({"clv_usd": history["margin_usd"]}), np.random.default_rng(1)
        sold = sold_orders.sold_orders(fresh)
        found = offer_tables.reach(fresh, sold, history, value, 0.3, 0.12, share=share, rng=rng)
        return share, found.summary.set_index("figure")["amount"]

    (whole, exact), (share, some) = summary(10**9), summary(4_000)
    assert whole == 1 and share < 0.5
    # Four standard errors of a half of 4,000 people; the brand's value rests on all orders.
    assert some.iloc[:2].to_numpy() == pytest.approx(exact.iloc[:2].to_numpy(), abs=4 * 0.5 / np.sqrt(4_000))
    assert some.iloc[-1] == pytest.approx(exact.iloc[-1])


def test_a_company_without_tests_has_no_discount_table():
    class Bare:
        def __init__(self, rows: pd.DataFrame | None) -> None:
            self.rows = rows

        def has(self, name: str) -> bool:
            return self.rows is not None

        def table(self, name: str) -> pd.DataFrame:
            return self.rows

    assert offer_tables.discount_test(Bare(None), 0.4, 50.0) is None
    other = pd.DataFrame({"design": ["ab"], "subject": ["colour"], "experiment_id": ["X"]})
    assert offer_tables.discount_test(Bare(other), 0.4, 50.0) is None


def test_festivals_are_those_of_the_largest_market_that_has_a_calendar():
    days = pd.date_range("2025-01-01", periods=400)
    both = pd.concat([pd.DataFrame({"market": m, "day": days, "orders": n, "revenue_usd": 1.0 * n}) for m, n in
                      (("ZZ", 90), ("DE", 40))])  # fmt: skip
    assert set(offer_tables._festivals(both, 0.9)["market"]) == {"DE"}
    nowhere = offer_tables._festivals(both[both["market"] == "ZZ"], 0.9)
    assert nowhere.empty and {"market", "event", "multiplier"} <= set(nowhere.columns)
