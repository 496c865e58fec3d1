"""Journeys from the engine against the slow obvious loop."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.company import sampling
from crossborder.errors import InputError
from crossborder.marketing import attribution, journey_query


def world(seed, people=40, touches=300, orders=60):
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2025-01-01", tz="UTC")
    at = start + pd.to_timedelta(rng.integers(0, 120 * 86400, touches), unit="s")
    touch = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in rng.integers(0, people, touches)],
            "at": at,
            "channel": rng.choice(["ads", "mail", "search"], touches),
            "market": rng.choice(["DE", "US"], touches),
            "consent": rng.random(touches) < 0.9,
        }
    )
    when = start + pd.to_timedelta(rng.integers(0, 120 * 86400, orders), unit="s")
    order = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(orders)],
            "line": 1,
            "ordered_at": when,
            "customer_id": [f"c{i}" if i < people else None for i in rng.integers(0, people + 5, orders)],
            "market": rng.choice(["DE", "US"], orders),
            "sku": rng.choice(["s", "t"], orders),
            "quantity": rng.integers(1, 4, orders),
            "unit_price": rng.uniform(5, 50, orders).round(2),
            "currency": "EUR",
            "discount": 1.0,
            "tax": 0.5,
            "refund": np.where(rng.random(orders) < 0.2, 3.0, 0.0),
            "returned": 0,
        }
    )
    return touch, order


def by_loop(touch, order, days):
    """Last-touch orders by channel, orders with a journey and their revenue in EUR, row by row."""
    last, joined, revenue = {}, 0, 0.0
    seen = touch[touch["consent"]].sort_values("at")
    for _, row in order.dropna(subset=["customer_id"]).iterrows():
        mine = order[(order["customer_id"] == row["customer_id"]) & (order["ordered_at"] < row["ordered_at"])]
        since = max(
            mine["ordered_at"].max() if len(mine) else pd.Timestamp(0, tz="UTC"),
            row["ordered_at"] - pd.Timedelta(days=days),
        )
        own = seen[
            (seen["customer_id"] == row["customer_id"]) & (seen["at"] <= row["ordered_at"]) & (seen["at"] > since)
        ]
        if len(own):
            last[own["channel"].iloc[-1]] = last.get(own["channel"].iloc[-1], 0) + 1
            joined += 1
            revenue += row["quantity"] * row["unit_price"] - 1.5
    return last, joined, revenue


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("days", [5.0, 30.0])
def test_engine_and_loop_agree(seed, days):
    touch, order = world(seed)
    last, joined, revenue = by_loop(touch, order, days)
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), lookback_days=days, usd_rates={"EUR": 2.0})
    credit = attribution.attribute(made.journeys, ["last"]).set_index("channel")["credit"]
    assert {name: value for name, value in credit.items() if value} == last
    assert made.account.loc["with a journey", "conversions"] == joined
    assert made.account.loc["with a journey", "revenue_usd"] == pytest.approx(2 * revenue)


def test_many_people_have_the_loop_s_journeys():
    """Numbers of customers beside the time need more bits than a small integer has."""
    touch, order = world(11, people=900, touches=2500, orders=700)
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), usd_rates={"EUR": 1.0})
    _, joined, revenue = by_loop(touch, order, 30)
    assert joined > 100
    assert made.account.loc["with a journey", ["conversions", "revenue_usd"]].tolist() == pytest.approx(
        [joined, revenue]
    )


def test_every_order_and_touch_is_in_one_line_of_the_account():
    touch, order = world(9)
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), usd_rates={"EUR": 1.0})
    assert made.account["conversions"].sum() == len(order)
    total = (order["quantity"] * order["unit_price"] - 1.5).sum()
    assert made.account["revenue_usd"].sum() == pytest.approx(total)
    parts = made.touches.drop("all touches")
    assert parts.sum() == made.touches["all touches"] == len(touch)


def test_margin_takes_off_the_cost_of_pieces_kept():
    touch, order = world(3)
    cost = {"s": 2.0, "t": 4.0}
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), usd_rates={"EUR": 1.0}, unit_cost_usd=cost)
    own = made.account["revenue_usd"].sum() - order["refund"].sum() - (order["quantity"] * order["sku"].map(cost)).sum()
    assert made.account["margin_usd"].sum() == pytest.approx(own)


def test_a_market_can_have_its_own_window():
    touch, order = world(5)
    tables = ibis.memtable(touch), ibis.memtable(order)
    short = journey_query.build(*tables, lookback_days=3, usd_rates={"EUR": 1.0})
    mixed = journey_query.build(*tables, lookback_days=3, lookback_by_market={"DE": 60}, usd_rates={"EUR": 1.0})
    long = journey_query.build(*tables, lookback_days=60, usd_rates={"EUR": 1.0})
    found = [made.account.loc["with a journey", "conversions"] for made in (short, mixed, long)]
    assert found[0] < found[1] < found[2]


def test_orders_of_people_who_never_had_a_touch_are_counted():
    touch, order = world(7)
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), lookback_days=5, usd_rates={"EUR": 1.0})
    seen = set(touch.loc[touch["consent"], "customer_id"])
    named = order["customer_id"].dropna()
    assert made.never_seen == (~named.isin(seen)).sum() > 0
    assert made.never_seen < made.account.loc["without a touch", "conversions"]


def test_windows_of_markets_are_read_from_texts():
    assert journey_query.own_windows(["DE=14", "US=7.5"]) == {"DE": 14.0, "US": 7.5}
    with pytest.raises(InputError, match="such as DE=14"):
        journey_query.own_windows(["DE:14"])
    with pytest.raises(InputError, match="DE is -1"):
        journey_query.own_windows(["DE=-1"])


def test_touches_and_orders_of_one_second_are_cut_the_same_whatever_their_fractions():
    at = pd.to_datetime(["2025-01-01 10:00:00.700", "2025-01-01 10:00:00.200"], utc=True, format="ISO8601")
    touch = pd.DataFrame({"customer_id": ["c", "c"], "at": at, "channel": ["ads", "ads"], "market": "DE"})
    order = world(1)[1].iloc[:1].assign(customer_id="c", ordered_at=at[1], market="DE")
    made = journey_query.build(ibis.memtable(touch), ibis.memtable(order), usd_rates={"EUR": 1.0})
    assert made.account.loc["with a journey", "conversions"] == 1
    assert made.touches["repeated"] == 1


def test_look_back_sensitivity_equals_single_builds():
    touch, order = world(6)
    tables = ibis.memtable(touch), ibis.memtable(order)
    table = journey_query.sensitivity(*tables, [5, 30], use_consent=(True,))
    for row in table.itertuples():
        made = journey_query.build(*tables, lookback_days=row.lookback_days, usd_rates={"EUR": 1.0})
        assert made.account.loc["with a journey", "conversions"] == row.with_journey


def test_look_back_sensitivity_is_the_same_from_orders_worked_out_before(monkeypatch):
    touch, order = world(6)
    tables = ibis.memtable(touch), ibis.memtable(order)
    sold = journey_query.order_values(tables[1], usd_rates={"EUR": 1.0})
    table = journey_query.sensitivity(*tables, [5, 30])
    pd.testing.assert_frame_equal(table, journey_query.sensitivity(*tables, [5, 30], sold=sold))
    monkeypatch.setattr(journey_query, "SLICE", 60)
    pd.testing.assert_frame_equal(table, journey_query.sensitivity(*tables, [5, 30]))
    nobody = journey_query.sensitivity(tables[0], tables[1].drop("customer_id"), [5])
    assert nobody["orders"].tolist() == [len(order)] * 2 and (nobody["share"] == 0).all()


def test_ranges_of_customers_give_the_same_journeys(monkeypatch):
    touch, order = world(8)
    tables = ibis.memtable(touch), ibis.memtable(order)
    whole = journey_query.build(*tables, usd_rates={"EUR": 1.0})
    monkeypatch.setattr(journey_query, "SLICE", max(len(touch) // 5, 1))
    parts = journey_query.build(*tables, usd_rates={"EUR": 1.0})
    pd.testing.assert_frame_equal(whole.account, parts.account)
    pd.testing.assert_series_equal(whole.touches, parts.touches)
    assert whole.never_seen == parts.never_seen
    for name in ("codes", "starts", "conversions", "nulls", "age_days"):
        np.testing.assert_array_equal(getattr(whole.journeys, name), getattr(parts.journeys, name))
    for name, values in whole.journeys.values.items():
        np.testing.assert_allclose(values, parts.journeys.values[name], rtol=1e-12)


def test_a_sample_of_customers_tells_the_same_shares(monkeypatch):
    touch, order = world(6)
    tables = ibis.memtable(touch), ibis.memtable(order)
    options = {"use_consent": (True,)}
    whole = journey_query.sensitivity(*tables, [30], **options).iloc[0]
    monkeypatch.setattr(sampling, "LIMIT", max(order["customer_id"].nunique() * 3 // 4, 1))
    some = journey_query.sensitivity(*tables, [30], **options).iloc[0]
    assert some["orders"] == pytest.approx(whole["orders"], rel=0.3)
    assert some["share"] == pytest.approx(whole["share"], abs=0.2)
