import pytest
from crossborder.company.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_has_unit_and_meaning_and_every_reference_exists(table):
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    for column in table.columns:
        assert column.unit and column.meaning
        if column.refers_to:
            other, target = column.refers_to.split(".")
            assert TABLES[other][target].kind == column.kind
    assert set(table.key) <= set(names)
    assert table.dated_by is None or table[table.dated_by].kind in ("date", "timestamp")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_money_names_its_currency(table):
    """An amount is in USD by its name, or its row has a currency."""
    names = {column.name for column in table.columns}
    for column in table.columns:
        if column.unit == "money in the row's currency":
            assert "currency" in names, f"{table.name}.{column.name}"


def test_describe_prints_every_column():
    assert list(TABLES["orders"].describe()["column"]) == [column.name for column in TABLES["orders"].columns]
