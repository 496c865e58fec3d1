"""Planted defects are where the list says, and nowhere else."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import dirt


@pytest.fixture(scope="module")
def soiled(made) -> tuple[dict, list]:
    return dirt.soil(made[1], np.random.default_rng(1))


def test_the_clean_tables_stay_clean(made, soiled):
    assert (made[1]["orders"]["quantity"] > 0).all()
    assert (soiled[0]["orders"]["quantity"] < 0).sum() >= 55


def test_each_kind_is_planted_as_often_as_told(made, soiled):
    tables, planted = soiled
    told = {(p["table"], p["kind"]): p["count"] for p in planted}
    assert len(tables["orders"]) - len(made[1]["orders"]) == told["orders", "doubled row"]
    assert tables["purchases"]["unit_cost"].isna().sum() == told["purchases", "missing cost"]
    assert (~tables["ledger"]["currency"].str.fullmatch("[A-Z]{3}")).sum() == told["ledger", "odd currency code"]
    assert (tables["shipments"]["sku"] == "X9999").sum() == told["shipments", "unknown product"]
    assert (tables["supplier_months"]["on_time_rate"] > 1).sum() == told["supplier_months", "per cent"]
    late = tables["orders"]["ordered_at"] > pd.Timestamp("2026-11-01", tz="UTC")
    assert late.sum() == told["orders", "late row"]


def test_tables_without_a_defect_are_untouched(made, soiled):
    named = {p["table"] for p in soiled[1]}
    for name in set(made[1]) - named:
        pd.testing.assert_frame_equal(made[1][name], soiled[0][name])
