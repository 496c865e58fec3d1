"""Single exposures: means, caps, optima, by hand."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.risk import exposure


@pytest.mark.parametrize(
    ("model", "severity"),
    [
        (exposure.infringement(100_000, probability_year=0.2), 310_000),
        (exposure.recall(1_000, probability_year=0.2, refund_usd=30, handling_usd=10), 20_000),
        (exposure.account_ban(100_000, probability_year=0.2, margin=0.3, days=60, kept_share=0.5), 30_000),
        (exposure.data_breach(10_000, probability_year=0.2, cost_per_record_usd=2, fixed_usd=5_000), 25_000),
        (exposure.tax_arrears([1e6], [0.08], 3, detection_year=0.2), 240_000 * 1.275),
    ],
    ids=["infringement", "recall", "ban", "breach", "arrears"],
)
def test_models_have_the_stated_mean(model, severity):
    assert model.severity_mean_usd == pytest.approx(severity)
    assert model.expected_usd == pytest.approx(0.2 * severity)
    assert model.exceeds(0.0001) == pytest.approx(1)


def test_the_infringement_rule_is_three_times_the_sales():
    bare = exposure.infringement(1.0, probability_year=1.0, brand_share=0.0)
    assert bare.severity_mean_usd == pytest.approx(3)


def test_a_fine_never_exceeds_its_legal_cap():
    small = exposure.regulatory_fine(1e6, probability_year=0.1, usd_per_eur=1.1)
    large = exposure.regulatory_fine(1e10, probability_year=0.1, usd_per_eur=1.1)
    assert small["cap_usd"] == pytest.approx(22e6)
    assert large["cap_usd"] == pytest.approx(4e8)
    wild = exposure.regulatory_fine(1e6, probability_year=1.0, usd_per_eur=1.0, typical_share_of_cap=0.9, log_sd=3.0)
    assert wild["expected_usd"] < wild["cap_usd"]
    assert wild["bad_case_usd"] == wild["cap_usd"]


def test_the_mean_fine_equals_its_simulation():
    found = exposure.regulatory_fine(1e9, probability_year=1.0, usd_per_eur=1.0, typical_share_of_cap=0.1, log_sd=1.5)
    draws = 0.1 * found["cap_usd"] * np.exp(1.5 * np.random.default_rng(1).standard_normal(400_000))
    assert found["expected_usd"] == pytest.approx(np.minimum(draws, found["cap_usd"]).mean(), rel=0.01)


def test_trust_is_nine_tenths_back_after_the_recovery_time():
    path = exposure.brand_damage(1_000.0, drop=0.5, recovery_weeks=13, weeks=30)
    assert path.loc[0, "revenue_usd"] == 500
    assert path.loc[13, "loss_usd"] == pytest.approx(50)
    assert (path["revenue_usd"] + path["loss_usd"]).to_numpy() == pytest.approx(1_000)


def test_gordon_loeb_spends_nothing_where_it_does_not_pay_and_is_optimal_elsewhere():
    assert exposure.gordon_loeb(1_000, 0.5, productivity=1e-6)["spend_usd"] == 0
    best = exposure.gordon_loeb(1e6, 0.4, productivity=1e-4)

    def net(z: float) -> float:
        return (0.4 - 0.4 / (1e-4 * z + 1)) * 1e6 - z

    assert best["net_benefit_usd"] == pytest.approx(net(best["spend_usd"]))
    assert all(net(best["spend_usd"]) >= net(best["spend_usd"] * f) for f in (0.9, 1.1))


def test_thresholds_tax_what_lies_above():
    found = exposure.threshold_change([20, 60, 120], 100, 50, rate_before=0.1, rate_after=0.1)
    assert (found["taxed_before"], found["taxed_after"]) == pytest.approx((1 / 3, 2 / 3))
    assert found["tax_after"] == pytest.approx(0.1 * 180 / 200)


def test_small_cases_by_hand():
    duty = exposure.tariff_response(100, 10.0, duty_before=0.2, duty_after=0.32, stock_months=2)
    assert (duty["avoided_usd"], duty["holding_usd"]) == pytest.approx((240, 30))
    refund = exposure.crisis_compensation(10, refund_usd=20, lifetime_value_usd=100, churn_without=0.6, churn_with=0.3)
    assert (refund["net_usd"], refund["break_even_churn_with"]) == pytest.approx((100, 0.4))
    screen = exposure.screen_residual(1_000, 0.1, 0.97, 0.02)
    assert screen["violations_left"] == pytest.approx(3)
    assert screen["precision"] == pytest.approx(97 / (97 + 18))
    loss = exposure.reaction_loss(100.0, 0.1, {"day": 1, "week": 7}).set_index("reaction")["loss_usd"]
    assert loss["week"] > 7 * loss["day"]


def test_models_make_a_table_for_the_simulation():
    table = exposure.as_risks([exposure.recall(10, probability_year=0.1, refund_usd=1, handling_usd=1)])
    assert table.loc[0, "expected_usd"] == pytest.approx(0.1 * 10)


def test_wrong_sizes_are_refused():
    with pytest.raises(InputError, match="known: basic, grave"):
        exposure.regulatory_fine(1, probability_year=1, usd_per_eur=1, tier="huge")
    with pytest.raises(InputError, match="at least one order"):
        exposure.threshold_change([], 1, 1, rate_before=0, rate_after=0)
    with pytest.raises(InputError, match="vulnerability 0 to 1"):
        exposure.gordon_loeb(1.0, 2.0)
    with pytest.raises(InputError, match="0 or more"):
        exposure.infringement(-5.0, probability_year=0.1)
    with pytest.raises(InputError, match="0 to 1, above 0"):
        exposure.brand_damage(1.0, drop=2.0, recovery_weeks=1)
