"""Figures of pilots and tests: decision regions, a boundary with its path, effects, transfer, the critical path."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t
from crossborder.selection.pilots import Decision, Stakes, regions

__all__ = ["critical_path", "pilot_posterior", "sequential_path", "success_rates", "test_effects"]

ACTION_HUES = {"scale": style.GOOD, "fix": "#8a8a8a", "stop": style.BAD}


def pilot_posterior(made: Decision, stakes: Stakes, name: str) -> style.Figure:
    """Posterior of sell-through and return rate over the regions where each action is best."""
    sell, back = made.draws["sell_through"].to_numpy(), made.draws["return_rate"].to_numpy()
    x = np.linspace(0, max(1.0, float(sell.max())), 161)
    y = np.linspace(0, min(1.0, max(0.5, float(back.max()) * 1.1)), 121)
    area = regions(stakes, x, y)
    fig, ax = style.figure(height=3.2)
    for code, action in enumerate(ACTION_HUES):
        ax.contourf(x, y, (area == code).astype(float), levels=[0.5, 1.5], colors=[ACTION_HUES[action]], alpha=0.22)
        spots = np.argwhere(area == code)
        if len(spots) > 60:
            row, column = spots[np.argmin(((spots - spots.mean(axis=0)) ** 2).sum(axis=1))]
            ax.text(
                x[column],
                y[row],
                t(action),
                size=10,
                weight="bold",
                color=style.darker(ACTION_HUES[action]),
                ha="center",
            )
    ax.scatter(sell[:1500], back[:1500], s=4, color=style.INK, alpha=0.25, linewidth=0)
    ax.scatter([sell.mean()], [back.mean()], s=110, color=style.INK, edgecolor="white", marker="X", zorder=4)
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("Sold of stock in the span"))
    ax.set_ylabel(t("Returned of sold"))
    ax.grid(visible=False)
    return style.finish(
        fig,
        title=_pilot_title(made, name),
        subtitle=t("Plausible rates after the pilot (dots, cross: mean) over the regions where each action is best"),
    )


def _pilot_title(made: Decision, name: str) -> str:
    best = made.actions.loc[made.choice]
    titles = {
        "scale": t("Scale {name}: worth {value}, expected regret {loss}", name=name,
                   value=style.money(best["expected_usd"]), loss=style.money(best["expected_loss_usd"])),
        "fix": t("Fix {name} first: worth {value}, expected regret {loss}", name=name,
                 value=style.money(best["expected_usd"]), loss=style.money(best["expected_loss_usd"])),
        "stop": t("Stop {name}: scaling would lose {value}", name=name,
                  value=style.money(abs(made.actions.loc["scale", "expected_usd"]))),
    }  # fmt: skip
    return titles[made.choice]


def sequential_path(path: pd.DataFrame, name: str) -> style.Figure:
    """z value at each look inside or outside the boundary."""
    fig, ax = style.figure(height=2.8)
    ax.fill_between(path["day"], -path["boundary"], path["boundary"], color=style.LIGHT, alpha=0.5, linewidth=0)
    ax.plot(path["day"], path["boundary"], color=style.GREY, linewidth=1.1)
    ax.plot(path["day"], -path["boundary"], color=style.GREY, linewidth=1.1)
    for side in (-1.96, 1.96):
        ax.axhline(side, color=style.GREY, linewidth=0.8, linestyle=":")
    hue = style.GOOD
    ax.plot(path["day"], path["z"], color=hue, linewidth=1.6, marker="o", markersize=5)
    out = path[path["crossed"]]
    ax.scatter(out["day"], out["z"], s=90, facecolor="none", edgecolor=style.ACCENT, linewidth=1.6, zorder=4)
    style.zero_line(ax)
    top = float(max(np.abs(path["z"]).max(), path["boundary"].quantile(0.7))) * 1.15
    ax.set_ylim(-top, top)
    ax.set_xlim(0, float(path["day"].max()) * 1.22)
    last = path.iloc[-1]
    style.label_ends(ax, {
        t("path"): (1.015 * float(last["day"]), float(last["z"]), hue),
        t("boundary"): (1.015 * float(last["day"]), float(last["boundary"]), style.GREY),
    })  # fmt: skip
    ax.annotate(
        t("fixed-size limit"), (0, -1.96), xytext=(2, 2), textcoords="offset points", size=7.5, color=style.GREY
    )
    ax.set_xlabel(t("Day of the test"))
    first = path[path["crossed"]]
    title = (
        t("{name}: the boundary is crossed on day {day}", name=name, day=int(first["day"].iloc[0]))
        if len(first)
        else t("{name}: the path stays inside the boundary, so no difference is shown yet", name=name)
    )
    return style.finish(
        fig,
        title=title,
        subtitle=t("z value at each look; solid: limit that allows for all looks, dotted: for one look"),
    )


def test_effects(table: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Relative effect of every treated arm with its interval; broken splits are hollow."""
    part = table.iloc[::-1]
    place = np.arange(len(part))
    broken = part["verdict"].str.endswith("do not read").to_numpy()
    sure = part["verdict"].isin(["better", "worse"]).to_numpy()
    hues = np.where(broken, style.BAD, np.where(sure, style.GOOD, style.GREY))
    fig, ax = style.figure(height=0.7 + 0.3 * len(part))
    ax.hlines(place, part["relative_low"], part["relative_high"], color=hues, linewidth=1.8)
    ax.scatter(part["relative"], place, s=34, color=np.where(broken, "white", hues), edgecolor=hues, zorder=3)
    style.zero_line(ax, "x")
    names = [
        f"{r.experiment_id}  {r.subject}" + (f", {r.arm}" if r.arm != "treatment" else "") for r in part.itertuples()
    ]
    ax.set_yticks(place, names)
    for y, (_, row) in zip(place, part.iterrows(), strict=True):
        ax.annotate(
            t(row["verdict"]),
            (row["relative_high"], y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=7.5,
        )
    style.human_axis(ax.xaxis, "percent")
    ax.set_xlim(float(part["relative_low"].min()) - 0.03, float(part["relative_high"].max()) + 0.28)
    ax.grid(visible=False, axis="y")
    return style.finish(
        fig,
        title=t("{sure} of {all} arms show a difference; {broken} must not be read", sure=int(sure.sum()),
                all=len(part), broken=int(broken.sum())),
        subtitle=t("Effect on the share who buy, relative to the control, with {level} interval",
                   level=style.percent(level)),
    )  # fmt: skip


def success_rates(table: pd.DataFrame, benchmark: float, *, level: float = 0.9) -> style.Figure:
    """Success rate by quarter with interval against the rate usually claimed for the industry."""
    part = table[table["cohort"] != "all"]
    fig, ax = style.figure(height=2.4)
    x = np.arange(len(part))
    ax.vlines(x, part["low"], part["high"], color=style.GOOD, linewidth=1.6)
    ax.scatter(x, part["rate"], s=14 + 1.6 * part["launched"], color=style.GOOD, zorder=3)
    ax.axhline(benchmark, color=style.GREY, linewidth=0.9, linestyle="--")
    ax.annotate(t("claimed for the industry: {rate}", rate=style.percent(benchmark)), (-0.5, benchmark),
                xytext=(0, -9), textcoords="offset points", size=7.5, color=style.GREY)  # fmt: skip
    ax.set_xticks(x, part["cohort"], rotation=35, ha="right")
    ax.set_ylim(0, 1)
    style.human_axis(ax.yaxis, "percent")
    whole = table[table["cohort"] == "all"].iloc[0]
    return style.finish(
        fig,
        title=t("{rate} of launches succeeded ({range})", rate=style.percent(whole["rate"]),
                range=style.interval(float(whole["low"]), float(whole["high"]), style.percent)),
        subtitle=t("Share of launches that reached the mark by day 90, by quarter of the decision; {level} intervals",
                   level=style.percent(level)),
    )  # fmt: skip


def critical_path(steps: pd.DataFrame, chance: pd.Series, plan: str) -> style.Figure:
    """Steps on a time axis; critical ones full, with how often they are critical."""
    part = steps.iloc[::-1]
    place = np.arange(len(part))
    hues = np.where(part["critical"], style.ACCENT, style.LIGHT)
    fig, ax = style.figure(height=0.7 + 0.26 * len(part))
    ax.barh(place, part["end"] - part["start"], left=part["start"], color=hues, height=0.58)
    ax.hlines(place, part["end"], part["end"] + part["slack"], color=style.GREY, linewidth=1, linestyle=":")
    for y, (_, row) in zip(place, part.iterrows(), strict=True):
        ax.annotate(style.percent(float(chance[row["step"]])), (row["end"] + row["slack"], y), xytext=(4, 0),
                    textcoords="offset points", va="center", size=7.5, color=style.GREY)  # fmt: skip
    ax.set_yticks(place, part["name"])
    ax.set_xlim(0, float(steps["latest_end"].max()) * 1.08)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(t("Days from the start"))
    return style.finish(
        fig,
        title=t("{plan} takes {days} days; {count} of {all} steps are critical", plan=plan,
                days=style.number(float(steps["end"].max())), count=int(steps["critical"].sum()), all=len(steps)),
        subtitle=t("Planned steps: critical (full), slack (dotted), and how often each is critical when lengths vary"),
    )  # fmt: skip
