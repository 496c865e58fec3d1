"""Gates and ranks."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import screening

SCORES = pd.DataFrame({"size": [1.0, 0.4, 0.0], "ease": [0.0, 0.9, 1.0]}, index=["US", "DE", "JP"])
WEIGHTS = pd.Series({"size": 0.5, "ease": 0.5})


def test_gates_give_go_watch_and_no_go():
    found = screening.growth_gate(pd.Series({"a": 0.95, "b": 0.5, "c": 0.1}))
    assert found["verdict"].to_dict() == {"a": "go", "b": "watch", "c": "no-go"}


def test_gates_give_reasons_and_unknown_values_fail():
    values = pd.DataFrame({"growth": [0.2, 0.1, np.nan], "days": [3.0, 9.0, 4.0]}, index=["a", "b", "c"])
    gates = pd.DataFrame(
        {
            "limit": [0.15, 5.0],
            "side": ["min", "max"],
            "reason": ["grows {value:.0%}, not {limit:.0%}", "takes {value:.0f} days"],
        },
        index=["growth", "days"],
    )
    found = screening.gate_table(values, gates)
    assert found["passes"].tolist() == [True, False, False]
    assert found.loc["b", "reasons"] == "grows 10%, not 15%; takes 9 days"
    assert found.loc["c", "reasons"] == "growth is not known"


def test_scaling_runs_from_worst_to_best():
    found = screening.scaled(
        pd.DataFrame({"tariff": [0.0, 0.1, 0.2], "same": [1.0, 1.0, 1.0]}), pd.Series({"tariff": -1, "same": 1})
    )
    assert found["tariff"].tolist() == pytest.approx([1, 0.5, 0])
    assert found["same"].tolist() == [0.5] * 3


def test_rank_probabilities_add_up_both_ways():
    found = screening.weighted_ranking(SCORES, WEIGHTS, rng=np.random.default_rng(0), draws=500)
    assert found.ranks.sum(axis=1).tolist() == pytest.approx([1] * 3)
    assert found.ranks.sum(axis=0).tolist() == pytest.approx([1] * 3)
    assert found.summary["p_top3"].tolist() == pytest.approx([1] * 3)


def test_a_market_that_is_best_everywhere_is_always_first():
    better = SCORES.copy()
    better.loc["DE"] = [1.1, 1.1]
    found = screening.weighted_ranking(better, WEIGHTS, rng=np.random.default_rng(0), concentration=None, draws=300)
    assert found.summary.loc["DE", "p_first"] == 1.0


def test_errors_in_scores_spread_the_ranks():
    sure = screening.weighted_ranking(SCORES, WEIGHTS, rng=np.random.default_rng(0), concentration=1000)
    unsure = screening.weighted_ranking(
        SCORES, WEIGHTS, rng=np.random.default_rng(0), concentration=1000, sd=SCORES * 0 + 0.5
    )
    assert unsure.summary["p_first"].max() < sure.summary["p_first"].max()


def test_leaving_out_a_criterion_shows_what_the_order_hangs_on():
    found = screening.rank_without(SCORES, WEIGHTS).set_index("without")
    assert found.loc["size", "first"] == "JP" and not found.loc["size", "same_first"]


def test_opportunity_needs_all_parts():
    frame = pd.DataFrame({"size": [3.0, 1, 2], "rivals": [1.0, 3, 2]}, index=list("abc"))
    found = screening.opportunity_index(frame, pd.Series({"size": 1, "rivals": -1}))
    assert found.idxmax() == "a" and found["a"] == pytest.approx(1.0)


def test_an_opening_is_large_growing_and_not_crowded():
    cells = pd.MultiIndex.from_product([["US", "ID"], ["pet", "beauty"]], names=["market", "category"])
    estimates = pd.DataFrame({"size": [100.0, 50.0, 80.0, 10.0], "growth": [0.10, 0.02, 0.20, 0.05]}, index=cells)
    sellers = pd.Series([100.0, 100.0, 10.0, 100.0], index=cells)
    grid = screening.opportunity_grid(estimates, sellers)
    assert grid.to_numpy().max() == grid.loc["ID", "pet"], "second in size, first in growth and in sales a seller"
    assert grid.to_numpy().min() == grid.loc["ID", "beauty"]
    crowded = screening.opportunity_grid(estimates, sellers.where(sellers > 10, 10_000.0))
    assert crowded.loc["ID", "pet"] < grid.loc["ID", "pet"], "the same market with many sellers is no opening"
