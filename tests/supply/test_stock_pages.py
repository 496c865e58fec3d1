import dataclasses

import numpy as np
from crossborder.supply import stock_pages as pages
from crossborder.supply import stock_tables


def test_absent_tables_give_none(desk, rng):
    bare = dataclasses.replace(desk, inventory=None)
    made, _ = stock_tables.fan(desk.series, 4, 0.8, np.array([0]))
    assert pages.order_list(bare, made, 0.95) is None
    assert pages.replayed(bare, 0.95, rng) is None
    assert pages.health(bare) is None
    assert pages.actions(bare, None, None) == (None, None)
    assert pages.levers(bare, None) is None
    assert pages.policy_table(bare, None) is None


def test_examples_show_several_patterns(desk):
    from crossborder.supply.intermittent import demand_pattern

    rows = pages.examples(desk.series)
    assert len(set(rows.tolist())) == len(rows) >= 5
    assert demand_pattern(desk.series.full[rows, -104:])["pattern"].nunique() >= 3


def test_the_answer_leaves_out_what_is_unknown(desk, rng):
    test = stock_tables.backtest(desk.series, 4, 2, 0.8)
    levels = stock_tables.accuracy_by_level(test, rng)
    assert len(pages.answer(desk, levels, None, None, None, None, 0.95)) == 2
    assert pages.assumption(desk, "supply.unknown", default=3.0) == 3.0
