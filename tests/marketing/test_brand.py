"""Worth of the brand, clicks by profile, look-alikes."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import brand


def test_click_model_beats_the_overall_rate_where_channels_differ():
    rng = np.random.default_rng(1)
    cells = pd.DataFrame(
        {"channel": np.tile(["a", "b", "c"], 60), "market": np.repeat(["DE", "US"], 90), "impressions": 5000}
    )
    cells["clicks"] = rng.binomial(5000, cells["channel"].map({"a": 0.01, "b": 0.02, "c": 0.04}))
    effects, quality = brand.click_model(cells, ["channel", "market"], holdout=np.arange(180) % 4 == 0)
    assert quality["log_loss"] < quality["base_log_loss"]
    row = effects.set_index("value").loc["c"]
    assert row["low"] < (0.04 / 0.96) / (0.01 / 0.99) < row["high"]


def test_lookalikes_of_a_profile_are_found():
    rng = np.random.default_rng(2)
    people = pd.DataFrame(rng.normal(size=(3000, 3)))
    seeds = rng.random(3000) < 1 / (1 + np.exp(3 - 2 * people[0]))
    assert brand.lookalike(people, seeds, rng=rng)[1]["auc"] > 0.75


def test_a_premium_is_a_perpetuity_of_the_brand_share():
    terms = {"brand_share": 0.5, "tax_rate": 0.2, "discount": 0.1}
    assert brand.price_premium_value(12.0, 10.0, 1000.0, **terms) == pytest.approx(2 * 1000 * 0.5 * 0.8 / 0.1)
    assert brand.price_premium_value(9.0, 10.0, 1000.0, **terms) == 0.0


def test_growth_without_end_above_the_discount_is_refused():
    with pytest.raises(InputError, match=r"growth is 0\.2"):
        brand.royalty_relief(np.array([1.0]), royalty_rate=0.1, tax_rate=0.0, discount=0.1, growth=0.2)
