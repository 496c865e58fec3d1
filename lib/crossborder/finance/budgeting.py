"""Plan, run, compare: budget against actual, and the year's end as it looks from here."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["monthly_reallocation", "rolling_reforecast", "variance_table"]


def actual_by_month(ledger: pd.DataFrame) -> pd.DataFrame:
    """Ledger payments by month and account, USD (costs below zero)."""
    month = ledger["date"].dt.to_period("M").dt.to_timestamp()
    return ledger.assign(month=month).groupby(["month", "account"], as_index=False)["amount_usd"].sum()


def variance_table(
    budget: pd.DataFrame, ledger: pd.DataFrame, since: str, until: str, *, alert: float = 0.15
) -> pd.DataFrame:
    """Budget against actual by account over a period, with an alert where they differ by more than `alert`.

    Columns: account, budget_usd, actual_usd, variance_usd (above zero is good: more received or less paid), variance
    (of the budget), status (on plan, watch, alert). Watch begins at half the alert. Accounts of one side only are kept.
    """
    if not 0 < alert < 1:
        raise InputError.out_of_range("alert", alert, "between 0 and 1")
    planned = budget[budget["month"].between(since, until)].groupby("account")["amount_usd"].sum()
    actual = actual_by_month(ledger)
    actual = actual[actual["month"].between(since, until)].groupby("account")["amount_usd"].sum()
    common = planned.index.intersection(actual.index)
    if common.empty:
        raise Refusal.because(
            "budget and ledger cannot be compared",
            f"accounts of the budget: {sorted(planned.index)[:6]}",
            "use the ledger's account names in the budget",
        )
    table = pd.DataFrame({"budget_usd": planned.reindex(common), "actual_usd": actual.reindex(common)})
    table["variance_usd"] = table["actual_usd"] - table["budget_usd"]
    table["variance"] = table["variance_usd"] / table["budget_usd"].abs()
    size = table["variance"].abs()
    table["status"] = np.select([size > alert, size > alert / 2], ["alert", "watch"], "on plan")
    table = table.rename_axis("account").reset_index()
    return table.sort_values("variance_usd", key=abs, ascending=False, kind="stable", ignore_index=True)


def rolling_reforecast(
    budget: pd.DataFrame, ledger: pd.DataFrame, as_of: pd.Timestamp, *, months: int = 3
) -> pd.DataFrame:
    """Each account over the twelve months around `as_of`: what is done, and the rest at budget times the recent ratio.

    The recent ratio is actual over budget in the last `months` months. Columns: account, year_budget_usd, done_usd,
    rest_usd, year_forecast_usd, against_budget (fraction).
    """
    end = as_of.to_period("M").to_timestamp() + pd.offsets.MonthBegin(1)
    start = end - pd.DateOffset(months=9)
    year = budget[(budget["month"] >= start) & (budget["month"] < start + pd.DateOffset(months=12))]
    if year.empty:
        raise Refusal.because("no reforecast", "the budget has no months around this day", "extend the budget")
    actual = actual_by_month(ledger)
    recent = pd.Timestamp(end - pd.DateOffset(months=months))
    planned = year.groupby("account")["amount_usd"].sum()
    done = actual[(actual["month"] >= start) & (actual["month"] < end)].groupby("account")["amount_usd"].sum()
    done_recent = actual[(actual["month"] >= recent) & (actual["month"] < end)].groupby("account")["amount_usd"].sum()
    plan_recent = year[(year["month"] >= recent) & (year["month"] < end)].groupby("account")["amount_usd"].sum()
    ratio = (done_recent / plan_recent.where(plan_recent != 0)).reindex(planned.index).fillna(1.0)
    rest = year[year["month"] >= end].groupby("account")["amount_usd"].sum().reindex(planned.index).fillna(0.0) * ratio
    table = pd.DataFrame(
        {"year_budget_usd": planned, "done_usd": done.reindex(planned.index).fillna(0.0), "rest_usd": rest}
    )
    table["year_forecast_usd"] = table["done_usd"] + table["rest_usd"]
    table["against_budget"] = (table["year_forecast_usd"] - table["year_budget_usd"]) / table["year_budget_usd"].abs()
    return table.rename_axis("account").reset_index()


def monthly_reallocation(spend: pd.Series, contribution: pd.Series, *, step: float = 0.1) -> pd.DataFrame:
    """Next month's budget: `step` of the spend of markets below the mean contribution a dollar moves to those above.

    Moves in proportion to the distance from the mean; the total stays the same. Average, not marginal, returns: a
    first rule for the month, which the response curves of 42 overrule.
    """
    if (spend <= 0).any():
        raise InputError.out_of_range("spend", float(spend.min()), "above 0 in every market")
    returns = contribution / spend
    mean = contribution.sum() / spend.sum()
    giving = spend * step * (returns < mean)
    weight = (returns - mean).clip(lower=0)
    taking = giving.sum() * weight / weight.sum() if weight.sum() > 0 else giving
    table = pd.DataFrame({"spend_usd": spend, "return": returns, "move_usd": taking - giving})
    return table.assign(next_usd=table["spend_usd"] + table["move_usd"]).rename_axis("market").reset_index()
