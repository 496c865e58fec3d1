import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, drift
from crossborder.company.files import repository
from crossborder.errors import InputError, Refusal

DAY = pd.Timestamp("2026-10-31")


def cases(now, before, count=3000, seed=1):
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 85, count)
    parts = []
    for shares, mean, back in ((now, 3.0, 0), (before, 3.0, 365)):
        at = DAY - pd.to_timedelta(age + back, unit="D")
        parts.append(
            pd.DataFrame(
                {"at": at, "market": rng.choice(["DE", "US"], count, p=shares), "value": rng.lognormal(mean, 1, count)}
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_the_index_of_two_shares_by_hand():
    found = drift.stability_index(pd.Series([5000, 5000]), pd.Series([8000, 2000]))
    assert found == pytest.approx(0.3 * np.log(1.6) - 0.3 * np.log(0.4), abs=1e-3)


def test_what_moved_is_due_and_what_stood_still_is_steady():
    found = drift.drift(cases([0.8, 0.2], [0.5, 0.5]), DAY).set_index("input")
    assert found.loc["market", "verdict"] == "refit" and found.loc["value", "verdict"] == "steady"


def test_chance_alone_is_called_steady_at_least_nineteen_times_in_twenty():
    verdicts = [
        drift.drift(cases([0.5, 0.5], [0.5, 0.5], 250, seed), DAY)["verdict"].eq("steady").all() for seed in range(40)
    ]
    assert np.mean(verdicts) >= 0.95


def test_a_missed_check_is_due_today_and_drift_pulls_the_others_forward():
    checks = pd.DataFrame({"check": ["a", "b"], "due": [False, True]})
    moved = pd.DataFrame({"input": ["market"], "verdict": ["refit"]})
    assert drift.due_dates(checks, None, DAY)["due_on"].tolist() == [DAY, DAY + pd.DateOffset(months=3)]
    found = drift.due_dates(checks, moved, DAY)
    assert found["due_on"].tolist() == [DAY, DAY + pd.DateOffset(months=1)]
    assert found["why"].tolist() == ["check outside its range", "input moved: market"]


def test_too_few_cases_and_empty_counts_are_refused():
    with pytest.raises(Refusal, match="too few"):
        drift.drift(cases([0.5, 0.5], [0.5, 0.5], 50), DAY)
    with pytest.raises(InputError, match="counts"):
        drift.stability_index(pd.Series([0, 0]), pd.Series([1, 1]))


def test_cases_are_the_lines_of_two_quarters_a_year_apart():
    company = Company.open(repository() / "data" / "demo")
    found = drift.order_cases(company, days=30)
    age = (company.as_of - found["at"]).dt.days
    assert set(found.columns) == {"at", "market", "platform", "pieces", "delivery_days", "category"}
    assert (age.between(0, 29) | age.between(365, 394)).all() and not found.isna().any(axis=None)
