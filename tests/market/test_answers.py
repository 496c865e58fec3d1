"""Answers carry the numbers they are given."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import answers, nowcast, own_forecasts, own_growth

WORLD = pd.DataFrame(
    {"median": [2.0], "low": [1.0], "high": [4.0], "kind": ["estimate"]},
    index=pd.Index(["B2C cross-border"], name="definition"),
)
TOTAL = pd.Series(
    {"size": 10.0, "size_low": 9.0, "size_high": 11.0, "growth": 0.1, "growth_low": 0.05, "growth_high": 0.15}
)
STAGES = pd.DataFrame(
    {"median": [10.0, 4.0, 0.1], "low": [9.0, 3.0, 0.05], "high": [11.0, 5.0, 0.2]}, index=["TAM", "SAM", "SOM"]
)
ROUTES = {"top-down": STAGES, "bottom-up": STAGES}
NOTHING = answers.Checked("", {}, {})


def test_world_sizes_come_back_in_dollars():
    found = answers.sizing_answer(WORLD, TOTAL, ROUTES)
    assert found.loc[0, ["value", "low", "high"]].tolist() == [2e12, 1e12, 4e12]
    assert len(found) == 1 + 1 + 4


def test_results_have_names_units_and_ordered_intervals():
    rows = answers.sizing_results(WORLD, TOTAL, ROUTES, NOTHING, 0.9)
    names = [r["name"] for r in rows]
    assert names[0] == "market.size.own_markets_usd" and len(set(names)) == len(names)
    assert all(r["low"] <= r["value"] <= r["high"] for r in rows if "low" in r)


def answer(passes: list[bool]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "market": ["US", "SA"],
            "p_first": [0.6, 0.3],
            "passes": passes,
            "reasons": ["slow", ""],
            "verdict": ["no-go", "watch"],
        }
    )


@pytest.mark.parametrize(
    ("passes", "said"),
    [
        ([False, True], "SA"),
        ([True, True], "US** passes all gates"),
        ([False, False], "No market passes all gates; **US"),
    ],
)
def test_scores_do_not_buy_back_a_gate(passes, said):
    text, values = answers.recommendation(answer(passes))
    assert said in text.format(**values)


@pytest.mark.parametrize(("passes", "value", "note", "passing"), [
    ([False, True], 0.3, "SA", 1), ([True, True], 0.6, "US", 2),
    ([False, False], None, "no market passes all gates", 0),
])  # fmt: skip
def test_the_market_recorded_for_entry_passes_all_gates(passes, value, note, passing):
    total = pd.Series({"growth": 0.1, "growth_low": 0.05, "growth_high": 0.15})
    forecast = {"point": 1.0, "low": 0.5, "high": 2.0, "wape": 0.2, "method": "theta", "wape_seasonal_naive": 0.3,
                "covered": 0.9}  # fmt: skip
    moved = {"change": 0.0, "low": -0.1, "high": 0.1, "held_out": 0.05}
    rows = {r["name"]: r for r in answers.growth_results(total, answer(passes), forecast, moved, {}, 0.9)}
    chosen = rows["market.entry.chosen_p_first"]
    assert (chosen["value"], chosen["note"]) == (value, note)
    assert rows["market.gate.passing"]["value"] == passing
    assert (rows["market.entry.p_first"]["value"], rows["market.entry.p_first"]["note"]) == (0.6, "US")


def test_estimates_are_held_against_the_truth_if_there_is_one():
    years = list(range(2015, 2027))
    true = pd.DataFrame(
        {"year": years, "market": "DE", "category": "pet", "sales_usd": [100 * 1.1**k for k in range(12)]}
    )
    wide = true.pivot_table(index="year", columns=["market", "category"], values="sales_usd")
    found = nowcast.nowcast(wide * 1.001)
    checked = answers.truth_check(found, true)
    assert checked.numbers["size_error"] == pytest.approx(0.001, abs=1e-4)
    assert checked.text.format(**checked.values)
    assert answers.truth_check(found, None).numbers == {}


def test_ceilings_are_weighted_by_retail_sales():
    known = pd.DataFrame({"market": "DE", "category": ["a", "b"], "penetration_ceiling": [0.2, 0.4]})
    weights = pd.Series(
        [3.0, 1.0], index=pd.MultiIndex.from_tuples([("DE", "a"), ("DE", "b")], names=["market", "category"])
    )
    ceilings = pd.DataFrame({"ceiling": [0.25], "ceiling_low": [0.24], "ceiling_high": [0.26]}, index=["DE"])
    found = answers.ceiling_check(ceilings, known, weights, 0.9)
    assert found.numbers == pytest.approx({"ceiling_covered": 1.0, "ceiling_error": 0.0})


def test_absent_parts_are_not_recorded():
    assert answers.present(a=1, b=None) == {"a": 1}


def test_orders_alone_give_growth_and_the_months_ahead():
    months = pd.date_range("2024-01-01", periods=30, freq="MS", name="month")
    columns = pd.MultiIndex.from_product([["DE", "FR"], ["all"]], names=["market", "category"])
    panel = pd.DataFrame({column: 1000.0 + 20 * np.arange(30) for column in columns}, index=months)
    panel.columns = columns
    found = own_growth.by_market(panel.T.groupby("market").sum().T)
    forecast = own_forecasts.own_forecast(panel, horizon=6, origins=4)
    table = answers.own_answer(found, forecast)
    assert list(table.columns) == ["market", "share", "growth", "low", "high", "ahead"]
    assert table["ahead"].sum() == pytest.approx(forecast.summary["point"])
    words, values = answers.own_advice(found, forecast)
    assert words.format(**values).startswith("Own revenue surely grows in **2** of 2 markets")
    names = [row["name"] for row in answers.own_results(found, forecast, 0.9)]
    assert names[:2] == ["market.own_growth.share", "market.demand.next_months_usd"]
    assert answers.own_answer(None, None).empty
    assert answers.own_results(None, None, 0.9) == []
    assert "do not go back" in answers.own_advice(None, None)[0]
