"""Yearly losses: exact means, exact distributions, dependence, allocation."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import compound
from crossborder.risk import frequency_severity as losses


@pytest.fixture(scope="module")
def risks() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "risk_id": [f"R{i}" for i in range(12)],
            "kind": rng.choice(["a", "b", "c"], 12),
            "frequency_year": rng.uniform(0.05, 2, 12),
            "severity_median_usd": rng.lognormal(9, 1, 12),
            "severity_log_sd": rng.uniform(0.3, 1.0, 12),
        }
    )


def test_simulated_means_are_within_three_standard_errors_of_the_exact_ones(risks):
    joint = losses.kind_correlation(risks["kind"])
    found = losses.simulate(risks, 100_000, correlation=joint, rng=np.random.default_rng(2))
    error = found.by_risk.std(axis=0, dtype=float) / np.sqrt(100_000)
    gap = np.abs(found.by_risk.mean(axis=0, dtype=float) - losses.expected_loss(risks)) / error
    # Twelve risks: the largest of twelve normal gaps stays below 3.5 in 99.4 % of samples.
    assert gap.max() < 3.5
    assert abs(found.total.mean() - losses.expected_loss(risks).sum()) < 3 * found.total.std() / np.sqrt(100_000)


def test_independent_totals_follow_the_exact_distribution(risks):
    found = losses.simulate(risks, 100_000, rng=np.random.default_rng(3))
    checked = compound.check(risks, found.total)
    assert checked["error_share"].abs().max() < 0.02


def test_dependence_fattens_the_tail_and_keeps_the_mean(risks):
    rng = np.random.default_rng(4)
    strong = losses.kind_correlation(risks["kind"], within=0.6, between=0.5)
    joint = losses.simulate(risks, 60_000, correlation=strong, nu=3, rng=rng).total
    alone = losses.simulate(risks, 60_000, rng=rng).total
    assert np.quantile(joint, 0.99) > 1.1 * np.quantile(alone, 0.99)
    assert joint.mean() == pytest.approx(alone.mean(), rel=0.03)


def test_copula_counts_keep_their_poisson_margins(risks):
    from scipy.stats import poisson

    draw = losses._joined(risks["frequency_year"].to_numpy(), losses.kind_correlation(risks["kind"]), 4.0)
    counts = draw(100_000, np.random.default_rng(5))
    for place, rate in enumerate(risks["frequency_year"]):
        seen = np.bincount(counts[:, place], minlength=4)[:4] / 100_000
        assert seen == pytest.approx(poisson.pmf(range(4), rate), abs=0.007)


def test_contributions_add_up_to_the_mean_loss_beyond(risks):
    found = losses.simulate(risks, 40_000, rng=np.random.default_rng(6))
    parts = losses.contributions(found, 0.95)
    edge = np.quantile(found.total, 0.95, method="higher")
    assert parts["tail_usd"].sum() == pytest.approx(found.total[found.total >= edge].mean(), rel=1e-5)
    assert parts["tail_share"].sum() == pytest.approx(1)


def test_measures_are_ordered_and_their_intervals_cover_the_exact_quantile(risks):
    grid, probability = compound.portfolio_total(risks)
    exact = compound.quantile(grid, probability, 0.95)
    covered = []
    for seed in range(60):
        table = losses.measures(losses.simulate(risks, 2_000, rng=np.random.default_rng(seed)).total, [0.5, 0.95])
        assert (table["cvar"] >= table["var"]).all()
        row = table.iloc[1]
        covered.append(row["var_low"] <= exact <= row["var_high"])
    assert np.mean(covered) > 0.8  # nominal 0.9; three standard errors of 60 draws are 0.12


def test_exceedance_falls_with_the_loss(risks):
    curve = losses.exceedance(losses.simulate(risks, 5_000, rng=np.random.default_rng(7)).total)
    ordered = curve.sort_values("loss_usd")
    assert ordered["probability"].is_monotonic_decreasing
    assert (ordered["return_years"] * ordered["probability"]).to_numpy() == pytest.approx(1.0)


def test_a_cap_limits_every_event():
    one = pd.DataFrame({"frequency_year": [1.0], "severity_median_usd": [100.0], "severity_log_sd": [2.0]})
    found = losses.simulate(one, 5_000, cap_usd=150.0, rng=np.random.default_rng(8))
    counts = np.ceil(found.total / 150.0)
    assert (found.total <= 150.0 * np.maximum(counts, 1)).all()
    assert found.total.max() <= 150.0 * 10


def test_the_same_seed_gives_the_same_years(risks):
    first, second = (losses.simulate(risks, 500, rng=np.random.default_rng(9)).total for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_shared_years_spread_counts_like_their_gamma_factor():
    one = pd.DataFrame({"frequency_year": [8.0], "severity_median_usd": [1.0], "severity_log_sd": [0.0]})
    total = losses.simulate_clusters(one, ["x"], 60_000, shape=4.0, rng=np.random.default_rng(10))
    assert total.mean() == pytest.approx(8, rel=0.02)
    assert total.var() == pytest.approx(8 + 64 / 4, rel=0.05)


def test_record_dispersion_of_independent_years_is_one():
    rng = np.random.default_rng(11)
    days = pd.to_datetime("2000-01-01") + pd.to_timedelta(rng.uniform(0, 365.25 * 24, 400), unit="D")
    risks = pd.DataFrame(
        {"frequency_year": [8.0, 8.0], "severity_median_usd": [1.0, 1.0], "severity_log_sd": [0.0, 0.0]}
    )
    found = losses.dispersion(pd.DataFrame({"date": days}), risks, correlation=np.eye(2), nu=np.inf, rng=rng)
    assert found["model"] == pytest.approx(1, abs=0.1)
    assert found["low"] < found["record"] < found["high"]


def test_wrong_tables_are_refused(risks):
    with pytest.raises(InputError, match=r"lacks \['severity_log_sd'\]"):
        losses.simulate(risks.drop(columns="severity_log_sd"), 10, rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="missing or negative"):
        losses.simulate(risks.assign(frequency_year=-1.0), 10, rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="symmetric 12 x 12"):
        losses.simulate(risks, 10, correlation=np.eye(3), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="positive definite"):
        losses.simulate(risks, 10, correlation=np.ones((12, 12)), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="0 <= between <= within < 1"):
        losses.kind_correlation(["a", "b"], within=0.1, between=0.5)
    with pytest.raises(InputError, match="simulate more years"):
        losses.measures(np.arange(10.0), [0.99])
