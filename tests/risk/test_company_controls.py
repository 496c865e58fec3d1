"""The pages of controls and readiness of the simulated company, against its truth, and of companies with less."""

import numpy as np
import pytest
from crossborder.demo import truth
from crossborder.risk import company_controls

from tests.risk.conftest import Without


def rng():
    return np.random.default_rng(8)


def test_intervals_of_the_controls_hold_the_planted_rates(company):
    page = company_controls.control_page(company, level=0.99, rng=rng())
    planted = truth.load("data/demo")["controls"]["controls"].set_index("control")
    # A control renewed within the year has two rates in it.
    steady = page.controls[~page.controls["control"].isin(["banned goods by market"])].set_index("control")
    inside = planted["caught"].reindex(steady.index).between(steady["caught_low"], steady["caught_high"])
    assert inside.sum() >= len(steady) - 1
    wrong = planted["false_stops"].reindex(steady.index).between(steady["false_low"], steady["false_high"])
    assert wrong.sum() >= len(steady) - 1


def test_the_page_has_every_part(company):
    page = company_controls.control_page(company, rng=rng())
    assert page.fraud["control"].iloc[-1] == "together"
    assert len(page.lines) == 3 and page.through[1] < page.through[0] < page.through[2]
    assert page.maturity["low"] < page.maturity["score"] < page.maturity["high"]
    assert company_controls.control_page(Without(company, "control_tests"), rng=rng()) is None


def test_marks_of_the_demo_company_leave_indonesia_open(company):
    gaps = company_controls.mark_gaps(company).set_index("market")
    assert gaps.loc["ID", "open"] == 4 and gaps.loc["US", "open"] == 0
    assert company_controls.mark_gaps(Without(company, "trade_marks")) is None


def test_readiness_says_what_its_tables_allow(company):
    options = {"backup_hours": 6.0, "rpo_hours": 4.0}
    page = company_controls.readiness_page(company, **options, rng=rng())
    assert not page.drills.set_index("control").loc["orders and customers", "covered"]
    assert page.lost["low"] <= page.lost["mean_orders"] <= page.lost["high"] <= page.lost["worst_orders"]
    assert page.noticed["low"] < page.noticed["ratio"] < page.noticed["high"]
    bare = company_controls.readiness_page(Without(company, "control_tests", "orders"), **options, rng=rng())
    assert bare.drills is None and bare.lost is None
    assert company_controls.readiness_page(Without(company, "incidents"), **options, rng=rng()).noticed is None


def test_sharing_and_detours_of_the_demo_company(company):
    assert set(company_controls.sharing(company, rng=rng())["part"]) == {"information", "risk", "duty", "benefit"}
    assert company_controls.sharing(Without(company, "purchases"), rng=rng()) is None
    plans = company_controls.detours(company, 2.9e6, delay_days=15.0, rng=rng()).set_index("plan")
    assert plans.loc["best in each market", "cost_usd"] <= plans.loc["wait", "cost_usd"] + 1e-9
    later = company_controls.detours(company, 2.9e6, delay_days=60.0, rng=rng()).set_index("plan")
    assert later.loc["wait", "lost_usd"] > plans.loc["wait", "lost_usd"]
    assert company_controls.detours(Without(company, "lanes"), 1e6, delay_days=15.0, rng=rng()) is None


@pytest.mark.parametrize("delay", [0.0, 30.0])
def test_waiting_costs_no_freight(company, delay):
    plans = company_controls.detours(company, 1e6, delay_days=delay, rng=rng()).set_index("plan")
    assert plans.loc["wait", "freight_usd"] == 0
