"""Do our controls stop what they should, and do drills meet their clocks: rates with intervals from tested cases."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from crossborder.errors import InputError, Refusal
from crossborder.risk.continuity import continuity_check, data_loss_window

__all__ = [
    "LINES",
    "controls",
    "defence",
    "drills",
    "joint_defence",
    "lost_between_backups",
    "mark_cover",
    "maturity_path",
    "share_interval",
    "supplier_audit",
]

LINES = {1: "the work itself", 2: "oversight", 3: "audit"}
CHECKS = ("registry_ok", "tax_ok", "bank_ok", "credit_ok")
COUNTS = ["cases_bad", "bad_stopped", "cases_good", "good_stopped"]


def share_interval(hits: ArrayLike, cases: ArrayLike, level: float = 0.9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share, low and high of `hits` among `cases` for whole arrays (Jeffreys' prior); missing where there is no case.

    At 0 and at all cases the interval is one-sided (Brown, Cai and DasGupta, 2001).
    """
    k, n = np.asarray(hits, float), np.asarray(cases, float)
    if (k < 0).any() or (k > n).any():
        raise InputError.out_of_range("hits", float(k.max()), "0 to the cases", "")
    if not 0 < level < 1:
        raise InputError.out_of_range("level", level, "above 0 and below 1", "0.9 is a usual interval")
    tail = (1 - level) / 2
    low = np.where(k == 0, 0.0, betaincinv(k + 0.5, n - k + 0.5, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
    share = np.divide(k, n, out=np.full(np.broadcast(k, n).shape, np.nan), where=n > 0)
    return share, np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def controls(tests: pd.DataFrame, as_of: pd.Timestamp, *, months: int = 12, level: float = 0.9) -> pd.DataFrame:
    """Each control over the last `months`: what it stops, what it stops by mistake, what it saves and misses a year.

    Columns: kind, control, cases, caught, caught_low, caught_high, false_stops, false_low, false_high,
    residual (bad ones among those let pass), saved_usd, missed_usd with missed_low, missed_high; worst miss first.
    Raises `Refusal` without a tested case in the period.
    """
    sums = _recent(tests, as_of, months, ["kind", "control"])
    caught, low, high = share_interval(sums["bad_stopped"], sums["cases_bad"], level)
    wrong, wrong_low, wrong_high = share_interval(sums["good_stopped"], sums["cases_good"], level)
    let_bad, let_good = sums["cases_bad"] - sums["bad_stopped"], sums["cases_good"] - sums["good_stopped"]
    at_stake = sums["value_usd"] * sums["cases_bad"] * 12 / months
    table = sums[["kind", "control"]].assign(cases=sums["cases_bad"], caught=caught, caught_low=low, caught_high=high)
    table = table.assign(false_stops=wrong, false_low=wrong_low, false_high=wrong_high)
    table = table.assign(residual=let_bad / (let_bad + let_good), saved_usd=at_stake * caught)
    table = table.assign(
        missed_usd=at_stake * (1 - caught), missed_low=at_stake * (1 - high), missed_high=at_stake * (1 - low)
    )
    return table.sort_values("missed_usd", ascending=False, ignore_index=True)


def joint_defence(
    tests: pd.DataFrame,
    as_of: pd.Timestamp,
    *,
    kind: str = "fraud",
    months: int = 12,
    level: float = 0.9,
    draws: int = 4000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Controls of one kind alone and together: control, caught, low, high, saved_usd, wrong.

    Together, a case must pass all of them; they are taken as independent, so the joint row is an upper bound where
    the same clever case deceives both. `wrong` is the share of good cases that at least one stops.
    """
    sums = _recent(tests, as_of, months, ["kind", "control"])
    sums = sums[sums["kind"] == kind].reset_index(drop=True)
    if sums.empty:
        raise InputError.unknown("kind", kind, sorted(tests["kind"].unique()))
    names = {"bad_stopped": "cases_bad", "good_stopped": "cases_good"}
    drawn = {
        hits: rng.beta(sums[hits] + 0.5, sums[cases] - sums[hits] + 0.5, (draws, len(sums)))
        for hits, cases in names.items()
    }
    tails = [(1 - level) / 2, (1 + level) / 2]
    parts = {name: np.column_stack([one, 1 - np.prod(1 - one, axis=1)]) for name, one in drawn.items()}
    bounds = np.quantile(parts["bad_stopped"], tails, axis=0)
    alone = (sums["bad_stopped"] / sums["cases_bad"]).to_numpy(float)
    caught = np.append(alone, 1 - np.prod(1 - alone))
    yearly = float((sums["cases_bad"] * sums["value_usd"]).max()) * 12 / months
    table = pd.DataFrame({"control": [*sums["control"], "together"], "caught": caught, "low": bounds[0]})
    wrong = parts["good_stopped"].mean(axis=0)
    return table.assign(high=bounds[1], saved_usd=yearly * caught, saved_low=yearly * bounds[0],
                        saved_high=yearly * bounds[1], wrong=wrong)  # fmt: skip


def defence(
    tests: pd.DataFrame, as_of: pd.Timestamp, *, months: int = 12, level: float = 0.9, draws: int = 4000,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, tuple[float, float, float]]:  # fmt: skip
    """Three lines of defence: line, name, cases, caught, low, high; and the share that all three let pass, with range.

    The three are taken as independent; one hole that is common to all makes the true share larger.
    """
    sums = _recent(tests, as_of, months, ["line"])
    caught, low, high = share_interval(sums["bad_stopped"], sums["cases_bad"], level)
    names = [LINES[int(line)] for line in sums["line"]]
    table = pd.DataFrame({"line": sums["line"], "name": names, "cases": sums["cases_bad"], "caught": caught})
    drawn = rng.beta(sums["bad_stopped"] + 0.5, sums["cases_bad"] - sums["bad_stopped"] + 0.5, (draws, len(sums)))
    through = np.prod(1 - drawn, axis=1)
    ends = np.quantile(through, [(1 - level) / 2, (1 + level) / 2])
    return table.assign(low=low, high=high), (float(np.prod(1 - caught)), float(ends[0]), float(ends[1]))


def maturity_path(
    tests: pd.DataFrame, as_of: pd.Timestamp, *, target: float = 4.5, level: float = 0.9, draws: int = 4000,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, float]]:  # fmt: skip
    """Maturity by layer (0 to 5: five times the share stopped) now and a year ago, and the years to the target.

    The programme's score is half the weakest layer and half the mean. Its yearly gain is measured over the two years;
    `never` is the share of draws in which it does not grow. Keys: score, low, high, gain, years, never.
    """
    now = _recent(tests, as_of, 12, ["layer"]).set_index("layer")
    ago = _recent(tests, as_of - pd.DateOffset(months=12), 12, ["layer"]).set_index("layer").reindex(now.index)
    if ago["cases_bad"].isna().any():
        raise Refusal.because("no path of maturity", "a layer has no test a year ago", "wait for two years of tests")
    caught, low, high = share_interval(now["bad_stopped"], now["cases_bad"], level)
    before = (ago["bad_stopped"] / ago["cases_bad"]).to_numpy(float)
    table = pd.DataFrame({"layer": now.index, "cases": now["cases_bad"].to_numpy(), "caught": caught, "low": low})
    table = table.assign(high=high, score=5 * caught, score_before=5 * before)
    scores = [
        _programme(5 * rng.beta(f["bad_stopped"] + 0.5, f["cases_bad"] - f["bad_stopped"] + 0.5, (draws, len(f))))
        for f in (now, ago)
    ]
    gain = scores[0] - scores[1]
    point, speed = float(_programme(5 * caught)), float(_programme(5 * caught) - _programme(5 * before))
    ends = np.quantile(scores[0], [(1 - level) / 2, (1 + level) / 2])
    years = max(target - point, 0.0) / speed if speed > 0 else float("inf")
    found = {"score": point, "low": ends[0], "high": ends[1], "gain": speed, "years": years}
    return table, {**found, "never": float((gain <= 0).mean())}


def drills(tests: pd.DataFrame, *, rpo_hours: float, backup_hours: float, level: float = 0.9) -> pd.DataFrame:
    """Drills and restores against their clocks: control, drills, median_hours, target_hours, within, low, high, ...

    `score` is 1 within the target and 0 at twice it, on average; `covered` asks that nine drills in ten were within
    the target, and for restores that backups are at most `rpo_hours` apart (they are `backup_hours` apart).
    """
    timed = tests.dropna(subset=["took_hours", "target_hours"])
    if timed.empty:
        raise Refusal.because(
            "no drill score", "no test has took_hours and target_hours", "record how long drills take"
        )
    timed = timed.assign(within=timed["took_hours"] <= timed["target_hours"])
    timed["score"] = 1 - (timed["took_hours"] / timed["target_hours"] - 1).clip(0, 1)
    grouped = timed.groupby(["kind", "control"])
    table = grouped.agg(
        drills=("within", "size"),
        median_hours=("took_hours", "median"),
        recovered_hours=("took_hours", lambda hours: hours.quantile(0.9)),
        rto_hours=("target_hours", "last"),
        hits=("within", "sum"),
        score=("score", "mean"),
    ).reset_index()
    share, low, high = share_interval(table["hits"], table["drills"], level)
    restores = table["kind"] == "restore"
    table = table.assign(within=share, low=low, high=high, process=table["control"])
    table["rpo_hours"] = np.where(restores, rpo_hours, np.inf)
    table["backup_hours"] = np.where(restores, backup_hours, 0.0)
    return continuity_check(table).sort_values("within", ignore_index=True)


def lost_between_backups(
    orders_by_hour: ArrayLike, backup_hours: float, *, level: float = 0.9, rng: np.random.Generator
) -> dict[str, float]:
    """Orders lost if the store fails between two backups: mean, low and high over failure times, and the worst window.

    `orders_by_hour` is the hourly series of orders; the failure strikes at any hour alike.
    """
    counts = np.asarray(orders_by_hour, float)
    if backup_hours <= 0 or len(counts) < 2 * backup_hours:
        raise InputError.out_of_range("backup_hours", backup_hours, f"above 0, up to {len(counts) / 2:g}", "")
    window = data_loss_window(backup_hours, float(counts.mean()))
    total = np.concatenate([[0.0], np.cumsum(counts)])
    end = rng.integers(int(np.ceil(backup_hours)), len(counts), 4000)
    start = end - rng.integers(0, max(int(backup_hours), 1) + 1, len(end))
    lost = total[end] - total[start]
    ends = np.quantile(lost, [(1 - level) / 2, (1 + level) / 2])
    full = total[int(backup_hours) :] - total[: len(total) - int(backup_hours)]
    return {"mean_hours": window["mean_hours"], "mean_orders": float(lost.mean()), "low": float(ends[0]),
            "high": float(ends[1]), "worst_orders": float(full.max())}  # fmt: skip


def supplier_audit(suppliers: pd.DataFrame, *, limit: float = 0.05, level: float = 0.9) -> pd.DataFrame:
    """Register, tax, bank and credit checks by country: country, checked, failed, rate, low, high, verdict.

    "fails" if the interval lies above the limit, "passes" if below, else "check more".
    """
    names = [name for name in CHECKS if name in suppliers]
    if not names:
        raise InputError.missing_columns("suppliers", list(CHECKS), suppliers.columns)
    long = suppliers.melt("country", names).dropna()
    grouped = long.groupby("country")["value"].agg(["size", "sum"]).astype(float)
    failed = grouped["size"] - grouped["sum"]
    rate, low, high = share_interval(failed, grouped["size"], level)
    table = pd.DataFrame({"country": grouped.index, "checked": grouped["size"].to_numpy(), "failed": failed.to_numpy()})
    table = table.assign(rate=rate, low=low, high=high)
    table["verdict"] = np.select([table["low"] > limit, table["high"] < limit], ["fails", "passes"], "check more")
    return table.sort_values("rate", ascending=False, ignore_index=True)


def mark_cover(
    marks: pd.DataFrame, sales_by_market: pd.Series, as_of: pd.Timestamp, *, ends_within_days: int = 365
) -> pd.DataFrame:
    """Trade marks by market and class: registered, ends soon, pending, expired or missing; with the sales exposed.

    One row a market; a column for every class that is protected anywhere; `open` counts classes without a valid
    registration, `exposed_usd` is the market's sales times the share of open classes (classes weigh alike).
    """
    day, ends = pd.Timestamp(as_of), marks["expires_on"]
    soon = day + pd.Timedelta(days=ends_within_days)
    known = marks["registered_on"].notna() & (marks["registered_on"] <= day)
    state = np.select([~known, ends < day, ends <= soon], ["pending", "expired", "ends soon"], "registered")
    order = ["registered", "ends soon", "pending", "expired"]
    ranked = marks.assign(rank=[order.index(one) for one in state])
    wide = ranked.pivot_table(index="market", columns="nice_class", values="rank", aggfunc="min")
    wide = wide.reindex(sales_by_market.index).sort_index(axis=1)
    words = wide.replace(dict(enumerate(order))).astype(object).where(wide.notna(), "missing")
    words.columns = [f"class {name}" for name in wide.columns]
    lacking = (~wide.isin([0, 1])).sum(axis=1)
    table = words.assign(open=lacking, sales_usd=sales_by_market)
    table["exposed_usd"] = table["sales_usd"] * table["open"] / wide.shape[1]
    return table.rename_axis("market").reset_index().sort_values("exposed_usd", ascending=False, ignore_index=True)


def _programme(scores: np.ndarray) -> np.ndarray:
    return 0.5 * scores.min(axis=-1) + 0.5 * scores.mean(axis=-1)


def _recent(tests: pd.DataFrame, as_of: pd.Timestamp, months: int, by: Sequence[str]) -> pd.DataFrame:
    """Sums of cases over the period by group, with the mean loss of a case."""
    day = pd.Timestamp(as_of)
    inside = (tests["date"] > day - pd.DateOffset(months=months)) & (tests["date"] <= day)
    cases = tests[inside].dropna(subset=COUNTS)
    if cases.empty:
        raise Refusal.because(
            "no rate of the controls", f"no tested case in the {months} months to {day.date()}", "record control tests"
        )
    grouped = cases.groupby(list(by))
    sums = grouped[COUNTS].sum().astype(float)
    return sums.assign(value_usd=grouped["value_usd"].mean().astype(float)).reset_index()
