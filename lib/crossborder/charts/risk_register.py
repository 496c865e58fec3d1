"""Figures of the risk register: loss exceedance with the reserve, scores against losses, what makes bad years."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = ["adequacy", "disagreement", "exceedance", "tail"]

SHORTEST = 1e-3


def exceedance(curves: dict[str, pd.DataFrame], reserve_usd: float, suffices: dict[str, float]) -> style.Figure:
    """Loss exceedance curves with the reserve; the first curve is the answer, the others are context."""
    fig, ax = style.figure(height=3.0)
    hues = [style.ACCENT, style.GREY, style.PALETTE[0]]
    dashes = ["-", "--", ":"]
    ends = {}
    for hue, dash, (name, curve) in zip(hues, dashes, curves.items(), strict=False):
        ax.plot(curve["loss_usd"], curve["probability"], color=hue, linestyle=dash)
        at = (curve["probability"] - 0.004).abs().idxmin()
        ends[name] = (curve.loc[at, "loss_usd"], curve.loc[at, "probability"], hue)
    ax.set_yscale("log")
    ax.set_ylim(SHORTEST, 1.2)
    ax.set_yticks([1, 0.1, 0.01, 0.001], [style.percent(p, 1 if p < 0.01 else 0) for p in (1, 0.1, 0.01, 0.001)])
    ax.minorticks_off()
    ax.set_xlim(0, max(c.loc[c["probability"] > SHORTEST, "loss_usd"].max() for c in curves.values()) * 1.02)
    ax.axvline(reserve_usd, color=style.INK, linewidth=1.0)
    ax.annotate(
        t("reserve {amount}", amount=style.money(reserve_usd)), (reserve_usd, 0.9), xytext=(4, 0),
        textcoords="offset points", size=8, va="top",
    )  # fmt: skip
    for name, (x, y, hue) in ends.items():
        # Left and right of the curves, so that the two labels do not meet.
        side = -1 if name != next(iter(curves)) else 1
        labels.halo(ax.annotate(
            name, (x, y), xytext=(6 * side, 5 * side), textcoords="offset points", size=8, va="center",
            ha="left" if side > 0 else "right", color=style.darker(hue),
        ))  # fmt: skip
    style.human_axis(ax.xaxis, "USD")
    return style.finish(
        fig,
        title=t(
            "The reserve suffices in {share} of the years ({low} to {high})",
            share=style.percent(suffices["probability"]),
            low=style.percent(suffices["low"]),
            high=style.percent(suffices["high"]),
        ),
        subtitle=t(
            "Probability of a yearly loss of at least so much, all risks together, logarithmic; interval from "
            "uncertain frequencies and severities"
        ),
    )


def disagreement(table: pd.DataFrame, agreement: float) -> style.Figure:
    """Rank by score against rank by tail loss; the risks that disagree are named."""
    fig, ax = style.figure(height=3.6)
    size = len(table)
    ax.plot([1, size], [1, size], color=style.LIGHT, linewidth=1, zorder=1)
    looks = {"agrees": (style.GREY, "o"), "underrated": (style.ACCENT, "^"), "overrated": (style.GOOD, "v")}
    for verdict, (hue, marker) in looks.items():
        part = table[table["verdict"] == verdict]
        ax.scatter(part["rank_score"], part["rank_tail"], color=hue, marker=marker, s=34, zorder=3)
    ax.set_xlim(0, size + 1)
    ax.set_ylim(size + 1, 0)
    ax.set_xlabel(t("rank by score (1 is worst)"))
    ax.set_ylabel(t("rank by simulated tail loss"))
    ax.grid(axis="both")
    named = table[table["verdict"] != "agrees"].sort_values("rank_tail")
    hues = [style.darker(looks[verdict][0]) for verdict in named["verdict"]]
    labels.beside(ax, list(zip(named["name"], named["rank_score"], named["rank_tail"], hues, strict=True)), size=7.5)
    under = int((table["verdict"] == "underrated").sum())
    return style.finish(
        fig,
        title=t(
            "The scores miss {under} costly risks; their rank correlation with the tail loss is {rho}",
            under=under,
            rho=style.number(agreement, 2),
        ),
        subtitle=t(
            "Each risk by its rank in the register and in the simulation; triangles up: costlier than scored, "
            "down: scored too high"
        ),
    )


def tail(table: pd.DataFrame, *, level: float, count: int = 10) -> style.Figure:
    """Mean loss of a usual year and of a bad year by risk, the largest in the tail first."""
    shown = table.head(count).iloc[::-1]
    place = np.arange(len(shown))
    fig, ax = style.figure(height=0.27 * len(shown) + 0.6)
    ax.hlines(place, shown["mean_usd"], shown["tail_usd"], color=style.LIGHT, linewidth=2, zorder=1)
    ax.scatter(shown["mean_usd"], place, s=30, facecolor="white", edgecolor=style.GREY, zorder=2)
    ax.scatter(shown["tail_usd"], place, s=34, color=style.ACCENT, zorder=3)
    ax.set_yticks(place, shown["name"])
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlim(left=0)
    style.human_axis(ax.xaxis, "USD")
    top = table.iloc[0]
    return style.finish(
        fig,
        title=t(
            "{name} makes {share} of the loss in a bad year", name=top["name"], share=style.percent(top["tail_share"])
        ),
        subtitle=t(
            "Mean loss by risk in all years (open) and in the worst {share} of the years (full); the {count} largest",
            share=style.percent(1 - level),
            count=len(shown),
        ),
    )


def adequacy(table: pd.DataFrame, share: float) -> style.Figure:
    """Probability that an accrual suffices, by its share of revenue."""
    fig, ax = style.figure(height=2.3)
    ax.fill_between(table["share"], table["low"], table["high"], color=style.ACCENT, alpha=0.18, linewidth=0)
    ax.plot(table["share"], table["probability"], color=style.ACCENT, marker="o", markersize=3.5)
    here = table.iloc[(table["share"] - share).abs().argmin()]
    ax.annotate(
        style.percent(here["probability"]), (here["share"], here["probability"]), xytext=(4, -12),
        textcoords="offset points", size=8,
    )  # fmt: skip
    style.human_axis(ax.yaxis, "percent")
    ax.xaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    ax.set_xlabel(t("reserve, share of a year's revenue"))
    return style.finish(
        fig,
        title=t(
            "{share} of revenue suffices in {probability} of the years",
            share=style.percent(share, 1),
            probability=style.percent(float(here["probability"])),
        ),
        subtitle=t("Probability that a year's losses stay within the reserve; band: 90 %, uncertain parameters"),
    )
