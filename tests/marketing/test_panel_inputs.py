"""Inputs of the model over all markets are those of each market's own model."""

import numpy as np
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.marketing import budget_tables
from crossborder.marketing.panel_inputs import panel_inputs

FOLLOW = ("affiliate", "retargeting", "search_brand", "email", "social_organic")


def test_every_market_gets_what_its_own_model_gets():
    company = Company.open(repository() / "data" / "demo")
    found = panel_inputs(company, FOLLOW)
    assert list(found) == list(company.markets)
    own = budget_tables.mix_inputs(company, "JP", FOLLOW)
    np.testing.assert_allclose(found["JP"].spend, own.spend)
    np.testing.assert_allclose(found["JP"].revenue, own.revenue)
    assert list(found["JP"].controls) == list(own.controls)
    np.testing.assert_allclose(found["JP"].controls, own.controls)
