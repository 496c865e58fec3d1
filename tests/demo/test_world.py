"""The frame: days, weeks, rates, random streams."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo.world import CURRENCIES, MARKETS, World


def test_the_period_is_three_years_of_days_in_whole_weeks():
    world = World()
    assert len(world.days) == 1096 and len(world.months) == 36
    assert (world.weeks.day_of_week == 0).all()
    assert world.weeks[world.week_of_day[0]] <= world.days[0] < world.weeks[world.week_of_day[0]] + pd.Timedelta(days=7)
    assert world.week_of_day[-1] == len(world.weeks) - 1


def test_rates_are_those_of_the_european_central_bank():
    rates = World().usd_per_unit
    # Reference rate of 2024-01-02: 1 EUR = 1.0956 USD (ECB).
    assert rates.loc["2024-01-02", "EUR"] == pytest.approx(1.0956, abs=1e-6)
    assert (rates["USD"] / rates["JPY"]).min() > 100 and (rates["USD"] / rates["JPY"]).max() < 200
    assert (rates["SAR"] == 1 / 3.75).all() and (rates["USD"] == 1).all()
    assert rates.notna().all().all() and set(rates.columns) >= {CURRENCIES[m] for m in MARKETS}
    # A weekend carries Friday's rate.
    assert rates.loc["2024-01-06", "EUR"] == rates.loc["2024-01-05", "EUR"]


def test_a_part_has_random_numbers_of_its_own():
    world = World(seed=1)
    before = world.rng("prices").random(3)
    world.rng("something new").random(1000)
    assert (World(seed=1).rng("prices").random(3) == before).all()
    assert not np.allclose(world.rng("prices", 1).random(3), before)
    assert not np.allclose(World(seed=2).rng("prices").random(3), before)
