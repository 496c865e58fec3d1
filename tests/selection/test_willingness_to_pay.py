"""Premiums of attributes and the break-even of a certificate."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import willingness_to_pay as paying


def offers(seed=2, premium=0.2):
    rng = np.random.default_rng(seed)
    n = 1200
    frame = pd.DataFrame(
        {
            "market": rng.choice(["US", "DE", "JP", "BR"], n),
            "niche": rng.choice(list("abc"), n),
            "seller_id": rng.integers(0, 200, n).astype(str),
            "rating": rng.normal(4.2, 0.3, n),
        }
    )
    frame["eco"], frame["smart"] = rng.uniform(size=(2, n)) < 0.3
    log = 3 + 0.5 * (frame["niche"] == "b") + np.log1p(premium) * frame["eco"] + 0.1 * rng.standard_normal(n)
    return frame.assign(price=np.exp(log))


def test_a_premium_is_found_and_a_null_is_not():
    found = paying.premiums(offers(), ("eco", "smart")).set_index(["attribute", "market"])
    assert ((found.loc["eco", "low"] < 0.2) & (found.loc["eco", "high"] > 0.2)).all()
    assert found.loc["smart", "premium"].abs().max() < 0.03


def test_premiums_cover_the_truth_over_worlds():
    inside = []
    for seed in range(12):
        found = paying.premiums(offers(seed), ("eco", "smart"))
        eco = found[found["attribute"] == "eco"]
        inside += ((eco["low"] <= 0.2) & (eco["high"] >= 0.2)).tolist()
    assert np.mean(inside) > 0.8


def test_break_even_by_hand():
    found = paying.break_even(0.2, 0.02, 30.0, 1.0, 2000.0, 1000).iloc[0]
    assert found["gain_piece_usd"] == pytest.approx(5.0)
    assert found["units_needed"] == pytest.approx(400)
    assert found["profit_usd"] == pytest.approx(3000)
    assert found["extra_cost_max_usd"] == pytest.approx(4.0)
    assert found["pays"] > 0.99
    assert np.isinf(paying.break_even(0.01, 0.0, 30.0, 1.0, 2000.0, 1000).loc[0, "units_needed"])
