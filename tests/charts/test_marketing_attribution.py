"""Figures of notebook 41: titles say what the numbers say."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import marketing_attribution as charts
from crossborder.marketing import attribution, channel_panel, paths
from crossborder.marketing.journeys import from_paths

PATHS = from_paths(["ads > mail", "mail", "search > ads"], [30, 50, 20], [40, 90, 60], days_between=1.0)


def said(fig) -> str:
    texts = " ".join(text.get_text() for text in fig.findobj(lambda one: hasattr(one, "get_text")))
    return " ".join(texts.split())


@pytest.fixture(scope="module")
def credits():
    return attribution.attribute(PATHS, ["last", "first", "linear"])


def test_the_channel_that_hangs_on_the_method_is_named(credits):
    assert "Mail depends most on the method" in said(charts.credit_by_method(credits, ["last", "first"]))


def test_with_a_truth_the_favourite_of_the_last_touch_is_held_against_it(credits):
    known = pd.Series({"ads": 60.0, "mail": 20.0, "search": 20.0})
    text = said(charts.credit_by_method(credits, ["last", "first"], known))
    assert "Mail gets 80" in text and "brought 20" in text


def test_levels_are_held_against_the_caused_orders():
    levels = pd.Series({"linear": 100.0, "logit_removal": 45.0})
    assert "share out every order" in said(charts.level_bars(levels, None))
    assert "2.0 times the orders" in said(charts.level_bars(levels, 50.0))


def test_single_touches_are_counted_in_the_flow():
    assert "50" in said(charts.path_flow(paths.path_flow(PATHS)))


def test_worlds_name_the_best_rule_the_credit_and_the_mix_model():
    names = ["linear", "last", "calibrated", "mix_calibrated"]
    share = np.array([0.3, 0.4, 0.2, 0.1])
    summary = pd.DataFrame({"share_distance": share, "share_low": share / 2, "share_high": share * 2}, index=names)
    summary = summary.assign(level_ratio=2.0, level_low=1.5, level_high=3.0, worlds=20)
    text = said(charts.error_over_worlds(summary))
    assert "best rule misplaces 30" in text and "credit 20" in text and "model 10" in text
    assert "Mix model, calibrated" in text


@pytest.mark.parametrize(("even", "words"), [(1.0, "All 2 channels look profitable"), (5.0, "1 of 2 channels")])
def test_channels_below_break_even_are_counted(even, words):
    own = attribution.attribute(PATHS, ["last"]).query("channel != 'search'")
    value = own.assign(measure="revenue_usd", credit=[40.0, 800.0], credit_low=[38.0, 790.0], credit_high=[42.0, 810.0])
    spend = pd.DataFrame(
        {"spend_usd": [20.0, 80.0], "clicks": 10.0, "impressions": 99.0, "platform_conversions": 5.0},
        index=pd.Index(["ads", "mail"], name="channel"),
    )
    panel = channel_panel.credit_over_spend(spend, pd.concat([own, value]), margin_share=0.4)
    assert words in said(charts.roas(panel, even))
