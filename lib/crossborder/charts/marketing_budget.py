"""Figures of notebook 42: tests, a test watched, response curves, budget moves, calibration, error over worlds."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from crossborder import style
from crossborder.language import t

__all__ = ["budget_arrows", "calibration_pairs", "response_curves", "test_forest", "watched_test", "worlds"]


def test_forest(tests: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Relative lift of every arm with its interval; readable tests in colour."""
    shown = tests.iloc[::-1].reset_index(drop=True)
    fig, ax = style.figure(height=0.36 * len(shown) + 0.4)
    place = np.arange(len(shown))
    clear = shown["verdict"].isin(["works", "harms"])
    hues = np.where(clear, style.ACCENT, style.GREY)
    ax.hlines(place, shown["lift_low"], shown["lift_high"], color=hues, linewidth=2.2)
    ax.scatter(shown["lift"], place, color=hues, s=26, zorder=3)
    style.zero_line(ax, "x")
    ax.set_yticks(place, [f"{row.subject}, {row.arm}" for row in shown.itertuples()])
    right = float(shown["lift_high"].max())
    for y, row in zip(place, shown.itertuples(), strict=True):
        ax.annotate(t(row.verdict), (right, y), xytext=(8, 0), textcoords="offset points", fontsize=8, va="center",
                    annotation_clip=False)  # fmt: skip
    style.human_axis(ax.xaxis, "percent")
    ax.grid(axis="y", visible=False)
    title = t("{count} of {all} arms show an effect that may be acted on", count=int(clear.sum()), all=len(shown))
    subtitle = t("Relative lift of conversion over the control, with {level} intervals", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def watched_test(path: pd.DataFrame, subject: str, *, level: float = 0.95) -> style.Figure:
    """Effect of one test by day, with the fixed-size interval and the one that holds at every look."""
    fig, ax = style.figure(height=2.8)
    day = np.arange(1, len(path) + 1)
    ax.fill_between(day, path["low"].clip(-0.1, 0.1), path["high"].clip(-0.1, 0.1), color=style.LIGHT, linewidth=0)
    ax.fill_between(day, path["fixed_low"], path["fixed_high"], color=style.ACCENT, alpha=0.3, linewidth=0)
    ax.plot(day, path["effect"], color=style.ACCENT, marker="o", markersize=4)
    style.zero_line(ax)
    ax.set_xticks(day)
    ax.set_xlabel(t("day of the test"))
    style.human_axis(ax.yaxis, "percent")
    edge = float(path["effect"].iloc[-1])
    style.label_ends(
        ax,
        {
            t("fixed size"): (day[-1], edge, style.ACCENT),
            t("holds at every look"): (day[-1], float(path["high"].iloc[-1]), style.GREY),
        },
    )
    fixed = bool(path["fixed_low"].iloc[-1] > 0)
    holds = bool(path["low"].iloc[-1] > 0)
    title = t("The test of {subject} proves nothing on the day it was stopped", subject=subject)
    if fixed and not holds:
        title = t(
            "{subject}: a winner by the fixed-size interval, unproven when looks count", subject=subject.capitalize()
        )
    elif holds:
        title = t("{subject}: proven even though it was watched", subject=subject.capitalize())
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "Difference of conversion rates since the start, with {level} intervals", level=style.percent(level)
        ),
    )


def response_curves(table: pd.DataFrame, best: pd.Series, *, level: float = 0.9) -> style.Figure:
    """Weekly response by channel with band; the current spend as a line, the proposed one as a dot."""
    names = list(best.index)
    columns = 4 if len(names) > 6 else 3
    rows = -(-len(names) // columns)
    fig, axes = style.figure(height=1.45 * rows, rows=rows, columns=columns)
    for ax, name in zip(np.ravel(axes), names, strict=False):
        own = table[table["channel"] == name]
        hue = style.colour("channel", name)
        ax.fill_between(own["spend"], own["response_low"], own["response_high"], color=hue, alpha=0.2, linewidth=0)
        ax.plot(own["spend"], own["response"], color=hue)
        ax.axvline(float(own["current"].iloc[0]), color=style.GREY, linewidth=0.9)
        y = np.interp(best[name], own["spend"], own["response"])
        ax.plot([best[name]], [y], "o", color="black", markersize=4, zorder=4)
        ax.set_title(name.replace("_", " "), fontsize=8, loc="left")
        ax.set_ylim(0, max(1e-9, float(own["response_high"].quantile(0.9))))
        style.human_axis(ax.xaxis)
        style.human_axis(ax.yaxis)
        ax.tick_params(labelsize=7)
    for ax in np.ravel(axes)[len(names) :]:
        ax.set_visible(False)
    wide = ((table["response_high"] - table["response_low"]) / table["response"].clip(lower=1e-9)).groupby(
        table["channel"]
    )
    title = t("What a dollar brings is known best for {channel}", channel=str(wide.median().idxmin()).replace("_", " "))
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "Revenue a week by spend a week, USD, with {level} bands; line: current spend, dot: proposed",
            level=style.percent(level),
        ),
    )


def budget_arrows(certificate: pd.DataFrame, gain: pd.Series) -> style.Figure:
    """Move of each channel's weekly budget, within its limits."""
    shown = certificate.sort_values("current")
    fig, ax = style.figure(height=0.32 * len(shown) + 0.4)
    place = np.arange(len(shown))
    ax.hlines(place, shown["low"], shown["high"], color=style.LIGHT, linewidth=7)
    for y, row in zip(place, shown.itertuples(), strict=True):
        hue = style.colour("channel", str(row.Index))
        ax.annotate(
            "", (row.spend, y), (row.current, y), arrowprops={"arrowstyle": "-|>", "color": hue, "linewidth": 2}
        )
        ax.plot([row.current], [y], "o", color=hue, markersize=3.5)
        ax.annotate(t(row.state), (row.high, y), xytext=(6, 0), textcoords="offset points", fontsize=7.5, va="center")
    ax.set_yticks(place, [str(name).replace("_", " ") for name in shown.index])
    ax.grid(axis="y", visible=False)
    ax.set_xlim(left=0)
    style.human_axis(ax.xaxis, t("USD a week"))
    title = t(
        "The same money, moved, brings {gain} a week more ({low} to {high})",
        gain=style.money(gain["gain"]), low=style.money(gain["low"]), high=style.money(gain["high"]),
    )  # fmt: skip
    return style.finish(
        fig, title=title, subtitle=t("Weekly budget by channel, USD: now to proposed, within the step limits")
    )


def calibration_pairs(
    before: pd.DataFrame, after: pd.DataFrame, truth: pd.Series | None, *, level: float = 0.9
) -> style.Figure:
    """Return by channel before and after calibration by the tests, with intervals and the truth where known."""
    order = before["roi"].sort_values().index
    fig, ax = style.figure(height=0.4 * len(order) + 0.4)
    place, limit = np.arange(len(order)), float(np.quantile(before["roi_high"], 0.9)) * 1.1
    for frame, offset, hue, label in (
        (before, 0.16, style.GREY, t("model alone")),
        (after, -0.16, style.ACCENT, t("with the tests")),
    ):
        rows = frame.loc[order]
        ax.hlines(place + offset, rows["roi_low"], rows["roi_high"], color=hue, linewidth=2)
        ax.scatter(rows["roi"], place + offset, color=hue, s=20, zorder=3, label=label)
        beyond = (place + offset)[rows["roi_high"] > limit]  # an arrow where the interval goes on
        ax.scatter(np.full(len(beyond), limit), beyond, color=hue, s=28, marker=">", clip_on=False)
    if truth is not None:
        ax.scatter(truth.reindex(order), place, marker="|", s=160, color="black", zorder=4, label=t("truth"))
    ax.set_yticks(place, [str(name).replace("_", " ") for name in order])
    ax.set_xlim(0, limit)
    ax.grid(axis="y", visible=False)
    ax.legend(fontsize=7.5, loc="lower right")
    width = {"model": before, "tests": after}
    width = pd.DataFrame({name: frame["roi_high"] - frame["roi_low"] for name, frame in width.items()})
    kept = (width["tests"] / width["model"]).sort_values()
    title = t("The tests narrow no return; the model alone knows as much")
    if kept.iloc[0] < 1:
        title = t(
            "The tests narrow {count} of {all} intervals, that of {channel} most: by {share}",
            count=int((kept < 1).sum()), all=len(kept), channel=t(str(kept.index[0]).replace("_", " ")),
            share=style.percent(1 - float(kept.iloc[0])),
        )  # fmt: skip
    if truth is not None:
        held = (after["roi_low"] <= truth.reindex(after.index)) & (truth.reindex(after.index) <= after["roi_high"])
        title = t("{count} of {all} intervals hold the true return", count=int(held.sum()), all=len(held))
    subtitle = t("Revenue a dollar of spend by channel, with {level} intervals", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def worlds(errors: pd.DataFrame) -> style.Figure:
    """Over worlds: how often the ROI intervals hold the truth, misplaced share, and the optimiser's true gain."""
    fig, axes = style.figure(height=2.4, columns=3)
    for ax, name, label in (
        (axes[0], "covered", t("channels whose interval holds")),
        (axes[1], "share_distance", t("misplaced share")),
        (axes[2], "true_gain", t("true gain of the move")),
    ):
        for y, model in enumerate(("plain", "calibrated")):
            values = errors.loc[errors["model"] == model, name].to_numpy()
            hue = style.ACCENT if model == "calibrated" else style.GREY
            spread = (np.arange(len(values)) % 5 - 2) * 0.06
            ax.scatter(values, y + spread, color=hue, s=10, alpha=0.7, linewidths=0)
            ax.plot(
                [np.mean(values) if name == "covered" else np.median(values)] * 2, [y - 0.3, y + 0.3], color="black"
            )
        ax.set_yticks([0, 1], [t("alone"), t("with tests")])
        ax.set_ylim(-0.6, 1.6)
        ax.set_xlabel(label, fontsize=8)
        style.human_axis(ax.xaxis, "percent")
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        ax.grid(axis="y", visible=False)
    style.zero_line(axes[2], "x")
    own = errors[errors["model"] == "calibrated"]
    title = t(
        "In {worlds} worlds the intervals hold {covered} of the true returns; the move gains in {gains}",
        worlds=len(own), covered=style.percent(float(own["covered"].mean())), gains=int((own["true_gain"] > 0).sum()),
    )  # fmt: skip
    return style.finish(
        fig, title=title, subtitle=t("One dot a simulated world with known response; black: mean (left) or median")
    )
