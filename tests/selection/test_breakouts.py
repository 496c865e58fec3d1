"""Planted changes of search interest are found, and chance is not."""

import numpy as np
import pandas as pd
from crossborder.selection import breakouts


def series(rng, jump=0.0, at=100, weeks=157):
    t = np.arange(weeks)
    noise = rng.normal(0, 0.05, weeks)
    for i in range(1, weeks):
        noise[i] += 0.4 * noise[i - 1]
    return 100 * np.exp(0.1 * t / 52 + 0.2 * np.cos(2 * np.pi * t / 52.18) + noise + np.log1p(jump) * (t >= at))


def panel(jumps, seed=5):
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2023-10-30", periods=157, freq="W-MON")
    parts = [pd.DataFrame({"week": weeks, "market": "US", "term": f"t{i}", "interest": series(rng, j)})
             for i, j in enumerate(jumps)]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_planted_breakouts_are_found_at_their_week():
    found = breakouts.breakouts(panel([0.5, 0.8] + [0.0] * 20), np.random.default_rng(1), draws=400)
    hits = found[found["found"]].set_index("term")
    assert {"t0", "t1"} <= set(hits.index)
    assert abs((hits.loc["t1", "week"] - pd.Timestamp("2025-09-29")).days) <= 14
    assert hits.loc["t1", "low"] < 0.8 < hits.loc["t1", "high"]


def test_series_without_change_raise_few_alarms():
    alarms = [breakouts.breakouts(panel([0.0] * 20, seed), np.random.default_rng(seed), draws=400)["found"].sum()
              for seed in range(5)]  # fmt: skip
    assert sum(alarms) <= 3
