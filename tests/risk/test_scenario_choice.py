"""Plans against scenarios."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import scenario_choice

PAYOFFS = pd.DataFrame({"good": [10.0, 6, 4], "bad": [-8.0, 1, 3]}, index=["bold", "middle", "safe"])


def test_rules_by_hand():
    table = scenario_choice.choices(PAYOFFS).set_index("plan")
    assert table["expected"].to_dict() == {"bold": 1.0, "middle": 3.5, "safe": 3.5}
    assert table["worst"].to_dict() == {"bold": -8.0, "middle": 1.0, "safe": 3.0}
    assert table["max_regret"].to_dict() == {"bold": 11.0, "middle": 4.0, "safe": 6.0}
    assert "regret" in table.loc["middle", "picked_by"]
    assert "worst" in table.loc["safe", "picked_by"]


def test_robustness_is_a_share_of_the_simplex():
    shares = scenario_choice.robustness(PAYOFFS, rng=np.random.default_rng(1))
    assert shares.sum() == pytest.approx(1)
    # bold is best above a probability of 9/13 of good times, safe below 1/2.
    assert shares.to_dict() == pytest.approx({"bold": 4 / 13, "middle": 9 / 13 - 0.5, "safe": 0.5}, abs=0.02)


def test_a_tree_multiplies_independent_outcomes():
    table = scenario_choice.tree({"tariff": {"up": 0.3, "same": 0.7}, "freight": {"up": 0.2, "same": 0.8}})
    assert table["probability"].sum() == pytest.approx(1)
    assert table.iloc[0]["probability"] == pytest.approx(0.06)


def test_options_damp_their_shocks_and_cost_their_price():
    shocks = pd.DataFrame({"freight": [0.0, 1.0], "demand": [0.0, 0.0]}, index=["calm", "storm"])

    def chain(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"ebitda_year": 100 - 50 * frame["freight"]})

    options = {"nothing": ({}, 0.0), "contract": ({"freight": 0.4}, 10.0)}
    table = scenario_choice.damped_payoffs(chain, shocks, options)
    assert table.to_numpy().tolist() == [[100, 50], [90, 70]]


def test_wrong_probabilities_are_refused():
    with pytest.raises(InputError, match="add up to 1"):
        scenario_choice.tree({"tariff": {"up": 0.3, "same": 0.3}})
    with pytest.raises(InputError, match="adding up to 1"):
        scenario_choice.choices(PAYOFFS, pd.Series({"good": 0.9, "bad": 0.9}))
