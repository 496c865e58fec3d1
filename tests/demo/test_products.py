"""The products and their hidden appeal."""

import numpy as np
from crossborder.demo import products, supply_base
from crossborder.demo.world import CATEGORIES, MARKETS


def test_each_category_has_its_share_of_products_and_their_own_suppliers(small):
    frame = small.goods.frame
    assert (frame["category"].value_counts().loc[list(CATEGORIES)] == products.PER_CATEGORY).all()
    assert frame["sku"].is_unique and frame["name"].is_unique
    suppliers = supply_base.suppliers(small.world.rng("suppliers")).set_index("supplier_id")
    for names in (frame["supplier_id"], small.goods.backup):
        assert (suppliers["category"].loc[names].to_numpy() == frame["category"].to_numpy()).all()
    assert (small.goods.backup != frame["supplier_id"].to_numpy()).all()


def test_cost_leaves_a_margin_and_is_in_the_suppliers_money(small):
    goods = small.goods
    assert 0.1 < (goods.cost_usd / goods.list_usd).mean() < 0.35
    assert (goods.cost_usd < 0.6 * goods.list_usd).all()
    assert set(goods.frame["currency"]) == {"CNY", "USD"}


def test_every_product_is_sold_in_the_first_market_and_most_elsewhere(small):
    listed = small.goods.listed_from < len(small.world.days)
    assert listed[:, 0].all()
    assert 0.6 < listed[:, 1:].mean() < 0.9
    assert small.goods.appeal.shape == (120, len(MARKETS))
    assert np.isfinite(small.goods.appeal).all()
