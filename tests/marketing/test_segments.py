"""RFM scores, ties, clusters."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import segments

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {"recency_days": RNG.integers(1, 400, 500), "orders": RNG.geometric(0.6, 500), "value_usd": RNG.gamma(2, 30, 500)}
)


@pytest.mark.parametrize("ties", ["rank", "quantile", "rfm"])
def test_scores_go_from_one_to_five_and_follow_the_values(ties):
    scores = segments.rfm_scores(FRAME, ties=ties)
    assert scores.min().min() >= 1 and scores.max().max() <= 5
    assert np.corrcoef(scores["r"], FRAME["recency_days"])[0, 1] < -0.9
    assert np.corrcoef(scores["m"], FRAME["value_usd"].rank())[0, 1] > 0.9


def test_equal_values_share_a_score():
    scores = segments.rfm_scores(FRAME)
    assert scores["f"].groupby(FRAME["orders"]).nunique().max() == 1


def test_every_customer_has_a_segment_with_an_action():
    names = segments.segments(segments.rfm_scores(FRAME))
    assert set(names) <= set(segments.ACTIONS)
    table = segments.segment_table(FRAME, names)
    assert table["customers"].sum() == 500
    assert table["value_share"].sum() == pytest.approx(1)


def test_clusters_find_groups_that_are_apart():
    far = pd.DataFrame(
        {"recency_days": [5] * 50 + [500] * 50, "orders": [20] * 50 + [1] * 50, "value_usd": [900.0] * 50 + [9.0] * 50}
    )
    far["value_usd"] += np.arange(100) * 0.01
    found = segments.clusters(far, 2)
    assert found["cluster"].to_list() == [0] * 50 + [1] * 50
    assert found.attrs["silhouette"] > 0.9
