"""Orders, contacts, customers and sessions tell the same story."""

import numpy as np
import pandas as pd


def test_funnel_orders_are_the_orders(made):
    orders, sessions = made[1]["orders"], made[1]["sessions"]
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    counted = orders.groupby([day, "market", "platform"])["order_id"].nunique()
    funnel = sessions[sessions["orders"] > 0].set_index(["date", "market", "platform"])["orders"]
    pd.testing.assert_series_equal(counted.sort_index(), funnel.sort_index(), check_names=False, check_dtype=False)
    steps = sessions[["visits", "product_views", "carts", "checkouts", "orders"]].to_numpy()
    assert (np.diff(steps, axis=1) <= 0).all()


def test_contacts_come_before_what_they_led_to(made):
    tables = made[1]
    touched = tables["touchpoints"].dropna(subset="converted_order_id")
    orders = tables["orders"].drop_duplicates("order_id").set_index("order_id")
    when = orders["ordered_at"].loc[touched["converted_order_id"]].to_numpy()
    assert ((when - touched["at"].to_numpy()) <= np.timedelta64(10, "m")).all()
    assert (touched["at"].to_numpy() <= when).all()
    buyers = orders["customer_id"].loc[touched["converted_order_id"]]
    assert (buyers.dropna().to_numpy() == touched["customer_id"].to_numpy()[buyers.notna()]).all()


def test_last_click_credits_the_harvest_channels_and_forgets_the_causes(made):
    tables, truth = made[1], made[2]
    effects = truth["channels"]["effects"].set_index("channel")
    orders = tables["orders"].dropna(subset="customer_id").drop_duplicates("order_id")
    orders = orders[["order_id", "customer_id", "ordered_at"]].sort_values("ordered_at")
    touches = tables["touchpoints"].sort_values("at")[["customer_id", "at", "channel"]]
    last = pd.merge_asof(
        orders, touches, left_on="ordered_at", right_on="at", by="customer_id", tolerance=pd.Timedelta(days=30)
    )
    credit = last["channel"].value_counts(normalize=True)
    true = effects["shapley_orders"] / effects["shapley_orders"].sum()
    for channel in ("search_brand", "retargeting"):
        assert credit[channel] > 5 * true[channel]
    for channel in ("video", "social_paid"):
        assert credit[channel] < 0.6 * true[channel]


def test_members_spend_more_than_membership_explains(made):
    customers, known = made[1]["customers"], made[2]["customers"]
    spend = customers.groupby("member")["spend_after_joining_usd"].mean()
    assert 0 < known["member_spend_effect_180_days_usd"] < 0.5 * (spend[True] - spend[False])
