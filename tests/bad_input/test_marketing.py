"""What people really feed in: one channel, no conversion, 40 channels, touches after purchase, no pre-period."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import (
    advertising,
    attribution,
    budget,
    buying_models,
    clv,
    data_driven,
    experiments,
    funnel,
    geo,
    journey_query,
    markov,
    membership,
    mix_model,
    order_value,
    rules,
    segments,
    sequential,
    service,
    shapley,
)
from crossborder.marketing.journeys import from_flat, from_paths
from crossborder.marketing.response import Curves

NOBODY = dict.fromkeys(("people", "y", "yy", "x", "xx", "xy"), 0.0)


def stamp(*texts):
    return pd.to_datetime(list(texts), utc=True)


def tables(touch_rows, order_rows):
    touches = pd.DataFrame(touch_rows, columns=["customer_id", "at", "channel", "market", "consent"])
    orders = pd.DataFrame(order_rows, columns=["order_id", "ordered_at", "customer_id", "market", "unit_price"])
    orders = orders.assign(line=1, sku="s", quantity=1, currency="USD")
    touches["at"], orders["ordered_at"] = stamp(*touches["at"]), stamp(*orders["ordered_at"])
    return ibis.memtable(touches), ibis.memtable(orders)


def test_one_channel_gets_everything_under_every_method():
    found = attribution.attribute(from_paths(["a", "a > a"], [3, 2], [5, 1], days_between=1.0))
    assert found["share"].to_numpy() == pytest.approx(1.0)
    assert found["credit"].to_numpy() == pytest.approx(5.0)


def test_no_conversion_is_refused():
    with pytest.raises(Refusal, match="no journey ends with a conversion"):
        attribution.attribute(from_paths(["a > b"], [0], [9]), ["last", "markov"])


def test_all_converted_works_for_rules_and_is_refused_by_the_logit():
    paths = from_paths(["a > b", "b"], [4, 6])
    assert attribution.attribute(paths, ["markov"])["credit"].sum() == pytest.approx(10)
    with pytest.raises(Refusal, match="people with and without one"):
        data_driven.fit_logit(paths, data_driven.exposure(paths))


def test_forty_channels_are_refused_with_the_sampled_alternative():
    paths = from_paths([f"c{i} > c{i + 1}" for i in range(39)], [1] * 39, [1] * 39)
    with pytest.raises(Refusal, match="sampled_shapley"):
        shapley.coalition_worth(paths)
    found = shapley.sampled_shapley(lambda members: members.sum(axis=1), 40, draws=20, rng=np.random.default_rng(0))
    assert found.value == pytest.approx(np.ones(40))


def test_touches_after_the_purchase_get_no_credit():
    touches, orders = tables(
        [("c", "2025-01-02", "ads", "DE", True), ("c", "2025-01-09", "mail", "DE", True)],
        [("o", "2025-01-03", "c", "DE", 10.0)],
    )
    made = journey_query.build(touches, orders)
    assert made.touches["not followed by an order"] == 1
    credit = attribution.attribute(made.journeys, ["last"]).set_index("channel")["credit"]
    assert credit.to_dict() == {"ads": 1.0, "mail": 0.0}


def test_duplicate_events_count_once():
    row = ("c", "2025-01-02 10:00:00", "ads", "DE", True)
    made = journey_query.build(*tables([row, row, row], [("o", "2025-01-03", "c", "DE", 10.0)]))
    assert made.touches["repeated"] == 2
    assert made.journeys.lengths.tolist() == [1]


def test_orders_without_a_touch_and_guests_are_counted_not_shared_out():
    touches, orders = tables(
        [("c", "2025-01-02", "ads", "DE", True), ("d", "2025-01-02", "ads", "DE", False)],
        [
            ("o1", "2025-01-03", "c", "DE", 10.0),
            ("o2", "2025-01-03", "d", "DE", 20.0),
            ("o3", "2025-01-03", None, "DE", 40.0),
            ("o4", "2025-03-30", "c", "DE", 80.0),
        ],
    )
    made = journey_query.build(touches, orders)
    assert made.account["conversions"].tolist() == [1, 2, 1]
    assert made.account["revenue_usd"].tolist() == [10, 100, 40]
    assert made.touches["without consent"] == 1


def test_no_touch_at_all_is_refused():
    touches, orders = tables([("c", "2025-01-02", "ads", "DE", False)], [("o", "2025-01-03", "c", "DE", 1.0)])
    with pytest.raises(Refusal, match="no touch that may be joined"):
        journey_query.build(touches, orders)


def test_regions_that_never_change_show_no_effect_and_no_contradiction():
    flat = pd.DataFrame(np.full((8, 4), 5.0), columns=list("abcd"))
    for method in (geo.difference_in_differences, geo.synthetic_control, geo.synthetic_did):
        found = method(flat, ["a"], 5)
        assert (found.estimate, found.p_value) == (pytest.approx(0.0), 1.0)
        assert found.low <= 0 <= found.high


def test_unknown_currency_is_named():
    _, orders = tables([("c", "2025-01-02", "ads", "DE", True)], [("o", "2025-01-03", "c", "DE", 1.0)])
    with pytest.raises(InputError, match="currency 'XYZ' is not known"):
        journey_query.order_values(orders.mutate(currency=ibis.literal("XYZ")))


def test_a_region_without_pre_period_is_refused():
    wide = pd.DataFrame(np.ones((5, 3)), columns=list("abc"))
    with pytest.raises(Refusal, match="periods before and after its start"):
        geo.synthetic_control(wide, ["a"], 0)
    with pytest.raises(Refusal, match="periods before and after its start"):
        geo.augmented_synthetic_control(wide, ["a"], 0)
    with pytest.raises(Refusal, match="no region is left as control"):
        geo.synthetic_did(wide, list("abc"), 3)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: from_paths([""], [1]), "channel names set apart"),
        (lambda: from_paths(["a"], [-1]), "negative count"),
        (lambda: from_flat(np.array([]), np.array([]), np.array([])), "there are no touches"),
        (lambda: rules.touch_weights(from_paths(["a"], [1]), "lats"), "did you mean 'last'"),
        (lambda: rules.time_decay(from_paths(["a"], [1])), "age_days is None"),
        (lambda: rules.time_decay(from_paths(["a"], [1], days_between=1.0), half_life_days=0), "half_life_days is 0"),
        (lambda: rules.position(from_paths(["a"], [1]), first_share=0.8, last_share=0.8), "together above 0"),
        (lambda: markov.chain(from_paths(["a"], [1]), 4), "order is 4"),
        (lambda: attribution.attribute(from_paths(["a"], [1]), ["best"]), "method 'best' is not known"),
        (lambda: attribution.attribute(from_paths(["a"], [1]), ["last"], ["margin"]), "measure 'margin' is not known"),
        (lambda: attribution.to_the_cent([1.0, 2.0], 9.0), "the total 9.0 up to rounding"),
        (lambda: experiments.sample_size_proportions(0.1, 0.1), "different from each other"),
        (lambda: experiments.sample_size_proportions(1.5, 0.1), "rate is 1.5"),
        (lambda: experiments.sample_ratio_mismatch([5]), "two or more arms"),
        (lambda: experiments.proportion_effect((5, 3), (1, 2)), "0 <= converted <= people"),
        (
            lambda: experiments.cuped(*[dict.fromkeys(("people", "y", "yy", "x", "xx", "xy"), 0)] * 2),
            "2 or more in each",
        ),
        (lambda: membership.e_value(0.0), "above 0"),
        (lambda: sequential.boundary(3, "wald"), "kind 'wald' is not known"),
        (lambda: buying_models.fit([1], [5], [3]), "0 <= recency <= age"),
        (lambda: buying_models.fit([0, 0], [0, 0], [3, 4]), "no customer bought twice"),
        (lambda: order_value.fit([1.0], [0.0]), "above 0"),
        (lambda: clv.retention_value(1.0, 1.2, 0.1), "below 1 \\+ discount"),
        (lambda: segments.rfm_scores(pd.DataFrame({"orders": [1]})), "lacks"),
        (lambda: funnel.funnel(pd.Series({"a": 5, "b": 7}), value_per_order=1.0), "wider than the step before"),
        (lambda: service.net_promoter_score([11]), "0 to 10"),
        (lambda: service.erlang_c(0, 1.0), "agents from 1"),
        (lambda: advertising.break_even_acos(0.0, landed_cost=1.0), "price is 0.0"),
        (lambda: membership.naive([1.0, 2.0], [True, False]), "at least 10 each"),
    ],
)
def test_wrong_arguments_are_named(call, match):
    with pytest.raises((InputError, Refusal), match=match):
        call()


def test_a_mix_model_with_few_weeks_or_silent_channels_is_refused():
    spend = pd.DataFrame({"a": np.ones(12), "b": np.arange(12.0)})
    with pytest.raises(Refusal, match="more weeks"):
        mix_model.fit(spend, pd.Series(np.ones(12)))
    long = pd.DataFrame({"a": np.zeros(80), "b": np.arange(80.0)})
    with pytest.raises(Refusal, match="no effect can be found"):
        mix_model.fit(long, pd.Series(np.arange(80.0)))


def test_limits_that_cannot_hold_the_budget_are_refused():
    curves = Curves(("a", "b"), np.array([1.0, 2.0]), np.array([0.5, 0.5]), "power")
    narrow = pd.DataFrame({"low": 1.0, "high": 2.0}, index=["a", "b"])
    with pytest.raises(Refusal, match="does not fit the limits"):
        budget.optimise(curves, pd.Series({"a": 1.0, "b": 1.0}), narrow, budget=10.0)


def test_a_budget_at_its_limits_says_why_it_cannot_move():
    curves = Curves(("a", "b"), np.array([1.0, 2.0]), np.array([0.5, 0.5]), "power")
    now = pd.Series({"a": 1.0, "b": 1.0})
    fixed = budget.optimise(curves, now, pd.DataFrame({"low": 1.0, "high": 1.0}, index=["a", "b"]))
    assert not fixed.moved
    assert fixed.certificate["because"].str.startswith("cannot move").all()
