"""Figures of the plan: fans, value bridge, distribution of value, tornado, scenarios."""

import re

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["plan_fan", "tornado", "value_bridge", "value_distribution"]

LABELS = {"revenue": "Revenue", "cash": "Cash"}


def plan_fan(
    months: tuple[pd.Timestamp, ...], bands: dict[str, pd.DataFrame], *, floor: float, scenario: str
) -> style.Figure:
    """Revenue a month and cash at month end: median, 50 and 90 % bands, and the least cash allowed."""
    fig, axes = style.figure(height=5.2, rows=2, sharex=True)
    for ax, (line, table) in zip(axes, bands.items(), strict=True):
        hue = style.PALETTE[0] if line == "revenue" else style.PALETTE[2]
        ax.fill_between(months, table["low_90"], table["high_90"], color=hue, alpha=0.15, linewidth=0)
        ax.fill_between(months, table["low_50"], table["high_50"], color=hue, alpha=0.3, linewidth=0)
        ax.plot(months, table["median"], color=hue)
        ax.set_title(t(LABELS.get(line, line)))
        style.human_axis(ax.yaxis, "USD")
        style.zero_line(ax)
    cash = bands["cash"]
    axes[1].axhline(floor, color=style.ACCENT, linewidth=1, linestyle="--")
    axes[1].annotate(
        t("least cash allowed"),
        (months[-1], floor),
        xytext=(-2, 4),
        textcoords="offset points",
        ha="right",
        size=8,
        color=style.darker(style.ACCENT),
    )
    low = int(cash["low_90"].to_numpy()[:24].argmin())
    return style.finish(
        fig,
        title=t(
            "Cash is lowest around {month}: {median} in the middle case, {low} in one case of twenty",
            month=months[low].strftime("%b %Y"),
            median=style.money(float(cash["median"].iloc[low])),
            low=style.money(float(cash["low_90"].iloc[low])),
        ),
        subtitle=t(
            "Monthly revenue and month-end cash, USD; median with 50 and 90 % bands; scenario {scenario}",
            scenario=scenario,
        ),
        source=t("Plan model on simulated paths"),
    )


def value_bridge(table: pd.DataFrame) -> style.Figure:
    """Enterprise value: what each market adds, what the group costs, what is left."""
    rows = table.iloc[:-1]
    markets = rows.iloc[:-1].sort_values("usd", ascending=False)
    steps = [*zip(markets["step"], markets["usd"], strict=True), (t("Group cost, tax, capital"), rows["usd"].iloc[-1])]
    fig, ax = style.figure(height=3.4)
    position = 0.0
    for place, (name, value) in enumerate(steps):
        hue = style.colour("market", name) if place < len(steps) - 1 else style.BAD
        _bar(ax, place, value, position, hue)
        position += value
    _bar(ax, len(steps), position, 0.0, style.INK)
    labels = [name if len(name) < 4 else re.sub("[,\u3001] ?", "\n", name) for name, _ in steps]
    ax.set_xticks(range(len(steps) + 1), [*labels, t("Value")])
    style.human_axis(ax.yaxis, "USD")
    style.zero_line(ax)
    best = markets.iloc[0]
    return style.finish(
        fig,
        title=t(
            "{market} brings {share} of what the markets add; {total} is left for the group",
            market=best["step"],
            share=style.percent(best["usd"] / markets["usd"].sum()),
            total=style.money(position),
        ),
        subtitle=t("Discounted contribution by market, USD, less fixed cost, tax, working capital and spending"),
        source=t("Plan model, base path"),
    )


def _bar(ax, place: int, value: float, bottom: float, hue: str) -> None:
    """One bar of the bridge with its value above."""
    ax.bar(place, value, bottom=bottom, color=hue, width=0.66)
    top = (place, max(bottom, bottom + value))
    text = style.money(value, "").strip()
    ax.annotate(text, top, xytext=(0, 3), textcoords="offset points", ha="center", size=7.5)


def value_distribution(value: np.ndarray, hurdle: float, *, scenario: str) -> style.Figure:
    """Distribution of the enterprise value over paths, with the capital in the business as the hurdle."""
    fig, ax = style.figure(height=2.8)
    low, high = np.quantile(value, [0.005, 0.995])
    counts, edges = np.histogram(np.clip(value, low, high), bins=48)
    below = edges[:-1] < hurdle
    ax.bar(
        edges[:-1],
        counts / counts.sum(),
        width=np.diff(edges),
        align="edge",
        color=np.where(below, style.ACCENT, style.PALETTE[0]),
    )
    ax.axvline(hurdle, color=style.INK, linewidth=1, linestyle="--")
    ax.annotate(
        t("capital in the business"), (hurdle, ax.get_ylim()[1]), xytext=(4, -10), textcoords="offset points", size=8
    )
    style.human_axis(ax.yaxis, "percent")
    style.human_axis(ax.xaxis, t("enterprise value, USD"))
    missed = float((value < hurdle).mean())
    return style.finish(
        fig,
        title=t(
            "The plan is worth {median} in the middle; in {missed} of cases less than the capital in it",
            median=style.money(float(np.median(value))),
            missed=style.percent(missed, 1),
        ),
        subtitle=t(
            "Enterprise value over {paths} paths, scenario {scenario}; outermost half per cent drawn at the edge",
            paths=style.number(len(value)),
            scenario=scenario,
        ),
        source=t("Plan model, discounted at the weighted cost of capital"),
    )


def tornado(table: pd.DataFrame, shares: pd.DataFrame) -> style.Figure:
    """Value at each driver's ends, widest first, beside the share of variance by group of drivers."""
    shown = table.head(10).iloc[::-1]
    fig, axes = style.figure(height=3.8, columns=2, width_ratios=[3, 2])
    base, ax = table.attrs["base"], axes[0]
    rows = np.arange(len(shown))
    for end, hue in (("low", style.PALETTE[1]), ("high", style.PALETTE[0])):
        ax.barh(rows, shown[f"outcome_{end}"] - base, left=base, color=hue, height=0.62)
    ax.axvline(base, color=style.INK, linewidth=0.8)
    ax.set_yticks(rows, [t(name.capitalize()) for name in shown["driver"]])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    style.human_axis(ax.xaxis, t("value, USD"))
    ax.set_title(t("Value at 5 % (orange) and 95 % (blue)"))
    groups, side = shares.iloc[::-1], axes[1]
    places = np.arange(len(groups))
    side.hlines(
        places, groups["total_low"].clip(lower=0), groups["total_high"], color=style.PALETTE[2], linewidth=3, alpha=0.4
    )
    side.plot(groups["total"], places, "o", color=style.PALETTE[2])
    side.set_yticks(places, [t(name.capitalize()) for name in groups["driver"]])
    side.grid(axis="y", visible=False)
    side.grid(axis="x", visible=True)
    side.set_xlim(left=0)
    style.human_axis(side.xaxis, "percent")
    side.set_title(t("Share of variance"))
    first = table.iloc[0]
    return style.finish(
        fig,
        title=t(
            "What matters most: {driver}, with {swing} of value between its ends",
            driver=t(first["driver"]),
            swing=style.money(first["swing"]),
        ),
        subtitle=t(
            "Enterprise value, USD; left one driver at a time, right all together with interactions (Sobol, total)"
        ),
        source=t("Plan model"),
    )
