"""Mistakes in selection are answered in plain words: the value, what is allowed, what to do."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.selection import (
    acceptability,
    aspects,
    associations,
    breakouts,
    competition,
    criteria,
    cycle_time,
    gates,
    launch_review,
    life_cycle,
    pilots,
    portfolio,
    range_care,
    ranking,
    sentiment,
    signals,
    transfer,
    voice,
    weights,
)
from crossborder.selection import willingness_to_pay as paying

GOOD = [[1.0, 2.0], [2.0, 1.0]]
RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    "matrix, share, types, words",
    [
        ([[1, np.nan], [2, 1]], [1, 1], 1, "row 0, column 1 .1 in all. is nan"),
        ([[1, np.inf], [2, 1]], [1, 1], 1, "is inf"),
        ([1, 2], [1, 1], 1, "alternatives x criteria"),
        (GOOD, [1, -1], 1, "not all of them 0"),
        (GOOD, [0, 0], 1, "not all of them 0"),
        (GOOD, [1, 1, 1], 1, "2 numbers"),
        (GOOD, [1, 1], [1, 0], r"values of \+1 or -1"),
    ],
)
@pytest.mark.parametrize("method", [ranking.topsis, ranking.weighted_sum, ranking.vikor, ranking.promethee])
def test_a_matrix_that_cannot_be_ranked(method, matrix, share, types, words):
    with pytest.raises(InputError, match=words):
        method(matrix, share, types)


def test_names_of_methods():
    with pytest.raises(InputError, match="known: minmax, vector"):
        ranking.topsis(GOOD, [1, 1], 1, "euclid")
    with pytest.raises(InputError, match="did you mean 'linear'"):
        ranking.promethee(GOOD, [1, 1], 1, "linaer")
    with pytest.raises(InputError, match="above 0 for this norm"):
        criteria.normalise([[0.0], [1.0]], 1, "sum")
    with pytest.raises(InputError, match="above q"):
        ranking.promethee(GOOD, [1, 1], 1, "linear", q=1, p=1)
    with pytest.raises(InputError, match="regret only"):
        ranking.vikor(GOOD, [1, 1], 1, v=1.5)
    with pytest.raises(InputError, match="1 to 2"):
        ranking.top_overlap(pd.DataFrame({"a": [1, 2]}), 3)


def test_comparisons_that_cannot_be_weighed():
    with pytest.raises(InputError, match="a square matrix"):
        weights.ahp([[1, 2]])
    with pytest.raises(InputError, match="give reciprocal values"):
        weights.ahp([[1, 2], [2, 1]])
    with pytest.raises(InputError, match="above 0"):
        weights.ahp([[1, -2], [-0.5, 1]])
    with pytest.raises(InputError, match="such as margin/demand = 2"):
        weights.comparisons("margin > demand", ["margin", "demand"])
    with pytest.raises(InputError, match="signal in the comparisons 'margn' is not known"):
        weights.comparisons("margn/demand = 2", ["margin", "demand"])
    with pytest.raises(InputError, match="use CRITIC"):
        weights.entropy([[-1.0, 2.0], [1.0, 3.0]])
    with pytest.raises(InputError, match="each of 1 to 3 once"):
        weights.rank_order([1, 1, 2])
    with pytest.raises(Refusal, match="no signal helps"):
        weights.fitted(pd.Series({"a": -1.0}))


def test_rank_probabilities_need_fitting_draws():
    drawn = acceptability.weight_draws(2, 10, RNG)
    with pytest.raises(InputError, match="1 to 2"):
        acceptability.acceptability(GOOD, drawn, 3)
    with pytest.raises(InputError, match="draws x 2 criteria"):
        acceptability.acceptability(GOOD, np.ones((4, 3)), 1)
    with pytest.raises(InputError, match="since there is noise to draw"):
        acceptability.acceptability(GOOD, drawn, 1, noise=0.1)


def test_tables_without_their_columns_are_named():
    nothing = pd.DataFrame({"a": [1]})
    for call in (
        lambda: gates.margin(nothing), lambda: gates.logistics(nothing), lambda: signals.signals(nothing),
        lambda: sentiment.train(nothing), lambda: aspects.clauses(nothing), lambda: breakouts.breakouts(nothing, RNG),
        lambda: paying.premiums(nothing), lambda: competition.crowding(nothing), lambda: associations.rules(nothing),
        lambda: portfolio.choose(nothing, 10), lambda: range_care.exposed(nothing, "x"),
        lambda: cycle_time.critical_path(nothing),
    ):  # fmt: skip
        with pytest.raises(InputError, match="lacks"):
            call()


def test_pilots_that_cannot_be():
    with pytest.raises(InputError, match="0 <= returned <= sold <= stock"):
        pilots.Pilot(10, 20, 0, 0, 0)
    with pytest.raises(InputError, match="0 to 3"):
        pilots.Pilot(10, 5, 0, 3, 4)
    with pytest.raises(InputError, match="version in after 'pro'"):
        pilots.mix_shift({"pro": 1}, {"basic": 3}, "pro")
    with pytest.raises(InputError, match="a price above 0"):
        pilots.stakes_of(0.0, 3.0, 100)


def test_plans_that_wait_for_themselves():
    circle = pd.DataFrame({"step": ["A", "B"], "after": ["B", "A"], "days": [1, 1]})
    with pytest.raises(InputError, match="in a circle"):
        cycle_time.critical_path(circle)
    with pytest.raises(InputError, match="step in `after` 'X' is not known"):
        cycle_time.critical_path(circle.assign(after=["X", ""]))
    with pytest.raises(InputError, match="numbers from 0"):
        cycle_time.critical_path(circle.assign(after="", days=[-1, 2]))


def test_money_and_shares_out_of_range():
    table = pd.DataFrame({"candidate_id": ["a"], "value_usd": 1.0, "sd_usd": 1.0, "cost_usd": 1.0, "supplier_id": "s",
                          "market": "US"})  # fmt: skip
    with pytest.raises(InputError, match="a budget above 0"):
        portfolio.choose(table, 0)
    with pytest.raises(InputError, match="shares in"):
        portfolio.choose(table, 10, supplier_share=0)
    with pytest.raises(InputError, match="an sd that a share can have"):
        portfolio.incubation(10, (0.5, 0.9), (1000.0, 0.5), 0.2, 100.0, RNG)
    with pytest.raises(InputError, match="a fraction from 0 to 1"):
        launch_review.industry_effect(1.2, (0.1, 0.1))
    with pytest.raises(InputError, match="price above 0"):
        paying.break_even(0.1, 0.1, -1.0, 0.0, 0.0, 10)
    with pytest.raises(InputError, match="fractions from 0 to 1"):
        competition.visibility(pd.Series([0.1]), pd.Series([1.4]))


def test_too_little_is_refused_with_what_would_do():
    with pytest.raises(Refusal, match="needs 8"):
        competition.price_position(pd.DataFrame({"market": ["US"], "niche": ["a"], "price": [3.0]}), 3, "US", "a")
    with pytest.raises(Refusal, match="needs 10 and 3"):
        transfer.similarity(pd.DataFrame({"US": [1.0], "DE": [2.0]}))
    with pytest.raises(Refusal, match="needs 24 months"):
        life_cycle.season(pd.DataFrame({"a": [1.0]}))
    with pytest.raises(Refusal, match="needs 60 in one language"):
        sentiment.train(pd.DataFrame({"text": ["a"], "language": ["en"], "rating": [5]}))
    with pytest.raises(Refusal, match="needs 60 offers in a market"):
        paying.premiums(pd.DataFrame({"market": ["US"], "price": 1.0, "rating": 4.0, "niche": "a", "seller_id": "s",
                                      "eco": True}), ("eco",))  # fmt: skip
    weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=20, freq="W-MON"), "market": "US", "term": "t",
                          "interest": 100.0})  # fmt: skip
    with pytest.raises(Refusal, match="at least 70 weeks"):
        breakouts.breakouts(weeks, RNG)
    with pytest.raises(Refusal, match="needs 20 or more"):
        launch_review.precision_at(pd.DataFrame({"success": [True], "probability": [0.5], "cohort": ["a"]}), 1)


def test_unknown_words():
    with pytest.raises(InputError, match="known: aspect, emotion, need, scene, value"):
        aspects.mentions(pd.DataFrame({"language": ["en"], "clause": ["a"]}), "aspects")
    with pytest.raises(Refusal, match="no words for aspect in language 'xx'"):
        aspects.mentions(pd.DataFrame({"language": ["xx"], "clause": ["a"]}))
    paid = pd.DataFrame({"market": ["US"], "attribute": ["smart"], "premium": 0.1, "low": 0.0, "high": 0.2})
    with pytest.raises(InputError, match="attribute 'eco' is not known"):
        voice.certificate(paid, "eco", 10, 1, 1, 1)
    ideas = pd.DataFrame(
        {"candidate_id": ["a"], "supplier_id": ["S9"], "expected_units_month": 3, "unit_cost_usd": 1.0}
    )
    known = pd.DataFrame({"supplier_id": ["S1"], "capacity_units_month": 1, "capacity_free": 0.1, "registry_ok": True,
                          "tax_ok": True, "bank_ok": True, "min_order_quantity": 1})  # fmt: skip
    with pytest.raises(InputError, match="supplier_id 'S9' is not known"):
        gates.supplier(ideas, known)
    with pytest.raises(InputError, match="one or more voters"):
        ranking.borda(pd.DataFrame({"a": [1.0]}))


def test_ratios_of_nothing_and_single_alternatives_are_refused():
    for wrong in (0.0, np.inf, -1.0):
        with pytest.raises(InputError, match="a finite ratio above 0"):
            weights.ahp([[1, wrong], [np.nan, 1]])
    with pytest.raises(Refusal, match="no column varies"):
        weights.entropy([[1.0, 2.0]])
    with pytest.raises(Refusal, match="all tell the same"):
        weights.critic([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])


def test_a_plan_without_steps_is_refused():
    with pytest.raises(InputError, match="at least one step"):
        cycle_time.critical_path(pd.DataFrame({"step": [], "after": [], "days": []}))


def test_a_day_without_any_idea_is_said_in_words():
    with pytest.raises(Refusal, match="choose a later day or other markets"):
        gates.run(pd.DataFrame({"candidate_id": []}), pd.DataFrame(), "2026-10-31")
