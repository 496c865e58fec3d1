"""Figures of market sizing: published sizes by definition, TAM to SOM, categories, concentration, channels."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = ["channel_contribution", "concentration", "share_growth", "size_paths", "sizes_by_definition", "tam_to_som"]

COSTS = ("goods", "commission", "payment", "fulfilment", "last_mile", "advertising")
COST_NAMES = {
    "goods": "goods", "commission": "commission", "payment": "payment", "fulfilment": "fulfilment",
    "last_mile": "last mile", "advertising": "advertising", "contribution": "contribution",
}  # fmt: skip
COST_HUES = ("#4d4d4d", "#8c8c8c", "#b3b3b3", "#0072B2", "#9cc5e0", "#E69F00")


def sizes_by_definition(
    records: pd.DataFrame, sizes: pd.DataFrame, definitions: pd.DataFrame, *, year: int, rate: float, level: float
) -> style.Figure:
    """Forest plot: each record under its definition, brought to `year` at `rate`, with the triangulated band.

    A filled dot is a value with its error, an open triangle a bound (it points where the truth may lie).
    """
    flags = list(definitions.columns)
    at_year = records.assign(now=records["value"] * (1 + rate) ** (year - records["year"]))
    groups = [at_year[(at_year[flags] == definitions.loc[d]).all(axis=1)] for d in definitions.index]
    rows = [len(g) + 2 for g in groups]
    fig, ax = style.figure(height=0.55 + 0.27 * sum(rows))
    ticks, place = [], 0.0
    for name, group in zip(definitions.index, groups, strict=True):
        ticks += _definition(ax, name, group, sizes.loc[name], place, level)
        place -= len(group) + 2
    _forest_axes(ax, [at for at, _ in ticks], [words for _, words in ticks], definitions.index)
    widest = (sizes["high"] / sizes["low"]).idxmax()
    return style.finish(
        fig,
        title=t(
            "One name, {count} markets: {small} to {large} tn USD by definition",
            count=len(sizes), small=style.number(sizes["median"].min(), 1),
            large=style.number(sizes["median"].max(), 1),
        ),
        subtitle=t(
            "World market in {year}, tn USD, log scale; band: {level} interval of each definition; dots: claims with "
            "their error, triangles: bounds",
            year=year, level=style.percent(level),
        ),
        alt=t(
            "Forest plot of published market sizes by definition; the widest interval is that of {widest}",
            widest=t(widest),
        ),
        source=t("Figures cited by industry reports (claims), read for scope by the analyst"),
    )  # fmt: skip


def _definition(
    ax, name: str, group: pd.DataFrame, band: pd.Series, place: float, level: float
) -> list[tuple[float, str]]:
    """One definition with its band, its median and its records below; the places and names of its ticks."""
    # The band reaches over the rows of its definition.
    ax.barh(place - len(group) / 2, band["high"] - band["low"], left=band["low"], height=len(group) + 0.9,
            color=style.LIGHT, alpha=0.6, linewidth=0)  # fmt: skip
    ax.plot([band["median"]] * 2, [place + 0.45, place - len(group) - 0.45], color=style.ACCENT, linewidth=1.4)
    ax.text(band["median"], place + 0.5, style.number(band["median"], 1), ha="center", va="bottom", size=8,
            color=style.darker(style.ACCENT))  # fmt: skip
    ticks = [(place, t(name))]
    for step, row in enumerate(group.itertuples(), start=1):
        _record(ax, row, place - step, level)
        ticks.append((place - step, f"{row.claim_id}  {row.year if row.dated else t('undated')}"))
    return ticks


def _record(ax, row, place: float, level: float) -> None:
    reach = np.exp(NormalDist().inv_cdf((1 + level) / 2) * row.log_sd)
    if row.bound == "=":
        ax.plot([row.now / reach, row.now * reach], [place, place], color=style.GREY, linewidth=1.2)
        ax.plot(row.now, place, "o", color=style.PALETTE[0], markersize=5)
        return
    marker, end = (">", row.now * 1.25) if row.bound == ">=" else ("<", row.now / 1.25)
    ax.plot([row.now, end], [place, place], color=style.PALETTE[0], linewidth=1.2)
    ax.plot(end, place, marker, markerfacecolor="white", markeredgecolor=style.PALETTE[0], markersize=6)
    ax.plot(row.now, place, "|", color=style.PALETTE[0], markersize=8)


def _forest_axes(ax, places: list[float], names: list[str], bold: pd.Index) -> None:
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    nice = [v for v in (0.2, 0.5, 1, 2, 5, 10, 20, 50) if low <= v <= high]
    ax.set_xticks(nice, [style.number(v, 0 if v >= 1 else 1) for v in nice])
    ax.minorticks_off()
    ax.set_yticks(places, names)
    shown = {t(name) for name in bold}
    for label in ax.get_yticklabels():
        if label.get_text() in shown:
            label.set_fontweight("bold")
            label.set_color(style.INK)
    ax.set_ylim(min(places) - 0.8, max(places) + 1.3)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")


def size_paths(paths: dict[str, pd.DataFrame], *, target: tuple[int, float] | None = None) -> style.Figure:
    """Size by year for each starting point with low, base and high growth; `target`: (year, size) claimed."""
    fig, ax = style.figure(height=2.7)
    labels = {}
    for i, (name, path) in enumerate(paths.items()):
        hue = style.PALETTE[i]
        ax.fill_between(path["year"], path["low"], path["high"], color=hue, alpha=0.15, linewidth=0)
        ax.plot(path["year"], path["base"], color=hue)
        labels[t(name)] = (path["year"].iloc[-1], path["base"].iloc[-1], hue)
    if target:
        ax.plot(*target, "D", color=style.ACCENT, markersize=6)
        ax.annotate(t("claimed"), target, xytext=(7, -9), textcoords="offset points", ha="left", size=8,
                    color=style.darker(style.ACCENT))  # fmt: skip
    years = sorted({int(y) for p in paths.values() for y in p["year"]})
    ax.set_xticks(years)
    ax.set_xlim(years[0], years[-1] + 0.2)
    ax.set_ylim(0)
    style.label_ends(ax, labels)
    ends = [p.iloc[-1] for p in paths.values()]
    return style.finish(
        fig,
        title=t(
            "By {year} the paths end between {low} and {high} tn USD",
            year=years[-1], low=style.number(min(e["low"] for e in ends), 1),
            high=style.number(max(e["high"] for e in ends), 1),
        ),
        subtitle=t("World sales, tn USD; lines: middle growth, bands: low to high growth that the claims leave"),
        source=t("Compound growth of the cited sizes at the cited rates"),
    )  # fmt: skip


def share_growth(
    frame: pd.DataFrame, *, total: float, level: float, currency: str = "USD", scale: float = 1.0
) -> style.Figure:
    """Categories by share and growth, dot area by size, with intervals of growth; lines: total growth, equal share."""
    fig, ax = style.figure(height=3.4)
    area = 500 * frame["size"] / frame["size"].max()
    hues = [style.colour("category", name) for name in frame.index]
    reach = [frame["growth"] - frame["growth_low"], frame["growth_high"] - frame["growth"]]
    ax.errorbar(frame["share"], frame["growth"], yerr=reach, fmt="none", ecolor=style.GREY, elinewidth=1)
    ax.scatter(frame["share"], frame["growth"], s=area, color=hues, alpha=0.75, linewidth=0)
    ax.axhline(total, color=style.GREY, linewidth=0.8, linestyle="--")
    ax.axvline(1 / len(frame), color=style.GREY, linewidth=0.8, linestyle="--")
    labels.halo(ax.annotate(
        t("all {growth}", growth=style.percent(total, 1)), (1, total), xycoords=("axes fraction", "data"),
        xytext=(-3, 3), textcoords="offset points", ha="right", size=7.5, color=style.GREY,
    ))  # fmt: skip
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("share of the market"))
    ax.set_ylabel(t("growth a year"))
    ax.margins(0.12)
    low, high = frame["share"].min(), frame["share"].max()
    ax.set_xlim(low - 0.08 * (high - low), high + 0.3 * (high - low))  # room for the last label
    names = [(t(name.replace("_", " ")), row["share"], row["growth"], style.INK) for name, row in frame.iterrows()]
    labels.beside(ax, names, gap=float(np.sqrt(area.max())) / 2 + 2)
    best = frame["p_faster"].idxmax()
    return style.finish(
        fig,
        title=t(
            "{name} outgrows the market with probability {p}; the largest is {largest} at {share}",
            name=t(best.replace("_", " ")).capitalize(), p=style.percent(frame.loc[best, "p_faster"]),
            largest=t(frame["share"].idxmax().replace("_", " ")), share=style.percent(frame["share"].max()),
        ),
        subtitle=t(
            "Share and growth a year by category, area by size ({total} in all), bars: {level} interval",
            total=style.money(scale * frame["size"].sum(), currency), level=style.percent(level),
        ),
        source=t("Published market sales, smoothed"),
    )  # fmt: skip


def tam_to_som(
    routes: dict[str, pd.DataFrame], gap: pd.DataFrame, *, level: float, currency: str = "USD", scale: float = 1.0
) -> style.Figure:
    """TAM, SAM and SOM by route with intervals (left, log scale) and the gap between the TAMs by factor (right)."""
    fig, (left, right) = style.figure(height=2.9, columns=2, width_ratios=[1.15, 1])
    for i, (name, frame) in enumerate(routes.items()):
        place = np.arange(len(frame))[::-1] + 0.14 * (1 if i == 0 else -1)
        hue = style.PALETTE[i]
        left.hlines(place, scale * frame["low"], scale * frame["high"], color=hue, linewidth=2)
        left.plot(scale * frame["median"], place, "o", color=hue, markersize=5)
        left.annotate(t(name), (scale * frame["median"].iloc[0], place[0]), xytext=(0, 6 if i == 0 else -13),
                      textcoords="offset points", ha="center", size=8, color=style.darker(hue))  # fmt: skip
    left.set_xscale("log")
    left.set_yticks(range(len(frame)), list(frame.index[::-1]))
    left.set_ylim(-0.6, len(frame) - 0.4)
    left.grid(visible=False, axis="y")
    left.grid(visible=True, axis="x")
    left.minorticks_off()
    style.human_axis(left.xaxis)
    left.set_xlabel(t("{currency} a year, log scale", currency=currency))
    _waterfall(right, gap, routes, currency, scale)
    first, second = (f.loc["TAM", "median"] for f in routes.values())
    som = [f.loc["SOM", "median"] for f in routes.values()]
    return style.finish(
        fig,
        title=t(
            "The two routes differ by a factor of {ratio}; obtainable are {low} to {high} a year",
            ratio=style.number(max(first, second) / min(first, second), 2), low=style.money(scale * min(som), currency),
            high=style.money(scale * max(som), currency),
        ),
        subtitle=t(
            "Left: total, serviceable and obtainable market, {level} intervals. Right: what carries the gap at base "
            "values, bottom-up to top-down",
            level=style.percent(level),
        ),
        source=t("Published market sales; population and internet users; company assumptions"),
    )  # fmt: skip


def _waterfall(ax, gap: pd.DataFrame, routes: dict[str, pd.DataFrame], currency: str, scale: float) -> None:
    effects = scale * gap["effect"]
    start = scale * gap["bottom_up"].prod()
    levels = np.concatenate([[0.0], start + np.concatenate([[0.0], effects.cumsum().to_numpy()])])
    names = [t("bottom-up"), *[t(n.replace("_", " ")) for n in gap.index], t("top-down")]
    heights = np.concatenate([[start], effects.to_numpy(), [levels[-1]]])
    bottoms = np.concatenate([[0.0], levels[1:-1], [0.0]])
    hues = [style.PALETTE[1], *[style.GOOD if e >= 0 else style.BAD for e in effects], style.PALETTE[0]]
    place = np.arange(len(names))[::-1]
    ax.barh(place, heights, left=bottoms, color=hues, height=0.62)
    for y, low, high in zip(place, np.minimum(bottoms, bottoms + heights), np.abs(heights), strict=True):
        text = style.money(high, currency) if y in (place[0], place[-1]) else None
        sign = heights[len(names) - 1 - y]
        signed = f"{'+' if sign >= 0 else '−'}{style.money(abs(sign), currency)}"
        ax.annotate(text or signed, (low + high, y), xytext=(3, 0), textcoords="offset points", va="center", size=7.5)
    ax.set_yticks(place, names)
    ax.set_xlim(0, 1.35 * (np.maximum(bottoms, bottoms + heights)).max())
    ax.set_xticks([])
    ax.grid(visible=False)


def concentration(frame: pd.DataFrame, *, limits: tuple[float, float], guideline: str) -> style.Figure:
    """HHI by market with interval on a log scale and the class limits; `frame`: index name; hhi, low, high, kind."""
    fig, ax = style.figure(height=0.6 + 0.24 * len(frame))
    frame = frame.sort_values("hhi")
    place = np.arange(len(frame))
    hues = [style.PALETTE[0] if kind == "measured" else style.ACCENT for kind in frame["kind"]]
    ax.hlines(place, frame["low"], frame["high"], color=hues, linewidth=2)
    ax.scatter(frame["hhi"], place, color=hues, s=26, zorder=3)
    ax.set_xscale("log")
    ticks = [v for v in (100, 200, 500, 1000, 2000, 5000, 10000) if frame["low"].min() / 1.5 <= v <= 10000]
    ax.set_xticks(ticks, [style.number(v) for v in ticks])
    ax.minorticks_off()
    for limit, name in zip(limits, ("moderate", "high"), strict=True):
        ax.axvline(limit, color=style.GREY, linewidth=0.8, linestyle="--")
        ax.annotate(t(name), (limit, 1), xycoords=("data", "axes fraction"), xytext=(2, 1), textcoords="offset points",
                    size=7.5, color=style.GREY, va="bottom")  # fmt: skip
    ax.set_yticks(place, [t(str(name)) for name in frame.index])
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    measured = frame[frame["kind"] == "measured"]
    return style.finish(
        fig,
        title=_concentration_title(measured, frame, limits),
        subtitle=t(
            "Herfindahl-Hirschman index, 0 to 10,000, log scale; limits of the {guideline} guidelines; orange: "
            "platforms by claims, bounds for those not listed",
            guideline=guideline.replace("_", " ").upper(),
        ),
        source=t("Rival offers by seller and estimated sales; cited platform shares"),
    )  # fmt: skip


def _concentration_title(measured: pd.DataFrame, frame: pd.DataFrame, limits: tuple[float, float]) -> str:
    """Whether the index passes the first limit of the guideline where we sell."""
    if measured.empty:
        ends = {"low": style.number(frame["low"].min()), "high": style.number(frame["high"].max())}
        return t("Sellers where we sell are not known; among the cited platforms the index is {low} to {high}", **ends)
    over = measured[measured["high"] >= limits[0]]
    if over.empty:
        return t("Sellers are many: the index is at most {top} where we sell", top=style.number(measured["high"].max()))
    return t(
        "Few sellers share {markets}: the index may reach {top}",
        markets=", ".join(over.index), top=style.number(over["high"].max()),
    )  # fmt: skip


def channel_contribution(
    summary: pd.DataFrame | None, *, level: float, currency: str = "USD", scale: float = 1.0
) -> style.Figure | None:
    """Where the revenue of an order goes on each platform, as parts that add up; None without platforms."""
    if summary is None:
        return None
    fig, ax = style.figure(height=0.75 + 0.42 * len(summary))
    place = np.arange(len(summary))[::-1]
    left = np.zeros(len(summary))
    for cost, hue in zip(COSTS, COST_HUES, strict=True):
        width = -scale * summary[cost].to_numpy()
        ax.barh(place, width, left=left, color=hue, height=0.6, label=t(COST_NAMES[cost]))
        left += width
    kept = scale * summary["contribution"].to_numpy()
    ax.barh(place, kept, left=left, color="#009E73", height=0.6)
    for x, y, k in zip(left, place, kept, strict=True):
        words = f"{t('contribution')} {style.number(k, 1)}"
        ax.text(x + k / 2, y, words, ha="center", va="center", size=7.5, color="white", weight="bold")
    ends = left + kept
    half = scale * (summary["high"] - summary["low"]).to_numpy() / 2
    ax.errorbar(ends, place, xerr=half, fmt="none", ecolor=style.INK, elinewidth=1.2, capsize=2)
    ax.set_yticks(place, [t(name.replace("_", " ")) for name in summary.index])
    ax.set_xlim(0, 1.06 * ends.max())
    ax.set_xlabel(t("{currency} an order", currency=currency))
    ax.legend(
        ncols=len(COSTS), loc="lower left", bbox_to_anchor=(0, 1.0), handlelength=0.9, columnspacing=1.1, borderpad=0
    )
    ax.grid(visible=False, axis="y")
    best = summary.index[0]
    return style.finish(
        fig,
        title=t(
            "{best} leaves most of an order: {value}, the best with probability {p}",
            best=t(best.replace("_", " ")).capitalize(), value=style.money(kept[0], currency),
            p=style.percent(summary.iloc[0]["p_best"]),
        ),
        subtitle=t(
            "Revenue of an order without tax, split into costs and contribution; black: {level} interval",
            level=style.percent(level),
        ),
        source=t("Orders, platform fees, advertising shared out by visits"),
    )  # fmt: skip
