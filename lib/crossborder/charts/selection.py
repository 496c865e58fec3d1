"""Figures of product selection: gates, sure ranks against value, what makes a score, calibration, demand."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t

__all__ = [
    "contributions",
    "demand",
    "gate_funnel",
    "method_agreement",
    "rank_and_value",
    "reliability",
    "value_spread",
]


def gate_funnel(funnel: pd.DataFrame, findings: pd.DataFrame) -> style.Figure:
    """Ideas that pass, need a fix or fall at each gate, with the most frequent reason beside."""
    fig, ax = style.figure(height=2.6)
    place = np.arange(len(funnel))[::-1]
    parts = (
        ("passed", style.GOOD, "pass"),
        ("to_fix", "#777777", "fix"),
        ("rejected", style.BAD, "reject"),
    )
    left = np.zeros(len(funnel))
    for column, hue, _ in parts:
        width = funnel[column].to_numpy(float)
        ax.barh(place, width, left=left, color=hue, height=0.62, edgecolor="white")
        for y, x, w in zip(place, left, width, strict=True):
            if w >= 4:
                ax.text(x + w / 2, y, style.number(w), ha="center", va="center", size=8, color="white", weight="bold")
        left += width
    for y, gate, end in zip(place, funnel["gate"], left, strict=True):
        hits = findings[(findings["gate"] == gate) & (findings["verdict"] != "pass")]
        words = hits["reason"].str.replace(r"\s*\([A-Z]{2}\)$| in [A-Z]{2}$|, [A-Z]{2} has .*$", "", regex=True)
        words = words.str.replace(r"gross margin.*", t("price too low for its cost"), regex=True)
        common = words.value_counts()
        text = f"{common.index[0]} ({common.iloc[0]})" if len(common) else ""
        ax.text(end + 1.5, y, text, va="center", size=8, color=style.INK)
    ax.set_yticks(place, [t(str(gate)) for gate in funnel["gate"]])
    ax.set_xlim(0, float(funnel["entered"].max()) * 1.42)
    ax.grid(visible=False, axis="y")
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    final = funnel.iloc[-1]
    through = int(final["passed"] + final["to_fix"])
    return style.finish(
        fig,
        title=t("{through} of {all} ideas get through the gates; {gate} turns away the most",
                through=through, all=int(funnel["entered"].iloc[0]),
                gate=t(str(funnel.loc[funnel["rejected"].idxmax(), "gate"]))),
        subtitle=t("Ideas at each gate in turn: pass (left), fix (middle), rejected (right); most frequent finding"),
    )  # fmt: skip


def rank_and_value(ideas: pd.DataFrame, k: int, *, level: float = 0.9) -> style.Figure:
    """Probability of a place among the first k against value; picks are full circles with their interval."""
    fig, ax = style.figure(height=3.6)
    chosen = ideas["chosen"].to_numpy(bool)
    rest = ideas[~chosen]
    ax.scatter(rest["top_k"], rest["value_usd"], s=16, color=style.LIGHT, edgecolor=style.GREY, linewidth=0.5)
    picks = ideas[chosen]
    hues = [style.colour("market", m) for m in picks["market"]]
    ax.vlines(picks["top_k"], picks["low_usd"], picks["high_usd"], color=hues, linewidth=1.2, alpha=0.55)
    ax.scatter(picks["top_k"], picks["value_usd"], s=42, color=hues, zorder=3)
    style.zero_line(ax)
    top = float(picks["high_usd"].quantile(0.8)) if len(picks) else float(ideas["value_usd"].max())
    ax.set_ylim(min(float(ideas["low_usd"].quantile(0.1)), 0) * 1.1, max(top, float(ideas["value_usd"].max())) * 1.12)
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis)
    ax.set_xlim(-0.03, 1.12)
    ax.set_xlabel(t("Probability of a place among the first {k}", k=k))
    best = picks.nlargest(6, "value_usd")
    named = [(f"{r.candidate_id} {r.market}", r.top_k, r.value_usd, style.INK) for r in best.itertuples()]
    labels.beside(ax, named, size=7.5)
    sure = int((picks["top_k"] > 0.5).sum())
    return style.finish(
        fig,
        title=t("{sure} of {picks} picks rank among the first {k} under most weights; the others are picked for value",
                sure=sure, picks=len(picks), k=k),
        subtitle=t("Expected value, USD (bar: {level} interval), against how sure the rank is; grey: not picked",
                   level=style.percent(level)),
    )  # fmt: skip


def _without_picks(title: str) -> style.Figure:
    fig, ax = style.figure(height=0.9)
    ax.set_axis_off()
    return style.finish(fig, title=title)


def contributions(values: pd.DataFrame, weights: pd.Series, names: pd.Series) -> style.Figure:
    """What each signal adds to a pick's score against the mean idea; rows are picks, columns signals.

    Without picks the figure says so.
    """
    if values.empty:
        return _without_picks(t("No idea is picked, so no signal is weighed"))
    parts = (values - 0.5) * weights.reindex(values.columns)
    parts = parts.loc[parts.sum(axis=1).sort_values(ascending=False).index]
    order = parts.abs().sum().sort_values(ascending=False).index
    fig, ax = style.figure(height=0.9 + 0.27 * len(parts))
    limit = float(np.abs(parts.to_numpy()).max())
    ax.imshow(parts[order].to_numpy(), cmap=style.DIVERGING.reversed(), vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), value in np.ndenumerate(parts[order].to_numpy()):
        if abs(value) > 0.3 * limit:
            ax.text(column, row, f"{value * 100:+.0f}".replace("-", "−"), ha="center", va="center", size=7.5)
    ax.set_xticks(range(len(order)), [t(str(n).replace("_", " ")) for n in order], rotation=38, ha="right")
    ax.set_yticks(range(len(parts)), [f"{names[i]}" for i in parts.index])
    ax.grid(visible=False)
    ax.tick_params(length=0)
    strongest = str(order[0]).replace("_", " ")
    return style.finish(
        fig,
        title=t("{signal} separates the picks most", signal=t(strongest[:1].upper() + strongest[1:])),
        subtitle=t("Points of 100 that each signal adds to (+) or takes from (−) the score of a middling idea"),
    )


def reliability(table: pd.DataFrame, skill: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Predicted against observed success with intervals and counts, on later cohorts."""
    fig, ax = style.figure(height=3.2)
    ax.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.8, linestyle="--")
    ax.vlines(table["predicted"], table["low"], table["high"], color=style.ACCENT, linewidth=1.4)
    ax.scatter(table["predicted"], table["observed"], s=table["count"] * 1.1, color=style.ACCENT, zorder=3)
    for _, row in table.iterrows():
        ax.annotate(f"n = {row['count']:.0f}", (row["predicted"], row["low"]), xytext=(0, -10),
                    textcoords="offset points", ha="center", size=7.5, color=style.GREY)  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.06, 1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("Predicted probability of success"))
    row, slope = skill.loc["brier_skill"], skill.loc["calibration_slope"]
    return style.finish(
        fig,
        title=t("Later cohorts confirm the probabilities: {skill} better than the base rate, slope {slope}",
                skill=style.percent(row["value"]), slope=style.number(slope["value"], 2)),
        subtitle=t("Observed share of successes by predicted probability, launches not seen before; {level} intervals",
                   level=style.percent(level)),
    )  # fmt: skip


def value_spread(draws: np.ndarray, picks: pd.DataFrame, budget_usd: float) -> style.Figure:
    """Distribution of the value of all picks together."""
    total = draws.sum(axis=1)
    low, middle, high = np.quantile(total, [0.05, 0.5, 0.95])
    fig, ax = style.figure(height=2.4)
    edges = np.linspace(*np.quantile(total, [0.002, 0.99]), 46)
    counts, _, bars = ax.hist(total, bins=edges, color=style.GOOD, alpha=0.7)
    for bar, left in zip(bars, edges, strict=False):
        if left < 0:
            bar.set_color(style.BAD)
    for x, text in ((low, style.percent(0.05)), (middle, t("median")), (high, style.percent(0.95))):
        ax.vlines(x, 0, counts.max() * 1.03, color=style.INK, linewidth=0.9, linestyle=":")
        labels.halo(ax.annotate(f"{text}: {style.money(x)}", (x, counts.max() * 1.04), ha="center", size=8))
    ax.set_ylim(0, counts.max() * 1.16)
    ax.set_yticks([])
    style.zero_line(ax, "x")
    style.human_axis(ax.xaxis)
    return style.finish(
        fig,
        title=t("{count} picks bring {value} net for a budget of {budget}; they lose money in {loss} of cases",
                count=len(picks), value=style.money(float(total.mean())), budget=style.money(budget_usd),
                loss=style.percent(float((total < 0).mean()))),
        subtitle=t("Value of all picks together over their life, discounted, after launch and fixing, USD; simulated"),
    )  # fmt: skip


def demand(path: pd.DataFrame, names: pd.Series, count: int = 6, *, level: float = 0.9) -> style.Figure:
    """Expected pieces of the first picks by month with their interval, as small multiples.

    Without picks the figure says so.
    """
    if path.empty:
        return _without_picks(t("No idea is picked, so nothing is sold"))
    ids = list(dict.fromkeys(path["candidate_id"]))[:count]
    columns = min(3, len(ids))
    rows = -(-len(ids) // columns)
    fig, axes = style.figure(height=1.45 * rows + 0.4, rows=rows, columns=columns, sharex=True)
    flat = np.atleast_1d(axes).ravel()
    for ax, name in zip(flat, ids, strict=False):
        part = path[path["candidate_id"] == name]
        x = np.arange(len(part))
        ax.fill_between(x, part["low"], part["high"], color=style.ACCENT, alpha=0.16, linewidth=0)
        ax.plot(x, part["if_success"], color=style.GREY, linewidth=1, linestyle="--")
        ax.plot(x, part["units"], color=style.ACCENT, linewidth=1.6)
        ax.set_title(str(names[name]), size=8.5, loc="left")
        ax.set_ylim(0)
        ax.set_xticks(x[::2], [f"{m:%b}" for m in part["month"]][::2])
    for ax in flat[len(ids) :]:
        ax.set_visible(False)
    total = path.groupby("month")["units"].sum()
    return style.finish(
        fig,
        title=t("The picks sell {first} pieces in the first month and {last} in the last of six",
                first=style.number(float(total.iloc[0])), last=style.number(float(total.iloc[-1]))),
        subtitle=t("Pieces a month: expected (line), {level} interval (band), if it succeeds (dashed); largest picks",
                   level=style.percent(level)),
    )  # fmt: skip


def method_agreement(table: pd.DataFrame, overlap: pd.DataFrame, k: int) -> style.Figure:
    """Rank correlation of methods below the diagonal, share of the first k in common above it."""
    both = np.where(np.tri(len(table), k=0, dtype=bool), table.to_numpy(), overlap.to_numpy())
    fig, ax = style.figure(height=2.8)
    ax.imshow(both, cmap=style.SEQUENTIAL, vmin=0, vmax=1.25, aspect="auto")
    for (row, column), value in np.ndenumerate(both):
        ax.text(column, row, style.number(value, 2), ha="center", va="center", size=8.5,
                color="white" if value > 0.62 else style.INK)  # fmt: skip
    labels = [t(str(n).replace("_", " ")) for n in table.columns]
    ax.set_xticks(range(len(labels)), labels)
    ax.set_yticks(range(len(labels)), labels)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    off = ~np.eye(len(table), dtype=bool)
    return style.finish(
        fig,
        title=t("The methods order ideas alike (correlation from {low}), yet share only {share} of the first {k}",
                low=style.number(float(table.to_numpy()[off].min()), 2),
                share=style.percent(float(overlap.to_numpy()[off].min())), k=k),
        subtitle=t("Below the diagonal: rank correlation; above: share of the first {k} in common", k=k),
    )  # fmt: skip
