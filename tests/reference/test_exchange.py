"""Exchange rates: identities between them, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import exchange, files
from hypothesis import given, settings
from hypothesis import strategies as st

CURRENCIES = ["USD", "EUR", "GBP", "JPY", "BRL", "MXN", "SAR", "AED", "CNY"]
DAYS = pd.date_range("2008-02-01", "2026-10-30").tolist()


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES), st.sampled_from(DAYS), st.floats(0.01, 1e6))
def test_there_and_back_again_is_the_same_amount(one, other, day, amount):
    there = exchange.convert(amount, one, day, to=other)
    assert exchange.convert(there, other, day, to=one) == pytest.approx(amount, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(DAYS), st.permutations(CURRENCIES))
def test_no_triangle_makes_money(day, order):
    first, second, third = order[:3]
    direct = exchange.convert(1.0, first, day, to=third)
    around = exchange.convert(exchange.convert(1.0, first, day, to=second), second, day, to=third)
    assert around == pytest.approx(direct, rel=1e-12)


def test_rates_are_units_of_base_for_one_of_the_column():
    frame = exchange.rates(["EUR", "JPY"], base="USD", start="2024-01-02", end="2024-06-28")
    assert frame["EUR"].between(1.0, 1.2).all() and frame["JPY"].between(0.005, 0.01).all()
    assert frame.attrs["base"] == "USD"


def test_base_against_itself_is_one():
    assert (exchange.rates("CNY", base="CNY")["CNY"] == 1.0).all()


def test_without_a_start_the_frame_begins_with_the_youngest_currency():
    assert exchange.rates(["EUR", "BRL"]).index[0] == pd.Timestamp("2008-01-02")


def test_forward_fill_gives_every_day_and_carries_the_friday():
    frame = exchange.rates("EUR", start="2026-10-24", end="2026-10-30", fill="forward")["EUR"]
    friday = exchange.rates("EUR", start="2026-10-23", end="2026-10-23")["EUR"].iloc[0]
    assert len(frame) == 7 and frame.iloc[0] == friday == frame.iloc[1]


def test_without_fill_there_are_fixing_days_only():
    frame = exchange.rates("EUR", start="2025-12-20", end="2026-01-05")
    assert (frame.index.day_of_week < 5).all() and pd.Timestamp("2025-12-25") not in frame.index


def test_convert_takes_arrays_of_everything():
    found = exchange.convert([100.0, 100.0], ["EUR", "USD"], ["2024-03-29", "2024-03-28"], to="USD")
    assert found[1] == 100.0 and found[0] == pytest.approx(108.11, abs=0.01)  # Good Friday carries 1.0811 of Thursday
    assert exchange.convert([], [], [], to="USD").shape == (0,)


def test_riyal_and_dirham_follow_the_dollar():
    frame = exchange.rates(["SAR", "AED"], base="USD")
    assert np.allclose(frame, [1 / 3.75, 1 / 3.6725])
    status = exchange.coverage().set_index("currency")["status"]
    assert status[["SAR", "AED", "HKD", "RUB", "VND"]].tolist() == ["pegged", "pegged", "live", "ended", "refused"]


def test_the_hole_of_the_icelandic_krona_is_found():
    row = exchange.coverage().set_index("currency").loc["ISK"]
    assert row["longest_gap_days"] > 3000 and "2018-02-01" in row["note"]
    with pytest.raises(Refusal, match="has a hole"):
        exchange.rates("ISK")
    assert len(exchange.rates("ISK", start="2018-02-01")) > 2000


def test_partial_allows_missing_days_and_shows_them():
    frame = exchange.rates(["EUR", "RUB"], partial=True)
    assert frame["RUB"].isna().any() and frame["EUR"].notna().all()


@pytest.mark.parametrize(
    "wanted, error, text",
    [
        ({"currencies": "VND"}, Refusal, "no exchange rate for VND"),
        ({"currencies": "TWD"}, Refusal, "floats"),
        ({"currencies": "RUB"}, Refusal, "ended on 2022-03-01"),
        ({"currencies": "HRK"}, Refusal, "Croatia joined the euro"),
        ({"currencies": "BRL", "start": "2000-01-03"}, Refusal, "begins on 2008-01-02"),
        ({"currencies": "EUR", "end": "2030-01-01"}, Refusal, "history at hand ends on"),
        ({"currencies": "EURO"}, InputError, "did you mean 'EUR'"),
        ({"currencies": "EUR", "fill": "forwards"}, InputError, "did you mean 'forward'"),
        ({"currencies": "EUR", "start": "2024-02-01", "end": "2024-01-01"}, InputError, "start is '2024-02-01'"),
    ],
)
def test_what_has_no_rate_is_refused_with_the_reason(wanted, error, text):
    with pytest.raises(error, match=text):
        exchange.rates(**wanted)


def test_amounts_beyond_the_history_are_counted():
    with pytest.raises(Refusal, match="2 amounts in EUR cannot be converted to USD"):
        exchange.convert([1, 2, 3], "EUR", ["2026-10-30", "2028-01-01", "2028-01-02"])


def test_the_last_fixing_holds_for_a_year_of_later_days():
    last = exchange.last_date()
    assert not exchange.carried(last + pd.Timedelta(days=7)) and exchange.carried(last + pd.Timedelta(days=8))
    later = last + pd.Timedelta(days=200)
    at_last = exchange.convert(1.0, "GBP", last)
    assert exchange.convert(1.0, "GBP", later) == at_last
    daily = exchange.rates(["GBP", "JPY"], start="2026-10-01", end=later, fill="forward")
    assert daily.index[-1] == later and daily.notna().all().all()
    assert (daily.loc[last:, "GBP"] == at_last).all()
    only_later = exchange.rates("GBP", start=last + pd.Timedelta(days=20), end=later, fill="forward")
    assert (only_later["GBP"] == at_last).all() and len(only_later) == 181
    assert exchange.rates("GBP", start="2026-10-01", end=later).index[-1] == last, "fixings alone end with the history"
    with pytest.raises(Refusal, match="ended on"):
        exchange.rates("RUB", start="2021-01-01", end=later, fill="forward")


@pytest.fixture
def no_own_rates(monkeypatch):
    monkeypatch.setattr(exchange, "_OWN", {})


def test_a_company_gives_rates_that_nobody_publishes(no_own_rates):
    with pytest.raises(Refusal, match=r"(?s)no exchange rate for ARS.*usd_rates: \{ARS"):
        exchange.rates("ARS")
    exchange.own_rates({"ARS": {"2026-01-01": "0.0007", "2026-07-01": 0.0006}, "VND": 0.00004})
    assert exchange.convert([1e4, 1e4], "ARS", ["2026-06-30", "2026-10-31"]) == pytest.approx([7.0, 6.0])
    assert exchange.convert(1e5, "VND", "2001-05-02", "EUR") == pytest.approx(
        4 * exchange.convert(1, "USD", "2001-05-02", "EUR")
    )
    status = exchange.coverage().set_index("currency")["status"]
    assert status[["ARS", "VND", "TWD"]].tolist() == ["own", "own", "refused"]
    with pytest.raises(Refusal, match="begins on"):
        exchange.rates("ARS", start="2025-01-01", end="2026-08-01")
    with pytest.raises(InputError, match="EUR has published rates"):
        exchange.own_rates({"EUR": 1.2})


def test_a_missing_date_is_named():
    with pytest.raises(InputError, match="a date for every row"):
        exchange.convert([1.0, 2.0], "EUR", [pd.Timestamp("2024-01-02"), pd.NaT])


def test_every_currency_that_is_quoted_has_an_assumed_interest():
    quoted = exchange.coverage().query("status in ('live', 'pegged')")["currency"]
    assumed = files.read("interest_rates.csv").set_index("currency")["rate_year"]
    assert set(quoted) <= set(assumed.index)
    assert assumed.between(0, 0.6).all()
