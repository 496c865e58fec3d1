"""The command `crossborder import`."""

import json
from pathlib import Path

import pytest
from crossborder import reports
from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.reference import exchange
from crossborder.reports import importing
from crossborder.reports.cli import app
from typer.testing import CliRunner

LINES = str(Path(__file__).parents[1] / "company" / "importers" / "fixtures" / "online_retail.csv")


def call(*words):
    """The command's answer."""
    return CliRunner().invoke(app, ["import", *words])


def test_an_import_says_what_it_did(tmp_path):
    done = call("online-retail", LINES, "--to", str(tmp_path / "c"))
    assert done.exit_code == 0
    assert "17 rows in" in done.output
    assert done.output.strip().endswith("written: orders 4 rows")


def test_a_second_import_is_refused_with_status_1_and_told_as_json(tmp_path):
    call("online-retail", LINES, "--to", str(tmp_path / "c"))
    again = call("online-retail", LINES, "--to", str(tmp_path / "c"), "--json")
    assert again.exit_code == 1
    assert json.loads(again.output)["problems"][0]["rule"] == "the company already has this table"
    assert call("online-retail", LINES, "--to", str(tmp_path / "c"), "--replace").exit_code == 0


def test_a_dry_run_writes_nothing(tmp_path):
    done = call("online-retail", LINES, "--to", str(tmp_path / "c"), "--dry-run")
    assert done.exit_code == 0
    assert "what maps to what" in done.output
    assert not (tmp_path / "c").exists()


def test_sources_are_listed():
    assert "online-retail" in call("--list").output
    assert "makes orders" in importing.sources()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["online-retail", LINES], "import what, and where to"),
        (["online-retail", LINES, "--to", "x", "--append", "--replace"], "allowed: one of them"),
        (["shopfy", LINES, "--to", "x"], "importer 'shopfy' is not known"),
        (["online-retail", LINES, "--to", "x", "--country", "Atlantis"], "allowed: NAME=CODE"),
    ],
)
def test_wrong_words_are_told(words, says):
    with pytest.raises(InputError, match=says):
        raise call(*words).exception


LATE = """order_id,line,ordered_at,customer_id,market,platform,sku,quantity,unit_price,currency
o1,1,2027-03-01T10:00:00Z,c1,AR,own_store,A,1,100,ARS
"""


def test_rates_that_nobody_publishes_are_asked_for_and_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "_OWN", {})
    (tmp_path / "orders.csv").write_text(LATE, encoding="utf-8")
    columns = "".join(f"  {name}: {name}\n" for name in LATE.splitlines()[0].split(","))
    (tmp_path / "map.yaml").write_text(f"table: orders\ncolumns:\n{columns}", encoding="utf-8")
    words = ("generic", str(tmp_path / "orders.csv"), "--map", str(tmp_path / "map.yaml"), "--to")
    plain = call(*words, str(tmp_path / "plain"))
    assert "no exchange rate is published for ARS" in plain.output
    assert "amounts of later days take the last one" in plain.output
    told = call(*words, str(tmp_path / "told"), "--usd-rate", "ars=0.0007")
    assert "is published" not in told.output
    assert Company.open(tmp_path / "told").profile["usd_rates"] == {"ARS": "0.0007"}
    assert exchange.convert(1000, "ARS", "2026-01-02") == pytest.approx(0.7)
    note = reports.rates_at_hand(Company.open(tmp_path / "told"))
    assert "Exchange rates at hand end on" in note.text
    earlier = Company.open(tmp_path / "told", as_of="2026-10-01")
    monkeypatch.setattr(Company, "sales_currencies", ["ARS"])
    assert reports.rates_at_hand(earlier).text.startswith("ARS at the company's own rates")
    for wrong in ("ARS", "ARS=0", "ARS=low", "PESO=1"):
        refused = call(*words, str(tmp_path / "no"), "--usd-rate", wrong)
        assert isinstance(refused.exception, InputError) and "--usd-rate" in str(refused.exception)
