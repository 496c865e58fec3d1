"""Price effects where they are known: the plain line is far off, the adjusted elasticity holds the truth."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import prices, products, seasons, supply_base
from crossborder.demo.world import CURRENCIES, MARKETS, World
from crossborder.finance import price_study

SEEDS = range(5)


def shop(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A price table as a shop has it: prices, promotions and ratings of a simulated company, pieces drawn from them."""
    world = World(seed=seed)
    goods = products.catalogue(world, supply_base.suppliers(world.rng("suppliers")))
    offered = prices.offers(world, goods)
    daily = seasons.market_effects(world).to_numpy()
    festive = np.stack([daily[world.week_of_day == week].mean(axis=0) for week in range(len(world.weeks))])
    rng = world.rng("sold")
    shock = festive + rng.normal(0, 0.15, festive.shape) + np.linspace(0, 1, len(festive))[:, None]
    rate = np.exp(offered.log_demand + shock[:, :, None])
    at = np.nonzero(offered.listed)
    week, market, sku = at
    table = pd.DataFrame(
        {
            "week": world.weeks[week],
            "sku": goods.frame["sku"].to_numpy()[sku],
            "market": np.array(MARKETS)[market],
            "price": offered.price[at],
            "currency": np.array([CURRENCIES[name] for name in MARKETS])[market],
            "rival_price": offered.rival_price[at],
            "promotion": offered.promotion[at],
            "rating": offered.rating[at],
            "in_stock": 1.0,
            "units": rng.poisson(rate[at] * 1.5 / rate[at].mean()),
        }
    )
    return table, goods.frame


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    parts = []
    for seed in SEEDS:
        panel = price_study.weekly_panel(*shop(seed))
        table = price_study.category_elasticities(panel).merge(price_study.naive_elasticities(panel))
        parts.append(price_study.truth_errors(table, prices.ELASTICITY).assign(seed=seed))
    return pd.concat(parts)


def test_the_plain_line_through_sales_and_prices_is_far_from_the_truth(found):
    assert ((found["naive"] - found["truth"]).abs() > 1.0).all()


def test_the_adjusted_elasticity_holds_the_truth_over_several_worlds(found):
    assert len(found) == 6 * len(SEEDS)
    assert 0.8 <= found["covered"].mean() <= 1.0
    # The mean error of each category over the worlds is within what its errors explain.
    assert (found.groupby("category")["error"].mean().abs() < 0.15).all()
