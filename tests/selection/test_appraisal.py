"""What is brought together of ideas, and what the demo company's reviews and searches must yield."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.demo import truth
from crossborder.selection import appraisal, aspects, breakouts, gates, launch_success, portfolio, sentiment

ASSUMED = pd.DataFrame({"name": ["selection.margin.gate", "selection.lifecycle.months"], "base": [0.30, 18.0]})


@pytest.fixture(scope="module")
def demo():
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def appraised(demo):
    launches, ideas = demo.table("launches"), demo.table("candidates")
    ideas = ideas.assign(landed_cost_usd=1.3 * ideas["unit_cost_usd"], door_cost_usd=0.3 * ideas["price_usd"])
    found = appraisal.appraise(ideas, demo.table("suppliers"), demo.as_of, gates.Limits(), launch_success.fit(launches))
    return found, launches


def test_assumptions_set_limits_and_terms_and_known_values_win(demo):
    launches = demo.table("launches")
    assert appraisal.limits_of(ASSUMED).margin == 0.30
    assert appraisal.limits_of(ASSUMED, margin=0.4).margin == 0.4
    assert appraisal.limits_of(None) == gates.Limits()
    assert appraisal.terms_of(ASSUMED, launches).months == 18.0
    assert 0 < appraisal.terms_of(None, launches).failure_factor < 1


def test_every_idea_has_one_row_with_its_worth(appraised):
    ideas = appraised[0].ideas
    assert ideas["candidate_id"].is_unique
    assert ideas[["probability", "piece_usd", "fix_cost_usd", "cost_usd"]].notna().all(axis=None)
    assert (ideas["probability_low"] <= ideas["probability"]).all()
    assert ideas.loc[ideas["verdict"] == "pass", "fix_cost_usd"].eq(0).all()


def test_what_must_be_fixed_costs_value(appraised):
    found, launches = appraised
    terms = appraisal.terms_of(None, launches)
    table = appraisal.fix_premium(found.ideas, terms, np.random.default_rng(1))
    assert len(table) == (found.ideas["verdict"] == "fix").sum()
    assert (table["value_lost_usd"] > 0.8 * table["fix_cost_usd"]).all()


def test_the_buying_list_holds_the_picks(appraised):
    found, launches = appraised
    value, _ = portfolio.launch_values(found.ideas, appraisal.terms_of(None, launches), np.random.default_rng(1))
    ideas = found.ideas.merge(value, on="candidate_id").query("verdict != 'reject'")
    picks = portfolio.choose(ideas, 60_000, supplier_share=0.4)
    changes = portfolio.what_would_change(picks, ideas, 60_000, supplier_share=0.4)
    table = appraisal.buying_list(picks, changes)
    assert set(table["candidate_id"]) == set(picks.table.loc[picks.table["chosen"], "candidate_id"])
    assert table["value_usd"].is_monotonic_decreasing
    assert table["drops_below_probability"].between(0, 1).all()


def test_a_supplier_is_asked_for_what_a_pick_needs(appraised, demo):
    picked = appraised[0].ideas.head(3)
    form = appraisal.supplier_form(picked, demo.table("suppliers"))
    assert form["candidate_id"].tolist() == picked["candidate_id"].tolist()
    assert form["pieces_six_months"].tolist() == (6 * picked["expected_units_month"]).tolist()
    assert form["papers"].tolist() == picked["fix_first"].tolist()
    known = demo.table("suppliers").set_index("supplier_id")
    assert form["supplier"].tolist() == known.loc[picked["supplier_id"], "name"].tolist()
    assert form["min_order_quantity"].tolist() == known.loc[picked["supplier_id"], "min_order_quantity"].tolist()


def test_nothing_known_of_the_market_is_neutral():
    stage, season = appraisal.market_pulse(None, None, None, "2026-10-31")
    assert len(stage) == 0
    assert (season == 1).all(axis=None)


def test_caps_in_words():
    assert appraisal.in_words(["budget", "supplier_id S034"]) == "budget, supplier S034"
    assert appraisal.in_words([]) == "no cap"


def test_reviews_of_the_demo_company_are_read_in_every_language(demo):
    held = sentiment.held_out(demo.table("reviews"), np.random.default_rng(20261031))
    assert len(held) == 7
    assert (held["accuracy"] >= 0.85).all()


def test_aspects_of_the_demo_company_are_found(demo):
    reviews, known = demo.table("reviews"), truth.load("data/demo")["reviews"]["review_aspects"]
    table = aspects.recall(aspects.mentions(aspects.clauses(reviews)), known.rename(columns={"aspect": "label"}))
    assert (table["recall"] > 0.9).all()
    assert (table["precision"] > 0.9).all()


def test_planted_breakouts_of_the_demo_company_are_found(demo):
    found = breakouts.breakouts(demo.table("search_interest"), np.random.default_rng(1), draws=800)
    score = breakouts.judge(found, truth.load("data/demo")["search"]["search_breakouts"])
    assert score["recall"] >= 0.9
    assert score["precision"] >= 0.8
