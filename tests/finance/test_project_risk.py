import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.project_risk import horizon_test, project_matrix, project_table, simulate_projects


def project(**changed) -> pd.DataFrame:
    row = {
        "project_id": "P1", "name": "one", "stage": "growth", "kind": "supply", "market": "US", "capital_usd": 100.0,
        "yearly_cash_low_usd": 60.0, "yearly_cash_base_usd": 60.0, "yearly_cash_high_usd": 60.0, "years": 4,
        "success_probability": 0.5, "gates": 2,
    }  # fmt: skip
    return pd.DataFrame([{**row, **changed}])


def draws(table: pd.DataFrame, rate: float = 0.1, **changed):
    return simulate_projects(table, rate, paths=20_000, rng=np.random.default_rng(4), **changed)


def test_staged_value_equals_the_decision_tree():
    """Two tranches of 40 and 60, a gate of one half between them, certain cash of 60 in years 2 to 5, at 10 %."""
    cash = 60 * sum(1.1**-year for year in (2, 3, 4, 5))
    tree = -40 + 0.5 * (cash - 60 * 1.1**-0.5)
    found = draws(project())
    assert found.staged.mean() == pytest.approx(tree, abs=4 * found.staged.std() / np.sqrt(20_000))
    assert found.at_once.mean() == pytest.approx(0.5 * cash - 100, abs=1.5)


def test_a_certain_project_is_worth_its_present_value():
    found = draws(project(success_probability=1.0, gates=1))
    np.testing.assert_allclose(found.staged, 60 * sum(1.1**-year for year in (2, 3, 4, 5)) - 100)


def test_the_option_to_stop_is_never_worth_less_than_nothing():
    wide = project(yearly_cash_low_usd=-40.0, yearly_cash_high_usd=160.0, gates=3, success_probability=0.7)
    table = project_table(wide, draws(wide)).iloc[0]
    assert table["option_usd"] > 3 * table["error_usd"]
    blind = draws(wide, learned=0.0).staged.mean()
    assert draws(wide, learned=1.0).staged.mean() > blind


def test_projects_of_one_kind_move_together():
    pair = pd.concat([project(), project(project_id="P2"), project(project_id="P3", kind="people")], ignore_index=True)
    pair = pair.assign(yearly_cash_low_usd=0.0, yearly_cash_high_usd=120.0, success_probability=1.0, gates=1)
    corr = np.corrcoef(draws(pair, common=0.2, shared_by_kind=0.3).staged.T)
    assert corr[0, 1] == pytest.approx(0.5, abs=0.03)
    assert corr[0, 2] == pytest.approx(0.2, abs=0.03)


def test_the_matrix_adds_up_and_horizons_grow():
    table = project_table(project(), draws(project()))
    assert project_matrix(table)["npv_usd"].sum() == pytest.approx(table["npv_usd"].sum())
    row = horizon_test(project(), 0.1, as_of="2026-10-31").iloc[0]
    assert row["npv_3_usd"] < row["npv_5_usd"] == row["npv_8_usd"]
    assert row["roots"] == 1
    at_irr = horizon_test(project(), row["irr"], as_of="2026-10-31").iloc[0]
    assert at_irr["npv_8_usd"] == pytest.approx(0, abs=1e-6)


def test_a_project_that_never_pays_back_says_so():
    row = horizon_test(project(capital_usd=1000.0), 0.1, as_of="2026-10-31").iloc[0]
    assert row["payback_years"] == np.inf


def test_bad_input():
    with pytest.raises(InputError, match="low <= base <= high"):
        draws(project(yearly_cash_low_usd=99.0))
    with pytest.raises(InputError, match="success_probability"):
        draws(project(success_probability=1.2))
    with pytest.raises(InputError, match="release of 2"):
        draws(project(), release={2: (0.5, 0.6)})
    with pytest.raises(Refusal, match="no projects"):
        draws(project().iloc[:0])
    with pytest.raises(InputError, match="gates"):
        draws(project().drop(columns="gates"))
