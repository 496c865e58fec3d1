"""Headers of the date range report."""

from crossborder.company.importers.amazon_date_range_columns import AMOUNTS, FIELDS
from crossborder.company.importers.reading import match_fields

from tests.company.importers.test_amazon_date_range import HEADERS


def test_every_language_has_the_amounts_that_matter():
    needed = {"moment", "type", "order_id", "sku", "pieces", "marketplace", "sales", "shipping", "rebates", "selling_fees",
              "fba_fees", "other_fees", "other", "total", "settlement", "description"}  # fmt: skip
    missing = {place: needed - set(match_fields(header.split(";"), FIELDS)) for place, header in HEADERS.items()}
    assert missing == {place: set() for place in HEADERS}


def test_amounts_are_fields():
    assert set(AMOUNTS) < {field.name for field in FIELDS}
