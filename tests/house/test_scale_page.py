"""docs/scale.md shows what the benchmark measured."""

import re

from crossborder.company.files import repository

from bench import scale_page

RESULTS = (repository() / "bench" / "RESULTS.md").read_text(encoding="utf-8")
PAGE = scale_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_written_from_the_results():
    assert scale_page.filled(PAGE, RESULTS) == PAGE


def test_another_measurement_would_change_it():
    other = re.sub(
        r"^(market\.monthly_sales .*) \d+\.\d\d( +\d+\.\d\d +\d+\.\d\d)$", r"\1 99.00\2", RESULTS, flags=re.M
    )
    assert other != RESULTS
    assert scale_page.filled(PAGE, other) != PAGE
