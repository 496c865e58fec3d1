"""Past launches: who has an outcome, and whether a plain logit finds the stated coefficients."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import launch_tables
from crossborder.demo.world import AS_OF, World


def launches(seed):
    world = World(seed=seed)
    return launch_tables.part(world, world.rng("launches"))


@pytest.fixture(scope="module")
def built():
    tables, truth = launches(1)
    return tables["launches"], truth


def test_table_keeps_the_contract(built):
    TABLES["launches"].schema().validate(built[0], lazy=True)


def test_four_hundred_launches_have_an_outcome(built):
    frame = built[0]
    assert frame["success"].notna().sum() == 400
    assert (~frame["launched"]).sum() > 100


def test_outcomes_exist_only_for_mature_launches(built):
    frame = built[0]
    due = frame["launched"] & (frame["matured_on"] <= AS_OF)
    for column in ("success", "units_90_days", "contribution_90_days_usd"):
        assert (frame[column].notna() == due).all()


def test_success_is_the_mark_in_units_with_contribution(built):
    frame = built[0].dropna(subset="success")
    reached = (frame["units_90_days"] >= built[1]["launch_units_mark"]) & (frame["contribution_90_days_usd"] >= 0)
    assert (reached == frame["success"]).mean() > 0.995


def test_logit_recovers_the_coefficients():
    import statsmodels.api as sm

    inside = []
    for seed in range(4):
        tables, truth = launches(seed)
        frame = tables["launches"].dropna(subset=["success"])
        stated = truth["launch_coefficients"].set_index("signal")
        x = frame[stated.index].astype(float)
        logged = stated.index[stated["log"]]
        x[logged] = np.log(x[logged])
        x = ((x - stated["level"]) / stated["spread"]).fillna(0.0)
        quarter = pd.PeriodIndex(frame["cohort"], freq="Q").astype("int64")
        middle = (quarter - quarter.min()).to_numpy().mean()
        fit = sm.Logit(frame["success"].astype(int).to_numpy(), sm.add_constant(x.to_numpy())).fit(disp=0)
        wanted = stated["coefficient"] + middle * stated["drift_a_quarter"]
        inside.append(np.abs(fit.params[1:] - wanted.to_numpy()) < 2 * fit.bse[1:])
    assert np.mean(inside) > 0.85


def test_old_rule_is_only_weakly_related_to_the_truth(built):
    frame, truth = built
    relation = frame["old_rule_score"].corr(truth["launch_chances"]["true_probability"], method="spearman")
    assert 0.05 < relation < 0.45


def test_true_chances_match_what_happened(built):
    chances = built[1]["launch_chances"]
    error = chances["true_success"].mean() - chances["true_probability"].mean()
    assert abs(error) < 3 * np.sqrt((chances["true_probability"] * (1 - chances["true_probability"])).sum()) / len(
        chances
    )
