"""Rival offers: a regression of log prices finds the premiums; counterfeits are cheap copies."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import rival_offers
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=4)
    tables, truth = rival_offers.part(world, world.rng("rival_offers"))
    return tables["listings"], truth


def test_table_keeps_the_contract(built):
    TABLES["listings"].schema().validate(built[0], lazy=True)
    assert len(built[0]) == 3000


def test_regression_recovers_the_premiums(built):
    import statsmodels.api as sm

    frame, truth = built
    frame = frame[~frame["counterfeit"] & frame["rating"].notna()]
    stated = truth["price_premiums_log"].set_index("market")
    inside = []
    for market, rows in frame.groupby("market"):
        x = rows[list(stated)].astype(float).assign(rating=rows["rating"] - 4.25)
        x = pd.concat([x, pd.get_dummies(rows["niche"], dtype=float)], axis=1)
        fit = sm.OLS(np.log(rows["price"]), x).fit()
        inside.append(np.abs(fit.params[list(stated)] - stated.loc[market]) < 2 * fit.bse[list(stated)])
    assert np.mean(inside) > 0.85


def test_counterfeits_are_rare_new_and_copy_pictures(built):
    frame = built[0]
    fake = frame["counterfeit"]
    assert 0.015 < fake.mean() < 0.05
    assert frame.loc[fake, "listed_on"].min() > frame["listed_on"].median()
    shared = frame["image_hash"].duplicated(keep=False)
    assert shared[fake].mean() > 0.9 > shared[~fake].mean()


def test_crowded_niches_share_pictures(built):
    frame, truth = built
    shared = frame["image_hash"].duplicated(keep=False).groupby(frame["niche"]).mean()
    stated = truth["niche_crowding"].set_index("niche")["share_alike"]
    assert shared.corr(stated) > 0.9


def test_premiums_are_found_in_nine_of_ten_worlds():
    import statsmodels.api as sm

    hits = []
    for seed in range(20, 30):
        world = World(seed=seed)
        tables, truth = rival_offers.part(world, world.rng("rival_offers"))
        frame = tables["listings"].query("market == 'US' and not counterfeit").dropna(subset="rating")
        x = frame[list(rival_offers.ATTRIBUTES)].astype(float).assign(rating=frame["rating"])
        x = pd.concat([x, pd.get_dummies(frame["niche"], dtype=float)], axis=1)
        fit = sm.OLS(np.log(frame["price"]), x).fit()
        stated = truth["price_premiums_log"].set_index("market").loc["US"]
        hits.append(np.abs(fit.params["smart"] - stated["smart"]) < 2 * fit.bse["smart"])
    assert np.sum(hits) >= 8
