import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.evaluate import evaluate
from crossborder.finance.simulation import Driver, draw_drivers, quantile_with_error, simulate
from crossborder.finance.statements import CHECKS, plan_model

from tests.finance.test_statements import drawn

MODEL = plan_model()


@pytest.mark.parametrize("points", [(1.0, 2.0, 5.0), (-3.0, 1.0, 2.0)])
def test_a_driver_meets_its_three_points(points):
    values = Driver("x", *points).at(np.random.default_rng(1).standard_normal(200_000))
    np.testing.assert_allclose(np.quantile(values, [0.05, 0.5, 0.95]), points, rtol=0.02, atol=0.03)


def test_draws_have_the_correlation_asked_for():
    drivers = [Driver("a", -1, 0, 1), Driver("b", -1, 0, 1)]
    correlation = pd.DataFrame([[1, 0.6], [0.6, 1]], index=["a", "b"], columns=["a", "b"])
    draws = draw_drivers(drivers, 100_000, np.random.default_rng(2), correlation=correlation)
    assert draws.corr().loc["a", "b"] == pytest.approx(0.6, abs=0.01)


def test_chunks_change_nothing_and_checks_hold_on_every_path():
    base = drawn(np.random.default_rng(4), paths=1, months=6)

    def inputs_of(draws):
        factor = draws["demand_factor"].to_numpy().reshape(-1, 1, 1, 1)
        return base | {"demand_factor": factor}

    draws = pd.DataFrame({"demand_factor": np.random.default_rng(5).uniform(0.5, 1.5, 23)})
    whole = simulate(MODEL, inputs_of, draws, 6, ["cash", *CHECKS], chunk=100)
    parts = simulate(MODEL, inputs_of, draws, 6, ["cash", *CHECKS], chunk=4)
    for name in whole:
        np.testing.assert_array_equal(whole[name], parts[name])
        assert whole[name].shape == (23, 6)
    assert max(abs(whole[name]).max() for name in CHECKS) < 1e-6
    one = evaluate(MODEL, inputs_of(draws.iloc[[7]]), 6, keep=["cash"])["cash"].ravel()
    np.testing.assert_allclose(whole["cash"][7], one)


def test_the_error_of_a_quantile_covers_the_truth():
    rng = np.random.default_rng(6)
    hits = sum(
        low <= -1.6449 <= high
        for _, low, high in (quantile_with_error(rng.standard_normal(2000), 0.05) for _ in range(300))
    )
    assert 0.92 <= hits / 300 <= 0.98


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Driver("x", 2, 1, 3), "low <= base <= high"),
        (
            lambda: draw_drivers(
                [Driver("a", 0, 1, 2)], 3, np.random.default_rng(1), correlation=pd.DataFrame({"b": [1.0]}, index=["b"])
            ),
            r"lacks \['a'\]",
        ),
        (lambda: quantile_with_error(np.ones(3), 1.5), "between 0 and 1"),
        (
            lambda: simulate(
                MODEL, lambda d: drawn(np.random.default_rng(1), 1, 2), pd.DataFrame({"x": [1]}), 2, ["orders"]
            ),
            "a line of the group",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_correlations_that_cannot_hold_together_are_refused():
    drivers = [Driver(name, -1, 0, 1) for name in "abc"]
    matrix = pd.DataFrame([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], index=list("abc"), columns=list("abc"))
    with pytest.raises(InputError, match="smallest eigenvalue"):
        draw_drivers(drivers, 3, np.random.default_rng(1), correlation=matrix)
