"""Figures of what buyers say, search and pay for."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["aspect_map", "breakouts", "premiums", "sentiment_check", "triples", "value_words"]


def _nothing(words: str) -> style.Figure:
    """A small figure that says in its title what is not there."""
    fig, ax = style.figure(height=1.0)
    ax.set_axis_off()
    return style.finish(fig, title=words)


def aspect_map(table: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Share of good mentions by aspect and market; cells too thin to tell apart from their market are left plain."""
    if table.empty:
        return _nothing(t("No aspect is named in enough reviews of a market"))
    wide = table.pivot_table(index="label", columns="market", values="good")
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False).index]
    wide = wide[wide.mean().sort_values(ascending=False).index]
    sure = (table["high"] - table["low"]) / 2
    fig, ax = style.figure(height=2.9)
    middle = float(np.average(table["good"], weights=table["mentions"]))
    reach = float(np.nanmax(np.abs(wide.to_numpy() - middle)))
    ax.imshow(wide.to_numpy(), cmap=style.DIVERGING.reversed(), vmin=middle - reach, vmax=middle + reach, aspect="auto")
    for (row, column), value in np.ndenumerate(wide.to_numpy()):
        if np.isfinite(value):
            dark = abs(value - middle) > 0.72 * reach
            ax.text(column, row, style.number(100 * value), ha="center", va="center", size=8.5,
                    color="white" if dark else style.INK)  # fmt: skip
    ax.set_xticks(range(wide.shape[1]), wide.columns)
    ax.set_yticks(range(len(wide)), [t(str(n)) for n in wide.index])
    ax.grid(visible=False)
    ax.tick_params(length=0)
    worst = table.loc[table["good"].idxmin()]
    return style.finish(
        fig,
        title=t("{market} buyers are least content with {aspect}: {good} of mentions are good ({range})",
                market=worst["market"], aspect=t(str(worst["label"])), good=style.percent(float(worst["good"])),
                range=style.interval(float(worst["low"]), float(worst["high"]), style.percent)),
        subtitle=t("Share of good mentions, %, by aspect and market; {level} interval of a cell about ± {half} points",
                   level=style.percent(level), half=style.number(100 * float(sure.median()))),
    )  # fmt: skip


def sentiment_check(table: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Accuracy on reviews kept back, by language, beside always giving the same answer."""
    part = table.sort_values("accuracy")
    fig, ax = style.figure(height=2.3)
    place = np.arange(len(part))
    ax.hlines(place, part["low"], part["high"], color=style.GOOD, linewidth=2)
    ax.scatter(part["accuracy"], place, s=36, color=style.GOOD, zorder=3)
    ax.scatter(part["always_the_same"], place, s=26, marker="D", color=style.LIGHT, edgecolor=style.GREY, zorder=3)
    ax.set_yticks(place, [f"{n}  (n = {k})" for n, k in zip(part["language"], part["reviews"], strict=True)])
    style.human_axis(ax.xaxis, "percent")
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    low = part.iloc[0]
    return style.finish(
        fig,
        title=t("Languages that are read are read right in {accuracy} or more; the weakest is {language}",
                accuracy=style.percent(float(low["accuracy"])), language=str(low["language"])),
        subtitle=t("Share of held-out reviews read right, {level} interval; diamond: always the same answer",
                   level=style.percent(level)),
    )  # fmt: skip


def triples(table: pd.DataFrame, count: int = 8) -> style.Figure:
    """The strongest need x scene pairs by market, coloured by lift."""
    part = table[table["emotion"] != "none"].nlargest(count, "reviews").iloc[::-1]
    if part.empty:
        return _nothing(t("No need, scene and emotion come together in enough reviews"))
    fig, ax = style.figure(height=0.6 + 0.26 * len(part))
    place = np.arange(len(part))
    hues = [style.colour("market", m) for m in part["market"]]
    ax.barh(place, part["reviews"], color=hues, height=0.6)
    for y, (_, row) in zip(place, part.iterrows(), strict=True):
        ax.text(row["reviews"] + 0.3, y, t("lift {lift}", lift=style.number(row["lift"], 1)), va="center", size=8)
    words = [" · ".join((r.market, t(r.need), t(r.scene), t(r.emotion))) for r in part.itertuples()]
    ax.set_yticks(place, words)
    ax.set_xlim(0, float(part["reviews"].max()) * 1.18)
    ax.grid(visible=False, axis="y")
    top = part.iloc[-1]
    return style.finish(
        fig,
        title=t("{market}: {need} meets {scene} and leaves {emotion}", market=top["market"], need=t(top["need"]),
                scene=t(top["scene"]), emotion=t(top["emotion"])),
        subtitle=t("Reviews that name all three together; lift: times as often as if they were independent"),
    )  # fmt: skip


def value_words(table: pd.DataFrame) -> style.Figure:
    """Share of each value word by market; typical ones are full."""
    if table.empty:
        return _nothing(t("No review names a value word"))
    markets = list(dict.fromkeys(table.sort_values("z", ascending=False)["market"]))
    words = list(table.groupby("label")["mentions"].sum().sort_values(ascending=False).index)
    fig, ax = style.figure(height=2.6)
    for row in table.itertuples():
        x, y = words.index(row.label), len(markets) - 1 - markets.index(row.market)
        typical = row.z > 2
        hue = style.colour("market", row.market)
        ax.scatter(x, y, s=900 * row.share, color=hue if typical else "white", edgecolor=hue if typical else style.GREY,
                   linewidth=0.8, alpha=0.9)  # fmt: skip
        ax.text(
            x + 0.24, y, style.percent(row.share), va="center", size=7.5, color=style.INK if typical else style.GREY
        )
    ax.set_xticks(range(len(words)), [t(w) for w in words])
    ax.set_yticks(range(len(markets)), markets[::-1])
    ax.set_xlim(-0.5, len(words) - 0.35)
    ax.set_ylim(-0.6, len(markets) - 0.4)
    ax.grid(visible=False)
    first = table.iloc[0]
    return style.finish(
        fig,
        title=t("In {market} value means {word}: {share} of value words, the most typical anywhere",
                market=first["market"], word=t(first["label"]), share=style.percent(first["share"])),
        subtitle=t("Share of each value word in a market; full: typical of it (z above 2 against all markets)"),
    )  # fmt: skip


def breakouts(found: pd.DataFrame, interest: pd.DataFrame, count: int = 6) -> style.Figure:
    """The largest breakouts: weekly searches with the week of the change marked."""
    part = found[found["found"]].nlargest(count, "size")
    if part.empty:
        return _nothing(t("No search term broke out of its trend and season"))
    columns = min(3, len(part))
    rows = -(-len(part) // columns)
    fig, axes = style.figure(height=1.4 * rows + 0.4, rows=rows, columns=columns, sharex=True)
    flat = np.atleast_1d(axes).ravel()
    for ax, row in zip(flat, part.itertuples(), strict=False):
        one = interest[(interest["market"] == row.market) & (interest["term"] == row.term)].sort_values("week")
        hue = style.colour("market", row.market)
        ax.plot(one["week"], one["interest"], color=hue, linewidth=1.1)
        ax.axvline(row.week, color=style.INK, linewidth=0.9, linestyle=":")
        ax.annotate(f"{row.week:%b %Y}  +{style.percent(row.size)}", (row.week, float(one["interest"].max())),
                    xytext=(-4, 0), textcoords="offset points", ha="right", va="top", size=7.5)  # fmt: skip
        ax.set_title(f"{row.term}, {row.market}", size=8.5, loc="left")
        ax.set_ylim(0)
        ax.set_xticks(pd.date_range("2024-01-01", interest["week"].max(), freq="YS"))
        ax.xaxis.set_major_formatter(lambda x, _: f"{pd.Timestamp('1970-01-01') + pd.Timedelta(days=x):%Y}")
    for ax in flat[len(part) :]:
        ax.set_visible(False)
    top = part.iloc[0]
    return style.finish(
        fig,
        title=t("{count} terms broke out; {term} in {market} jumped by {size} ({range})",
                count=int(found["found"].sum()), term=top["term"], market=top["market"],
                size=style.percent(top["size"]),
                range=style.interval(float(top["low"]), float(top["high"]), style.percent)),
        subtitle=t("Search interest by week (first year = 100), largest jumps beyond trend and season"),
    )  # fmt: skip


def premiums(table: pd.DataFrame, *, level: float = 0.9) -> style.Figure:
    """Premium by attribute and market with intervals."""
    names = list(table.groupby("attribute")["premium"].mean().sort_values(ascending=False).index)
    markets = sorted(table["market"].unique(), key=list(table["market"]).index)
    fig, axes = style.figure(height=2.7, rows=1, columns=len(names), sharex=True, sharey=True)
    for ax, name in zip(np.atleast_1d(axes), names, strict=True):
        part = table[table["attribute"] == name].set_index("market").reindex(markets)
        place = np.arange(len(markets))[::-1]
        hues = [style.colour("market", m) for m in markets]
        ax.hlines(place, part["low"], part["high"], color=hues, linewidth=1.8)
        ax.scatter(part["premium"], place, s=24, color=hues, zorder=3)
        style.zero_line(ax, "x")
        ax.set_yticks(place, markets)
        ax.set_title(t(name.replace("_", " ")), size=8.5, loc="left")
        ax.grid(visible=False, axis="y")
        ax.set_xticks([0, 0.15, 0.3])
        style.human_axis(ax.xaxis, "percent")
    best = table.loc[table["premium"].idxmax()]
    return style.finish(
        fig,
        title=t("Buyers in {market} pay most for {attribute}: {premium} of the price ({range})", market=best["market"],
                attribute=t(str(best["attribute"]).replace("_", " ")), premium=style.percent(best["premium"]),
                range=style.interval(float(best["low"]), float(best["high"]), style.percent)),
        subtitle=t("Premium in the price of rival offers, same niche and rating, with {level} interval",
                   level=style.percent(level)),
    )  # fmt: skip
