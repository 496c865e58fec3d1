import json

import pytest
from crossborder.company.tables import TABLES
from crossborder.errors import InputError
from crossborder.reports import checking


def test_one_table_is_described_to_the_last_column():
    text = checking.described("products", as_json=False)
    assert text.startswith("products: one row is")
    assert len(text.splitlines()) == 1 + len(TABLES["products"].columns)


def test_all_tables_are_a_line_each_and_the_same_in_json():
    assert len(checking.described("", as_json=False).splitlines()) == len(TABLES)
    assert [table["name"] for table in json.loads(checking.described("", as_json=True))] == list(TABLES)


def test_an_unknown_table_is_refused():
    with pytest.raises(InputError, match="did you mean 'orders'"):
        checking.described("ordres", as_json=False)


def test_a_clean_company_is_clean_in_both_forms(tmp_path):
    (tmp_path / "market_sales.csv").write_text(",".join(c.name for c in TABLES["market_sales"].columns) + "\n")
    text, clean = checking.checked(str(tmp_path), as_json=False)
    assert clean, text
    assert json.loads(checking.checked(str(tmp_path), as_json=True)[0])["problems"][0]["rule"] == "has no rows"
