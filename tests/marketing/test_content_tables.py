"""Clicks, languages, brand searches and content of the demo company: identities that must hold."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.marketing import content_tables


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


def test_a_customer_costs_the_click_over_its_conversion(company):
    found = content_tables.click_limits(company, "JP", 0.4)
    assert (found["cac_usd"] * found["conversion"]).to_numpy() == pytest.approx(found["cpc_usd"].to_numpy())
    # The dearest click that pays is the worth of a first order times the conversion: one worth for all channels.
    worth = found["highest_usd"] / found["conversion"]
    assert np.ptp(worth) < 1e-9 * worth.iloc[0]
    assert ((found["highest_low"] < found["highest_usd"]) & (found["highest_usd"] < found["highest_high"])).all()
    twice = content_tables.click_limits(company, "JP", 0.8)
    assert twice["highest_usd"].to_numpy() == pytest.approx(2 * found["highest_usd"].to_numpy())


def test_every_order_of_the_year_has_a_language_and_poor_texts_lose(company):
    found = content_tables.languages(company, 20.0)
    assert {"en", "de", "ja"} <= set(found.index) and found["orders"].is_monotonic_decreasing
    assert (found["gain_70"] < found["gain_95"]).all()
    assert found["break_even_accuracy"].between(0, 1).all()


def test_a_peak_of_brand_searches_lies_above_its_weeks_before(company):
    found = content_tables.brand_pulse(company, "US")
    assert found["lift"] > 0
    assert found["low"] < found["half_life"] < found["high"]


def test_faster_content_gains_by_what_is_made_more_and_loses_with_its_quality(company):
    found = content_tables.faster_content(company, 20.0, 0.03).iloc[0]
    # 2 items an hour of 100 visits at 3 % and 20 USD, made faster, less a third of an hour's wage of 9 USD.
    assert found["gain_usd"] == pytest.approx(2 * 60 * found["speed_up"] - 3)
    assert found["quality_may_fall"] == pytest.approx(1 - (2 * 60 + 3) / (2 * 60 * (1 + found["speed_up"])))


def test_a_company_without_the_rows_gets_nothing_and_no_error():
    class Bare:
        def table(self, name: str) -> pd.DataFrame:
            return Company.open("data/demo").table(name).head(0)

        def events(self, name: str) -> object:
            return Company.open("data/demo").events(name).limit(0)

    assert content_tables.trust_marks(Bare()) is None
    assert content_tables.languages(Bare(), 20.0) is None
    assert content_tables.brand_pulse(Bare(), "US") is None
    assert content_tables.community(Bare()) is None
