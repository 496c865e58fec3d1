"""What is bought together: nothing by chance, and the worth of what is."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.marketing import basket


def test_independent_items_have_no_rule():
    rng = np.random.default_rng(0)
    bought = rng.random((20_000, 6)) < 0.2
    order, item = np.nonzero(bought)
    lines = pd.DataFrame({"order_id": order, "item": item})
    found = basket.pair_rules(lines, orders=20_000, least_support=1)
    assert found["lift"].mean() == pytest.approx(1.0, abs=0.03)  # sd of a lift of 800 joint orders is 0.03
    assert not found["significant"].any()


def test_an_offer_at_the_basket_is_worth_what_is_accepted():
    rules = pd.DataFrame({"item_a": ["a"], "item_b": ["b"], "support": [0.1], "confidence_ab": [0.25]})
    found = basket.add_on_value(rules, pd.Series({"b": 20.0}), orders=1000, accept_rate=0.05, margin_share=0.5).iloc[0]
    # 400 baskets hold a, 300 of them not b: 15 accept, each leaves 10.
    assert (found["shown"], found["contribution"]) == (pytest.approx(300), pytest.approx(150))


def test_no_basket_is_refused():
    with pytest.raises(Refusal, match="there is no basket"):
        basket.pair_rules(pd.DataFrame({"order_id": [], "item": []}))


def test_the_tail_is_that_of_the_hypergeometric_distribution():
    from scipy.stats import hypergeom

    rng = np.random.default_rng(2)
    total = 2_000
    a, b = rng.integers(1, 900, (2, 300))
    seen = np.minimum(rng.poisson(a * b / total + 3), np.minimum(a, b))
    found = basket._together_or_more(seen, a, b, total)
    expected = hypergeom.sf(seen - 1, total, a, b)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-300)
    edges = basket._together_or_more(np.array([0, 5, 1]), np.array([5, 5, 1999]), np.array([7, 5, 1500]), total)
    assert edges == pytest.approx(hypergeom.sf([-1, 4, 0], total, [5, 5, 1999], [7, 5, 1500]), rel=1e-9)


def test_pairs_counted_in_the_engine_are_those_of_the_matrix():
    import ibis

    rng = np.random.default_rng(4)
    # Orders of one to six lines, with doubled items and lines without one.
    order = np.repeat(np.arange(400), rng.integers(1, 7, 400))
    item = rng.choice(["a", "b", "c", "d", "e", None], len(order), p=[0.3, 0.25, 0.2, 0.15, 0.05, 0.05])
    lines = pd.DataFrame({"order_id": [f"o{n}" for n in order], "item": item})
    counts = basket.pair_counts(ibis.memtable(lines), item="item", least_support=1)
    sets = lines.dropna().groupby("order_id")["item"].agg(set)
    several = sets[sets.map(len) > 1]
    assert counts.orders == len(several)
    for name, count in counts.single.items():
        assert count == several.map(lambda bought, name=name: name in bought).sum()
    for row in counts.pairs.itertuples():
        assert row.together == several.map(lambda bought, row=row: {row.item_a, row.item_b} <= bought).sum()
    assert len(counts.pairs) == 10


def test_the_tail_of_millions_of_baskets_is_a_number():
    from scipy.stats import hypergeom

    total = 3_400_000
    cases = np.array([[60, 1_000_000, 900_000], [400, 20_000, 15_000], [90_000, 600_000, 500_000], [12, 3000, 3000]])
    found = basket._together_or_more(*cases.T, total)
    assert found == pytest.approx(hypergeom.sf(cases[:, 0] - 1, total, cases[:, 1], cases[:, 2]), rel=1e-6)


def test_pairs_of_a_sample_of_orders_are_scaled_to_all(monkeypatch):
    from crossborder.company import Company

    orders = Company.open("data/demo").events("orders")
    exact = basket.pair_counts(orders, least_support=1)
    monkeypatch.setattr(basket, "LINES", 4_000)
    some = basket.pair_counts(orders, least_support=1)
    assert exact.share == 1 and some.share < 0.5
    assert some.orders / some.share == pytest.approx(exact.orders, rel=4 / np.sqrt(some.orders))
    single = some.single.reindex(exact.single.index).fillna(0)
    error = 4 * np.sqrt(exact.single * some.share)
    assert ((single - exact.single * some.share).abs() <= error + 1).all()
    rules, all_rules = (basket.rules(counts, top=10**6).set_index(["item_a", "item_b"]) for counts in (some, exact))
    both = rules.join(all_rules, suffixes=("", "_all"))
    seen = both["together"] * some.share
    assert seen.to_numpy() == pytest.approx(seen.round(), abs=0.5 * some.share + 1e-9)
    assert both["together"].sum() == pytest.approx(exact.pairs["together"].sum(), rel=4 / np.sqrt(seen.sum()))
    assert (both["support"] * some.orders).to_numpy() == pytest.approx(seen, abs=0.5)
