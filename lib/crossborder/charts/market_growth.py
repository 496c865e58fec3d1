"""Figures of market growth: contributions, saturation curves, crowding, forecasts, ranks, portfolio."""

from statistics import NormalDist

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t
from crossborder.market.own_growth import Growth

__all__ = [
    "contributions",
    "crowding",
    "drivers",
    "forecasts",
    "frontier",
    "opportunity",
    "own_growth",
    "ranks",
    "saturation",
]


def contributions(
    table: pd.DataFrame, parts: pd.DataFrame, *, currency: str = "USD", scale: float = 1.0
) -> style.Figure:
    """Total by year with its trend (left) and what each market adds to the last year's growth (right)."""
    fig, (left, right) = style.figure(height=2.8, columns=2, width_ratios=[1, 1])
    years = table.index.to_numpy()
    band = [scale * table[name] for name in ("trend_low", "trend_high")]
    left.fill_between(years, *band, color=style.LIGHT, alpha=0.8, linewidth=0)
    left.plot(years, scale * table["trend"], color=style.GREY, linewidth=1)
    left.plot(years, scale * table["size"], "o-", color=style.PALETTE[0], markersize=3.5)
    left.set_ylim(0)
    left.set_xticks(years[::-3][::-1])
    style.human_axis(left.yaxis)
    left.set_title(t("Sales, {currency} a year", currency=currency))
    rows = parts.sort_values("contribution")
    place = np.arange(len(rows))
    right.barh(place, rows["contribution"], color=[style.colour("market", m) for m in rows.index], height=0.65)
    for y, (value, own) in enumerate(zip(rows["contribution"], rows["growth"], strict=True)):
        words = t("{points} points (grows {own})", points=style.number(100 * value, 1), own=style.percent(own))
        right.annotate(words, (max(value, 0), y), xytext=(3, 0), textcoords="offset points", va="center", size=7.5)
    right.set_yticks(place, list(rows.index))
    right.set_xlim(min(0, rows["contribution"].min() * 1.1), rows["contribution"].max() * 1.75)
    right.set_xticks([])
    right.grid(visible=False)
    right.set_title(t("Points of growth by market"))
    top = rows.index[-1]
    return style.finish(
        fig,
        title=t(
            "{market} brings {share} of the growth of {growth}", market=top,
            share=style.percent(rows.loc[top, "share_of_growth"]), growth=style.percent(rows["contribution"].sum(), 1),
        ),
        subtitle=t(
            "Left: smoothed published sales with log-linear trend, {first} to {last}. Right: what each market adds "
            "to the last year's growth, the sum is the growth",
            first=int(years[0]), last=int(years[-1]),
        ),
        source=t("Published market sales"),
    )  # fmt: skip


def saturation(
    penetration: pd.DataFrame, fans: dict[str, pd.DataFrame], ceilings: pd.DataFrame, *, level: float
) -> style.Figure:
    """Online share by market with the fitted curve's fan and the interval of its ceiling; small multiples."""
    names = list(penetration.columns)
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    shape = {"rows": rows, "columns": columns, "sharex": True, "sharey": True, "squeeze": False}
    fig, axes = style.figure(height=1.55 * rows + 0.2, **shape)
    for ax, name in zip(axes.flat, names, strict=False):
        hue = style.colour("market", name)
        ax.plot(penetration.index, penetration[name], "o", color=hue, markersize=2.5)
        if name in fans:
            fan, row = fans[name], ceilings.loc[name]
            ax.axhspan(row["ceiling_low"], row["ceiling_high"], color=style.ACCENT, alpha=0.18, linewidth=0)
            ax.axhline(row["ceiling"], color=style.ACCENT, linewidth=0.8)
            ax.fill_between(fan["time"], fan["low"], fan["high"], color=hue, alpha=0.25, linewidth=0)
            ax.plot(fan["time"], fan["median"], color=hue, linewidth=1.2)
            ax.set_title(t("{market}: {reached} of the ceiling", market=name, reached=style.percent(row["reached"])))
        else:
            ax.set_title(t("{market}: ceiling not identified", market=name))
        style.human_axis(ax.yaxis, "percent")
    for ax in list(axes.flat)[len(names) :]:
        ax.set_visible(False)
    axes.flat[0].set_ylim(0)
    furthest = ceilings["reached"].idxmin() if len(ceilings) else ""
    title = t("No ceiling is identified: the data end before the turn")
    if len(ceilings):
        reached = style.percent(ceilings.loc[furthest, "reached"])
        title = t("Most room is left in {market}: {reached} of its ceiling reached", market=furthest, reached=reached)
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "Online share of our categories' retail sales; dots: published, band: fan of the fitted curve, orange: "
            "ceiling with its {level} interval",
            level=style.percent(level),
        ),
        source=t("Published market sales and online penetration"),
    )


def drivers(table: pd.DataFrame, *, currency: str = "USD", scale: float = 1.0) -> style.Figure:
    """What each driver adds to the change of own revenue; the bars add up to the change."""
    fig, ax = style.figure(height=0.5 + 0.34 * len(table))
    rows = table.iloc[::-1]
    values = scale * rows["effect"]
    place = np.arange(len(rows))
    ax.barh(place, values, color=[style.GOOD if v >= 0 else style.BAD for v in values], height=0.6)
    for y, (value, factor) in enumerate(zip(values, rows["factor"], strict=True)):
        words = f"{'+' if value >= 0 else '−'}{style.money(abs(value), currency)}  (×{style.number(factor, 2)})"
        ax.annotate(words, (max(value, 0), y), xytext=(4, 0), textcoords="offset points", va="center", size=8)
    ax.set_yticks(place, [t(name) for name in rows.index])
    ax.set_xlim(min(0, 1.2 * values.min()), 1.35 * max(values.max(), 0))
    ax.set_xticks([])
    ax.grid(visible=False)
    style.zero_line(ax, "x")
    top = table["effect"].abs().idxmax()
    return style.finish(
        fig,
        title=t(
            "{driver} explain {share} of the change of {change}", driver=t(top).capitalize(),
            share=style.percent(table.loc[top, "share_of_change"]),
            change=style.money(scale * table["effect"].sum(), currency),
        ),
        subtitle=t("Own revenue, last twelve months against the twelve before, split without remainder"),
        source=t("Orders and sessions"),
    )  # fmt: skip


def crowding(growth: pd.DataFrame, years: pd.Series, *, level: float) -> style.Figure:
    """Growth of sellers against growth of sales by market; below the diagonal, sales a seller rise."""
    fig, ax = style.figure(height=3.3)
    low = min(growth["sellers"].min(), growth["sales"].min()) - 0.02
    high = max(growth["sellers"].max(), growth["sales"].max()) + 0.03
    ax.plot([low, high], [low, high], color=style.GREY, linewidth=0.8, linestyle="--")
    z = NormalDist().inv_cdf((1 + level) / 2)
    named = [(t("sales a seller stand still"), 0.8 * high, 0.8 * high, style.GREY)]
    for name, row in growth.iterrows():
        hue = style.colour("market", name)
        errors = {"xerr": z * row["sales_sd"], "yerr": z * row["sellers_sd"]}
        ax.errorbar(row["sales"], row["sellers"], fmt="o", color=hue, markersize=5, elinewidth=1, **errors)
        until = years[name]
        words = t("{years} y", years=style.number(until, 0)) if np.isfinite(until) else t("never")
        words = t("not known") if np.isnan(until) else words
        named.append((f"{name} {words}", row["sales"], row["sellers"], style.darker(hue)))
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.set_xlabel(t("growth of sales a year"))
    ax.set_ylabel(t("growth of sellers a year"))
    labels.beside(ax, named)
    gap = growth["sellers"] - growth["sales"]
    crowded, sure = growth.index[gap > 0].tolist(), gap < -z * np.hypot(growth["sellers_sd"], growth["sales_sd"])
    words = "Sales still outgrow sellers, surely in {sure} of {count} markets"
    title = t(words, sure=int(sure.sum()), count=len(growth))
    if crowded:
        title = t("Sellers outgrow sales in {markets}", markets=", ".join(crowded))
    return style.finish(
        fig,
        title=title,
        subtitle=t(
            "Growth a year of published sales and of sellers, last years, with {level} intervals; label: years until "
            "traffic eats our margin at the market's growth of traffic cost",
            level=style.percent(level),
        ),
        source=t("Published market sales, sellers and traffic cost; own margin and advertising"),
    )


def forecasts(
    history: pd.DataFrame,
    fan: dict[str, pd.DataFrame],
    *,
    level: float,
    method: str,
    scale: float = 1.0,
    currency: str = "USD",
) -> style.Figure:
    """Own monthly revenue by market with the forecast fan; small multiples. `fan`: low, point, high by month."""
    names = list(history.columns)
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    fig, axes = style.figure(height=1.5 * rows + 0.2, rows=rows, columns=columns, sharex=True, squeeze=False)
    for ax, name in zip(axes.flat, names, strict=False):
        hue = style.colour("market", name)
        ahead = fan[name]
        ax.plot(history.index, scale * history[name], color=hue, linewidth=1.1)
        band = [scale * ahead[end] for end in ("low", "high")]
        ax.fill_between(ahead.index, *band, color=style.ACCENT, alpha=0.25, linewidth=0)
        ax.plot(ahead.index, scale * ahead["point"], color=style.ACCENT, linewidth=1.3)
        ax.set_ylim(0)
        ax.set_title(name)
        style.human_axis(ax.yaxis)
        marks = _marks(history.index[0], ahead.index[-1])
        ax.set_xticks(marks, [mark.strftime("%Y" if len(marks) > 1 and mark.month == 1 else "%Y-%m") for mark in marks])
        ax.set_xlim(history.index[0], ahead.index[-1])
    for ax in list(axes.flat)[len(names) :]:
        ax.set_visible(False)
    total = sum(f["point"].sum() for f in fan.values())
    recent = history.iloc[-len(ahead) :].sum().sum()
    return style.finish(
        fig,
        title=t(
            "The next {months} months bring {change} against the last {months}", months=len(ahead),
            change=("+" if total >= recent else "") + style.percent(total / recent - 1),
        ),
        subtitle=t(
            "Own revenue a month by market, {currency}; orange: forecast by {method} with {level} interval from its "
            "past errors",
            method=method.replace("_", " "), level=style.percent(level), currency=currency,
        ),
        source=t("Orders"),
    )  # fmt: skip


def _marks(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """The Januaries of a span of years, or its first, middle and last month if it is shorter than two years."""
    years = [pd.Timestamp(year, 1, 1) for year in range(first.year, last.year + 1)]
    inside = [day for day in years if first <= day <= last]
    if (last - first).days > 730:
        return inside
    return [first, first + pd.DateOffset(months=round((last - first).days / 61)), last]


def own_growth(found: Growth, *, level: float) -> style.Figure:
    """Growth of own revenue by market with its interval; beside it the points that the market adds to the whole."""
    rows = found.table.iloc[::-1]
    fig, ax = style.figure(height=0.32 * len(rows) + 1.1)
    place, value = np.arange(len(rows)), rows["growth"].where(np.isfinite(rows["growth"]))
    low, high = rows["low"].fillna(value), rows["high"].fillna(value)
    for y, (name, ends) in enumerate(zip(rows.index, zip(low, high, value, strict=True), strict=True)):
        ax.plot(ends[:2], [y, y], color=style.colour("market", name), linewidth=2, alpha=0.5)
        ax.plot(ends[2], y, "o", color=style.colour("market", name), markersize=5)
    end = float(np.nanmax(np.r_[high, value, 0.1]))
    for y, row in enumerate(rows.itertuples()):
        words = t(
            "{points} points, {share} of revenue",
            points=style.number(100 * row.points, 1),
            share=style.percent(row.share),
        )
        ax.annotate(words, (end * 1.04, y), va="center", size=7.5, color=style.GREY)
    ax.set_yticks(place, list(rows.index))
    ax.set_xlim(min(0.0, float(np.nanmin(np.r_[low, value]))) * 1.05, end * 1.5)
    ax.grid(visible=False, axis="y")
    ax.axvline(0, color=style.GREY, linewidth=0.8)
    style.human_axis(ax.xaxis, "percent")
    first = found.table.index[0]
    return style.finish(
        fig,
        title=t(
            "{market} adds most to our growth of {growth}", market=first, growth=style.percent(found.total["growth"])
        ),
        subtitle=t(
            "Own revenue by market, last {months} whole months against the {months} before; line: {level} interval; "
            "points add up to the growth of the whole",
            months=found.months, level=style.percent(level),
        ),
        source=t("Orders"),
    )  # fmt: skip


def ranks(table: pd.DataFrame) -> style.Figure:
    """Probability of each rank by market, stacked, the likeliest first on top; `table`: market x rank."""
    fig, ax = style.figure(height=0.6 + 0.3 * len(table))
    place = np.arange(len(table))[::-1]
    shades = style.SEQUENTIAL(np.linspace(1.0, 0.05, table.shape[1]))
    left = np.zeros(len(table))
    for k, rank in enumerate(table.columns):
        width = table[rank].to_numpy()
        ax.barh(place, width, left=left, color=shades[k], height=0.7)
        for x, y, w in zip(left, place, width, strict=True):
            if w > 0.09:
                ink = "white" if k < table.shape[1] / 2 else style.INK
                ax.text(x + w / 2, y, f"{rank}", ha="center", va="center", size=7.5, color=ink)
        left += width
    ax.set_yticks(place, list(table.index))
    ax.set_xlim(0, 1)
    style.human_axis(ax.xaxis, "percent")
    ax.grid(visible=False, axis="y")
    first = table.index[0]
    return style.finish(
        fig,
        title=t("{market} comes first in {p} of all weightings", market=first, p=style.percent(table.loc[first, 1])),
        subtitle=t(
            "Probability of each rank (number in the bar) when weights and measures vary within their uncertainty"
        ),
        source=t("Published market sales, country facts, tariffs, deliveries"),
    )


def opportunity(cells: pd.DataFrame) -> style.Figure:
    """Opportunity of each market x category cell, 0 to 1, as a heat map; best cell outlined."""
    fig, ax = style.figure(height=0.5 + 0.32 * len(cells))
    values = cells.to_numpy()
    ax.imshow(values, cmap=style.SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            ink = "white" if values[i, j] > 0.6 else style.INK
            ax.text(j, i, style.number(values[i, j], 2), ha="center", va="center", size=8, color=ink)
    ax.set_xticks(range(values.shape[1]), [t(c.replace("_", " ")).replace(" ", "\n") for c in cells.columns])
    ax.set_yticks(range(values.shape[0]), list(cells.index))
    ax.grid(visible=False)
    best = np.unravel_index(np.argmax(values), values.shape)
    ax.add_patch(_outline(best))
    return style.finish(
        fig,
        title=t(
            "The widest opening: {category} in {market}", market=cells.index[best[0]],
            category=t(cells.columns[best[1]].replace("_", " ")),
        ),
        subtitle=t("Opportunity from 0 to 1: geometric mean of ranks of size, growth and sales a seller"),
        source=t("Published market sales and sellers"),
    )  # fmt: skip


def _outline(cell: tuple[int, int]):
    from matplotlib.patches import Rectangle

    return Rectangle((cell[1] - 0.5, cell[0] - 0.5), 1, 1, fill=False, edgecolor=style.ACCENT, linewidth=2)


def frontier(curve: pd.DataFrame, points: dict[str, tuple[float, float]]) -> style.Figure:
    """Growth against volatility of the best mixes, with named mixes and markets; `points`: (volatility, growth)."""
    fig, ax = style.figure(height=3.1)
    ax.plot(curve["volatility"], curve["growth"], color=style.PALETTE[0])
    named = []
    for name, (x, y) in sorted(points.items(), key=lambda item: item[1][1]):
        single = len(name) == 2
        hue = style.colour("market", name) if single else style.ACCENT
        ax.plot(x, y, "o" if single else "D", color=hue, markersize=4 if single else 6)
        named.append((t(name), x, y, style.darker(hue)))
    style.human_axis(ax.xaxis, "percent")
    style.human_axis(ax.yaxis, "percent")
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.set_xlabel(t("volatility of revenue a month"))
    ax.set_ylabel(t("market growth a year"))
    ax.margins(0.08)
    ax.set_xlim(left=0)
    labels.beside(ax, named)
    now, then = points["today's mix"], points["chosen mix"]
    return style.finish(
        fig,
        title=t(
            "The chosen mix swings by {then} a month, today's by {now}", then=style.percent(then[0], 1),
            now=style.percent(now[0], 1),
        ),
        subtitle=t("Market growth against volatility of own revenue without its season; line: the steadiest mixes"),
        source=t("Own monthly revenue; published market sales"),
    )  # fmt: skip
