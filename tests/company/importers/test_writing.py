"""Tables into a company's folder: aside, checked, merged, moved."""

import pandas as pd
import pytest
import yaml
from crossborder.company.importers import writing
from crossborder.errors import InputError

ROW = "SELECT 'a{n}' AS order_id, 1 AS line, TIMESTAMPTZ '2026-01-0{n} 10:00:00+00' AS ordered_at, 'NO' AS market, 's' AS sku, {pieces} AS quantity, 2.5 AS unit_price, 'NOK' AS currency"


def rows(*numbers, pieces=1):
    """A query of one order a number."""
    return " UNION ALL ".join(ROW.format(n=n, pieces=pieces) for n in numbers)


def put(desk, target, query, mode="", profile=None):
    """Stage and move in one table of orders, unless there are problems."""
    with writing.aside(target) as folder:
        staged = writing.stage(desk, {"orders": query}, folder, target, mode, profile or {})
        if not desk.problems:
            writing.move_in(folder, target)
    return staged


def test_a_new_company_gets_its_facts(desk, tmp_path):
    put(desk, tmp_path / "new", rows(1, 2), profile={"home": "DE"})
    facts = yaml.safe_load((tmp_path / "new" / "company.yaml").read_text())
    assert facts == {"name": "new", "home": "DE", "currency": "USD", "as_of": "2026-01-02", "markets": ["NO"]}
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_table_that_is_there_is_kept_unless_told(desk, tmp_path):
    put(desk, tmp_path / "c", rows(1))
    put(desk, tmp_path / "c", rows(2))
    assert [problem.rule for problem in desk.problems] == ["the company already has this table"]
    desk.problems.clear()
    put(desk, tmp_path / "c", rows(2), "replace")
    assert list(pd.read_parquet(tmp_path / "c" / "orders.parquet")["order_id"]) == ["a2"]


@pytest.mark.parametrize("as_csv", [False, True])
def test_rows_are_added_and_those_that_are_there_left_out(desk, tmp_path, as_csv):
    put(desk, tmp_path / "c", rows(1, 2))
    if as_csv:
        pd.read_parquet(tmp_path / "c" / "orders.parquet").to_csv(tmp_path / "c" / "orders.csv", index=False)
        (tmp_path / "c" / "orders.parquet").unlink()
    [staged] = put(desk, tmp_path / "c", rows(2, 3), "append")
    assert (staged.rows, staged.already_there) == (2, 1)
    assert sorted(pd.read_parquet(tmp_path / "c" / "orders.parquet")["order_id"]) == ["a1", "a2", "a3"]
    assert not (tmp_path / "c" / "orders.csv").exists()
    assert yaml.safe_load((tmp_path / "c" / "company.yaml").read_text())["as_of"] == "2026-01-03"


def test_a_key_with_other_contents_is_told_and_nothing_changes(desk, tmp_path):
    put(desk, tmp_path / "c", rows(1))
    put(desk, tmp_path / "c", rows(1, pieces=5), "append")
    assert [(p.rule, p.values) for p in desk.problems if "other contents" in p.rule] == [
        ("key (order_id, line) is already there with other contents", ("a1 / 1",))
    ]
    assert list(pd.read_parquet(tmp_path / "c" / "orders.parquet")["quantity"]) == [1]


def test_rows_that_break_the_contract_are_problems(desk, tmp_path):
    put(desk, tmp_path / "c", rows(1, pieces=0))
    assert [problem.rule for problem in desk.problems] == ["is below 1"]
    assert not (tmp_path / "c").exists()


def test_what_lies_aside_is_gone_after_an_error(tmp_path):
    with pytest.raises(InputError, match="stop"), writing.aside(tmp_path / "c") as folder:
        (folder / "orders.parquet").touch()
        raise InputError("stop")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_mode_is_told(desk, tmp_path):
    with pytest.raises(InputError, match="mode 'merge' is not known"):
        put(desk, tmp_path / "c", rows(1), "merge")
