"""Figures of demand and inventory: forecast fans, error by pattern, the replay of policies, the ageing ladder."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["age_ladder", "error_by_pattern", "fans", "stock_replay", "turnover_matrix"]

TIERS = ("fresh", ">30 days", ">60 days", ">90 days")


def fans(frame: pd.DataFrame, level: float) -> style.Figure:
    """Last year and forecast fan of a few series, small multiples."""
    names = list(dict.fromkeys(frame["series"]))
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    fig, axes = style.figure(height=1.6 * rows + 0.2, rows=rows, columns=columns)
    axes = np.atleast_1d(axes).ravel()
    for ax in axes[len(names) :]:
        ax.set_visible(False)
    for ax, name in zip(axes, names, strict=False):
        part = frame[frame["series"] == name]
        ahead = part[part["mean"].notna()]
        ax.plot(part["week"], part["actual"], color=style.GREY, linewidth=1.0)
        ax.fill_between(ahead["week"], ahead["low"], ahead["high"], color=style.ACCENT, alpha=0.25, linewidth=0)
        ax.plot(ahead["week"], ahead["mean"], color=style.ACCENT)
        ax.set_title(f"{name} ({t(part['pattern'].iloc[0])})")
        ticks = ax.get_xticks()[::2]
        ax.set_xticks(ticks, [style.day(pd.Timestamp(x, unit="D"))[:7] for x in ticks], size=7)
        ax.set_ylim(bottom=0)
    steps = int(frame["mean"].notna().sum() / len(names))
    title = t("The next {weeks} weeks: wide fans for rare demand, narrow ones for the steady sellers", weeks=steps)
    subtitle = t("Pieces a week; grey: sold, orange: forecast with {level} interval", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def error_by_pattern(table: pd.DataFrame) -> style.Figure:
    """Forecast error against the seasonal naive one by group, with slices that do worse named."""
    shown = table.sort_values("naive_wape")
    fig, ax = style.figure(height=0.28 * len(shown) + 0.5)
    for place, row in enumerate(shown.itertuples()):
        worse = row.wape > row.naive_wape
        ax.plot([row.wape, row.naive_wape], [place, place], color=style.LIGHT, linewidth=2.5, zorder=1)
        ax.plot(row.naive_wape, place, "o", color=style.GREY, ms=5)
        ax.plot(row.wape, place, "D" if worse else "o", color=style.BAD if worse else style.ACCENT, ms=6)
    names = [f"{t(str(name))} ({style.number(n)})" for name, n in zip(shown.index, shown["series"], strict=True)]
    ax.set_yticks(range(len(shown)), names)
    style.human_axis(ax.xaxis, "percent")
    ax.set_xlim(left=0)
    ax.grid(axis="x")
    ax.set_xlabel(t("Sum of absolute errors over sum of sales"))
    better = int((shown["wape"] < shown["naive_wape"]).sum())
    title = t("The forecast beats last year's week in {better} of {all} groups", better=better, all=len(shown))
    subtitle = t("WAPE of single weeks in the back-test; orange: ours, grey: seasonal naive; in brackets: series")
    return style.finish(fig, title=title, subtitle=subtitle)


def stock_replay(ours: object, own: object, weeks: pd.DatetimeIndex) -> style.Figure:
    """Weekly stock and share of demand served: our policy against the company's own rule."""
    fig, axes = style.figure(height=3.6, rows=2, sharex=True, height_ratios=[2, 1])
    labels = {}
    for run, name, hue in ((own, t("own rule"), style.GREY), (ours, t("this policy"), style.ACCENT)):
        stock = run.on_hand.sum(0)
        served = run.sold.sum(0) / np.maximum(run.demand.sum(0), 1)
        axes[0].plot(weeks, stock, color=hue)
        axes[1].plot(weeks, pd.Series(served).rolling(4, min_periods=1).mean(), color=hue)
        labels[name] = (weeks[-1], float(stock[-1]), hue)
    axes[0].set_ylim(bottom=0)
    style.label_ends(axes[0], labels, gap=0.07)
    style.human_axis(axes[0].yaxis)
    style.human_axis(axes[1].yaxis, "percent")
    axes[0].set_ylabel(t("Pieces on hand"))
    axes[1].set_ylabel(t("Served"))
    saved = 1 - ours.mean_stock / own.mean_stock
    title = t(
        "{less} less stock and {fill} of demand served, against {own} by the company's own rule",
        less=style.percent(saved, 1),
        fill=style.percent(ours.fill_rate, 1),
        own=style.percent(own.fill_rate, 1),
    )
    return style.finish(
        fig,
        title=title,
        subtitle=t("Replay of the last year's demand; served: four-week mean"),
    )


def age_ladder(ladder: pd.DataFrame, currency: str = "USD") -> style.Figure:
    """Value of the stock by age tier and market, stacked, oldest dark."""
    wide = ladder.pivot_table(index="market", columns="tier", values="value_usd", fill_value=0.0)
    wide = wide.reindex(columns=[tier for tier in TIERS if tier in wide]).sort_values(">90 days", ascending=True)
    fig, ax = style.figure(height=0.3 * len(wide) + 0.7)
    left = np.zeros(len(wide))
    shades = dict(zip(TIERS, (style.LIGHT, "#f0c9a0", "#e08a3c", style.ACCENT), strict=True))
    for tier in wide.columns:
        ax.barh(range(len(wide)), wide[tier], left=left, color=shades[tier], height=0.7)
        place = len(wide) - 1
        if wide[tier].iloc[place] > 0.06 * wide.sum(axis=1).max():
            ax.text(left[place] + wide[tier].iloc[place] / 2, place + 0.42, t(tier), ha="center", va="bottom", size=7.5)
        left += wide[tier].to_numpy()
    ax.set_yticks(range(len(wide)), wide.index)
    ax.set_ylim(-0.6, len(wide) - 0.1)
    style.human_axis(ax.xaxis)
    ax.set_xlabel(currency)
    ax.grid(axis="x")
    old = wide.get(">90 days", pd.Series(0.0, index=wide.index)).sum() / wide.to_numpy().sum()
    title = t(
        "{share} of the stock's value is older than 90 days, most of it in {market}",
        share=style.percent(old),
        market=wide.index[-1],
    )
    return style.finish(fig, title=title, subtitle=t("Stock at purchase cost by the age of the oldest batch on hand"))


def turnover_matrix(matrix: pd.DataFrame) -> style.Figure:
    """Days of stock by class of value and of variability, one bubble a class with its stock."""
    fig, ax = style.figure(height=2.8)
    ranks = {"A": 2, "B": 1, "C": 0, "X": 0, "Y": 1, "Z": 2}
    largest = matrix["stock_usd"].max()
    for row in matrix.itertuples():
        x, y = ranks[row.xyz], ranks[row.abc]
        ax.scatter(x, y, s=1600 * row.stock_usd / largest + 20, color=style.ACCENT if row.days > 120 else style.LIGHT)
        ax.text(
            x,
            y - 0.3,
            t("{days} days, {skus} SKUs", days=style.number(row.days), skus=row.skus),
            ha="center",
            va="center",
            size=7.5,
        )
    ax.set_xticks(range(3), [t("X steady"), t("Y uneven"), t("Z erratic")])
    ax.set_yticks(range(3), [t("C low value"), t("B"), t("A high value")])
    ax.set_xlim(-0.5, 2.5)
    ax.set_ylim(-0.5, 2.5)
    slow = matrix.loc[matrix["days"].idxmax()]
    title = t(
        "Class {name} lies longest: {days} days of stock",
        name=slow["abc"] + slow["xyz"],
        days=style.number(slow["days"]),
    )
    return style.finish(fig, title=title, subtitle=t("Days of stock by class; area: value of the stock"))
