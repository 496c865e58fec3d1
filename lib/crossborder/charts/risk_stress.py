"""Figures of stress and continuity: the stress matrix, what breaks us, concentration, capacity after an outage."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = ["capacity", "concentration", "matrix", "outage", "reverse"]

MEASURES = {
    "landed_cost_per_order": ("landed cost", "money", -1),
    "landed_cost": ("landed cost", "money", -1),
    "contribution_share": ("contribution margin", "percent", 1),
    "ebitda_year": ("profit (EBITDA)", "money", 1),
    "cash_low": ("lowest cash", "money", 1),
    "cash_headroom": ("cash above covenant", "money", 1),
    "leverage_headroom": ("leverage headroom", "ratio", 1),
}


def matrix(table: pd.DataFrame) -> style.Figure:
    """Shock by measure: colour is the change against the base, the number is the value."""
    names = [name for name in MEASURES if name in table]
    base = table.iloc[0]
    fig, ax = style.figure(height=0.3 * len(table) + 0.7)
    values = table[names].replace([np.inf, -np.inf], np.nan).to_numpy(float)
    scale = np.maximum(np.abs(base[names].to_numpy(float)), 1e-9)
    change = (values - base[names].to_numpy(float)) / scale * np.array([MEASURES[n][2] for n in names])
    shade = np.where(np.isnan(change), -1.0, np.clip(change, -1, 1))
    ax.imshow(-shade, cmap=style.DIVERGING, vmin=-1, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        dark = abs(shade[row, column]) > 0.62
        text = _value(value, MEASURES[names[column]][1])
        ax.text(column, row, text, ha="center", va="center", size=7.5, color="white" if dark else style.INK)
    marks = [f"{n}  ✗" if broken else n for n, broken in zip(table["scenario"], table["breaks"], strict=True)]
    ax.set_yticks(range(len(table)), marks)
    ax.set_xticks(range(len(names)), [t(MEASURES[n][0]).replace(" ", "\n", 1) for n in names])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    broken = table[table["breaks"] != ""]
    return style.finish(
        fig,
        title=t(
            "{count} of {all} shocks break a covenant",
            count=len(broken),
            all=len(table) - 1,
        ),
        subtitle=t(
            "Value of each measure under each shock, money in USD; orange is worse than the base, blue better; a cross "
            "marks a broken covenant, a dash no profit to carry the debt"
        ),
    )


def reverse(grid: pd.DataFrame, *, measure: str) -> style.Figure:
    """Map of two shocks: where the measure turns negative."""
    fig, ax = style.figure(height=2.9)
    x, y = np.asarray(grid.columns, float), np.asarray(grid.index, float)
    top = float(np.nanmax(np.abs(grid.to_numpy())))
    drawn = ax.contourf(x, y, -grid.to_numpy(), levels=14, cmap=style.DIVERGING, vmin=-top, vmax=top)
    line = ax.contour(x, y, grid.to_numpy(), levels=[0], colors=[style.INK], linewidths=1.6)
    if line.levels.size and (grid.to_numpy() < 0).any():
        ax.clabel(line, fmt=t("limit"), fontsize=8)
    bar = fig.colorbar(drawn, ax=ax, shrink=0.9)
    bar.ax.yaxis.set_major_formatter(lambda value, _: style.money(-value, ""))
    bar.set_label(t("cash above the covenant, USD"), size=8)
    bar.outline.set_visible(False)
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t(str(grid.columns.name)))
    ax.set_ylabel(t(str(grid.index.name)))
    ax.grid(visible=False)
    share = float((grid.to_numpy() < 0).mean())
    return style.finish(
        fig,
        title=t("{share} of these combinations break the cash covenant", share=style.percent(share)),
        subtitle=t("Lowest cash of two years less the covenant's cash, by size of two shocks; black line: the limit"),
    )


def concentration(table: pd.DataFrame) -> style.Figure:
    """Largest share against its cap, by dimension."""
    shown = table.iloc[::-1].reset_index(drop=True)
    place = np.arange(len(shown))
    fig, ax = style.figure(height=0.42 * len(shown) + 0.5)
    hue = np.where(shown["within"], style.GOOD, style.BAD)
    ax.hlines(place, 0, shown["largest"], color=style.LIGHT, linewidth=3)
    ax.scatter(shown["largest"], place, color=hue, s=44, zorder=3)
    ax.scatter(shown["cap"], place, marker="|", s=220, color=style.INK, zorder=4)
    for row, at in zip(shown.itertuples(), place, strict=True):
        words = f"{t(str(row.name).replace('_', ' '))} {style.percent(row.largest)}"
        labels.halo(
            ax.annotate(words, (row.largest, at), xytext=(0, 9), textcoords="offset points", size=8, ha="center")
        )
    ax.set_yticks(place, [t(name) for name in shown["dimension"]])
    ax.set_xlim(0, max(1.0, float(shown["largest"].max()) * 1.15))
    ax.set_ylim(-0.5, len(shown) - 0.3)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    style.human_axis(ax.xaxis, "percent")
    above = table[~table["within"]]
    return style.finish(
        fig,
        title=t("{count} of {all} concentrations stand above their cap", count=len(above), all=len(table)),
        subtitle=t("Share of the largest part over the last year (point) and its cap (line)"),
    )


def capacity(curves: dict[str, pd.DataFrame], target: float) -> style.Figure:
    """Capacity left over time after the largest site fails, by scope."""
    fig, ax = style.figure(height=2.3)
    ends = {}
    for place, (name, curve) in enumerate(curves.items()):
        hue = (style.ACCENT, style.PALETTE[0], style.PALETTE[2])[place % 3]
        ax.plot(curve["hour"], curve["capacity"], color=hue)
        last = curve.iloc[-1]
        ends[t(name.replace("_", " "))] = (last["hour"], last["capacity"], hue)
    ax.axhline(target, color=style.INK, linewidth=0.8, linestyle=":")
    ax.set_ylim(0, 1.03)
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("hours after the failure"))
    style.label_ends(ax, ends)
    final = min(curve["capacity"].iloc[-1] for curve in curves.values())
    return style.finish(
        fig,
        title=t("After the switch {share} of the supply runs in the worst case", share=style.percent(float(final))),
        subtitle=t("Capacity left when the largest part fails and the others use what they have free; dotted: target"),
    )


def outage(losses: np.ndarray, cap: float) -> style.Figure:
    """Distribution of the revenue lost to supplier outages in a year, against the ceiling."""
    fig, ax = style.figure(height=2.2)
    ordered = np.sort(losses)
    probability = 1 - np.arange(len(ordered)) / len(ordered)
    ax.plot(ordered, probability, color=style.ACCENT)
    ax.axvline(cap, color=style.INK, linewidth=0.9)
    ax.set_yscale("log")
    ax.set_ylim(1e-3, 1.2)
    ax.set_yticks([1, 0.1, 0.01, 0.001], [style.percent(p, 1 if p < 0.01 else 0) for p in (1, 0.1, 0.01, 0.001)])
    ax.minorticks_off()
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda value, _: style.percent(value, 1))
    ax.annotate(t("ceiling"), (cap, 0.6), xytext=(4, 0), textcoords="offset points", size=8)
    above = float((losses > cap).mean())
    return style.finish(
        fig,
        title=t(
            "Supplier outages cost more than {cap} of revenue in {share} of the years",
            cap=style.percent(cap),
            share=style.percent(above, 1) if above >= 0.0005 else t("fewer than one in a thousand"),
        ),
        subtitle=t("Probability of losing at least so much of a year's revenue, after the stock that covers the gap"),
    )


def _value(value: float, kind: str) -> str:
    if np.isnan(value):
        return "–"
    if kind == "percent":
        return style.percent(value, 1)
    return style.number(value, 1) if kind == "ratio" or abs(value) < 1000 else style.money(value, "").strip()
