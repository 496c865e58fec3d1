"""Sessions, ad spend and prices by day and week."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import daily
from crossborder.demo.world import CHANNELS, World


def test_affiliates_are_paid_for_the_orders_they_brought(made):
    tables = made[1]
    clicks = tables["touchpoints"].query("channel == 'affiliate' and converted_order_id.notna()")
    orders = tables["orders"]
    mine = orders[orders["order_id"].isin(clicks["converted_order_id"])]
    gross = mine["unit_price"] * mine["quantity"] - mine["discount"] + mine["shipping_charged"]
    day = mine["ordered_at"].dt.tz_localize(None).dt.floor("D")
    expected = (daily.AFFILIATE_COMMISSION * gross).groupby([day, mine["market"]]).sum()
    spend = tables["ad_spend"].query("channel == 'affiliate'").set_index(["date", "market"])["spend"]
    known = spend[spend > 0]
    yen = known.index.get_level_values("market").isin(["JP", "ID"])
    assert (known - expected.loc[known.index]).abs()[~yen].max() < 0.006
    assert (known - expected.loc[known.index]).abs()[yen].max() < 0.51


def test_ad_platforms_claim_more_than_they_caused(made):
    claimed = made[1]["ad_spend"].groupby("channel")["platform_conversions"].sum()
    caused = made[2]["channels"]["effects"].set_index("channel")["served_orders"]
    assert claimed.sum() > 2 * caused.sum()
    assert claimed["retargeting"] > 5 * caused["retargeting"]


def test_clicks_are_part_of_what_was_shown(made):
    spend = made[1]["ad_spend"]
    assert (spend["clicks"] <= spend["impressions"]).all()
    assert set(spend["channel"]) == set(CHANNELS)


def test_stock_share_is_one_where_nothing_ran_out(made):
    prices, stock = made[1]["prices"], made[1]["inventory"]
    both = prices.merge(stock, on=["week", "sku", "market"])
    empty = (both["opening"] == 0) & (both["received"] == 0) & (both["restocked"] == 0)
    assert (both.loc[empty, "in_stock"] == 0).all()
    assert both.loc[(both["on_hand"] > 5) & (both["opening"] > 5), "in_stock"].mean() > 0.99


def test_week_sums_keep_the_whole():
    world = World()
    values = np.arange(len(world.days), dtype=float)
    found = daily.week_sums(world, values)
    assert found.sum() == values.sum() and len(found) == len(world.weeks)
    whole = pd.Series(values, index=world.days).groupby(world.week_of_day).sum()
    assert found == pytest.approx(whole.to_numpy())
