"""Amazon's settlement report."""

from pathlib import Path

import pandas as pd
import pytest
from crossborder.company import Company, checks

FIXTURE = Path(__file__).parent / "fixtures" / "amazon_settlement_de.txt"


def test_amounts_find_their_account_and_sum_to_the_deposit(bring):
    report, folder = bring("amazon-settlement", FIXTURE)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    ledger = Company.open(folder).table("ledger")
    assert ledger["amount"].sum() == pytest.approx(1008.27)
    assert ledger.groupby("account")["amount"].sum().round(2).to_dict() == {
        "sales payout": 1203.9, "sales tax": 0.0, "platform fees": -180.36, "last mile": -3.5, "refunds": -11.9,
        "advertising": -25.0, "warehousing": -12.37, "write-off": 37.5,
    }  # fmt: skip
    assert set(ledger["date"]) == {pd.Timestamp("2026-02-16")}
    assert set(ledger["market"]) == {"DE"}
    assert ledger["usd_rate"].between(0.9, 1.5).all()
    assert (ledger["amount_usd"] - ledger["amount"] * ledger["usd_rate"]).abs().max() < 1e-9
    assert report.fates.set_index("fate")["rows"].to_dict() == {"ledger entry": 12, "summary row of the settlement": 1}


def test_a_settlement_that_was_cut_is_told(bring, tmp_path):
    path = tmp_path / "cut.txt"
    path.write_text("\n".join(FIXTURE.read_text().splitlines()[:-1]) + "\n")
    report, folder = bring("amazon-settlement", path)
    [problem] = report.problems
    assert problem.rule == "settlement's rows do not sum to its total"
    assert "total 1008.270000, rows 970.770000" in problem.values[0]
    assert not folder.exists()


def test_a_settlement_in_two_files_counts_once(bring, tmp_path):
    again = tmp_path / "again.txt"
    again.write_text(FIXTURE.read_text())
    report, folder = bring("amazon-settlement", FIXTURE, again)
    assert report.accepted, str(report)
    assert len(Company.open(folder).table("ledger")) == 12


V1 = FIXTURE.with_name("amazon_settlement_v1.txt")


def test_flat_file_v1_gives_an_entry_for_each_amount_side_by_side(bring):
    report, folder = bring("amazon-settlement", V1)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    ledger = Company.open(folder).table("ledger")
    assert len(ledger) == 11 and ledger["entry_id"].is_unique
    assert ledger["amount"].sum() == pytest.approx(66.25)
    first = ledger[ledger["document"] == "112-1"]
    assert first.groupby("account")["amount"].sum().to_dict() == {
        "sales payout": 90.0, "platform fees": -15.0, "sales tax": 8.0, "last mile": -6.5,
    }  # fmt: skip
    assert ledger.set_index("account").loc["warehousing", "amount"] == -2.01
    assert set(ledger["currency"]) == {"USD"} and set(ledger["date"]) == {pd.Timestamp("2026-03-16")}
    assert report.rows_in == 8 and int(report.fates["rows"].sum()) == 8


def test_both_flat_files_of_two_settlements_come_in_together(bring):
    report, folder = bring("amazon-settlement", FIXTURE, V1)
    assert report.accepted, str(report)
    assert len(Company.open(folder).table("ledger")) == 12 + 11
