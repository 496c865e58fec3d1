import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.reference import evidence
from crossborder.reference.claims import claims


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return evidence.contradictions().set_index("contradiction_id")


@pytest.mark.parametrize(
    ("name", "printed", "tolerance"),
    [
        ("K01", 3.9, 0.05),
        ("K02", 0.664, 0.0005),
        ("K05", 0.635, 0.0005),
        ("K06", 0.34, 0.005),
        ("K14", -0.35, 0.0005),
        ("K15", 64.3, 0.05),
        ("K16", 112, 0.5),
        ("K17", 334, 0.5),
        ("K22", 1.79, 0.01),
        ("K23", 4.32, 0.005),
        ("K29", -0.196, 0.0005),
        ("K37", 0.90, 1e-9),
        ("K42", 0.277, 0.0005),
        ("K55", 1.03, 1e-9),
        ("K56", -0.10, 1e-9),
        ("K70", 0.73 - 0.35, 0.005),
        ("K43", 25 / 12, 1e-9),
        ("K48", 0.07, 1e-9),
        ("K48b", 0.64, 1e-9),
        ("K62", 24, 0.5),
        ("K72", 22.5, 1e-9),
        ("K73", 4, 1e-9),
        ("K76", 0.45, 0.02),
    ],
)
def test_the_arithmetic_of_a_contradiction(found, name, printed, tolerance):
    """The same sums done by hand from the claims as they are printed."""
    assert found.loc[name, "value"] == pytest.approx(printed, abs=tolerance)
    assert found.loc[name, "breaks"]


def test_every_severity_a_contradiction_is_there_and_every_reading_is_filled(found):
    wanted = {f"K{number:02d}" for number in (1, 2, 3, 6, 7, 14, 15, 16, 18, 21, 22, 23, 33, 37, 38, 40)}
    wanted |= {f"K{number}" for number in (47, 53, 55, 56, 58, 59, 68)}
    assert wanted <= set(found.index[found["severity"] == "A"])
    assert not found["reading"].str.contains("{", regex=False).any()


def test_every_severity_b_contradiction_is_there(found):
    numbers = (5, 9, 10, 11, 12, 13, 17, 19, 20, 24, 25, 26, 28, 29, 34, 36, 39, 41, 42, 43, 44, 45, 46, 48, 49, 50, 51)
    numbers += (57, 60, 61, 62, 63, 64, 65, 67, 70, 71, 72, 73, 75, 76, 77)
    wanted = {f"K{number:02d}" for number in numbers}
    assert wanted <= set(found.index[found["severity"] == "B"])
    assert found["breaks"].all()


def test_a_corrected_claim_ends_its_contradiction():
    table = claims()
    table.loc[table["claim_id"] == "C001-104", ["value_low", "value_high"]] = 4.0
    assert not evidence.contradictions(table).set_index("contradiction_id").loc["K37", "breaks"]


def test_a_reading_shows_the_value_of_a_formula_and_not_the_formula(found):
    assert found.loc["K01", "reading"].endswith("from 2025 the rate is 38% a year")
    assert found.loc["K14", "reading"] == "sold as a rise, it is a fall of 35%"
    assert not found["reading"].str.contains(r"[0-9]/[0-9]|-[0-9.]+%", regex=True).drop("K56").any()


def test_formulas_are_arithmetic_and_nothing_else():
    for formula in ("__import__('os')", "a.b", "[1][0]", "ln(a)(1)", "b + 1"):
        with pytest.raises(InputError, match=r"(?s)formula is .*allowed: arithmetic"):
            evidence.arithmetic(formula, {"a": 1.0})


def test_effects_and_single_firms_are_never_better_than_d():
    graded = evidence.grades()
    assert len(graded) == 681
    assert set(graded.loc[graded["kind"].isin(["anecdote", "uplift"]), "grade"]) <= {"D", "E"}
    assert graded["reason"].notna().all()


def test_claimed_changes_cluster_on_round_values_and_measured_ones_would_not():
    table = evidence.digit_clustering()
    assert table["p_value"].iloc[0] < 1e-20
    spread = claims()
    rows = spread["unit"].eq("fraction") & spread["metric"].str.contains("relative_change", regex=False)
    spread.loc[rows, "value_low"] = spread.loc[rows, "value_high"] = [
        (7 * i % 100 + 1) / 100 for i in range(rows.sum())
    ]
    assert evidence.digit_clustering(spread)["p_value"].iloc[0] > 0.05


def test_a_claim_is_set_beside_the_recorded_result_and_missing_ones_are_left_out():
    results = pd.DataFrame({"name": ["company.kpi.return_rate"], "value": [0.2], "low": [0.18], "high": [0.36]})
    table = evidence.tested(results)
    assert table["claim_id"].tolist() == ["C000-052"]
    assert table.loc[0, "verdict"] == "claim inside our interval"
    assert table.loc[0, "ratio"] == pytest.approx(0.2 / 0.35)


def test_a_lever_may_need_several_results():
    names = ["finance.price.gain_usd", "company.kpi.orders_year", "company.kpi.order_value_usd"]
    results = pd.DataFrame({"name": names, "value": [600.0, 100.0, 60.0], "low": [300.0] * 3, "high": [900.0] * 3})
    row = evidence.tested(results).set_index("claim_id").loc["C000-105"]
    assert (row["own"], row["own_low"], row["own_high"]) == pytest.approx((0.1, 0.05, 0.15))
    assert "C000-105" not in set(evidence.tested(results.head(1))["claim_id"])


def test_a_claimed_cut_is_compared_by_its_size():
    results = pd.DataFrame(
        {"name": ["market.portfolio.volatility_change"], "value": [-0.05], "low": [-0.1], "high": [0.1]}
    )
    assert evidence.tested(results)["verdict"].tolist() == ["claim above ours"]
    mine = results.assign(value=-0.5, low=-0.6, high=-0.4)
    assert evidence.tested(mine)["verdict"].tolist() == ["claim below ours"]
