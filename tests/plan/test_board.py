"""The board page shows recorded results and nothing else."""

import json

import pandas as pd
import pytest
from crossborder import plan, reports
from crossborder.company.files import repository

RESULTS = pd.DataFrame(
    [
        ("12_market_growth", "market.entry.p_first", 0.4, None, None, None, "share", "ID", ""),
        ("52_financial_model", "finance.plan.value_usd", 5.0e6, 1.0e6, 8.0e6, 0.9, "USD", "enterprise value", ""),
        ("51_x", "finance.order.other", 1.0, None, None, None, "USD", "", ""),
    ],
    columns=["notebook", "name", "value", "low", "high", "level", "unit", "note", "label"],
).astype({"low": float, "high": float, "level": float})


def test_a_decision_shows_its_result_and_one_without_says_why():
    cards = plan.decisions(RESULTS, reports.shown).set_index("name")
    assert cards.loc["finance.plan.value_usd", "number"] == 5.0e6
    assert "in 90% of cases" in cards.loc["finance.plan.value_usd", "interval"]
    assert cards.loc["market.entry.p_first", "value"].startswith("ID, with")
    assert cards.loc["finance.price.gain_usd", "status"] == "no number recorded"
    assert cards.loc["marketing.budget", "status"] == "notebook 42 did not run"


def test_every_number_of_the_committed_board_page_is_the_recorded_result_that_it_names():
    recorded = reports.results()
    by_name = recorded.drop_duplicates("name").set_index("name")["value"]
    cards = plan.decisions(recorded, reports.shown)
    answered = cards[cards["status"] == "ok"]
    assert len(answered) >= 15
    for row in answered.itertuples():
        assert by_name[row.name] == pytest.approx(row.number)
    page = json.loads((repository() / "notebooks" / "71_board_report.ipynb").read_text(encoding="utf-8"))
    shown = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in page["cells"]
        for output in cell.get("outputs", [])
    )
    for value in answered["value"]:
        assert value.split(", with ")[-1] in shown, value


def test_results_that_moved_most_against_their_uncertainty_come_first():
    before = RESULTS.assign(value=[0.4, 4.0e6, 1.0])
    moved = plan.changed_since(RESULTS, before)
    assert moved["name"].tolist() == ["finance.plan.value_usd"]
    assert moved["change"].iloc[0] == pytest.approx(1.0e6)


def test_a_check_beyond_its_range_is_due():
    frame = RESULTS.head(1).assign(name="selection.success.calibration_slope", value=2.0)
    due = plan.recalibration(frame)
    assert due["due"].tolist() == [True]
    assert plan.recalibration(frame.assign(value=1.0))["due"].tolist() == [False]
