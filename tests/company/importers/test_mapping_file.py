"""The small YAML file of a user's mapping."""

import pytest
from crossborder.company.importers.interface import Options
from crossborder.company.importers.mapping_file import read_mapping
from crossborder.errors import InputError


def mapping(tmp_path, text, **said):
    """The mapping in a text."""
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, Options(**said))


def test_what_is_written_stays_what_was_written(tmp_path):
    text = "table: orders\ncolumns:\n  sku: {constant: 007}\n  order_id: 1e3\n  market: {column: Land, values: {no: NO, on: DE}}\n"
    mapped = mapping(tmp_path, text)
    sku, order, market = mapped.columns
    assert (sku.constant, order.header, market.values) == ("007", "1e3", {"no": "NO", "on": "DE"})


def test_the_command_line_goes_before_the_file(tmp_path):
    text = "table: orders\ncurrency: EUR\ndecimal: ','\ntime_zone: Europe/Berlin\ncountries: {Ort: DE}\ncolumns: {sku: A}\n"
    options = mapping(tmp_path, text, currency="USD", countries={"Town": "US"}).options
    assert (options.currency, options.decimal, options.time_zone) == ("USD", ",", "Europe/Berlin")
    assert options.countries == {"Ort": "DE", "Town": "US"}


def test_rows_to_leave_out_are_read(tmp_path):
    text = "table: orders\ncolumns: {sku: A}\nleave_out:\n- {column: S, values: [x, y]}\n- {column: Q, at_most: 0}\n- {column: C, empty: true}\n"
    rules = mapping(tmp_path, text).leave_out
    assert [(rule.header, rule.values, rule.at_most, rule.empty) for rule in rules] == [
        ("S", ("x", "y"), "", False), ("Q", (), "0", False), ("C", (), "", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("table: orders\n", "maps no columns"),
        ("table: order\ncolumns: {sku: A}\n", "did you mean 'orders'"),
        ("table: orders\ncolumns: {skus: A}\n", "did you mean 'sku'"),
        ("table: orders\ncolumns: {sku: A}\ncolour: red\n", "word 'colour' is not known"),
        ("table: orders\ncolumns: {sku: {colum: A}}\n", "a header, or `column:` or `constant:`"),
        ("table: orders\ncolumns: {sku: {column: A, how: B}}\n", "word of sku 'how' is not known"),
        ("table: orders\ncolumns: {tax: {column: A, divide: zero}}\n", "divide of tax is 'zero'"),
        ("table: orders\ncolumns: {sku: A}\ndecimal: ';'\n", "decimal is ';'"),
        ("table: orders\ncolumns: {sku: A}\ndate_order: dym\n", "date_order is 'dym'"),
        ("table: orders\ncolumns: {sku: A}\nleave_out: [x]\n", "leave_out is 'x'"),
        ("table: orders\ncolumns: {sku: A\n", "is not YAML"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        mapping(tmp_path, text)


def test_a_mapping_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"--map nothing\.yaml"):
        read_mapping(tmp_path / "nothing.yaml", Options())
