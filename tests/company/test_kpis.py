import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, kpis, sampling
from crossborder.company.files import repository
from crossborder.errors import InputError

RATES = pd.Series({"EUR": 1.2})


def test_a_small_company_by_hand(folder):
    values = kpis.kpi_values(Company.open(folder), RATES).set_index("name")
    assert values.loc["orders_year", "value"] == 3
    # 10 + 2 x 5.5 + 1.2 x 6 + 3 x 9 = 55.2 over three orders
    assert values.loc["order_value_usd", "value"] == pytest.approx(55.2 / 3)
    assert np.isnan(values.loc["conversion_rate", "value"])


def test_a_currency_without_a_rate_is_told(folder):
    with pytest.raises(InputError, match="currency of orders 'EUR' is not known"):
        kpis.kpi_values(Company.open(folder), pd.Series({"GBP": 1.3}))


def test_the_demo_company_s_figures_are_possible_and_shares_have_intervals():
    company = Company.open(repository() / "data" / "demo")
    rates = pd.Series(dict.fromkeys(company.sales_currencies, 1.0))
    values = kpis.kpi_values(company, rates).set_index("name")
    assert values["value"].notna().all()
    shares = values.drop(index=["ad_share", "growth_year"])
    shares = shares[shares["unit"] == "share"]
    assert shares["value"].between(shares["low"], shares["high"]).all()
    orders = company.events("orders")
    recent = orders.filter(orders.ordered_at.date() > (company.as_of - pd.Timedelta(days=365)).date())
    assert values.loc["orders_year", "value"] == recent.order_id.nunique().to_pandas()


def test_scores_run_from_the_worse_end_to_the_better_one():
    values = pd.DataFrame(
        {
            "name": ["up", "down", "point"],
            "side": "x",
            "unit": "share",
            "benchmark": ["a", "b", "c"],
            "value": [0.3, 0.3, 0.9],
            "low": 0.0,
            "high": 1.0,
        }
    )
    bands = pd.DataFrame(
        {
            "metric": ["a", "b", "c"],
            "low": [0.2, 0.2, 0.5],
            "high": [0.4, 0.6, 0.5],
            "better": ["higher", "lower", "higher"],
            "source": "s",
            "claim_ids": "i",
        }
    )
    scored = kpis.assessment(values, bands).set_index("name")["score"]
    assert scored["up"] == pytest.approx(0.5)
    assert scored["down"] == pytest.approx(0.75)
    assert scored["point"] == 1.0


def test_a_year_that_the_data_do_not_cover_makes_no_growth(folder):
    values = kpis.kpi_values(Company.open(folder), RATES).set_index("name")["value"]
    assert np.isnan(values["growth_year"]) and np.isnan(values["repeat_rate"])


def test_the_verdict_speaks_of_as_many_sides_as_there_are():
    overall = pd.Series({"coverage": 0.2, "timeliness": 0.9, "overall": 0.55})
    sides = pd.DataFrame({"side": ["traffic", "service"], "score": [0.4, 0.8]})
    words, values = kpis.verdict(sides, overall)
    assert values["weak"] == "coverage" and values["best"] == "service" and values["worst"] == "traffic"
    assert "weakest in" in words
    assert "only {best} can be judged" in kpis.verdict(sides.head(1), overall)[0]
    assert "No key figure" in kpis.verdict(sides.head(0), overall)[0]


def test_the_median_of_many_deliveries_is_right_to_half_a_minute(folder, monkeypatch):
    rng = np.random.default_rng(5)
    seconds = rng.integers(86_400, 900_000, 2_001)
    orders = pd.concat(
        [pd.read_csv(folder / "orders.csv", dtype=str, keep_default_na=False).tail(1)] * len(seconds), ignore_index=True
    )
    orders["order_id"] = [f"o{place}" for place in range(len(seconds))]
    sent = pd.Timestamp("2026-03-02T08:00:00Z")
    orders["delivered_at"] = (sent + pd.to_timedelta(seconds, unit="s")).strftime("%Y-%m-%dT%H:%M:%SZ")
    orders.to_csv(folder / "orders.csv", index=False)
    few = kpis.kpi_values(Company.open(folder), RATES).set_index("name")
    monkeypatch.setattr(sampling, "LIMIT", 1_000)
    many = kpis.kpi_values(Company.open(folder), RATES).set_index("name")
    exact = np.median(seconds) / 86_400
    assert many.loc["delivery_days", "value"] == pytest.approx(exact, abs=0.5 / 1440)
    assert few.loc["delivery_days", "value"] == pytest.approx(exact, rel=0.02)
    pd.testing.assert_frame_equal(few.drop("delivery_days"), many.drop("delivery_days"))


def test_orders_are_counted_by_their_first_lines_in_both_years():
    company = Company.open(repository() / "data" / "demo")
    values = kpis.kpi_values(company, pd.Series(dict.fromkeys(company.sales_currencies, 1.0))).set_index("name")
    orders = company.events("orders").select("order_id", "ordered_at").to_pandas()
    day = orders["ordered_at"].dt.tz_localize(None).dt.normalize()
    age = (company.as_of - day).dt.days
    count, before = (orders.loc[age.between(low, low + 364), "order_id"].nunique() for low in (0, 365))
    assert values.loc["orders_year", "value"] == count
    assert values.loc["growth_year", "value"] == pytest.approx(count / before - 1)
