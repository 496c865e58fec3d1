"""Insurance: layers, deductibles, index cover."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.risk import insurance
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0, 1e5), st.floats(1, 1e5))
def test_what_is_paid_and_what_is_kept_add_up(losses, deductible, limit):
    paid = insurance.layer(losses, deductible, limit)
    assert (paid >= 0).all()
    assert (paid <= limit).all()
    below = insurance.layer(losses, 0.0, max(deductible, 1e-9))
    above = insurance.layer(losses, deductible + limit)
    np.testing.assert_allclose(np.minimum(losses, max(deductible, 1e-9)), below)
    np.testing.assert_allclose(below + paid + above, losses, atol=1e-6)


def test_free_insurance_is_taken_whole_and_ruinous_insurance_not_at_all():
    losses = np.random.default_rng(1).lognormal(8, 1.2, 5_000)
    cheap = insurance.deductible_choice(losses, [0.0, 5_000.0], loading=0.0)
    dear = insurance.deductible_choice(losses, [0.0, 5_000.0], loading=5.0)
    assert cheap.loc[cheap["best"], "deductible_usd"].tolist() == [0.0]
    assert np.isinf(dear.loc[dear["best"], "deductible_usd"]).all()


def test_a_higher_deductible_costs_a_lower_premium():
    losses = np.random.default_rng(2).lognormal(8, 1, 2_000)
    table = insurance.deductible_choice(losses, np.linspace(0, 20_000, 8)).iloc[1:]
    assert table["premium_usd"].is_monotonic_decreasing
    assert table["retained_cvar_usd"].is_monotonic_increasing


def test_index_cover_by_hand():
    assert insurance.index_cover([0.5, 1.0, 1.5, 2.0, 9.0], 1.0, 2.0, 100.0).tolist() == [0, 0, 50, 100, 100]


def test_basis_risk_of_a_perfect_and_a_useless_index():
    losses = np.array([0.0, 10.0, 0.0, 30.0])
    assert insurance.basis_risk(losses, losses)["paid_share"] == 1
    useless = insurance.basis_risk(losses, losses[::-1] * 0 + np.array([5.0, 0, 5.0, 0]))
    assert (useless["paid_share"], useless["missed_share"], useless["unneeded_share"]) == (0, 1, 1)


def test_a_fair_index_that_follows_the_loss_is_bought():
    rng = np.random.default_rng(3)
    losses = np.where(rng.random(4_000) < 0.1, 1_000.0, 0.0)
    table = insurance.optimal_index_cover(losses, losses / 1_000.0, loading=0.0)
    assert table.loc[table["best"], "sum_insured_usd"].iloc[0] > 800
    dear = insurance.optimal_index_cover(losses, losses / 1_000.0, loading=3.0)
    assert dear.loc[dear["best"], "sum_insured_usd"].iloc[0] == 0


def test_wrong_terms_are_refused():
    with pytest.raises(InputError, match="deductible 0 or more"):
        insurance.layer([1.0], -1.0)
    with pytest.raises(InputError, match="above the trigger"):
        insurance.index_cover([1.0], 2.0, 1.0, 10.0)
