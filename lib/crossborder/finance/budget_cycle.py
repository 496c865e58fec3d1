"""Plan, run, look again: variances that matter, a rolling forecast beside the plan, money moved month by month."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crossborder.company import Company
from crossborder.errors import InputError, Refusal

__all__ = [
    "BudgetStudy",
    "budget_study",
    "monthly_actuals",
    "plan_and_actual",
    "reallocate",
    "reforecast",
    "reforecast_error",
]


# Accounts settled in one payout; an open payout is not yet split, so they are judged together.
PAYOUT = dict.fromkeys(["sales payout", "platform fees", "refunds"], "payouts after fees and refunds")


@dataclass(frozen=True)
class BudgetStudy:
    """The last closed month against plan, the reforecast of the months after `after`, and its past errors."""

    month: pd.Timestamp
    after: pd.Timestamp
    variances: pd.DataFrame
    ahead: pd.DataFrame
    errors: pd.DataFrame

    @property
    def better(self) -> float:
        """Share of the plan's error, account by account, that the reforecast saved over the past year."""
        return float(1 - self.errors["forecast_off_usd"].sum() / self.errors["plan_off_usd"].sum())


def budget_study(company: Company, items: pd.DataFrame, *, level: float = 0.8) -> BudgetStudy | None:
    """Plan, run and look again for the company's last closed month; None without a budget.

    Where the plan ends with that month, the reforecast shown is the one that could be made a quarter before.
    """
    budget = company.optional("budget")
    if budget is None or budget.empty:
        return None
    actuals = monthly_actuals(items)
    closed = budget.loc[budget["month"] + pd.offsets.MonthEnd(0) <= company.as_of, "month"].max()
    after = min(closed, budget["month"].max() - pd.DateOffset(months=3))
    return BudgetStudy(
        month=closed,
        after=after,
        variances=plan_and_actual(budget, actuals, closed),
        ahead=reforecast(budget, actuals, after, level=level),
        errors=reforecast_error(budget, actuals, last=12),
    )


def monthly_actuals(items: pd.DataFrame) -> pd.DataFrame:
    """What arose by month, account and market, USD, from `booked_items`; movements without a market count as such."""
    month = items["issued_on"].dt.to_period("M").dt.to_timestamp()
    account = items["account"].replace(PAYOUT)
    grouped = items.assign(month=month, account=account).groupby(
        ["month", "account", "market"], dropna=False, as_index=False
    )
    return grouped["accrued_usd"].sum().rename(columns={"accrued_usd": "actual_usd"})


def plan_and_actual(
    budget: pd.DataFrame, actuals: pd.DataFrame, month: object, *, alert_z: float = 2.0, months: int = 12
) -> pd.DataFrame:
    """One row an account: plan and actual of the month, variance, and whether it is outside what is usual.

    `usual` is the mean relative variance of the `months` before, `z` how many of their standard deviations this month
    lies from it; `alert` where |z| > alert_z and the variance is at least 1 % of all planned cost. Accounts that are
    not in both tables are counted in `attrs["left_out"]`.
    """
    both, left_out = _joined(budget, actuals)
    day = pd.Timestamp(month)
    now = both[both["month"] == day].set_index("account")
    if now.empty:
        last = both["month"].max()
        raise InputError.out_of_range("month", f"{day:%Y-%m}", f"a month with plan and actual, up to {last:%Y-%m}")
    past = both[(both["month"] < day) & (both["month"] >= day - pd.DateOffset(months=months))]
    spread = past.groupby("account")["ratio"].agg(usual="mean", sd="std", known="size")
    spread.loc[spread["known"] < 6, "sd"] = np.nan  # too few months to call anything unusual
    table = now.join(spread)
    table["variance_usd"] = table["actual_usd"] - table["plan_usd"]
    table["variance"] = table["variance_usd"] / table["plan_usd"].abs()
    table["z"] = (table["ratio"] - table["usual"]) / table["sd"].where(table["sd"] > 0)
    small = table["variance_usd"].abs() < 0.01 * table.loc[table["plan_usd"] < 0, "plan_usd"].abs().sum()
    table["alert"] = (table["z"].abs() > alert_z) & ~small
    columns = ["account", "plan_usd", "actual_usd", "variance_usd", "variance", "usual", "z", "alert"]
    result = table.reset_index()[columns].sort_values("variance_usd", key=np.abs, ascending=False, ignore_index=True)
    result.attrs["left_out"] = left_out
    return result


def reforecast(
    budget: pd.DataFrame, actuals: pd.DataFrame, after: object, *, months: int = 12, level: float = 0.8
) -> pd.DataFrame:
    """Plan and rolling forecast of all accounts together, net by month after `after`, USD, with a band.

    Each account's plan is multiplied by its ratio of actual to plan over the last `months`, as far as that ratio is
    more than chance. Bands are the past relative errors of the same rule, one month ahead.
    Columns month, plan_usd, forecast_usd, low, high.
    """
    both, _ = _joined(budget, actuals)
    day = pd.Timestamp(after)
    ahead = _plan(budget)
    ahead = ahead[(ahead["month"] > day) & ahead["account"].isin(both["account"])]
    if ahead.empty:
        raise Refusal.because("no reforecast", f"the plan ends by {day:%Y-%m}", "take an earlier month or extend it")
    factor = _factors(both[both["month"] <= day], day, months)
    ahead = ahead.assign(forecast_usd=ahead["plan_usd"] * ahead["account"].map(factor).fillna(1.0))
    table = ahead.groupby("month", as_index=False)[["plan_usd", "forecast_usd"]].sum()
    errors = reforecast_error(budget, actuals[actuals["month"] <= day], months=months)
    scale = errors["size_usd"].mean()
    low, high = np.quantile(
        (errors["actual_usd"] - errors["forecast_usd"]) / errors["size_usd"], [(1 - level) / 2, (1 + level) / 2]
    )
    return table.assign(low=table["forecast_usd"] + low * scale, high=table["forecast_usd"] + high * scale)


def reforecast_error(budget: pd.DataFrame, actuals: pd.DataFrame, *, months: int = 12, last: int = 24) -> pd.DataFrame:
    """Plan and rolling forecast one month ahead against what came, net of all accounts, over the `last` months, USD.

    Columns month, plan_usd, forecast_usd, actual_usd, size_usd (sum of absolute actuals), and plan_off_usd and
    forecast_off_usd: absolute errors account by account, summed.
    """
    both, _ = _joined(budget, actuals)
    days = sorted(both["month"].unique())[months:][-last:]
    if not days:
        raise Refusal.because("no back-test of the reforecast", f"fewer than {months + 1} months", "give a longer plan")
    rows = []
    for day in days:
        factor = _factors(both[both["month"] < day], day - pd.DateOffset(months=1), months)
        now = both[both["month"] == day]
        expected = now["plan_usd"] * now["account"].map(factor).fillna(1.0)
        came = now["actual_usd"]
        off = [(guess - came).abs().sum() for guess in (now["plan_usd"], expected)]
        rows.append((day, now["plan_usd"].sum(), expected.sum(), came.sum(), came.abs().sum(), *off))
    columns = ["month", "plan_usd", "forecast_usd", "actual_usd", "size_usd", "plan_off_usd", "forecast_off_usd"]
    return pd.DataFrame(rows, columns=columns)


def reallocate(returns: pd.DataFrame, *, step: float = 0.1, level: float = 0.9) -> pd.DataFrame:
    """Next month's budget by market: money moves from returns surely below the mean to those surely above it.

    `returns` has month, market, spend_usd and return_usd. Return on spending is the ratio of sums, its interval
    comes from the spread over months (delta method). Markets whose interval lies below the overall return give `step`
    of their budget; those above take it in proportion to theirs. Average returns are not marginal ones: small
    steps, and look again next month.
    """
    missing = {"month", "market", "spend_usd", "return_usd"} - set(returns.columns)
    if missing:
        raise InputError.missing_columns("returns", missing, returns.columns)
    if not 0 < step <= 0.5:
        raise InputError.out_of_range("step", step, "above 0 and up to 0.5")
    if returns["month"].nunique() < 3:
        raise Refusal.because("no reallocation", "fewer than three months of returns", "wait for three months")
    grouped = returns.groupby("market")
    sums = grouped[["spend_usd", "return_usd"]].sum()
    ratio = sums["return_usd"] / sums["spend_usd"]
    rest = returns["return_usd"] - returns["market"].map(ratio) * returns["spend_usd"]
    count = grouped.size()
    error = rest.pow(2).groupby(returns["market"]).sum().div(count - 1).mul(count).pow(0.5) / sums["spend_usd"]
    half = ndtri((1 + level) / 2) * error
    overall = sums["return_usd"].sum() / sums["spend_usd"].sum()
    budget = returns[returns["month"] == returns["month"].max()].set_index("market")["spend_usd"].reindex(sums.index)
    table = pd.DataFrame({"budget_usd": budget.fillna(0.0), "return": ratio, "low": ratio - half, "high": ratio + half})
    gives, takes = table["high"] < overall, table["low"] > overall
    moved = float((table["budget_usd"] * step)[gives].sum()) if takes.any() else 0.0
    weight = table["budget_usd"].where(takes, 0.0)
    table["change_usd"] = np.where(gives & takes.any(), -step * table["budget_usd"], 0.0)
    table["change_usd"] += moved * weight / weight.sum() if weight.sum() else 0.0
    table["new_budget_usd"] = table["budget_usd"] + table["change_usd"]
    return table.rename_axis("market").reset_index().sort_values("return", ascending=False, ignore_index=True)


def _plan(budget: pd.DataFrame) -> pd.DataFrame:
    named = budget.assign(account=budget["account"].replace(PAYOUT))
    return named.groupby(["month", "account"], as_index=False).agg(plan_usd=("amount_usd", "sum"))


def _joined(budget: pd.DataFrame, actuals: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Plan and actual by month and account, only accounts in both and months with actuals; the names left out."""
    plan = _plan(budget)
    came = actuals.groupby(["month", "account"], as_index=False)["actual_usd"].sum()
    both = plan.merge(came, on=["month", "account"], how="inner")
    left_out = sorted(set(plan["account"]) ^ set(came["account"]))
    both = both[both["plan_usd"] != 0]
    return both.assign(ratio=both["actual_usd"] / both["plan_usd"]), left_out


def _factors(past: pd.DataFrame, last: pd.Timestamp, months: int) -> pd.Series:
    """Recent actual over plan by account, drawn to one as far as it may be chance (James and Stein, 1961)."""
    recent = past[past["month"] > last - pd.DateOffset(months=months)]
    codes, names = pd.factorize(recent["account"])
    actual, plan = (recent[name].to_numpy(float) for name in ("actual_usd", "plan_usd"))
    known, planned = np.bincount(codes), np.bincount(codes, plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.clip(np.bincount(codes, actual) / planned, 0.5, 2.0) - 1
        rest = np.bincount(codes, (actual - plan * (1 + bias[codes])) ** 2)
        noise = rest / np.maximum(known - 1, 1) * known / planned**2
        held = np.maximum(1 - noise / np.maximum(bias**2, 1e-12), 0.0)
    return pd.Series(1 + bias * held, index=names)
