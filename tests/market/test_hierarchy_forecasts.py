"""Reconciliation judged on periods not seen."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import hierarchy_forecasts

COLUMNS = pd.MultiIndex.from_product([["DE", "US"], ["pet", "beauty"]], names=["market", "category"])


def sizes(periods: int = 36) -> pd.DataFrame:
    rng, t = np.random.default_rng(0), np.arange(periods)
    values = 100 * np.exp(0.01 * t[:, None] + 0.1 * rng.standard_normal((periods, 4)))
    return pd.DataFrame(values, columns=COLUMNS, index=pd.date_range("2023-01-01", periods=periods, freq="MS"))


def test_grid_has_total_markets_categories_and_cells():
    nodes = hierarchy_forecasts.grid(COLUMNS)
    assert nodes.labels.tolist()[:5] == ["total", "DE", "US", "pet", "beauty"]
    assert len(nodes.labels) == 9


def test_judgement_names_the_best_at_each_level():
    found = hierarchy_forecasts.judge(sizes(), season=12, origins=6)
    numbers = found.drop(columns="best").astype(float)
    assert found["best"].tolist() == numbers.idxmin(axis=1).tolist()
    assert numbers.loc["bottom", "bottom_up"] == pytest.approx(numbers.loc["bottom", "base"])


@pytest.mark.parametrize(
    ("ols", "said"),
    [([0.2, 0.2], "No method beats"), ([0.12, 0.05], "loses at the total"), ([0.05, 0.05], "over all nodes")],
)
def test_verdict_says_where_reconciling_loses(ols, said):
    table = pd.DataFrame({"base": [0.1, 0.1], "ols": ols, "best": "ols"}, index=["grand total", "all nodes"])
    text, values = hierarchy_forecasts.verdict(table)
    assert said in text
    assert text.format(**values)


def test_short_history_is_refused():
    with pytest.raises(Refusal, match="12 periods for 4 origins"):
        hierarchy_forecasts.judge(sizes(12), season=12)
