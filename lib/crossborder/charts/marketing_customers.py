"""Figures of notebook 43: funnel, cohorts, calibration of the value model, value against cost, membership, e-mail."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = [
    "calibration",
    "cohort_heat",
    "covariate_forest",
    "effect_forest",
    "email_value",
    "funnel",
    "value_over_cost",
]


def funnel(frame: pd.DataFrame, title_step: str) -> style.Figure:
    """Visits by step with the rate of each step and the money its gap to the best market costs."""
    fig, ax = style.figure(height=0.48 * len(frame) + 0.3)
    place = np.arange(len(frame))[::-1]
    hues = [style.ACCENT if name == title_step else style.LIGHT for name in frame["step"]]
    ax.barh(place, frame["people"], color=hues, height=0.62)
    widest = float(frame["people"].max())
    for y, row in zip(place, frame.itertuples(), strict=True):
        text = style.number(row.people)
        if row.step != frame["step"].iloc[0]:
            text = t(
                "{people}, {rate} of the step before, gap {money}",
                people=style.number(row.people), rate=style.percent(row.rate, 1), money=style.money(row.gap_value),
            )  # fmt: skip
        inside = row.people > 0.5 * widest
        ax.annotate(
            text, (row.people, y), xytext=(-5 if inside else 5, 0), textcoords="offset points", va="center",
            ha="right" if inside else "left", fontsize=8,
        )  # fmt: skip
    ax.set_yticks(place, [str(name).replace("_", " ") for name in frame["step"]])
    ax.set_xticks([])
    ax.grid(visible=False)
    worst = frame.set_index("step").loc[title_step]
    title = t(
        "The step to {step} loses most: reaching the best market's rate is worth {money}",
        step=title_step.replace("_", " "), money=style.money(float(worst["gap_value"]), "USD"),
    )  # fmt: skip
    return style.finish(
        fig,
        title=title,
        subtitle=t("Visits by step over the last twelve months; gap: USD a year to the best market's rate"),
    )


def cohort_heat(matrix: pd.DataFrame, curve: pd.DataFrame, half_life: float, *, level: float = 0.9) -> style.Figure:
    """Share of each monthly cohort that buys again, and the pooled curve with its interval."""
    fig, axes = style.figure(height=3.6, columns=2, width_ratios=[1.25, 1])
    later = matrix.iloc[:, 1:25]
    image = axes[0].imshow(
        later.to_numpy(), aspect="auto", cmap=style.SEQUENTIAL, vmin=0, vmax=np.nanquantile(later, 0.98)
    )
    rows = np.arange(0, len(later), 6)
    axes[0].set_yticks(rows, [f"{later.index[i]:%Y-%m}" for i in rows])
    axes[0].set_xticks(np.arange(0, later.shape[1], 6), [str(i + 1) for i in np.arange(0, later.shape[1], 6)])
    axes[0].set_xlabel(t("months since the first order"))
    axes[0].grid(visible=False)
    bar = fig.colorbar(image, ax=axes[0], shrink=0.8, pad=0.02)
    style.human_axis(bar.ax.yaxis, "percent")
    shown = curve[(curve["month"] >= 1) & (curve["month"] <= 24)]
    axes[1].fill_between(shown["month"], shown["low"], shown["high"], color=style.ACCENT, alpha=0.25, linewidth=0)
    axes[1].plot(shown["month"], shown["share"], color=style.ACCENT)
    axes[1].set_ylim(bottom=0)
    axes[1].set_xlabel(t("months since the first order"))
    style.human_axis(axes[1].yaxis, "percent")
    fades = np.isfinite(half_life)
    halves = t("Repeat buying halves every {months} months", months=style.number(half_life, 1) if fades else "")
    return style.finish(
        fig,
        title=halves if fades else t("Repeat buying does not fade in the months seen"),
        subtitle=t(
            "Share of customers who buy in a month: by cohort (left), pooled with {level} interval",
            level=style.percent(level),
        ),
    )


def calibration(table: pd.DataFrame, error: pd.Series, *, level: float = 0.9) -> style.Figure:
    """Expected and actual purchases in the hold-out by past repeats."""
    fig, ax = style.figure(height=2.9)
    x = np.arange(len(table))
    ax.vlines(x, table["actual_low"], table["actual_high"], color=style.GREY, linewidth=5, alpha=0.35)
    ax.plot(x, table["actual"], "o", color="black", markersize=4)
    ax.plot(x, table["expected"], "-", color=style.ACCENT)
    names = [style.number(value) for value in table["frequency"]]
    names[-1] += "+"
    ax.set_xticks(x, names)
    ax.set_xlabel(t("repeat purchases before the hold-out"))
    ax.set_ylim(bottom=0)
    style.label_ends(
        ax,
        {
            t("expected"): (x[-1], float(table["expected"].iloc[-1]), style.ACCENT),
            t("actual"): (x[-1], float(table["actual"].iloc[-1]), "#000000"),
        },
    )
    title = t(
        "The model expects {ratio} of the purchases that came; repeating the past rate expects {naive}",
        ratio=style.percent(error["expected_over_actual"]), naive=style.percent(error["naive_over_actual"]),
    )  # fmt: skip
    subtitle = t("Purchases a customer in the hold-out, mean with {level} interval", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def value_over_cost(frame: pd.DataFrame, target: float, *, level: float = 0.9) -> style.Figure:
    """Lifetime value over acquisition cost by channel, with intervals and the target."""
    shown = frame[np.isfinite(frame["ratio"])].sort_values("ratio")
    fig, ax = style.figure(height=0.28 * len(shown) + 0.5)
    place = np.arange(len(shown))
    hues = [style.colour("channel", str(name)) for name in shown.index]
    ax.hlines(place, shown["ratio_low"], shown["ratio_high"], color=hues, linewidth=2)
    ax.scatter(shown["ratio"], place, color=hues, s=24, zorder=3)
    for value, text in ((1.0, t("cost covered")), (target, t("target {value}", value=style.number(target)))):
        ax.axvline(value, color="black", linewidth=0.9, linestyle="--" if value == 1 else "-")
        ax.annotate(
            text, (value, len(shown) - 0.45), xytext=(3, 2), textcoords="offset points", fontsize=7.5, va="bottom"
        )
    ax.set_ylim(-0.6, len(shown) + 0.1)
    ax.set_xscale("log")
    ticks = [
        tick
        for tick in (0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100)
        if 0.6 * shown["ratio_low"].min() <= tick <= 1.5 * shown["ratio_high"].max()
    ]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(place, [str(name).replace("_", " ") for name in shown.index])
    ax.grid(axis="y", visible=False)
    title = t(
        "{count} of {all} channels return {target} times their acquisition cost with certainty",
        count=int((shown["ratio_low"] >= target).sum()), all=len(shown), target=style.number(target),
    )  # fmt: skip
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "Lifetime contribution over cost a new customer of the first-touch channel, {level} intervals",
            level=style.percent(level),
        ),
    )


def effect_forest(rows: pd.DataFrame, truth: float | None, *, level: float = 0.9) -> style.Figure:
    """Estimates of one effect by method with intervals; the truth as a line where it is known."""
    fig, ax = style.figure(height=0.36 * len(rows) + 0.4)
    place = np.arange(len(rows))[::-1]
    hues = [style.ACCENT if name == rows.index[-1] else style.GREY for name in rows.index]
    ax.hlines(place, rows["low"], rows["high"], color=hues, linewidth=2.2)
    ax.scatter(rows["estimate"], place, color=hues, s=28, zorder=3)
    ax.set_yticks(place, [t(str(name)) for name in rows.index])
    ax.grid(axis="y", visible=False)
    style.zero_line(ax, "x")
    ax.set_xlabel(t("USD a member in 180 days"))
    last = rows.iloc[-1]
    title = t(
        "Members spend {naive} more; membership itself brings {mine}",
        naive=style.money(float(rows["estimate"].iloc[0])), mine=style.money(float(last["estimate"])),
    )  # fmt: skip
    if truth is not None:
        ax.axvline(truth, color="black", linewidth=1)
        ax.annotate(t("truth {value}", value=style.number(truth, 1)), (truth, 0), xytext=(5, -12),
                    textcoords="offset points", fontsize=8)  # fmt: skip
    ax.set_ylim(-0.9, len(rows) - 0.4)
    subtitle = t("Effect of membership on spend, by method, with {level} intervals", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def email_value(frame: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Value a person and week by number of e-mails, after the value of those who leave."""
    fig, ax = style.figure(height=2.6)
    ax.vlines(frame["sends"], frame["value_low"], frame["value_high"], color=style.ACCENT, linewidth=2.2)
    ax.plot(frame["sends"], frame["value"], "o-", color=style.ACCENT, linewidth=1)
    style.zero_line(ax)
    ax.set_xlabel(t("e-mails a week"))
    best = frame.loc[frame["value"].idxmax()]
    same = frame.loc[frame["value_high"] >= best["value_low"], "sends"]
    title = t("{sends} e-mails a week bring most", sends=int(best["sends"]))
    if len(same) > 1:
        title = t(
            "{sends} e-mails a week bring most; {low} to {high} cannot be told apart",
            sends=int(best["sends"]), low=int(same.min()), high=int(same.max()),
        )  # fmt: skip
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "USD a person and week: contribution less the value of people who leave, {level} intervals",
            level=style.percent(level),
        ),
    )


def covariate_forest(effects: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Purchase rate by market and by first channel, as multiples of the commonest, with intervals."""
    kinds = list(dict.fromkeys(effects["covariate"]))
    most = max(int((effects["covariate"] == kind).sum()) for kind in kinds)
    fig, axes = style.figure(height=0.27 * most + 0.6, columns=len(kinds), sharex=True)
    clear = (effects["rate_low"] > 1) | (effects["rate_high"] < 1)
    for ax, kind in zip(np.ravel(axes), kinds, strict=True):
        shown = effects[effects["covariate"] == kind].sort_values("rate")
        place = np.arange(len(shown))
        hues = np.where(clear[shown.index], style.ACCENT, style.GREY)
        ax.hlines(place, shown["rate_low"], shown["rate_high"], color=hues, linewidth=2)
        ax.scatter(shown["rate"], place, color=hues, s=22, zorder=3)
        ax.axvline(1, color="black", linewidth=0.9)
        ax.set_yticks(place, [t(str(name).replace("_", " ")) for name in shown["value"]])
        ax.set_title(t("by {kind}", kind=t(kind)), fontsize=8, loc="left")
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(t("purchase rate over that of the commonest"), fontsize=8)
    title = t(
        "{count} of {all} markets and channels buy at their own rate; {chance} would by chance",
        count=int(clear.sum()), all=len(clear), chance=style.number(len(clear) * (1 - level), 0),
    )  # fmt: skip
    subtitle = t(
        "Purchase rate in the BG/NBD model with covariates, commonest value is 1; {level} intervals",
        level=style.percent(level),
    )
    return style.finish(fig, title=title, subtitle=subtitle)
