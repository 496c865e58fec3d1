"""Figures of the start and the board page: coverage, capability against benchmarks, decisions, scorecard, scenarios."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.company import kpis
from crossborder.language import t, text

__all__ = [
    "capability_bullets",
    "coverage_matrix",
    "key_figures",
    "scenario_strips",
    "scorecard_bullets",
]


def coverage_matrix(covered: pd.DataFrame, *, fresh_days: float = 35.0) -> style.Figure:
    """Tables as small tiles: there or not, with completeness as depth and a mark where the rows are old."""
    columns = 6
    rows = int(np.ceil(len(covered) / columns))
    fig, ax = style.figure(height=0.42 * rows + 0.2)
    for place, row in enumerate(covered.itertuples()):
        x, y = place % columns, rows - 1 - place // columns
        share = row.completeness if row.present else 0.0
        face = style.SEQUENTIAL(0.25 + 0.6 * share) if row.present else "white"
        ax.add_patch(_tile(x, y, face, row.present))
        dark = row.present and share > 0.6
        old = row.present and not np.isnan(row.age_days) and row.age_days > fresh_days
        ax.text(
            x + 0.04, y + 0.52, row.table.replace("_", " "), size=7.2, color="white" if dark else style.INK, va="center"
        )
        second = style.FORMATS["money"](row.rows) if row.present else t("missing")
        ax.text(
            x + 0.04,
            y + 0.2,
            second + (t(", old") if old else ""),
            size=6.3,
            color="white" if dark else style.INK,
            va="center",
        )
    ax.set_xlim(0, columns)
    ax.set_ylim(0, rows)
    ax.axis("off")
    there = int(covered["present"].sum())
    return style.finish(
        fig,
        title=t("{there} of {all} tables are there", there=there, all=len(covered)),
        subtitle=t(
            "Rows of each table; darker: more complete; dashed: missing; old: nothing newer than {days} days",
            days=style.number(fresh_days),
        ),
        source=t("The company's folder"),
    )


def _tile(x: float, y: float, face: object, present: bool):
    from matplotlib.patches import Rectangle

    edge = style.LIGHT if not present else "white"
    return Rectangle(
        (x, y + 0.04), 0.97, 0.9, facecolor=face, edgecolor=edge, linestyle="-" if present else "--", linewidth=1
    )


def capability_bullets(assessed: pd.DataFrame) -> style.Figure:
    """Each key figure on its own published band, worse end left, better end right, grouped by side."""
    table = assessed.sort_values(["side", "score"], ascending=[True, False]).reset_index(drop=True)
    rows = np.arange(len(table))[::-1]
    width = (
        (table["high_band"] - table["low_band"])
        .abs()
        .where(lambda w: w > 0, table["high_band"].abs().clip(lower=1e-9) * 0.5)
    )
    raw = (table["value"] - table["low_band"]) / width
    place = raw.where(table["better"] == "higher", 1 - raw).clip(-0.6, 1.6)
    fig, ax = style.figure(height=0.3 * len(table) + 0.5)
    ax.barh(rows, 1, color=style.LIGHT, height=0.5, alpha=0.7)
    good = place >= 0.5
    ax.plot(place[good], rows[good], "o", color=style.GOOD, markersize=6)
    ax.plot(place[~good], rows[~good], "D", color=style.BAD, markersize=5.5)
    for y, (value, unit) in zip(rows, table[["value", "unit"]].itertuples(index=False), strict=True):
        ax.text(1.68, y, _value(value, unit), va="center", size=7.5, color=style.INK)
    names = [t(name.replace("_", " ").removesuffix(" usd")) for name in table["name"]]
    ax.set_yticks(rows, [f"{name}  ({t(side)})" for name, side in zip(names, table["side"], strict=True)], size=7.5)
    ax.set_xticks([0, 1], [t("worse end of the band"), t("better end")])
    ax.set_xlim(-0.65, 2.05)
    ax.grid(visible=False)
    best = assessed.groupby("side")["score"].mean().sort_values()
    return style.finish(
        fig,
        title=t("Strongest side: {best}; weakest: {worst}", best=t(best.index[-1]), worst=t(best.index[0])),
        subtitle=t(
            "Key figures of the last 365 days on published bands (grey); circle: upper half, diamond: lower half; "
            "at the rim: far outside"
        ),
        source=t("Company tables; bands from published claims, which are not evidence"),
    )


def _value(value: float, unit: str) -> str:
    if unit == "share":
        return style.percent(value, 1)
    if unit == "USD":
        return style.money(value, digits=2)
    if unit == "ratio":
        return t("{value} times", value=style.number(value, 1))
    return text(f"{style.number(value, 0 if unit in ('orders', 'visits') else 1)} {unit}")


def key_figures(values: pd.DataFrame) -> style.Table:
    """The key figures as a table, each value in its own unit with its interval."""
    shown = values[["name", "side", "unit", "timing", "owner", "formula"]].copy()
    words = [_value(value, unit) for value, unit in values[["value", "unit"]].itertuples(index=False)]
    ends = [
        "" if np.isnan(low) else f" ({style.interval(low, high, lambda share: style.percent(share, 1))})"
        for low, high in values[["low", "high"]].itertuples(index=False)
    ]
    shown.insert(1, "value", [word + end for word, end in zip(words, ends, strict=True)])
    shown["name"] = [t(kpis.named(name)) for name in shown["name"]]
    return style.table(shown.drop(columns="unit"), caption=t("Key figures of the last 365 days"), limit=30)


def scorecard_bullets(card: pd.DataFrame) -> style.Figure:
    """Score of each perspective and of all, with its weight."""
    table = card.iloc[::-1].reset_index(drop=True)
    fig, ax = style.figure(height=0.4 * len(table) + 0.5)
    rows = np.arange(len(table))
    ax.barh(rows, 1, color=style.LIGHT, alpha=0.6, height=0.62)
    colours = [style.INK if name == "total" else style.PALETTE[0] for name in table["perspective"]]
    ax.barh(rows, table["score"], color=colours, height=0.34)
    labels = [
        t("{name} ({weight})", name=t(n.capitalize()), weight=style.percent(w))
        for n, w in zip(table["perspective"], table["weight"], strict=True)
    ]
    ax.set_yticks(rows, labels)
    for y, score in zip(rows, table["score"], strict=True):
        ax.text(1.01, y, style.percent(score), va="center", size=8)
    style.human_axis(ax.xaxis, "percent")
    ax.set_xlim(0, 1.1)
    ax.grid(visible=False)
    parts = card[card["perspective"] != "total"]
    weakest = parts.loc[parts["score"].idxmin(), "perspective"]
    return style.finish(
        fig,
        title=t(
            "{total} of the way that was due by today; {weakest} lags most",
            total=style.percent(float(card.loc[card["perspective"] == "total", "score"].iloc[0])),
            weakest=t(weakest),
        ),
        subtitle=t("Progress of key results over what was expected by today, weights as stated by the objectives"),
        source=t("Objectives of the company"),
    )


def scenario_strips(table: pd.DataFrame, measures: dict[str, str]) -> style.Figure:
    """Scenarios (rows) by measure (columns), each as its change against base."""
    base = table[table["scenario"] == "base"].iloc[0]
    others = table[table["scenario"] != "base"].sort_values("enterprise_value").reset_index(drop=True)
    fig, axes = style.figure(height=0.3 * len(others) + 0.7, columns=len(measures), sharey=True)
    rows = np.arange(len(others))
    for ax, (name, label) in zip(np.ravel(axes), measures.items(), strict=True):
        change = others[name].astype(float) - float(base[name])
        ax.barh(rows, change, color=np.where(change >= 0, style.GOOD, style.BAD), height=0.6)
        style.zero_line(ax, "x")
        ax.set_title(t(label), size=8)
        ax.grid(axis="y", visible=False)
        if name.endswith("share"):
            style.human_axis(ax.xaxis, "percent")
        else:
            style.human_axis(ax.xaxis)
        ax.tick_params(axis="x", labelsize=6.5)
        ax.xaxis.set_major_locator(_few())
    np.ravel(axes)[0].set_yticks(rows, [t(name.replace("_", " ")) for name in others["scenario"]], size=7.5)
    worst = others.iloc[0]
    return style.finish(
        fig,
        title=t(
            "Worst of the scenarios: {name}, which takes {loss} of value",
            name=t(worst["scenario"].replace("_", " ")),
            loss=style.money(float(base["enterprise_value"]) - float(worst["enterprise_value"])),
        ),
        subtitle=t("Change against the base scenario; one change of assumptions moves every column"),
        source=t("The chain from landed cost to value, run under every scenario"),
    )


def _few():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(3)
