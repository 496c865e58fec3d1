import numpy as np
import pytest
from crossborder.supply.replay_setup import Setup


@pytest.fixture
def setup(desk, rng):
    s = desk.series
    return Setup.of(s.full, s.group, s.position, s.cube, desk.products, desk.suppliers, desk.lanes, rng)


def test_the_grid_holds_all_demand(setup, desk):
    assert setup.full.sum() == pytest.approx(desk.series.full.sum())
    assert setup.full.shape[0] == np.prod(setup.shape)


def test_young_series_stay_out_on_both_sides(setup, desk):
    period = setup.period(desk.inventory, 100, 120)
    assert period.demand.reshape(len(setup.full), -1)[~period.scope].sum() == 0
    rows, wanted = setup.own(desk.inventory, period, 100, 120)
    assert wanted["units"].sum() == pytest.approx(period.demand.sum())
    assert set(rows["week"]) <= set(setup.weeks[100:120])


def test_the_outlook_knows_nothing_of_the_weeks_to_come(setup, desk):
    first = setup.period(desk.inventory, 100, 110).outlook
    setup.full[:, 105:] = 500
    second = setup.period(desk.inventory, 100, 110).outlook
    assert second[..., :6] == pytest.approx(first[..., :6])
