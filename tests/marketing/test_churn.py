"""Who left, who is worth winning back, and when the next order is due."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import buying_models, churn
from crossborder.marketing.buying_models import BuyingModel

BUYING = BuyingModel("bg", 0.5, 60.0, 0.9, 2.0, 0.0, 1000, 0.01 * np.eye(4))
HISTORY = pd.DataFrame({"frequency": [0.0, 2, 9], "recency": [0.0, 40, 350], "age": [200.0, 300, 360]})


def test_next_purchase_is_sooner_for_the_better_customer():
    found = churn.next_purchase(BUYING, HISTORY, horizon_days=2000)
    assert found["days_to_half"].iloc[2] < found["days_to_half"].iloc[0]
    expected = buying_models.future_purchases(
        BUYING, *HISTORY.iloc[2][["frequency", "recency", "age"]], found["days_to_half"].iloc[2]
    )
    assert float(expected) == pytest.approx(0.5, abs=0.02)


def test_win_back_by_hand():
    value = pd.DataFrame({"probability_alive": [0.2], "clv_usd": [10.0]})
    found = churn.win_back(value, offer_cost=5.0, contact_cost=0.1, return_rate=0.1).iloc[0]
    assert found["net_usd"] == pytest.approx(0.8 * 0.1 * (50 - 5) - 0.1 - 0.2 * 0.1 * 5)
    assert found["target"]


def test_a_perfect_score_has_an_area_of_one():
    assert churn.score_quality([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])["auc"] == 1.0


def test_a_return_rate_above_one_is_refused():
    with pytest.raises(InputError, match="return_rate is 2"):
        churn.win_back(pd.DataFrame(), offer_cost=1.0, contact_cost=0.0, return_rate=2)
