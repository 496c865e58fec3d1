"""The board page shows recorded results and nothing else."""

import html
import json
import re

import pandas as pd
import pytest
from crossborder import plan, reports
from crossborder.company.files import repository

RESULTS = pd.DataFrame(
    [
        ("12_market_growth", "market.entry.p_first", 0.4, None, None, None, "share", "ID", ""),
        ("12_market_growth", "market.entry.chosen_p_first", 0.14, None, None, None, "share", "SA", ""),
        ("52_financial_model", "finance.plan.value_usd", 5.0e6, 1.0e6, 8.0e6, 0.9, "USD", "enterprise value", ""),
        ("21_selection_scoring", "selection.picks.value_usd", 9e4, 1e4, 2e5, 0.9, "USD", "lamp, US; bowl, DE", ""),
        ("51_x", "finance.order.other", 1.0, None, None, None, "USD", "", ""),
    ],
    columns=["notebook", "name", "value", "low", "high", "level", "unit", "note", "label"],
).astype({"low": float, "high": float, "level": float})


def test_a_decision_shows_its_result_and_one_without_says_why():
    cards = plan.decisions(RESULTS, reports.shown).set_index("name")
    assert cards.loc["finance.plan.value_usd", "number"] == 5.0e6
    assert "in 90% of cases" in cards.loc["finance.plan.value_usd", "interval"]
    assert cards.loc["finance.plan.value_usd", "sure"] == "wide"
    assert cards.loc["market.entry.p_first", "answer"].startswith("Indonesia, the best with")
    assert cards.loc["market.entry.chosen_p_first", "answer"].startswith("Saudi Arabia, the best of all with")
    assert cards.loc["selection.picks.value_usd", "what"] == "launch lamp, US; bowl, DE"
    assert cards.loc["finance.plan.value_usd", "what"] == ""
    assert cards.loc["market.entry.p_first", "sure"] == "odds", "a probability has no interval of its own"
    assert cards.loc["finance.price.gain_usd", "status"] == "no number recorded"
    assert cards.loc["marketing.budget.gain_week_usd", "status"] == "notebook 42 did not run"


CARD = re.compile(
    r'<strong class="answer"[^>]*>(?P<answer>.*?)</strong>(?:<small class="interval"[^>]*>(?P<interval>.*?)</small>)?'
    r"(?:(?!<code>).)*<code>(?P<notebook>\d\d) (?P<name>[a-z0-9_.]+)</code>"
)


def contradictions_on(page: dict, recorded: pd.DataFrame) -> list[str]:
    """Cards of a board page whose number or interval is not that of the recorded result they name."""
    shown = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in page["cells"]
        for output in cell.get("outputs", [])
    )
    known = recorded.assign(place=recorded["notebook"].str[:2] + " " + recorded["name"]).set_index("place")
    cards, wrong = list(CARD.finditer(shown)), []
    for card in cards:
        row = known.loc[f"{card['notebook']} {card['name']}"]
        unit = "" if row["unit"] in ("ratio", "markets") else row["unit"]
        said = html.unescape(card["answer"])
        ends = [reports.shown(row[end], unit) for end in ("low", "high")] if pd.notna(row["low"]) else []
        interval = html.unescape(card["interval"] or "")
        if reports.shown(row["value"], unit) not in said or not all(end in interval for end in ends):
            wrong.append(card["name"])
    assert len(cards) >= 20, "the page shows its cards"
    return wrong


def test_every_number_of_the_committed_board_page_is_the_recorded_result_that_it_names():
    page = json.loads((repository() / "notebooks" / "71_board_report.ipynb").read_text(encoding="utf-8"))
    recorded = reports.results()
    assert contradictions_on(page, recorded) == []
    for column, name in {"value": "finance.plan.value_usd", "low": "selection.picks.value_usd"}.items():
        other = recorded.copy()
        other.loc[other["name"] == name, column] *= 1.5
        assert contradictions_on(page, other) == [name], "a page that is out of date is seen"


def test_results_that_moved_most_against_their_uncertainty_come_first():
    before = RESULTS.assign(value=[0.4, 0.14, 4.0e6, 9e4, 1.0])
    moved = plan.changed_since(RESULTS, before)
    assert moved["name"].tolist() == ["finance.plan.value_usd"]
    assert moved["change"].iloc[0] == pytest.approx(1.0e6)


def test_a_check_beyond_its_range_is_due():
    frame = RESULTS.head(1).assign(name="selection.success.calibration_slope", value=2.0)
    due = plan.recalibration(frame)
    assert due["due"].tolist() == [True]
    assert plan.recalibration(frame.assign(value=1.0))["due"].tolist() == [False]
