"""Search: planted breakouts show in the series, long-tail terms convert better."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import search_tables
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=11)
    return search_tables.part(world, world.rng("search"))


def test_tables_keep_the_contract(built):
    for name, frame in built[0].items():
        TABLES[name].schema().validate(frame, lazy=True)


def test_index_is_100_in_the_first_year(built):
    frame = built[0]["search_interest"]
    first = frame[frame["week"] < frame["week"].min() + np.timedelta64(364, "D")]
    mean = first.groupby(["market", "term"])["interest"].mean()
    assert np.allclose(mean, 100, atol=0.1)


def test_breakouts_show_against_the_same_weeks_a_year_before(built):
    tables, truth = built
    wide = tables["search_interest"].pivot(index="week", columns=["market", "term"], values="interest")
    growth = np.log(wide / wide.shift(52))
    found = []
    for jump in truth["search_breakouts"].itertuples():
        trend = truth["search_trends"].set_index(["market", "term"]).loc[(jump.market, jump.term), "growth_year"]
        after = growth.loc[jump.week :, (jump.market, jump.term)].iloc[3:9].mean() - np.log1p(trend)
        found.append(after / np.log1p(jump.size))
    assert len(found) == 14
    assert np.median(found) == pytest.approx(1.0, abs=0.12)


def test_outdoor_terms_peak_half_a_year_apart(built):
    frame = built[0]["search_interest"]
    rows = frame[(frame["category"] == "outdoor") & frame["market"].isin(["US", "BR"])]
    month = rows.groupby(["market", rows["week"].dt.month])["interest"].mean()
    assert month["US"].idxmax() in (5, 6, 7)
    assert month["BR"].idxmax() in (11, 12, 1)


def test_long_tail_converts_better_and_costs_less(built):
    frame = built[0]["keywords"]
    usa = frame[frame["market"] == "US"].groupby("tier")[["clicks", "orders", "cost"]].sum()
    stated = built[1]["keyword_tiers"].set_index("tier")
    rate = usa["orders"] / usa["clicks"]
    spread = np.sqrt(stated["conversion"] / usa["clicks"])
    assert (np.abs(rate - stated["conversion"]) < 3 * spread).all()
    assert (usa["cost"] / usa["clicks"]).idxmax() == "core"


def test_ranks_improve_over_the_years(built):
    frame = built[0]["keywords"].dropna(subset="rank")
    mean = frame.groupby("month")["rank"].mean()
    assert mean.iloc[-1] < mean.iloc[0]
