"""Values, picks under caps, incubation."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.selection import portfolio

RNG = np.random.default_rng


def ideas(count=10, seed=1):
    rng = RNG(seed)
    return pd.DataFrame({
        "candidate_id": [f"C{i}" for i in range(count)], "value_usd": rng.normal(2000, 3000, count),
        "sd_usd": rng.uniform(500, 3000, count), "cost_usd": rng.uniform(2000, 8000, count),
        "supplier_id": rng.choice(["S1", "S2", "S3"], count), "market": rng.choice(["US", "DE"], count),
    })  # fmt: skip


def best_by_trying(table, budget, supplier_share, market_share, risk):
    gain = (table["value_usd"] - risk * table["sd_usd"]).to_numpy()
    cost, best = table["cost_usd"].to_numpy(), 0.0
    for size in range(len(table) + 1):
        for rows in map(list, combinations(range(len(table)), size)):
            part = table.iloc[rows]
            caps = (part.groupby("supplier_id")["cost_usd"].sum() <= supplier_share * budget + 1e-9).all() and (
                part.groupby("market")["cost_usd"].sum() <= market_share * budget + 1e-9
            ).all()
            if cost[rows].sum() <= budget and caps:
                best = max(best, gain[rows].sum())
    return best


@pytest.mark.parametrize("seed", range(5))
def test_the_programme_finds_the_best_of_all_sets(seed):
    table = ideas(9, seed)
    found = portfolio.choose(table, 22_000, supplier_share=0.5, market_share=0.7, risk_aversion=0.2)
    assert found.objective_usd == pytest.approx(best_by_trying(table, 22_000, 0.5, 0.7, 0.2))


def test_caps_hold():
    table = ideas(40, 3)
    found = portfolio.choose(table, 60_000, supplier_share=0.4, market_share=0.6)
    chosen = found.table[found.table["chosen"]]
    assert chosen["cost_usd"].sum() <= 60_000
    assert chosen.groupby("supplier_id")["cost_usd"].sum().max() <= 0.4 * 60_000 + 1e-6
    assert chosen.groupby("market")["cost_usd"].sum().max() <= 0.6 * 60_000 + 1e-6
    assert found.binding


def test_nothing_worth_its_cost_is_an_empty_set():
    found = portfolio.choose(ideas().assign(value_usd=-1.0), 50_000)
    assert not found.table["chosen"].any()
    assert found.objective_usd == pytest.approx(0)


def test_a_pick_drops_out_just_below_its_drop_point():
    table = ideas(14, 7)
    picks = portfolio.choose(table, 25_000)
    change = portfolio.what_would_change(picks, table, 25_000).iloc[-1]
    for shift, stays in ((1.0, True), (-1.0, False)):
        moved = table.copy()
        moved.loc[moved["candidate_id"] == change["candidate_id"], "value_usd"] = change["drops_below_usd"] + shift
        again = portfolio.choose(moved, 25_000).table.set_index("candidate_id")["chosen"]
        assert again[change["candidate_id"]] == stays


def launch(**changes):
    row = {"candidate_id": "C1", "log_odds": 0.0, "log_odds_sd": 0.0, "expected_units_month": 50.0, "piece_usd": 6.0,
           "launch_cost_usd": 3000.0}  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_the_value_is_success_and_failure_weighted_by_their_chance():
    terms = portfolio.Terms(units_log_sd=0.0, common_log_sd=0.0, rate_year=0.0, months=20, ramp_weeks=0.0)
    table, _ = portfolio.launch_values(launch(log_odds=np.log(3)), terms, RNG(1), draws=200_000)
    success = 50 * 6 * 20 - 3000
    failure = 50 * 6 * 0.35 * 3 + 0.3 * 3000 - 3000
    assert table.loc[0, "if_success_usd"] == pytest.approx(success)
    assert table.loc[0, "if_failure_usd"] == pytest.approx(failure)
    assert table.loc[0, "value_usd"] == pytest.approx(0.75 * success + 0.25 * failure, rel=0.01)


def test_delay_cost_and_offence_take_value_away():
    terms = portfolio.Terms()
    whole = portfolio.launch_values(launch(), terms, RNG(1))[0].loc[0, "value_usd"]
    for change in ({"fix_days": 90.0}, {"fix_cost_usd": 500.0}, {"penalty": 0.25}):
        assert portfolio.launch_values(launch(**change), terms, RNG(1))[0].loc[0, "value_usd"] < whole


def test_fix_costs_lie_between_their_ends():
    drawn = portfolio._fix_cost(
        pd.DataFrame({"fix_cost_usd": [900.0], "fix_cost_low_usd": [450.0], "fix_cost_high_usd": [1800.0]}),
        RNG(1),
        50_000,
    )
    assert drawn.min() >= 450
    assert drawn.max() <= 1800
    assert drawn.mean() == pytest.approx((450 + 900 + 1800) / 3, rel=0.01)


def test_incubation_keeps_the_expected_revenue():
    table = portfolio.incubation(100, (0.4, 0.05), (30_000.0, 0.8), 0.25, 5000.0, RNG(2), draws=100_000)
    table = table.set_index("measure")
    assert table.loc["revenue_usd", "mean"] == pytest.approx(100 * 0.4 * 30_000, rel=0.01)
    assert table.loc["capital_usd", "mean"] == 500_000
    assert table.loc["revenue_usd", "low"] < table.loc["revenue_usd", "median"] < table.loc["revenue_usd", "high"]


def test_a_goal_needs_more_niches_than_its_mean():
    need = portfolio.niches_for(600_000, 0.9, (0.4, 0.05), (30_000.0, 0.8), RNG(3))
    assert need > 600_000 / (0.4 * 30_000)
    with pytest.raises(Refusal, match="the goal is out of reach"):
        portfolio.niches_for(1e9, 0.9, (0.4, 0.05), (30_000.0, 0.8), RNG(3))


def test_outcome_factors_come_from_launches():
    past = pd.DataFrame({"success": [True] * 12 + [False] * 12, "units_90_days": [100] * 12 + [40] * 12})
    found = portfolio.outcome_factors(past.astype({"success": "boolean"}))
    assert found == pytest.approx({"failure_factor": 0.4, "units_log_sd": 0.0})
