"""The share of orders that advertising adds: measured with an interval, given, or assumed where nothing is known."""

import numpy as np
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.demo import truth
from crossborder.errors import Refusal
from crossborder.finance import plan_cases
from crossborder.marketing import mix_panel, panel_inputs
from crossborder.plan import advertising

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(DEMO)


@pytest.fixture(scope="module")
def measured(company):
    return plan.advertising_share(company, rng=np.random.default_rng(3))


def test_the_measured_share_has_an_interval_and_rests_on_the_regional_test(measured):
    assert measured.low < measured.share < measured.high
    assert measured.tested and len(measured.markets) == 8 and measured.weeks > 100


def test_the_interval_contains_the_truth_and_is_narrower_than_one_market_can_give(company, measured):
    known = truth.load(DEMO)["channels"]["incremental_share_of_all"]
    assert measured.low < known < measured.high
    assert abs(measured.share / known - 1) < 0.25
    found = panel_inputs.panel_inputs(company, advertising.FOLLOW_ORDERS)["US"]
    one = mix_panel.fit({"US": found.spend}, {"US": found.revenue}, {"US": found.controls})
    alone = mix_panel.added(one, rng=np.random.default_rng(3))
    assert measured.high - measured.low < 0.8 * (alone.high - alone.low)


def test_a_given_share_is_kept_and_an_unknown_one_assumed(company, monkeypatch):
    given = plan.share_for_plan(company, 0.3, rng=np.random.default_rng(1))
    assert (given.share, given.range, given.weeks) == (0.3, (0.15, pytest.approx(0.45)), 0)

    monkeypatch.setattr(advertising.panel_inputs, "panel_inputs", lambda *args, **options: {})
    monkeypatch.setattr(advertising.shared, "once", lambda function, *args, **options: function(*args, **options))
    assert plan.share_for_plan(company, rng=np.random.default_rng(1)).share == 0.2


def test_a_short_record_is_refused(company, monkeypatch):
    short = company.table("ad_spend").query("date > '2026-04-01'")
    whole = Company.table
    monkeypatch.setattr(Company, "table", lambda self, name: short if name == "ad_spend" else whole(self, name))
    with pytest.raises(Refusal, match="less than a year"):
        plan.advertising_share(company, rng=np.random.default_rng(1))


def test_the_interval_becomes_the_driver_of_the_plan(company, measured):
    case = plan.plan_case(company, months=12, incremental_ad_share=measured.share, ad_share_range=measured.range)
    effect = plan_cases.driver_table(case).set_index("factor").loc["advertising effect"]
    assert effect["low"] == pytest.approx(measured.low / measured.share - 1)
    assert effect["high"] == pytest.approx(min(measured.high / measured.share, measured.share / measured.low) - 1)
    assert effect["basis"] == "mix model of all markets"
