"""The engine: totals, intervals that cover, cents that add."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import attribution
from crossborder.marketing.journeys import Journeys, from_paths
from hypothesis import given, settings
from hypothesis import strategies as st


def sample(rng, count=3000, channels=4, rate=0.3):
    lengths = rng.geometric(0.5, count).clip(1, 6)
    codes = rng.choice(channels, lengths.sum(), p=np.arange(1, channels + 1) / sum(range(1, channels + 1)))
    won = (rng.random(count) < rate).astype(float)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    worth = won * rng.gamma(2.0, 20.0, count)
    ages = rng.random(lengths.sum()) * 10
    return Journeys(
        tuple("abcdefgh"[:channels]), codes.astype(np.int16), starts, won, 1 - won, {"revenue": worth}, ages
    )


def test_every_method_shares_out_the_same_total():
    made = sample(np.random.default_rng(1))
    found = attribution.attribute(made, measures=["conversions", "revenue"])
    totals = found.pivot_table(index="method", columns="measure", values="credit", aggfunc="sum")
    assert totals["conversions"].to_numpy() == pytest.approx(made.conversions.sum())
    assert totals["revenue"].to_numpy() == pytest.approx(made.values["revenue"].sum())


def test_grouped_journeys_give_the_same_credits_and_errors_as_single_ones():
    grouped = from_paths(["a > b", "b > c", "a"], [30, 20, 10], [40, 10, 60])
    rows = [
        (p, w) for p, won, lost in (("a > b", 30, 40), ("b > c", 20, 10), ("a", 10, 60)) for w in [1] * won + [0] * lost
    ]
    single = from_paths([p for p, _ in rows], [w for _, w in rows], [1 - w for _, w in rows])
    one, two = (attribution.attribute(made, ["linear", "markov", "shapley"]) for made in (grouped, single))
    for column in ("credit", "standard_error", "share_low", "share_high"):
        assert one[column].to_numpy() == pytest.approx(two[column].to_numpy(), rel=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_paths_counted_once_and_rows_in_ranges_give_the_same_as_every_journey_at_once(monkeypatch, order):
    terms = {"measures": ["conversions", "revenue"], "options": attribution.MethodOptions(order=order)}
    rng = np.random.default_rng(3)
    made = sample(rng, 2000, 3)
    several = made.conversions * rng.integers(1, 4, made.count)
    made = replace(made, conversions=several, nulls=rng.integers(0, 3, made.count) + (several == 0))
    monkeypatch.setattr(attribution, "ROWS", 7)
    found = attribution.attribute(made, **terms)
    assert made.distinct.count < made.count / 4
    monkeypatch.undo()
    monkeypatch.setattr(Journeys, "distinct", property(lambda journeys: journeys))
    whole = attribution.attribute(made, **terms)
    for column in whole.columns[3:]:
        assert found[column].to_numpy() == pytest.approx(whole[column].to_numpy(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("method", ["linear", "last", "markov", "shapley"])
def test_intervals_cover_the_long_run_share(method):
    long_run = attribution.attribute(sample(np.random.default_rng(0), 120_000), [method])["share"].to_numpy()
    held = []
    for seed in range(1, 61):
        found = attribution.attribute(sample(np.random.default_rng(seed), 700), [method], level=0.9)
        held.append((found["share_low"].to_numpy() <= long_run) & (long_run <= found["share_high"].to_numpy()))
    # 240 looks at a nominal 90 %: the binomial error of their mean is about 0.02 to 0.04 (channels share journeys).
    assert 0.82 <= np.mean(held) <= 0.97


def test_delta_errors_of_markov_equal_the_bootstrap():
    rng = np.random.default_rng(4)
    made = sample(rng, 1500)
    error = (
        attribution.attribute(made, ["markov"])
        .assign(error=lambda f: (f["share_high"] - f["share_low"]) / 2 / 1.6449)["error"]
        .to_numpy()
    )
    drawn = []
    for _ in range(200):
        weight = rng.multinomial(made.count, np.full(made.count, 1 / made.count))
        again = Journeys(made.channels, made.codes, made.starts, made.conversions * weight, made.nulls * weight)
        drawn.append(attribution.attribute(again.where(weight > 0), ["markov"])["share"].to_numpy())
    assert error == pytest.approx(np.std(drawn, axis=0), rel=0.2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_cents_add_to_the_rounded_total(amounts):
    cents = attribution.to_the_cent(amounts)
    assert round(float(cents.sum()) * 100) == round(sum(amounts) * 100)
    assert np.abs(cents - np.array(amounts)).max() <= 0.0101


def test_reconciliation_closes_to_zero():
    made = sample(np.random.default_rng(2))
    found = attribution.attribute(made, measures=["conversions", "revenue"])
    account = pd.DataFrame(
        {"conversions": [made.conversions.sum(), 17, 3], "revenue": [made.values["revenue"].sum(), 512.337, 9.999]},
        index=["with a journey", "without a touch", "without a customer"],
    )
    checked = attribution.reconcile(found, account)
    assert checked["difference"].abs().max() == 0
