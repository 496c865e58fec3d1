"""Figures of the claims audit: grades, round numbers, claims beside own estimates."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["claims_beside_own", "evidence_grades", "round_numbers"]


def evidence_grades(graded: pd.DataFrame) -> style.Figure:
    """Claims by topic and grade, stacked, largest topic first."""
    counts = graded.pivot_table(index="topic", columns="grade", values="claim_id", aggfunc="count", fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values().index]
    hues = {"A": style.PALETTE[0], "B": style.PALETTE[5], "C": style.LIGHT, "D": style.PALETTE[1], "E": style.GREY}
    fig, ax = style.figure(height=0.36 * len(counts) + 0.7)
    left, rows = np.zeros(len(counts)), np.arange(len(counts))
    for grade in counts.columns:
        ax.barh(rows, counts[grade], left=left, color=hues[grade], height=0.66)
        for y, (start, width) in enumerate(zip(left, counts[grade], strict=True)):
            if width >= 8:
                ax.text(start + width / 2, y, f"{grade} {width}", ha="center", va="center", size=7, color=_ink(grade))
        left = left + counts[grade].to_numpy()
    ax.set_yticks(rows, [t(name.replace("_", " ").capitalize()) for name in counts.index])
    ax.grid(axis="y", visible=False)
    style.human_axis(ax.xaxis, t("claims"))
    usable = int((graded["grade"] <= "B").sum())
    return style.finish(
        fig,
        title=t(
            "{usable} of {all} published figures can be used with their scope; none is measured evidence",
            usable=usable,
            all=len(graded),
        ),
        subtitle=t(
            "B: with year and place; C: without, or a target; D: one firm, or an effect without control; E: repeated"
        ),
        source=t("Claims of five industry reports"),
    )


def _ink(grade: str) -> str:
    return "white" if grade in "AE" else style.INK


def round_numbers(graded: pd.DataFrame, clustering: pd.DataFrame) -> style.Figure:
    """How often each whole per cent stands among the exact claimed changes."""
    changes = graded[
        (graded["unit"] == "fraction") & (graded["value_low"] == graded["value_high"]) & (graded["grade"] != "E")
    ]
    changes = changes[changes["metric"].str.contains("relative_change", regex=False)]
    percent = (changes["value_low"].abs() * 100).round().astype(int)
    counts = percent[percent.between(1, 100)].value_counts().reindex(range(1, 101), fill_value=0)
    fig, ax = style.figure(height=2.4)
    colours = [style.ACCENT if value in (25, 30, 35, 40) else style.GREY for value in counts.index]
    ax.bar(counts.index, counts, color=colours, width=0.9)
    style.human_axis(ax.yaxis, t("claims"))
    ax.set_xlabel(t("claimed change, per cent"))
    first = clustering.iloc[0]
    return style.finish(
        fig,
        title=t(
            "{share} of claimed changes are exactly 25, 30, 35 or 40 %; chance would give {expected}",
            share=style.percent(first["share"]),
            expected=style.percent(first["expected_share"]),
        ),
        subtitle=t("Number of exact claims at each whole per cent, repeats left out; orange: the four values"),
        source=t("Claims of five industry reports"),
    )


def claims_beside_own(table: pd.DataFrame) -> style.Figure:
    """Own estimate with interval over the claim, on a ratio scale: 1 is agreement."""
    shown = table[(table["ratio"] > 0)].sort_values("ratio").reset_index(drop=True)
    rows = np.arange(len(shown))
    fig, ax = style.figure(height=0.32 * len(shown) + 0.6)
    low, high = shown["own_low"] / shown["claimed"], shown["own_high"] / shown["claimed"]
    for y, (start, end) in enumerate(zip(low, high, strict=True)):
        if start > 0 and end > 0:
            ax.hlines(y, start, end, color=style.PALETTE[0], linewidth=3, alpha=0.4)
    ax.plot(shown["ratio"], rows, "o", color=style.PALETTE[0])
    ax.axvline(1, color=style.INK, linewidth=1)
    ax.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    inside = [tick for tick in ticks if shown["ratio"].min() / 2 < tick < shown["ratio"].max() * 2]
    ax.set_xticks(inside, [f"{tick:g} x" for tick in inside])
    ax.minorticks_off()
    ax.set_yticks(rows, [t(name) for name in shown["lever"]], size=7.5)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.set_xlabel(t("our estimate over the claim"))
    near = int(shown["ratio"].between(0.9, 1.1).sum())
    return style.finish(
        fig,
        title=t("{near} of {all} claims lie within a tenth of what this company measures", near=near, all=len(shown)),
        subtitle=t(
            "Own estimate divided by the published figure, with the interval of the estimate where there is one"
        ),
        source=t("Recorded results of this run; claims of five industry reports"),
    )
