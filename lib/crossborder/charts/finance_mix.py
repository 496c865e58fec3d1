"""Figure, tables and sentences on other kinds of revenue: new lines beside the products, and ways to sell."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

if TYPE_CHECKING:
    from crossborder.finance.revenue_mix import RevenueMix

__all__ = ["lines_table", "mix_figure", "mix_sentence", "ways_sentence", "ways_table", "years_table"]

LINE_COLUMNS = {
    "line": ("new line", "text"),
    "kind": ("kind", "text"),
    "earned_usd": ("its margin", "money"),
    "baskets_usd": ("dearer baskets", "money"),
    "lost_usd": ("lost to it", "money"),
    "running_usd": ("running", "money"),
    "building_usd": ("building", "money"),
    "npv_usd": ("value", "money"),
    "pays": ("chance that it pays", "percent"),
    "attach_rate": ("attach rate", "percent1"),
    "break_even_attach": ("pays above", "percent1"),
}
YEAR_COLUMNS = {
    "year": ("plan year", "integer"),
    "revenue_usd": ("revenue (USD)", "money"),
    "growth": ("growth", "percent1"),
    "margin": ("margin", "percent1"),
    "alone_margin": ("products alone", "percent1"),
    "mix_effect": ("change by mix (points)", "number2"),
    "rate_effect": ("by own margins (points)", "number2"),
    "running_effect": ("by running cost (points)", "number2"),
    "reaches": ("chance of the target", "percent"),
}
EFFECTS = ("mix_effect", "rate_effect", "running_effect")
WAY_COLUMNS = {
    "model": ("way to sell", "text"),
    "margin": ("margin", "percent1"),
    "cash_days": ("cash after (days)", "number0"),
    "kept": ("buyers who stay", "percent"),
    "multiple": ("times a year's worth", "number2"),
    "value_usd": ("worth of a buyer (USD)", "money2"),
    "cash_low_usd": ("deepest cash (USD)", "money"),
    "back_month": ("back in month", "integer"),
    "cash_end_usd": ("cash after three years (USD)", "money"),
}


def mix_figure(found: "RevenueMix") -> style.Figure:
    """Blended margin by year beside the products' alone and the target, and what each new line is worth."""
    years, lines = found.years, found.lines
    fig, (left, right) = style.figure(height=3.0, columns=2)
    low, high = years["margin_low"], years["margin_high"]
    left.fill_between(
        years["year"],
        low.fillna(years["margin"]),
        high.fillna(years["margin"]),
        color=style.ACCENT,
        alpha=0.16,
        linewidth=0,
    )
    left.plot(years["year"], years["alone_margin"], color=style.GREY, linestyle="--")
    left.plot(years["year"], years["margin"], color=style.ACCENT)
    last = years.iloc[-1]
    left.hlines(found.target_margin, 0, last["year"], color=style.INK, linewidth=0.8, linestyle=":")
    ends = {
        t("with new lines"): (last["year"], last["margin"], style.ACCENT),
        t("products alone"): (last["year"], last["alone_margin"], style.GREY),
        t("target"): (last["year"], found.target_margin, style.INK),
    }
    style.label_ends(left, ends)
    style.human_axis(left.yaxis, "percent")
    left.set_xticks(years["year"])
    left.set_xlabel(t("plan year; 0 is the year behind"))
    left.set_title(t("Contribution margin"))
    _values(right, lines.iloc[::-1])
    paying = int(lines["adds"].sum())
    title = t(
        "{count} of {all} new lines pay more often than not; all together move the margin from {alone} to {margin}",
        count=paying, all=len(lines), alone=style.percent(last["alone_margin"], 1),
        margin=style.percent(last["margin"], 1),
    )  # fmt: skip
    subtitle = t(
        "Left: contribution over revenue with {level} band; right: present value of the plan's years after tax, USD, "
        "mean and {level} range",
        level=style.percent(found.level),
    )
    return style.finish(fig, title=title, subtitle=subtitle, source=t("Plan model, and assumptions on new lines"))


def _values(ax, shown: pd.DataFrame) -> None:
    """Value of each line with its range; those that pay less often than not in grey."""
    places = np.arange(len(shown))
    hues = [style.PALETTE[2] if adds else style.GREY for adds in shown["adds"]]
    ax.hlines(places, shown["npv_low"], shown["npv_high"], color=hues, linewidth=3, alpha=0.45)
    ax.scatter(shown["npv_usd"], places, color=hues, zorder=3)
    ax.set_yticks(places, [t(name.capitalize()) for name in shown["line"]])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    style.zero_line(ax, "x")
    style.human_axis(ax.xaxis, "USD")
    ax.set_title(t("Value of each line"))


def _table(frame: pd.DataFrame, columns: dict[str, tuple[str, str]], caption: str, **options: object) -> style.Table:
    names = [name for name in columns if name in frame]
    ends = [pair for pair in options.get("interval", {}).values()]
    shown = frame[[*names, *(end for pair in ends for end in pair)]].replace([np.inf, -np.inf], np.nan)
    formats, headers = {n: columns[n][1] for n in names}, {n: t(columns[n][0]) for n in names}
    return style.table(shown, caption=caption, formats=formats, headers=headers, **options)


def lines_table(found: "RevenueMix") -> style.Table:
    """Value of each new line and its parts, after tax; bold: pays more often than not."""
    caption = t("New lines over the plan's years, present value after tax (USD); bold: they pay more often than not")
    return _table(
        found.lines, LINE_COLUMNS, caption, interval={"npv_usd": ("npv_low", "npv_high")}, bold=found.lines["adds"]
    )


def years_table(found: "RevenueMix") -> style.Table:
    """The blend by year: margin and growth with their ranges, and what moved the margin."""
    caption = t("Products and all new lines; the three changes sum to the change of the margin")
    ends = {name: (f"{name}_low", f"{name}_high") for name in ("margin", "growth")}
    points = {name: 100 * found.years[name].where(found.years["year"] > 0) for name in EFFECTS}
    return _table(found.years.assign(**points), YEAR_COLUMNS, caption, interval=ends)


def ways_table(models: pd.DataFrame | None) -> style.Table | None:
    """Ways to sell side by side: one buyer's worth, and the cash that a thousand new buyers a year need."""
    if models is None:
        return None
    caption = t(
        "Ways to sell: a buyer's worth, and the cash of a start with 1,000 new buyers a year, without fixed cost"
    )
    ends = {"kept": ("kept_low", "kept_high"), "value_usd": ("value_low", "value_high"),
            "cash_end_usd": ("cash_end_low", "cash_end_high")}  # fmt: skip
    return _table(models, WAY_COLUMNS, caption, interval=ends)


def mix_sentence(found: "RevenueMix", cited: dict[str, float]) -> style.Sentence:
    """What the new lines bring, when the target is passed, and what the cited data line would do."""
    last, products = found.years.iloc[-1], found.by_year.query("line == 'products'").iloc[-1]
    values = {
        "share": style.percent(1 - products["share"], 1), "year": int(last["year"]),
        "low": style.percent(last["margin_low"], 1), "high": style.percent(last["margin_high"], 1),
        "target": style.percent(found.target_margin), "chance": style.percent(last["reaches"]),
        "cited": style.percent(cited["share"]), "gross": style.percent(cited["margin"]),
        "lift": style.number(100 * cited["lift"], 1), "here": style.percent(cited["here"], 1),
    }  # fmt: skip
    if found.passes_in is None:
        return style.say(
            "The margin of the plan stays below the target of {target}. In year {year} all lines other than products "
            "bring **{share}** of revenue; the margin lies between {low} and {high}, and reaches {target} with a "
            "chance of {chance}. A report's data line of {cited} of revenue at {gross} would lift it by {lift} "
            "points; the assumptions here give data {here} of revenue.",
            **values,
        )
    return style.say(
        "The margin of the plan is at the target of {target} from year {passed} on. In year {year} all lines other "
        "than products bring **{share}** of revenue; the margin lies between {low} and {high}, and reaches {target} "
        "with a chance of {chance}. A report's data line of {cited} of revenue at {gross} would lift it by {lift} "
        "points; the assumptions here give data {here} of revenue.",
        passed=found.passes_in,
        **values,
    )


def ways_sentence(
    models: pd.DataFrame | None, cited: dict[str, float], cited_worth: dict[str, float]
) -> style.Sentence:
    """Which way of selling is worth most and which needs least cash, and what a report's loyalty would be worth.

    `cited` is `cited_loyalty`, `cited_worth` the `recurring_value` of a unit at its share of buyers who stay.
    """
    if models is None:
        return style.say("Too few buyers are known from the year before the last to tell ways of selling apart.")
    best, thrifty = models.iloc[0], models.loc[models["cash_low_usd"].idxmax()]
    return style.say(
        "A buyer is worth most by {model}: **{value}**, {times} times the first year; a start needs least cash by "
        "{thrifty}. A report cites {cited} who come back and {multiple} times a year's worth: at this cost of capital "
        "{cited} give {cited_times} times, and {multiple} times takes {needed} who stay; {kept} stay here.",
        model=best["model"], value=style.money(best["value_usd"], digits=2), times=style.number(best["multiple"], 2),
        thrifty=thrifty["model"], cited=style.percent(cited["kept"]), multiple=style.number(cited["multiple"]),
        cited_times=style.number(cited_worth["multiple"], 1), needed=style.percent(cited_worth["kept_for_three"]),
        kept=style.percent(best["kept"]),
    )  # fmt: skip
