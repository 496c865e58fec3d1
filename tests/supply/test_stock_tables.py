import pytest
from crossborder.errors import Refusal
from crossborder.supply import stock_answers
from crossborder.supply import stock_tables as tables


@pytest.fixture(scope="module")
def test_run(desk):
    return tables.backtest(desk.series, 8, 4, 0.8)


def test_forecasts_beat_naive_and_cover_what_they_promise(test_run, rng):
    levels = tables.accuracy_by_level(test_run, rng).set_index("level")
    assert (levels["value_added"] > 0).all()
    assert (levels["wape"].diff().dropna() < 0).all()
    assert tables.accuracy_by_level(test_run, rng).attrs["coverage"] == pytest.approx(0.8, abs=0.025)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_every_level_and_slice_is_covered_as_promised(desk, level):
    test = tables.backtest(desk.series, 8, 6, level)
    errors = stock_answers.pattern_errors(test, desk.products)
    wide = errors[errors["series"] >= 50]["coverage"]
    assert len(wide) >= 12
    assert (wide - level).abs().max() < 0.06
    assert ((test.actual >= test.low) & (test.actual <= test.high)).mean() == pytest.approx(level, abs=0.025)


def test_launches_profit_from_their_own_weeks(desk):
    table = tables.cold_start_check(desk.series)
    assert table["wape"].is_monotonic_decreasing
    assert (table["coverage"] > 0.75).all()


def test_the_policy_reaches_its_target_with_less_stock(desk, rng):
    run = tables.policy_replay(
        desk.series, desk.inventory, desk.products, desk.suppliers, desk.lanes, 0.95, rng, cover_weeks=1.0
    )
    assert run.ours.fill_rate == pytest.approx(0.95, abs=0.015)
    assert run.ours.mean_stock < run.own.mean_stock
    assert 0 < run.outside < 0.3


def test_stock_by_class_and_age_adds_up(desk):
    classes, matrix = tables.health(desk.series, desk.inventory, desk.products_usd)
    assert matrix["stock_usd"].sum() == pytest.approx(classes["stock_usd"].sum())
    stock, ladder = tables.ageing(desk.inventory, desk.as_of, desk.products_usd)
    assert ladder["value_usd"].sum() == pytest.approx(stock["value_usd"].sum())


def test_too_many_origins_are_refused(desk):
    with pytest.raises(Refusal, match="before the first of 30 cut-offs"):
        tables.backtest(desk.series, 8, 30, 0.8)


def test_no_market_no_series(company):
    with pytest.raises(Refusal, match="no orders in XX"):
        tables.series_of(company.events("orders"), company.table("products"), None, ["XX"])
