"""Organic ranks and live sessions, by hand."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import engagement, keywords


def test_shares_of_terms_and_of_searches_in_the_top_ten():
    terms = pd.DataFrame(
        {"market": ["DE"] * 4 + ["US"], "volume": [400, 300, 200, 100, 50], "rank": [3, 12, np.nan, 8, np.nan]}
    )
    found = keywords.coverage(terms).loc["DE"]
    assert found[["ranked_share", "top10_share", "top10_volume_share"]].tolist() == pytest.approx([0.75, 0.5, 0.5])
    assert found["top10_low"] < 0.5 < found["top10_high"]
    assert keywords.coverage(terms).loc["US", "top10_share"] == 0


def test_what_a_session_leaves_and_how_many_buy():
    streams = pd.DataFrame(
        {
            "host_tier": ["mid", "mid", "top"],
            "sales_usd": [100.0, 300.0, 50.0],
            "cost_usd": [40.0, 60.0, 90.0],
            "viewers": [1000, 3000, 500],
            "completion": 0.3,
            "orders": [10, 30, 1],
        }
    )
    found = engagement.stream_efficiency(streams, margin_share=0.5, rng=np.random.default_rng(1))
    assert found.index.tolist() == ["mid", "top"]
    assert found.loc["mid", ["net_usd", "orders_per_1000", "sales_over_cost"]].tolist() == pytest.approx([50, 10, 4])
    assert found.loc["mid", "net_low"] <= 50 <= found.loc["mid", "net_high"]
