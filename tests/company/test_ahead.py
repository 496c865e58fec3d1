"""Rows dated after the day on which the data were taken."""

import pandas as pd
from crossborder.company import checks

CARD = "name: Small\nhome: CN\ncurrency: USD\nas_of: 2025-03-31\nmarkets: [US]\n"


def _company(folder, survey_day: str, session_day: str) -> None:
    (folder / "company.yaml").write_text(CARD)
    customers = {"customer_id": ["C1"], "market": ["US"], "first_seen_on": ["2025-01-01"], "member": [False]}
    customers |= {"acquisition_channel": [""], "member_since": [""]}
    pd.DataFrame(customers).to_csv(folder / "customers.csv", index=False)
    surveys = {"customer_id": ["C1", "C1"], "date": ["2025-03-31", survey_day], "market": "US", "score": [9, 3]}
    pd.DataFrame(surveys).to_csv(folder / "surveys.csv", index=False)
    sessions = {"date": ["2025-03-30", session_day], "market": "US", "platform": "own_store"}
    counts = dict.fromkeys(("visits", "product_views", "carts", "checkouts", "orders"), 5)
    pd.DataFrame(sessions | counts).to_csv(folder / "sessions.csv", index=False)


def test_late_rows_are_told_for_frames_and_events(tmp_path):
    _company(tmp_path, "2025-04-02", "2025-05-01")
    report = checks.check(tmp_path)
    notes = {p.table: p for p in report.problems if "after the company's as_of" in p.rule}
    assert set(notes) == {"surveys", "sessions"}
    assert notes["surveys"].rows == (3,) and notes["surveys"].count == 1
    assert notes["sessions"].rows == (3,) and "2025-05-01" in notes["sessions"].values[0]
    assert "2025-03-31" in notes["surveys"].rule
    assert report.errors == []


def test_the_last_day_itself_counts(tmp_path):
    _company(tmp_path, "2025-03-30", "2025-03-31")
    assert checks.check(tmp_path).problems == ()
