"""Products, services and data together: every part sums, and what is claimed stays an assumption."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance import revenue_mix
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

BASES = {"all sales": 1.0, "own store sales": 0.3, "own logistics cost": 0.1}
SALES, EARNED = np.array([1000.0, 1200.0, 1400.0, 1500.0]), np.array([250.0, 324.0, 392.0, 420.0])


def one_line(name="data", kind="data", base="all sales", spread=0.0, **given):
    """Assumptions of one line: the values given, with a spread around each."""
    plain = {"attach_rate": 0.1, "price_share": 1.0, "margin": 0.65, "growth_year": 0.0, "ramp_years": 0.5,
             "cannibalised": 0.0, "order_value_gain": 0.0, "run_usd": 0.0, "build_usd": 0.0}  # fmt: skip
    rows = [(name, kind, base, p, v * (1 - spread), v, v * (1 + spread)) for p, v in (plain | given).items()]
    return pd.DataFrame(rows, columns=["line", "kind", "revenue_base", "parameter", "low", "base", "high"])


def mixed(assumptions, bases=BASES, sales=SALES, earned=EARNED, paths=50, **options):
    options = {"rate": 0.1, "tax_rate": 0.25, "target_margin": 0.3, "rng": np.random.default_rng(3)} | options
    return revenue_mix.revenue_mix(
        assumptions, bases, np.tile(sales, (paths, 1)), np.tile(earned, (paths, 1)), **options
    )


def test_a_data_line_by_hand():
    """A tenth of sales at 65 %: 120, 140 and 150 of revenue, worth 78, 91 and 97.5 before a tax of a quarter."""
    found = mixed(one_line(build_usd=100.0, run_usd=10.0))
    row = found.lines.iloc[0]
    discount = 1.1 ** -np.arange(1, 4)
    assert row["earned_usd"] == pytest.approx(0.75 * (np.array([78, 91, 97.5]) @ discount))
    assert row["running_usd"] == pytest.approx(0.75 * 10 * discount.sum())
    assert row["building_usd"] == pytest.approx(75.0)
    assert row["npv_usd"] == pytest.approx(row["earned_usd"] - row["running_usd"] - row["building_usd"])
    year = found.years.set_index("year").loc[2]
    assert year["revenue_usd"] == pytest.approx(1540)
    assert year["margin"] == pytest.approx((392 + 91 - 10) / 1540)
    assert year["alone_margin"] == pytest.approx(0.28)
    assert year["growth"] == pytest.approx(1540 / 1320 - 1)


def test_what_is_taken_from_the_products_and_what_dearer_baskets_bring():
    found = mixed(one_line(cannibalised=0.5, order_value_gain=0.2))
    row, products = found.lines.iloc[0], found.by_year.query("line == 'products' and year == 1").iloc[0]
    # 120 sold: 60 less of products, 24 more, both at the products' margin of 27 %.
    assert products["revenue_usd"] == pytest.approx(1200 - 60 + 24)
    assert products["margin"] == pytest.approx(0.27)
    assert row["lost_usd"] / row["baskets_usd"] == pytest.approx(60 / 24)


def test_the_turning_point_is_where_the_value_is_zero():
    dear = one_line(build_usd=150.0, run_usd=20.0, cannibalised=0.1)
    even = mixed(dear).lines.loc[0, "break_even_attach"]
    there = mixed(one_line(build_usd=150.0, run_usd=20.0, cannibalised=0.1, attach_rate=even))
    assert there.lines.loc[0, "npv_usd"] == pytest.approx(0.0, abs=1e-9)
    never = mixed(one_line(margin=-0.2))
    assert np.isinf(never.lines.loc[0, "break_even_attach"]) and not never.lines.loc[0, "adds"]


def test_a_far_end_does_not_make_a_line_pay():
    """Eight per cent of sales, as a report has it, lifts the mean above zero; most paths still lose."""
    claimed = one_line(attach_rate=0.01, build_usd=25.0)
    claimed.loc[claimed["parameter"] == "attach_rate", ["low", "high"]] = [0.002, 0.3]
    row = mixed(claimed, paths=400).lines.iloc[0]
    assert row["npv_usd"] > 0 and row["pays"] < 0.5 and not row["adds"]
    assert row["share"] == pytest.approx(15 / 1515)


def test_a_ramp_reaches_its_rate_in_the_middle_of_the_year():
    sold = mixed(one_line(ramp_years=2.0)).by_year.query("line == 'data'").set_index("year")["revenue_usd"]
    assert sold.tolist() == pytest.approx([0.0, 0.25 * 120, 0.75 * 140, 150])


@settings(max_examples=40, deadline=None)
@given(
    arrays(float, (4, 5), elements=st.one_of(st.just(0.0), st.floats(1, 1e6))),
    arrays(float, (4, 5), elements=st.floats(-2, 1)),
    st.floats(0, 100),
)
def test_mix_and_rate_sum_to_the_change_of_the_blend(revenue, margin, bare):
    """Lines come and go, and one costs money before it sells."""
    revenue[0] += 1.0  # somebody always sells
    contribution = revenue * margin - bare
    mix, rate = revenue_mix.margin_effects(revenue, contribution)
    blend = contribution.sum(axis=0) / revenue.sum(axis=0)
    scale = np.abs(contribution / revenue.sum(axis=0)).max()
    np.testing.assert_allclose((mix + rate).sum(axis=0)[1:], np.diff(blend), atol=1e-9 * max(scale, 1.0))
    assert not mix[:, 0].any() and not rate[:, 0].any()


def test_equal_margins_have_no_mix_and_fixed_shares_no_mix_either():
    revenue = np.array([[100.0, 150.0], [100.0, 400.0]])
    mix, rate = revenue_mix.margin_effects(revenue, 0.3 * revenue)
    np.testing.assert_allclose([mix, rate], 0, atol=1e-15)
    mix, rate = revenue_mix.margin_effects(np.full((2, 2), 50.0), np.array([[10.0, 20.0], [25.0, 25.0]]))
    np.testing.assert_allclose(mix, 0, atol=1e-15)
    assert rate[0, 1] == pytest.approx(0.5 * 0.2)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.0, 0.7), st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.integers(0, 99))
def test_years_sum_by_line_and_more_cost_never_raises_the_value(attach, taken, gained, seed):
    given_ = {"attach_rate": attach, "cannibalised": taken, "order_value_gain": gained, "spread": 0.3}
    found, dearer = (
        mixed(pd.concat([one_line(**given_, run_usd=cost), one_line("care", "service", "own store sales", 0.2)]),
              rng=np.random.default_rng(seed))
        for cost in (5.0, 15.0)
    )  # fmt: skip
    lines, years = found.by_year.groupby("year"), found.years.set_index("year")
    np.testing.assert_allclose(lines["revenue_usd"].sum(), years["revenue_usd"])
    np.testing.assert_allclose(lines["share"].sum(), 1.0)
    np.testing.assert_allclose(lines["growth_part"].sum()[1:], years["growth"][1:])
    effects = lines[["mix_effect", "rate_effect"]].sum().sum(axis=1)
    np.testing.assert_allclose(effects[1:], years["margin"].diff()[1:], atol=1e-12)
    three = years[["mix_effect", "rate_effect", "running_effect"]].sum(axis=1)
    np.testing.assert_allclose(three[1:], years["margin"].diff()[1:], atol=1e-12)
    parts = found.lines
    whole = (
        parts["earned_usd"] + parts["baskets_usd"] - parts["lost_usd"] - parts["running_usd"] - parts["building_usd"]
    )
    np.testing.assert_allclose(parts["npv_usd"], whole, atol=1e-6)
    assert (parts["npv_low"] <= parts["npv_high"]).all()
    worth = [one.lines.set_index("line")["npv_usd"] for one in (found, dearer)]
    assert worth[1]["data"] < worth[0]["data"] and worth[1]["care"] == pytest.approx(worth[0]["care"])


def test_the_spread_of_the_assumptions_is_the_spread_of_the_answer():
    sure, unsure = (mixed(one_line(spread=spread), paths=400) for spread in (0.0, 0.4))
    assert sure.lines.loc[0, "npv_low"] == pytest.approx(sure.lines.loc[0, "npv_high"])
    assert unsure.lines.loc[0, "npv_low"] < unsure.lines.loc[0, "npv_usd"] < unsure.lines.loc[0, "npv_high"]
    last = unsure.years.iloc[-1]
    assert last["margin_low"] < last["margin"] < last["margin_high"]


def test_the_year_in_which_the_target_is_passed():
    assert mixed(one_line(), target_margin=0.29).passes_in == 1
    assert mixed(one_line(), target_margin=0.31).passes_in == 2
    assert mixed(one_line(), target_margin=0.9).passes_in is None
    assert mixed(one_line(), target_margin=0.2).passes_in == 0


def test_bad_assumptions_are_told():
    with pytest.raises(InputError, match="margin of data"):
        mixed(one_line().query("parameter != 'margin'"))
    with pytest.raises(InputError, match="margin of data twice"):
        mixed(pd.concat([one_line(), one_line().query("parameter == 'margin'")]))
    with pytest.raises(InputError, match="attach_rate"):
        mixed(one_line(attach_rate=1.5))
    with pytest.raises(InputError, match="lacks"):
        mixed(one_line().drop(columns="low"))
    with pytest.raises(InputError, match="own shop"):
        mixed(one_line(base="own shop"))
    with pytest.raises(InputError, match="above 0"):
        mixed(one_line(), sales=SALES * 0)
    with pytest.raises(InputError, match="tax_rate"):
        mixed(one_line(), tax_rate=1.2)
    with pytest.raises(Refusal, match="no new line"):
        mixed(one_line(base="own store sales"), bases=BASES | {"own store sales": 0.0})
    with pytest.raises(InputError, match="period"):
        revenue_mix.margin_effects(np.zeros((2, 2)), np.zeros((2, 2)))


def test_placeholders_are_sourced_and_a_company_s_own_assumption_wins(tmp_path):
    table = revenue_mix.line_assumptions()
    assert table.groupby("line")["parameter"].nunique().eq(len(revenue_mix.PARAMETERS)).all()
    assert set(table["kind"]) == {"service", "data"} and (table["low"] <= table["base"]).all()
    claimed = table[table["source"].str.contains("claim C")]
    assert set(claimed["confidence"]) == {"D"} and {"C001-200", "C001-203", "C001-204"} == set(
        claimed["source"].str.extract(r"claim (C\d+-\d+)")[0]
    )

    class Own:
        def optional(self, name):
            return pd.DataFrame(
                [("finance.revenue_line.membership.margin", 0.2, 0.3, 0.4, "pilot", "2026-10-01", "B")],
                columns=["name", "low", "base", "high", "source", "as_of", "confidence"],
            )

    own = revenue_mix.line_assumptions(Own()).set_index(["line", "parameter"])
    assert own.loc[("membership", "margin"), ["low", "base", "source", "confidence"]].tolist() == [
        0.2,
        0.3,
        "pilot",
        "B",
    ]
    assert own.loc[("membership", "build_usd"), "confidence"] == "D"


def test_the_demo_company_s_lines_stand_on_its_plan():
    company = Company.open("data/demo")
    rng, months = np.random.default_rng(1), 24
    plan = {"revenue": np.full((1, months, 1, 1), 300e3), "contribution_total": np.full((1, months, 1, 1), 90e3)}
    paths = {name: array[0, :, 0, 0] * rng.lognormal(0, 0.1, (200, 1)) for name, array in plan.items()}
    found = revenue_mix.company_mix(company, plan, paths, rate=0.14, target_margin=0.35, rng=rng)
    assert found.years["year"].tolist() == [0, 1, 2]
    assert set(found.lines["kind"]) == {"service", "data"}
    behind = found.by_year.query("year == 0").set_index("line")["share"]
    assert behind["products"] == 1.0
    cited = revenue_mix.cited_data_line(found)
    assert (cited["share"], cited["margin"]) == (0.08, 0.65)
    assert cited["lift"] == pytest.approx(0.08 * (0.65 - found.years["margin"].iloc[1]))
