"""Would we have known? Alerts held against labelled incidents: precision, recall, lead time and cost."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.risk.baseline import Baseline
from crossborder.risk.control_charts import upper_sums
from crossborder.risk.event_rates import beta_share
from crossborder.risk.warning_index import evidence

__all__ = [
    "COMBINED",
    "ENSEMBLE",
    "RULES",
    "alerts_by_kind",
    "best_setting",
    "deviation_levels",
    "ensemble",
    "ensemble_of",
    "kind_scores",
    "ladder",
    "lead_times",
    "precision_recall",
    "quality",
    "raise_alerts",
    "raised",
    "rules_tested_later",
    "signals",
    "threshold_study",
]

RULES: dict[str, tuple[float, ...]] = {
    "shewhart": (1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0),
    "ewma": (1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5),
    "cusum": (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0),
    "level": (1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0),
    "deviation": (0.10, 0.125, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50),
}
"""Rules and the thresholds tried for each; standard units, for `deviation` a fraction."""

COMBINED = (1.8, 2.2, 2.6, 3.0, 3.4, 3.8)
"""Thresholds of the score of `kind_scores`."""

ENSEMBLE = ("cusum", "combined", "ewma", "level")
"""Rules that vote in the ensemble."""


def deviation_levels(deviation: pd.DataFrame, band: float = 0.15) -> pd.DataFrame:
    """Alert level by relative deviation on the bad side: 0 fine, 1 watch (half a band), 2 alert, 3 plan (two bands)."""
    if band <= 0:
        raise InputError.out_of_range("band", band, "above 0", "0.15 alerts at 15 %")
    edges = [band / 2, band, 2 * band]
    levels = np.searchsorted(edges, deviation.to_numpy(float), side="right").astype(float)
    return pd.DataFrame(np.where(deviation.isna(), np.nan, levels), deviation.index, deviation.columns)


def signals(baseline: Baseline, rule: str, threshold: float) -> pd.DataFrame:
    """Weeks x indicators that signal under a rule.

    Rules: `shewhart` (one surprise beyond the threshold), `ewma` (weighted average of surprises), `cusum` (their sum
    over a reference of 0.5, restarted after a signal), `level` (distance from the usual course), `deviation` (that
    distance as a fraction of the course).
    """
    if rule == "cusum":
        return upper_sums(baseline.surprise, 0.5, threshold) > threshold
    return _measure(baseline, rule) > threshold


def _measure(baseline: Baseline, rule: str) -> pd.DataFrame:
    """What a rule compares with its threshold, where that does not depend on the threshold."""
    if rule == "shewhart":
        return baseline.surprise
    if rule == "ewma":
        return evidence(baseline.surprise)
    if rule in ("level", "deviation"):
        return baseline.position if rule == "level" else baseline.deviation
    raise InputError.unknown("rule", rule, RULES)


def raise_alerts(signal: pd.DataFrame, *, votes: int = 1, span: int = 2, quiet: int = 3) -> pd.DataFrame:
    """Alerts from signals of many indicators: start, indicators (their names), one row an alert.

    An indicator counts when it begins to signal after `quiet` silent weeks. An alert is raised when `votes` of them
    began within `span` weeks, and a new one only after `span` weeks, so that a second cause is heard beside a first.
    """
    if not 1 <= votes <= signal.shape[1]:
        raise InputError.out_of_range("votes", votes, f"1 to the {signal.shape[1]} indicators", "")
    begins, recent = _beginnings(signal.to_numpy(bool), span, quiet)
    kept = _raised_weeks(begins, recent, votes, span)
    names = signal.columns.to_numpy()
    return pd.DataFrame({"start": signal.index[kept], "indicators": [", ".join(names[recent[week]]) for week in kept]})


def _beginnings(on: np.ndarray, span: int, quiet: int) -> tuple[np.ndarray, np.ndarray]:
    """Weeks in which an indicator begins to signal, and those within `span` weeks after."""
    begins = on & ~_any_before(on, quiet)
    return begins, begins | _any_before(begins, span)


def _raised_weeks(begins: np.ndarray, recent: np.ndarray, votes: int, span: int) -> list[int]:
    """Weeks of alerts: enough indicators began lately, one of them now; at most one alert in each `span` weeks."""
    ready = np.flatnonzero((recent.sum(axis=1) >= votes) & begins.any(axis=1))
    kept: list[int] = []
    for week in ready.tolist():
        if not kept or week - kept[-1] > span:
            kept.append(week)
    return kept


def _any_before(flags: np.ndarray, weeks: int) -> np.ndarray:
    """Whether a flag was raised in one of the `weeks` rows before."""
    found = np.zeros_like(flags)
    for back in range(1, weeks + 1):
        found[back:] |= flags[:-back]
    return found


def quality(
    alerts: pd.DataFrame,
    incidents: pd.DataFrame,
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    lead_weeks: int = 6,
    follow_weeks: int = 1,
    false_alarm_cost_usd: float = 400.0,
    avoidable_share: float = 0.4,
    level: float = 0.9,
    chance: bool = True,
) -> dict[str, float]:
    """Quality of alerts between `start` and `end` (not included).

    An alert can warn of one incident only and an incident needs an alert of its own: the largest matching of pairs in
    which the incident begins at most `lead_weeks` after the alert or `follow_weeks` before it, and is of the alert's
    kind where the alerts have a column `kind`. Lead time runs to the day on which the company noticed the incident.
    Cost: the avoidable share of the losses without a warning, and the false alarms. `precision_chance` is the mean
    precision of the same alerts moved around the calendar; where incidents are frequent it is far from zero (skipped
    without `chance`).
    Intervals are Jeffreys' at `level`.
    """
    cases = _cases(incidents, start, end)
    alerts = alerts[(alerts["start"] >= start) & (alerts["start"] < end)]
    kinds = alerts["kind"].to_numpy(object) if "kind" in alerts else None
    costs = {"false_alarm_cost_usd": false_alarm_cost_usd, "avoidable_share": avoidable_share}
    options = {"lead_weeks": lead_weeks, "follow_weeks": follow_weeks, "level": level, "chance": chance, **costs}
    return _judged(_weeks_since(alerts["start"], start), kinds, cases, **options)


class _Cases(NamedTuple):
    """Incidents of a period: weeks from its start to when they began and were noticed, loss, kind; weeks it has."""

    began: np.ndarray
    noticed: np.ndarray
    loss: np.ndarray
    kind: np.ndarray | None
    weeks: float


def _cases(incidents: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> _Cases:
    rows = incidents[(incidents["started_on"] >= start) & (incidents["started_on"] < end)]
    if rows.empty:
        raise Refusal.because(
            "no quality of alerts", f"no incident began from {start:%Y-%m-%d} to {end:%Y-%m-%d}", "widen the period"
        )
    noticed = _weeks_since(rows["noticed_on"].fillna(rows["started_on"]), start)
    kind = rows["kind"].to_numpy(object) if "kind" in rows else None
    weeks = (pd.Timestamp(end) - pd.Timestamp(start)).days / 7
    return _Cases(_weeks_since(rows["started_on"], start), noticed, rows["loss_usd"].to_numpy(float), kind, weeks)


def _judged(
    at: np.ndarray,
    kinds: np.ndarray | None,
    cases: _Cases,
    *,
    lead_weeks: int,
    follow_weeks: int,
    false_alarm_cost_usd: float,
    avoidable_share: float,
    level: float,
    chance: bool,
) -> dict[str, float]:
    """`quality` of alerts told by week and kind."""
    began, loss, count = cases.began, cases.loss, len(at)
    same = np.ones((len(began), count), bool) if kinds is None else cases.kind[:, None] == kinds[None, :]
    partner = _pairs(at, began, same, lead_weeks, follow_weeks)
    found = partner >= 0
    hits = int(found.sum())
    precision = beta_share(hits, count, level=level) if count else None
    recall = beta_share(hits, len(began), level=level)
    lead = cases.noticed[found] - at[partner[found]] if count else np.empty(0)
    return {
        "alerts": count,
        "incidents": len(began),
        "precision": hits / count if count else np.nan,
        "precision_low": precision.low if precision else np.nan,
        "precision_high": precision.high if precision else np.nan,
        "precision_chance": _by_chance(at, began, same, cases.weeks, lead_weeks, follow_weeks) if chance else np.nan,
        "recall": hits / len(began),
        "recall_low": recall.low,
        "recall_high": recall.high,
        "median_lead_weeks": float(np.median(lead)) if len(lead) else np.nan,
        "share_led_a_week": float(np.mean(lead >= 1)) if len(lead) else 0.0,
        "false_alarms": count - hits,
        "cost_usd": float(avoidable_share * loss[~found].sum() + (count - hits) * false_alarm_cost_usd),
        "cost_without_usd": float(avoidable_share * loss.sum()),
    }


def lead_times(
    alerts: pd.DataFrame, incidents: pd.DataFrame, *, lead_weeks: int = 6, follow_weeks: int = 1
) -> pd.DataFrame:
    """Incidents with their warning: incident columns, warned, alert_on, lead_weeks, indicators of the alert."""
    origin = min(alerts["start"].min(), incidents["started_on"].min()) if len(alerts) else incidents["started_on"].min()
    at, began = _weeks_since(alerts["start"], origin), _weeks_since(incidents["started_on"], origin)
    partner = _pairs(at, began, _same_kind(alerts, incidents), lead_weeks, follow_weeks)
    found = partner >= 0
    table = incidents.reset_index(drop=True).assign(warned=found, alert_on=pd.NaT, lead_weeks=np.nan, indicators="")
    if found.any():
        chosen = alerts.iloc[partner[found]]
        noticed = table.loc[found, "noticed_on"].fillna(table.loc[found, "started_on"])
        table.loc[found, "alert_on"] = chosen["start"].to_numpy()
        table.loc[found, "lead_weeks"] = (noticed.to_numpy() - chosen["start"].to_numpy()) / np.timedelta64(7, "D")
        table.loc[found, "indicators"] = chosen["indicators"].to_numpy()
    return table


def threshold_study(
    baseline: Baseline,
    incidents: pd.DataFrame,
    rule: str,
    thresholds: Iterable[float],
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    votes: int = 1,
    watch: Mapping[str, list[str]] | None = None,
    **options: float,
) -> pd.DataFrame:
    """`quality` of one rule at each threshold: rule, threshold, votes and all its columns; by kind with `watch`."""
    options |= {"start": start, "end": end, "watch": watch}
    return _studies(baseline, incidents, rule, thresholds, (votes,), **options)[0]


def _studies(
    baseline: Baseline, incidents: pd.DataFrame, rule: str, thresholds, tried: tuple[int, ...], *, start, end, watch,
    **options: float,
) -> list[pd.DataFrame]:  # fmt: skip
    """`threshold_study` for several numbers of votes, which share the signals; what is not given is as in `quality`."""
    options = quality.__kwdefaults__ | options
    cases = _cases(incidents, start, end)
    weeks = baseline.surprise.index
    since, inside = _weeks_since(weeks.to_series(), start), (weeks >= start) & (weeks < end)
    measure = kind_scores(baseline, watch or {}) if rule == "combined" else None
    if rule not in ("combined", "cusum"):
        measure = _measure(baseline, rule)
    watched = {kind: [kind] for kind in measure} if rule == "combined" else watch
    rows: dict[int, list[dict]] = {votes: [] for votes in tried}
    for threshold in map(float, thresholds):
        signal = signals(baseline, rule, threshold) if measure is None else measure > threshold
        for votes in tried:
            week, kind = _alert_weeks(signal, watched, votes)
            judged = _judged(since[week][inside[week]], kind if kind is None else kind[inside[week]], cases, **options)
            rows[votes].append({"rule": rule, "threshold": threshold, "votes": votes, **judged})
    return [pd.DataFrame(found) for found in rows.values()]


def _alert_weeks(
    signal: pd.DataFrame, watch: Mapping[str, list[str]] | None, votes: int, span: int = 2, quiet: int = 3
) -> tuple[np.ndarray, np.ndarray | None]:
    """Weeks of the alerts in order, by number, and with a watch list their kinds."""
    begins, recent = _beginnings(signal.to_numpy(bool), span, quiet)
    if watch is None:
        return np.array(_raised_weeks(begins, recent, votes, span), int), None
    weeks, kinds = [], []
    for kind, watched in watch.items():
        place = signal.columns.get_indexer(watched)
        weeks += _raised_weeks(begins[:, place], recent[:, place], min(votes, len(place)), span)
        kinds += [kind] * (len(weeks) - len(kinds))
    order = np.argsort(weeks, kind="stable")
    return np.array(weeks, int)[order], np.array(kinds, object)[order]


def raised(
    baseline: Baseline, rule: str, threshold: float, *, votes: int = 1, watch: Mapping[str, list[str]] | None = None
) -> pd.DataFrame:
    """Alerts of a rule: by kind with a watch list, otherwise over all indicators."""
    if rule == "combined":
        scores = kind_scores(baseline, watch or {})
        return alerts_by_kind(scores > threshold, {kind: [kind] for kind in scores}, votes=1)
    signal = signals(baseline, rule, threshold)
    return raise_alerts(signal, votes=votes) if watch is None else alerts_by_kind(signal, watch, votes=votes)


def kind_scores(baseline: Baseline, watch: Mapping[str, list[str]]) -> pd.DataFrame:
    """Weeks x kinds: sum of the surprises of the indicators that watch for a kind, in units of its usual spread.

    Combining before deciding (Stouffer) uses the strength of each sign, which votes throw away; a single surprise
    counts up to 5 and down to -2, so that one good indicator cannot hide a bad one.
    """
    if not watch:
        raise Refusal.because("no scores by kind", "no indicator is watched for a kind", "fill the column `watches`")
    cut = baseline.surprise.fillna(0.0).clip(-2, 5)
    sums = pd.DataFrame({kind: cut[names].sum(axis=1) / np.sqrt(len(names)) for kind, names in watch.items()})
    past = sums[sums.index <= baseline.train_end]
    return sums / (1.4826 * (past - past.median()).abs().median())


def rules_tested_later(
    baseline: Baseline,
    incidents: pd.DataFrame,
    *,
    start: pd.Timestamp,
    split: pd.Timestamp,
    end: pd.Timestamp,
    watch: Mapping[str, list[str]] | None = None,
    least_precision: float = 0.6,
    **options: float,
) -> pd.DataFrame:
    """All rules, each with its threshold and votes chosen by cost before `split`, judged from `split` on.

    One row a rule: threshold, votes, and `quality` in the later period; cheapest first. Costs before the split are
    averaged over neighbouring limits; `chosen` marks the rule of the least such cost. With `watch` a last rule, the
    ensemble, alerts where two of `ENSEMBLE` agree; it needs no choice among rules, so no luck in choosing.
    """
    rows, past_costs = [], []
    common = {"watch": watch, **options}
    before = {"start": start, "end": split, "chance": False, **common}
    rules = RULES if watch is None else {**RULES, "combined": COMBINED}
    for rule, grid in rules.items():
        tried = _studies(baseline, incidents, rule, grid, (1,) if rule == "combined" else (1, 2), **before)
        # Neighbouring limits are averaged, so that a lucky one is not chosen.
        smooth = [one.assign(cost_usd=one["cost_usd"].rolling(3, center=True, min_periods=1).mean()) for one in tried]
        best = best_setting(pd.concat(smooth, ignore_index=True), least_precision=least_precision)
        setting = {"votes": int(best["votes"]), **common}
        rows.append(threshold_study(baseline, incidents, rule, [best["threshold"]], start=split, end=end, **setting))
        past_costs.append(best["cost_usd"] if best["precision"] >= least_precision else np.inf)
    table = pd.concat(rows, ignore_index=True).assign(past_cost_usd=past_costs)
    table["chosen"] = table.index == table["past_cost_usd"].idxmin()
    if watch is not None:
        joint = quality(ensemble_of(baseline, table, watch), incidents, start=split, end=end, **options)
        row = {"rule": "ensemble", "threshold": np.nan, "votes": 2, **joint, "past_cost_usd": np.nan, "chosen": False}
        table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return table.sort_values("cost_usd", ignore_index=True)


def ensemble_of(baseline: Baseline, rules: pd.DataFrame, watch: Mapping[str, list[str]]) -> pd.DataFrame:
    """Alerts on which two of the rules `ENSEMBLE` agree, each with its setting in the table `rules`."""
    settings = rules[rules["rule"].isin(ENSEMBLE)].itertuples()
    by_rule = {
        row.rule: raised(baseline, row.rule, row.threshold, votes=int(row.votes), watch=watch) for row in settings
    }
    return ensemble(by_rule, baseline.surprise.index, votes=2)


def alerts_by_kind(
    signal: pd.DataFrame, watch: Mapping[str, list[str]], *, votes: int = 2, span: int = 2, quiet: int = 3
) -> pd.DataFrame:
    """`raise_alerts` for each kind of incident on the indicators that watch for it: start, indicators, kind."""
    if not watch:
        raise Refusal.because("no alerts by kind", "no indicator is watched for a kind", "fill the column `watches`")
    begins, recent = _beginnings(signal.to_numpy(bool), span, quiet)
    names, rows = signal.columns.to_numpy(), []
    for kind, watched in watch.items():
        place = signal.columns.get_indexer(watched)
        kept = _raised_weeks(begins[:, place], recent[:, place], min(votes, len(place)), span)
        rows += [(signal.index[week], ", ".join(names[place][recent[week, place]]), kind) for week in kept]
    found = pd.DataFrame(rows, columns=["start", "indicators", "kind"])
    return found.astype({"start": signal.index.dtype}).sort_values("start", ignore_index=True)


def _same_kind(alerts: pd.DataFrame, incidents: pd.DataFrame) -> np.ndarray:
    """Incidents x alerts: whether they may belong together."""
    if "kind" not in alerts:
        return np.ones((len(incidents), len(alerts)), bool)
    return incidents["kind"].to_numpy(object)[:, None] == alerts["kind"].to_numpy(object)[None, :]


def _weeks_since(days: pd.Series, origin: pd.Timestamp) -> np.ndarray:
    return ((days - pd.Timestamp(origin)).dt.days / 7).to_numpy(float)


def _pairs(at, began, same: np.ndarray, lead_weeks: float, follow_weeks: float) -> np.ndarray:
    """Place of the alert that warns of each incident, -1 for none: the largest one-to-one matching."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    ahead = began[:, None] - at[None, :]
    fits = same & (ahead <= lead_weeks) & (ahead >= -follow_weeks)
    if not fits.any():
        return np.full(len(began), -1)
    return maximum_bipartite_matching(csr_matrix(fits), perm_type="column")


def _by_chance(at, began, same: np.ndarray, weeks: float, lead_weeks: float, follow_weeks: float) -> float:
    """Mean precision of the alerts rotated by whole numbers of weeks, the nearest ones left out."""
    if not len(at):
        return np.nan
    shifts = np.arange(lead_weeks + 2, max(int(weeks) - lead_weeks - 1, lead_weeks + 3), 3)
    found = [(_pairs((at + shift) % weeks, began, same, lead_weeks, follow_weeks) >= 0).sum() for shift in shifts]
    return float(np.mean(found) / len(at))


def best_setting(study: pd.DataFrame, *, least_precision: float = 0.0) -> pd.Series:
    """Row of the least cost among those with the precision wanted; the most precise if none has it."""
    fit = study[study["precision"] >= least_precision]
    if fit.empty:
        return study.loc[study["precision"].fillna(-1).idxmax()]
    return fit.loc[fit["cost_usd"].idxmin()]


def precision_recall(study: pd.DataFrame) -> pd.DataFrame:
    """Curve of precision against recall, sorted by recall, thresholds without an alert left out."""
    columns = ["threshold", "recall", "precision", "cost_usd", "alerts"]
    return study.dropna(subset=["precision"])[columns].sort_values(["recall", "precision"], ignore_index=True)


def ensemble(raised_by: Mapping[str, pd.DataFrame], weeks: pd.Index, *, votes: int = 2, span: int = 2) -> pd.DataFrame:
    """Alerts by kind on which at least `votes` rules agree within `span` weeks: start, indicators (the rules), kind.

    `raised_by` maps a rule to its alerts with a column `kind`. Agreement protects from the rule that was lucky.
    """
    if not 1 <= votes <= len(raised_by):
        raise InputError.out_of_range("votes", votes, f"1 to the {len(raised_by)} rules", "")
    names, rows = np.array(list(raised_by)), []
    kinds = sorted({kind for found in raised_by.values() for kind in found["kind"]})
    for kind in kinds:
        flags = np.column_stack([weeks.isin(found.loc[found["kind"] == kind, "start"]) for found in raised_by.values()])
        recent = flags | _any_before(flags, span)
        kept = _raised_weeks(flags, recent, votes, span)
        rows += [(weeks[week], ", ".join(names[recent[week]]), kind) for week in kept]
    table = pd.DataFrame(rows, columns=["start", "indicators", "kind"])
    return table.astype({"start": weeks.dtype}).sort_values("start", ignore_index=True)


def ladder(score: pd.Series, edges: tuple[float, float, float]) -> pd.Series:
    """Traffic light by score: green, yellow, orange, red."""
    if not edges[0] < edges[1] < edges[2]:
        raise InputError.out_of_range("edges", edges, "three rising values", "")
    names = np.array(["green", "yellow", "orange", "red"])
    return pd.Series(names[np.searchsorted(edges, score.to_numpy(float), side="right")], score.index)
