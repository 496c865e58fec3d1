import pandas as pd
import pytest
from crossborder import plan, reports
from crossborder.charts import board

RESULTS = pd.DataFrame(
    [
        ("12_market_growth", "market.entry.p_first", 0.4, None, None, None, "share", "ID"),
        ("52_financial_model", "finance.plan.value_usd", 5.0e6, 1.0e6, 8.0e6, 0.9, "USD", "enterprise <value>"),
    ],
    columns=["notebook", "name", "value", "low", "high", "level", "unit", "note"],
).astype({"low": float, "high": float, "level": float})
SCENARIOS = pd.DataFrame(
    {"scenario": ["base", "bad"], "title": ["Base", "All at once"], "enterprise_value": [5.0e6, 2.0e6]}
)
CHECKS = pd.DataFrame({"due": [True, False]})


@pytest.fixture(scope="module")
def cards() -> pd.DataFrame:
    return plan.decisions(RESULTS, reports.shown)


def test_a_card_shows_answer_interval_width_and_the_name_of_its_result(cards):
    page = board.decision_cards(cards)._repr_html_()
    interval = f"{reports.shown(1e6, 'USD')} to {reports.shown(8e6, 'USD')} in 90% of cases"
    for said in (
        f"Indonesia, the best with probability {reports.shown(0.4, 'share')}",
        interval,
        "wide: beyond a half",
    ):
        assert said in page
    assert "52 finance.plan.value_usd" in page
    assert page.count('class="card"') == 2 and page.count("card absent") == len(cards) - 2
    assert "<value>" not in page, "text of the data is escaped"


def test_a_card_tells_what_the_number_was_before(cards):
    before = RESULTS.assign(value=[0.4, 4.0e6])
    changed = plan.decisions(RESULTS, reports.shown, before).set_index("name")["changed"]
    assert changed["market.entry.p_first"] == "" and "in the last run" in changed["finance.plan.value_usd"]
    new = plan.decisions(RESULTS, reports.shown, RESULTS.head(1)).set_index("name")["changed"]
    assert new["finance.plan.value_usd"] == "new since the last run"


def test_a_sentence_without_its_numbers_is_left_out(cards):
    said = repr(board.summary(cards, SCENARIOS, CHECKS))
    assert "Worst scenario: All at once" in said and "1 of 2 checks of models hold" in said
    assert "Enter:" not in said, "its market size was not recorded"


def test_the_committed_results_fill_every_sentence():
    recorded = reports.results()
    said = board.summary(plan.decisions(recorded, reports.shown), SCENARIOS, plan.recalibration(recorded)).text
    assert [said.count(f"**{word}") for word in ("Enter", "Sell", "Bring", "Win", "Earn", "Break", "How sure")] == [
        1
    ] * 7


def test_a_first_run_and_an_unmoved_one_say_so_in_a_line():
    none = plan.changed_since(RESULTS, RESULTS)
    assert "first run" in repr(board.what_changed(none, "", ""))
    assert "Nothing moved since the run base of 2026-10-31 08:00" in repr(
        board.what_changed(none, "base", "2026-10-31T08:00:00Z")
    )
    moved = plan.changed_since(RESULTS, RESULTS.assign(value=[0.4, 4.0e6]))
    assert "finance.plan.value_usd" in repr(board.what_changed(moved, "base", "2026-10-31T08:00:00Z"))


def test_the_page_says_why_a_card_and_the_base_scenario_differ(cards):
    path = SCENARIOS.assign(ebitda_year=[6.0e5, 2.0e5], cash_low=[4.0e5, 3.0e5])
    assert repr(board.path_and_middle(cards, path)).endswith("without chance.")
    names = ["finance.plan.ebitda_usd", "finance.cash.low_usd"]
    more = RESULTS.iloc[[1, 1]].assign(name=names, value=[5.5e5, 3.9e5])
    said = repr(board.path_and_middle(plan.decisions(pd.concat([RESULTS, more]), reports.shown), path))
    for amount in (5.5e5, 6.0e5, 3.9e5, 4.0e5):
        assert reports.shown(amount, "USD") in said
