"""Prices, promotions and the demand that they make."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo.world import World


def test_shelf_prices_follow_the_exchange_rate_in_part_and_late(made):
    prices, known, world = made[1]["prices"], made[2]["demand"]["pass_through"], World()
    mine = prices[prices["market"] == "BR"]
    log = np.log(mine["price"]).groupby(mine["sku"]).transform(lambda v: v - v.mean())
    weekly = log.groupby(mine["week"]).mean()
    rate = np.log(1 / world.usd_per_unit["BRL"]).rolling(7 * known["smooth_weeks"]).mean()
    lagged = rate.reindex(weekly.index - pd.Timedelta(weeks=known["lag_weeks"])).to_numpy()
    slope = np.polyfit(lagged, weekly.to_numpy(), 1)[0]
    assert slope == pytest.approx(known["share"], abs=0.12)


def test_promotions_never_run_two_weeks_and_lift_demand(small):
    running = small.offers.promotion
    assert not (running[1:] & running[:-1]).any()
    assert 0.03 < running.mean() < 0.10


def test_shop_prices_look_like_shop_prices(made):
    prices = made[1]["prices"]
    ending = prices.loc[prices["currency"] == "USD", "price"].mul(100).round().astype(int) % 100
    assert (ending == 99).all()
    assert (prices.loc[prices["currency"] == "IDR", "price"] % 1000 == 0).all()


def test_a_product_is_not_in_demand_before_its_listing(small):
    assert np.isneginf(small.offers.log_demand[~small.offers.listed]).all()
    assert np.isfinite(small.offers.log_demand[small.offers.listed]).all()
