"""The company's randomised and regional tests, each read with its checks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.marketing import experiments, geo, sequential

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["RegionalTest", "read_tests", "regional_test", "watched"]

SUMS = {
    "y": "revenue_usd",
    "yy": "revenue_squared_usd",
    "x": "prior_revenue_usd",
    "xx": "prior_revenue_squared_usd",
    "xy": "revenue_prior_product_usd",
}


@dataclass(frozen=True)
class RegionalTest:
    """A regional hold-out: effects by method (revenue a week in all treated regions), its return, and its power.

    `effects` has one row a method: weekly revenue effect with interval and p, relative effect. `roi` is revenue lost
    per
    dollar saved with its standard error. `groups` ranks groups of regions for the next test.
    """

    experiment: str
    channel: str
    market: str
    effects: pd.DataFrame
    roi: float
    roi_error: float
    saved_usd: float
    path: pd.DataFrame
    groups: pd.DataFrame


def read_tests(company: "Company", *, level: float = 0.9, planned_days: int = 28) -> pd.DataFrame:
    """Every A/B and multi-arm test: split check, relative effect, effect on revenue after CUPED, verdict.

    Tests shorter than `planned_days` are read with the always-valid interval, since they may have been stopped at a
    peek. Columns: test, subject, arm, days, people, split_p, lift, lift_low, lift_high, lift_error, p_value,
    revenue_effect, revenue_low, revenue_high, variance_removed, verdict. `lift_error` is the standard error of the
    lift, for a test read early that of its wider interval.
    """
    table = company.table("experiments")
    table = table[table["design"].isin(["ab", "multi_arm"])]
    rows = []
    for name, test in table.groupby("experiment_id"):
        arms = _arms(test)
        others = [arm for arm in arms.index if arm != "control"]
        planned = arms["planned"].to_numpy(float) if arms["planned"].notna().all() else None
        split = experiments.sample_ratio_mismatch(arms["people"].to_numpy(float), planned)
        days = int(test["date"].nunique())
        # Several arms against one control: the level is shared out (Bonferroni).
        shared = 1 - (1 - level) / len(others)
        for arm in others:
            effect = experiments.proportion_effect(*_rates(arms, arm), level=shared)
            low, high, p = effect.relative_low, effect.relative_high, min(effect.p_value * len(others), 1.0)
            lift_error = effect.standard_error * arms.loc["control", "people"] / arms.loc["control", "converted"]
            early = days < planned_days
            if early:
                low, high, p = _careful(effect, planned_days / days, shared)
                lift_error = (high - low) / 2 / _z(shared)
            what = {"test": name, "subject": test["subject"].iloc[0], "arm": arm, "days": days}
            sizes = {"people": int(arms["people"].sum()), "split_p": split["p_value"]}
            lift = {"lift": effect.relative, "lift_low": low, "lift_high": high, "lift_error": lift_error, "p_value": p}
            verdict = _verdict(bool(split["mismatch"]), early, low, high)
            rows.append({**what, **sizes, **lift, **_revenue(arms, arm, level), "verdict": verdict})
    if not rows:
        raise Refusal.because("there is no A/B test to read", "tests: 0", "add rows to the experiments table")
    return pd.DataFrame(rows)


def watched(company: "Company", experiment: str, *, level: float = 0.95, looks: int = 5) -> pd.DataFrame:
    """A test day by day: effect, fixed-size interval, always-valid interval, and z against the O'Brien-Fleming limit.

    Columns: date, effect, fixed_low, fixed_high, low, high, z, limit.
    """
    from scipy.special import ndtri

    table = company.table("experiments")
    test = table[table["experiment_id"] == experiment]
    arm = next(name for name in test["arm"].unique() if name != "control")
    daily = test.pivot_table(index="date", columns="arm", values=["exposed", "converted"], aggfunc="sum").cumsum()
    rates = {name: daily["converted"][name] / daily["exposed"][name] for name in ("control", arm)}
    error = np.sqrt(sum(rates[name] * (1 - rates[name]) / daily["exposed"][name] for name in rates))
    effect = rates[arm] - rates["control"]
    tau = sequential.mixture_scale(float(error.iloc[-1]), alpha=1 - level)
    valid = sequential.always_valid(effect.to_numpy(), error.to_numpy(), tau=tau, level=level)
    z = float(ndtri(0.5 + level / 2))
    limits = sequential.boundary(looks, "obrien_fleming", alpha=1 - level)
    look = np.minimum((np.arange(len(effect)) * looks) // len(effect), looks - 1)
    return pd.DataFrame(
        {
            "date": effect.index,
            "effect": effect.to_numpy(),
            "fixed_low": (effect - z * error).to_numpy(),
            "fixed_high": (effect + z * error).to_numpy(),
            "low": valid["low"].to_numpy(),
            "high": valid["high"].to_numpy(),
            "z": (effect / error).to_numpy(),
            "limit": limits[look],
        }
    )


def regional_test(
    company: "Company", market: str, *, level: float = 0.9, lift_wanted: float = 0.1, rng: np.random.Generator
) -> RegionalTest | None:
    """The latest regional test of a market by four methods; None where there is none."""
    table = company.table("experiments")
    table = table[(table["design"] == "geo") & (table["market"] == market)]
    if table.empty:
        return None
    name = table.loc[table["date"].idxmax(), "experiment_id"]
    cells = table[table["experiment_id"] == name]
    daily, treated, start = geo.panel(cells)
    last_dark = cells.loc[cells["treated"].astype(bool), "date"].max()
    weekly = daily[daily.index <= last_dark].resample("W-MON", label="left", closed="left").sum()
    weekly = weekly[weekly.index >= daily.index.min()]
    found = [
        geo.difference_in_differences(weekly, treated, start, level=level),
        geo.synthetic_control(weekly, treated, start, intercept=True, level=level, rng=rng),
        geo.augmented_synthetic_control(weekly, treated, start, intercept=True, level=level, rng=rng.spawn(1)[0]),
        geo.synthetic_did(weekly, treated, start, level=level, placebos=60, rng=rng),
    ]
    effects = _effects(found, len(treated))
    saved = _saved(cells, treated, start, last_dark)
    weeks = int((weekly.index >= start).sum())
    chosen = effects.iloc[-1]
    error = float(chosen["effect_high"] - chosen["effect_low"]) / 2 / _z(level) * weeks
    before = weekly[weekly.index < start]
    groups = geo.market_selection(
        before, sizes=(4, 6, 8), test_periods=min(4, len(before) // 3), sets=25, effect=lift_wanted, rng=rng
    )
    return RegionalTest(
        str(name),
        str(cells["subject"].iloc[0]),
        market,
        effects,
        -float(chosen["effect_usd"]) * weeks / saved,
        error / saved,
        saved,
        found[-1].path,
        groups,
    )


def _effects(found: list[geo.GeoEffect], regions: int) -> pd.DataFrame:
    """One row a method: the effect a week in all treated regions together, and relative to what was expected."""
    rows = [
        (
            one.method,
            *(value * regions for value in (one.estimate, one.low, one.high)),
            one.relative,
            *one.relative_interval,
            one.p_value,
        )
        for one in found
    ]
    names = ["effect_usd", "effect_low", "effect_high", "relative", "relative_low", "relative_high", "p_value"]
    return pd.DataFrame(rows, columns=["method", *names])


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _saved(cells: pd.DataFrame, treated: list[str], start: object, last: object) -> float:
    """Media money not spent in the dark cells: their spend a day before the start, times dark days."""
    own = cells[cells["geo"].isin(treated)]
    before = own[own["date"] < start].groupby("date")["spend_usd"].sum()
    days = (pd.Timestamp(last) - pd.Timestamp(start)).days + 1
    return max(float(before.mean()) * days, 1.0)


def _arms(test: pd.DataFrame) -> pd.DataFrame:
    names = {"people": ("exposed", "sum"), "converted": ("converted", "sum"), "planned": ("planned_share", "mean")}
    names |= {key: (column, "sum") for key, column in SUMS.items() if column in test}
    arms = test.groupby("arm").agg(**names).astype(float)
    return arms.loc[["control", *[arm for arm in arms.index if arm != "control"]]]


def _rates(arms: pd.DataFrame, arm: str) -> list[tuple[float, float]]:
    return [(arms.loc[name, "converted"], arms.loc[name, "people"]) for name in ("control", arm)]


def _careful(effect: experiments.Effect, growth: float, level: float) -> tuple[float, float, float]:
    """Relative interval and p value that hold at any stopping time, tuned to the planned end."""
    base = effect.estimate / effect.relative
    tau = sequential.mixture_scale(effect.standard_error / np.sqrt(growth), alpha=1 - level)
    row = sequential.always_valid(np.array([effect.estimate]), np.array([effect.standard_error]), tau=tau, level=level)
    return row["low"].iloc[0] / base, row["high"].iloc[0] / base, row["p_value"].iloc[0]


def _revenue(arms: pd.DataFrame, arm: str, level: float) -> dict[str, float]:
    names = ("revenue_effect", "revenue_low", "revenue_high", "variance_removed")
    if not set(SUMS) <= set(arms.columns):
        return dict.fromkeys(names, np.nan)
    moments = [{"people": arms.loc[name, "people"], **arms.loc[name, list(SUMS)]} for name in ("control", arm)]
    effect, removed = experiments.cuped(*moments, level=level)
    return dict(zip(names, (effect.estimate, effect.low, effect.high, removed), strict=True))


def _verdict(broken: bool, early: bool, low: float, high: float) -> str:
    if broken:
        return "split broken, do not read"
    if low > 0 or high < 0:
        return "works" if low > 0 else "harms"
    return "stopped early, not proven" if early else "no effect shown"
