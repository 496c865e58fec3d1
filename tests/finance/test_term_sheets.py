"""Small print of rounds: caps and discounts, preferences, price protection."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance import term_sheets


def notes(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["holder", "amount_usd", "cap_usd", "discount", "kind"])


def test_a_post_money_cap_says_what_the_holder_owns_before_new_money():
    table = term_sheets.convert_notes(
        notes(("A", 200_000, 4e6, 0.0, "post-money"), ("B", 800_000, 8e6, 0.0, "post-money")), 9_250_000, 15e6, 5e6
    ).set_index("holder")
    before = table["shares"].drop(["new investors", "new options"])
    assert before["A"] / before.sum() == pytest.approx(0.05)
    assert before["B"] / before.sum() == pytest.approx(0.10)
    assert table.loc["new investors", "share"] == pytest.approx(0.25)
    assert table["share"].sum() == pytest.approx(1)


def test_a_pre_money_cap_prices_the_old_shares_only():
    table = term_sheets.convert_notes(notes(("A", 500_000, 5e6, 0.0, "pre-money")), 1e6, 20e6, 5e6).set_index("holder")
    assert table.loc["A", "price_usd"] == pytest.approx(5.0)
    assert table.loc["A", "shares"] == pytest.approx(100_000)


def test_the_better_of_cap_and_discount_counts():
    high_cap = notes(("A", 500_000, 90e6, 0.2, "post-money"))
    table = term_sheets.convert_notes(high_cap, 1e6, 10e6, 2.5e6, pool_after=0.1).set_index("holder")
    assert table.loc["A", "price_usd"] == pytest.approx(0.8 * table.loc["new investors", "price_usd"])
    assert table.loc["new options", "share"] == pytest.approx(0.1)
    no_cap = term_sheets.convert_notes(notes(("A", 5e5, np.nan, 0.2, "post-money")), 1e6, 10e6, 2.5e6, pool_after=0.1)
    assert no_cap["shares"].tolist() == pytest.approx(table["shares"].tolist())


def test_notes_that_eat_the_company_are_refused():
    with pytest.raises(InputError, match="notes"):
        term_sheets.convert_notes(notes(("A", 6e6, 5e6, 0.0, "post-money")), 1e6, 10e6, 2e6)
    with pytest.raises(InputError, match="kind"):
        term_sheets.convert_notes(notes(("A", 1e5, 5e6, 0.0, "other")), 1e6, 10e6, 2e6)
    with pytest.raises(InputError, match="pool_after"):
        term_sheets.convert_notes(notes(("A", 1e5, 5e6, 0.0, "post-money")), 1e6, 10e6, 2e6, pool_after=0.9)


CLASSES = pd.DataFrame(
    {
        "holder": ["B", "A", "common"],
        "shares": [2.0, 3.0, 5.0],
        "invested_usd": [10.0, 6.0, 0.0],
        "multiple": [1.0, 1.0, 1.0],
        "participating": [False, False, False],
        "seniority": [2, 1, 0],
    }
)


def paid(total: float, classes: pd.DataFrame = CLASSES) -> dict[str, float]:
    return term_sheets.liquidation(classes, total).set_index("holder")["amount_usd"].to_dict()


def test_preferences_come_first_by_rank_and_conversion_when_it_pays():
    assert paid(8) == pytest.approx({"B": 8, "A": 0, "common": 0})
    assert paid(14) == pytest.approx({"B": 10, "A": 4, "common": 0})
    # A converts above 2 a share: of 30, B takes 10 and the other 20 are shared by eight shares.
    assert paid(30) == pytest.approx({"B": 10, "A": 7.5, "common": 12.5})
    assert paid(100) == pytest.approx({"B": 20, "A": 30, "common": 50})


def test_participation_takes_twice_and_all_is_paid_out():
    double = CLASSES.assign(participating=[True, True, False])
    found = paid(100, double)
    assert found["B"] == pytest.approx(10 + 84 * 0.2) and sum(found.values()) == pytest.approx(100)
    for total in (0, 5, 16, 50, 500):
        assert sum(paid(total).values()) == pytest.approx(total)
    with pytest.raises(InputError, match="proceeds_usd"):
        paid(-1)


def test_a_cap_stops_participation_until_conversion_pays_more():
    """Hand-worked: 5 invested for a third, capped at 3 times: 5 + a third of the rest up to 15, then a third of all."""
    capped = pd.DataFrame(
        {
            "holder": ["A", "common"],
            "shares": [1.0, 2.0],
            "invested_usd": [5.0, 0.0],
            "multiple": [1.0, 1.0],
            "participating": [True, False],
            "seniority": [1, 0],
            "cap_multiple": [3.0, np.nan],
        }
    )
    taken = [paid(total, capped)["A"] for total in (4, 15, 35, 40, 45, 60)]
    assert taken == pytest.approx([4, 5 + 10 / 3, 15, 15, 15, 20])
    assert all(sum(paid(total, capped).values()) == pytest.approx(total) for total in (4, 15, 35, 40, 45, 60))
    assert paid(60, capped.drop(columns="cap_multiple"))["A"] == pytest.approx(5 + 55 / 3)
    with pytest.raises(InputError, match="cap_multiple"):
        paid(60, capped.assign(cap_multiple=[0.5, np.nan]))


def test_who_bears_the_notes_depends_on_the_method():
    """Hand-worked: 8 m before, 2 m raised, 1 m of notes at 30 % off, a million shares."""
    table = {
        method: term_sheets.convert_notes(
            notes(("notes", 1e6, np.nan, 0.3, "pre-money")), 1e6, 8e6, 2e6, method=method
        ).set_index("holder")
        for method in term_sheets.METHODS
    }
    price = {method: found.loc["new investors", "price_usd"] for method, found in table.items()}
    assert price["pre-money"] == pytest.approx(8.0)
    assert price["percent ownership"] == pytest.approx((10e6 - 2e6 - 1e6 / 0.7) / 1e6)
    assert price["dollars invested"] == pytest.approx((11e6 - 2e6 - 1e6 / 0.7) / 1e6)
    assert table["dollars invested"].loc["new investors", "share"] == pytest.approx(2 / 11)
    pool = term_sheets.convert_notes(
        notes(("notes", 1e6, np.nan, 0.3, "pre-money")), 1e6, 8e6, 2e6, method="pre-money", pool_after=0.1
    ).set_index("holder")
    assert pool.loc["new options", "share"] == pytest.approx(0.1)
    assert pool.loc["new investors", "price_usd"] * (1e6 + pool.loc["new options", "shares"]) == pytest.approx(8e6)
    with pytest.raises(InputError, match="method"):
        term_sheets.convert_notes(notes(("A", 1e5, 5e6, 0.0, "pre-money")), 1e6, 8e6, 2e6, method="other")


def test_equal_ranks_share_in_proportion():
    level = CLASSES.assign(seniority=[1, 1, 0])
    assert paid(8, level) == pytest.approx({"B": 5, "A": 3, "common": 0})


def test_protection_lies_between_the_prices():
    price = term_sheets.anti_dilution(2.0, 1.0, 1e6, 1e6)
    assert 1.0 < price < 2.0
    assert term_sheets.anti_dilution(2.0, 3.0, 1e6, 1e6) == 2.0
    with pytest.raises(InputError, match="rule"):
        term_sheets.anti_dilution(2.0, 1.0, 1e6, 1e6, rule="none")
