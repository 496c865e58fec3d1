"""Ratios: weights, zones, products, edges."""

import pytest
from crossborder.errors import InputError
from crossborder.finance import ratios

FIRM = {
    "working_capital": 20.0, "retained_earnings": 30.0, "operating_income": 15.0, "equity": 60.0, "sales": 150.0,
    "total_assets": 100.0, "total_liabilities": 40.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("version", "score"),
    [
        ("public manufacturer", 1.2 * 0.2 + 1.4 * 0.3 + 3.3 * 0.15 + 0.6 * 1.5 + 1.5),
        ("private firm", 0.717 * 0.2 + 0.847 * 0.3 + 3.107 * 0.15 + 0.42 * 1.5 + 0.998 * 1.5),
        ("non-manufacturer", 6.56 * 0.2 + 3.26 * 0.3 + 6.72 * 0.15 + 1.05 * 1.5),
        ("emerging market", 3.25 + 6.56 * 0.2 + 3.26 * 0.3 + 6.72 * 0.15 + 1.05 * 1.5),
    ],
)
def test_weights_of_each_version(version, score):
    found = ratios.altman_z(FIRM, version)
    assert found["score"] == pytest.approx(score)
    assert found["zone"] == "safe"


def test_zones_turn_at_their_limits():
    poor = FIRM | {"working_capital": -30.0, "retained_earnings": -40.0, "operating_income": -10.0, "sales": 100.0}
    assert ratios.altman_z(poor)["zone"] == "distress"
    grey = FIRM | {"retained_earnings": 0.0, "operating_income": 2.0, "sales": 100.0}
    assert ratios.altman_z(grey)["zone"] == "grey"
    with pytest.raises(InputError, match="version"):
        ratios.altman_z(FIRM, "bank")
    with pytest.raises(InputError, match="sales"):
        ratios.altman_z({k: v for k, v in FIRM.items() if k != "sales"})
    with pytest.raises(InputError, match="total_assets"):
        ratios.altman_z(FIRM | {"total_assets": 0.0})


def test_dupont_multiplies_to_the_return_on_equity():
    found = ratios.dupont(6.0, 8.0, 10.0, 120.0, 80.0, 40.0)
    factors = ["tax_burden", "interest_burden", "operating_margin", "asset_turnover", "equity_multiplier"]
    assert found[factors].prod() == pytest.approx(found["return_on_equity"]) == pytest.approx(6 / 40)
    with pytest.raises(InputError, match="equity"):
        ratios.dupont(6, 8, 10, 120, 80, 0)


def test_nothing_breaks_even_below_its_cost():
    with pytest.raises(InputError, match="variable cost"):
        ratios.break_even(100, 5, 6)
    with pytest.raises(InputError, match="tax_rate"):
        ratios.break_even(100, 7, 6, tax_rate=1.0)
    assert ratios.operating_leverage(50, 10) == 5
    with pytest.raises(InputError, match="operating_income"):
        ratios.operating_leverage(50, 0)
