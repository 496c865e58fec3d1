"""What an order leaves on each platform, and which mix suits a stage."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import channels

MONTHS = pd.date_range("2026-01-01", periods=4, freq="MS")
TERMS = pd.DataFrame(
    {
        "platform": ["own_store", "marketplace_a"], "market": "DE", "commission_rate": [0.0, 0.15],
        "payment_rate": [0.03, 0.0], "fulfilment_fee_usd": [0.0, 3.0], "last_mile_usd": [5.0, 0.0],
    }
)  # fmt: skip


def months() -> pd.DataFrame:
    rows = pd.MultiIndex.from_product([["own_store", "marketplace_a"], MONTHS], names=["platform", "month"]).to_frame(
        index=False
    )
    ads = np.where(rows["platform"] == "own_store", 1200.0, 300.0) + 100 * rows["month"].dt.month
    return rows.assign(market="DE", orders=100, revenue_usd=5000.0, goods_usd=2000.0, pieces=100, ad_spend_usd=ads)


def test_parts_of_an_order_add_up_to_its_contribution():
    each = channels.platform_months(months(), TERMS)
    assert each[list(channels.PARTS)].sum(axis=1).tolist() == pytest.approx(each["contribution"].tolist())
    january = each.loc[("own_store", MONTHS[0])]
    assert january["contribution"] == pytest.approx(50 - 20 - 1.5 - 5 - 13)


def test_summary_is_the_weighted_mean_with_its_interval():
    found = channels.compare(months(), TERMS)
    assert found.index[0] == "marketplace_a"
    assert found.loc["own_store", "contribution"] == pytest.approx(50 - 20 - 1.5 - 5 - 14.5)
    assert (found["low"] < found["contribution"]).all() and (found["contribution"] < found["high"]).all()
    assert found["p_best"].sum() == pytest.approx(1)


def test_at_the_break_even_both_platforms_leave_the_same():
    summary = channels.compare(months(), TERMS)
    even = channels.break_even_acquisition(summary, "own_store", "marketplace_a")
    moved = summary.loc["own_store", "contribution"] - summary.loc["own_store", "advertising"] - even
    assert moved == pytest.approx(summary.loc["marketplace_a", "contribution"])
    assert channels.break_even_or_none(summary, "own_store", "nowhere") is None


def test_the_best_everywhere_is_best_for_every_stage():
    measures = pd.DataFrame(
        {"control": [1, 0], "traffic": [5, 1], "cost": [0.1, 0.4], "speed": [3, 14], "safety": [0.01, 0.05]},
        index=["good", "bad"],
    )
    directions = pd.Series({"control": 1, "traffic": 1, "cost": -1, "speed": -1, "safety": -1})
    found = channels.stage_mix((measures, directions), rng=np.random.default_rng(0)).set_index("platform")
    assert (found.loc["good", [f"best for {s}" for s in channels.STAGES.index]] == 1).all()
    assert found[list(channels.STAGES.index)].sum().tolist() == pytest.approx([1, 1, 1])


def test_without_platforms_there_is_nothing_to_compare():
    assert channels.compare(None, None) is None
    assert channels.stage_mix(None, rng=np.random.default_rng(0)) is None


def test_stages_weigh_to_one():
    assert channels.STAGES.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
