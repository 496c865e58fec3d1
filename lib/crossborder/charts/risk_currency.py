"""Figures of currency risk: regimes, risk limits against what happened, power of the tests, hedges."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = ["backtest", "exposure", "frontier", "hits_by_model", "netting", "power", "regimes"]

MODEL_NAMES = {
    "constant_normal": "Normal, constant (500 days)",
    "ewma_normal": "Normal, weighted (EWMA)",
    "historical_250": "Historical, 250 days",
    "historical_500": "Historical, 500 days",
    "historical_1000": "Historical, 1,000 days",
    "garch_normal": "GARCH, normal",
    "garch_t": "GARCH, Student t",
    "garch_fhs": "GARCH, filtered history",
    "ewma_fhs": "EWMA, filtered history",
    "ewma_scaled": "EWMA, times root of days",
    "historical_scaled": "Historical, times root of days",
    "historical_blocks": "Historical, overlapping blocks",
}


def model_name(name: str) -> str:
    """What a model is called in a figure."""
    return t(MODEL_NAMES.get(name, name))


def regimes(volatility: pd.Series, stormy: pd.Series, *, home: str) -> style.Figure:
    """Volatility by day with the stormy spells shaded; `volatility` a year, `stormy` the probability by day."""
    fig, ax = style.figure(height=2.6)
    days = volatility.index
    shaded = stormy.to_numpy() > 0.5
    top = float(volatility.max()) * 1.12
    ax.fill_between(days, 0, top, where=shaded, color=style.LIGHT, alpha=0.6, linewidth=0, step="mid")
    ax.plot(days, volatility, color=style.ACCENT, linewidth=1.1)
    ax.set_ylim(0, top)
    ax.set_xlim(days[0], days[-1])
    style.human_axis(ax.yaxis, "percent")
    peak = volatility.idxmax()
    ax.annotate(
        f"{peak:%b %Y}", (peak, volatility.max()), xytext=(6, -2), textcoords="offset points", size=8, color=style.INK
    )
    share = float(shaded.mean())
    return style.finish(
        fig,
        title=t(
            "The basket was stormy on {share} of the days; volatility peaked at {peak} a year",
            share=style.percent(share),
            peak=style.percent(float(volatility.max())),
        ),
        subtitle=t(
            "Volatility a year of the basket in {home}, weighted average of squared returns; grey: stormy regime",
            home=home,
        ),
        source=t("ECB reference rates"),
    )


def netting(contributions: pd.DataFrame, gross: float, basket: float, *, home: str) -> style.Figure:
    """Volatility of each part standing alone against what it adds to the basket."""
    fig, ax = style.figure(height=2.2)
    table = contributions.sort_values("contribution_year")
    alone = table["weight"] * table["volatility_year"]
    place = np.arange(len(table))
    hues = [style.colour("currency", name) for name in table["currency"]]
    ax.hlines(place, table["contribution_year"], alone, color=style.LIGHT, linewidth=2, zorder=1)
    ax.scatter(alone, place, s=34, facecolor="white", edgecolor=hues, zorder=2)
    ax.scatter(table["contribution_year"], place, s=34, color=hues, zorder=3)
    ax.set_yticks(place, [f"{n}  {style.percent(w)}" for n, w in zip(table["currency"], table["weight"], strict=True)])
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlim(left=min(0, float(table["contribution_year"].min()) * 1.1))
    ax.xaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    return style.finish(
        fig,
        title=t(
            "Currencies net {share} of their own risk: {basket} a year together, {gross} one by one",
            share=style.percent(1 - basket / gross),
            basket=style.percent(basket, 1),
            gross=style.percent(gross, 1),
        ),
        subtitle=t(
            "Volatility a year in {home} by currency (weight in the basket): open circle standing alone, "
            "full circle as part of the basket",
            home=home,
        ),
        source=t("ECB reference rates"),
    )


def backtest(forecasts: pd.DataFrame, model: str, *, level: float, home: str) -> style.Figure:
    """Realised returns, the risk limit of one model, and the breaches marked."""
    one = forecasts[forecasts["model"] == model]
    hit = one["hit"].to_numpy(bool)
    fig, ax = style.figure(height=3.0)
    ax.vlines(one["date"], 0, one["realised"], color=style.GREY, alpha=0.45, linewidth=0.5)
    ax.plot(one["date"], -one["var"], color=style.GOOD, linewidth=1.1)
    ax.scatter(one["date"][hit], one["realised"][hit], s=16, marker="v", color=style.ACCENT, zorder=3)
    style.zero_line(ax)
    ax.yaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    ax.set_xlim(one["date"].iloc[0], one["date"].iloc[-1])
    worst = one.loc[one["realised"].idxmin()]
    ax.annotate(
        f"{worst['date']:%Y-%m-%d}", (worst["date"], worst["realised"]), xytext=(6, 0), textcoords="offset points",
        size=8, va="center",
    )  # fmt: skip
    return style.finish(
        fig,
        title=t(
            "{model}: {hits} breaches in {days} days, {expected} were promised",
            model=model_name(model),
            hits=int(hit.sum()),
            days=style.number(len(one)),
            expected=style.number(len(one) * (1 - level)),
        ),
        subtitle=t(
            "Daily return of the basket in {home} (grey), value at risk at {level} (blue line), breaches (triangles)",
            home=home,
            level=style.percent(level, 0 if level * 100 == round(level * 100) else 1),
        ),
        source=t("ECB reference rates"),
    )


def hits_by_model(summary: pd.DataFrame, *, level: float, home: str) -> style.Figure:
    """Breaches by model against what was promised, with the range that chance explains."""
    from scipy.special import bdtrik

    table = summary.iloc[::-1].reset_index(drop=True)
    days = int(table["observations"].iloc[0])
    low, high = np.ceil(bdtrik([0.025, 0.975], days, 1 - level))
    fig, ax = style.figure(height=0.28 * len(table) + 0.5)
    place = np.arange(len(table))
    ax.axvspan(low, high, color=style.LIGHT, alpha=0.55, linewidth=0)
    ax.axvline(days * (1 - level), color=style.GREY, linewidth=0.8)
    for passed, hue, marker in ((True, style.GOOD, "o"), (False, style.BAD, "X")):
        at = table["passes"].to_numpy(bool) == passed
        ax.scatter(table["hits"][at], place[at], color=hue, marker=marker, s=42, zorder=3)
    ax.set_yticks(place, [model_name(name) for name in table["model"]])
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    passing = [model_name(name) for name in summary.loc[summary["passes"], "model"]]
    best = t("; ".join(passing)) if passing else t("none")
    return style.finish(
        fig,
        title=t("{count} of {all} models pass: {names}", count=len(passing), all=len(table), names=best),
        subtitle=t(
            "Breaches of the one-day value at risk at {level} in {days} days, {home} home; grey band: 95 % of chance "
            "results of a right model; circle passes both tests, cross fails",
            level=style.percent(level),
            days=style.number(days),
            home=home,
        ),
        source=t("ECB reference rates"),
    )


def exposure(flows: pd.DataFrame, months: int = 12) -> style.Figure:
    """Net flow by currency and month as heat map, the year's sum at the right."""
    last = sorted(flows["month"].unique())[-months:]
    recent = flows[flows["month"].isin(last)]
    wide = recent.pivot_table(index="currency", columns="month", values="net_usd", aggfunc="sum")
    wide = wide.fillna(0.0).loc[wide.sum(axis=1).sort_values(ascending=False).index]
    top = float(np.abs(wide.to_numpy()).max())
    fig, ax = style.figure(height=0.3 * len(wide) + 0.6)
    ax.imshow(-wide.to_numpy(), cmap=style.DIVERGING, vmin=-top, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(wide.to_numpy()):
        dark = abs(value) > 0.62 * top
        text = style.number(value / 1e3)
        ax.text(column, row, text, ha="center", va="center", size=7, color="white" if dark else style.INK)
    for row, total in enumerate(wide.sum(axis=1)):
        ax.text(len(last) - 0.35, row, style.money(total, "").strip(), va="center", size=8, weight="bold")
    ax.set_yticks(range(len(wide)), list(wide.index))
    ax.set_xticks(range(len(last)), [f"{pd.Timestamp(m):%b}" for m in last])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.set_xlim(-0.5, len(last) + 0.45)
    long, short = wide.sum(axis=1).clip(lower=0).sum(), -wide.sum(axis=1).clip(upper=0).sum()
    return style.finish(
        fig,
        title=t(
            "The company receives {long} net in some currencies and pays {short} net in others",
            long=style.money(float(long)),
            short=style.money(float(short)),
        ),
        subtitle=t("Net cash flow of the business by currency and month, thousand USD; bold: sum of the year"),
    )


def frontier(table: pd.DataFrame) -> style.Figure:
    """Hedges by cost and what a bad quarter leaves, with intervals."""
    fig, ax = style.figure(height=2.7)
    hue = np.where(table["efficient"], style.ACCENT, style.GREY)
    ax.hlines(table["es"], table["cost_low"], table["cost_high"], color=style.LIGHT, linewidth=2, zorder=1)
    ax.vlines(table["cost_year"], table["low"], table["high"], color=style.LIGHT, linewidth=2, zorder=1)
    ax.scatter(table["cost_year"], table["es"], color=hue, s=42, zorder=3)
    style.zero_line(ax, "x")
    ax.xaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    ax.yaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    ax.set_ylim(bottom=min(-0.002, float(table["low"].min())))
    ax.set_xlabel(t("mean return given up a year (left of zero: gained)"))
    ax.set_ylabel(t("mean of the worst quarters"))
    ax.grid(axis="both")
    named = [(t(row.strategy.replace("_", " ")), row.cost_year, row.es, style.INK) for row in table.itertuples()]
    labels.beside(ax, named)
    named = table.set_index("strategy")["es"]
    return style.finish(
        fig,
        title=t(
            "A bad quarter costs {none} without a hedge, {put} with puts, {forward} with forwards",
            none=style.percent(named["none"], 1),
            put=style.percent(named["put"], 1),
            forward=style.percent(named["forward"], 1),
        ),
        subtitle=t(
            "Hedges bought each quarter at the rates of the day, judged on what followed; lines: 90 % intervals; "
            "orange: no other hedge is better in both"
        ),
        source=t("ECB reference rates; interest rates and volatility quotes are assumptions"),
    )


def power(table: pd.DataFrame, *, level: float) -> style.Figure:
    """Probability that the test rejects, by number of days; one line a true breach rate."""
    fig, ax = style.figure(height=2.6)
    hues = [style.GREY, style.PALETTE[0], style.ACCENT, style.PALETTE[2]]
    ends = {}
    for hue, (multiple, group) in zip(hues, table.groupby("multiple"), strict=False):
        ax.plot(group["observations"], group["power"], color=hue, marker="o", markersize=3)
        last = group.iloc[-1]
        text = t("right model") if multiple == 1 else t("{times} times the breaches", times=f"{multiple:g}")
        ends[text] = (last["observations"], last["power"], hue)
    ax.axhline(0.05, color=style.GREY, linewidth=0.8, linestyle=":")
    ax.set_ylim(0, 1.02)
    ax.set_xscale("log")
    days = sorted(table["observations"].unique())
    ax.set_xticks(days, [style.number(one) for one in days])
    ax.minorticks_off()
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("days of data"))
    style.label_ends(ax, ends)
    year = table[(table["observations"] == 250) & (table["multiple"] == 2.0)]["power"]
    missed = 1 - float(year.iloc[0]) if len(year) else np.nan
    return style.finish(
        fig,
        title=t(
            "One year of data misses a model with twice the breaches {share} of the time", share=style.percent(missed)
        ),
        subtitle=t(
            "Probability that Kupiec's test at 5 % rejects a value at risk at {level}, exact binomial",
            level=style.percent(level),
        ),
    )
