"""Figures of notebook 41: credit by method beside the truth, over-credit, path flow, error over worlds."""

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from crossborder import style
from crossborder.language import t

__all__ = ["credit_by_method", "error_over_worlds", "level_bars", "method_name", "path_flow", "roas"]

MARKS = {"last": "o", "first": "^", "linear": "s", "time_decay_position": "D", "markov": "v", "shapley": "P"}
NAMES = {
    "first": "First touch",
    "last": "Last touch",
    "last_non_direct": "Last non-direct",
    "linear": "Linear",
    "position": "Position",
    "time_decay": "Time decay",
    "time_decay_position": "Time decay x position",
    "markov": "Markov, removal",
    "markov_journey": "Markov, re-split",
    "shapley": "Shapley set",
    "logit_removal": "Logit, switched off",
    "logit_shapley": "Logit, Shapley",
    "calibrated": "Linear, calibrated",
    "calibrated_markov": "Markov, calibrated",
    "mix": "Mix model",
    "mix_calibrated": "Mix model, calibrated",
    "platforms": "Ad platforms claim",
    "truth": "Truth",
}


def method_name(method: str) -> str:
    """The name of a method for readers."""
    return t(NAMES.get(method, method.replace("_", " ")))


def credit_by_method(
    credits: pd.DataFrame, methods: list[str], truth: pd.Series | None = None, *, level: float = 0.9
) -> style.Figure:
    """Shares of credit by channel: one mark a method with its interval, a bar for the truth where it is known."""
    shown = credits[(credits["measure"] == "conversions") & credits["method"].isin(methods)]
    order = shown.groupby("channel")["share"].mean().sort_values().index
    fig, ax = style.figure(height=0.34 * len(order) + 0.5)
    place = pd.Series(np.arange(len(order)), index=order)
    if truth is not None:
        share = (truth / truth.sum()).reindex(order).fillna(0.0)
        ax.barh(place, share, height=0.78, color=style.LIGHT, zorder=1, label=t("Truth (caused orders)"))
    offsets = np.linspace(-0.28, 0.28, len(methods))
    for offset, method in zip(offsets, methods, strict=True):
        rows = shown[shown["method"] == method].set_index("channel").reindex(order)
        hue = style.PALETTE[methods.index(method) % len(style.PALETTE)]
        ax.hlines(place + offset, rows["share_low"], rows["share_high"], color=hue, linewidth=1.6, zorder=2)
        ax.plot(
            rows["share"], place + offset, MARKS.get(method, "o"), color=hue, markersize=4, zorder=3,
            label=method_name(method),
        )  # fmt: skip
    ax.set_yticks(place, [name.replace("_", " ") for name in order])
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlim(left=0)
    style.human_axis(ax.xaxis, "percent")
    ax.grid(axis="x")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower right", fontsize=7.5)
    last = shown[shown["method"] == methods[0]].set_index("channel")["share"]
    top = str(last.idxmax())
    if truth is None:
        spread = shown.groupby("channel")["share"].agg(lambda s: s.max() - s.min())
        title = t("{channel} depends most on the method", channel=str(spread.idxmax()).replace("_", " ").capitalize())
    else:
        title = t(
            "{channel} gets {credit} of the credit from {method} and brought {truth} of what marketing caused",
            channel=top.replace("_", " ").capitalize(), credit=style.percent(last[top]),
            method=method_name(methods[0]).lower(), truth=style.percent(float(truth[top] / truth.sum()), 1),
        )  # fmt: skip
    shares = style.percent(level)
    subtitle = t("Share of credited orders by channel and method, {level} intervals over journeys", level=shares)
    return style.finish(fig, title=title, subtitle=subtitle)


def level_bars(levels: pd.Series, truth: float | None) -> style.Figure:
    """Orders credited to marketing in total by method, against the orders that marketing caused."""
    levels = levels.sort_values()
    fig, ax = style.figure(height=0.3 * len(levels) + 0.4)
    hues = [style.ACCENT if truth is not None and value <= 1.25 * truth else style.GREY for value in levels]
    ax.barh(range(len(levels)), levels, color=hues, height=0.62)
    ax.set_yticks(range(len(levels)), [method_name(name) for name in levels.index])
    ax.grid(axis="y", visible=False)
    style.human_axis(ax.xaxis, "")
    title = t("Rules share out every order that had a touch")
    if truth is not None:
        ax.axvline(truth, color="black", linewidth=1.2)
        label = t("caused: {orders}", orders=style.number(truth))
        ax.annotate(label, (truth, 0), xytext=(4, -2), textcoords="offset points", fontsize=8, va="center")
        title = t(
            "Rules credit {ratio} times the orders that marketing caused",
            ratio=style.number(float(levels["linear"] / truth), 1),
        )
    return style.finish(fig, title=title, subtitle=t("Orders credited to all channels together, by method"))


def path_flow(flow: pd.DataFrame, keep: int = 6) -> style.Figure:
    """The last touches before an order as flows, small channels together."""
    flow = flow[flow["step"] <= 3]
    weight = flow[flow["step"] == 1].groupby("origin")["orders"].sum().sort_values(ascending=False)
    big = list(weight.index[:keep])
    other = t("other")
    names = [*big, other]
    merged = flow.assign(
        origin=flow["origin"].where(flow["origin"].isin(big), other),
        target=flow["target"].where(flow["target"].isin([*big, "order"]), other),
    )
    fig, ax = style.figure(height=3.4)
    total = float(weight.sum())
    bottoms = _stacks(ax, merged, names, total)
    for step in (3, 2):
        _ribbons(ax, merged[merged["step"] == step], step, names, bottoms)
    labels = [t("third last touch"), t("second last touch"), t("last touch"), t("order")]
    ax.set_xticks([0, 1, 2, 3], labels)
    ax.set_yticks([])
    ax.set_xlim(-0.1, 3.6)
    ax.grid(visible=False)
    single = 1 - float(flow[flow["step"] == 2]["orders"].sum()) / total
    return style.finish(
        fig,
        title=t("{share} of the orders with a journey had a single touch", share=style.percent(single)),
        subtitle=t("Orders by their last three touches; height is the number of orders"),
    )


def error_over_worlds(summary: pd.DataFrame) -> style.Figure:
    """Distance of each method to the truth over worlds: shares left, level right."""
    shown = summary.sort_values("share_distance", ascending=False)
    place = np.arange(len(shown))
    fig, axes = style.figure(height=0.27 * len(shown) + 0.6, columns=2, sharey=True)
    special = shown.index.str.contains("calibrated|logit|mix")
    hues = np.where(special, style.ACCENT, style.GREY)
    for ax, name, low, high in (
        (axes[0], "share_distance", "share_low", "share_high"),
        (axes[1], "level_ratio", "level_low", "level_high"),
    ):
        ax.hlines(place, shown[low], shown[high], color=hues, linewidth=1.6)
        ax.scatter(shown[name], place, color=hues, s=22, zorder=3)
        ax.grid(axis="y", visible=False)
        ax.set_xlim(left=0)
    axes[0].set_yticks(place, [method_name(name) for name in shown.index])
    axes[0].set_xlabel(t("share of credit in the wrong place"))
    axes[1].axvline(1, color="black", linewidth=0.9)
    axes[1].set_xlabel(t("credited over caused orders (1 is right)"))
    rules = shown[~special]
    title = t(
        "Over {worlds} worlds the best rule misplaces {rule} of the credit, calibrated credit {calibrated}, the "
        "calibrated mix model {mix}",
        worlds=int(shown["worlds"].iloc[0]), rule=style.percent(float(rules["share_distance"].min())),
        calibrated=style.percent(float(shown.loc["calibrated", "share_distance"])),
        mix=style.percent(float(shown.loc["mix_calibrated", "share_distance"])),
    )  # fmt: skip
    return style.finish(fig, title=title, subtitle=t("Median and 5 to 95 % range over worlds with known effects"))


def roas(panel: pd.DataFrame, break_even: float, *, level: float = 0.9) -> style.Figure:
    """Revenue credited a dollar of spend by channel, with intervals and the break-even."""
    shown = panel[panel["roas"].notna()].sort_values("roas")
    fig, ax = style.figure(height=0.28 * len(shown) + 0.5)
    place = np.arange(len(shown))
    hues = [style.colour("channel", str(name)) for name in shown.index]
    ax.hlines(place, shown["roas_low"], shown["roas_high"], color=hues, linewidth=2)
    ax.scatter(shown["roas"], place, color=hues, s=24, zorder=3)
    ax.axvline(break_even, color="black", linewidth=1)
    ax.annotate(
        t("break-even {value}", value=style.number(break_even, 1)), (break_even, len(shown) - 0.6), xytext=(4, 0),
        textcoords="offset points", fontsize=8, va="center",
    )  # fmt: skip
    ax.set_yticks(place, [str(name).replace("_", " ") for name in shown.index])
    ax.set_xlim(left=0)
    ax.grid(axis="y", visible=False)
    below = shown.index[shown["roas_high"] < break_even]
    title = t(
        "{count} of {all} channels are below break-even on credit that is too kind", count=len(below), all=len(shown)
    )
    if not len(below):
        title = t("All {all} channels look profitable on credit that is too kind", all=len(shown))
    subtitle = t("Credited revenue, USD per USD of spend, with {level} intervals", level=style.percent(level))
    return style.finish(fig, title=title, subtitle=subtitle)


def _stacks(ax: object, merged: pd.DataFrame, names: list[str], total: float) -> dict:
    """Bars of the three places and the order; the lower edge of every channel at every place."""
    bottoms = {}
    for step in (3, 2, 1):
        column = 3 - step
        level = 0.0
        sizes = merged[merged["step"] == step].groupby("origin")["orders"].sum()
        for name in names:
            size = float(sizes.get(name, 0.0))
            hue = style.colour("channel", name) if name in style.FIXED["channel"] else style.GREY
            ax.bar(column, size, bottom=level, width=0.16, color=hue)
            bottoms[(column, name)] = level
            if column == 2 and size > 0.03 * total:
                label = f"{name.replace('_', ' ')} {style.percent(size / total)}"
                ax.annotate(label, (2.12, level + size / 2), fontsize=8, va="center")
            level += size
    ax.bar(3, total, width=0.16, color="#444444")
    return bottoms


def _ribbons(ax: object, rows: pd.DataFrame, step: int, names: list[str], bottoms: dict) -> None:
    left, right = 3 - step, 4 - step
    out = {name: bottoms[(left, name)] for name in names}
    into = {name: bottoms[(right, name)] for name in names}
    flows = rows.groupby(["origin", "target"])["orders"].sum()
    for origin in names:
        for target in names:
            size = float(flows.get((origin, target), 0.0))
            if size <= 0:
                continue
            hue = style.colour("channel", origin) if origin in style.FIXED["channel"] else style.GREY
            ax.add_patch(_ribbon(left + 0.08, right - 0.08, out[origin], into[target], size, hue))
            out[origin] += size
            into[target] += size


def _ribbon(x0: float, x1: float, y0: float, y1: float, size: float, hue: str) -> PathPatch:
    middle = (x0 + x1) / 2
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 + size), (middle, y1 + size), (middle, y0 + size), (x0, y0 + size), (x0, y0),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), facecolor=hue, edgecolor="none", alpha=0.3)
