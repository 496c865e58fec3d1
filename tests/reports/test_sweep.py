import pytest
from crossborder.errors import InputError
from crossborder.reports.planning import Folders, Request
from crossborder.reports.sweep import sweep

from tests.notebooks import throwaway

PARAMETERS = 'market: str = "DE"  # code\nscenario: str = "base"  # name'
RECORD = """\
from crossborder import reports
reports.record([reports.Result('market.size.letters', ord(market[0]), unit='letters')])"""


def folders(place):
    return Folders(place / "notebooks", place / "reports", place / "cache")


def test_every_market_gets_its_report_and_a_place_in_the_matrix(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_size.ipynb", [RECORD], PARAMETERS)
    names = []
    page, ended = sweep(Request(), ["DE", "US"], ["base"], folders(tmp_path), begins=names.append)
    assert names == ["base-DE", "base-US"] and not any(one.failed for one in ended)
    text = page.read_text()
    for market, letters in (("DE", 68), ("US", 85)):
        assert f'href="base-{market}/index.html"' in text and f"{letters} letters" in text
        assert (tmp_path / "reports" / f"base-{market}" / "index.html").is_file()


def test_a_combination_that_is_not_allowed_stops_all_before_the_first_run(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_size.ipynb", ["1"], PARAMETERS)
    with pytest.raises(InputError, match="scenario=end_of_world"):
        sweep(Request(), ["DE"], ["base", "end_of_world"], folders(tmp_path))
    assert not (tmp_path / "reports").exists()
