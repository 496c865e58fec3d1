import numpy as np
import pandas as pd
import pytest
from crossborder.supply import stock_answers as answers
from crossborder.supply import stock_pages, stock_tables


def test_errors_by_pattern_category_and_market(desk):
    test = stock_tables.backtest(desk.series, 4, 2, 0.8)
    table = answers.pattern_errors(test, desk.products)
    assert {"smooth", "US", "pet"} <= set(table.index)
    levels = stock_tables.accuracy_by_level(test, __import__("numpy").random.default_rng(1))
    names = [row["name"] for row in answers.stock_results(levels, None, None, 0.95)]
    assert names[0] == "supply.forecast.wape"


def test_markdowns_gain_and_moves_stay_within_stock(desk):
    made, _ = stock_tables.fan(desk.series, 8, 0.8, stock_pages.examples(desk.series))
    orders, found = stock_pages.order_list(desk, made, 0.95), stock_pages.health(desk)
    cuts, moves = answers.actions(
        found.stock, orders, desk.products_usd, desk.price, desk.elasticity, desk.series, 0.22
    )
    assert (cuts["gain"] >= 0).all()
    assert (moves["units"] > 0).all()
    sent = moves.groupby(["sku", "market_from"])["units"].sum()
    stock = found.stock.set_index(["sku", "market"])["on_hand"]
    assert (sent <= stock.reindex(sent.index).to_numpy() + 1e-6).all()


def test_without_old_stock_or_need_there_is_nothing_to_mark_down_or_move(desk):
    made, _ = stock_tables.fan(desk.series, 8, 0.8, stock_pages.examples(desk.series))
    orders, found = stock_pages.order_list(desk, made, 0.95), stock_pages.health(desk)
    fresh = found.stock.assign(days_of_stock=20.0, tier="<=30 days")
    for stock, asked in ((fresh, orders), (found.stock, orders.iloc[:0]), (fresh.iloc[:0], orders.iloc[:0])):
        cuts, moves = answers.actions(stock, asked, desk.products_usd, desk.price, desk.elasticity, desk.series, 0.22)
        assert moves.empty
        assert cuts.empty == (stock is not found.stock)


def test_one_order_for_the_peak(desk):
    table = answers.peak_plan(desk.series, desk.lead_weeks, desk.products_usd, desk.price)
    assert (table["normal"] > 0).all()
    assert table["service"].between(0, 1).all()
    assert answers.season_uplift(desk.series, 8).between(0.5, 2.0).all()


def test_lost_sales_are_near_the_truth(desk, company):
    from crossborder.demo import truth

    table = answers.truth_table(desk.series, truth.load(company.path), desk.elasticity)
    lost = table.iloc[0]
    assert lost["found"] == pytest.approx(lost["truth"], rel=0.25)
    assert table["inside"].iloc[1:].mean() >= 0.5


def test_levers_and_prices(desk, landed_inputs):
    found = stock_pages.health(desk)
    table = stock_pages.levers(desk, found)
    assert table["base"].notna().all()
    assert answers.prices_usd(landed_inputs.sales).gt(0).all()
    assert 0 <= answers.overstock_share(found.stock, 18) <= 1


def test_the_share_of_stock_saved_has_an_interval_over_skus():
    from types import SimpleNamespace

    grid = pd.DataFrame({"sku": ["b", "a", "a", "b"], "market": ["US", "US", "DE", "DE"]})
    own = SimpleNamespace(on_hand=np.array([[10.0], [10.0], [30.0], [30.0]]))  # in the order of SKU and market
    even = SimpleNamespace(grid=grid, ours=SimpleNamespace(on_hand=np.array([[15.0], [5.0], [5.0], [15.0]])), own=own)
    assert answers.saved_interval(even) == pytest.approx((0.5, 0.5))
    short = SimpleNamespace(grid=grid, ours=even.ours, own=SimpleNamespace(on_hand=own.on_hand[:3]))
    assert answers.saved_interval(short) is None, "the books lack a series"
    odd = SimpleNamespace(grid=grid, ours=SimpleNamespace(on_hand=np.array([[30.0], [2.0], [2.0], [12.0]])), own=own)
    low, high = answers.saved_interval(odd)
    saved, moved = 1 - 46 / 80, np.array([4 - 46 / 80 * 20, 42 - 46 / 80 * 60])
    assert (low + high) / 2 == pytest.approx(saved)
    assert (high - low) / 2 == pytest.approx(1.6448536 * np.sqrt(2 * (moved**2).sum()) / 80)
