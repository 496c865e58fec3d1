"""What every importer promises: a mapping that speaks of its own columns and of columns of the contract."""

import pytest
from crossborder.company.importers import registry
from crossborder.company.importers.interface import Field, Source
from crossborder.company.importers.reading import header_key
from crossborder.company.tables import TABLES


@pytest.mark.parametrize("name", registry.names())
def test_the_mapping_speaks_of_columns_that_exist(name):
    importer = registry.importer(name)
    fields = {field.name for field in importer.fields}
    for rule in importer.mapping:
        named = {part.strip() for part in rule.source.split(",") if part.strip()}
        # Reports of one family share their rules; not each has every column.
        assert named & fields or not named, rule
        assert rule.how
        if rule.target:
            table, _, column = rule.target.partition(".")
            assert table in importer.tables
            assert column in {one.name for one in TABLES[table].columns}


@pytest.mark.parametrize("name", registry.names())
def test_every_column_that_is_read_stands_in_the_mapping(name):
    importer = registry.importer(name)
    spoken = {part.strip() for rule in importer.mapping for part in rule.source.split(",")}
    assert {field.name for field in importer.fields} - spoken == set()


@pytest.mark.parametrize("name", registry.names())
def test_needed_columns_of_the_contract_are_filled(name):
    importer = registry.importer(name)
    filled = {rule.target for rule in importer.mapping}
    needed = {f"{t}.{c.name}" for t in importer.tables for c in TABLES[t].columns if c.required and not c.nullable}
    assert needed - filled == set() if importer.fields else True


@pytest.mark.parametrize("name", registry.names())
def test_no_header_belongs_to_two_columns(name):
    firsts = [
        header_key(header) for field in registry.importer(name).fields for header in set(map(header_key, field.headers))
    ]
    assert len(firsts) == len(set(firsts))


def test_a_source_knows_which_fields_it_has(tmp_path):
    source = Source(tmp_path / "a.csv", "t", ("Name",), {"name": "Name"}, 1, {})
    assert (source.name, source.has("name"), source.has("price")) == ("a.csv", True, False)
    assert Field("name", ("Name",)).needed is False
