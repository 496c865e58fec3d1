import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.working_capital import cash_cycle, factoring_cost, levers, supplier_finance_saving

HISTORY = pd.DataFrame(
    {"dio": [90.0, 95.0], "dso": [10.0, 8.0], "dpo": [25.0, 30.0], "sales_usd": [910.0, 1820.0],
     "cost_usd": [455.0, 910.0], "days": [91.0, 91.0]}
)  # fmt: skip


def test_the_cycle_by_hand():
    cycle = cash_cycle(inventory_usd=50, receivables_usd=20, payables_usd=30, sales_usd=200, cost_usd=100, days=100)
    assert cycle == {"dio": 50, "dso": 10, "dpo": 30, "ccc": pytest.approx(30)}


def test_levers_set_free_a_day_of_sales_or_cost_and_no_more_than_there_is():
    table = levers(HISTORY, {"dio": 10, "dso": 20, "dpo": 10}, rate_year=0.1).set_index("lever")
    assert table.loc["dio", "released_usd"] == pytest.approx(100)  # 910 / 91 a day
    assert table.loc["dso", "released_usd"] == pytest.approx(8 * 20)  # only 8 days are there
    assert table.loc["dio", ["low_usd", "high_usd"]].tolist() == [50, 100]
    assert table.loc["dio", "interest_saved_usd"] == pytest.approx(10)


def test_supply_chain_finance_by_hand():
    found = supplier_finance_saving(
        365_000, days_longer=30, supplier_rate=0.08, buyer_rate=0.05, own_rate=0.1, share_shared=0.5
    )
    assert found["financed_usd"] == 30_000
    assert found["suppliers_saving_usd"] == pytest.approx(900)
    assert found["buyer_gain_usd"] == pytest.approx(450 + 3000)
    dear = supplier_finance_saving(365_000, days_longer=30, supplier_rate=0.04, buyer_rate=0.05, own_rate=0.0)
    assert dear["worthwhile"] == 0
    assert dear["price_cut_usd"] == 0


def test_bad_input():
    with pytest.raises(InputError, match="sales_usd is 0"):
        cash_cycle(inventory_usd=1, receivables_usd=1, payables_usd=1, sales_usd=0, cost_usd=1)
    with pytest.raises(InputError, match="'doi'"):
        levers(HISTORY, {"doi": 3}, rate_year=0.1)
    with pytest.raises(InputError, match="share_shared"):
        supplier_finance_saving(1, days_longer=1, supplier_rate=0, buyer_rate=0, own_rate=0, share_shared=2)
    with pytest.raises(InputError, match="days"):
        factoring_cost(1, days=0, rate_year=0.1)
