import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import cost_tables, landed_range


def test_markets_asked_for():
    assert cost_tables.markets([], ("DE", "US")) == ["DE", "US"]
    with pytest.raises(InputError, match="market 'XX' is not known"):
        cost_tables.markets(["XX"], ("DE", "US"))


def test_bills_tie_to_the_ledger(company):
    table = cost_tables.reconciliation(company)
    assert table.attrs["ledger_gap"] < 0.01
    assert abs(table.attrs["model_error"]) < 0.01


def test_activities_tie_to_the_ledger(company, landed_inputs):
    table = cost_tables.activity_table(company, landed_inputs)
    assert table.attrs["difference"] == pytest.approx(0, abs=0.01)
    assert table["cost_share"].between(0, 1).all()


def test_the_cube_carries_all_pieces(landed_inputs, landed):
    units = cost_tables.cube_units(landed_inputs, landed)
    cube = landed_range.cost_cube(landed, units)
    assert cube["units"].sum() == pytest.approx(landed_inputs.sales["units"].sum())


def test_regret_of_modes(landed_inputs, landed, company):
    table = cost_tables.mode_regret(landed_inputs, landed, company.as_of).set_index("choice")
    assert (table.loc["by product"] <= 1e-6).all()
    assert table.loc["air", "worst_regret"] > table.loc["sea", "worst_regret"]


def test_codes_origins_and_levers(landed_inputs, landed, company):
    codes = cost_tables.code_choice("household articles of plastics", ["39"], "US", company.as_of, 1000)
    assert codes["chosen"].sum() == 1
    with pytest.raises(InputError, match="chapters is"):
        cost_tables.code_choice("household", ["00"], "US", company.as_of, 1000)
    table = cost_tables.origins(landed_inputs, landed, "US", company.as_of, ("CN", "VN"))
    assert table["saving_year"].iloc[0] == 0
    levers = cost_tables.levers(company, landed_inputs, "US", company.as_of)
    assert ((levers["low"] <= levers["base"]) & (levers["base"] <= levers["high"])).all()


def test_the_answer_has_a_row_a_market(landed_inputs, landed, rng):
    lines = landed_range.market_lines(landed, landed_inputs.weights)
    interval, widths = landed_range.landed_interval(landed, landed_inputs.weights, rng)
    price = cost_tables.mean_price(landed_inputs)
    crossing = pd.DataFrame(
        {"market": lines.index, "small_orders": "bulk", "large_orders": "bulk", "break_even_usd": float("nan")}
    )
    answer = cost_tables.landed_answer(lines, interval, price, crossing, widths)
    assert answer["margin"].between(0, 1).all()
    cube = landed_range.cost_cube(landed, cost_tables.cube_units(landed_inputs, landed))
    rows = cost_tables.landed_results(lines, interval, cube, crossing, None, landed.books)
    assert rows[0]["name"] == "supply.logistics.cost_share"
    notes = {row["name"]: row.get("note", "") for row in rows}
    assert notes["supply.landed_cost.us_usd"] == "", "own customs bills stand behind it"
    assert "placeholders" in notes["supply.parcel.markets_for_small_orders"]
    assert len(cost_tables.clock_baskets()) == 4
