"""Rules as they meet the simulated company."""

import pandas as pd
import pytest
from crossborder.risk import company_rules


def test_the_radar_shows_only_what_comes_in_our_markets(company):
    table = company_rules.radar(company, pd.Series({"US": 5.0}))
    assert table["valid_from"].is_monotonic_increasing
    assert (table["valid_from"] > company.as_of).all()
    assert set(table["market"]) <= set(company.markets)
    assert (table["in_time"] == (table["lead_days"] >= 60)).all()


def test_records_due_are_part_of_the_records_without_consent(company, without):
    table = company_rules.retention(company)
    assert (table["due"] <= table["customers"]).all()
    assert (table.loc[table["due"] > 0, "oldest_days"] > 730).all()
    assert company_rules.retention(without("customers")).empty


def test_a_duty_costs_its_points_of_the_cost_share(company, without):
    table = company_rules.sensitivity(company, points=0.10)
    assert table["margin_lost_share"].to_numpy() == pytest.approx(0.10 * table["cost_share"].to_numpy())
    assert table["products"].sum() <= len(company.table("products"))
    assert company_rules.sensitivity(without("products")).empty
