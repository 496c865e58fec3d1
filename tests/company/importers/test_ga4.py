"""GA4 events to touchpoints and funnel counts: every event counted, used or left out with its reason."""

import duckdb
import pandas as pd
import pytest
from crossborder.company import Company, checks

from tests.company.importers import ga4_export


@pytest.fixture
def export(tmp_path):
    """The small shop as a file of JSON lines."""
    path = tmp_path / "events.jsonl"
    path.write_text(ga4_export.lines(ga4_export.shop()), encoding="utf-8")
    return path


def fates(report):
    """Fate -> rows."""
    return dict(zip(report.fates["fate"], report.fates["rows"], strict=True))


def test_every_event_is_used_or_left_out_with_its_reason(bring, export):
    report, folder = bring("ga4", export)
    assert report.accepted and report.rows_in == 11 == report.fates["rows"].sum()
    assert fates(report) == {
        "first event of a visit": 3,
        "first product view of a visit": 1,
        "first cart of a visit": 1,
        "first checkout of a visit": 1,
        "purchase: an order": 1,
        "purchase sent again": 1,
        "a further event of a visit": 1,
        "no user_pseudo_id (consent denied)": 1,
        "no ga_session_id: belongs to no visit": 1,
    }
    before = dict(zip(report.sums["measure"], report.sums["before"], strict=True))
    assert before == {"visits": 3, "product_views": 1, "carts": 1, "checkouts": 1, "orders": 1}
    assert report.sums["difference"].abs().max() == 0
    assert checks.check(folder).errors == []


def test_sessions_are_counts_a_day_market_and_platform(bring, export):
    _, folder = bring("ga4", export, platform="web_shop")
    found = Company.open(folder).events("sessions").order_by("market").to_pandas()
    counts = ["market", "platform", "visits", "product_views", "carts", "checkouts", "orders"]
    assert found[counts].to_numpy().tolist() == [["DE", "web_shop", 2, 1, 1, 1, 1], ["US", "web_shop", 1, 0, 0, 0, 0]]
    assert set(found["date"].astype("str")) == {"2026-03-02"}


def test_touchpoints_are_visits_with_their_channel_and_order(bring, export):
    _, folder = bring("ga4", export)
    found = Company.open(folder).events("touchpoints").order_by("at").to_pandas()
    assert list(found["customer_id"]) == ["d1", "d2", "d1"]
    # A first visit without a source of its own takes the device's first source.
    assert list(found["channel"]) == ["search_brand", "search_organic", "direct"]
    assert list(found["market"]) == ["DE", "US", "DE"]
    assert found["converted_order_id"].fillna("").tolist() == ["T-1", "", ""]
    assert str(found["at"].iloc[0]) == "2026-03-02 10:00:00+00:00"
    assert found["consent"].all()


def test_parquet_gives_what_json_gives(bring, export, tmp_path):
    columnar = tmp_path / "events.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_json('{export}')) TO '{columnar}' (FORMAT parquet)")
    _, one = bring("ga4", export, to="json")
    _, two = bring("ga4", columnar, to="parquet")
    for name in ("touchpoints", "sessions"):
        left, right = (Company.open(folder).events(name).to_pandas() for folder in (one, two))
        pd.testing.assert_frame_equal(left, right)


def test_a_device_that_signs_in_is_its_user(bring, tmp_path):
    events = ga4_export.shop()
    events[3]["user_id"] = "customer 7"
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events), encoding="utf-8")
    _, folder = bring("ga4", tmp_path / "e.jsonl")
    found = Company.open(folder).events("touchpoints").order_by("at").to_pandas()
    assert list(found["customer_id"]) == ["customer 7", "d2", "customer 7"]


def test_times_in_milliseconds_are_told_and_nothing_is_written(bring, tmp_path):
    events = ga4_export.shop()
    events[4]["event_timestamp"] = events[4]["event_timestamp"][:13]
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events), encoding="utf-8")
    report, folder = bring("ga4", tmp_path / "e.jsonl")
    assert not report.accepted and not folder.exists()
    [problem] = [one for one in report.problems if one.severity == "error"]
    assert (problem.column, problem.count, problem.rows) == ("event_timestamp", 1, (6,))
    assert "microseconds" in problem.rule
