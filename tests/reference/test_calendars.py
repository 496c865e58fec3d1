"""Events by market, and the weekly frame for forecasts."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.reference import calendars
from hypothesis import given, settings
from hypothesis import strategies as st

MARKETS = ["US", "DE", "SA", "ID", "CN", "MX"]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(MARKETS), st.dates(pd.Timestamp("2022-01-01").date(), pd.Timestamp("2028-01-01").date()))
def test_events_touch_the_period_and_shares_of_a_week_lie_between_0_and_1(market, day):
    start, end = pd.Timestamp(day), pd.Timestamp(day) + pd.Timedelta(days=60)
    found = calendars.events(market, start, end)
    assert ((found["end"] >= start) & (found["date"] <= end)).all()
    assert ((found["end"] - found["date"]).dt.days + 1 == found["days"]).all()
    weeks = calendars.weekly_features(market, start, end)
    assert ((weeks >= 0) & (weeks <= 1)).all().all()


def test_weeks_are_mondays_and_complete():
    found = calendars.weekly_features(["US", "SA"], "2026-01-01", "2026-12-31")
    weeks = found.index.get_level_values("week")
    assert set(weeks.day_of_week) == {0} and len(found) == 2 * 53
    assert found.loc["SA", "black_friday"].sum() == 0 and found.loc["US", "ramadan"].sum() == 0


def test_the_days_of_ramadan_add_up():
    found = calendars.weekly_features("SA", "2026-01-05", "2026-12-27")["ramadan"].sum() * 7
    assert found == pytest.approx(30)


def test_an_event_on_the_edge_of_the_year_is_kept():
    found = calendars.events("CN", "2026-02-20", "2026-02-21")
    assert "spring_festival_closure" in set(found["event"])


def test_ramadan_begins_twice_in_2030():
    found = calendars.events("SA", "2030-01-01", "2030-12-31", kinds="religious").query("event == 'ramadan'")
    assert found["date"].dt.strftime("%m-%d").tolist() == ["01-05", "12-26"]  # Umm al-Qura, 1451 and 1452 AH


def test_moon_dates_and_placeholders_are_marked():
    found = calendars.events(["SA", "MX"], "2026-01-01", "2026-12-31", kinds=["religious", "sale"])
    assert found.set_index("event")["estimated"][["ramadan", "el_buen_fin"]].all()
    assert not found.set_index("event")["estimated"]["white_friday"]


def test_holidays_are_told_in_english():
    found = calendars.events("JP", "2026-01-01", "2026-12-31", kinds="public_holiday")
    assert found["name"].str.isascii().all() and len(found) >= 16


@pytest.mark.parametrize(
    "arguments, text",
    [
        (("UK", "2026-01-01", "2026-02-01"), "market 'UK' is not known"),
        (("US", "2026-03-01", "2026-02-01"), "start is '2026-03-01'"),
        (("US", "2026-01-01", "2026-02-01", "sales"), "did you mean 'sale'"),
    ],
)
def test_wrong_inputs_are_named(arguments, text):
    with pytest.raises(InputError, match=text):
        calendars.events(*arguments)


def test_markets_without_sale_events_have_their_public_holidays():
    assert calendars.has("AR") and calendars.has("NZ") and not calendars.has("ZZ")
    found = calendars.events("AR", "2026-01-01", "2026-12-31")
    assert set(found["kind"]) == {"public_holiday"} and len(found) >= 12


def test_kinds_and_names_leave_out_the_others_and_change_nothing_else():
    every = calendars.events(MARKETS, "2024-01-01", "2026-12-31")
    sales = calendars.events(MARKETS, "2024-01-01", "2026-12-31", kinds=["sale", "season"])
    wanted = every[every["kind"].isin(["sale", "season"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(sales, wanted)
    ramadan = calendars.events(MARKETS, "2024-01-01", "2026-12-31", only=["ramadan"])
    pd.testing.assert_frame_equal(ramadan, every[every["event"] == "ramadan"].reset_index(drop=True))
    with pytest.raises(InputError, match="event 'ramadam' is not known"):
        calendars.events("SA", "2024-01-01", "2024-12-31", only=["ramadam"])
