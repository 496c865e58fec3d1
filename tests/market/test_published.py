"""The arithmetic of the market claims, recomputed from the cited figures."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.market import published, triangulation
from crossborder.reference import claims, files

CLAIMS = claims.claims()
CHECKS = published.consistency_table(CLAIMS, 0.1412).set_index("check")


@pytest.mark.parametrize(
    ("check", "implied", "verdict"),
    [
        ("World size path", 8.3 / 6 - 1, "contradicts"),
        ("World size, three reports", 1.0, "contradicts"),
        ("Two-year path", (2.5 / 1.8) ** 0.5 - 1, "agrees"),
        ("Regional growth", (0.35 - 0.223) / (0.35 - 0.15), "needs a choice"),
        ("China's total e-commerce", 43.1, "contradicts"),
        ("Live commerce platform", (1 - 0.813) * 14.1, "contradicts"),
        ("China's goal for 2025", (50 / 43.1) ** (1 / 3) - 1, "needs a choice"),
        ("The leading platform", 0.35 * 0.58 * 1.8, "needs a choice"),
    ],
)
def test_each_check_gives_the_arithmetic_of_its_figures(check, implied, verdict):
    assert CHECKS.loc[check, "implied"] == pytest.approx(implied, rel=1e-9)
    assert CHECKS.loc[check, "verdict"] == verdict


def test_a_claim_that_is_mended_changes_its_verdict():
    mended = CLAIMS.copy()
    mended.loc[mended["claim_id"] == "C003-031", ["value_low", "value_high"]] = 0.5
    again = published.consistency_table(mended, 0.1412).set_index("check")
    assert again.loc["Live commerce platform", "verdict"] == "agrees"


def test_trade_splits_without_remainder():
    trade = published.china_trade(CLAIMS, 0.14)
    assert trade.loc["trade", "cny_tn"] == pytest.approx(trade.loc[["exports", "imports"], "cny_tn"].sum())
    assert trade.loc["exports", "cny_tn"] == pytest.approx(2.38 * 0.685)


def test_implied_retail_and_users_follow_from_two_figures_each():
    assert published.online_retail(CLAIMS)["total_retail"] == pytest.approx(14.1 / 0.279)
    users = published.user_base(CLAIMS).set_index("scope")
    assert users.loc["world", "mobile_users"] == pytest.approx(5e9 * 0.72)
    implied = published.implied_table(CLAIMS, 0.14).set_index("measure")["value"]
    assert implied["world cross-border B2C"] + implied["world cross-border B2B"] == pytest.approx(1.8)


def test_bounds_stay_bounds_unless_dated_ones_are_read_as_values():
    scopes = files.read("market_size_scopes.csv")
    strict = published.size_records(CLAIMS, scopes, undated_year=2025, dated_is_value=False).set_index("claim_id")
    loose = published.size_records(CLAIMS, scopes, undated_year=2025, dated_is_value=True).set_index("claim_id")
    assert strict.loc["C001-031", "bound"] == ">=" and loose.loc["C001-031", "bound"] == "="
    assert loose.loc["C000-001", "bound"] == ">=" and not loose.loc["C000-001", "dated"]
    assert triangulation.independent_records(loose.reset_index())["source"].nunique() == 3


def test_each_report_has_one_vote_on_growth():
    rates = published.growth_claims(CLAIMS, ["C000-003", "C001-032", "C001-042", "C002-012"])
    assert rates["weight"].tolist() == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3])
    with pytest.raises(InputError, match="claim 'C9'"):
        published.growth_claims(CLAIMS, ["C9"])


def test_digitalisation_is_projected_from_both_points():
    found = published.digitalisation(CLAIMS)
    assert found["linear"] == pytest.approx(0.67 + 2 * 0.12)
    assert found["forecast"] == pytest.approx(0.63)


def test_unknown_claims_and_missing_rates_are_named():
    with pytest.raises(InputError, match="claim 'C000-999' is not known"):
        published.claim_value(CLAIMS, "C000-999")
    with pytest.raises(InputError, match="usd_per_cny is 0"):
        published.china_trade(CLAIMS, 0)
    with pytest.raises(InputError, match="lacks"):
        published.size_records(CLAIMS, pd.DataFrame({"claim_id": ["x"]}), undated_year=2025, dated_is_value=True)
