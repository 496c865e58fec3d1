"""Typeset tables of the risk notebooks: one place that knows the header and the format of each column."""

import pandas as pd

from crossborder import style
from crossborder.charts.risk_currency import MODEL_NAMES
from crossborder.language import t

__all__ = ["COLUMNS", "show"]

COLUMNS: dict[str, tuple[str, str]] = {
    # tests of risk limits
    "model": ("model", "text"),
    "observations": ("blocks", "integer"),
    "hits": ("breaches", "integer"),
    "expected": ("expected", "number1"),
    "kupiec_p": ("Kupiec p", "number3"),
    "rate_p_exact": ("exact", "number3"),
    "coverage_p": ("Christoffersen p", "number3"),
    "coverage_p_exact": ("exact", "number3"),
    "clustering_p_exact": ("clustering p", "number3"),
    "share_not_green": ("250-day spells not green", "percent"),
    "worst_year_hits": ("worst year", "integer"),
    "mean_es": ("forecast shortfall on breach days", "percent2"),
    "mean_breach": ("mean loss on breach days", "percent2"),
    "statistic": ("statistic", "number2"),
    "p_value": ("p", "number3"),
    "hits_95": ("breaches at 95 %", "integer"),
    "kupiec_p_95": ("Kupiec p at 95 %", "number3"),
    "coverage_p_95": ("Christoffersen p at 95 %", "number3"),
    # register and losses
    "risk_id": ("risk", "text"),
    "probability_score": ("probability", "integer"),
    "impact_score": ("impact", "integer"),
    "controllability_score": ("control", "integer"),
    "score": ("score", "integer"),
    "priority": ("priority", "integer"),
    "deductible_usd": ("deductible (USD)", "money"),
    "premium_usd": ("insurance premium (USD)", "money"),
    "error_share": ("error", "percent1"),
    "frequency_year": ("events a year", "number2"),
    "rate_year": ("events a year", "number2"),
    "quarter": ("in a quarter", "percent"),
    "in_a_year": ("in a year", "percent"),
    "severity_median_usd": ("median loss (USD)", "money"),
    "mean_usd": ("mean loss a year (USD)", "money"),
    "tail_usd": ("in a bad year (USD)", "money"),
    "tail_share": ("share of a bad year", "percent"),
    "share": ("share", "percent1"),
    "probability": ("probability", "percent1"),
    "level": ("level", "percent1"),
    "rank_score": ("rank by score", "number1"),
    "rank_tail": ("rank by tail", "number0"),
    "ratio": ("avoided per USD", "number1"),
    "loss_usd": ("loss (USD)", "money"),
    "quantile": ("quantile", "percent"),
    "median_days": ("median days", "number1"),
    "p90_days": ("90 % within (days)", "number1"),
    "within_target": ("within target", "percent"),
    # concentration and stress
    "largest": ("largest", "percent"),
    "top_1": ("largest one", "percent1"),
    "top_10": ("largest ten", "percent1"),
    "top_tenth": ("largest tenth", "percent1"),
    "half_from": ("share that makes half of sales", "percent1"),
    "cap": ("cap", "percent"),
    "hhi": ("HHI", "number3"),
    "effective_number": ("effective number", "number1"),
    "least_parts": ("parts needed", "integer"),
    "largest_share": ("share of the largest", "percent"),
    "coverage": ("replaceable", "percent"),
    "kept": ("kept", "percent"),
    "at_risk": ("revenue at risk", "percent1"),
    "margin": ("margin", "percent1"),
    "leverage": ("debt to profit", "number1"),
    "landed_cost_per_order": ("landed cost an order (USD)", "number2"),
    "contribution_share": ("contribution", "percent1"),
    "revenue_year": ("revenue (USD)", "money"),
    "ebitda_year": ("EBITDA (USD)", "money"),
    "cash_low": ("lowest cash (USD)", "money"),
    "cash_headroom": ("cash covenant at", "number2"),
    "leverage_headroom": ("leverage covenant at", "number2"),
    "worst": ("tried up to", "number2"),
    "need": ("need a month (pieces)", "number0"),
    "free": ("free at others (pieces)", "number0"),
    "max_regret": ("largest regret (USD)", "money"),
    "planned": ("plan at hand", "text"),
    "plan_hours": ("plan within (hours)", "number0"),
    "utilisation": ("utilisation", "percent"),
    "robustness": ("robustness", "percent"),
    "response_level": ("level", "integer"),
    "cost_share": ("cost of price", "percent"),
    "margin_lost_share": ("price lost", "percent1"),
    "price_usd": ("median price (USD)", "number1"),
    "exhausted": ("exhausted", "percent"),
    "p5": ("bad case (USD)", "money"),
    "median": ("median (USD)", "money"),
    "p95": ("good case (USD)", "money"),
    "auc": ("area under the curve", "number2"),
    # alerts
    "precision": ("precision", "percent"),
    "precision_chance": ("precision by chance", "percent"),
    "recall": ("recall", "percent"),
    "median_lead_weeks": ("median lead (weeks)", "number1"),
    "threshold": ("threshold", "number2"),
    "level_usual": ("usual level", "number3"),
    "expected_posts": ("expected", "number1"),
    "above_usual": ("probability above usual", "percent"),
    "late_share": ("late", "percent"),
    "usual_share": ("usual", "percent"),
    "taxed_before": ("taxed before", "percent"),
    "taxed_after": ("taxed after", "percent"),
    "tax_before": ("tax of sales before", "percent1"),
    "tax_after": ("tax of sales after", "percent1"),
    "cut_share": ("products with a cut", "percent"),
    "move": ("move", "percent1"),
    "warned_share": ("warned", "percent"),
    "deviation": ("deviation", "percent"),
    "surprise": ("surprise (spreads)", "number1"),
    "paid_share": ("share of losses paid", "percent"),
    "missed_share": ("missed", "percent"),
    "unneeded_share": ("paid without loss", "percent"),
    "memory": ("memory", "number2"),
    "autocorrelation_left": ("left after it", "number2"),
    "in_control": ("weeks between false alarms", "number0"),
    "shifted": ("weeks to notice", "number1"),
    # controls and readiness
    "caught": ("stopped", "percent"),
    "cases": ("cases", "integer"),
    "checked": ("checked", "integer"),
    "failed": ("failed", "integer"),
    "false_stops": ("stopped by mistake", "percent1"),
    "residual": ("bad among those let pass", "percent1"),
    "wrong": ("stopped by mistake", "percent1"),
    "missed_usd": ("missed a year (USD)", "money"),
    "score_before": ("a year ago", "number1"),
    "maturity": ("score of 5", "number1"),
    "drill_score": ("score", "number2"),
    "within_clock": ("within the clock", "percent"),
    "median_hours": ("median (hours)", "number1"),
    "rto_hours": ("clock (hours)", "number0"),
    "recovered_hours": ("90 % within (hours)", "number1"),
    "failure_rate": ("fail", "percent1"),
    "open": ("classes open", "integer"),
    "cost_total_usd": ("together (USD)", "money"),
    "last_quarter": ("last quarter", "percent1"),
    "centre": ("usual", "percent1"),
    "spread_over_chance": ("spread over chance", "number1"),
    "target_met": ("probability of 90 % on time", "percent"),
    # currencies
    "received_usd": ("received (USD)", "money"),
    "paid_usd": ("paid (USD)", "money"),
    "net_usd": ("net (USD)", "money"),
    "netted_share": ("netted", "percent"),
    "worst_quarter": ("worst quarter", "percent1"),
    "rate_share": ("rate", "percent1"),
    "worst_share": ("bad case", "percent1"),
    "best_share": ("good case", "percent1"),
    "range_share": ("whole range", "percent1"),
    "volatility_year": ("volatility a year", "percent1"),
    "break_next": ("move after the end", "percent1"),
    "share_of_days": ("share of days", "percent"),
    "mean_days": ("mean spell (days)", "number1"),
    "var": ("value at risk", "percent2"),
    "es": ("expected shortfall", "percent2"),
    "variance_removed": ("variance removed", "percent"),
    "worst_day": ("worst day", "percent1"),
    "hedged_share": ("sold forward", "percent"),
    "bad_case_usd": ("bad year (USD)", "money"),
    "profit_share": ("of profit", "percent"),
    "held": ("lost without an answer", "percent1"),
    "repriced": ("lost with repricing", "percent1"),
    "saved": ("saved", "percent1"),
    "volatility": ("volatility a year", "percent1"),
    "mean_ratio": ("amount sold", "number2"),
    "cost_year": ("cost a year", "percent2"),
}
"""Column -> header, format of `style.table`."""


def show(
    frame: pd.DataFrame,
    columns: str = "",
    *,
    caption: str = "",
    bold: object = None,
    limit: int = 12,
    total: bool = False,
    interval: dict[str, tuple[str, str]] | None = None,
) -> style.Table:
    """A frame as table; `columns` names those shown, apart by spaces (all by default).

    Columns that end in `_usd` are money, `_share` per cent and `_days` whole days unless listed above.
    """
    names = columns.split() or list(frame.columns)
    extra = [end for pair in (interval or {}).values() for end in pair if end not in names]
    shown = frame[[*names, *extra]].copy()
    if "model" in shown:
        shown["model"] = [t(MODEL_NAMES.get(name, name)) for name in shown["model"]]
    looks = {name: _look(str(name)) for name in names}
    return style.table(
        shown,
        caption=caption,
        formats={name: fmt for name, (_, fmt) in looks.items() if fmt},
        headers={name: header for name, (header, _) in looks.items()},
        interval=interval,
        bold=bold,
        limit=limit,
        total=total,
    )


def _look(name: str) -> tuple[str, str]:
    if name in COLUMNS:
        return COLUMNS[name]
    words = name.replace("_", " ")
    for ending, unit, fmt in (("_usd", "USD", "money"), ("_share", "", "percent"), ("_days", "days", "number0")):
        if name.endswith(ending):
            header = name[: -len(ending)].replace("_", " ")
            return (f"{header} ({unit})" if unit else f"{header} share" if header else words), fmt
    return words, ""
