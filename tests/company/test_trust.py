import pandas as pd
import pytest
from crossborder.company import Company, trust
from crossborder.company.files import repository
from crossborder.errors import InputError, Refusal

DAY = pd.Timestamp("2026-10-31")


def events(kept, ages, party="S1"):
    return pd.DataFrame({"party": party, "at": [DAY - pd.Timedelta(days=age) for age in ages], "kept": kept})


def test_promises_of_today_count_fully_and_old_ones_half():
    now = trust.trust_scores(events([True] * 8 + [False] * 2, [0] * 10), DAY).iloc[0]
    assert (now["weight"], now["trust"]) == pytest.approx((10, 9 / 12))
    old = trust.trust_scores(events([True] * 8 + [False] * 2, [90] * 10), DAY, half_life_days=90).iloc[0]
    assert (old["weight"], old["trust"]) == pytest.approx((5, 5 / 7))
    assert old["high"] - old["low"] > now["high"] - now["low"], "what is forgotten is less sure"


def test_recent_failures_weigh_more_than_old_ones():
    late = trust.trust_scores(events([False] * 5 + [True] * 5, [1] * 5 + [360] * 5), DAY).iloc[0]
    early = trust.trust_scores(events([False] * 5 + [True] * 5, [360] * 5 + [1] * 5), DAY).iloc[0]
    assert late["trust"] < 0.3 < 0.7 < early["trust"]
    assert late["change"] < 0 < early["change"]


def test_a_rating_goes_by_the_low_end_and_needs_promises():
    scores = pd.DataFrame({"party": ["a", "b", "c"], "promises": 90, "weight": [30, 3, 30], "trust": [0.99, 0.99, 0.5]})
    scores = scores.assign(low=[0.96, 0.6, 0.4], high=0.999)
    rated = trust.credit_ratings(scores, None).set_index("party")["rating"]
    assert rated.to_dict() == {"a": "A", "b": "none yet", "c": "D"}


def test_both_sides_of_the_demo_company_are_rated():
    company = Company.open(repository() / "data" / "demo")
    sellers = trust.trust_scores(trust.deliveries_kept(company.table("purchases")), company.as_of)
    buyers = trust.trust_scores(trust.payments_kept(company.table("receivables"), company.as_of), company.as_of)
    rated = trust.credit_ratings(sellers, buyers)
    assert set(rated["side"]) == {"seller", "buyer"} and set(rated["rating"]) <= {*trust.RATINGS, "none yet"}
    # The suppliers table's own on-time rate was not used: it must agree in order.
    own = company.table("suppliers").set_index("supplier_id")["on_time_rate"]
    many = sellers[sellers["weight"] > 8].set_index("party")["trust"]
    assert many.corr(own.reindex(many.index), method="spearman") > 0.3


def test_an_open_invoice_counts_once_it_is_overdue():
    book = pd.DataFrame(
        {
            "counterparty": ["x", "x", "x"],
            "due_on": [DAY - pd.Timedelta(days=30), DAY - pd.Timedelta(days=1), DAY - pd.Timedelta(days=40)],
            "paid_on": [pd.NaT, pd.NaT, DAY - pd.Timedelta(days=39)],
        }
    )
    assert trust.payments_kept(book, DAY)["kept"].tolist() == [False, True]


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(InputError, match="half_life_days"):
        trust.trust_scores(events([True], [0]), DAY, half_life_days=0)
    with pytest.raises(Refusal, match="no promise"):
        trust.trust_scores(events([True], [-5]), DAY)
    with pytest.raises(Refusal, match="neither"):
        trust.credit_ratings(None, None)
