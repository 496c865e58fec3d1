"""The reserve: probabilities, intervals, fund."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import reserve


@pytest.fixture(scope="module")
def risks() -> pd.DataFrame:
    return pd.DataFrame(
        {"frequency_year": [1.0, 0.2], "severity_median_usd": [100.0, 2_000.0], "severity_log_sd": [0.5, 0.8]}
    )


def test_sufficiency_by_hand():
    found = reserve.sufficiency([1, 2, 3, 10], 3)
    assert found["probability"] == 0.75
    assert found["shortfall_usd"] == 7
    assert found["low"] < 0.75 < found["high"]


def test_a_larger_reserve_is_never_less_sufficient():
    losses = np.random.default_rng(1).lognormal(8, 1, 4_000)
    table = reserve.adequacy(losses, 1e6, np.linspace(0, 0.1, 20))
    assert table["probability"].is_monotonic_increasing


def test_needed_reserve_reaches_its_confidence():
    losses = np.random.default_rng(2).lognormal(8, 1, 20_000)
    table = reserve.needed(losses, [0.9, 0.99], revenue_usd=1e6)
    for row in table.itertuples():
        assert reserve.sufficiency(losses, row.reserve_usd)["probability"] == pytest.approx(row.level, abs=1e-3)
    assert table["revenue_share"].tolist() == pytest.approx((table["reserve_usd"] / 1e6).tolist())


def test_uncertain_parameters_widen_the_answer_and_a_long_record_narrows_it(risks):
    def width(years: float) -> float:
        totals = reserve.parameter_draws(risks, record_years=years, draws=40, years=1_500, rng=np.random.default_rng(3))
        found = reserve.with_uncertainty(totals, 500.0)
        return found["high"] - found["low"]

    assert width(2.0) > 2 * width(200.0)


def test_quantile_intervals_contain_their_median(risks):
    totals = reserve.parameter_draws(risks, record_years=5, draws=20, years=1_000, rng=np.random.default_rng(4))
    table = reserve.quantile_intervals(totals, [0.5, 0.9])
    assert ((table["low"] <= table["loss_usd"]) & (table["loss_usd"] <= table["high"])).all()


def test_against_a_known_process_the_truth_is_covered_when_the_register_is_right(risks):
    named = risks.assign(risk_id=["A", "B"])
    totals = reserve.parameter_draws(named, record_years=20, draws=60, years=2_000, rng=np.random.default_rng(5))
    clusters = pd.DataFrame({"risk_id": ["A", "B"], "cluster": ["x", "y"]})
    process = {"risk_clusters": clusters, "risk_cluster_shape": 50.0}
    table = reserve.against_process(totals, named, process, None, 20, rng=np.random.default_rng(6))
    assert table["covered"].all()


def test_without_a_process_the_mean_stands_against_the_record(risks):
    totals = np.full((3, 10), 5.0)
    record = pd.DataFrame({"loss_usd": [10.0, 20.0]})
    table = reserve.against_process(totals, risks, None, record, 6.0, rng=np.random.default_rng(7)).set_index("measure")
    assert table.loc["mean", "true_usd"] == 5.0
    assert table.loc["mean", "covered"]


def test_a_fund_that_takes_in_more_than_it_pays_grows_and_one_without_accrual_breaks():
    rng = np.random.default_rng(8)
    rich = reserve.fund_path([1.0], 3.0, rng=rng)
    poor = reserve.fund_path([1.0], 0.0, rng=rng)
    assert rich["median"].tolist() == [2, 4, 6, 8, 10]
    assert rich["exhausted"].eq(0).all()
    assert poor["exhausted"].eq(1).all()


def test_results_and_errors():
    assert reserve.as_result({"probability": 0.5, "low": 0.4, "high": 0.6}) == {"value": 0.5, "low": 0.4, "high": 0.6}
    with pytest.raises(InputError, match="give a year's revenue"):
        reserve.needed([1.0, 2.0], [0.5], revenue_usd=0.0)
