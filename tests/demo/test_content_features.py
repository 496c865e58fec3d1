"""Features of content: related to the opinion, sometimes missing, drawn beside everything else."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import content_features, launch_tables


@pytest.fixture(scope="module")
def past():
    return launch_tables.launches(np.random.default_rng(5))[0]


def test_other_columns_do_not_move(past):
    """The stream of the features is spawned, so the launches' own draws stay what they were."""
    own = np.random.default_rng(5)
    frame = launch_tables._decided_ideas(own)
    assert set(past["price_usd"]) <= set(frame["price_usd"])
    assert past["hook_rate"].notna().any()


def test_shares_exist_where_pieces_were_counted(past):
    counted = past["units_90_days"].fillna(0) > 0
    assert (past["social_share_90_days"].notna() == counted).all()
    assert past["social_share_90_days"].dropna().between(0, 1).all()


def test_some_ideas_were_never_filmed(past):
    assert 0.2 < past["hook_rate"].isna().mean() < 0.5
    assert past["demo_seconds"].notna().all()


def test_a_better_hook_sells_more_in_social_shops():
    opinion = pd.Series(np.full(4000, 0.58))
    rows = pd.DataFrame({"content_fit": opinion, "market": "US", "price_usd": 28.0, "units_90_days": 200})
    made = content_features.social_share(rows, np.random.default_rng(1)).dropna(subset="hook_rate")
    assert made["hook_rate"].corr(made["social_share_90_days"]) > 0.2
    assert made["demo_seconds"].corr(made["social_share_90_days"]) < -0.1
