"""The risk register: scored, sorted into action classes, confronted with simulated losses, treated where it pays."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.risk import company_totals
from crossborder.risk.event_rates import event_table, gamma_poisson

__all__ = [
    "CLASSES",
    "compare_rankings",
    "credible_rates",
    "detection_lag",
    "expected_from_losses",
    "phase_matrix",
    "rank_agreement",
    "rank_treatments",
    "rate_table",
    "revenue_of",
    "rule_changes",
    "scored",
    "treatment_matrix",
    "with_record",
]

CLASSES = ("act now", "plan and insure", "watch")
SCORES = ("probability_score", "impact_score", "controllability_score")


def scored(risks: pd.DataFrame) -> pd.DataFrame:
    """Register with `score` (1 to 25), `priority` (1 to 125), `rank` and `action`, worst first.

    score = probability x impact; priority = score x controllability (5 = out of our hands), as FMEA's risk priority
    number. Action: a score of 12 or more is acted on now if we can control it (1 to 3), else planned and insured;
    lower scores are watched. ISO 31000 prescribes no such matrix: compare it with the simulated loss.
    """
    missing = [name for name in SCORES if name not in risks]
    if missing:
        raise InputError.missing_columns("risks", missing, risks.columns)
    values = risks[list(SCORES)].astype(float)
    if not values.isin([1, 2, 3, 4, 5]).all().all():
        raise InputError.out_of_range("scores", float(values.to_numpy().max()), "whole numbers from 1 to 5", "")
    score = values["probability_score"] * values["impact_score"]
    hard = values["controllability_score"] >= 4
    action = np.select([(score >= 12) & ~hard, (score >= 12) & hard], CLASSES[:2], CLASSES[2])
    table = risks.assign(score=score, priority=score * values["controllability_score"], action=action)
    table["rank"] = table["priority"].rank(ascending=False, method="min").astype(int)
    return table.sort_values(["priority", "score"], ascending=False, ignore_index=True)


def compare_rankings(register: pd.DataFrame, contributions: pd.DataFrame, *, gap: int = 5) -> pd.DataFrame:
    """Register against simulation: ranks by priority, by mean loss and by tail loss, and where they disagree.

    `contributions` comes from `frequency_severity.contributions`. `verdict` is "underrated" where the simulated rank
    is better (costlier) than the score's by `gap` places or more, "overrated" where it is worse, else "agrees".
    """
    together = register.merge(contributions, on="risk_id", how="left", validate="one_to_one")
    if together["tail_usd"].isna().any():
        raise InputError.out_of_range(
            "contributions", "risks without a simulated loss", "one row for each risk of the register", ""
        )
    ranks = {
        "rank_score": together["priority"].rank(ascending=False, method="average"),
        "rank_mean": together["mean_usd"].rank(ascending=False),
        "rank_tail": together["tail_usd"].rank(ascending=False),
    }
    table = together.assign(**ranks)
    table["gap"] = table["rank_score"] - table["rank_tail"]
    table["verdict"] = np.select([table["gap"] >= gap, table["gap"] <= -gap], ["underrated", "overrated"], "agrees")
    return table.sort_values("gap", key=np.abs, ascending=False, ignore_index=True)


def rank_agreement(table: pd.DataFrame) -> float:
    """Spearman correlation of the score's ranks with the ranks by tail loss, -1 to 1."""
    return float(table["rank_score"].corr(table["rank_tail"]))


def rank_treatments(
    risks: pd.DataFrame, mean_usd: pd.Series | np.ndarray, *, budget_usd: float = np.inf
) -> pd.DataFrame:
    """Treatments by loss avoided per cost: avoided_usd, net_usd, ratio, worthwhile, funded within the budget.

    avoided = share of the expected loss that the treatment removes; `mean_usd` is the expected loss of each risk, in
    the order of `risks`. Funding takes the worthwhile ones by ratio while the budget lasts.
    """
    table = risks.assign(mean_usd=np.asarray(mean_usd, float))
    table["avoided_usd"] = table["mean_usd"] * table["treatment_effect"]
    table["net_usd"] = table["avoided_usd"] - table["treatment_cost_usd"]
    cost = table["treatment_cost_usd"].to_numpy(float)
    free = cost <= 0
    table["ratio"] = np.where(free, np.inf, table["avoided_usd"] / np.where(free, 1.0, cost))
    table["worthwhile"] = table["net_usd"] > 0
    table = table.sort_values(["worthwhile", "ratio"], ascending=False, ignore_index=True)
    spent = (table["treatment_cost_usd"] * table["worthwhile"]).cumsum()
    return table.assign(funded=table["worthwhile"] & (spent <= budget_usd))


def phase_matrix(risks: pd.DataFrame) -> pd.DataFrame:
    """Number of risks by phase of the business (rows) and kind (columns); a gap shows as zero."""
    return pd.crosstab(risks["phase"], risks["kind"])


def treatment_matrix(risks: pd.DataFrame, mean_usd: pd.Series | np.ndarray) -> pd.DataFrame:
    """Expected loss a year, USD, by kind of risk (rows) and treatment (columns)."""
    table = risks.assign(mean_usd=np.asarray(mean_usd, float))
    return table.pivot_table(index="kind", columns="treatment", values="mean_usd", aggfunc="sum", fill_value=0.0)


def detection_lag(incidents: pd.DataFrame, *, by: str = "kind", target_hours: float = 72.0) -> pd.DataFrame:
    """How long things went unnoticed: group, incidents, noticed, median_days, p90_days, within_target, loss_usd.

    Incidents that were never noticed count as not within the target and are left out of the medians.
    """
    lag = (incidents["noticed_on"] - incidents["started_on"]).dt.days
    table = incidents.assign(lag=lag, within=(lag * 24 <= target_hours).fillna(value=False))
    grouped = table.groupby(by)
    return (
        pd.DataFrame(
            {
                "incidents": grouped.size(),
                "noticed": grouped["lag"].count(),
                "median_days": grouped["lag"].median(),
                "p90_days": grouped["lag"].quantile(0.9),
                "within_target": grouped["within"].mean(),
                "loss_usd": grouped["loss_usd"].sum(),
            }
        )
        .reset_index()
        .sort_values("loss_usd", ascending=False, ignore_index=True)
    )


def credible_rates(
    risks: pd.DataFrame, losses: pd.DataFrame, years: float, *, prior_years: float = 3.0
) -> pd.DataFrame:
    """Register with frequencies and medians corrected by the losses that happened.

    Frequency: (register * prior_years + events) / (prior_years + years). Median: the mean of the log losses and the
    register's log median, the register counting as `prior_years` * frequency events (at least one). Buhlmann's
    credibility; adds events, frequency_register and severity_register_usd.
    """
    if years < 0 or prior_years <= 0:
        raise InputError.out_of_range("years", (years, prior_years), "0 or more, prior above 0", "")
    logs = np.log(losses.loc[losses["loss_usd"] > 0].set_index("risk_id")["loss_usd"]).groupby(level=0)
    events = risks["risk_id"].map(losses["risk_id"].value_counts()).fillna(0.0)
    mean_log = risks["risk_id"].map(logs.mean()).fillna(0.0)
    seen = risks["risk_id"].map(logs.count()).fillna(0.0)
    prior = np.maximum(prior_years * risks["frequency_year"], 1.0)
    log_median = (np.log(risks["severity_median_usd"].clip(lower=1.0)) * prior + mean_log * seen) / (prior + seen)
    return risks.assign(
        events=events.astype(int),
        frequency_register=risks["frequency_year"],
        severity_register_usd=risks["severity_median_usd"],
        frequency_year=(risks["frequency_year"] * prior_years + events) / (prior_years + years),
        severity_median_usd=np.exp(log_median),
    )


def revenue_of(ledger: pd.DataFrame | None, as_of: pd.Timestamp) -> float:
    """A year's revenue from the ledger, USD; refuses without one."""
    if ledger is None:
        raise Refusal.because(
            "no revenue to measure the reserve against", "the company has no table 'ledger'", "set revenue_usd"
        )
    return company_totals.yearly(ledger, as_of)["revenue"]


def with_record(risks: pd.DataFrame, losses: pd.DataFrame | None, as_of: pd.Timestamp) -> tuple[float, pd.DataFrame]:
    """Years of record, and the register corrected by it (`credible_rates`); unchanged without a record."""
    if losses is None or losses.empty:
        return 0.0, risks.assign(events=0)
    years = max((pd.Timestamp(as_of) - losses["date"].min()).days / 365.25, 0.5)
    return years, credible_rates(risks, losses, years)


def rate_table(risks: pd.DataFrame, record_years: float, *, prior_years: float = 3.0) -> pd.DataFrame:
    """Rates of the corrected register with intervals: name, events, rate_year, low, high, quarter, year."""
    time = prior_years + record_years
    rates = [gamma_poisson(rate * time, 0.0, prior_events=1e-9, prior_years=time) for rate in risks["frequency_year"]]
    table = pd.DataFrame(
        {
            "name": risks["name"],
            "events": risks["events"],
            "rate_year": [r.mean for r in rates],
            "low": [r.low for r in rates],
            "high": [r.high for r in rates],
            "quarter": [r.at_least_one(0.25) for r in rates],
            "year": [r.at_least_one(1.0) for r in rates],
        }
    )
    return table.sort_values("rate_year", ascending=False, ignore_index=True)


def rule_changes(timeline: pd.DataFrame, markets: Sequence[str], as_of: pd.Timestamp, *, years: float) -> pd.DataFrame:
    """How often the rules of each market changed, with the probability of a change in a quarter and in a year.

    `timeline` has date, market and change; rules of one market that start on one day are one change.
    """
    begin = pd.Timestamp(as_of) - pd.Timedelta(days=365.25 * years)
    recent = timeline[(timeline["date"] > begin) & (timeline["date"] <= as_of) & (timeline["change"] == "starts")]
    days = recent[recent["market"].isin(list(markets))].drop_duplicates(["market", "date"])
    if days.empty:
        return event_table(pd.DataFrame({"market": list(markets)[:0]}), years, by="market")
    return event_table(days, years, by="market")


def expected_from_losses(losses: pd.DataFrame, years: float) -> pd.DataFrame:
    """What happened, by risk: events, events_year, loss_year_usd over the record of `years`."""
    grouped = losses.groupby("risk_id")["loss_usd"]
    table = pd.DataFrame({"events": grouped.size(), "loss_usd": grouped.sum()}).reset_index()
    return table.assign(events_year=table["events"] / years, loss_year_usd=table["loss_usd"] / years)
