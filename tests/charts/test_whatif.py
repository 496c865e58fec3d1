"""The slider gives the number of the library call; without a reader the page's own value stands, and no widget."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import whatif
from crossborder.errors import InputError
from crossborder.finance import pricing
from crossborder.marketing import attribution, journeys
from crossborder.plan.chain import ChainResult
from crossborder.risk import currency_exposure
from crossborder.selection import portfolio


@pytest.fixture
def lab(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/21_selection_scoring.ipynb")
    monkeypatch.delenv("CROSSBORDER_OUT", raising=False)


@pytest.fixture
def panels(lab, monkeypatch):
    made = []
    build = whatif.Panel.build

    def kept(self):
        made.append(self)
        return build(self)

    monkeypatch.setattr(whatif.Panel, "build", kept)
    return made


def moved(panels, name, value):
    panels[-1].controls[name].value = value
    return panels[-1].shown.frame


def test_a_run_and_a_plain_script_get_the_answer_without_a_widget(monkeypatch):
    slider = whatif.Slider("x", 0, 2, 0.5, 1.5)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert whatif.what_if(lambda x: 2 * x, x=slider) == 3.0
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    monkeypatch.setenv("CROSSBORDER_OUT", "somewhere")
    assert whatif.what_if(lambda x: 2 * x, x=slider) == 3.0


def test_a_reader_gets_sliders_that_start_at_the_page_s_value(panels):
    box = whatif.what_if(lambda x: 2 * x, x=whatif.Slider("x", 0, 2, 0.5, 1.5))
    assert panels[-1].shown == 3.0 and box.children[0].value == 1.5
    panels[-1].controls["x"].value = 2.0
    assert panels[-1].shown == 4.0


IDEAS = pd.DataFrame(
    {
        "candidate_id": ["a", "b", "c"],
        "market": ["DE", "US", "US"],
        "supplier_id": ["s", "t", "u"],
        "value_usd": [30_000.0, 20_000.0, 10_000.0],
        "sd_usd": 1.0,
        "cost_usd": [20_000.0, 15_000.0, 10_000.0],
    }
)


def test_a_budget_chooses_what_the_library_chooses(panels):
    whatif.launches(IDEAS, 20_000.0)
    shown = moved(panels, "budget", 35_000.0)
    picks = portfolio.choose(IDEAS, 35_000.0).table
    assert (
        set(shown["candidate_id"]) - {"Total"}
        == set(picks.loc[picks["chosen"].astype(bool), "candidate_id"])
        == {"a", "b"}
    )


def test_credit_follows_the_half_life(panels):
    paths = journeys.from_paths(["video > search", "search"], [5.0, 3.0], days_between=6.0)
    options = attribution.MethodOptions()
    whatif.credit(paths, options)
    shown = moved(panels, "half_life", 2.0).set_index("channel")
    direct = attribution.attribute(paths, ["time_decay"], options=attribution.MethodOptions(2.0))
    assert shown["time_decay"].to_dict() == pytest.approx(attribution.compare(direct)["time_decay"].to_dict())


def test_another_price_earns_what_the_profit_curve_says(panels):
    costs = pd.DataFrame(
        {
            "sku": ["Q1"],
            "market": ["DE"],
            "price_usd": [20.0],
            "unit_cost_usd": [8.0],
            "units": [1000.0],
            "fee_rate": [0.15],
        }
    )
    slopes = pd.DataFrame({"category": ["pet"], "elasticity": [-2.0], "low": [-2.5], "high": [-1.5]})
    whatif.price(costs, pd.Series({"sku": "Q1", "market": "DE", "category": "pet"}), slopes)
    shown = moved(panels, "change", 0.1)
    wanted = pricing.profit_curve(20.0, 8.0, 1000.0, -2.0, np.array([20.0, 22.0]), 0.15)
    assert shown["profit"].tolist() == pytest.approx(wanted.tolist())
    assert (shown["low"] <= shown["profit"]).all() and (shown["profit"] <= shown["high"]).all()


def test_the_plan_is_run_with_the_factors_asked(panels):
    asked = []

    def chain(factors):
        asked.append(dict(factors))
        worth = 5e6 / factors.get("freight_factor", 1.0)
        return ChainResult(12.0, 0.3, 3e6, 5e5, 4e5, "2027-03", 2e5, 0.4, 3.1, worth)

    whatif.plan(chain)
    shown = moved(panels, "freight", 2.0)
    assert asked[-1] == {"freight_factor": 2.0, "demand_factor": 1.0, "ad_cost_factor": 1.0}
    assert shown["enterprise_value"].tolist() == [5e6, 2.5e6]


def test_a_hedge_leaves_what_the_library_says(panels):
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2022-01-03", periods=900)
    rates = pd.DataFrame({"EUR": 1.1 * np.exp(np.cumsum(0.005 * rng.standard_normal(900)))}, index=days)
    exposure = pd.DataFrame({"currency": ["EUR"], "net_usd": [1e6], "tied": [False]})
    whatif.hedge(exposure, rates, 5e5)
    shown = moved(panels, "hedged", 0.8).iloc[0]
    wanted = currency_exposure.profit_at_risk(exposure, rates, profit_usd=5e5, hedged=0.8)
    assert shown["bad_case_usd"] == pytest.approx(wanted["bad_case_usd"])


@pytest.mark.parametrize("ends", [(0, 1, 0.1, 2), (1, 0, 0.1, 0.5), (0, 1, 0, 0.5), (0, 1, 5, 0.5)])
def test_a_slider_that_cannot_be_is_refused(ends):
    with pytest.raises(InputError, match="slider x"):
        whatif.Slider("x", *ends)
