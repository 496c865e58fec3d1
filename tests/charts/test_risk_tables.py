"""Tables of the risk notebooks: headers, formats, intervals."""

import pandas as pd
from crossborder import language
from crossborder.charts import risk_tables


def test_known_columns_have_headers_and_formats():
    frame = pd.DataFrame({"model": ["ewma_fhs"], "kupiec_p": [0.12345], "share_not_green": [0.25], "hits": [3]})
    shown = repr(risk_tables.show(frame))
    assert "Kupiec p" in shown
    assert "0.123" in shown
    assert "25" in shown
    assert "EWMA, filtered history" in shown


def test_endings_give_units():
    shown = repr(risk_tables.show(pd.DataFrame({"cost_usd": [12_345.0], "gain_share": [0.5], "lead_days": [3.0]})))
    assert "cost (USD)" in shown
    assert "12.3" in shown
    assert "lead (days)" in shown


def test_chosen_columns_keep_their_interval():
    frame = pd.DataFrame({"name": ["a"], "recall": [0.5], "low": [0.4], "high": [0.6], "other": [1]})
    shown = repr(risk_tables.show(frame, "name recall", interval={"recall": ("low", "high")}))
    assert "other" not in shown
    assert language.t("{low} to {high}", low=1, high=2)
    assert "40" in shown
    assert "60" in shown


def test_every_format_exists():
    from crossborder.style import FORMATS

    assert {fmt for _, fmt in risk_tables.COLUMNS.values()} <= set(FORMATS)
