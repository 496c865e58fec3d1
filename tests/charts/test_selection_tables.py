"""Tables of the selection: known columns get their header and format, flags become words."""

import numpy as np
import pandas as pd
from crossborder.charts import selection_tables as tables
from crossborder.selection import content_fit


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


def model_of(weights):
    names = list(content_fit.content_features().index)
    empty = pd.Series(dtype=float)
    return content_fit.ShareModel(empty, np.zeros((0, 0)), empty, empty, 0.5, 80, pd.Series(weights, index=names))


def held(rank, low, saved):
    rows = {"error_saved": [saved, low / 2, 0.5], "rank_correlation": [rank, low, 0.6], "inside": [0.9, 0.8, 0.95]}
    return pd.DataFrame(rows, index=["value", "low", "high"]).T


def test_the_words_on_videos_say_whether_the_score_held():
    model = model_of([0.1, 0.2, 0.5, 0.1, 0.1])
    assert "assumed" in tables.video_words(None, None).text
    assert "untested" in tables.video_words(model, None).text
    good = tables.video_words(model, held(0.4, 0.2, 0.3)).text
    assert "rank correlation of **0.40**" in good and "hook (50" in good
    assert "did **not** foretell" in tables.video_words(model, held(0.1, -0.1, 0.01)).text
