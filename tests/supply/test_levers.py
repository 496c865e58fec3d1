import pandas as pd
import pytest
from crossborder.supply import levers


def test_ranges_are_in_order(landed_inputs, company):
    table = levers.landed_levers(landed_inputs, "US", company.as_of)
    assert ((table["low"] <= table["base"]) & (table["base"] <= table["high"])).all()
    assert table["base"].is_monotonic_decreasing


def test_another_origin_escapes_the_surcharge(company):
    codes = pd.Series(["392410", "940320"])
    table = levers.origin_duty(codes, pd.Series([1.0, 1.0]), "US", company.as_of, ("CN", "VN")).set_index("origin")
    assert table.loc["VN", "duty_rate"] < table.loc["CN", "duty_rate"]
    assert table.loc["VN", "saving_year"] == pytest.approx(
        2 * (table.loc["CN", "duty_rate"] - table.loc["VN", "duty_rate"])
    )


def test_local_assembly_has_a_saving(landed_inputs):
    assert levers.code_and_origin(landed_inputs, "BR", 0.2, 0.05)["saving"] > 0
