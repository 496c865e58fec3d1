"""Rules and whether we keep them: policy radar, audits, screens, retention, cover of rights, maturity."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.risk.event_rates import beta_share

__all__ = [
    "audit",
    "defence_lines",
    "maturity",
    "policy_radar",
    "retention_queue",
    "rights_gap",
    "screen_quality",
    "seller_grade",
]


def policy_radar(
    rules: pd.DataFrame,
    sales_by_market: pd.Series,
    *,
    as_of: pd.Timestamp,
    horizon_days: int = 180,
    prepare_days: int = 60,
) -> pd.DataFrame:
    """Rules that take effect soon: market, change, valid_from, lead_days, sales_usd, in_time; soonest first.

    `rules` needs market and valid_from (a dated rule each); `in_time` says whether `prepare_days` are left.
    """
    for name in ("market", "valid_from"):
        if name not in rules:
            raise InputError.missing_columns("rules", [name], rules.columns)
    start = pd.to_datetime(rules["valid_from"])
    soon = rules[(start > as_of) & (start <= as_of + pd.Timedelta(days=horizon_days))].copy()
    soon["valid_from"] = pd.to_datetime(soon["valid_from"])
    soon["lead_days"] = (soon["valid_from"] - as_of).dt.days
    soon["sales_usd"] = soon["market"].map(sales_by_market).fillna(0.0).astype(float)
    return soon.assign(in_time=soon["lead_days"] >= prepare_days).sort_values("valid_from", ignore_index=True)


def audit(violations: pd.Series, sampled: pd.Series, *, limit: float = 0.05, level: float = 0.9) -> pd.DataFrame:
    """Violation probability from audit samples: group, sampled, violations, rate, low, high, verdict.

    "fails" if the interval lies above the limit, "passes" if below, else "sample more".
    """
    posterior = [beta_share(v, n, level=level) for v, n in zip(violations, sampled, strict=True)]
    table = pd.DataFrame(
        {
            "group": violations.index,
            "sampled": sampled.to_numpy(),
            "violations": violations.to_numpy(),
            "rate": [p.mean for p in posterior],
            "low": [p.low for p in posterior],
            "high": [p.high for p in posterior],
        }
    )
    table["verdict"] = np.select([table["low"] > limit, table["high"] < limit], ["fails", "passes"], "sample more")
    return table.sort_values("rate", ascending=False, ignore_index=True)


def screen_quality(truth: Sequence[bool], flagged: Sequence[bool], *, level: float = 0.9) -> dict[str, float]:
    """A screen against the truth: catch rate, false flags and precision with intervals, fractions.

    Serves content checks, access control and counterfeit screens alike.
    """
    truth, flagged = np.asarray(truth, bool), np.asarray(flagged, bool)
    if truth.shape != flagged.shape or not len(truth):
        raise InputError.out_of_range("flagged", flagged.shape, f"as long as truth, {truth.shape}", "")
    pairs = {
        "caught": ((truth & flagged).sum(), truth.sum()),
        "false_flags": ((~truth & flagged).sum(), (~truth).sum()),
        "precision": ((truth & flagged).sum(), flagged.sum()),
    }
    found: dict[str, float] = {}
    for name, (hits, trials) in pairs.items():
        one = beta_share(float(hits), float(trials), level=level)
        share = float(hits / trials) if trials else np.nan
        found |= {name: share, f"{name}_low": one.low, f"{name}_high": one.high}
    return found


def retention_queue(
    records: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    limit_days: float,
    date: str = "first_seen_on",
    hold: pd.Series | None = None,
) -> pd.DataFrame:
    """Records older than the limit, oldest first: the rows and `overdue_days`; those on legal hold are left out."""
    if date not in records:
        raise InputError.missing_columns("records", [date], records.columns)
    age = (pd.Timestamp(as_of) - records[date]).dt.days
    due = (age > limit_days) & (~hold if hold is not None else True)
    return records[due].assign(overdue_days=age[due] - limit_days).sort_values("overdue_days", ascending=False)


def rights_gap(marks: pd.DataFrame, markets: Sequence[str], classes: Sequence[str]) -> pd.DataFrame:
    """Cover of trade marks: markets (rows) x classes (columns), True where a mark is registered; gaps are False.

    `marks` has market and class, one row a registration.
    """
    for name in ("market", "class"):
        if name not in marks:
            raise InputError.missing_columns("marks", [name], marks.columns)
    held = pd.crosstab(marks["market"], marks["class"]) > 0
    return held.reindex(index=list(markets), columns=list(classes), fill_value=False).astype(bool)


def defence_lines(tests: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Three lines of defence: line, passed, tests, rate, low, high, and `all_lines`: chance that a fault passes all."""
    rows = [
        {"line": row.line, "passed": row.passed, "tests": row.tests, **_share(row.passed, row.tests, level)}
        for row in tests.itertuples()
    ]
    table = pd.DataFrame(rows)
    return table.assign(all_lines=float((1 - table["rate"]).prod()))


def maturity(
    layers: pd.Series,
    *,
    target: float = 4.0,
    points_per_year: float = 0.8,
    review_months: float = 6.0,
    since_review_months: float,
) -> dict[str, float]:
    """Maturity of the compliance programme: score 0 to 5 (weakest layer half, mean half), years to target, overdue.

    `layers` are scores 0 to 5, for example policy, process and technology; a chain is as strong as its weakest link.
    """
    if ((layers < 0) | (layers > 5)).any():
        raise InputError.out_of_range("layers", float(layers.max()), "0 to 5", "")
    score = float(0.5 * layers.min() + 0.5 * layers.mean())
    return {
        "score": score,
        "years_to_target": max(target - score, 0.0) / points_per_year,
        "review_overdue_months": max(since_review_months - review_months, 0.0),
    }


def seller_grade(scores: pd.DataFrame, weights: pd.Series | None = None) -> pd.DataFrame:
    """Grade of suppliers or sellers on environment, labour and transparency: score 0 to 1, grade A to D.

    Half the weighted mean and half the weakest side, so that one good side cannot hide a bad one.
    """
    share = pd.Series(1.0, scores.columns) if weights is None else weights.reindex(scores.columns)
    score = 0.5 * (scores @ share / share.sum()) + 0.5 * scores.min(axis=1)
    grade = np.select([score >= 0.8, score >= 0.65, score >= 0.5], ["A", "B", "C"], "D")
    return scores.assign(score=score, grade=grade).sort_values("score", ascending=False)


def _share(passed: float, tests: float, level: float) -> dict[str, float]:
    one = beta_share(passed, tests, level=level)
    return {"rate": one.mean, "low": one.low, "high": one.high}
