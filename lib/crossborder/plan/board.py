"""The board page: decisions with their recorded numbers, on what they depend, and what a run lacks."""

from collections.abc import Callable

import pandas as pd

from crossborder.language import t

__all__ = ["DECISIONS", "changed_since", "decisions", "recalibration"]

# Question, prefix of the recorded result (the first that fits is taken), notebook, and on what the answer depends.
DECISIONS = (
    ("Which market is best to enter?", "market.entry.p_first", "12", "weights of the screening, market growth"),
    ("How large is our market?", "market.size.own_markets_usd", "11", "definition of the market, published sizes"),
    ("What are the best launches worth?", "selection.picks.value_usd", "21", "success of past launches, budget, caps"),
    ("What share of sales does logistics take?", "supply.logistics.cost_share", "31", "freight, duty rules of the day"),
    ("What does a better network save a year?", "supply.network.saved_usd_year", "32", "demand by market, fixed cost"),
    (
        "How much stock can go at the same service?",
        "supply.replay.stock_saved_share",
        "33",
        "forecast error, lead times",
    ),
    ("How much do we buy from one country?", "supply.sourcing.largest_country_share", "34", "capacity elsewhere"),
    ("What is better advertising worth?", "marketing.budget", "42", "response curves, tests"),
    ("What is a new customer worth?", "marketing.customer.new_value_usd", "43", "repeat purchases, margin"),
    ("What does an order leave?", "finance.order.contribution_usd", "51", "returns, fees, advertising"),
    ("What are better prices worth a year?", "finance.price.gain_usd", "51", "elasticity by category"),
    ("What is the plan worth?", "finance.plan.value_usd", "52", "demand, currencies, growth that fades"),
    ("How low does cash go?", "finance.cash.low_usd", "52", "season, payout delays, stock"),
    ("How likely is a broken covenant?", "finance.odds.covenant_broken", "52", "earnings of the first year"),
    ("How large should the reserve be (95 %)?", "risk.reserve.needed_95_usd", "61", "frequency and size of losses"),
    ("How bad is a bad currency year?", "risk.currency.bad_year_usd", "62", "mix of sales currencies, hedges"),
    ("Which shock breaks us, and at what size?", "risk.stress.weakest_size", "63", "covenants, cash at the start"),
    ("What share of incidents would we have seen?", "risk.alerts.recall", "64", "labelled incidents of the past"),
)


COLUMNS = (
    "question",
    "name",
    "value",
    "interval",
    "number",
    "low",
    "high",
    "unit",
    "source",
    "depends_on",
    "status",
)


def decisions(results: pd.DataFrame, show: Callable[[float, str], str]) -> pd.DataFrame:
    """The decisions with the numbers of a run: one row a question.

    `results` as from `reports.results()`; `show` formats a value with its unit. Columns: question, name, value (text),
    interval (text), number, low, high, unit, source (notebook), depends_on, status ("ok", or why there is no number).
    """
    rows = [_one(results, show, *entry) for entry in DECISIONS]
    columns = [
        "question",
        "name",
        "value",
        "interval",
        "number",
        "low",
        "high",
        "unit",
        "source",
        "depends_on",
        "status",
    ]
    return pd.DataFrame(rows, columns=columns)


def _one(results: pd.DataFrame, show: Callable, question: str, prefix: str, notebook: str, depends: str) -> tuple:
    here = results[results["name"].str.startswith(prefix)]
    if here.empty or pd.isna(here["value"].iloc[0]):
        ran = results["notebook"].str.startswith(notebook).any()
        why = t("no number recorded") if ran else t("notebook {number} did not run", number=notebook)
        return question, prefix, "–", why, float("nan"), float("nan"), float("nan"), "", notebook, depends, why
    row = here.iloc[0]
    unit = str(row["unit"] or "")
    ends = ""
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        ends = t("{low} to {high}", low=show(row["low"], unit), high=show(row["high"], unit))
        if pd.notna(row["level"]):
            ends = t("{ends} in {level} of cases", ends=ends, level=f"{row['level']:.0%}")
    text = show(row["value"], unit)
    note = str(row["note"] or row["label"] or "")
    if len(note) == 2:
        text = t("{place}, with {value}", place=note, value=text)
        note = ""
    detail = "; ".join(part for part in (ends, note) if part)
    return (
        question,
        row["name"],
        text,
        detail[:64],
        row["value"],
        row["low"],
        row["high"],
        unit,
        row["notebook"],
        depends,
        "ok",
    )


def changed_since(now: pd.DataFrame, before: pd.DataFrame, *, limit: int = 10) -> pd.DataFrame:
    """Results that moved between two runs, largest against their own uncertainty first.

    Columns: name, before, now, change, half_widths (change over half the width of the two intervals together; missing
    without intervals), notebook.
    """
    both = now.merge(before, on="name", suffixes=("", "_before")).dropna(subset=["value", "value_before"])
    both["change"] = both["value"] - both["value_before"]
    width = (both["high"] - both["low"]).pow(2) + (both["high_before"] - both["low_before"]).pow(2)
    both["half_widths"] = both["change"].abs() / (width.pow(0.5) / 2).where(width > 0)
    moved = both[both["change"].abs() > 1e-9 * both["value_before"].abs().clip(lower=1e-12)]
    moved = moved.sort_values("half_widths", ascending=False, na_position="last", kind="stable")
    table = moved[["name", "value_before", "value", "change", "half_widths", "notebook"]]
    return table.rename(columns={"value_before": "before", "value": "now"}).head(limit).reset_index(drop=True)


# Recorded checks of methods, and the range within which each may stay before the model is due for a new look.
CHECKS = (
    ("market.trust.size_covered", 0.85, 1.0, "share of 90 % intervals that cover"),
    ("market.trust.growth_covered", 0.85, 1.0, "share of 90 % intervals that cover"),
    ("market.demand.wape", 0.0, 0.25, "error of the six-month forecast"),
    ("selection.success.brier_skill", 0.0, 1.0, "skill over the base rate, out of time"),
    ("selection.success.calibration_slope", 0.8, 1.2, "calibration slope, out of time"),
    ("supply.forecast.value_added", 0.0, 1.0, "error saved against the naive forecast"),
    ("supply.forecast.coverage", 0.75, 0.85, "share covered by 80 % intervals"),
    ("supply.landed_cost.model_error", -0.05, 0.05, "modelled against paid, rates of the year before"),
    ("marketing.customer.holdout_ratio", 0.9, 1.1, "purchases of the hold-out over forecast"),
    ("risk.currency.backtest_p", 0.05, 1.0, "p value of the currency limit's back-test"),
)


def recalibration(results: pd.DataFrame) -> pd.DataFrame:
    """The checks that notebooks recorded, whether each is within its range, and which models are due.

    Columns: check, what, value, least, most, due, notebook. Checks that were not recorded are left out.
    """
    values = results.drop_duplicates("name").set_index("name")
    rows = [
        (name, what, values.loc[name, "value"], least, most, values.loc[name, "notebook"])
        for name, least, most, what in CHECKS
        if name in values.index
    ]
    table = pd.DataFrame(rows, columns=["check", "what", "value", "least", "most", "notebook"])
    due = ~table["value"].between(table["least"], table["most"])
    return table.assign(due=due.astype(bool)).sort_values("due", ascending=False, kind="stable", ignore_index=True)
