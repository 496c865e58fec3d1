"""Sharing with suppliers and detours: the arithmetic, its direction, and its refusals."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import collaboration

START = pd.to_datetime(["2026-01-01"] * 6)
INCIDENTS = pd.DataFrame(
    {
        "kind": ["stock_out"] * 3 + ["faulty_batch"] * 3,
        "started_on": START,
        "noticed_on": START + pd.Timedelta(days=5),
        "ended_on": START + pd.Timedelta(days=10),
        "loss_usd": [1000.0] * 6,
    }
)


def rng():
    return np.random.default_rng(5)


def test_information_saves_the_part_of_the_loss_before_the_notice():
    table = collaboration.sharing_value(INCIDENTS, 100_000, 0.2, years=2.0, rng=rng()).set_index("part")
    assert table.loc["information", "avoided_usd"] == pytest.approx(6 * 1000 * 0.5 / 2)
    assert table.loc["risk", "avoided_usd"] == pytest.approx(3000 * 0.3)
    assert table.loc["duty", "avoided_usd"] == pytest.approx(100_000 * 0.2 * 0.02)
    assert (table["low"] <= table["high"]).all()
    sooner = INCIDENTS.assign(noticed_on=START + pd.Timedelta(days=1))
    quick = collaboration.sharing_value(sooner, 100_000, 0.2, years=2.0, rng=rng()).set_index("part")
    assert quick.loc["information", "avoided_usd"] < table.loc["information", "avoided_usd"]


def test_few_incidents_and_wrong_rates_are_refused():
    with pytest.raises(Refusal, match="5 are needed"):
        collaboration.sharing_value(INCIDENTS.head(4), 1.0, 0.2, years=1.0, rng=rng())
    with pytest.raises(InputError, match="late_rate"):
        collaboration.sharing_value(INCIDENTS, 1.0, 1.2, years=1.0, rng=rng())


LANES = pd.DataFrame(
    {
        "market": ["DE"] * 3,
        "mode": ["sea", "rail", "air"],
        "cost_per_kg": [np.nan, np.nan, 5.0],
        "cost_per_cbm": [100.0, 250.0, np.nan],
        "transit_days_mean": [40.0, 22.0, 7.0],
        "transit_days_sd": [0.0, 0.0, 0.0],
    }
)
MARKETS = pd.DataFrame({"market": ["DE"], "sea_kg_week": [200.0], "sea_cbm_week": [1.0], "margin_day_usd": [100.0]})
STOCK = pd.DataFrame({"market": ["DE", "DE"], "cover_days": [5.0, 20.0], "share": [0.5, 0.5]})


def test_detours_weigh_freight_against_lost_margin():
    table = collaboration.detour_plans(LANES, MARKETS, STOCK, delay_days=15, closed_weeks=26, rng=rng())
    plans = table.set_index("plan")
    assert plans.loc["wait", "gap_days"] == pytest.approx(0.5 * 10)
    assert plans.loc["wait", "cost_usd"] == pytest.approx(500)
    assert plans.loc["rail", "freight_usd"] == pytest.approx(150 * 26)
    assert plans.loc["air until the sea flows", "freight_usd"] == pytest.approx((1000 - 100) * 15 / 7)
    assert plans["best"].sum() == 1 and plans.loc["wait", "best"]


def test_a_longer_delay_or_dearer_margin_turns_the_choice():
    dear = MARKETS.assign(margin_day_usd=5_000.0)
    table = collaboration.detour_plans(LANES, dear, STOCK, delay_days=60, rng=rng())
    assert table.loc[table["best"], "plan"].item() == "rail"


def test_missing_columns_and_single_modes_are_told():
    with pytest.raises(InputError, match="margin_day_usd"):
        collaboration.detour_plans(LANES, MARKETS.drop(columns="margin_day_usd"), STOCK, rng=rng())
    with pytest.raises(Refusal, match="no detour"):
        collaboration.detour_plans(LANES[LANES["mode"] == "sea"], MARKETS, STOCK, rng=rng())
