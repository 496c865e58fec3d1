"""The composite index, disruption index and health zone."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import warning_index

WEEKS = pd.date_range("2024-01-01", periods=200, freq="7D")


@pytest.fixture
def surprise() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).normal(size=(200, 8)), WEEKS, list("abcdefgh"))


def test_evidence_is_one_sided_and_fades(surprise):
    surprise.loc[WEEKS[50], "a"] = 6.0
    found = warning_index.evidence(surprise)["a"]
    assert (found >= 0).all()
    assert found[WEEKS[50]] > 2.5
    assert found[WEEKS[70]] < found[WEEKS[50]]


def test_the_index_rises_with_a_persistent_drift(surprise):
    calm = warning_index.composite(surprise)
    drift = surprise.copy()
    drift.loc[WEEKS[120:140], ["a", "b"]] += 1.5
    storm = warning_index.composite(drift)
    assert storm[WEEKS[130]] > calm.quantile(0.95)
    pd.testing.assert_series_equal(storm[: WEEKS[119]], calm[: WEEKS[119]])
    named = warning_index.contributors(drift, WEEKS[135])
    assert {"a", "b"} & set(named["name"].head(2))


def test_weights_move_the_index(surprise):
    weights = pd.Series(1.0, surprise.columns)
    weights["a"] = 5.0
    assert not np.allclose(warning_index.composite(surprise, weights), warning_index.composite(surprise))
    with pytest.raises(InputError, match="weights"):
        warning_index.composite(surprise, weights.drop("b"))


def test_the_disruption_index_is_a_rank_of_0_to_100():
    signals = pd.DataFrame({"late": [0.0, 3.0, -3.0], "wait": [0.0, 3.0, -3.0]})
    index = warning_index.disruption_index(signals)
    assert index.tolist() == pytest.approx([50, 100, 0], abs=0.1)
    with pytest.raises(InputError, match="not all 0"):
        warning_index.disruption_index(signals, pd.Series(0.0, signals.columns))


def test_zones_stand_where_the_measure_stands():
    measures = pd.DataFrame({"name": ["cash", "debt"], "value": [10.0, 3.4], "safe": [8.0, 1.0], "danger": [2.0, 3.5]})
    table = warning_index.health_zone(measures).set_index("name")
    assert table["zone"].to_dict() == {"cash": "safe", "debt": "danger"}
    assert table["score"].to_dict() == pytest.approx({"cash": 100, "debt": 4})
    with pytest.raises(InputError, match="two different values"):
        warning_index.health_zone(measures.assign(danger=measures["safe"]))


def test_wrong_weeks_and_counts_are_named(surprise):
    with pytest.raises(InputError, match="a Monday up to"):
        warning_index.contributors(surprise, pd.Timestamp("2030-01-01"))
    with pytest.raises(InputError, match="1 to 8 indicators"):
        warning_index.composite(surprise, top=9)
