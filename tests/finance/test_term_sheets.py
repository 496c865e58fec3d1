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


def test_equal_ranks_share_in_proportion():
    level = CLASSES.assign(seniority=[1, 1, 0])
    assert paid(8, level) == pytest.approx({"B": 5, "A": 3, "common": 0})


def test_protection_lies_between_the_prices():
    price = term_sheets.anti_dilution(2.0, 1.0, 1e6, 1e6)
    assert 1.0 < price < 2.0
    assert term_sheets.anti_dilution(2.0, 3.0, 1e6, 1e6) == 2.0
    with pytest.raises(InputError, match="rule"):
        term_sheets.anti_dilution(2.0, 1.0, 1e6, 1e6, rule="none")
