"""Effects of joining: bias that the past shows is removed, bias that it hides needs the timing."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import membership


def people(seed, count=6000, effect=5.0):
    rng = np.random.default_rng(seed)
    past, age = rng.gamma(2.0, 20.0, count), rng.choice(["18", "30", "50"], count)
    joins = rng.random(count) < 1 / (1 + np.exp(-(np.log1p(past) - 4.0 + 0.5 * (age == "30"))))
    spend = 3 + 6 * np.log1p(past) + 4 * (age == "30") + effect * joins + rng.normal(0, 8, count)
    return pd.DataFrame({"past": past, "age": age}), joins, spend


@pytest.mark.parametrize("method", ["doubly_robust", "matched"])
def test_adjusted_effects_cover_the_truth_where_the_past_explains_joining(method):
    held, naive = 0, 0
    for seed in range(12):
        frame, joins, spend = people(seed)
        x = membership.design_matrix(frame, ["past", "age"])
        if method == "matched":
            found = membership.matched(spend, joins, x, level=0.9)
        else:
            found = membership.doubly_robust(spend, joins, x, level=0.9, rng=np.random.default_rng(seed))
        plain = membership.naive(spend, joins)
        held += found.low <= 5.0 <= found.high
        naive += plain.low <= 5.0 <= plain.high
    assert held >= 8
    assert naive == 0


def test_weights_balance_the_past():
    frame, joins, _ = people(1)
    table = membership.balance(joins, membership.design_matrix(frame, ["past", "age"]))
    assert table["before"].abs().max() > 0.2
    assert table["after"].abs().max() < 0.1


def test_tiers_pay_where_the_uplift_exceeds_their_cost():
    tiers = pd.DataFrame(
        {
            "members": [10],
            "uplift_usd": [5.0],
            "uplift_low": [1.0],
            "uplift_high": [9.0],
            "benefit_cost_usd": [2.0],
            "reward_cost_usd": [1.0],
        },
        index=["gold"],
    )
    found = membership.tier_economics(tiers).iloc[0]
    assert (found["profit_low"], found["profit_usd"], found["profit_high"]) == (-20, 20, 60)


def test_identity_match_counts_both_sides():
    worth = pd.Series({"a": 1.0, "b": 3.0})
    found = membership.identity_match(pd.Series(["a", "b", "c"]), pd.Series(["b", "x"]), value=worth)
    assert found.to_list() == [2, 0.5, pytest.approx(1 / 3), 0.75]
