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


WRITTEN = pd.DataFrame(
    {
        "market": ["NO", "SE"],
        "code": ["007", "7"],
        "state": ["on", "off"],
        "size": ["1e3", "1000"],
        "cost": [1.0, 2.0],
        "pieces": [1000, 7],
        "open": [True, False],
        "day": pd.to_datetime(["2026-10-31", "2026-11-01"]),
    }
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("market: NO", [0]),
        ("market: [NO, SE]", [0, 1]),
        ("code: 007", [0]),
        ("code: 7", [1]),
        ("state: on", [0]),
        ("state: off", [1]),
        ("size: 1e3", [0]),
        ("size: 1000", [1]),
        ("pieces: 1e3", [0]),
        ("pieces: 007", [1]),
        ("open: true", [0]),
        ("day: 2026-10-31", [0]),
    ],
)
def test_a_value_is_what_was_written_and_takes_the_type_of_its_column(tmp_path, where, rows):
    trial = scenario(tmp_path, f"  - {{table: t, where: {{{where}}}, column: cost, add: 1e1}}\n")
    changed = trial.apply(WRITTEN, "t")["cost"] - WRITTEN["cost"]
    assert changed[changed == 10].index.tolist() == rows and set(changed) <= {0.0, 10.0}


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ("column: market, replace: on", "market", "on"),
        ("column: code, replace: 010", "code", "010"),
        ("column: cost, replace: 1e3", "cost", 1000.0),
        ("column: open, replace: false", "open", False),
    ],
)
def test_a_replacement_keeps_the_type_of_its_column(tmp_path, change, column, expected):
    found = scenario(tmp_path, f"  - {{table: t, {change}}}\n").apply(WRITTEN, "t")
    assert set(found[column]) == {expected} and found[column].dtype == WRITTEN[column].dtype


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  - {table: t, where: {pieces: many}, column: cost, add: 1}\n", "a number"),
        ("  - {table: t, where: {open: yes}, column: cost, add: 1}\n", "true or false"),
        ("  - {table: t, where: {day: yesterday}, column: cost, add: 1}\n", "a day such as"),
        ("  - {table: t, column: cost, replace: dear}\n", "a number"),
        ("  - {table: t, column: cost, add: 1_000}\n", "a number"),
        ("  - freight\n", "an assumption, or a table"),
        ("  - {table: t, column\n", "YAML"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        scenario(tmp_path, text).apply(WRITTEN, "t")


def test_a_file_that_is_only_a_word_is_refused(tmp_path):
    (tmp_path / "word.yaml").write_text("freight", encoding="utf-8")
    with pytest.raises(InputError, match="title, description, source, changes"):
        scenarios.read(tmp_path / "word.yaml")


def test_every_scenario_of_the_project_is_read():
    for name in scenarios.available():
        found = scenarios.load(name)
        assert found.title and (name == "base" or found.changes)
