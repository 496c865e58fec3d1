"""Tables of the selection: known columns get their header and format, flags become words."""

import pandas as pd
from crossborder.charts import selection_tables as tables


def plain(table) -> str:
    return repr(table).replace("\u2009", " ")


def test_headers_and_formats_come_from_one_place():
    frame = pd.DataFrame(
        {"candidate_id": ["C1"], "probability": [0.256], "value_usd": [12_345.0], "still_pays": [True]}
    )
    words = plain(tables.show(frame, caption="Ideas"))
    assert "Ideas" in words and "success" in words and "26 %" in words
    assert "12.3 k" in words and "value (USD)" in words
    assert "still pays" in words and "yes" in words


def test_only_the_columns_asked_for_are_shown_and_ends_go_behind():
    frame = pd.DataFrame({"premium": [0.2], "low": [0.1], "high": [0.3], "offers": [50]})
    words = plain(tables.show(frame, "premium", interval={"premium": ("low", "high")}))
    assert "20 % (10 % to 30 %)" in words
    assert "offers" not in words
