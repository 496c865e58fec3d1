"""Past launches of a few simulated worlds, predicted out of time; a few hundred plain reviews."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import launch_tables
from crossborder.selection import launch_success

SEEDS = range(4)


@pytest.fixture(scope="session")
def worlds():
    made = [launch_tables.launches(np.random.default_rng(700 + seed))[0] for seed in SEEDS]
    return [(past, launch_success.out_of_time(past)) for past in made]


@pytest.fixture(scope="session")
def plain_reviews():
    rng = np.random.default_rng(1)
    good = ["great quality", "love it, works", "fast delivery", "fair price", "easy to use"]
    bad = ["poor quality", "broke after a week", "slow delivery", "not worth the price", "hard to use"]
    rows = []
    for i in range(600):
        fine = rng.uniform() < 0.6
        words = rng.choice(good if fine else bad, 2, replace=False)
        rows.append((f"V{i}", "US" if i % 2 else "GB", "en", (5 if fine else 1), ". ".join(words), "2026-03-01"))
    frame = pd.DataFrame(rows, columns=["review_id", "market", "language", "rating", "text", "date"])
    return frame.assign(date=pd.to_datetime(frame["date"]))
