import json

import numpy as np
import pandas as pd
import pytest
from crossborder import reports, style
from crossborder.errors import InputError
from crossborder.reports import recorded
from crossborder.reports.recorded import MIME, Result

NAME = "supply.landed_cost.median_usd"


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch):
    monkeypatch.setattr(style, "SHOWN", {})


@pytest.mark.parametrize("name", ["landed_cost", "Supply.cost.usd", "supply.cost", "weather.cost.usd", "supply..usd"])
def test_a_name_is_area_thing_measure(name):
    with pytest.raises(InputError, match=r"area\.thing\.measure"):
        Result(name, 1.0)


def test_a_name_may_have_a_fourth_part():
    assert Result("marketing.attribution.error_vs_truth.markov", 0.1).value == 0.1


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"value": float("nan")}, "finite"),
        ({"value": np.inf}, "finite"),
        ({"value": "12"}, "a number"),
        ({"value": True}, "a number"),
        ({"value": None}, "None only with a note"),
        ({"value": 1.0, "low": 0.5}, "both ends or neither"),
        ({"value": 1.0, "low": 2.0, "high": 1.0, "level": 0.9}, "low at most high"),
        ({"value": 1.0, "low": 0.5, "high": 1.5}, "level"),
        ({"value": 1.0, "low": 0.5, "high": 1.5, "level": 90}, "below 1"),
    ],
)
def test_a_result_that_means_nothing_is_refused(wrong, told):
    with pytest.raises(InputError, match=told):
        Result(NAME, **wrong)


def test_numpy_numbers_become_plain_ones():
    result = Result(NAME, np.float64(2.5), low=np.float32(1), high=np.int64(4), level=0.9)
    assert json.loads(json.dumps(recorded.asdict(result)))["high"] == 4
    assert type(result.value) is float


def test_a_name_used_twice_is_refused():
    with pytest.raises(InputError, match="each name once"):
        reports.record([Result(NAME, 1.0), Result(NAME, 2.0)])


@pytest.mark.parametrize("tables, files", [({"../x": 1}, {}), ({}, {"../x.csv": b""}), ({}, {"run.sh": b""})])
def test_a_name_that_is_a_path_is_refused(tables, files):
    with pytest.raises(InputError, match="name of a"):
        reports.record([], tables=tables, files=files)


def test_a_record_shows_a_table_and_carries_the_numbers():
    made = reports.record([Result(NAME, 11.84, low=10.5, high=13.0, level=0.9, unit="USD", note="<b>")])
    shown = made._repr_mimebundle_()
    assert shown[MIME]["results"][0] == {
        "name": NAME, "value": 11.84, "low": 10.5, "high": 13.0, "level": 0.9, "unit": "USD", "note": "<b>",
        "label": "",
    }  # fmt: skip
    assert "&lt;b&gt;" in shown["text/html"] and "<b>" not in shown["text/html"]
    assert "Landed cost: median usd" in shown["text/plain"]


def test_outside_a_run_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("CROSSBORDER_OUT", raising=False)
    monkeypatch.chdir(tmp_path)
    reports.record([Result(NAME, 1.0)], tables={"t": pd.DataFrame({"a": [1]})})
    assert list(tmp_path.iterdir()) == []


def test_inside_a_run_tables_and_files_are_stored(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSBORDER_OUT", str(tmp_path / "out"))
    reports.record([Result(NAME, 1.0)], tables={"t": pd.DataFrame({"a": [1]})}, files={"model.xlsx": b"x"})
    stored = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert stored == {"tables/t.csv", "tables/t.parquet", "tables/all.xlsx", "model.xlsx", "record.json"}


class _Company:
    def has(self, table):
        return table == "orders"


def test_a_missing_table_is_one_line_and_a_present_one_nothing():
    assert reports.missing(_Company(), "orders", adds="sales") is None
    note = reports.missing(_Company(), "reviews", adds="what buyers praise")
    assert note._repr_markdown_() == "*Not shown: table `reviews` is absent; it would add what buyers praise.*"


def test_results_come_from_executed_notebooks(tmp_path):
    data = {MIME: {"results": [{"name": NAME, "value": 2.0, "low": None, "high": None, "level": None}]}}
    cell = {"cell_type": "code", "source": [], "outputs": [{"output_type": "execute_result", "data": data}]}
    (tmp_path / "31_cost.ipynb").write_text(json.dumps({"cells": [cell]}))
    found = reports.results(tmp_path)
    assert found.loc[0, ["notebook", "name", "value"]].tolist() == ["31_cost", NAME, 2.0]
    assert found["low"].isna().all()


def test_results_inside_a_run_are_those_of_the_run(tmp_path, monkeypatch):
    stored = {"notebooks": {"31_cost": {"results": {NAME: {"value": 3.0, "unit": "USD"}}}}}
    (tmp_path / "results.json").write_text(json.dumps(stored))
    monkeypatch.setenv("CROSSBORDER_RESULTS", str(tmp_path / "results.json"))
    assert reports.results()["value"].tolist() == [3.0]


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (0.1234, "share", "12.3\u2009%"),
        (1_234_567, "USD", "USD\u20091.2\u2009m"),
        (12.34, "days", "12.3 days"),
        (3, "pieces", "3 pieces"),
        (None, "days", "–"),
    ],
)
def test_a_value_is_shown_in_its_unit(value, unit, text):
    assert recorded.shown(value, unit) == text


def test_what_a_figure_draws_is_stored_unless_a_table_of_its_name_is(tmp_path, monkeypatch):
    from crossborder import style

    fig, ax = style.figure()
    ax.plot([1, 2], [3, 4])
    monkeypatch.setenv(recorded.OUT, str(tmp_path))
    reports.record([], tables={"sizes": pd.DataFrame({"a": [1]})}, figures={"sizes": fig, "path": fig})
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["path.csv"]
    assert pd.read_csv(tmp_path / "figures" / "path.csv")["y"].tolist() == [3.0, 4.0]


def test_a_figure_that_was_shown_and_not_recorded_leaves_what_it_draws(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSSBORDER_OUT", str(tmp_path))
    figures = {}
    for name in ("named", "forgotten"):
        figures[name], ax = style.figure()
        ax.plot([1, 2], [3, 4])
        style.finish(figures[name], title=f"The {name} one rises")._repr_mimebundle_()
    made = reports.record([Result(NAME, 1.0)], figures={"named": figures["named"]})
    stored = json.loads((tmp_path / "record.json").read_text())
    assert [one["name"] for one in stored["figures"]] == ["named", "figure_1"]
    assert stored["figures"][1]["alt"] == figures["forgotten"].alt
    assert len(pd.read_csv(tmp_path / "figures" / "figure_1.csv")) == 2
    # What the notebook itself says of its record is what was asked for.
    assert [one["name"] for one in made.as_data()["figures"]] == ["named"]


class _Emptied(_Company):
    def table(self, name):
        return pd.DataFrame()

    def has(self, table):
        return True


def test_a_table_without_rows_is_told_like_a_missing_one():
    note = reports.missing(_Emptied(), "platforms", adds="what an order leaves")
    assert note.text == "Not shown: table `platforms` has no rows; it would add what an order leaves."
