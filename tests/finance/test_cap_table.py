import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.cap_table import funding_roadmap, next_round, ownership, round_table
from hypothesis import given, settings
from hypothesis import strategies as st

TABLE = pd.DataFrame(
    [
        (0, "founding", "Founders", 10.0, np.nan, 800.0),
        (0, "founding", "Pool", 0.0, np.nan, 200.0),
        (1, "seed", "Fund", 250.0, 750.0, 333.333333),
    ],
    columns=["order", "round", "holder", "invested_usd", "pre_money_usd", "shares"],
)


def test_ownership_and_rounds_by_hand():
    owned = ownership(TABLE).set_index(["order", "holder"])["fraction"]
    assert owned[0, "Founders"] == pytest.approx(0.8)
    assert owned[1, "Fund"] == pytest.approx(0.25)
    rounds = round_table(TABLE)
    assert rounds["dilution"].tolist() == pytest.approx([0, 0.25])
    assert rounds["within"].all()
    assert rounds["gap"].abs().max() < 1e-6


def test_shares_that_contradict_the_price_are_seen():
    wrong = TABLE.assign(shares=[800.0, 200.0, 500.0])
    assert abs(round_table(wrong)["gap"].iloc[1]) > 0.1


@settings(max_examples=40, deadline=None)
@given(st.floats(1e4, 1e7), st.floats(1e5, 1e8), st.floats(0, 0.3))
def test_after_a_round_everybody_together_owns_all(raised, pre, pool):
    if raised / (raised + pre) + pool >= 0.95:
        return
    row = next_round(1000.0, raised, pre, pool_after=pool).iloc[0]
    total = (row["pre_money_usd"] + row["raise_usd"]) / row["price_usd"]
    parts = 1000.0 + row["new_pool_shares"] + row["investors"] * total
    assert parts == pytest.approx(total)
    assert next_round(1000.0, raised, row["least_pre_money_usd"]).iloc[0]["dilution"] == pytest.approx(0.3)


def test_the_roadmap_asks_in_time_and_only_when_needed():
    paths = np.tile(100.0 - 5 * np.arange(1, 25), (50, 1))  # under 50 from the eleventh month
    table = funding_roadmap(paths, 50.0, lead_months=6, cover_months=6)
    assert table["need_month"].iloc[0] == 11
    assert table["start_month"].iloc[0] == 5
    covered = paths[0].copy()
    for row in table.itertuples():
        covered[row.need_month - 1 :] += row.raise_usd
    assert covered.min() >= 50 - 1e-9
    assert funding_roadmap(paths + 500, 50.0).empty


def test_bad_input():
    with pytest.raises(Refusal, match="no shares"):
        ownership(TABLE.assign(shares=0.0))
    with pytest.raises(InputError, match="pool_after"):
        next_round(100.0, 60.0, 40.0, pool_after=0.5)
    with pytest.raises(InputError, match="shares, money"):
        next_round(0.0, 1.0, 1.0)
    with pytest.raises(InputError, match="cash_paths"):
        funding_roadmap(np.ones(3), 1.0)
