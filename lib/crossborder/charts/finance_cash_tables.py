"""Typeset tables of the notebook on cash and capital: one place that knows the header and the format of each column."""

import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["COLUMNS", "INTERVALS", "show"]

COLUMNS: dict[str, tuple[str, str]] = {
    # books
    "check": ("check", "text"),
    "expected_usd": ("one side (USD)", "money2"),
    "found_usd": ("other side (USD)", "money2"),
    "known_usd": ("simulation (USD)", "money2"),
    "gap_usd": ("gap (USD)", "money2"),
    # financing and the cash cycle
    "instrument": ("instrument", "text"),
    "week": ("week", "integer"),
    "draw_usd": ("draw (USD)", "money"),
    "cost_usd": ("cost (USD)", "money"),
    "lever": ("lever", "text"),
    "days_now": ("days now", "number1"),
    "days_better": ("days better", "number0"),
    "usd_a_day": ("a day is worth (USD)", "money"),
    "released_usd": ("set free (USD)", "money"),
    "interest_saved_usd": ("interest saved a year (USD)", "money"),
    # credit
    "counterparty": ("buyer", "text"),
    "score": ("score", "number2"),
    "grade": ("grade", "text"),
    "days": ("days of credit", "integer"),
    "best_days": ("best days", "integer"),
    "probability": ("chance of default", "percent1"),
    "open_usd": ("open (USD)", "money"),
    "expected_loss_usd": ("expected loss (USD)", "money"),
    "gain_usd": ("gain a year (USD)", "money"),
    # budget
    "account": ("account", "text"),
    "plan_usd": ("plan (USD)", "money"),
    "actual_usd": ("actual (USD)", "money"),
    "forecast_usd": ("reforecast (USD)", "money"),
    "variance_usd": ("variance (USD)", "money"),
    "variance": ("variance", "percent"),
    "usual": ("usual actual / plan", "percent"),
    "z": ("z", "number1"),
    "month": ("month", "date"),
    "market": ("market", "text"),
    "budget_usd": ("budget (USD)", "money"),
    "return": ("return", "number2"),
    "change_usd": ("change (USD)", "money"),
    "new_budget_usd": ("new budget (USD)", "money"),
    # projects
    "project_id": ("project", "text"),
    "name": ("name", "text"),
    "npv_usd": ("value (USD)", "money"),
    "loss_probability": ("chance of loss", "percent"),
    "option_usd": ("value of stopping (USD)", "money"),
    "irr": ("internal rate", "percent"),
    "payback_years": ("payback (years)", "number1"),
    "npv_3_usd": ("value, 3 years (USD)", "money"),
    "npv_5_usd": ("value, 5 years (USD)", "money"),
    "risk_weight": ("weight of risk", "number2"),
    "value_usd": ("value (USD)", "money"),
    "shortfall_usd": ("expected shortfall (USD)", "money"),
    "capital_usd": ("capital (USD)", "money"),
    "people": ("people and skills", "percent"),
    # funding
    "pre_money_usd": ("pre-money (USD)", "money"),
    "post_money_usd": ("post-money (USD)", "money"),
    "effective_pre_money_usd": ("effective pre-money (USD)", "money"),
    "least_pre_money_usd": ("least pre-money (USD)", "money"),
    "investors": ("investors own", "percent1"),
    "dilution": ("dilution", "percent1"),
    "within": ("within limit", "text"),
    "debt_share": ("debt in the money", "percent"),
    "debt_usd": ("debt (USD)", "money"),
    "equity_usd": ("equity (USD)", "money"),
    "cost": ("cost a year", "percent1"),
    "debt_to_ebitda": ("debt / earnings", "number1"),
    "breach": ("chance of a breach", "percent1"),
    # smaller questions
    "question": ("question", "text"),
    "ratio": ("ratio", "text"),
    "reading": ("how to read it", "text"),
    "answer": ("answer", "money"),
    "unit": ("unit", "text"),
    "turns_at": ("where it turns", "text"),
    "rail": ("way to pay", "text"),
    "allowed": ("allowed", "text"),
    "delay_days": ("days", "number2"),
    "cost_share": ("cost of the amount", "percent2"),
    "year_usd": ("a year (USD)", "money"),
    "dearer_usd": ("dearer by (USD)", "money"),
    "line": ("cost line", "text"),
    "criticality": ("harm", "percent"),
    "saving_usd": ("saving (USD)", "money"),
    "net_usd": ("saving less harm (USD)", "money"),
    "reached_usd": ("together (USD)", "money"),
    "rate": ("share of sales", "percent1"),
    "runs_out": ("runs out within a year", "percent"),
    "needed_rate": ("share that past losses took", "percent1"),
    "group": ("category", "text"),
    "units": ("pieces sold", "integer"),
    "failures": ("failures", "integer"),
    "failure_rate": ("failure rate", "percent2"),
    "accrual_usd": ("set aside a piece (USD)", "money2"),
    "share_of_price": ("of the price", "percent2"),
    "covered": ("paid by dearer baskets", "text"),
    # back-test
    "rule": ("naive rule", "text"),
    "weeks_ahead": ("weeks ahead", "text"),
    "error_usd": ("error (USD a week)", "money"),
    "naive_usd": ("naive error (USD a week)", "money"),
    "better": ("saved", "percent"),
    "side": ("side", "text"),
    "weeks": ("first weeks", "integer"),
    "accuracy": ("foreseen", "percent1"),
    "item": ("item", "text"),
}
LEVERS = {"dio": "stock", "dso": "receivables", "dpo": "payables"}
# Columns whose interval stands in columns of other names than _low and _high.
INTERVALS = {
    "released_usd": ("low_usd", "high_usd"),
    "probability": ("low", "high"),
    "return": ("low", "high"),
    "npv_usd": ("npv_low", "npv_high"),
    "answer": ("low", "high"),
    "cost_share": ("cost_share_low", "cost_share_high"),
    "runs_out": ("low", "high"),
    "accrual_usd": ("low", "high"),
    "better": ("low", "high"),
    "forecast_usd": ("low", "high"),
}


def show(frame: pd.DataFrame | None, columns: str = "", *, caption: str = "", bold: object = None, limit: int = 12):
    """The columns named (all that are known, without names) with header, format and interval; None shows nothing."""
    if frame is None:
        return None
    frame = frame.replace({"lever": LEVERS}) if "lever" in frame else frame
    names = columns.split() or [name for name in frame if name in COLUMNS]
    ends = {name: pair for name, pair in INTERVALS.items() if name in names and set(pair) <= set(frame.columns)}
    kept = frame[[*names, *dict.fromkeys(end for pair in ends.values() for end in pair)]]
    flags = {name: kept[name].map({True: t("yes"), False: t("no")}) for name in kept.select_dtypes("bool")}
    kept = kept.assign(**flags)
    kept = kept.replace([float("inf")], float("nan"))
    for name in {"line", "group"} & set(kept):
        kept[name] = kept[name].str.replace("_", " ")
    # A number under the name of a text column (a market's share) is a share.
    numbers = set(kept.select_dtypes("number"))
    kinds = {name: COLUMNS[name] for name in names if name in COLUMNS}
    kinds = {name: kind for name, kind in kinds.items() if kind[1] != "text" or name not in numbers}
    return style.table(
        kept,
        caption=t(caption) if caption else "",
        headers={name: t(header) for name, (header, _) in kinds.items()},
        formats={name: fmt for name, (_, fmt) in kinds.items()} | {n: "percent" for n in names if n not in kinds},
        interval=ends,
        bold=bold,
        limit=limit,
    )
