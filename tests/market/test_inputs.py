"""What notebook 11 gathers from a company."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.tables import TABLES
from crossborder.errors import InputError, Refusal
from crossborder.market import channels, growth_inputs, inputs


@pytest.fixture(scope="module")
def base(company):
    return inputs.sizing_inputs(company, ["DE", "SA"])


def test_only_the_markets_asked_for_are_read(base):
    assert base.markets == ("DE", "SA")
    assert set(base.sizes.columns.get_level_values("market")) == {"DE", "SA"}
    assert set(base.sales["market"]) == {"DE", "SA"}
    assert set(base.offers["market"]) == {"DE", "SA"}


def test_gap_between_the_routes_adds_up(base):
    size = float(base.sizes.iloc[-1].sum())
    gap = base.gap(size)
    assert gap["top_down"].prod() == pytest.approx(size)
    assert gap["effect"].sum() == pytest.approx(size - gap["bottom_up"].prod())


def test_own_sales_are_the_last_twelve_months(base):
    own = base.own_sales()
    assert own["sales"].sum() == pytest.approx(base.monthly.iloc[-12:].to_numpy().sum())
    assert ((own["conversion_low"] < own["conversion"]) & (own["conversion"] < own["conversion_high"])).all()


def test_labels_name_the_group_of_every_series(base):
    assert base.labels("all").unique().tolist() == ["all"]
    assert base.labels("market").tolist() == base.sizes.columns.get_level_values("market").tolist()


def test_levers_hold_the_whole_chain(base):
    total = pd.Series({"size": 10.0, "size_low": 9.0, "size_high": 11.0})
    assert base.levers(total).index.tolist() == ["published sales", "serviceable share", "obtainable share"]


def test_platforms_have_measures_with_a_direction_each(base):
    summary = channels.compare(base.platform_rows, base.terms)
    measures, directions = base.platform_measures(summary, channels.CONTROL)
    assert list(measures.columns) == list(directions.index)
    assert np.isfinite(measures.to_numpy()).all()
    assert base.platform_measures(None, channels.CONTROL) is None


def test_another_currency_only_sets_the_rate(company):
    assert inputs.units_per_usd(company, "USD") == 1.0
    assert 5 < inputs.units_per_usd(company, "CNY") < 9


def test_a_market_without_published_sales_is_named(company):
    with pytest.raises(InputError, match="market 'FR' is not known"):
        inputs.sizing_inputs(company, ["DE", "FR"])


@pytest.fixture
def poorer(company, tmp_path):
    """The company of these tests, with one table left without rows or as the test writes it."""

    def made(name: str, rows=None):
        for file in company.path.iterdir():
            if file.stem != name and file.is_file():
                (tmp_path / file.name).symlink_to(file)
        header = ",".join(TABLES[name].names)
        (tmp_path / f"{name}.csv").write_text(header + "\n" if rows is None else rows.to_csv(index=False))
        return Company.open(tmp_path)

    return made


@pytest.mark.parametrize("gather", [inputs.sizing_inputs, growth_inputs.growth_inputs])
def test_empty_tables_are_refused_in_words_or_left_out(gather, poorer):
    with pytest.raises(Refusal, match=r"'market_sales' holds nothing up to 2026\n  it has no rows\n  do: fill it"):
        gather(poorer("market_sales"), ["DE", "SA"])


@pytest.mark.parametrize("gather", [inputs.sizing_inputs, growth_inputs.growth_inputs])
def test_orders_without_rows_are_refused_in_words(gather, poorer):
    with pytest.raises(Refusal, match=r"no own sales in DE, SA up to 2026-10-31\n  table 'orders' has no rows"):
        gather(poorer("orders"), ["DE", "SA"])


def test_an_empty_optional_table_is_as_good_as_none(poorer):
    assert inputs.sizing_inputs(poorer("platforms"), ["DE", "SA"]).terms is None


def test_published_years_after_the_company_s_day_are_not_known_yet(company):
    earlier = Company.open(company.path, as_of="2023-06-30")
    assert inputs.published_sales(earlier)["year"].max() == 2023
    with pytest.raises(Refusal, match=r"holds nothing up to 2010\n  its years are"):
        inputs.published_sales(Company.open(company.path, as_of="2010-01-01"))


def test_a_market_that_we_do_not_sell_in_yet_can_be_screened(company, poorer):
    table = company.table("market_sales")
    rows = pd.concat([table, table[table["market"] == "GB"].assign(market="FR")])
    base = growth_inputs.growth_inputs(poorer("market_sales", rows), ["DE", "SA", "FR"])
    assert list(base.by_market.columns) == ["DE", "SA"] and "FR" in base.sizes.columns.get_level_values("market")
