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


def shop(seed: int, ratio: float, count: int = 4000) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Eager buyers join more often, at a time of chance; the plain ratio of members' rate to that of the others."""
    rng, start = np.random.default_rng(seed), pd.Timestamp("2025-01-01")
    first, rate = rng.integers(0, 200, count), rng.gamma(0.7, 1 / 50, count)
    join = first + np.ceil(rng.exponential(60.0, count)).astype(int)
    member = (rng.random(count) < np.clip(rate * 35, 0.05, 0.9)) & (join < 400)
    day = np.arange(400)[:, None]
    lift = np.where(member & (day > join), ratio, 1.0)
    when, who = np.nonzero(rng.random((400, count)) < rate * lift * (day > first))
    purchases = pd.DataFrame({"customer_id": who, "day": start + pd.to_timedelta(when, unit="D")})
    joined = pd.Series(start + pd.to_timedelta(join, unit="D")).where(member)
    people = pd.DataFrame(
        {"customer_id": np.arange(count), "first_on": start + pd.to_timedelta(first, unit="D"), "joined_on": joined}
    )
    bought = np.bincount(who, minlength=count) / (400 - first)
    return purchases, people, float(bought[member].mean() / bought[~member].mean())


def test_over_several_shops_timing_covers_the_truth_and_the_plain_ratio_does_not():
    held, plain = 0, []
    for seed in range(6):
        purchases, people, naive = shop(seed, 1.3)
        rng = np.random.default_rng(seed)
        found = membership_timing.rate_ratio(purchases, people, until="2026-02-05", draws=200, rng=rng)
        held += found.low <= 1.3 <= found.high
        plain.append(naive)
    assert held >= 4  # of 6; 4 or more with probability 0.98 at 90 %
    assert min(plain) > 1.3 * 1.3


def test_groups_of_customers_drawn_together_give_as_wide_an_interval():
    purchases, people, _ = shop(7, 1.3)
    terms = {"until": "2026-02-05", "draws": 1500}
    one, many = (
        membership_timing.rate_ratio(purchases, people, groups=groups, rng=np.random.default_rng(3), **terms)
        for groups in (None, 300)
    )
    assert many.ratio == one.ratio and many.by_age.equals(one.by_age)
    # Of 1,500 draws of 300 groups the width is right to some five per cent (one standard error).
    assert many.high - many.low == pytest.approx(one.high - one.low, rel=0.15)
