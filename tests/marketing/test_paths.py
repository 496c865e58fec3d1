"""Path statistics by hand."""

import pandas as pd
import pytest
from crossborder.marketing import paths
from crossborder.marketing.journeys import from_paths

PATHS = from_paths(
    ["video > search", "search", "video", "search > video"], [3, 2, 1, 1], [1, 4, 5, 1], days_between=2.0
)


def test_transitions_add_to_one_and_match_the_counts():
    table = paths.transitions(PATHS)
    assert table.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert table.loc["start", "video"] == pytest.approx(10 / 18)
    assert table.loc["video", "search"] == pytest.approx(4 / 12)


def test_verification_needs_the_search_after_the_discovery():
    found = paths.verification_share(PATHS, ["video"], ["search"]).set_index("outcome")
    assert found.loc["order", ["discovered", "verified"]].to_list() == [5, 3]
    assert found.loc["no order", "share"] == pytest.approx(1 / 7)


def test_common_paths_merge_repeats():
    made = from_paths(["a > a > b", "a > b", "b"], [2, 3, 1], [0, 0, 9])
    found = paths.common_paths(made).set_index("path")
    assert found.loc["a > b", "orders"] == 5
    assert found.loc["b", "rate"] == pytest.approx(0.1)


def test_lags_and_lengths_count_every_order_once():
    found = paths.lag_and_length(PATHS)
    assert found.groupby("kind")["orders"].sum().to_list() == [7, 7]


def test_flows_end_in_all_orders():
    flow = paths.path_flow(PATHS)
    assert flow.loc[flow["target"] == "order", "orders"].sum() == 7


def test_concentration_of_equal_sources():
    found = paths.concentration(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}), paid=["a"])
    assert (found["hhi"], found["effective_sources"], found["paid_share"]) == pytest.approx((0.25, 4.0, 0.25))


def test_journeys_one_by_one_give_the_same_as_counted_paths():
    texts = ["video > search", "search", "video", "search > video"]
    rows = [
        (text, float(ordered))
        for text, won, lost in zip(texts, [3, 2, 1, 1], [1, 4, 5, 1], strict=True)
        for ordered in [True] * won + [False] * lost
    ]
    single = from_paths([text for text, _ in rows], [won for _, won in rows], [1 - won for _, won in rows])
    for table in (
        paths.transitions,
        paths.common_paths,
        lambda made: paths.verification_share(made, ["video"], ["search"]),
    ):
        pd.testing.assert_frame_equal(table(single), table(PATHS))
