"""Risks: losses follow the stated frequency and severity, incidents are the watched ones among them."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import risk_tables
from crossborder.demo.supply_base import FAILED_SUPPLIER
from crossborder.demo.world import PERIOD, World


@pytest.fixture(scope="module")
def built():
    world = World(seed=6)
    return risk_tables.part(world, world.rng("risks"))


def test_tables_keep_the_contract(built):
    for name, frame in built[0].items():
        TABLES[name].schema().validate(frame, lazy=True)
    assert len(built[0]["risks"]) == 25


def test_losses_have_the_stated_mean_over_many_worlds(built):
    tables, truth = built
    rng = np.random.default_rng(7)
    worlds = 150
    sums = np.array([risk_tables.draw_losses(tables["risks"], rng)["loss_usd"].sum() for _ in range(worlds)]) / 6
    expected = truth["risk_clusters"]["expected_loss_year_usd"].sum()
    assert abs(sums.mean() - expected) < 3 * sums.std() / np.sqrt(worlds)


def test_scores_agree_with_frequency_only_in_part(built):
    risks = built[0]["risks"]
    relation = risks["probability_score"].corr(risks["frequency_year"], method="spearman")
    assert 0.3 < relation < 0.95


def test_incidents_are_losses_of_the_three_years(built):
    tables = built[0]
    incidents = tables["incidents"]
    assert incidents["started_on"].min() > PERIOD[0]
    assert incidents["loss_usd"].isin(tables["risk_losses"]["loss_usd"]).all()
    assert (incidents["noticed_on"] >= incidents["started_on"]).all()
    assert len(incidents) > 20


def test_supplier_failure_is_among_the_incidents(built):
    rows = built[0]["incidents"].query("kind == 'supplier_failure'")
    assert (rows["started_on"].dt.strftime("%Y-%m") == FAILED_SUPPLIER["failed_in"][:7]).any()
