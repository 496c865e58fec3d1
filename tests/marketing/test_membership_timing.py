"""Members against those who had not joined yet."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import membership_timing


def test_timing_finds_an_effect_hidden_from_the_past():
    rng = np.random.default_rng(2)
    count, ratio = 6000, 1.3
    start = pd.Timestamp("2025-01-01")
    first = rng.integers(0, 200, count)
    join = first + np.ceil(rng.exponential(45.0, count)).astype(int)
    rate = rng.gamma(0.5, 1 / 60, count)
    rows = []
    for day in range(400):
        chance = rate * np.where(day > join, ratio, 1.0) * (day > first)
        rows.append(np.flatnonzero(rng.random(count) < chance))
    who = np.concatenate(rows)
    day = np.repeat(np.arange(400), [len(row) for row in rows])
    purchases = pd.DataFrame({"customer_id": who, "day": start + pd.to_timedelta(day, unit="D")})
    table = pd.DataFrame(
        {
            "customer_id": np.arange(count),
            "first_on": start + pd.to_timedelta(first, unit="D"),
            "joined_on": start + pd.to_timedelta(join, unit="D"),
        }
    )
    found = membership_timing.rate_ratio(purchases, table, until=start + pd.Timedelta(days=400), rng=rng)
    assert found.low < ratio < found.high
    assert found.low > 1.0


def test_spend_that_a_rate_ratio_explains():
    effect = membership_timing.TimingEffect(1.25, 1.0, 1.5, 0.9, 100, pd.DataFrame())
    assert membership_timing.spend_effect(effect, 100.0) == pytest.approx((20.0, 0.0, 100 / 3))


def test_few_members_and_missing_columns_are_refused():
    people = pd.DataFrame({"customer_id": [1], "first_on": pd.to_datetime(["2025-01-01"])})
    bought = pd.DataFrame({"customer_id": [1], "day": pd.to_datetime(["2025-02-01"])})
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="joined_on"):
        membership_timing.rate_ratio(bought, people, until="2025-06-01", rng=rng)
    with pytest.raises(Refusal, match="too few members"):
        membership_timing.rate_ratio(
            bought, people.assign(joined_on=pd.Timestamp("2025-01-09")), until="2025-06-01", rng=rng
        )
