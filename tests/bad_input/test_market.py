"""Bad input to the market methods: a plain sentence each, nothing from inside a library, no silent missing value."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, MissingTable, Refusal
from crossborder.market import (
    channels,
    concentration,
    consistency,
    crowding,
    decomposition,
    forecasting,
    growth_curves,
    growth_fans,
    localisation,
    meta_analysis,
    nowcast,
    portfolio,
    reconciliation,
    screening,
    sizing,
    trends,
    triangulation,
)

NAN = float("nan")
YEARS = np.arange(2015, 2027)
SCOPES = pd.DataFrame({"ratio": [4.0], "log_sd": [0.5]}, index=["domestic"])
DEFINITIONS = pd.DataFrame({"domestic": [0, 1]}, index=["narrow", "wide"])
GROWTH = pd.DataFrame({"rate": [0.1], "sd": [0.02], "weight": [1.0]})
RECORD = {"source": "a", "value": 2.0, "year": 2025, "bound": "=", "log_sd": 0.1, "domestic": 0}
RNG = np.random.default_rng(0)
RATES = pd.DataFrame({"low": [0.1, 0.2], "high": [0.1, 0.2]}, index=["x", "y"])
SCORES = pd.DataFrame({"a": [0.1, 0.9], "b": [0.5, 0.4]}, index=["DE", "US"])
COVARIANCE = pd.DataFrame([[0.04, 0.0], [0.0, 0.09]], ["DE", "US"], ["DE", "US"])


def triangulated(*changes: dict) -> object:
    rows = pd.DataFrame([{**RECORD, "source": s, **c} for s, c in zip("abcd", changes, strict=False)])
    return triangulation.triangulate(rows, SCOPES, DEFINITIONS, GROWTH, year=2025, rng=RNG, draws=500)


def factor(low, base, high, kind):
    return pd.DataFrame({"low": [low], "base": [base], "high": [high], "kind": [kind]}, index=["x"])


CASES = [
    ("one source", lambda: triangulated({}), Refusal, "from 1 independent source cannot be given"),
    ("two sources", lambda: triangulated({}, {}), Refusal, "from 2 independent sources cannot be given"),
    ("only bounds", lambda: triangulated(*[{"bound": ">="}] * 3), Refusal, "every record is a bound"),
    (
        "crossed bounds",
        lambda: triangulated({}, {"bound": ">=", "value": 6.0}, {"bound": "<=", "value": 3.0}),
        Refusal,
        "at least 6 and at most 3",
    ),
    ("unknown bound", lambda: triangulated({}, {}, {"bound": ">"}), InputError, "bound '>' is not known"),
    ("undated", lambda: triangulated({}, {}, {"year": NAN}), InputError, "column 'year'.* is 'missing'"),
    ("negative size", lambda: triangulated({}, {}, {"value": -1.0}), InputError, "numbers above 0"),
    (
        "lacking column",
        lambda: triangulation.disagreement(pd.DataFrame({"size": [1]})),
        InputError,
        r"lacks \['value'\]",
    ),
    ("two effects", lambda: meta_analysis.combine([1, 2], [1, 1]), Refusal, "interval from 2 sources cannot be given"),
    (
        "unknown estimator",
        lambda: meta_analysis.combine([1, 2, 3], [1, 1, 1], method="REM"),
        InputError,
        "did you mean",
    ),
    ("zero variance", lambda: meta_analysis.combine([1, 2, 3], [1, 0, 1]), InputError, "variances is"),
    ("missing effect", lambda: meta_analysis.combine([1, NAN, 3], [1, 1, 1]), InputError, "effects is"),
    (
        "constant moderator",
        lambda: meta_analysis.combine([1, 2, 3, 4], [1] * 4, moderators=pd.DataFrame({"x": [1] * 4})),
        InputError,
        "columns that differ between sources",
    ),
    (
        "nothing to solve",
        lambda: consistency.solve(base=1, end=2, rate=0.1, years=1),
        InputError,
        "exactly one of base",
    ),
    ("no years", lambda: consistency.solve(base=1, end=2, years=0), InputError, "years is 0"),
    ("no growth", lambda: consistency.solve(base=1, end=2, rate=0), Refusal, "no number of years leads from 1 to 2"),
    ("size of nothing", lambda: consistency.solve(base=0, end=2, years=1), InputError, "base is 0"),
    (
        "infeasible total",
        lambda: consistency.feasible_weights(RATES, 0.5),
        Refusal,
        "no regional shares give a total of 50",
    ),
    ("share in per cent", lambda: consistency.implied_total(1.1, 22), InputError, "share is 22"),
    ("more than all", lambda: consistency.remainder(10, np.array([0.8, 0.5])), Refusal, "add up to 1.300"),
    ("unsorted factor", lambda: sizing.chain(factor(5, 1, 2, "level"), rng=RNG), InputError, "0 < low <= base <= high"),
    ("share above 1", lambda: sizing.chain(factor(0.5, 0.8, 1.2, "share"), rng=RNG), InputError, "<= 1"),
    ("unknown kind", lambda: sizing.chain(factor(1, 1, 1, "ratio"), rng=RNG), InputError, "factor kind 'ratio'"),
    (
        "no visits",
        lambda: sizing.own_funnel(
            pd.DataFrame({"market": ["DE"], "visits": [0], "orders": [0]}), pd.Series({"DE": 1.0})
        ),
        Refusal,
        "no conversion for DE",
    ),
    ("unlike routes", lambda: sizing.gap_waterfall(pd.Series({"a": 1.0}), pd.Series({"b": 1.0})), InputError, "lacks"),
    (
        "base does not fit",
        lambda: reconciliation.reconcile(np.ones(4), np.array([[1, 1], [1, 0], [0, 1]])),
        InputError,
        "3 rows, one a node",
    ),
    (
        "missing forecast",
        lambda: reconciliation.reconcile(np.array([1, NAN, 2]), np.array([[1, 1], [1, 0], [0, 1]])),
        InputError,
        "missing or infinite",
    ),
    (
        "no residuals",
        lambda: reconciliation.reconcile(np.ones(3), np.array([[1, 1], [1, 0], [0, 1]]), method="mint_shrink"),
        InputError,
        "residuals is None",
    ),
    (
        "zero residuals",
        lambda: reconciliation.reconcile(
            np.ones(3), np.array([[1, 1], [1, 0], [0, 1]]), method="wls_var", residuals=np.zeros((3, 5))
        ),
        Refusal,
        "all residuals are 0",
    ),
    ("shares over 1", lambda: concentration.hhi([0.7, 0.6]), InputError, "at most 1"),
    ("per cent as fraction", lambda: concentration.hhi([40, 25]), InputError, "is `unit` right"),
    ("all-zero market", lambda: concentration.hhi([0.0, 0.0]), Refusal, "all shares are 0"),
    ("missing share", lambda: concentration.hhi([0.4, NAN]), InputError, "finite numbers from 0"),
    ("unknown guideline", lambda: concentration.concentration_class(1000, "us"), InputError, "guideline 'us'"),
    (
        "single year",
        lambda: decomposition.growth_table(pd.Series([1.0], index=[2025])),
        Refusal,
        r"1 year\(s\) of data",
    ),
    (
        "growth from nothing",
        lambda: decomposition.growth_contributions(pd.Series([0.0, 0.0]), pd.Series([1.0, 2.0])),
        Refusal,
        "everything was 0 before",
    ),
    (
        "gap in the years",
        lambda: decomposition.mix_effect(pd.DataFrame({"a": [1.0, 2.0]}, index=[2020, 2023])),
        InputError,
        "consecutive and ascending",
    ),
    (
        "too few points",
        lambda: growth_curves.fit("logistic", [1, 2, 3], [1, 2, 3]),
        Refusal,
        "cannot be fitted to 3 points",
    ),
    ("all-zero curve", lambda: growth_curves.fit("bass", range(1, 9), [0.0] * 8), Refusal, "all values are 0"),
    ("gap in a curve", lambda: growth_curves.fit("bass", range(1, 9), [NAN] * 8), InputError, "missing or below 0"),
    ("unknown curve", lambda: growth_curves.fit("logit", [1], [1]), InputError, "curve 'logit' is not known"),
    (
        "prior of nothing",
        lambda: growth_curves.fit("logistic", range(8), range(1, 9), priors={"p": (1, 1)}),
        InputError,
        "prior 'p'",
    ),
    (
        "share beyond the ceiling",
        lambda: growth_fans.time_to_share(
            growth_curves.fit("logistic", range(12), 1 / (1 + np.exp(6 - np.arange(12.0)))), 1.5
        ),
        InputError,
        "share is 1.5",
    ),
    (
        "short history",
        lambda: nowcast.nowcast(pd.DataFrame({"a": [1.0, 2.0]}, index=[2025, 2026])),
        Refusal,
        r"2 year\(s\) of data",
    ),
    (
        "empty market",
        lambda: nowcast.nowcast(pd.DataFrame({"DE": np.ones(12), "XX": np.zeros(12)}, index=YEARS)),
        Refusal,
        "no growth for XX",
    ),
    ("gap in a panel", lambda: forecasting.forecast(np.array([[1.0, NAN, 2.0]]), 3), InputError, "all finite"),
    ("short panel", lambda: forecasting.forecast(np.ones((1, 2)), 3, method="naive"), Refusal, "from 2 periods"),
    (
        "too many origins",
        lambda: forecasting.rolling_origins(np.ones((1, 20)), origins=12),
        Refusal,
        "use at most 0 origins",
    ),
    (
        "nothing sold",
        lambda: forecasting.accuracy(np.zeros((1, 2)), np.ones((1, 2)), np.ones(1)),
        Refusal,
        "all actuals are 0",
    ),
    (
        "errors of a shorter horizon",
        lambda: forecasting.forecast_interval(np.ones((2, 6)), np.ones((5, 2, 3))),
        InputError,
        "at least 6 horizons",
    ),
    (
        "calendar without calendar",
        lambda: forecasting.forecast_with(np.ones((1, 30)), 3, method="theta+calendar"),
        InputError,
        "exposure is None",
    ),
    ("no direction", lambda: screening.scaled(SCORES, pd.Series({"a": 1})), InputError, r"lacks \['b'\]"),
    (
        "missing score",
        lambda: screening.scaled(SCORES.replace(0.9, NAN), pd.Series({"a": 1, "b": 1})),
        InputError,
        "scores of a is 'missing'",
    ),
    (
        "weights not whole",
        lambda: screening.weighted_ranking(SCORES, pd.Series({"a": 0.5, "b": 0.4}), rng=RNG),
        InputError,
        "adding up to 1",
    ),
    (
        "one market",
        lambda: screening.weighted_ranking(SCORES.head(1), pd.Series({"a": 0.5, "b": 0.5}), rng=RNG),
        Refusal,
        "at least two markets",
    ),
    (
        "floor too high",
        lambda: portfolio.minimum_variance(COVARIANCE, pd.Series({"DE": 0.1, "US": 0.2}), growth_floor=0.5),
        Refusal,
        "no mix of markets meets all conditions",
    ),
    ("unknown core", lambda: portfolio.minimum_variance(COVARIANCE, core=["FR"]), InputError, "core market 'FR'"),
    (
        "month without revenue",
        lambda: portfolio.revenue_changes(pd.DataFrame({"DE": [1.0, 0.0, 1.0, 1.0]})),
        Refusal,
        "no volatility for DE",
    ),
    (
        "unknown method of payment",
        lambda: localisation.payment_reach(
            pd.DataFrame({"market": ["DE"], "method": ["card"], "share": [1.0], "low": [1.0], "high": [1.0]}), ["crad"]
        ),
        InputError,
        "did you mean 'card'",
    ),
    (
        "readiness above 1",
        lambda: localisation.even_readiness(pd.DataFrame({"a": [1.2]})),
        InputError,
        "outside 0 to 1",
    ),
    (
        "two years of sellers",
        lambda: crowding.crowding_growth(
            pd.DataFrame({"year": [1, 2], "market": "DE", "sales_usd": 1.0, "sellers": 1, "traffic_cost_index": 1.0})
        ),
        Refusal,
        r"2 year\(s\) of data",
    ),
    ("traffic in per cent", lambda: crowding.break_even_year(0.4, 10, 0.1), InputError, "8 % is 0.08"),
    ("one year of interest", lambda: trends.project_rate(pd.Series({2020: 0.5}), 2026), Refusal, "1 point"),
    (
        "rate in per cent",
        lambda: trends.project_rate(pd.Series({2020: 55, 2022: 67}), 2026),
        InputError,
        "67 % is 0.67",
    ),
    (
        "platform without terms",
        lambda: channels.platform_months(
            pd.DataFrame(
                {
                    "platform": ["x"],
                    "month": [1],
                    "market": ["DE"],
                    "orders": [1],
                    "revenue_usd": [1.0],
                    "goods_usd": [1.0],
                    "pieces": [1],
                    "ad_spend_usd": [0.0],
                }
            ),
            pd.DataFrame({"platform": ["y"], "market": ["DE"], "commission_rate": [0.1]}),
        ),
        InputError,
        "missing for x in DE",
    ),
]


@pytest.mark.parametrize(("call", "error", "told"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_bad_input_is_told_in_a_sentence(call, error, told):
    with pytest.raises(error, match=told) as caught:
        call()
    assert "nan" not in str(caught.value).split("\n")[0] or "[" in str(caught.value)


def test_a_company_without_market_sales_is_told_which_table(tmp_path):
    from crossborder.company import Company
    from crossborder.market import inputs

    (tmp_path / "company.yaml").write_text(
        "name: Small\nhome: CN\ncurrency: USD\nas_of: 2026-10-31\nmarkets: [DE]\n", encoding="utf-8"
    )
    (tmp_path / "products.csv").write_text("sku\n", encoding="utf-8")
    with pytest.raises(MissingTable, match="market_sales"):
        inputs.sizing_inputs(Company.open(tmp_path), [])
