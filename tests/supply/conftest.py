"""A small world of products and lanes, and the demo company opened once."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.reports import project
from crossborder.supply import inputs, network_pages, stock_pages


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def products():
    return pd.DataFrame(
        {
            "sku": ["box", "lamp", "mat"],
            "hs_code": ["392410", "940520", "392490"],
            "category": ["home", "home", "sport"],
            "unit_cost_usd": [5.0, 12.0, 8.0],
            "weight_kg": [0.5, 1.2, 2.0],
            "length_cm": [30.0, 25.0, 60.0],
            "width_cm": [20.0, 25.0, 12.0],
            "height_cm": [10.0, 30.0, 12.0],
        }
    )


@pytest.fixture
def lanes():
    return pd.DataFrame(
        {
            "lane_id": ["s-US", "a-US", "c-US", "s-DE", "c-DE"],
            "origin": "CNSHA",
            "market": ["US", "US", "US", "DE", "DE"],
            "mode": ["sea", "air", "courier", "sea", "courier"],
            "cost_per_kg": [np.nan, 5.0, 9.0, np.nan, 8.0],
            "cost_per_cbm": [90.0, np.nan, np.nan, 95.0, np.nan],
            "cost_per_container": [2600.0, np.nan, np.nan, 2800.0, np.nan],
            "transit_days_mean": [30.0, 7.0, 5.0, 40.0, 5.0],
            "transit_days_sd": [4.0, 1.0, 1.0, 6.0, 1.0],
            "departures_per_week": [4.0, 7.0, 7.0, 4.0, 7.0],
        }
    )


@pytest.fixture(scope="session")
def company():
    return Company.open(project.root() / "data" / "demo")


@pytest.fixture(scope="session")
def landed_inputs(company):
    return inputs.from_company(company)


@pytest.fixture(scope="session")
def landed(landed_inputs, company):
    return inputs.landed_from(landed_inputs, company.as_of)


@pytest.fixture(scope="session")
def desk(company):
    return stock_pages.desk(company, [])


@pytest.fixture(scope="session")
def flows(company):
    return network_pages.flows(company)
