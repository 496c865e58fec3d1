"""Has the world moved away from what models learned: drift of inputs, and when the next look is due."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["drift", "due_dates", "order_cases", "stability_index"]

WATCH, REFIT = 0.1, 0.25  # usual limits of the index (Siddiqi, 2006, Credit Risk Scorecards)


def stability_index(before: pd.Series, now: pd.Series) -> float:
    """Population stability index of two counts over the same groups: sum of (q - p) ln(q / p); 0 means no drift.

    Half a case is added to every group, so that an empty one does not make the index infinite.

    >>> round(stability_index(pd.Series([60, 40]), pd.Series([60, 40])), 9)
    0.0
    """
    both = pd.concat([before, now], axis=1).fillna(0.0).to_numpy(float)
    if (both < 0).any() or (both.sum(axis=0) <= 0).any():
        raise InputError.out_of_range("counts", both.min(), "not below 0, with a case on both sides")
    shares = (both + 0.5) / (both + 0.5).sum(axis=0)
    return float(((shares[:, 1] - shares[:, 0]) * np.log(shares[:, 1] / shares[:, 0])).sum())


def order_cases(company: "Company", *, days: int = 90) -> pd.DataFrame:
    """Order lines of the last `days` and of the same days a year before, as `drift` takes them.

    Columns: at, market, platform, pieces, delivery_days (delivered ones only where known), and category where the
    company has products. Only these lines leave the engine.
    """
    orders, day = company.events("orders"), pd.Timestamp(company.as_of)
    at = orders.ordered_at.cast("date")
    age = [(day - pd.Timedelta(days=back)).date() for back in (0, days, 365, 365 + days)]
    lines = orders.filter(((at > age[1]) & (at <= age[0])) | ((at > age[3]) & (at <= age[2])))
    lines = lines.select(
        "sku", "market", "platform", at=at, pieces=lines.quantity,
        delivery_days=(lines.delivered_at.epoch_seconds() - lines.ordered_at.epoch_seconds()) / 86400,
    ).to_pandas()  # fmt: skip
    lines["at"] = pd.to_datetime(lines["at"])
    if company.has("products"):
        lines["category"] = lines["sku"].map(company.table("products").set_index("sku")["category"]).fillna("none")
    lines["delivery_days"] = lines["delivery_days"].fillna(lines["delivery_days"].median())
    return lines.drop(columns="sku")


def drift(cases: pd.DataFrame, as_of: pd.Timestamp, *, days: int = 90, least: int = 200) -> pd.DataFrame:
    """Drift of each input between the last `days` and the same days a year before.

    `cases` has at (day) and one column an input: text is counted by value, numbers by the deciles of a year before.
    Columns: input, cases, index, chance (the index that chance alone passes in 5 % of cases, chi-square with the
    effective sample), verdict (steady, watch from 0.1, refit from 0.25; never above steady by chance). Refusal with
    fewer than `least` cases in either time.
    """
    from scipy.stats import chi2

    span, year = pd.Timedelta(days=days), pd.Timedelta(days=365)
    now = cases[(cases["at"] > as_of - span) & (cases["at"] <= as_of)]
    before = cases[(cases["at"] > as_of - year - span) & (cases["at"] <= as_of - year)]
    if min(len(now), len(before)) < least:
        counts = f"{len(before)} and {len(now)} cases"
        raise Refusal.because("no drift test", f"{counts} are too few", f"give {least} a quarter, a year apart")
    rows = []
    for name in cases.columns.drop("at"):
        one, other = before[name], now[name]
        if pd.api.types.is_numeric_dtype(one):
            edges = np.unique(np.quantile(one, np.linspace(0, 1, 11)))
            edges[0], edges[-1] = -np.inf, np.inf
            one, other = pd.cut(one, edges), pd.cut(other, edges)
        left, right = one.value_counts(sort=False), other.value_counts(sort=False)
        index = stability_index(left, right)
        groups = len(left.index.union(right.index))
        chance = float(chi2.ppf(0.95, max(groups - 1, 1)) * (1 / len(one) + 1 / len(other)))
        limit = max(WATCH, chance), max(REFIT, chance)
        rows.append(
            (
                name,
                len(other),
                index,
                chance,
                "refit" if index > limit[1] else "watch" if index > limit[0] else "steady",
            )
        )
    table = pd.DataFrame(rows, columns=["input", "cases", "index", "chance", "verdict"])
    return table.sort_values("index", ascending=False, kind="stable", ignore_index=True)


def due_dates(
    checks: pd.DataFrame, drifted: pd.DataFrame | None, as_of: pd.Timestamp, *, months: int = 3
) -> pd.DataFrame:
    """When each model is due for a new look: today if its check misses its range, else `months` after the last run.

    An input that drifted pulls the date of all models whose check holds forward to one month. `checks` as from
    `plan.recalibration`. Columns of the checks with due_on and why.
    """
    moved = [] if drifted is None else drifted.loc[drifted["verdict"] == "refit", "input"].tolist()
    usual = as_of + pd.DateOffset(months=1 if moved else months)
    why = f"input moved: {', '.join(moved)}" if moved else "regular look"
    return checks.assign(
        due_on=np.where(checks["due"], np.datetime64(as_of, "ns"), np.datetime64(usual, "ns")),
        why=np.where(checks["due"], "check outside its range", why),
    ).sort_values("due_on", kind="stable", ignore_index=True)
