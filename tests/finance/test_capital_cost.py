import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.capital_cost import capital_structure, levered_beta, unlevered_beta, weighted_cost

FIRM = {
    "operating_income_usd": 10.0,
    "firm_value_usd": 100.0,
    "unlevered_beta": 1.0,
    "risk_free_rate": 0.04,
    "equity_premium": 0.05,
    "tax_rate": 0.25,
}


def test_without_debt_capital_costs_what_equity_costs():
    assert capital_structure(**FIRM).iloc[0]["cost_of_capital"] == pytest.approx(0.09)


def test_some_debt_is_cheaper_and_much_debt_is_dearer():
    table = capital_structure(**FIRM)
    best = int(np.flatnonzero(table["least"])[0])
    assert 0 < best < len(table) - 1
    assert table["cost_of_debt"].is_monotonic_increasing
    assert table["cost_of_equity"].is_monotonic_increasing


def test_income_lost_in_distress_stops_debt_earlier():
    plain, lost = capital_structure(**FIRM), capital_structure(**FIRM, distress=pd.Series({"B+": 0.5, "B": 0.5}))
    hit = lost["rating"].isin(["B+", "B"])
    assert hit.any() and (plain["income_lost"] == 0).all()
    assert lost.loc[hit, "cost_with_distress"].to_numpy() == pytest.approx(2 * plain.loc[hit, "cost_of_capital"])
    assert lost.loc[~hit, "cost_with_distress"].to_numpy() == pytest.approx(plain.loc[~hit, "cost_of_capital"])
    assert np.flatnonzero(lost["least"])[0] <= np.flatnonzero(plain["least"])[0] and not lost.loc[hit, "least"].any()


def test_interest_above_income_saves_no_tax():
    table = capital_structure(**FIRM | {"operating_income_usd": 1.0})
    high = table[table["debt_ratio"] >= 0.5]
    assert (high["tax_rate_used"] < 0.25).all()


def test_beta_levers_and_unlevers_back():
    assert unlevered_beta(levered_beta(0.8, 0.6, 0.25), 0.6, 0.25) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: weighted_cost(0, 0, 0.1, 0.05, 0.2), "not both 0"),
        (lambda: capital_structure(**FIRM, debt_ratios=[1.0]), "from 0 to below 1"),
        (lambda: capital_structure(**FIRM | {"firm_value_usd": 0}), "firm_value_usd is 0"),
    ],
)
def test_impossible_mixes_are_told(call, message):
    with pytest.raises(InputError, match=message):
        call()
