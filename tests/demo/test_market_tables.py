"""Market sales: published figures lie around the true curves, which stay below their ceilings."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import market_tables
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=5)
    tables, truth = market_tables.part(world, world.rng("market_sales"))
    return tables["market_sales"], truth


def both(built):
    frame, truth = built
    return frame.merge(truth["market_true_values"], on=["year", "market", "category"], suffixes=("", "_true"))


def test_table_keeps_the_contract(built):
    TABLES["market_sales"].schema().validate(built[0], lazy=True)
    assert len(built[0]) == 12 * 8 * 6


def test_noise_has_the_stated_size(built):
    error = np.log(both(built)["sales_usd"] / both(built)["sales_usd_true"])
    assert error.std() == pytest.approx(built[1]["market_noise"]["sd_log"], rel=0.15)
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(error) / 2)


def test_penetration_rises_towards_its_ceiling(built):
    truth = built[1]
    wide = truth["market_true_values"].merge(truth["market_curves"], on=["market", "category"])
    assert (wide["penetration"] < wide["penetration_ceiling"]).all()
    rise = wide.sort_values("year").groupby(["market", "category"])["penetration"].diff().dropna()
    assert (rise > 0).all()


def test_true_penetration_solves_the_adoption_equation(built):
    # dF/dt = (p + qF)(1 - F) with F the share of the ceiling, checked by finite differences at mid-year.
    truth = built[1]
    wide = truth["market_true_values"].merge(truth["market_curves"], on=["market", "category"]).sort_values("year")
    share = wide["penetration"] / wide["penetration_ceiling"]
    groups = [wide["market"], wide["category"]]
    step = share.groupby(groups).diff()
    middle = (share + share.groupby(groups).shift()) / 2
    wanted = (wide["innovation"] + wide["imitation"] * middle) * (1 - middle)
    known = step.notna()
    assert np.abs(step[known] - wanted[known]).max() < 0.01


def test_young_markets_grow_faster_and_fill_with_sellers(built):
    frame = built[0]
    total = frame.groupby(["market", "year"])[["sales_usd", "sellers"]].sum()
    growth = (total.xs(2026, level="year") / total.xs(2020, level="year")) ** (1 / 6) - 1
    assert growth["sales_usd"].loc[["ID", "MX", "BR"]].min() > growth["sales_usd"].loc[["US", "DE", "GB"]].max()
    assert (frame[frame["year"] == 2015]["traffic_cost_index"] == 100).all()
