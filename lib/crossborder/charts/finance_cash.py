"""Figures of cash and capital: the fan of thirteen weeks, its back-test, the cash cycle, projects by stage and kind."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t, text

__all__ = ["allocation_matrix", "backtest_errors", "cash_fan", "cycle_bars"]

STAGES = ("seed", "growth", "mature")
# A kind of project by another word than the code: elsewhere people are counted.
KINDS = {"people": "people and skills"}


def cash_fan(fan: pd.DataFrame, past: pd.Series, safety_usd: float, *, level: float, company: str) -> style.Figure:
    """Cash of the past quarter and the weeks ahead with band, the safety line, and the first week under it."""
    fig, ax = style.figure(height=3.1)
    hue = style.PALETTE[0]
    ax.plot(past.index, past, color=style.INK, linewidth=1.4)
    start = pd.DataFrame({name: [float(past.iloc[-1])] for name in ("cash_usd", "cash_low", "cash_high")})
    ahead = pd.concat([start.assign(week=past.index[-1]), fan[["week", *start.columns]]], ignore_index=True)
    ax.fill_between(ahead["week"], ahead["cash_low"], ahead["cash_high"], color=hue, alpha=0.18, linewidth=0)
    ax.plot(ahead["week"], ahead["cash_usd"], color=hue)
    ax.axhline(safety_usd, color=style.ACCENT, linewidth=1.2, linestyle="--")
    ax.annotate(
        t("safety line"), (past.index[0], safety_usd), xytext=(0, 4), textcoords="offset points", size=8,
        color=style.darker(style.ACCENT),
    )  # fmt: skip
    trigger = fan[fan["trigger"]]
    ax.plot(trigger["week"], trigger["cash_low"], "v", color=style.ACCENT, markersize=8)
    last = fan.iloc[-1]
    style.label_ends(ax, {t("expected"): (last["week"], last["cash_usd"], hue)})
    ax.set_ylim(0, max(float(fan["cash_high"].max()), safety_usd) * 1.08)
    ax.axvline(past.index[-1], color=style.LIGHT, linewidth=1)
    ax.xaxis.set_major_formatter(_month_day())
    style.human_axis(ax.yaxis, "USD")
    low = fan.loc[fan["cash_low"].idxmin()]
    return style.finish(
        fig,
        title=_fan_title(fan, low, safety_usd),
        subtitle=t(
            "Cash at the end of each week, USD, {company}, with {level} band of past errors at the same distance",
            company=company,
            level=style.percent(level),
        ),
        source=t("Ledger, open payouts and bills by due date, run rate and season of orders"),
    )


def backtest_errors(test, covered: pd.DataFrame, *, level: float) -> style.Figure:
    """Mean absolute error by weeks ahead against the naive rules, and the share of weeks inside the band."""
    fig, (left, right) = style.figure(height=2.7, columns=2)
    weeks = np.arange(test.forecast.shape[1]) + 1
    known = test.past_year() & np.isfinite(test.actual)
    lines = {"forecast": test.forecast, **test.naive}
    hues = (style.PALETTE[0], style.GREY, style.GREY)
    styles = ("-", "--", ":")
    labels = {}
    for (name, guess), hue, dash in zip(lines.items(), hues, styles, strict=True):
        off = np.where(known & np.isfinite(guess), np.abs(test.actual - guess), np.nan)
        error = np.nanmean(off, axis=0)
        left.plot(weeks, error, color=hue, linestyle=dash)
        labels[t(name)] = (float(error.mean()), hue)
    for name, (height, hue) in labels.items():
        above = 5 if hue == style.GREY else -14
        left.annotate(
            name, (weeks[-1], height), xytext=(0, above), textcoords="offset points", ha="right", size=7.5,
            color=style.darker(hue),
        )  # fmt: skip
    left.set_ylim(0, None)
    style.human_axis(left.yaxis, t("USD a week"))
    style.human_axis(left.xaxis, t("weeks ahead"))
    single = covered[covered["weeks_ahead"] > 0]
    right.axhspan(level - 0.1, min(level + 0.1, 1), color=style.LIGHT, alpha=0.5, linewidth=0)
    right.plot(single["weeks_ahead"], single["covered"], "o", color=style.PALETTE[0])
    right.axhline(level, color=style.ACCENT, linewidth=1)
    right.set_ylim(0, 1.02)
    style.human_axis(right.yaxis, "percent")
    style.human_axis(right.xaxis, t("weeks ahead"))
    right.annotate(
        t("promised {level}", level=style.percent(level)), (1, level), xytext=(0, -12), textcoords="offset points",
        size=7.5, color=style.darker(style.ACCENT),
    )  # fmt: skip
    total = float(covered.loc[covered["weeks_ahead"] == 0, "covered"].iloc[0])
    return style.finish(
        fig,
        title=t("{share} of the past year's weeks fell inside the {level} band", share=style.percent(total),
                level=style.percent(level)),
        subtitle=t("Left: mean absolute error of net cash a week, USD; right: share of weeks inside, by distance"),
        source=t("A forecast from every week of the past year, with what was known then"),
    )  # fmt: skip


def cycle_bars(history: pd.DataFrame, *, company: str) -> style.Figure:
    """Days of stock and receivables above, of payables below, month by month, with the cash cycle as a line."""
    fig, ax = style.figure(height=3.0)
    place = np.arange(len(history))
    stock, owed = history["dio"].to_numpy(), history["dso"].to_numpy()
    due = history["dpo"].to_numpy()
    ax.bar(place, stock, color=style.PALETTE[0], width=0.62)
    ax.bar(place, owed, bottom=stock, color=style.PALETTE[5], width=0.62)
    ax.bar(place, -due, color=style.PALETTE[1], width=0.62)
    ax.plot(place, history["ccc"], color=style.INK, marker="o", markersize=3.5)
    style.zero_line(ax)
    x = place[-1] + 0.42
    style.label_ends(
        ax,
        {
            t("stock"): (x, stock[-1] / 2, style.PALETTE[0]),
            t("receivables"): (x, stock[-1] + owed[-1] / 2, style.PALETTE[5]),
            t("payables"): (x, -due[-1] / 2, style.PALETTE[1]),
            t("cash cycle"): (x, float(history["ccc"].iloc[-1]), style.INK),
        },
    )
    ax.set_xticks(place, [day.strftime("%b\n%Y") if day.month in (1,) or p == 0 else day.strftime("%b")
                          for p, day in enumerate(history["day"])])  # fmt: skip
    style.human_axis(ax.yaxis, t("days"))
    now, before = float(history["ccc"].iloc[-1]), float(history["ccc"].iloc[0])
    return style.finish(
        fig,
        title=t(
            "Money is away for {now} days: {stock} in stock and {owed} owed to us, less {due} that suppliers lend",
            now=style.number(now),
            stock=style.number(float(stock[-1])),
            owed=style.number(float(owed[-1])),
            due=style.number(float(due[-1])),
        ),
        subtitle=t(
            "Days of stock and receivables less payables, {company}, each month over the three months before "
            "({before} days at the start)",
            company=company,
            before=style.number(before),
        ),
        source=t("Open items, invoices and stock of the company"),
    )


def allocation_matrix(table: pd.DataFrame, *, rate: float, budget_usd: float) -> style.Figure:
    """Projects by stage and kind: area is the money asked for, filled if funded, with value and chance of loss."""
    kinds = sorted(table["kind"].unique())
    fig, ax = style.figure(height=3.6)
    _projects(ax, table, kinds)
    ax.set_xticks(range(len(kinds)), [text(KINDS.get(kind, kind)).capitalize() for kind in kinds])
    ax.set_yticks(range(3), [t(stage.capitalize()) for stage in STAGES])
    ax.set_xlim(-0.6, len(kinds) - 0.4)
    ax.set_ylim(-0.75, 2.5)
    ax.grid(visible=False)
    funded = table[table["funded"]]
    return style.finish(
        fig,
        title=t(
            "{count} of {all} projects get {capital}; they are worth {value} after cost of capital",
            count=len(funded),
            all=len(table),
            capital=style.money(float(funded["capital_usd"].sum())),
            value=style.money(float(funded["npv_usd"].sum())),
        ),
        subtitle=t(
            "Area: money asked for; filled: funded within {budget} and caps; number: expected value at {rate}, USD; "
            "orange: below zero",
            budget=style.money(budget_usd),
            rate=style.percent(rate, 1),
        ),
        source=t("Projects of the company, money released in stages"),
    )


def _projects(ax, table: pd.DataFrame, kinds: list[str]) -> None:
    """One circle a project in its cell of kind and stage, side by side where there are two."""
    cell = {}
    scale = 1500 / table["capital_usd"].max()
    for row in table.sort_values("capital_usd", ascending=False).itertuples():
        column, line = kinds.index(row.kind), STAGES.index(row.stage)
        shift = cell.get((column, line), 0)
        cell[(column, line)] = shift + 1
        x, y = column + (0.0 if shift == 0 else 0.36), line
        x -= 0.18 if (table["kind"].eq(row.kind) & table["stage"].eq(row.stage)).sum() > 1 else 0
        hue = style.GOOD if row.npv_usd >= 0 else style.BAD
        ax.scatter(
            x, y, s=row.capital_usd * scale, facecolor=hue if row.funded else "white", edgecolor=hue,
            alpha=0.85 if row.funded else 1, linewidth=1.3,
        )  # fmt: skip
        below = -3 - (row.capital_usd * scale) ** 0.5 / 2  # the circle's radius in points
        text = f"{row.project_id}\n{style.money(row.npv_usd, '').strip()}"
        ax.annotate(text, (x, y), xytext=(0, below), textcoords="offset points", ha="center", va="top", size=6.8)


def _fan_title(fan: pd.DataFrame, low: pd.Series, safety_usd: float) -> str:
    if fan["trigger"].any():
        first = fan[fan["trigger"]].iloc[0]
        return t(
            "Cash may fall under the safety line of {safety} in the week to {week}; the gap grows to {gap}",
            safety=style.money(safety_usd),
            week=style.day(first["week"]),
            gap=style.money(float(fan["gap_usd"].max())),
        )
    return t(
        "Cash stays above the safety line of {safety}: the low end reaches {low} in the week to {week}",
        safety=style.money(safety_usd),
        low=style.money(float(low["cash_low"])),
        week=style.day(low["week"]),
    )


def _month_day():
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    return ConciseDateFormatter(AutoDateLocator())
