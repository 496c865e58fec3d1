import subprocess
import sys

import crossborder
import pytest
from crossborder import language
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.reports import overview
from crossborder.reports.parameters import base

DEFAULTS = {name: field.default for name, field in base.registry()["62_fx_risk"].model_fields.items()}


@pytest.fixture
def company():
    return Company.open(repository() / "data" / "demo", scenario="freight_shock")


def test_tables_read_so_far_have_rows_and_days_and_others_wait(company, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    company.table("purchases"), company.events("orders")
    shown = overview.overview({"company": company, **DEFAULTS}).parts
    assert [part.caption.split(" of ")[0] for part in shown] == ["Tables", "Scenarios", "Parameters"]
    tables = shown[0].frame.set_index("table")
    assert tables.loc["purchases", "rows"].replace("\u2009", "") == str(len(company.table("purchases")))
    assert tables.loc["orders", "last_day"] == str(company.as_of.date())
    assert tables.loc["reviews", "rows"] == "" and set(tables.index) == set(company.tables)


def test_the_scenario_in_use_and_a_changed_parameter_stand_out(company, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shown = overview.overview({"company": company, **DEFAULTS, "home": "USD"}).parts
    scenarios, parameters = shown[1], shown[2]
    assert scenarios.frame.loc[list(scenarios.bold), "scenario"].tolist() == ["freight_shock"]
    assert parameters.frame.loc[list(parameters.bold), "parameter"].tolist() == ["home"]
    assert parameters.frame.set_index("parameter").loc["level", "allowed"]
    assert "62_fx_risk" in parameters.caption


def test_the_server_names_the_notebook(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/notebooks/41_attribution.ipynb")
    assert "41_attribution" in overview.overview({}).parts[-1].caption


def test_without_a_notebook_the_scenarios_remain(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert [part.caption for part in overview.overview({}).parts] == ["Scenarios"]
    assert "freight_shock" in repr(overview.overview({})) and "<table" in overview.overview({})._repr_html_()


def test_show_is_there_for_every_cell_and_speaks_the_language(company, monkeypatch):
    monkeypatch.setattr(overview, "_variables", lambda: {"company": company})
    assert "Tables of" in repr(crossborder.show())
    with language.using("zh"):
        assert "<table" in crossborder.show()._repr_html_()


def test_a_plain_import_stays_light():
    code = (
        "import sys, crossborder; print([n for n in ('pandas', 'matplotlib', 'ibis', 'pydantic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
