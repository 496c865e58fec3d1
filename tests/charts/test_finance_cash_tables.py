"""Tables of 53: headers, formats, flags in words, nothing shown as not-a-number or infinity."""

import numpy as np
import pandas as pd
from crossborder.charts import finance_cash_tables


def shown(**columns) -> str:
    """The table as text, its thin spaces as plain ones."""
    return repr(finance_cash_tables.show(pd.DataFrame(columns), caption="What")).replace("\u2009", " ")


def test_money_and_shares_are_in_their_units():
    text = shown(open_usd=[12_500.0], dilution=[0.125])
    assert "12.5 k" in text and "12.5 %" in text
    assert "(USD)" in text


def test_flags_are_words_and_gaps_are_dashes():
    text = shown(within=[True, False], payback_years=[np.inf, 2.0], irr=[np.nan, 0.2])
    assert "yes" in text and "no" in text
    assert "inf" not in text and "nan" not in text.lower()


def test_columns_are_chosen_and_none_stays_none():
    frame = pd.DataFrame({"debt_usd": [1.0], "equity_usd": [2.0]})
    text = repr(finance_cash_tables.show(frame, "equity_usd"))
    assert "equity" in text.lower() and "debt" not in text.lower()
    assert finance_cash_tables.show(None) is None
