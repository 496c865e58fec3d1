"""Exposures of the simulated company."""

import numpy as np
import pytest
from crossborder.risk import company_exposures


def test_exposures_scale_with_revenue(company):
    small, large = (company_exposures.table(company, revenue).set_index("exposure") for revenue in (1e6, 2e6))
    assert large.loc["infringement", "expected_usd"] == pytest.approx(2 * small.loc["infringement", "expected_usd"])
    optimum = company_exposures.compliance_optimum(company.table("risks"))
    assert (optimum["spend_usd"] <= optimum["expected_usd"] / np.e + 1).all()


def test_without_register_and_customers_the_defaults_stand(without):
    table = company_exposures.table(without("risks", "customers"), 1e6).set_index("exposure")
    assert (table["frequency_year"] == 0.05).all()
    assert (table["bad_event_usd"] > table["severity_median_usd"]).all()


def test_the_worst_expected_exposure_comes_first(company):
    assert company_exposures.table(company, 1e6)["expected_usd"].is_monotonic_decreasing
