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
