"""Tests of controls: shares and times follow what is planted; marks leave the planned gaps."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import control_tables
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=6)
    return control_tables.part(world, world.rng("controls"))


def test_tables_keep_the_contract(built):
    for name, frame in built[0].items():
        TABLES[name].schema().validate(frame, lazy=True)


def test_controls_stop_what_they_should_at_their_rate(built):
    tests, truth = built[0]["control_tests"], built[1]["controls"].set_index("control")
    recent = tests[tests["date"] >= "2026-02-01"].dropna(subset=["cases_bad"])
    sums = recent.groupby("control")[["cases_bad", "bad_stopped", "cases_good", "good_stopped"]].sum().astype(float)
    for hits, cases, rate in (("bad_stopped", "cases_bad", "caught"), ("good_stopped", "cases_good", "false_stops")):
        expected = sums[cases] * truth[rate]
        spread = np.sqrt(expected * (1 - truth[rate]))
        assert (abs(sums[hits] - expected) < 4 * spread).all()


def test_drills_take_their_true_median(built):
    tests, truth = built[0]["control_tests"].dropna(subset=["took_hours"]), built[1]["drills"].set_index("control")
    seen = tests.groupby("control")["took_hours"].apply(lambda hours: np.log(hours.astype(float)).mean())
    count = tests.groupby("control").size()
    error = truth["log_sd"] / np.sqrt(count)
    assert (abs(seen - np.log(truth["median_hours"])) < 4 * error).all()


def test_marks_leave_gaps_and_one_ends_soon(built):
    marks = built[0]["trade_marks"]
    assert marks["registered_on"].isna().sum() == 4
    assert (marks["expires_on"] < "2028-01-01").sum() == 1
    assert not (marks["market"] == "ID").any()
