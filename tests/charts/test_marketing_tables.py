"""Tables of notebooks 41 to 43: one header a column, intervals from the columns beside it."""

import pandas as pd
from crossborder.charts.marketing_tables import show


def test_intervals_headers_and_words():
    frame = pd.DataFrame(
        {"channel": ["search_brand"], "share": [0.21], "share_low": [0.2], "share_high": [0.22], "state": ["at high"]}
    )
    text = show(frame, caption="Credit")._repr_html_()
    assert "Share" in text and "search brand" in text
    assert "21.0" in text and "20.0" in text and "22.0" in text
    assert "share_low" not in text and "Share low" not in text


def test_chosen_columns_only_and_own_headers():
    frame = pd.DataFrame({"channel": ["ads"], "orders": [5], "spend_usd": [1000.0]})
    text = show(frame, "channel orders", headers={"orders": "Won"})._repr_html_()
    assert "Won" in text and "Spend" not in text


def test_truth_values_are_words():
    text = show(pd.DataFrame({"channel": ["a", "b"], "conflict": [True, False]}))._repr_html_()
    assert "yes" in text and "no" in text
