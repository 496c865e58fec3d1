"""The importers by name."""

import pytest
from crossborder.company.importers import registry
from crossborder.company.tables import TABLES
from crossborder.errors import InputError


@pytest.mark.parametrize("name", registry.names())
def test_an_importer_is_found_under_its_own_name(name):
    assert registry.importer(name).name == name


def test_every_table_names_an_importer_that_makes_it():
    wrong = {
        table.name: table.importer
        for table in TABLES.values()
        if table.importer not in registry.names() or table.name not in registry.importer(table.importer).tables
    }
    assert wrong == {}


def test_an_unknown_name_is_told_with_the_nearest_one():
    with pytest.raises(InputError, match="did you mean 'online-retail'"):
        registry.importer("online_retail")
