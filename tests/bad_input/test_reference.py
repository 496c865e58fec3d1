"""What users send to the reference functions by mistake: an answer in plain words, or the right number."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import CrossborderError, InputError, Refusal
from crossborder.reference import airports, calendars, certificates, emissions, exchange, facts, fees, taxes
from crossborder.reference.sea import SeaNetwork


def test_times_of_day_and_time_zones_do_not_matter_to_a_rate():
    plain = exchange.convert(1.0, "EUR", "2024-01-03")
    assert exchange.convert(1.0, "EUR", pd.Timestamp("2024-01-03 23:59:59")) == plain
    assert exchange.convert(1.0, "EUR", pd.Timestamp("2024-01-03 12:00", tz="UTC")) == plain


def test_series_with_any_index_are_taken_by_position():
    amount = pd.Series([10.0, 20.0], index=[7, 3])
    currency = pd.Series(["EUR", "GBP"], index=[1, 2])
    found = exchange.convert(amount, currency, "2024-01-03")
    assert found == pytest.approx(
        [10 * exchange.convert(1, "EUR", "2024-01-03"), 20 * exchange.convert(1, "GBP", "2024-01-03")]
    )


@pytest.mark.parametrize("nothing", [[], np.array([]), pd.Series([], dtype="str")])
def test_nothing_in_gives_nothing_out(nothing):
    assert len(exchange.convert(nothing, nothing, nothing)) == 0
    assert len(taxes.duty_rate(nothing, nothing, nothing)) == 0
    assert len(emissions.freight_kg(nothing, nothing, nothing)) == 0


@pytest.mark.parametrize(
    "call, error, text",
    [
        pytest.param(lambda: exchange.rates("usd"), InputError, "currency 'usd' is not known", id="lower case"),
        pytest.param(lambda: exchange.rates([]), InputError, "at least one currency", id="no currency"),
        pytest.param(lambda: exchange.convert(1, None, "2024-01-02"), InputError, "currency", id="no currency name"),
        pytest.param(
            lambda: exchange.convert(1, "EUR", "1998-12-31"), Refusal, "1 amounts in EUR", id="before the euro"
        ),
        pytest.param(lambda: exchange.convert(1, "EUR", "2.1.2024x"), InputError, "date", id="not a date"),
        pytest.param(lambda: taxes.duty_rate(610910, "US", "soon"), InputError, "on", id="not a date for a duty"),
        pytest.param(lambda: taxes.duty_rate(None, "US", "2026-01-01"), InputError, "hs_code", id="no code"),
        pytest.param(lambda: taxes.vat_rate("us", "2026-01-01"), InputError, "market 'us'", id="market in lower case"),
        pytest.param(
            lambda: SeaNetwork.load().distances([(np.nan, 31.0)], ["NLRTM"]),
            InputError,
            "place",
            id="missing coordinate",
        ),
        pytest.param(
            lambda: SeaNetwork.load().distances(["CNSHA"], ["NLRTM"], closed=["suez", ""]),
            InputError,
            "passage ''",
            id="empty passage",
        ),
        pytest.param(lambda: airports.airport(""), InputError, "airport", id="empty airport"),
        pytest.param(lambda: airports.great_circle_km(0, 95, 0, 0), InputError, "latitude", id="latitude above 90"),
        pytest.param(lambda: calendars.events("US", "never", "2026-01-01"), InputError, "start", id="not a start"),
        pytest.param(lambda: facts.growth("population", "HK"), InputError, "market 'HK'", id="no facts for Hong Kong"),
        pytest.param(lambda: certificates.traits([90191]), InputError, "six digits", id="a code as a number"),
        pytest.param(lambda: fees.referral("home", -5), InputError, "price_usd is -5", id="negative price"),
        pytest.param(lambda: fees.fee_rows(on="x"), InputError, "on", id="not a day for a fee"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_caller(call, error, text):
    with pytest.raises(error, match=text) as told:
        call()
    assert isinstance(told.value, CrossborderError) and len(str(told.value)) < 700
