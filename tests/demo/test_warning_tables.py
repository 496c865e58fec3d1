"""Weekly indicators: climbs before warned incidents, memory, season, false alarms."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import risk_tables, warning_tables
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=8)
    world.tables.update(risk_tables.part(world, world.rng("risks"))[0])
    tables, truth = warning_tables.part(world, world.rng("indicators"))
    return tables["indicators"], truth, world


def standardised(frame, truth):
    """How many spreads each indicator stands on its bad side, week by week."""
    wide = frame.pivot(index="week", columns="name", values="value")
    stated = truth["indicator_parameters"].set_index("name").loc[wide.columns]
    side = np.where(stated["bad_side"] == "low", -1, 1)
    return side * (wide - stated["level"]) / stated["spread"]


def test_table_keeps_the_contract(built):
    frame, _, world = built
    TABLES["indicators"].schema().validate(frame, lazy=True)
    assert len(frame) == 20 * len(world.weeks)
    assert 0 < frame["value"].isna().mean() < 0.02


def test_indicators_climb_before_warned_incidents(built):
    frame, truth, world = built
    z = standardised(frame, truth)
    labels = truth["incident_warnings"]
    week = world.weeks.searchsorted(labels["started_on"], side="right") - 1
    height = {True: [], False: []}
    for kind, warned, start in zip(labels["kind"], labels["warned"], week, strict=True):
        sizes = truth["warning_sizes"][kind]
        names = [name for name in sizes if name != "rival_price_index"]
        height[bool(warned)].append(np.nanmean(z.iloc[start - 1][names]))
    assert np.mean(height[True]) > 1.5
    assert np.mean(height[False] or [0.0]) < np.mean(height[True])


def step_of(tables, truth, weeks):
    """Size of the planted step by least squares on season and step, in spreads."""
    planted = truth["indicator_new_level"]
    z = standardised(tables["indicators"], truth)[planted["indicator"]]
    angle = 2 * np.pi * weeks.day_of_year / 365.25
    x = np.column_stack([np.ones(len(z)), np.cos(angle), np.sin(angle), weeks >= planted["from"]])
    known = z.notna().to_numpy()
    return np.linalg.lstsq(x[known], z[known], rcond=None)[0][3]


def test_one_indicator_moves_to_a_new_level():
    steps = []
    for seed in range(8, 14):
        world = World(seed=seed)
        world.tables.update(risk_tables.part(world, world.rng("risks"))[0])
        steps.append(step_of(*warning_tables.part(world, world.rng("indicators")), world.weeks))
    assert np.mean(steps) == pytest.approx(warning_tables.NEW_LEVEL["spreads"], abs=0.5)


def test_quiet_indicator_has_the_stated_memory():
    rng = np.random.default_rng(9)
    long = warning_tables._disturbance(rng, 4000)
    memory = [np.corrcoef(series[1:], series[:-1])[0, 1] for series in long.T]
    assert np.allclose(memory, warning_tables.INDICATORS["memory"], atol=0.05)
    assert np.allclose(long.std(axis=0), 1.0, atol=0.08)


def test_false_climbs_are_in_the_data(built):
    frame, truth, _ = built
    z = standardised(frame, truth)
    at = [
        z.loc[week, name]
        for week, name in zip(truth["false_climbs"]["week"], truth["false_climbs"]["name"], strict=True)
    ]
    assert np.nanmean(at) > 2.0
    assert len(at) == 26
