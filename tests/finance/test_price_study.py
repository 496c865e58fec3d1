import numpy as np
import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.demo import truth
from crossborder.errors import InputError
from crossborder.finance import price_study, pricing_cases
from crossborder.finance.order_economics import order_economics

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(DEMO)


@pytest.fixture(scope="module")
def panel(company):
    return price_study.weekly_panel(company.table("prices"), company.table("products"))


@pytest.fixture(scope="module")
def elasticities(panel):
    return price_study.category_elasticities(panel).merge(price_study.naive_elasticities(panel))


@pytest.fixture(scope="module")
def economics(company):
    return order_economics(company, 12).table


def test_estimates_find_the_truth_of_the_simulation_and_the_naive_slope_does_not(elasticities):
    errors = price_study.truth_errors(elasticities, truth.load(DEMO)["demand"]["elasticity"])
    # Six estimates at once: the largest lies beyond 3 standard errors once in sixty worlds.
    assert (errors["error"].abs() < 3 * elasticities["standard_error"]).all()
    assert errors["covered"].mean() >= 4 / 6
    assert ((errors["naive"] - errors["truth"]).abs() > 3 * errors["error"].abs()).all()


def test_without_truth_the_table_is_empty(elasticities):
    assert price_study.truth_errors(elasticities, None).empty


def test_rows_left_out_are_counted(company, panel):
    prices = company.table("prices")
    assert panel.attrs["left_out"] == int(prices[["rival_price", "rating"]].isna().any(axis=1).sum())


def test_an_instrument_needs_rates(panel):
    with pytest.raises(InputError, match="log_rate"):
        price_study.category_elasticities(panel, instrumented=True)


def test_advice_keeps_to_its_guard_rails_and_never_expects_a_loss(economics, elasticities):
    advice = price_study.price_advice(
        economics, elasticities, rng=np.random.default_rng(1), max_step=0.05, floor_margin=0.1
    )
    assert advice["change"].abs().max() <= 0.05 + 1e-9
    assert (advice["gain_usd"] >= -1e-9).all()
    assert (
        (advice["band_low_usd"] <= advice["advised_usd"] + 1e-9)
        & (advice["advised_usd"] <= advice["band_high_usd"] + 1e-9)
    ).all()


def test_the_cases_of_a_market_follow_from_its_average_product(economics, elasticities):
    product = pricing_cases.average_product(economics, elasticities, "DE")
    book = pricing_cases.tariff_book(product, 0.2)
    profit = book.groupby("scenario")["profit_per_unit_today_usd"].max()
    assert profit["duty raised"] < profit["duty today"]
    assert (
        pricing_cases.promotion_table(product, 0.3)["net_gain"]
        < pricing_cases.promotion_table(product, 0.0)["net_gain"]
    ).all()
    assert len(pricing_cases.price_war_table(product)) == 3
