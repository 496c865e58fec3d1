import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.elasticity import control_function, fixed_effects_poisson


def panel(rng, groups=60, weeks=80, elasticity=-1.8, endogeneity=0.0):
    """Counts of products with levels of their own; with endogeneity, price follows unseen demand and a cost."""
    group = np.repeat(np.arange(groups), weeks)
    cost = rng.normal(0, 0.15, groups * weeks)
    unseen = rng.normal(0, 0.3, groups * weeks)
    log_price = rng.normal(0, 0.5, groups)[group] + cost + rng.normal(0, 0.1, len(group)) + endogeneity * unseen
    promotion = rng.random(len(group)) < 0.1
    stock = np.where(rng.random(len(group)) < 0.1, rng.random(len(group)), 1.0)
    level = rng.normal(0.5, 0.7, groups)[group]
    rate = stock * np.exp(level + elasticity * (log_price - 0) + 0.4 * promotion + (unseen if endogeneity else 0))
    return pd.DataFrame(
        {
            "sku": group, "units": rng.poisson(rate), "log_price": log_price, "promotion": promotion.astype(float),
            "in_stock": stock, "cost": cost,
        }
    )  # fmt: skip


def test_the_same_as_statsmodels_with_a_dummy_for_every_group():
    import statsmodels.api as sm

    frame = panel(np.random.default_rng(1), groups=12, weeks=40)
    ours = fixed_effects_poisson(frame, "units", ["log_price", "promotion"], group=["sku"], exposure="in_stock")
    design = np.column_stack([frame[["log_price", "promotion"]], pd.get_dummies(frame["sku"]).astype(float)])
    family = sm.families.Poisson()
    fit = sm.GLM(frame["units"].to_numpy(), design, family=family, offset=np.log(frame["in_stock"])).fit(tol=1e-12)
    np.testing.assert_allclose(ours.table["coefficient"], fit.params[:2], rtol=1e-6)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(40):
        frame = panel(np.random.default_rng(seed), groups=30, weeks=40)
        table = fixed_effects_poisson(
            frame, "units", ["log_price", "promotion"], group=["sku"], exposure="in_stock"
        ).table
        hits += table["low"][0] <= -1.8 <= table["high"][0]
    assert 31 <= hits <= 40  # binomial(40, 0.9): below 31 in one of 200


def test_price_that_follows_demand_biases_the_naive_estimate_and_the_instrument_mends_it():
    frame = panel(np.random.default_rng(7), groups=150, weeks=100, endogeneity=0.3)
    frame["log_price_residual"], strength = control_function(frame, "log_price", ["cost"], ["promotion"], group=["sku"])
    naive = fixed_effects_poisson(frame, "units", ["log_price", "promotion"], group=["sku"]).table
    mended = fixed_effects_poisson(
        frame, "units", ["log_price", "promotion", "log_price_residual"], group=["sku"]
    ).table
    assert strength > 100
    assert naive["coefficient"][0] > -1.8 + 3 * naive["standard_error"][0]
    assert abs(mended["coefficient"][0] + 1.8) < 3 * mended["standard_error"][0]


def test_groups_without_sales_are_counted_and_change_nothing():
    frame = panel(np.random.default_rng(2), groups=10, weeks=30)
    empty = frame[frame["sku"] == 0].assign(sku=99, units=0)
    with_empty = fixed_effects_poisson(pd.concat([frame, empty]), "units", ["log_price"], group=["sku"])
    assert with_empty.rows_without_sales == 30
    alone = fixed_effects_poisson(frame, "units", ["log_price"], group=["sku"])
    assert with_empty.table["coefficient"][0] == pytest.approx(alone.table["coefficient"][0])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"log_price": 1.0}, Refusal, "does not change within any product"),
        ({"log_price": lambda f: f["promotion"] * 2}, Refusal, "move exactly together"),
        ({"units": 0}, Refusal, "nothing was sold"),
        ({"units": -1}, InputError, "counts of at least 0"),
        ({"log_price": np.nan}, InputError, "missing or infinite"),
        ({"in_stock": 1.5}, InputError, "shares from 0 to 1"),
    ],
)
def test_what_does_not_identify_an_elasticity_is_refused(change, error, message):
    frame = panel(np.random.default_rng(3), groups=5, weeks=10).assign(**change)
    with pytest.raises(error, match=message):
        fixed_effects_poisson(frame, "units", ["log_price", "promotion"], group=["sku"], exposure="in_stock")
