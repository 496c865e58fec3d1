import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import ruin
from crossborder.risk.frequency_severity import expected_loss

RISKS = pd.DataFrame(
    {
        "risk_id": ["often", "rarely"],
        "frequency_year": [4.0, 0.1],
        "severity_median_usd": [1_000.0, 20_000.0],
        "severity_log_sd": [0.8, 1.0],
    }
)
MEAN = float(expected_loss(RISKS).sum())


def test_a_fund_fed_with_less_than_the_mean_runs_dry_for_certain():
    assert ruin.of_fund(RISKS, 0.9 * MEAN, [0.0, 1e5]).tolist() == [1.0, 1.0]


def test_more_accrual_and_a_larger_fund_both_help():
    funds = np.array([0.0, 1e4, 5e4])
    small, large = (ruin.of_fund(RISKS, factor * MEAN, funds) for factor in (1.3, 2.0))
    assert (np.diff(small) < 0).all()
    assert (large < small).all()
    # Without any opening it is the mean over the accrual, whatever the losses look like.
    assert [small[0], large[0]] == pytest.approx([1 / 1.3, 1 / 2.0], abs=0.01)


def test_the_exact_probability_is_that_of_a_long_simulation():
    rng = np.random.default_rng(4)
    paths, years, accrual, fund = 4000, 60, 1.5 * MEAN, 2 * MEAN
    rates = RISKS["frequency_year"].to_numpy()
    count = int(rates.sum() * years)
    gaps = rng.exponential(1 / rates.sum(), (paths, count))
    rare = rng.random((paths, count)) < rates[1] / rates.sum()
    log = np.log(np.where(rare, 20_000, 1_000)) + np.where(rare, 1.0, 0.8) * rng.standard_normal((paths, count))
    balance = fund + np.cumsum(accrual * gaps - np.exp(log), axis=1)
    assert ruin.of_fund(RISKS, accrual, fund)[0] == pytest.approx((balance < 0).any(axis=1).mean(), abs=0.025)


def test_the_accrual_found_holds_what_it_was_asked():
    accrual = ruin.accrual_for(RISKS, 0.1)
    assert accrual > MEAN
    assert ruin.of_fund(RISKS, accrual, accrual)[0] == pytest.approx(0.1, abs=0.001)


def test_what_has_no_answer_is_said():
    with pytest.raises(Refusal, match="accrual does not exceed the mean losses"):
        ruin.adjustment_coefficient([0.0, 1.0], 1.0, 0.0)
    with pytest.raises(InputError, match="take a longer grid"):
        ruin.ever([0.0, 1.0], 1.0, 0.5, 50.0)
    with pytest.raises(InputError, match="probability"):
        ruin.accrual_for(RISKS, 1.5)
    assert ruin.exponential(3.0, -0.1, 1.0) == 1.0
