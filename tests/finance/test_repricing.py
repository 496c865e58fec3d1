import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.repricing import price_war, promotion_profit, repricing_rule, tariff_price_book

RULE = {"share_in_currency": 0.8, "pass_through": 1.0, "menu_cost": 0.0, "sales": 100.0}


def test_a_rate_that_never_moves_is_never_repriced():
    result = repricing_rule(pd.Series(np.ones(50)), trigger=0.05, elasticity=-2, **RULE)
    assert result == {"gain": 0.0, "repricings": 0, "largest_gap": 0.0}


def test_a_fallen_currency_is_worth_repricing_where_margins_are_thin():
    falling = pd.Series(np.r_[np.ones(10), np.full(90, 0.85)])
    result = repricing_rule(falling, trigger=0.05, elasticity=-1.5, **RULE)
    assert result["repricings"] == 1
    # Never repricing earns 0.85 - 0.8 a piece; the new price earns 1.0 - 0.8 on (1/0.85)^-1.5 of the pieces.
    expected = 90 * 100 * ((1 / 0.85) ** -1.5 * 0.2 - 0.05)
    assert result["gain"] == pytest.approx(expected)


def test_menu_costs_are_charged_for_each_change():
    path = pd.Series([1.0, 1.2, 1.0, 1.2])
    free = repricing_rule(path, trigger=0.1, elasticity=-2, **RULE)
    dear = repricing_rule(path, trigger=0.1, elasticity=-2, **RULE | {"menu_cost": 7.0})
    assert free["repricings"] == 3
    assert free["gain"] - dear["gain"] == pytest.approx(21)


def test_the_tariff_book_keeps_the_margin_and_finds_the_best_price():
    book = tariff_price_book(10, 8, 20, 0.15, -2.5, {"today": 0.0, "jump": 0.25}).set_index(["scenario", "choice"])
    assert book.loc[("jump", "margin stays"), "margin"] == pytest.approx(book.loc[("today", "price stays"), "margin"])
    assert book.loc[("jump", "best price"), "price_usd"] == pytest.approx(12 * 2.5 / 1.5 / 0.85)
    profits = book.loc["jump", "profit_per_unit_today_usd"]
    assert profits["best price"] >= profits.max() - 1e-9
    assert (book.loc["jump", "profit_per_unit_today_usd"] <= book.loc["today", "profit_per_unit_today_usd"]).all()


def test_pulling_sales_forward_makes_a_promotion_worse():
    base = {"price": 20.0, "unit_cost": 8.0, "units": 100.0, "discount": np.array([0, 0.1, 0.3]), "elasticity": -3.0}
    free, pulled = promotion_profit(**base), promotion_profit(**base, pulled_forward=0.4)
    assert free["net_gain"][0] == pulled["net_gain"][0] == 0
    assert (pulled["net_gain"][1:] < free["net_gain"][1:]).all()
    with pytest.raises(InputError, match="fractions from 0 to below 1"):
        promotion_profit(**base | {"discount": np.array([1.0])})


def test_in_a_price_war_the_best_answer_is_at_least_as_good_as_staying_and_matching():
    table = price_war(
        price=20, unit_cost=12, units=100, own_elasticity=-2.5, cross_elasticity=1.5, rival_cut=np.array([0, 0.1, 0.3])
    )
    assert (table["profit_best"] >= table[["profit_staying", "profit_matching"]].max(axis=1) - 1e-9).all()
    assert (table["profit_staying"].diff().dropna() < 0).all()
