"""The company as a whole is what the repository holds, complete, small and consistent."""

import hashlib
from pathlib import Path

import pytest
from crossborder.company.tables import TABLES

COMMITTED = Path(__file__).resolve().parents[2] / "data" / "demo"


def _hashes(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "README.md"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_committed_company_is_a_fresh_generation(made):
    fresh, committed = _hashes(made[0]), _hashes(COMMITTED)
    assert sorted(fresh) == sorted(committed)
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def test_it_is_small_enough_to_be_committed():
    assert sum(p.stat().st_size for p in COMMITTED.rglob("*") if p.is_file()) < 15e6


def test_every_table_of_the_contract_is_there_and_has_the_size_asked_for(made):
    tables = made[1]
    assert set(tables) == set(TABLES)
    assert len(tables["products"]) == 120 and len(tables["suppliers"]) == 40 and len(tables["warehouses"]) == 12
    assert len(tables["orders"]) == pytest.approx(150_000, rel=0.1)
    assert len(tables["customers"]) == pytest.approx(60_000, rel=0.1)
    assert len(tables["touchpoints"]) == pytest.approx(300_000, rel=0.15)
    assert tables["experiments"]["experiment_id"].nunique() == 6


def test_references_between_tables_hold(made):
    tables = made[1]
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers_to and column.name in tables[name]:
                other, key = column.refers_to.split(".")
                assert tables[name][column.name].dropna().isin(tables[other][key]).all(), (name, column.name)
