"""Gates say pass, fix or reject, with a reason, and hold apart from scores."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import gates

DAY = "2026-10-31"


def ideas(**changes):
    row = {
        "candidate_id": "C1", "market": "DE", "hs_code": "850440", "battery": False, "fragile": False,
        "certificates": "REACH|GPSR|EPR packaging|CE|RoHS|WEEE", "materials": "abs", "content_flags": None,
        "price_usd": 30.0, "landed_cost_usd": 10.0, "door_cost_usd": 9.0, "weight_kg": 0.4, "volume_cbm": 0.002,
        "supplier_id": "S1", "expected_units_month": 40, "unit_cost_usd": 8.0,
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


SUPPLIERS = pd.DataFrame(
    {"supplier_id": ["S1", "S2"], "registry_ok": [True, False], "tax_ok": True, "bank_ok": True,
     "capacity_units_month": [1000, 1000], "capacity_free": [0.3, 0.3], "min_order_quantity": [100, 100]}
)  # fmt: skip


def verdict(found):
    return found["verdict"].tolist()


def test_a_complete_idea_passes_every_gate():
    found = gates.run(ideas(), SUPPLIERS, DAY)
    assert set(found["verdict"]) == {"pass"}
    assert gates.verdicts(found).loc[0, ["verdict", "cost_usd", "days"]].tolist() == ["pass", 0.0, 0.0]


def test_a_missing_certificate_costs_money_and_days():
    found = gates.compliance(ideas(certificates="REACH|GPSR|EPR packaging|RoHS|WEEE"), DAY)
    assert verdict(found) == ["fix"]
    assert found.loc[0, "reason"] == "lacks CE (DE)"
    assert found.loc[0, "cost_low_usd"] < found.loc[0, "cost_usd"] < found.loc[0, "cost_high_usd"]
    assert found.loc[0, "days"] > 0


def test_dearer_laboratories_scale_the_cost():
    lacking = ideas(certificates=None)
    usual = gates.compliance(lacking, DAY)["cost_usd"].sum()
    dear = gates.compliance(lacking, DAY, gates.Limits(certificate_factor=1.3))["cost_usd"].sum()
    assert dear == pytest.approx(1.3 * usual)


@pytest.mark.parametrize(
    "market, material, expected", [("DE", "lead pigment", "reject"), ("ID", "lead pigment", "fix"), ("US", "abs", None)]
)
def test_inputs_are_banned_restricted_or_free(market, material, expected):
    found = gates.compliance(ideas(market=market, materials=f"abs|{material}"), DAY)
    hits = found[found["reason"].str.contains(material)]
    assert verdict(hits) == ([] if expected is None else [expected])


def test_a_ban_for_one_trait_spares_other_goods():
    assert (
        not gates.compliance(ideas(hs_code="420292", materials="lead solder"), DAY)["reason"]
        .str.contains("solder")
        .any()
    )
    assert gates.compliance(ideas(materials="lead solder"), DAY)["reason"].str.contains("solder").any()


def test_offence_is_fixed_and_its_penalty_stated():
    found = gates.content(ideas(market="SA", content_flags="pig motif"))
    assert verdict(found) == ["fix"]
    assert 0 < found.loc[0, "penalty_low"] <= found.loc[0, "penalty"] <= found.loc[0, "penalty_high"] < 1
    assert verdict(gates.content(ideas(market="US", content_flags="pig motif"))) == ["pass"]


@pytest.mark.parametrize("landed, expected", [(10.0, "pass"), (23.5, "fix"), (29.0, "reject")])
def test_the_margin_gate_stands_at_its_line(landed, expected):
    found = gates.margin(ideas(landed_cost_usd=landed, door_cost_usd=2.0))
    assert verdict(found) == [expected]


def test_the_price_that_is_needed_meets_the_line():
    found = gates.margin(ideas(landed_cost_usd=25.0, door_cost_usd=3.0))
    needed = found.loc[0, "price_needed_usd"]
    again = gates.margin(ideas(landed_cost_usd=25.0, door_cost_usd=3.0, price_usd=needed))
    assert verdict(again) == ["pass"]
    assert again.loc[0, "gross_margin"] == pytest.approx(0.25)


def test_volume_counts_as_weight():
    found = gates.logistics(ideas(weight_kg=0.3, volume_cbm=0.03))
    assert found.loc[0, "chargeable_kg"] == pytest.approx(5.0)
    assert found.loc[0, "shipping_class"] == "heavy"
    assert verdict(gates.logistics(ideas(volume_cbm=0.2))) == ["reject"]
    assert verdict(gates.logistics(ideas(fragile=True))) == ["fix"]


def test_suppliers_are_known_able_and_not_too_large():
    assert verdict(gates.supplier(ideas(supplier_id="S2"), SUPPLIERS)) == ["reject"]
    assert verdict(gates.supplier(ideas(expected_units_month=400), SUPPLIERS)) == ["fix"]
    small = gates.supplier(ideas(expected_units_month=10), SUPPLIERS)
    assert small.loc[0, "cost_usd"] == pytest.approx((100 - 60) * 8.0)


def test_the_funnel_loses_each_idea_once():
    many = pd.concat(
        [ideas(candidate_id="A"), ideas(candidate_id="B", materials="lead pigment", volume_cbm=0.2),
         ideas(candidate_id="C", supplier_id="S2")], ignore_index=True
    )  # fmt: skip
    table = gates.funnel(gates.run(many, SUPPLIERS, DAY)).set_index("gate")
    assert table["rejected"].sum() == 2
    assert table["entered"].tolist() == [3, 2, 2, 2, 2, 2]
    assert (table["entered"] == table[["passed", "to_fix", "rejected"]].sum(axis=1)).all()


def test_verdicts_add_costs_and_take_the_longest_delay():
    found = gates.run(ideas(certificates=None, fragile=True), SUPPLIERS, DAY)
    table = gates.verdicts(found)
    fixes = found[found["verdict"] == "fix"]
    assert table.loc[0, "cost_usd"] == pytest.approx(fixes["cost_usd"].sum())
    assert table.loc[0, "days"] == pytest.approx(fixes["days"].max())
    assert np.isfinite(table[["cost_low_usd", "cost_high_usd"]].to_numpy()).all()
