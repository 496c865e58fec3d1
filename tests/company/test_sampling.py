"""Samples of customers: everything when few, the same people in every table when many."""

import ibis
import pandas as pd
import pytest
from crossborder.company import sampling


def table(count: int):
    names = [f"c{n // 2}" for n in range(2 * count)]
    return ibis.memtable(pd.DataFrame({"customer_id": names, "value": 1.0}))


def test_few_customers_are_all_kept():
    events, share = sampling.some(table(50), limit=50)
    assert share == 1 and events.count().to_pandas() == 100


def test_many_are_thinned_to_about_the_limit_with_all_their_events():
    events, share = sampling.some(table(20_000), limit=2_000)
    people = events.customer_id.nunique().to_pandas()
    assert share == pytest.approx(0.1)
    assert people == pytest.approx(2_000, rel=0.1)
    assert events.count().to_pandas() == 2 * people


def test_another_table_gives_the_same_people():
    one = sampling.of_share(table(3_000), 0.2).customer_id.to_pandas()
    other = sampling.of_share(table(6_000), 0.2).customer_id.to_pandas()
    assert set(one) == {name for name in other if int(name[1:]) < 3_000}


def test_a_frame_gives_the_same_people_as_a_table():
    lazy = table(3_000)
    frame = lazy.to_pandas()
    chosen = sampling.of_frame(frame, 0.2)
    assert chosen["customer_id"].tolist() == sampling.of_share(lazy, 0.2).customer_id.to_pandas().tolist()
    assert sampling.of_frame(frame, 1.0) is frame


def test_counts_are_scaled_up_and_stay_whole():
    frame = pd.DataFrame({"people": [10, 3], "usd": [1.5, 2.0], "days": [4.0, 5.0]})
    assert sampling.scaled_up(frame, ["people", "usd"], 1.0) is frame
    found = sampling.scaled_up(frame, ["people", "usd"], 0.4)
    assert found["people"].tolist() == [25, 8] and found["people"].dtype == "int64"
    assert found["usd"].tolist() == [3.75, 5.0] and found["days"].tolist() == [4.0, 5.0]


def test_the_buyers_of_the_sample_are_those_of_their_events(monkeypatch):
    orders = table(2_000).mutate(ordered_at=ibis.timestamp("2026-01-01T00:00:00"))
    whole, share = sampling.some_buyers(orders)
    assert share == 1 and whole.count().to_pandas() == 2_000
    monkeypatch.setattr(sampling, "LIMIT", 500)
    some, share = sampling.some_buyers(orders)
    theirs, same = sampling.of_buyers(orders, orders)
    assert share == same == 0.25
    assert set(some.customer_id.to_pandas()) == set(theirs.customer_id.to_pandas())
    assert some.lines.sum().to_pandas() == theirs.count().to_pandas()


def test_lines_of_the_sample_are_those_of_its_people_and_drawn_once(monkeypatch):
    orders = table(2_000).mutate(ordered_at=ibis.timestamp("2026-01-01T00:00:00"), line=1, refund=0.0)
    whole, share = sampling.some_lines(orders)
    assert share == 1 and whole.columns == orders.columns
    monkeypatch.setattr(sampling, "LIMIT", 500)
    some, share = sampling.some_lines(orders)
    assert share == 0.25 and set(some.columns) == {"customer_id", "line", "ordered_at"}
    assert some.count().to_pandas() == sampling.some_buyers(orders)[0].lines.sum().to_pandas()
    assert sampling.some_lines(orders)[0].op() is some.op()
