"""The report of an import."""

import json

import pandas as pd
import pytest
from crossborder.company.importers import account
from crossborder.company.importers.interface import Imported
from crossborder.company.problems import Problem

LINES = (
    "SELECT * FROM (VALUES ('a', 1, 'kept', false, 'EUR', 10.001), ('a', 1, 'kept', false, 'USD', 5.0),"
    " ('a', 1, 'lost', true, 'EUR', 0.5), ('a', 2, 'lost', true, 'EUR', 0.25))"
    " t(file_, part_, fate, left_out, currency, net)"
)


def made(amount):
    """What an importer made of the lines, with `amount` euros in its table."""
    table = f"SELECT * FROM (VALUES ('EUR', {amount}), ('USD', 5.0)) t(currency, unit_price)"
    return Imported({"orders": table}, LINES, {"net": {"orders": "unit_price"}})


def report(desk, amount, problems=()):
    """A report of the lines."""
    files = pd.DataFrame({"file": ["a"], "rows": [3], "settings": ["kind text"]})
    mapping = pd.DataFrame(
        [("Price", "orders.unit_price", "as written", "2.5", True)],
        columns=["source", "target", "how", "example", "found"],
    )
    tables = pd.DataFrame([("orders", 2, 0)], columns=["table", "rows", "rows_already_there"])
    found = made(amount)
    return account.Report(
        "test", files, mapping, {"a": ("Spare",)}, account.fates(desk, found), account.sums(desk, found), tables, problems, dry_run=True
    )  # fmt: skip


def test_a_balanced_report_is_accepted_and_says_so(desk):
    found = report(desk, 10.001)
    assert found.balanced
    assert found.accepted
    assert list(found.sums["difference"]) == [0, 0]
    text = str(found)
    assert "net EUR: 10.751 before = 10.001 in the tables + 0.750 left out" in text
    assert "Price -> orders.unit_price: as written; such as '2.5'" in text
    assert "a: not used: Spare" in text


@pytest.mark.parametrize("amount", [10.01, 9.99])
def test_a_cent_that_is_missing_stops_the_import(desk, amount):
    found = report(desk, amount)
    assert not found.accepted
    assert "DIFFERENCE" in str(found)
    assert str(found).endswith("nothing written: the sums do not agree")


def test_a_part_of_a_line_counts_no_second_line(desk):
    assert account.fates(desk, made(1)).set_index("fate")["rows"].to_dict() == {"kept": 2, "lost": 1}


def test_the_report_is_plain_data(desk):
    problem = Problem.of("a", "", "Price", "is not a number", "write one", [2], ["x"])
    data = json.loads(json.dumps(report(desk, 10.001, (problem,)).as_data()))
    assert (data["accepted"], data["balanced"], data["rows_in"]) == (False, True, 3)
    assert data["problems"][0]["values"] == ["x"]
    assert data["sums"][0]["before"] == 10.751
