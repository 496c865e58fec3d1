"""What reviews, searches and offers say together: drivers, bundles, certificates, the brief."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.selection import voice

DAY = pd.Timestamp("2026-03-16")


def found(**columns) -> pd.DataFrame:
    known = {"market": "GB", "term": "canopies", "category": "outdoor", "week": DAY, "shape": "stays", "size": 1.0,
             "low": 0.9, "high": 1.1, "p_value": 0.001, "found": True}  # fmt: skip
    return pd.DataFrame([known | columns])


def keywords() -> pd.DataFrame:
    month = pd.to_datetime(["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"])
    rows = {"beach canopy": [100, 100, 100, 200, 200, 200], "garden": [100, 100, 100, 110, 110, 110],
            "rare": [1, 1, 1, 30, 30, 30]}  # fmt: skip
    parts = [pd.DataFrame({"month": month, "keyword": name, "volume": v}) for name, v in rows.items()]
    return pd.concat(parts, ignore_index=True).assign(market="GB", category="outdoor")


def test_the_driver_is_the_keyword_that_grew_most_and_is_not_rare():
    row = voice.drivers(found(), keywords()).iloc[0]
    assert (row["driver"], row["driver_growth"]) == ("beach canopy", pytest.approx(1.0))
    assert voice.drivers(found(), None).iloc[0]["driver"] == ""
    assert voice.drivers(found(market="US"), keywords()).iloc[0]["driver"] == ""


def paid() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "market": ["DE", "BR"],
            "attribute": "eco",
            "premium": [0.20, 0.01],
            "low": [0.15, -0.04],
            "high": [0.25, 0.06],
        }
    )


def test_a_certificate_is_weighed_by_market():
    table = voice.certificate(paid(), "eco", 30.0, 1.0, 2000.0, 1000)
    assert table["market"].tolist() == ["DE", "BR"], "the best first"
    assert table["profit_usd"].tolist() == pytest.approx([3000, -2700])
    assert table["units_needed"].iloc[0] == pytest.approx(400)
    assert pd.isna(table["units_needed"].iloc[1]), "no number of pieces pays a loss back"
    with pytest.raises(InputError, match="attribute 'smart' is not known"):
        voice.certificate(paid(), "smart", 30.0, 1.0, 2000.0, 1000)


def test_bundles_come_from_what_is_there():
    assert voice.bundles(None, None, None).empty
    weeks = pd.date_range("2024-01-01", periods=104, freq="W-MON")
    hot = [200.0 if i % 10 == 0 else 100.0 for i in range(104)]
    terms = pd.concat([pd.DataFrame({"week": weeks, "market": "US", "term": name, "interest": hot}) for name in "ab"])
    table = voice.bundles(None, None, terms, least=5)
    assert table[["in", "when", "then"]].to_numpy().tolist() == [["searches", "a", "b"]]
    assert table["confidence"].iloc[0] == pytest.approx(1.0)


def test_the_brief_says_what_is_sure_and_what_is_not():
    needs = pd.DataFrame({"market": ["DE", "BR"], "label": ["price", "delivery"]})
    words = pd.DataFrame({"market": ["DE", "BR"], "label": ["natural", "premium"], "z": [3.0, 1.0]})
    together = pd.DataFrame({"market": ["DE"], "need": ["health"], "scene": ["kitchen"], "reviews": [9]})
    table = voice.brief(needs, words, together, paid(), found(market="DE")).set_index("market")
    assert table.loc["DE"].tolist() == ["price", "natural", "health, kitchen", "eco (+20 %)", "canopies"]
    assert table.loc["BR"].tolist() == ["delivery", "nothing typical", "", "nothing sure", ""]


def test_without_a_truth_nothing_is_compared():
    assert voice.against_truth(None, pd.DataFrame(), pd.DataFrame(), None, None, None) is None
