"""Published figures that the reference data and methods must give; each with its source."""

import numpy as np
import pandas as pd
import pytest
from crossborder.reference import airports, calendars, claims, emissions, exchange, fees, freight, taxes
from crossborder.reference.sea import SeaNetwork

SHANGHAI, ROTTERDAM = (121.8, 31.23), (4.05, 51.95)


# --- exchange rates -------------------------------------------------------------------------------------------------


def test_the_first_euro_reference_rate_is_the_published_one():
    # ECB, euro foreign exchange reference rates of 4 January 1999: USD 1.1789, JPY 133.73, GBP 0.7111
    first = exchange.rates("EUR", base="USD").loc["1999-01-04", "EUR"]
    assert first == pytest.approx(1.1789, abs=5e-5)
    assert exchange.convert(1.0, "EUR", "1999-01-04", to="GBP") == pytest.approx(0.7111, abs=5e-5)


@pytest.mark.parametrize(
    "currency, irrevocable, last_day",
    [
        pytest.param("BGN", 1.95583, "2025-12-31", id="Council Regulation: Bulgaria, euro from 2026"),
        pytest.param("HRK", 7.5345, "2022-12-30", id="Council Regulation (EU) 2022/1208: Croatia"),
        pytest.param("EEK", 15.6466, "2010-12-31", id="Council Regulation (EU) 671/2010: Estonia"),
        pytest.param("LTL", 3.4528, "2014-12-31", id="Council Regulation (EU) 851/2014: Lithuania"),
        pytest.param("SKK", 30.126, "2008-12-31", id="Council Regulation (EC) 694/2008: Slovakia"),
    ],
)
def test_a_currency_that_joined_the_euro_ends_at_its_conversion_rate(currency, irrevocable, last_day):
    rate = float(exchange.convert(1.0, "EUR", last_day, to=currency))
    assert rate == pytest.approx(irrevocable, rel=5e-4)  # the market closed within 0.05 percent of the fixed rate


def test_the_swiss_franc_rose_by_a_seventh_when_the_floor_fell():
    # Swiss National Bank, 15 January 2015: minimum rate of 1.20 per euro ended; ECB fixings 1.2010 and 1.0280
    day = exchange.rates("EUR", base="CHF", start="2015-01-14", end="2015-01-15")["EUR"]
    assert day.tolist() == pytest.approx([1.2010, 1.0280], abs=5e-4)


def test_longest_gap_of_the_live_history_is_five_days():
    live = exchange.coverage().query("status == 'live' and currency != 'ISK'")
    assert live["longest_gap_days"].max() == 5  # Easter and Christmas closures of TARGET


@pytest.mark.parametrize(
    "currency, against, inside, end",
    [
        pytest.param(
            "CNY", "USD", "2005-06-01", "2005-07-20", id="People's Bank of China: revalued 2.1% on 2005-07-21"
        ),
        pytest.param("CNY", "USD", "2009-06-01", "2010-06-18", id="People's Bank of China: band reopened 2010-06-19"),
        pytest.param("CHF", "EUR", "2014-09-01", "2015-01-14", id="Swiss National Bank: floor ended 2015-01-15"),
        pytest.param("CZK", "EUR", "2016-06-01", "2017-04-05", id="Czech National Bank: floor ended 2017-04-06"),
        pytest.param("BGN", "EUR", "2015-06-01", "2025-12-31", id="Bulgarian currency board until the euro"),
        pytest.param("DKK", "EUR", "2015-06-01", None, id="Denmark: ERM II central rate 7.46038"),
        pytest.param("HKD", "USD", "2015-06-01", None, id="Hong Kong: linked exchange rate, 7.75 to 7.85"),
        pytest.param("SAR", "USD", "2015-06-01", None, id="Saudi riyal 3.75"),
        pytest.param("AED", "USD", "2015-06-01", None, id="UAE dirham 3.6725"),
    ],
)
def test_a_known_peg_is_found_with_its_end(currency, against, inside, end):
    found = exchange.pegs(exchange.rates([currency, "EUR"], partial=True))
    rows = found.query("currency == @currency and against == @against")
    row = rows[(rows["start"] <= inside) & (rows["end"] >= inside)]
    assert len(row) == 1
    last = exchange.last_date() if end is None else pd.Timestamp(end)
    assert abs((row["end"].iloc[0] - last).days) <= 31  # a soft landing shows within a month


@pytest.mark.parametrize("currency, against", [("JPY", "USD"), ("BRL", "USD"), ("ZAR", "USD"), ("KRW", "USD")])
def test_a_free_float_is_never_called_a_peg(currency, against):
    found = exchange.pegs(exchange.rates([currency, "EUR"]))
    assert found.query("against == @against").empty


def test_the_revaluation_of_the_yuan_shows_at_the_end_of_its_peg():
    found = exchange.pegs(exchange.rates("CNY"))
    first = found.query("currency == 'CNY'").iloc[0]
    assert first["end"] == pd.Timestamp("2005-07-20")
    assert first["break_next"] == pytest.approx(8.11 / 8.2765 - 1, abs=5e-4)  # 8.28 to 8.11 yuan a dollar


# --- sea, air, emissions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("CNSHA", "DEHAM"), ("JPTYO", "MXZLO"), ("SEGOT", "AUSYD"), ("BRSSZ", "INNSA"), ("USLAX", "GBFXT")],
)
def test_ways_between_the_same_points_are_those_of_searoute(origin, destination):
    # The peer counts in kilometres unless asked for "naut", and looks for its nearest point in degrees.
    import searoute

    network = SeaNetwork.load()
    way = network.path(origin, destination)[["lon", "lat"]].to_numpy().tolist()
    peer = searoute.searoute(way[0], way[-1], units="naut")["properties"]["length"]
    assert network.distances([origin], [destination]).iloc[0, 0] == pytest.approx(peer, rel=1e-6)


@pytest.mark.parametrize(
    "closed, published",
    [
        pytest.param((), 10600, id="Notteboom, Pallis and Rodrigue, Port Economics: by Suez"),
        pytest.param(("suez", "panama"), 13800, id="the same: by the Cape of Good Hope"),
    ],
)
def test_shanghai_to_rotterdam_is_the_published_distance(closed, published):
    found = SeaNetwork.load().distances([SHANGHAI], [ROTTERDAM], closed=closed).iloc[0, 0]
    assert found == pytest.approx(published, rel=0.02)  # published to two or three figures


@pytest.mark.parametrize(
    "closed, router_nm",
    [
        pytest.param((), 10546.1, id="searoute 1.6.0"),
        pytest.param(("suez", "panama"), 13866.0, id="searoute 1.6.0, suez, panama and northwest restricted"),
        pytest.param(("suez",), 13466.0, id="searoute 1.6.0, suez and northwest restricted: through Panama"),
    ],
)
def test_the_own_shortest_path_agrees_with_an_independent_router(closed, router_nm):
    found = SeaNetwork.load().distances([SHANGHAI], [ROTTERDAM], closed=closed).iloc[0, 0]
    assert found == pytest.approx(router_nm, rel=5e-4)  # its arcs are rounded to 0.1 km


def test_a_ship_too_wide_for_panama_goes_by_the_cape_when_suez_is_closed():
    found = SeaNetwork.load().distances([SHANGHAI], [ROTTERDAM], closed="suez", ship="ultra_large").iloc[0, 0]
    assert found == pytest.approx(13800, rel=0.02)


def test_great_circle_of_los_angeles_to_new_york():
    # Ed Williams, Aviation Formulary: LAX 33 57 N 118 24 W, JFK 40 38 N 73 47 W, d = 0.623585 radians = 2144 nm
    found = airports.great_circle_km(-(118 + 24 / 60), 33 + 57 / 60, -(73 + 47 / 60), 40 + 38 / 60)
    assert found / 6371.0088 == pytest.approx(0.623585, abs=1e-6)


@pytest.mark.parametrize(
    "mode, ttw, wtt",
    [
        ("sea", 0.01612, 0.00365),
        ("sea_8000", 0.01266, 0.00287),
        ("sea_5000", 0.01681, 0.00381),
        ("sea_2000", 0.02025, 0.00459),
        ("air", 0.89939, 0.13516),
        ("air_no_rf", 0.53130, 0.13516),
        ("air_short", 1.27835, 0.20515),
        ("air_short_no_rf", 0.75539, 0.20515),
        ("rail", 0.02779, 0.00691),
        ("road", 0.10163, 0.02359),
        ("road_artic", 0.07703, 0.01799),
        ("ferry", 0.05158, 0.01170),
    ],
)
def test_emission_factors_are_those_of_the_british_government(mode, ttw, wtt):
    # UK Government GHG Conversion Factors for Company Reporting 2025, freighting goods, kg CO2e per tonne-km
    assert emissions.factor(mode, "ttw") == pytest.approx(ttw, abs=1e-9)
    assert emissions.factor(mode, "wtt") == pytest.approx(wtt, abs=1e-9)
    assert emissions.factor(mode) == pytest.approx(ttw + wtt, abs=1e-9)


# --- calendars ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "market, event, first_day",
    [
        pytest.param("SA", "ramadan", "2024-03-11", id="Saudi Supreme Court, 1445 AH"),
        pytest.param("SA", "ramadan", "2025-03-01", id="Saudi Supreme Court, 1446 AH"),
        pytest.param("SA", "ramadan", "2026-02-18", id="Umm al-Qura, 1447 AH"),
        pytest.param("SA", "ramadan", "2027-02-08", id="Umm al-Qura, 1448 AH"),
        pytest.param("ID", "eid_al_fitr", "2025-03-30", id="Umm al-Qura, 1 Shawwal 1446"),
        pytest.param("CN", "chinese_new_year", "2024-02-10", id="Hong Kong Observatory: year of the dragon"),
        pytest.param("CN", "chinese_new_year", "2025-01-29", id="Hong Kong Observatory: year of the snake"),
        pytest.param("CN", "chinese_new_year", "2026-02-17", id="Hong Kong Observatory: year of the horse"),
        pytest.param("US", "black_friday", "2024-11-29", id="day after Thanksgiving 2024"),
        pytest.param("US", "black_friday", "2025-11-28", id="day after Thanksgiving 2025"),
        pytest.param("US", "cyber_monday", "2025-12-01", id="Adobe: Cyber Monday 2025"),
        pytest.param("US", "prime_day", "2025-07-08", id="Amazon: 8 to 11 July 2025"),
        pytest.param("MX", "el_buen_fin", "2024-11-15", id="15 to 18 November 2024"),
        pytest.param("DE", "public_holiday", "2026-04-03", id="Good Friday 2026"),
    ],
)
def test_an_event_begins_on_its_published_day(market, event, first_day):
    found = calendars.events(market, first_day, first_day)
    names = set(found.loc[found["date"] == first_day, "event"]) | set(found.loc[found["date"] == first_day, "kind"])
    assert event in names


# --- taxes and duties -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin, day, threshold",
    [
        pytest.param("CN", "2025-05-01", 800, id="last day of duty-free entry from China"),
        pytest.param("CN", "2025-05-02", 0, id="executive order, China and Hong Kong"),
        pytest.param("VN", "2025-08-28", 800, id="last day of duty-free entry for others"),
        pytest.param("VN", "2025-08-29", 0, id="executive order, all origins"),
    ],
)
def test_american_duty_free_entry_ended_on_its_days(origin, day, threshold):
    assert taxes.de_minimis("US", day, origin=origin)["threshold"].item() == threshold


def test_the_european_relief_gave_way_to_three_euro_per_item():
    # Council of the European Union, 2026-02-11
    assert taxes.de_minimis("DE", ["2026-06-30", "2026-07-01"])["threshold"].tolist() == [150, 0]
    before, after = (taxes.rules_on(day, "DE", "per_item_duty") for day in ("2026-06-30", "2026-07-01"))
    assert before.empty and after["value"].tolist() == [3.0] and after["threshold"].tolist() == [150.0]


@pytest.mark.parametrize(
    "market, day, rate",
    [
        pytest.param("DE", "2020-07-15", 0.16, id="German cut of 2020"),
        pytest.param("DE", "2026-01-01", 0.19, id="Germany"),
        pytest.param("GB", "2026-01-01", 0.20, id="United Kingdom"),
        pytest.param("SA", "2020-06-30", 0.05, id="Saudi Arabia before July 2020"),
        pytest.param("SA", "2020-07-01", 0.15, id="Saudi Arabia"),
        pytest.param("SG", "2023-06-01", 0.08, id="Singapore 2023"),
        pytest.param("SG", "2024-01-01", 0.09, id="Singapore 2024"),
        pytest.param("JP", "2019-10-01", 0.10, id="Japan"),
        pytest.param("US", "2026-01-01", 0.0, id="no value added tax in the United States"),
    ],
)
def test_value_added_tax_on_a_day(market, day, rate):
    assert taxes.vat_rate(market, day) == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize(
    "day, surcharge",
    [
        pytest.param("2024-06-01", 0.075, id="section 301, list 4A"),
        pytest.param("2025-04-20", 0.075 + 0.20 + 1.25, id="with both emergency duties at their peak"),
        pytest.param("2026-01-15", 0.075 + 0.10 + 0.10, id="after the agreement of November 2025"),
        pytest.param("2026-03-01", 0.075 + 0.10, id="section 122 instead"),
        pytest.param("2026-07-25", 0.075, id="section 122 over; what follows is a placeholder"),
    ],
)
def test_layers_of_american_duty_on_a_chinese_cotton_shirt(day, surcharge):
    found = taxes.duty_rate("6109.10", "US", day)
    assert found["mfn_base"].item() == pytest.approx(0.165)  # Harmonized Tariff Schedule 6109.10.00: 16.5 percent
    assert found["surcharge_base"].item() == pytest.approx(surcharge)


def test_mexican_courier_rate_and_japanese_change_of_2028():
    rate = taxes.rules_on("2026-01-01", "MX", "flat_rate").query("origin == ''")["value"]
    assert rate.tolist() == [0.335]  # SAT, Resolution of July 2025
    assert taxes.de_minimis("JP", ["2028-03-31", "2028-04-01"], tax="vat")["threshold"].tolist() == [10000, 0]


# --- fees, freight, claims ------------------------------------------------------------------------------------------


def test_marketplace_fees_of_2026():
    pound = fees.fba_fulfilment(28, 18, 4, 0.42, 25, "2026-02-01")  # large standard, up to one pound, USD 10 to 50
    assert pound == pytest.approx(4.60, abs=0.005)  # inventoryhero.ai
    assert fees.referral(["electronics", "home", "clothing"], 100.0) == pytest.approx([8, 15, 17])
    assert fees.referral("beauty", [10.0, 20.0]) == pytest.approx([0.8, 3.0])
    assert fees.referral("toys", 1.0) == pytest.approx(0.30)  # the minimum


def test_freight_peak_of_november_2021_is_near_the_crisis_scenario():
    peak = freight.levels("sea")["value"].max()  # Drewry, 2021-11-04: USD 13,798 a container
    assert freight.scenario_usd_per_feu("crisis") == pytest.approx(peak, rel=0.1)


def test_every_cited_claim_is_there():
    table = claims.claims()
    assert len(table) == 681 and table["claim_id"].is_unique
    exact = table.query("repeat == False and value_low == value_high")
    change = exact[exact["metric"].str.contains("relative_change")]
    round_ones = change["value_low"].abs().isin([0.25, 0.30, 0.35, 0.40]).sum()
    assert round_ones / len(change) == pytest.approx(0.45, abs=0.03)  # nearly half are one of four round numbers


def test_world_growth_claims_span_a_factor_of_two_and_a_half():
    band = claims.benchmark("market_growth")
    assert (band.low, band.high) == pytest.approx((0.087, 0.223))  # 8.7 and 22.3 percent a year
    assert np.isclose(band.high / band.low, 2.56, atol=0.01)
