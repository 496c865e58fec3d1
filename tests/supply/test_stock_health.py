import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import stock_health


def test_classes_by_value_and_by_unevenness():
    demand = np.vstack([np.full(12, 10.0), np.tile([0, 20.0], 6), np.r_[np.zeros(11), 120]])
    table = stock_health.abc_xyz([80, 15, 5], demand)
    assert table["abc"].tolist() == ["A", "B", "C"]
    assert table["xyz"].tolist() == ["X", "Z", "Z"]


def test_tiers_by_the_age_of_the_oldest_batch():
    book = pd.DataFrame(
        {
            "week": pd.Timestamp("2026-01-05"),
            "sku": list("abcd"),
            "market": "DE",
            "on_hand": 5,
            "sold": [7, 0, 1, 1],
            "received_at": pd.to_datetime(["2026-01-01", "2025-12-01", "2025-11-01", "2025-09-01"]),
        }
    )
    table = stock_health.age_tiers(book, "2026-01-11")
    assert table["tier"].tolist() == ["fresh", ">30 days", ">60 days", ">90 days"]
    assert table["days_of_stock"].iloc[1] == 999


def test_turns_and_days_agree():
    table = stock_health.turnover([1000.0], [125.0])
    assert table["turns"].iloc[0] * table["days"].iloc[0] == pytest.approx(365)


def test_elastic_demand_asks_for_a_deeper_cut():
    cuts = [stock_health.markdown_path([200], [5], 20, e, 2, 8)["markdown"].iloc[0] for e in (-0.8, -2.5)]
    assert cuts[0] < cuts[1]
    with pytest.raises(InputError, match=r"elasticity is 0\.5"):
        stock_health.markdown_path([200], [5], 20, 0.5, 2, 8)


def test_nothing_beats_no_markdown_when_everything_sells_anyway():
    assert stock_health.markdown_path([10], [5], 20, -2, 2, 8)["gain"].iloc[0] == 0


def test_moves_are_the_best_ones():
    excess = pd.DataFrame({"sku": "a", "market": ["US", "DE"], "units": [10.0, 5.0], "unit_value": 4.0})
    need = pd.DataFrame({"sku": "a", "market": ["JP", "BR"], "units": [8.0, 9.0], "unit_value": [20.0, 10.0]})
    moves = stock_health.transfer_gain(excess, need, 1.0)
    assert moves.groupby("market_to")["units"].sum().to_dict() == {"JP": 8, "BR": 7}
    assert moves["gain"].sum() == pytest.approx(8 * (20 - 0.8 - 1) + 7 * (10 - 0.8 - 1))


def test_pooling_gains_nothing_when_places_move_together():
    assert stock_health.pooling_gain([10, 10], [3, 3], 1.0, 0.95)["saved_share"] == pytest.approx(0)


def test_faster_sync_oversells_less():
    slow, fast = stock_health.oversell_probability(5, 8, np.array([1.0, 0.1]))
    assert fast < slow


def test_selling_first_frees_capital_and_costs_margin():
    table = stock_health.virtual_stock([100], [10], [8], [30], 0.2, [0.1])
    assert table[["capital_freed", "holding_saved", "margin_lost"]].iloc[0].tolist() == pytest.approx([300, 60, 80])


def test_exact_records_need_no_buffer():
    assert float(stock_health.record_buffer(1.0, 20, 100)) == 0
    assert float(stock_health.record_buffer(0.9, 20, 100, 1.0)) > 0


def test_consignment_breaks_even_where_it_says():
    table = stock_health.consignment_effect([1000], 0.1, 0.02, 0.012, 10_000)
    assert table["gain"].iloc[0] == pytest.approx(0)
    assert table["break_even_increase"].iloc[0] == pytest.approx(0.012)


def test_overstock_is_what_exceeds_the_need():
    table = stock_health.overstock([10, 4], [6, 6], [2.0, 2.0])
    assert table["excess_usd"].tolist() == [8, 0]
