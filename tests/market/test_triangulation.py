"""Sizes by definition: limits that can be worked out by hand, bounds, parents, priors."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import triangulation

SCOPES = pd.DataFrame({"ratio": [4.0], "log_sd": [0.5]}, index=["domestic"])
DEFINITIONS = pd.DataFrame({"domestic": [0, 1]}, index=["cross-border", "all online"])
GROWTH = pd.DataFrame({"rate": [0.1], "sd": [0.02], "weight": [1.0]})


def records(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "value", "year", "bound", "log_sd", "domestic"])


def size(rows: list[tuple], **options) -> triangulation.Triangulation:
    run = {"year": 2025, "rng": np.random.default_rng(1), "draws": 8000, **options}
    return triangulation.triangulate(records(rows), SCOPES, DEFINITIONS, GROWTH, **run)


THREE = [("a", 2.0, 2025, "=", 0.1, 0), ("b", 2.2, 2025, "=", 0.1, 0), ("c", 1.9, 2025, "=", 0.1, 0)]


def test_agreeing_sources_give_their_mean():
    found = size(THREE).sizes.loc["cross-border"]
    assert found["median"] == pytest.approx(np.exp(np.mean(np.log([2.0, 2.2, 1.9]))), rel=0.02)
    assert found["low"] < 1.9 and found["high"] > 2.2
    assert found["kind"] == "estimate"


def test_a_definition_that_nobody_states_rests_on_the_prior_ratio():
    found = size(THREE).sizes.loc["all online"]
    assert found["median"] == pytest.approx(4 * 2.03, rel=0.05)
    assert found["prior_share"] > 0.9
    assert found["kind"] == "mostly assumption"


def test_growth_brings_an_older_value_to_the_year():
    now = size(
        [("a", 2.0, 2020, "=", 0.02, 0), ("b", 2.0, 2020, "=", 0.02, 0), ("c", 2.0, 2020, "=", 0.02, 0)], tau_scale=0.01
    )
    assert now.sizes.loc["cross-border", "median"] == pytest.approx(2 * 1.1**5, rel=0.03)


def test_a_lower_bound_only_pushes_up():
    without = size(THREE).sizes.loc["cross-border"]
    with_bound = size([*THREE, ("d", 2.4, 2025, ">=", 0.1, 0)]).sizes.loc["cross-border"]
    weak = size([*THREE, ("d", 0.5, 2025, ">=", 0.1, 0)]).sizes.loc["cross-border"]
    assert with_bound["median"] > without["median"]
    assert weak["median"] == pytest.approx(without["median"], rel=0.02)


def test_reports_that_quote_one_parent_count_once():
    rows = records([("x", 2.0, 2025, "=", 0.1, 0), ("y", 2.0, 2025, "=", 0.2, 0), ("z", 3.0, 2025, "=", 0.2, 0)])
    rows["parent"] = ["WTO", "WTO", "own survey"]
    found = triangulation.independent_records(rows)
    assert found["source"].tolist() == ["WTO", "own survey"]
    assert found["quoted_by"].tolist() == [2, 1]
    assert found["log_sd"].tolist() == [0.1, 0.2]


def test_conflicting_growth_claims_become_a_mixture():
    mix = pd.DataFrame({"rate": [0.087, 0.22], "sd": [0.02, 0.02], "weight": [0.5, 0.5]})
    rows = records(
        [
            ("a", 1.0, 2020, "=", 0.05, 0),
            ("a", 2.7, 2025, "=", 0.05, 0),
            ("b", 2.6, 2025, "=", 0.1, 0),
            ("c", 2.8, 2025, "=", 0.1, 0),
        ]
    )
    found = triangulation.triangulate(rows, SCOPES, DEFINITIONS, mix, year=2025, rng=np.random.default_rng(1))
    assert found.growth_weights.iloc[1] > 0.95


def test_prior_sensitivity_moves_the_definition_that_nobody_states():
    found = triangulation.prior_sensitivity(
        records(THREE), SCOPES, DEFINITIONS, GROWTH,
        year=2025, seed=3, term="domestic", ratios=[3.0, 6.0], log_sds=[], tau_scales=[], draws=4000,
    )  # fmt: skip
    wide = found[found["index"] == "all online"].set_index("to")["median"]
    assert wide[6.0] / wide[3.0] == pytest.approx(2.0, rel=0.08)


def test_interval_covers_the_truth_as_often_as_it_says():
    """30 worlds of four sources with spread 0.2: the 90 % interval holds the truth in about nine of ten."""
    rng, hits = np.random.default_rng(8), 0
    for _ in range(30):
        logs = np.log(2.0) + 0.2 * rng.standard_normal(4) + 0.1 * rng.standard_normal(4)
        rows = [(s, float(np.exp(v)), 2025, "=", 0.1, 0) for s, v in zip("abcd", logs, strict=True)]
        found = size(rows, rng=rng, draws=1000).sizes.loc["cross-border"]
        hits += found["low"] <= 2.0 <= found["high"]
    # Three binomial standard errors below nine in ten
    assert hits >= 22


def test_bounds_that_the_values_rule_out_are_refused():
    with pytest.raises(Refusal, match="bounds contradict the values"):
        size([*THREE, ("d", 60.0, 2025, ">=", 0.05, 0)], tau_scale=0.05)


def test_disagreement_is_the_largest_over_the_smallest():
    assert triangulation.disagreement(records(THREE)) == pytest.approx(2.2 / 1.9)
