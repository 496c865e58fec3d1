"""The share of orders that advertising adds: measured with an interval, given, or assumed where nothing is known."""

import numpy as np
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.demo import truth
from crossborder.errors import Refusal
from crossborder.finance import plan_cases
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
    assert measured.tested and measured.market == "US" and measured.weeks > 100


def test_the_interval_comes_near_the_truth_from_above(measured):
    """Effects are held positive, so channels that are not identified push the sum up: 52 says so."""
    known = truth.load(DEMO)["channels"]["incremental_share_of_all"]
    assert measured.low < 1.25 * known
    assert known < measured.high


def test_a_given_share_is_kept_and_an_unknown_one_assumed(company, monkeypatch):
    given = plan.share_for_plan(company, 0.3, rng=np.random.default_rng(1))
    assert (given.share, given.range, given.weeks) == (0.3, (0.15, pytest.approx(0.45)), 0)

    def refuse(*args, **options):
        raise Refusal.because("no share", "too short", "wait")

    monkeypatch.setattr(advertising, "advertising_share", refuse)
    assert plan.share_for_plan(company, rng=np.random.default_rng(1)).share == 0.2


def test_a_short_record_is_refused(company, monkeypatch):
    short = advertising.budget_tables.MixInputs(*(frame.head(30) for frame in _inputs(company)))
    monkeypatch.setattr(advertising.budget_tables, "mix_inputs", lambda *args: short)
    with pytest.raises(Refusal, match="30 weeks of spend"):
        plan.advertising_share(company, rng=np.random.default_rng(1))


def _inputs(company):
    found = advertising.budget_tables.mix_inputs(company, "US", advertising.FOLLOW_ORDERS)
    return found.spend, found.revenue, found.controls, found.follows


def test_the_interval_becomes_the_driver_of_the_plan(company, measured):
    case = plan.plan_case(company, months=12, incremental_ad_share=measured.share, ad_share_range=measured.range)
    effect = plan_cases.driver_table(case).set_index("factor").loc["advertising effect"]
    assert effect["low"] == pytest.approx(measured.low / measured.share - 1)
    assert effect["high"] == pytest.approx(min(measured.high / measured.share, measured.share / measured.low) - 1)
    assert effect["basis"] == "measured in 42"
