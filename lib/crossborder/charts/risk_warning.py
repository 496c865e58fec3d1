"""Figures of early warning: scores with incidents and alerts, precision against recall, lead times."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = ["control", "lead_times", "precision_recall", "run_lengths"]


def control(
    scores: pd.DataFrame,
    threshold: float,
    incidents: pd.DataFrame,
    alerts: pd.DataFrame,
    split: pd.Timestamp,
    *,
    count: int = 4,
) -> style.Figure:
    """Scores of the kinds with most incidents, their limit, the incidents below and the alerts above."""  # fmt: skip
    kinds = [k for k in incidents["kind"].value_counts().index if k in scores][:count]
    fig, axes = style.figure(height=0.95 * len(kinds) + 0.3, rows=len(kinds), sharex=True)
    for ax, kind in zip(np.atleast_1d(axes), kinds, strict=True):
        line = scores[kind]
        ax.axvspan(split, line.index[-1], color=style.LIGHT, alpha=0.35, linewidth=0)
        ax.plot(line.index, line, color=style.GREY, linewidth=1.0)
        ax.axhline(threshold, color=style.INK, linewidth=0.8, linestyle=":")
        raised = alerts.loc[alerts["kind"] == kind, "start"]
        ax.scatter(raised, line.reindex(raised).clip(upper=8), marker="^", s=26, color=style.GOOD, zorder=3)
        began = incidents.loc[incidents["kind"] == kind, "started_on"]
        ax.scatter(began, np.full(len(began), -2.4), marker="X", s=30, color=style.ACCENT, zorder=3, clip_on=False)
        ax.set_ylim(-3.2, 8.5)
        ax.set_yticks([0, 4, 8])
        ax.set_title(kind.replace("_", " "), size=8, pad=2)
        ax.set_xlim(line.index[0], line.index[-1])
    shown_incidents = int(incidents["kind"].isin(kinds).sum())
    shown_alerts = int(alerts["kind"].isin(kinds).sum())
    return style.finish(
        fig,
        title=t(
            "{alerts} alerts and {incidents} incidents of the {count} most frequent kinds",
            alerts=shown_alerts,
            incidents=shown_incidents,
            count=len(kinds),
        ),
        subtitle=t(
            "Score by week (standard units), limit (dotted), alerts (triangles), incidents (crosses); "
            "shaded: weeks that chose no limit"
        ),
    )


def precision_recall(past: pd.DataFrame, later: pd.DataFrame, floor: float) -> style.Figure:
    """Precision against recall of one rule over its limits, past and later; size of the points is the cost."""
    fig, ax = style.figure(height=2.9)
    top = max(past["cost_usd"].max(), later["cost_usd"].max())
    ends = []
    for table, hue, name in ((past, style.GREY, t("before the split")), (later, style.ACCENT, t("after the split"))):
        used = table.dropna(subset=["precision"]).sort_values("threshold")
        ax.plot(used["recall"], used["precision"], color=hue, linewidth=1, zorder=2)
        ax.scatter(
            used["recall"], used["precision"], s=12 + 90 * used["cost_usd"] / top, color=hue, alpha=0.65, zorder=3
        )
        ends.append((name, used["recall"].iloc[-1], used["precision"].iloc[-1], style.darker(hue)))
    chance = float(later["precision_chance"].mean())
    ax.axhline(floor, color=style.INK, linewidth=0.8, linestyle=":")
    ax.axhline(chance, color=style.GREY, linewidth=0.8, linestyle="--")
    ax.text(0.012, floor + 0.012, t("floor"), size=8)
    ax.text(0.012, chance + 0.012, t("by chance"), size=8, color=style.GREY)
    ax.set_xlim(0, 1.03)
    ax.set_ylim(0, 1.03)
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("recall: incidents with a warning"))
    ax.set_ylabel(t("precision: alerts that were right"))
    labels.beside(ax, ends, gap=8)
    best = later.loc[later["cost_usd"].idxmin()]
    return style.finish(
        fig,
        title=t(
            "After the split the cheapest limit finds {recall} of the incidents; {precision} of its alerts are right",
            recall=style.percent(best["recall"]),
            precision=style.percent(best["precision"]),
        ),
        subtitle=t("One point a limit; larger points cost more (missed losses and false alarms)"),
    )


def lead_times(table: pd.DataFrame) -> style.Figure:
    """Weeks from the alert to the day the company noticed, by incident, longest first."""
    warned = table[table["warned"]].sort_values("lead_weeks")
    fig, ax = style.figure(height=0.17 * len(warned) + 0.7)
    place = np.arange(len(warned))
    hues = np.where(warned["lead_weeks"] >= 1, style.GOOD, style.ACCENT)
    ax.hlines(place, 0, warned["lead_weeks"], color=style.LIGHT, linewidth=2)
    ax.scatter(warned["lead_weeks"], place, color=hues, s=24, zorder=3)
    ax.set_yticks(
        place, [f"{k.replace('_', ' ')}  {d:%Y-%m}" for k, d in zip(warned["kind"], warned["started_on"], strict=True)]
    )
    ax.tick_params(axis="y", labelsize=7)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    style.zero_line(ax, "x")
    ax.set_xlabel(t("weeks before the company noticed"))
    return style.finish(
        fig,
        title=t(
            "Half of the warnings came {median} weeks or more before anybody noticed",
            median=style.number(float(warned["lead_weeks"].median()), 1),
        ),
        subtitle=t(
            "{warned} of {all} incidents had a warning of their own kind; one line an incident",
            warned=len(warned),
            all=len(table),
        ),
    )


def run_lengths(design: pd.DataFrame, curves: pd.DataFrame) -> style.Figure:
    """Mean weeks to notice a shift, by its size, for charts with the same false-alarm rate."""
    fig, ax = style.figure(height=2.4)
    ends = {}
    hues = [style.GREY, style.PALETTE[0], style.PALETTE[2], style.ACCENT]
    for hue, (name, group) in zip(hues, curves.groupby("chart", sort=False), strict=False):
        ax.plot(group["shift"], group["weeks"], color=hue)
        first = group.iloc[0]
        ends[name] = (first["shift"], first["weeks"], hue)
    ax.set_yscale("log")
    ax.set_yticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
    ax.minorticks_off()
    placed = np.inf
    for name, (x, y, hue) in sorted(ends.items(), key=lambda item: -item[1][1]):
        placed = min(y, placed / 1.45)
        ax.annotate(
            name, (x, y), xytext=(x - 0.03, placed), textcoords="data", size=8, ha="right", va="center",
            color=style.darker(hue),
        )  # fmt: skip
    ax.set_xlim(curves["shift"].min() - 0.55, curves["shift"].max())
    ax.set_xlabel(t("size of the shift (spreads)"))
    best = design.loc[design["shifted"].idxmin()]
    return style.finish(
        fig,
        title=t(
            "A shift of one spread is noticed in {weeks} weeks by {chart}, in {slow} by single limits",
            weeks=style.number(best["shifted"], 1),
            chart=best["chart"],
            slow=style.number(float(design.loc[design["chart"] == "Shewhart", "shifted"].iloc[0]), 0),
        ),
        subtitle=t("Mean weeks until the signal; all charts give a false alarm once in the same number of weeks"),
    )
