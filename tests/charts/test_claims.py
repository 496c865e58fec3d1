import pandas as pd
from crossborder.charts import claims as charts
from crossborder.reference import evidence


def test_titles_count_what_is_shown():
    graded = evidence.grades()
    usable = int((graded["grade"] <= "B").sum())
    assert charts.evidence_grades(graded).title_text.startswith(f"{usable} of 681 published figures")
    assert "chance would give 4" in charts.round_numbers(graded, evidence.digit_clustering(graded)).title_text


def test_claims_within_a_tenth_are_counted():
    table = pd.DataFrame(
        {
            "lever": ["a", "b"],
            "claimed": [1.0, 1.0],
            "own": [1.05, 3.0],
            "own_low": [0.9, None],
            "own_high": [1.2, None],
            "ratio": [1.05, 3.0],
        }
    ).astype({"own_low": float, "own_high": float})
    assert charts.claims_beside_own(table).title_text.startswith("1 of 2 claims")
