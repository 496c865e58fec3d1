"""Rules of the basket, by hand and under independence."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, sampling
from crossborder.selection import associations


def test_rules_of_the_basket_by_hand():
    rows = [("1", "a"), ("1", "b"), ("2", "a"), ("2", "b"), ("3", "a"), ("4", "c"), ("4", "b")]
    found = associations.rules(pd.DataFrame(rows, columns=["basket", "item"]), least=1).set_index(["when", "then"])
    assert found.loc[("a", "b"), ["support", "confidence", "lift"]].tolist() == pytest.approx([0.5, 2 / 3, 8 / 9])
    assert found.loc[("c", "b"), "confidence"] == pytest.approx(1.0)


def test_independent_items_have_no_sure_lift():
    rng = np.random.default_rng(3)
    has = rng.uniform(size=(4000, 6)) < 0.3
    row, item = np.nonzero(has)
    found = associations.rules(pd.DataFrame({"basket": row, "item": item}), total=4000)
    assert found["lift"].to_numpy() == pytest.approx(1, abs=0.1)
    assert not found["sure"].any()


def test_baskets_of_a_sample_of_orders_tell_the_same_rules(monkeypatch):
    company = Company.open("data/demo")
    orders, products = company.events("orders"), company.table("products")
    exact = associations.order_baskets(orders, products, "category")
    monkeypatch.setattr(sampling, "LIMIT", 9_000)
    some = associations.order_baskets(orders, products, "category")
    share = 9_000 / int((orders.line == 1).sum().to_pandas())
    assert some["basket"].nunique() == pytest.approx(share * exact["basket"].nunique(), rel=0.1)
    assert some.equals(associations.order_baskets(orders, products, "category"))  # the same in every run
    few, all_of = (associations.rules(rows, 20).set_index(["when", "then"]) for rows in (some, exact))
    both = few.join(all_of, suffixes=("", "_all"))
    spread = np.log(both["high"] / both["low"]) / 2 / 1.645
    assert (np.log(both["lift"] / both["lift_all"]).abs() < 4 * spread).all()


def test_products_without_an_attribute_and_orders_of_one_product_are_no_baskets():
    lines = pd.DataFrame({"order_id": ["a", "a", "b", "b", "c"], "sku": ["x", "y", "x", "x", "y"]})
    products = pd.DataFrame({"sku": ["x", "y"], "name": ["Pan", "Pot"]})
    found = associations.order_baskets(ibis.memtable(lines), products)
    assert found.to_numpy().tolist() == [[0, "Pan"], [0, "Pot"]]
