import pandas as pd
import pytest
from crossborder.company import scenarios
from crossborder.errors import InputError

LANES = pd.DataFrame({"mode": ["sea", "air"], "cost_per_kg": [1.0, 4.0]})


def scenario(tmp_path, text):
    path = tmp_path / "trial.yaml"
    path.write_text("title: Trial\nchanges:\n" + text, encoding="utf-8")
    return scenarios.read(path)


@pytest.mark.parametrize(
    ("action", "expected"), [("multiply: 3", [3.0, 4.0]), ("add: 1.5", [2.5, 4.0]), ("replace: 9.0", [9.0, 4.0])]
)
def test_a_change_touches_only_its_rows(tmp_path, action, expected):
    trial = scenario(tmp_path, f"  - {{table: lanes, column: cost_per_kg, where: {{mode: sea}}, {action}}}\n")
    before = LANES.copy()
    assert list(trial.apply(LANES, "lanes")["cost_per_kg"]) == expected
    pd.testing.assert_frame_equal(LANES, before)


def test_an_assumption_changes_in_all_three_values(tmp_path):
    frame = pd.DataFrame({"name": ["a.b.c"], "low": [1.0], "base": [2.0], "high": [4.0]})
    trial = scenario(tmp_path, "  - {assumption: a.b.c, multiply: 2}\n")
    assert trial.apply(frame, "assumptions").iloc[0, 1:].tolist() == [2.0, 4.0, 8.0]


def test_base_changes_nothing():
    pd.testing.assert_frame_equal(scenarios.load("base").apply(LANES, "lanes"), LANES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  - {table: lanes, column: cost_per_kg, where: {mode: ship}, add: 1}\n", "rows of 'lanes'"),
        ("  - {table: lanes, column: cost_per_km, add: 1}\n", "did you mean 'cost_per_kg'"),
        ("  - {table: lanes, column: cost_per_kg, where: {model: sea}, add: 1}\n", "did you mean 'mode'"),
        ("  - {table: lanes, column: cost_per_kg, add: 1, multiply: 2}\n", "exactly one of"),
        ("  - {table: lanes, column: cost_per_kg, add: much}\n", "a number"),
        ("  - {table: lanes, add: 1}\n", "a table with a column"),
    ],
)
def test_a_change_that_cannot_be_applied_is_told(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        scenario(tmp_path, text).apply(LANES, "lanes")


def test_an_unknown_scenario_names_the_known_ones():
    with pytest.raises(InputError, match="scenario 'nothing_like_it' is not known"):
        scenarios.load("nothing_like_it")
