"""Single exposures as loss models: infringement, recall, ban, breach, tax arrears, fines, brand damage.

Each function turns facts of the company into a `LossModel`; amounts in USD, probabilities a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = [
    "GDPR_CAPS",
    "LossModel",
    "account_ban",
    "as_risks",
    "brand_damage",
    "crisis_compensation",
    "data_breach",
    "gordon_loeb",
    "infringement",
    "reaction_loss",
    "recall",
    "regulatory_fine",
    "screen_residual",
    "tariff_response",
    "tax_arrears",
    "threshold_change",
]

GDPR_CAPS = {"basic": (0.02, 10e6), "grave": (0.04, 20e6)}
"""Share of worldwide turnover and amount in EUR, whichever is higher (GDPR, article 83, paragraphs 4 and 5)."""


@dataclass(frozen=True)
class LossModel:
    """A yearly frequency and a lognormal severity; `expected_usd` is the exact mean loss a year."""

    name: str
    frequency_year: float
    severity_median_usd: float
    severity_log_sd: float

    @property
    def severity_mean_usd(self) -> float:
        """Mean loss of an event."""
        return self.severity_median_usd * float(np.exp(self.severity_log_sd**2 / 2))

    @property
    def expected_usd(self) -> float:
        """Mean loss a year."""
        return self.frequency_year * self.severity_mean_usd

    def exceeds(self, loss_usd: float) -> float:
        """Probability that one event costs more than `loss_usd`."""
        from scipy.special import ndtr

        if self.severity_log_sd == 0:
            return float(self.severity_median_usd > loss_usd)
        return float(ndtr(np.log(self.severity_median_usd / loss_usd) / self.severity_log_sd))


def as_risks(models: list[LossModel]) -> pd.DataFrame:
    """Loss models as a table that `frequency_severity.simulate` takes, with the expected loss."""
    return pd.DataFrame(
        {
            "risk_id": [m.name for m in models],
            "frequency_year": [m.frequency_year for m in models],
            "severity_median_usd": [m.severity_median_usd for m in models],
            "severity_log_sd": [m.severity_log_sd for m in models],
            "expected_usd": [m.expected_usd for m in models],
        }
    )


def infringement(
    accused_sales_usd: float,
    *,
    probability_year: float,
    multiple: float = 3.0,
    brand_share: float = 0.1,
    log_sd: float = 0.6,
) -> LossModel:
    """Intellectual-property claim: damages of `multiple` times the accused sales and a brand loss of `brand_share`.

    The multiple is a claim of industry reports (three times the sales), not a statute; vary it.
    """
    loss = accused_sales_usd * (multiple + brand_share)
    return _mean_model("infringement", probability_year, loss, log_sd)


def recall(
    units_sold: float,
    *,
    probability_year: float,
    refund_usd: float,
    handling_usd: float,
    return_rate: float = 0.5,
    log_sd: float = 0.5,
) -> LossModel:
    """Product recall: units sold that come back times refund and handling of a piece."""
    return _mean_model("recall", probability_year, units_sold * return_rate * (refund_usd + handling_usd), log_sd)


def account_ban(
    monthly_sales_usd: float,
    *,
    probability_year: float,
    margin: float,
    days: float = 30.0,
    kept_share: float = 0.0,
    log_sd: float = 0.7,
) -> LossModel:
    """Platform ban: lost margin while the account is closed, less the share of sales that moves to other channels."""
    return _mean_model("ban", probability_year, monthly_sales_usd * days / 30.0 * (1 - kept_share) * margin, log_sd)


def data_breach(
    records: float,
    *,
    probability_year: float,
    cost_per_record_usd: float = 30.0,
    fixed_usd: float = 50_000.0,
    log_sd: float = 1.0,
) -> LossModel:
    """Data breach: fixed cost of the answer and a cost for each record lost."""
    return _mean_model("data breach", probability_year, fixed_usd + records * cost_per_record_usd, log_sd)


def tax_arrears(
    sales_usd: ArrayLike,
    rate: ArrayLike,
    years: float,
    *,
    penalty: float = 0.2,
    interest: float = 0.05,
    detection_year: float,
) -> LossModel:
    """Unpaid sales tax past a nexus: arrears of `years`, simple interest on the average half time, and a penalty."""
    arrears = float(np.sum(np.asarray(sales_usd, float) * np.asarray(rate, float)) * years)
    return _mean_model("tax arrears", detection_year, arrears * (1 + penalty + interest * years / 2), 0.3)


def regulatory_fine(
    turnover_usd: float,
    *,
    probability_year: float,
    usd_per_eur: float,
    tier: str = "grave",
    typical_share_of_cap: float = 0.02,
    log_sd: float = 1.5,
) -> dict[str, float]:
    """GDPR fine: legal cap, expected fine a year, and the fine that one case in twenty exceeds, USD.

    The cap is the higher of the share of worldwide turnover and the fixed amount; a typical fine is a small share of
    it, and no draw exceeds the cap.
    """
    if tier not in GDPR_CAPS:
        raise InputError.unknown("tier", tier, GDPR_CAPS)
    share, amount = GDPR_CAPS[tier]
    cap = max(share * turnover_usd, amount * usd_per_eur)
    from scipy.special import ndtr

    median = typical_share_of_cap * cap
    # Mean of a lognormal limited at the cap (limited expected value).
    at = np.log(cap / median) / log_sd
    mean = median * np.exp(log_sd**2 / 2) * ndtr(at - log_sd) + cap * ndtr(-at)
    return {
        "cap_usd": float(cap),
        "expected_usd": float(probability_year * mean),
        "bad_case_usd": float(min(cap, median * np.exp(1.645 * log_sd))),
    }


def brand_damage(
    weekly_revenue_usd: float, *, drop: float, recovery_weeks: float, weeks: int = 52, negative_share: float = 1.0
) -> pd.DataFrame:
    """Revenue after a scandal: week, revenue_usd, loss_usd, trust; recovery is exponential.

    The revenue falls by `drop` times the share of negative voices; after `recovery_weeks` nine tenths are back.
    """
    if not 0 <= drop <= 1 or recovery_weeks <= 0:
        raise InputError.out_of_range("drop, recovery_weeks", (drop, recovery_weeks), "0 to 1, above 0", "")
    week = np.arange(weeks)
    gone = drop * negative_share * 0.1 ** (week / recovery_weeks)
    return pd.DataFrame(
        {
            "week": week,
            "revenue_usd": weekly_revenue_usd * (1 - gone),
            "loss_usd": weekly_revenue_usd * gone,
            "trust": 1 - gone,
        }
    )


def gordon_loeb(
    exposure_usd: float, vulnerability: float, *, productivity: float = 1e-5, exponent: float = 1.0
) -> dict[str, float]:
    """Optimal yearly spending on security or compliance: spend_usd, residual probability, net benefit, cap.

    First class of Gordon and Loeb (2002): residual = v / (alpha z + 1)^beta with v = vulnerability, alpha =
    productivity a USD, beta = exponent. The optimum never exceeds 1/e of the expected loss.

    >>> round(gordon_loeb(400_000, 0.65, productivity=2.7e-5)["spend_usd"])
    61094
    """
    if not 0 <= vulnerability <= 1 or exposure_usd < 0 or productivity <= 0 or exponent < 1:
        raise InputError.out_of_range(
            "gordon_loeb", (exposure_usd, vulnerability, productivity, exponent),
            "exposure 0 or more, vulnerability 0 to 1, productivity above 0, exponent 1 or more", "",
        )  # fmt: skip
    expected = exposure_usd * vulnerability
    scaled = (exponent * productivity * expected) ** (1 / (exponent + 1))
    spend = max(scaled - 1, 0.0) / productivity
    residual = vulnerability / (productivity * spend + 1) ** exponent
    return {
        "spend_usd": float(spend),
        "residual_probability": float(residual),
        "net_benefit_usd": float((vulnerability - residual) * exposure_usd - spend),
        "cap_usd": float(expected / np.e),
    }


def crisis_compensation(
    customers: float,
    *,
    refund_usd: float,
    lifetime_value_usd: float,
    churn_without: float,
    churn_with: float,
    replacement_usd: float = 0.0,
) -> dict[str, float]:
    """Refund and replacement against the customer value that they keep: cost, kept value, net, break-even churn."""
    cost = customers * (refund_usd + replacement_usd)
    kept = customers * (churn_without - churn_with) * lifetime_value_usd
    even = churn_without - (refund_usd + replacement_usd) / lifetime_value_usd if lifetime_value_usd > 0 else np.nan
    return {"cost_usd": cost, "kept_usd": kept, "net_usd": kept - cost, "break_even_churn_with": even}


def tariff_response(
    units_month: float,
    unit_value_usd: float,
    *,
    duty_before: float,
    duty_after: float,
    stock_months: float,
    holding_rate_month: float = 0.015,
) -> dict[str, float]:
    """Bringing stock in before a duty rises: duty avoided, holding cost, net; holding is on the average half time."""
    units = units_month * stock_months
    avoided = units * unit_value_usd * (duty_after - duty_before)
    holding = units * unit_value_usd * holding_rate_month * stock_months / 2
    return {"avoided_usd": avoided, "holding_usd": holding, "net_usd": avoided - holding}


def threshold_change(
    order_values: ArrayLike, before: float, after: float, *, rate_before: float, rate_after: float
) -> dict:
    """A tax-free threshold that falls: taxed share of orders and tax as share of sales, before and after.

    Orders above the threshold pay the rate on their whole value.
    """
    values = np.asarray(order_values, float)
    if not len(values):
        raise InputError.out_of_range("order_values", 0, "at least one order", "")
    taxed_before, taxed_after = values > before, values > after
    return {
        "taxed_before": float(taxed_before.mean()),
        "taxed_after": float(taxed_after.mean()),
        "tax_before": float(rate_before * values[taxed_before].sum() / values.sum()),
        "tax_after": float(rate_after * values[taxed_after].sum() / values.sum()),
    }


def reaction_loss(daily_margin_usd: float, share_lost_a_day: float, days: Mapping[str, float]) -> pd.DataFrame:
    """Margin lost to a rival's price cut until we answer: one row a reaction time; the loss grows until the answer."""
    names, length = list(days), np.array(list(days.values()), float)
    # Each day a further share of the margin is gone: 1 - (1 - s)^t, summed over time.
    rate = -np.log1p(-share_lost_a_day)
    lost = daily_margin_usd * (length - (1 - np.exp(-rate * length)) / rate)
    return pd.DataFrame({"reaction": names, "days": length, "loss_usd": lost})


def screen_residual(
    attempts: float, violation_share: float, catch_rate: float, false_alarm_rate: float
) -> dict[str, float]:
    """A screen for prohibited sales: violations left, their rate among those passed, good ones blocked."""
    bad = attempts * violation_share
    good = attempts - bad
    left, blocked = bad * (1 - catch_rate), good * false_alarm_rate
    stopped = bad * catch_rate + blocked
    return {
        "violations_left": left,
        "residual_rate": left / (left + good - blocked),
        "good_blocked": blocked,
        "precision": bad * catch_rate / stopped if stopped > 0 else np.nan,
    }


def _mean_model(name: str, frequency: float, mean_usd: float, log_sd: float) -> LossModel:
    """Model whose severity has the given mean."""
    if not frequency >= 0 or mean_usd < 0 or log_sd < 0:
        raise InputError.out_of_range(name, (frequency, mean_usd, log_sd), "frequency, loss and spread 0 or more", "")
    return LossModel(name, float(frequency), float(mean_usd * np.exp(-(log_sd**2) / 2)), float(log_sd))
