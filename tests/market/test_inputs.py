"""What notebook 11 gathers from a company."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.market import channels, inputs


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
    import pandas as pd

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
