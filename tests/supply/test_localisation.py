import numpy as np
import pytest
from crossborder.supply import localisation


def test_assembly_breaks_even_at_the_labour_it_names():
    case = dict(
        value=10,
        parts_share=0.8,
        duty_finished=0.2,
        duty_parts=0.05,
        freight_finished=1,
        freight_parts=0.6,
        labour_home=0.5,
        price=30,
    )
    first = localisation.local_assembly(labour_local=0.9, **case)
    again = localisation.local_assembly(labour_local=first["labour_break_even"], **case)
    assert again["saving"] == pytest.approx(0)


def test_agreements_need_origin():
    table = localisation.trade_agreement([1000, 1000], 0.1, 0.0, [0.5, 0.3], 0.4, 10)
    assert table["eligible"].tolist() == [True, False]
    assert table["saving_year"].tolist() == pytest.approx([90, 0])
    assert table["content_missing"].tolist() == pytest.approx([0, 0.1])


def test_a_hub_adds_up():
    table = localisation.hub_relocation(100, 0.2, 0.05, 10, 0.3, 30, 5, 0.2)
    assert table["net"].iloc[0] == pytest.approx(15 - 3 + 100 * 0.2 * 25 / 365)


def test_own_platform_pays_beyond_its_break_even():
    found = localisation.own_or_rented(2e6, 1e5, 5e4, 0.8, 0.2, 5, 0.1)
    factor = (1.1 ** -np.arange(1, 6)).sum()
    orders = found["break_even_orders_year"]
    assert found["own_fixed"] + 0.2 * orders * factor == pytest.approx(found["rented_fixed"] + 0.8 * orders * factor)


def test_the_best_batch_is_the_economic_one():
    table = localisation.small_batches(1000, np.arange(10, 400, 1.0), 5, 0.2, 20)
    best = table.loc[table["best"], "batch"].iloc[0]
    assert best == pytest.approx(np.sqrt(2 * 1000 * 20 / (5 * 0.2)), abs=1)
