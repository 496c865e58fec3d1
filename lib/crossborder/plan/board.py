"""The board page: decisions with their recorded numbers, on what they depend, and what a run lacks."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from crossborder.language import t
from crossborder.reference.countries import english_names

__all__ = ["DECISIONS", "Decision", "changed_since", "decisions", "recalibration"]


class Decision(NamedTuple):
    """One question of the board: its part of the page, the start of its result's name, its notebook, what it rests on.

    The first recorded result whose name begins so is taken. `answer` says the number in words; its fields are value and
    note, the words recorded beside the number.
    """

    part: str
    question: str
    result: str
    notebook: str
    depends: str
    answer: str = "{value}"
    named: str = ""  # how the result's note is said on the card, for notes that name things
    known: str = "no interval"  # how a number that is recorded without an interval is known


ENTER, SELL, BRING, WIN = "Where to enter", "What to sell", "How to bring it there", "How to win buyers"
EARN, BREAK = "What it earns", "What could break it"
COUNTED, ODDS, PLANNED = "counted", "odds", "planned"
DECISIONS = (
    Decision(ENTER, "Which market passes every gate and ranks first?", "market.entry.chosen_p_first", "12",
             "gates, weights of the screening, market growth", "{note}, the best of all with probability {value}",
             known=ODDS),
    Decision(ENTER, "Which market would be best if its gates were met?", "market.entry.p_first", "12",
             "weights of the screening, market growth", "{note}, the best with probability {value}", known=ODDS),
    Decision(ENTER, "How many markets pass every gate?", "market.gate.passing", "12",
             "growth floor, payment, delivery, certificates", known=COUNTED),
    Decision(ENTER, "How large is our market?", "market.size.own_markets_usd", "11",
             "definition of the market, published sizes"),
    Decision(ENTER, "How fast does it grow?", "market.growth.year", "12", "noise of published sizes", "{value} a year"),
    Decision(SELL, "What are the best launches worth?", "selection.picks.value_usd", "21",
             "success of past launches, budget, caps", named="launch {note}"),
    Decision(SELL, "How often is a top pick a success?", "selection.success.precision_at_20", "21",
             "past launches, judged out of time"),
    Decision(SELL, "What do buyers pay more for?", "selection.premium.highest_share", "22",
             "offers of rivals, attributes named", "{note}: {value} more"),
    Decision(SELL, "Which pilot should go on?", "selection.pilot.expected_usd", "23",
             "sell-through, returns and reviews of the pilot", "{note}: {value}"),
    Decision(BRING, "What share of sales does logistics take?", "supply.logistics.cost_share", "31",
             "freight, duty rules of the day", known=COUNTED),
    Decision(BRING, "What does a better network save?", "supply.network.saved_usd_year", "32",
             "demand (a quarter less to 30 % more), fixed cost", "{value} a year", named="{note}"),
    Decision(BRING, "How much stock can go at the same service?", "supply.replay.stock_saved_share", "33",
             "forecast error, lead times"),
    Decision(BRING, "How much do we buy from one country?", "supply.sourcing.largest_country_share", "34",
             "capacity elsewhere", known=COUNTED),
    Decision(WIN, "What is moving ad budget worth?", "marketing.budget.gain_week_usd", "42",
             "response curves, tests", "{value} a week", named="USD a week: {note}"),
    Decision(WIN, "What does the next ad dollar bring?", "marketing.budget.next_dollar", "42",
             "response curves at today's spend"),
    Decision(WIN, "What is a new customer worth?", "marketing.customer.new_value_usd", "43",
             "repeat purchases, margin"),
    Decision(WIN, "By how much do rules over-credit ads?", "marketing.attribution.level_ratio.rules", "41",
             "simulated worlds of journeys", "{value} times"),
    Decision(EARN, "What does an order line leave?", "finance.order.contribution_usd", "51",
             "returns, fees, advertising", known=COUNTED),
    Decision(EARN, "What are better prices worth?", "finance.price.gain_usd", "51",
             "elasticity by category", "{value} a year", named="largest moves: {note}"),
    Decision(EARN, "What is the plan worth?", "finance.plan.value_usd", "52",
             "demand, currencies, growth that fades"),
    Decision(EARN, "What does it earn in the first year?", "finance.plan.ebitda_usd", "52",
             "demand, freight, advertising", "{value} EBITDA"),
    Decision(EARN, "How low does cash go?", "finance.cash.low_usd", "52", "season, payout delays, stock"),
    Decision(EARN, "What are the chosen projects worth?", "finance.capital.npv_usd", "53",
             "chance of each stage, cost of capital"),
    Decision(BREAK, "How likely is a broken covenant?", "finance.odds.covenant_broken", "52",
             "earnings of the first year"),
    Decision(BREAK, "Which shock breaks us, and at what size?", "risk.stress.weakest_size", "63",
             "covenants, cash at the start", "{note}: {value}", known=PLANNED),
    Decision(BREAK, "How large should the reserve be?", "risk.reserve.needed_95_usd", "61",
             "frequency and size of losses", "{value} for 19 years in 20",
             named="bad years come from {note}"),
    Decision(BREAK, "How bad is a bad currency year?", "risk.currency.bad_year_usd", "62",
             "mix of sales currencies, hedges"),
    Decision(BREAK, "How much currency risk nets out by itself?", "risk.currency.netted_share", "62",
             "how currencies move together"),
    Decision(BREAK, "How many incidents would we have seen?", "risk.alerts.recall", "64",
             "labelled incidents of the past"),
)  # fmt: skip

COLUMNS = (
    "part", "question", "name", "answer", "what", "value", "interval", "sure", "number", "low", "high", "unit",
    "source", "depends_on", "changed", "status",
)  # fmt: skip


def decisions(
    results: pd.DataFrame, show: Callable[[float, str], str], before: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The decisions with the numbers of a run: one row a question.

    `results` and `before` (the last run) as from `reports.results()`; `show` formats a value with its unit. Columns:
    part, question, name (of the recorded result), answer, what (the things its note names), value, interval (texts),
    sure (how wide the interval is), number, low, high, unit, source (notebook), depends_on, changed (what it was in the
    last run, empty where it did not move), status ("ok", or why there is no number).
    """
    rows = [_one(results, show, entry, before) for entry in DECISIONS]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _one(results: pd.DataFrame, show: Callable, entry: Decision, before: pd.DataFrame | None) -> dict[str, object]:
    here = results[results["name"].str.startswith(entry.result)]
    row = {"part": entry.part, "question": entry.question, "name": entry.result, "source": entry.notebook}
    row |= {"depends_on": entry.depends, "unit": "", "sure": "", "changed": "", "interval": "", "what": ""}
    row |= {"number": np.nan, "low": np.nan, "high": np.nan, "answer": "–", "value": "–"}
    if here.empty or pd.isna(here["value"].iloc[0]):
        ran = results["notebook"].str.startswith(entry.notebook).any()
        why = t("no number recorded") if ran else t("notebook {number} did not run", number=entry.notebook)
        return row | {"status": why}
    found = here.iloc[0]
    unit, note = str(found["unit"] or ""), str(found["note"] or "")
    value = show(found["value"], _shown_unit(unit))
    said = entry.answer if note or "{note}" not in entry.answer else "{value}"
    spoken = t(said, value=value, note=_place(note)) if note else t(said, value=value)
    row["what"] = t(entry.named, note=t(note)) if entry.named and note else ""
    row |= {"name": found["name"], "unit": unit, "source": found["notebook"], "value": value, "answer": spoken}
    row |= {"number": found["value"], "low": found["low"], "high": found["high"], "status": "ok"}
    return row | _doubt(found, show, unit, entry.known) | {"changed": _moved(found, before, show, unit)}


def _place(note: str) -> str:
    """A note, where it begins with a market's code with the market's name instead."""
    code, comma, rest = note.partition(", ")
    name = english_names().get(code)
    if name is None:
        return t(note)
    said = t(code) if t(code) != code else name
    return f"{said}{comma}{t(rest) if rest else ''}"


def _shown_unit(unit: str) -> str:
    """The unit behind a number on a card; the question or the answer says what a count or a ratio is of."""
    return "" if unit in ("ratio", "markets") else unit


def _doubt(found: pd.Series, show: Callable, unit: str, known: str) -> dict[str, str]:
    """The interval in words, and how wide it is against the value."""
    if pd.isna(found["low"]) or pd.isna(found["high"]):
        return {"interval": "", "sure": known}
    ends = t("{low} to {high}", **{end: show(found[end], _shown_unit(unit)) for end in ("low", "high")})
    if pd.notna(found["level"]):
        ends = t("{ends} in {level} of cases", ends=ends, level=f"{found['level']:.0%}")
    half = (found["high"] - found["low"]) / 2
    size = abs(found["value"])
    width = "narrow" if half <= 0.1 * size else "fair" if half <= 0.5 * size else "wide"
    return {"interval": ends, "sure": width}


def _moved(found: pd.Series, before: pd.DataFrame | None, show: Callable, unit: str) -> str:
    """What the number was in the last run, empty where it stands as shown then."""
    if before is None or before.empty:
        return ""
    old = before[(before["name"] == found["name"]) & (before["notebook"] == found["notebook"])]["value"].dropna()
    if old.empty:
        return t("new since the last run")
    was = show(float(old.iloc[0]), _shown_unit(unit))
    return "" if was == show(found["value"], _shown_unit(unit)) else t("{value} in the last run", value=was)


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
