"""Questions of notebook 43 on the demo company: sums that must agree, effects held against the known truth."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.demo import truth
from crossborder.marketing import customer_tables, purchase_history


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def sold(company):
    return customer_tables.orders_and_margin(company, ["SA"])[0]


def test_the_funnel_narrows_and_its_weakest_step_costs_most(company, sold):
    found = customer_tables.funnel_steps(company, sold, ["SA", "JP"])
    frame = found.frame.set_index("step")
    assert frame["people"].is_monotonic_decreasing
    assert found.weakest == frame["gap_value"].idxmax()


def test_customers_of_a_market_hold_their_orders(company, sold):
    frame = customer_tables.rfm_frame(sold, company.as_of)
    assert frame["orders"].sum() == sold.filter(sold.customer_id.notnull()).count().to_pandas()
    assert (frame["recency_days"] >= 0).all()


def test_models_beat_repeating_the_past_on_the_hold_out(company, sold):
    end = company.as_of + pd.Timedelta(days=1)
    past = purchase_history.split(sold, calibration_until=end - pd.Timedelta(days=180), until=end)
    table, model = customer_tables.holdout_models(past)
    assert list(table.index) == ["BG/NBD", "MBG/NBD", "Pareto/NBD (sample)", "past rate"]
    off = (table["expected_over_actual"] - 1).abs()
    assert (off.drop("past rate") < off["past rate"]).all()
    assert model.log_likelihood == table.loc["BG/NBD", "log_likelihood"]
    chance = customer_tables.chance_of_order(model, past)
    assert ((chance >= 0) & (chance < 1)).all()


def test_a_sample_is_scaled_up_to_all_customers():
    history = pd.DataFrame({"market": ["DE", "DE", "US"]})
    value = pd.DataFrame(
        {"probability_alive": 0.5, "purchases": 1.0, "order_value_usd": 50.0, "clv_usd": [10.0, 30, 8]}
    )
    found = customer_tables.value_by(history, value, "market", share=0.25)
    assert found.loc["DE", ["customers", "total_usd", "clv_usd"]].tolist() == [8, 160, 20]


def test_a_new_customer_of_a_sample_costs_what_one_of_all_does(company):
    history = pd.DataFrame({"customer_id": company.table("customers")["customer_id"]})
    whole = customer_tables.acquisition_cost(company, history)
    half = customer_tables.acquisition_cost(company, history.iloc[::2], share=0.5)
    cost = [frame["spend_usd"] / frame["customers"] for frame in (half, whole)]
    assert cost[0].to_numpy() == pytest.approx(cost[1].to_numpy(), rel=0.15)


@pytest.fixture(scope="module")
def effects(company):
    return customer_tables.membership_effects(company, level=0.9, rng=np.random.default_rng(3))


def test_only_the_time_of_joining_finds_the_true_effect_of_membership(effects):
    known = truth.load("data/demo")["customers"]["member_spend_effect_180_days_usd"]
    rows = effects.rows
    assert (
        rows.loc["Members against not yet joined", "low"] < known < rows.loc["Members against not yet joined", "high"]
    )
    assert rows.loc["Difference of means", "low"] > known


def test_the_effect_by_market_is_read_by_the_time_of_joining_too(effects):
    known = truth.load("data/demo")["customers"]["member_spend_effect_180_days_usd"]
    rows = effects.by_segment
    inside = (rows["estimate_low"] <= known) & (known <= rows["estimate_high"])
    assert len(rows) == 8 and inside.sum() >= 6
    assert rows["members"].sum() == effects.ratio.members


def test_a_company_without_tests_of_the_page_gets_the_usual_rate():
    class Bare:
        def table(self, name: str) -> pd.DataFrame:
            return pd.DataFrame({"arm": [], "design": [], "converted": [], "exposed": []})

        def has(self, name: str) -> bool:
            return False

    assert customer_tables.control_rate(Bare()) == 0.04
    assert customer_tables.assumed(Bare(), "marketing.clv_cac.target", 3.0) == 3.0
