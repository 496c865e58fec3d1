"""Buying by season: histories counted by hand, covariates found, models that rank better than the past repeated."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import buying_models, purchase_history, season_models


def table(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"], utc=True)
    return ibis.memtable(frame)


ROWS = [
    ("a", "2025-01-05"), ("a", "2025-01-25"), ("a", "2025-03-02"), ("a", "2025-03-20"), ("a", "2025-04-02"),
    ("b", "2025-03-30"), ("c", "2025-04-05"), (None, "2025-01-01"),
]  # fmt: skip


def test_seasons_are_counted_back_from_the_day():
    # 30-day seasons before 1 April: 1 January, 31 January and 2 March begin one.
    found = purchase_history.seasons(table(ROWS), until="2025-04-01", days=30).set_index("customer_id")
    assert list(found.index) == ["a", "b"]
    assert found.loc["a"].to_list() == [1, 2, 2, 1]
    assert found.loc["b"].to_list() == [0, 0, 0, 0]


def test_two_seasons_ahead_count_each_season_once():
    more = [*ROWS, ("a", "2025-04-03"), ("a", "2025-05-10"), ("a", "2025-06-20")]
    found = purchase_history.seasons(table(more), until="2025-04-01", days=30, ahead=2).set_index("customer_id")
    assert found.loc["a", "holdout_frequency"] == 2


def test_seasons_of_nothing_and_before_the_first_order_are_refused():
    with pytest.raises(InputError, match="1 or more days"):
        purchase_history.seasons(table(ROWS), until="2025-04-01", days=0)
    with pytest.raises(Refusal, match="no customer bought before the day"):
        purchase_history.seasons(table(ROWS), until="2024-04-01")


def buyers(rng, count=9000, quick=2.0):
    """Customers of two channels, one buying `quick` times as often; histories of 400 days and the 90 days after."""
    fast = rng.random(count) < 0.4
    rate, drop = rng.gamma(0.7, 1 / 90, count) * np.where(fast, quick, 1.0), rng.beta(0.8, 3.0, count)
    first = rng.integers(0, 300, count).astype(float)
    rows, now, alive = (
        [pd.DataFrame({"customer_id": np.arange(count), "day": first})],
        first.copy(),
        np.ones(count, bool),
    )
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= 490
        rows.append(pd.DataFrame({"customer_id": np.flatnonzero(alive), "day": now[alive]}))
        alive &= rng.random(count) > drop
    orders = pd.concat(rows)
    start = pd.Timestamp("2025-01-01", tz="UTC")
    orders["ordered_at"] = start + pd.to_timedelta(np.floor(orders["day"] * 24), unit="h")
    orders = orders.assign(market="DE", revenue_usd=10.0, margin_usd=4.0)
    people = pd.DataFrame({"customer_id": np.arange(count), "channel": np.where(fast, "mail", "ads")})
    return ibis.memtable(orders.drop(columns="day")), people, start + pd.Timedelta(days=400)


@pytest.fixture(scope="module")
def compared():
    orders, people, cut = buyers(np.random.default_rng(3))
    past = purchase_history.split(orders, calibration_until=cut, until=cut + pd.Timedelta(days=90))
    past = past.merge(people, on="customer_id")
    plain = buying_models.fit(past["frequency"], past["recency"], past["age"])
    seasons = purchase_history.seasons(orders, until=cut)
    return season_models.compare(past, seasons, plain, columns=["market", "channel"])


def test_a_channel_that_buys_twice_as_often_is_found(compared):
    row = compared.effects.iloc[0]
    assert (row["covariate"], row["value"]) == ("channel", "mail")
    assert row["rate_low"] < 2.0 < row["rate_high"]
    assert row["rate_low"] > 1.4


def test_every_model_expects_what_came_and_ranks_better_than_the_past_share(compared):
    table = compared.table
    assert table.drop("past share of seasons")["expected_over_actual"].between(0.9, 1.1).all()
    assert (table["auc"].drop("past share of seasons") > table.loc["past share of seasons", "auc"]).all()
    assert table.loc["BG/NBD with market and channel", "error"] <= table.loc["BG/NBD", "error"]


def test_one_market_alone_leaves_nothing_to_compare_with():
    made = season_models.covariates(pd.DataFrame({"market": ["DE"] * 5}), ["market"])
    assert made.shape == (5, 0)
    with pytest.raises(InputError, match="lacks"):
        season_models.covariates(pd.DataFrame({"market": ["DE"]}), ["channel"])


def test_rare_and_missing_values_have_a_place():
    people = pd.DataFrame({"channel": ["ads"] * 500 + ["mail"] * 300 + [None] * 250 + ["tv"] * 3})
    made = season_models.covariates(people, ["channel"])
    assert list(made.columns) == [("channel", "mail"), ("channel", "none")]
    assert made.sum().to_list() == [300, 250]


def test_chance_of_purchase_is_what_customers_do():
    model = buying_models.BuyingModel("bg", 0.7, 60.0, 0.8, 3.0, 0.0, 0, np.eye(4))
    rng = np.random.default_rng(5)
    # Customers who bought twice more, last at day 40 of 60, drawn by rejection from the model itself.
    rate, drop = rng.gamma(0.7, 1 / 60, 1_500_000), rng.beta(0.8, 3.0, 1_500_000)
    gaps = rng.exponential(1 / rate, (4, len(rate)))
    times = gaps.cumsum(axis=0)
    stays = rng.random((3, len(rate))) > drop
    twice = (times[1] > 35) & (times[1] < 45) & stays[0] & (~stays[1] | (times[2] > 60))
    comes = stays[1] & (times[2] > 60) & (times[2] <= 90)
    expected = buying_models.chance_of_purchase(
        model, np.full(3, 2.0), np.array([36.0, 40, 44]), np.full(3, 60.0), 30.0
    )
    assert comes[twice].mean() == pytest.approx(expected[1], abs=3 * np.sqrt(0.25 / twice.sum()))
    with pytest.raises(InputError, match="0 or more"):
        buying_models.chance_of_purchase(model, [1.0], [2.0], [3.0], -1.0)
