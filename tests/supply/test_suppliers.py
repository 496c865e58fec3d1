import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import suppliers


@pytest.fixture
def table(company):
    return company.table("suppliers")


def test_better_everywhere_is_better_overall(table):
    scored = suppliers.scorecard(table)
    good = table.iloc[[0]].assign(
        supplier_id="best",
        **{
            name: (0 if name in suppliers.LESS_IS_BETTER else 1)
            for name in suppliers.INDICATORS
            if name != "years_together"
        },
        years_together=30.0,
    )
    more = suppliers.scorecard(pd.concat([table, good], ignore_index=True))
    assert more.loc[more["supplier_id"] == "best", "score"].iloc[0] == more["score"].max()
    assert scored["score"].between(0, 100).all()


def test_a_score_can_be_explained(table):
    scored = suppliers.scorecard(table, {"on_time_rate": 1.0})
    assert scored["score"].to_numpy() == pytest.approx(100 * table["on_time_rate"].to_numpy())


def test_gates_name_their_reasons(table):
    gate = suppliers.gates(table.assign(defect_rate=0.2), {"defect_rate": 0.05, "on_time_rate": 0.0})
    assert not gate["passed"].any()
    assert set(gate["failed"]) == {"defect_rate"}


def test_identity_needs_registry_and_tax():
    four = pd.DataFrame(
        {
            "supplier_id": list("abc"),
            "registry_ok": [True, True, False],
            "tax_ok": True,
            "bank_ok": [True, False, True],
            "credit_ok": True,
        }
    )
    assert suppliers.identity_check(four)["decision"].tolist() == ["accept", "review", "reject"]


def test_tiers_follow_shares(rng):
    tier = suppliers.tiers(rng.random(100), rng.random(100), np.arange(100) < 80)
    names, counts = np.unique(tier, return_counts=True)
    assert dict(zip(names, counts, strict=True)) == {"blocked": 20, "strategic": 12, "core": 40, "cooperative": 28}


def test_a_slide_is_a_warning_and_noise_is_not(rng):
    months = pd.date_range("2025-01-01", periods=18, freq="MS")
    slide, noise = 0.95 - 0.01 * np.arange(18), 0.9 + rng.normal(0, 0.01, 18)
    frame = pd.DataFrame(
        {
            "month": np.tile(months, 2),
            "supplier_id": np.repeat(["slide", "noise"], 18),
            "on_time_rate": np.r_[slide, noise],
        }
    )
    found = suppliers.trend(frame, "on_time_rate", 18, 0.95).set_index("supplier_id")
    assert found.loc["slide", "warning"]
    assert found.loc["slide", "slope_year"] == pytest.approx(-0.12)
    assert not found.loc["noise", "warning"]


def test_esg_and_weights(table, rng):
    assert suppliers.esg_score(table)["esg"].between(0, 100).all()
    doubt = suppliers.weight_sensitivity(suppliers.scorecard(table), rng, draws=200)
    assert (doubt["score_low"] <= doubt["score_high"]).all()
    assert suppliers.entropy_weights(np.column_stack([np.ones(5), np.arange(1, 6)])) == pytest.approx([0, 1])


def test_an_unknown_indicator_is_named(table):
    with pytest.raises(InputError, match="did you mean 'on_time_rate'"):
        suppliers.scorecard(table, {"on_time": 1.0})
