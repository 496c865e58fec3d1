"""What further tables unlock comes from the models and the notebooks, not from a list by hand."""

import shutil

import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.company.tables import TABLES
from crossborder.reports import unlocks
from crossborder.reports.parameters import base

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def orders_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orders_only")
    shutil.copy(DEMO / "orders.parquet", folder)
    return Company.open(folder)


def test_a_company_with_every_table_lacks_nothing():
    company = Company.open(DEMO)
    assert unlocks(company)["table"].isin(company.tables).sum() == 0


def test_every_table_that_a_notebook_asks_for_is_listed_once(orders_only):
    wanted = unlocks(orders_only)
    asked = {name for model in base.registry().values() if not model.after for name in (*model.needs, *model.uses)}
    waiting = asked - {"orders"}
    assert wanted["table"].is_unique
    # A table that is only of use to notebooks that do not run yet is told once they do.
    assert set(wanted["table"]) <= waiting
    assert {name for model in base.registry().values() if not model.after for name in model.needs} - {"orders"} <= set(
        wanted["table"]
    )


def test_a_table_that_opens_a_notebook_names_its_question_and_its_importer(orders_only):
    row = unlocks(orders_only).set_index("table").loc["touchpoints"]
    assert "Which marketing deserves the credit" in row["questions"] and "(41)" in row["questions"]
    assert row["importer"] == TABLES["touchpoints"].importer


def test_sections_say_what_their_own_line_says(orders_only):
    row = unlocks(orders_only).set_index("table").loc["emails"]
    assert row["sections"] == "the best number of e-mails a week (43)"
