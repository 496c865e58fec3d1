"""Buying in periods and contracts: chances that add, retention that rises."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import contract_models

DONORS = contract_models.BetaGeometricBeta(1.204, 0.750, 0.657, 2.783, 0.0, 1)


def test_purchases_ahead_add_over_two_spans():
    x, tx, n = np.array([2.0]), np.array([4.0]), np.array([6.0])
    whole = DONORS.future_purchases(x, tx, n, 5)
    assert (whole > DONORS.future_purchases(x, tx, n, 2)).all()
    # The customer is alive at chance n + 1 with p; the first chance ahead brings p times the chance to buy.
    first = DONORS.future_purchases(x, tx, n, 1)
    chance = (DONORS.alpha + x) / (DONORS.alpha + DONORS.beta + n)
    assert first == pytest.approx(DONORS.probability_alive(x, tx, n) * chance, rel=1e-9)


def test_a_new_customer_buys_in_the_first_chance_only_while_alive():
    alive = DONORS.delta / (DONORS.gamma + DONORS.delta)
    buys = DONORS.alpha / (DONORS.alpha + DONORS.beta)
    assert float(DONORS.expected_purchases(1)) == pytest.approx(alive * buys, rel=1e-9)


def test_retention_rises_and_gives_the_survival():
    model = contract_models.BetaGeometric(0.668, 3.806, 0.0)
    rates = model.retention(np.arange(1, 9))
    assert (np.diff(rates) > 0).all()
    assert rates.prod() == pytest.approx(float(model.survival(8)), rel=1e-9)
    assert model.expected_lifetime(0.1, 5) == pytest.approx(sum(float(model.survival(t)) / 1.1**t for t in range(5)))


def test_customers_who_never_came_back_or_never_left_are_refused():
    with pytest.raises(Refusal, match="no customer bought again"):
        contract_models.fit_bgbb([0], [0], [6])
    with pytest.raises(InputError, match="x <= t_x <= n"):
        contract_models.fit_bgbb([5], [3], [6])
    with pytest.raises(InputError, match="someone lost"):
        contract_models.fit_sbg([0, 0], 100)


def test_customers_who_hardly_ever_leave_do_not_overflow():
    loyal = contract_models.BetaGeometricBeta(2.0, 2.4, 190.0, 1100.0, 0.0, 1)
    found = loyal.future_purchases(np.array([2.0]), np.array([4.0]), np.array([6.0]), 1)
    chance = (2.0 + 2.0) / (2.0 + 2.4 + 6.0)
    alive = loyal.probability_alive(np.array([2.0]), np.array([4.0]), np.array([6.0]))
    assert found == pytest.approx(alive * chance, rel=1e-6)
