import numpy as np
import pandas as pd
import pytest
from crossborder.charts import selection as charts

SIGNALS = ["demand", "margin"]


def said(fig) -> str:
    return " ".join(text.get_text() for text in fig.findobj(lambda one: hasattr(one, "get_text")))


def test_the_signal_that_separates_the_picks_is_named():
    values = pd.DataFrame([[0.5, 1.0], [0.6, 0.0]], columns=SIGNALS, index=["C1", "C2"])
    names = pd.Series({"C1": "lamp, US", "C2": "bowl, DE"})
    fig = charts.contributions(values, pd.Series({"demand": 0.5, "margin": 0.5}), names)
    assert "Margin separates the picks most" in said(fig)
    assert "+25" in said(fig) and "−25" in said(fig)


def path(units: list[float]) -> pd.DataFrame:
    month = pd.date_range("2026-11-01", periods=len(units), freq="MS")
    known = {"candidate_id": "C1", "month": month, "units": units}
    return pd.DataFrame(known).assign(low=0.0, high=lambda f: 2 * f["units"], if_success=lambda f: 1.5 * f["units"])


def test_the_first_and_the_last_month_are_summed_over_picks():
    both = pd.concat([path([10, 20, 30]), path([1, 2, 3]).assign(candidate_id="C2")])
    fig = charts.demand(both, pd.Series({"C1": "lamp", "C2": "bowl"}))
    assert "sell 11 pieces in the first month and 33 in the last" in said(fig)


@pytest.mark.parametrize(
    ("draw", "title"),
    [
        (
            lambda: charts.contributions(pd.DataFrame(columns=SIGNALS), pd.Series(0.5, SIGNALS), pd.Series(dtype=str)),
            "weighed",
        ),
        (lambda: charts.demand(path([]), pd.Series(dtype=str)), "nothing is sold"),
    ],
)
def test_without_picks_a_figure_says_so(draw, title):
    fig = draw()
    assert title in said(fig) and len(fig.png()) > 0
    assert np.all([not ax.axison for ax in fig.axes])
