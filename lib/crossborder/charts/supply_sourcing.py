"""Figures of suppliers: scorecard dots, allocation against caps, cost of resilience, batches in control."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["allocation_bars", "control_chart", "resilience_curve", "scorecard_dots"]

TIER_MARKS = {"strategic": "D", "core": "o", "cooperative": "s", "blocked": "X"}


def scorecard_dots(frame: pd.DataFrame, indicators: tuple[str, ...], count: int = 16) -> style.Figure:
    """Points by indicator of the suppliers with the highest spend: larger and darker dots are better, crosses fail."""
    shown = frame.sort_values("spend_usd", ascending=False).head(count).sort_values("score")
    fig, ax = style.figure(height=0.25 * len(shown) + 1.1)
    cmap = style.SEQUENTIAL
    for column, name in enumerate(indicators):
        points = shown[f"{name}_points"].to_numpy(float)
        ax.scatter(
            np.full(len(shown), column), range(len(shown)), s=12 + 90 * points, c=[cmap(0.25 + 0.7 * p) for p in points]
        )
        failed = shown["failed"].str.contains(name, regex=False).to_numpy()
        ax.scatter(
            np.full(failed.sum(), column), np.flatnonzero(failed), marker="x", color=style.BAD, s=34, linewidths=1.6
        )
    for place, row in enumerate(shown.itertuples()):
        weight = "bold" if row.tier == "strategic" else "normal"
        ax.text(len(indicators) - 0.3, place, f"{row.score:.0f}  {t(row.tier)}", va="center", size=7.5, weight=weight)
    ax.set_yticks(range(len(shown)), [f"{row.supplier_id} {row.country}" for row in shown.itertuples()])
    ax.set_xticks(range(len(indicators)), [t(name.replace("_", " ")) for name in indicators], rotation=40, ha="right")
    ax.set_xlim(-0.6, len(indicators) + 1.6)
    ax.grid(visible=False)
    blocked = int((frame["tier"] == "blocked").sum())
    best = frame.loc[frame["score"].idxmax()]
    title = t(
        "{best} leads with {score} points; gates and checks block {blocked} of {all} suppliers",
        best=best["supplier_id"],
        score=style.number(best["score"]),
        blocked=blocked,
        all=len(frame),
    )
    subtitle = t("Points by indicator, largest suppliers by spend; a cross is a gate not passed")
    return style.finish(fig, title=title, subtitle=subtitle)


def allocation_bars(plan: pd.DataFrame, table: pd.DataFrame, country_cap: float) -> style.Figure:
    """Share of the volume by supplier against what it could take, and by country against the cap."""
    merged = plan.merge(table[["supplier_id", "capacity", "unit_cost"]], on="supplier_id").sort_values("units")
    demand = plan["units"].sum()
    fig, (left, right) = style.figure(height=0.3 * len(merged) + 0.9, columns=2, width_ratios=[3, 2])
    rows = np.arange(len(merged))
    left.barh(rows, np.minimum(merged["capacity"] / demand, 1.05), color=style.LIGHT, height=0.65)
    left.barh(rows, merged["share"], color=style.ACCENT, height=0.4)
    left.set_yticks(rows, [f"{r.supplier_id} {r.country} {r.unit_cost:.2f}" for r in merged.itertuples()])
    left.set_title(t("Supplier, country, USD a piece"))
    country = merged.groupby("country")["share"].sum().sort_values()
    right.barh(range(len(country)), country, color=style.GREY, height=0.5)
    right.axvline(country_cap, color=style.ACCENT, linewidth=1.4)
    right.set_yticks(range(len(country)), country.index)
    right.set_title(t("Country against the cap"))
    for ax in (left, right):
        style.human_axis(ax.xaxis, "percent")
        ax.grid(axis="x")
        ax.set_xlim(0, 1.06)
    used = int((merged["share"] > 0.005).sum())
    title = t(
        "{used} suppliers share the volume; the largest takes {share}",
        used=used,
        share=style.percent(float(merged["share"].max())),
    )
    return style.finish(fig, title=title, subtitle=t("Least-cost share of the category's volume; light: free capacity"))


def resilience_curve(curve: pd.DataFrame, currency: str = "USD") -> style.Figure:
    """Extra purchase cost and expected outage loss by the largest share of one supplier; the total's minimum marked."""
    shown = curve.sort_values("cap")
    base = shown["purchase_cost_year"].min()
    fig, ax = style.figure(height=3.0)
    extra = shown["purchase_cost_year"] - base
    total = extra + shown["expected_loss_year"]
    ax.plot(shown["cap"], extra, color=style.GREY)
    ax.plot(shown["cap"], shown["expected_loss_year"], color=style.ACCENT)
    ax.fill_between(shown["cap"], shown["loss_low"], shown["loss_high"], color=style.ACCENT, alpha=0.25, linewidth=0)
    ax.plot(shown["cap"], total, color=style.INK, linewidth=2.0)
    ax.plot(shown["cap"], shown["tail_loss_year"], color=style.ACCENT, linestyle=(0, (3, 2)))
    last = shown.iloc[-1]
    ends = {
        t("dearer purchases"): (last["cap"], float(extra.iloc[-1]), style.GREY),
        t("expected loss"): (last["cap"], float(last["expected_loss_year"]), style.ACCENT),
        t("both"): (last["cap"], float(total.iloc[-1]), style.INK),
        t("mean of worst 1 in 20"): (last["cap"], float(last["tail_loss_year"]), style.ACCENT),
    }
    ax.set_ylim(bottom=0)
    style.label_ends(ax, ends, gap=0.07)
    best = shown.iloc[int(np.argmin(total))]
    ax.plot(best["cap"], float(total.min()), "o", color=style.INK, ms=6)
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis)
    ax.set_xlim(shown["cap"].min() - 0.02, 1.3)
    ax.set_xticks([0.25, 0.4, 0.5, 0.65, 0.8, 1.0])
    ax.set_xlabel(t("Largest share that one supplier may have"))
    ax.set_ylabel(t("{currency} a year", currency=currency))
    single = t("Spreading the volume costs more than the outages it avoids: one source is cheapest on average")
    capped = t(
        "Price and outages together cost least when no supplier has more than {cap}", cap=style.percent(best["cap"])
    )
    title = single if best["cap"] >= 1 else capped
    return style.finish(fig, title=title, subtitle=t("Simulated outages; band: 90 % interval of the mean"))


def control_chart(chart: pd.DataFrame, supplier_id: str) -> style.Figure:
    """Share of defects by batch with control limits; batches out of control marked."""
    fig, ax = style.figure(height=2.6)
    place = np.arange(len(chart))
    ax.plot(place, chart["rate"], color=style.GREY, linewidth=1.0, marker="o", ms=2.5)
    ax.step(place, chart["high"], where="mid", color=style.ACCENT, linewidth=1.0)
    ax.axhline(float(chart["centre"].iloc[0]), color=style.GREY, linewidth=0.8)
    out = chart["out_of_control"].to_numpy(bool)
    ax.plot(place[out], chart["rate"].to_numpy()[out], "X", color=style.BAD, ms=7)
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("Batches in order of receipt"))
    title = t(
        "{count} of {all} batches of {supplier} are out of control",
        count=int(out.sum()),
        all=len(chart),
        supplier=supplier_id,
    )
    return style.finish(
        fig, title=title, subtitle=t("Share of defects among inspected pieces; line: three-sigma limit")
    )
