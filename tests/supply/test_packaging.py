import numpy as np
import pandas as pd
import pytest
from crossborder.supply import packaging


def test_smaller_packs_never_cost_more(products):
    table = packaging.redesign_saving(products, 25.0, [100, 100, 100], "2026-10-31", shrink_cm=3)
    assert (table["saving_year"] >= 0).all()


def test_padding_protects():
    chance = packaging.damage_probability(0.8, 60, np.array([1.0, 3.0, 6.0]))
    assert (np.diff(chance) < 0).all()
    assert ((chance >= 0) & (chance <= 1)).all()


def test_the_rule_balances_pack_and_loss():
    table = packaging.pack_test_rule(30, 0.8, 60, 0.8, np.arange(1.0, 16))
    best = table[table["best"]].iloc[0]
    assert best["total"] == table["total"].min()
    assert 1 < best["cushion_cm"] < 15


def test_materials_by_total():
    table = packaging.material_tradeoff(
        pd.DataFrame(
            {
                "material": ["foam", "paper"],
                "price": [0.2, 0.3],
                "weight_kg": [0.05, 0.1],
                "damage_rate": [0.02, 0.01],
                "co2e_kg_per_kg": [3.0, 0.9],
            }
        ),
        5.0,
        20.0,
        0.5,
    )
    assert table["total"].is_monotonic_increasing
    assert table.set_index("material").loc["paper", "total"] == pytest.approx(0.3 + 0.5 + 0.2 + 0.05)
