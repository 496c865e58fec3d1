import re
from typing import Annotated

import pandas as pd
import pytest
from crossborder.errors import InputError, MissingTable
from crossborder.reports import planning
from crossborder.reports.parameters.base import Request as Model
from crossborder.reports.planning import Folders, Request
from pydantic import Field

from tests.notebooks import throwaway

MARKETS = "markets: list[str] = []  # codes\nlevel: float = 0.9  # share"
DATA = 'data: str = "data/demo"  # folder\nscenario: str = "base"  # name'


@pytest.fixture
def there(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_one.ipynb", ["1"])
    throwaway.save(tmp_path / "notebooks" / "12_many.ipynb", ["1"], MARKETS)
    throwaway.save(tmp_path / "notebooks" / "31_data.ipynb", ["1"], DATA)
    return Folders(tmp_path / "notebooks", tmp_path / "reports", tmp_path / "cache")


def values(there, **asked):
    return {entry.notebook: entry.values for entry in planning.plan(Request(**asked), there)}


def test_each_notebook_takes_the_parameters_that_it_has(there):
    found = values(there, parameters={"level": "0.5"})
    assert found["11_one"]["level"] == found["12_many"]["level"] == 0.5
    assert "level" not in found["31_data"]


def test_one_market_is_the_only_one_of_a_notebook_about_several(there):
    found = values(there, parameters={"market": "US"})
    assert found["11_one"]["market"] == "US" and found["12_many"]["markets"] == ["US"]


def test_a_notebook_that_compares_markets_keeps_all_when_one_is_too_few(there, monkeypatch):
    class Compares(Model):
        """Compares at least two."""

        markets: Annotated[list[str], Field(min_length=2)] = Field(["DE", "US"])

    plain = planning.describe

    def described(path):
        entry = plain(path)
        return planning.replace(entry, model=Compares) if entry.notebook == "12_many" else entry

    monkeypatch.setattr(planning, "describe", described)
    found = values(there, parameters={"market": "US"})
    assert found["11_one"]["market"] == "US" and found["12_many"]["markets"] == ["DE", "US"]


def test_a_notebook_asked_for_by_name_refuses_what_it_does_not_have(there):
    with pytest.raises(InputError, match="parameter 'market' is not known: did you mean 'markets'"):
        values(there, notebooks=["12"], parameters={"market": "US"})


def test_what_no_notebook_has_is_one_line(there):
    with pytest.raises(InputError, match="'marktt' is not known") as wrong:
        values(there, parameters={"marktt": "US"})
    assert len(str(wrong.value).splitlines()) == 1


def test_only_what_differs_from_the_defaults_is_injected(there):
    entries = planning.plan(Request(parameters={"market": "US", "level": "0.9"}), there)
    assert entries[0].changed == {"market": "US"}


def test_the_key_depends_on_parameters_and_not_on_the_name_of_the_run(there):
    keys = lambda **asked: [entry.key for entry in planning.plan(Request(**asked), there)]  # noqa: E731
    assert keys() == keys(name="other")
    before, after = keys(), keys(parameters={"market": "US"})
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True]


def test_a_folder_without_notebooks_is_told(tmp_path):
    with pytest.raises(InputError, match="no notebooks in"):
        planning.plan(Request(), Folders(tmp_path, tmp_path, tmp_path))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_is_told(there, text):
    (there.notebooks / "99_broken.ipynb").write_text(text)
    with pytest.raises(InputError, match=r"99_broken.ipynb is not a notebook"):
        planning.plan(Request(), there)


def test_a_notebook_that_reads_others_comes_after_them_and_changes_with_them(there, monkeypatch):
    class Board(Model):
        """Reads what the others found."""

        after = ("*",)

    plain = planning.describe

    def described(path):
        entry = plain(path)
        return planning.replace(entry, model=Board, values={}) if entry.notebook == "31_data" else entry

    monkeypatch.setattr(planning, "describe", described)
    first = planning.plan(Request(), there)
    assert first[2].after == ("11_one", "12_many")
    other = planning.plan(Request(parameters={"market": "US"}), there)
    assert first[2].key != other[2].key


@pytest.fixture
def needs(there, tmp_path, monkeypatch):
    """A company with products alone, and a notebook that needs orders too."""
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "products.csv").write_text("sku\n1\n")
    (tmp_path / "company" / "company.yaml").write_text("as_of: 2026-10-31\nmarkets: [DE]\n")

    class Needs(Model):
        """Needs two tables."""

        needs = ("products", "orders")

    entry = planning.describe(there.notebooks / "31_data.ipynb")
    about = {"data": str(tmp_path / "company"), "scenario": "base"}
    return planning.replace(entry, model=Needs, values=about)


def test_a_missing_table_skips_a_notebook_among_all(needs):
    (checked,) = planning.check_tables([needs], asked_by_name=False)
    assert "table 'orders' is missing" in checked.missing and "orders.parquet or .csv" in checked.missing
    assert "crossborder import" in checked.missing


def test_a_missing_table_refuses_a_notebook_asked_for_by_name(needs):
    with pytest.raises(MissingTable, match="table 'orders' is missing"):
        planning.check_tables([needs], asked_by_name=True)


def test_a_column_that_nobody_filled_skips_a_notebook_too(needs, tmp_path):
    class Filled(needs.model):
        """Needs customers."""

        needs = ("orders",)
        needs_filled = ("orders.customer_id",)

    place = tmp_path / "company" / "orders.parquet"
    for customer, missing in ((None, True), ("c1", False)):
        orders = pd.DataFrame({"order_id": ["a"], "customer_id": pd.array([customer], "string")})
        orders.to_parquet(place, index=False)
        (checked,) = planning.check_tables([planning.replace(needs, model=Filled)], asked_by_name=False)
        assert ("'orders.customer_id' is missing" in checked.missing) is missing


def test_a_run_is_named_after_what_was_asked(there):
    entries = planning.plan(Request(notebooks=["11"]), there)
    name = lambda **asked: planning.run_name(entries, Request(**asked))  # noqa: E731
    assert name() == "base"
    assert name(parameters={"scenario": "freight_shock", "market": "DE"}) == "freight_shock-DE"
    assert name(parameters={"data": "../acme"}) == "base-data=acme"
    assert name(notebooks=["11"], parameters={"level": "0.5"}) == "11_one-level=0.5"
    assert re.fullmatch(r"[\w=.-]+", name(notebooks=["11"], parameters={"market": "a/../b c"}))
    with pytest.raises(InputError, match="name of the run"):
        name(name="a/b")
