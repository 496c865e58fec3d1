"""Figures of landed cost: waterfalls by market, the rule clock, parcel against bulk, the cost cube, freight shocks."""

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["cost_cube_map", "drivers", "freight_shock", "landed_waterfall", "parcel_curves", "rule_clock"]

GROUPS = {
    "Goods": ("goods",),
    "To the border": ("inland", "freight", "insurance", "brokerage", "customs_fees"),
    "Duty": ("duty",),
    "Warehouse": ("handling", "storage", "carrying"),
    "Selling fees": ("selling_fees",),
    "Delivery": ("fulfilment", "last_mile"),
    "Returns": ("returns",),
}


def landed_waterfall(lines: pd.DataFrame, interval: pd.DataFrame, currency: str = "USD") -> style.Figure:
    """Cost steps of a mean piece by market as small multiples, with the interval of the total."""
    markets = list(lines.sort_values("before_tax", ascending=False).index)
    columns = min(4, len(markets))
    rows = -(-len(markets) // columns)
    fig, axes = style.figure(height=1.95 * rows + 0.3, rows=rows, columns=columns, sharey=True, sharex=True)
    axes = np.atleast_1d(axes).ravel()
    for ax in axes[len(markets) :]:
        ax.set_visible(False)
    for ax, market in zip(axes, markets, strict=False):
        steps = np.array([lines.loc[market, list(parts)].sum() for parts in GROUPS.values()])
        bottom = np.concatenate([[0], np.cumsum(steps)[:-1]])
        hue = [style.GREY if name == "Goods" else style.ACCENT if name == "Duty" else style.LIGHT for name in GROUPS]
        ax.bar(range(len(steps)), steps, bottom=bottom, color=hue, width=0.8, edgecolor=style.GREY, linewidth=0.4)
        total, low, high = interval.loc[market, ["before_tax", "low", "high"]]
        ax.errorbar(len(steps), total, yerr=[[total - low], [high - total]], fmt="o", color=style.INK, ms=3.5, lw=1.2)
        ax.set_title(f"{market}  {style.number(total, 2)}")
        ax.set_xticks(range(len(steps) + 1), [*(t(name) for name in GROUPS), t("Total")], rotation=90)
    axes[0].set_ylabel(t("{currency} a piece", currency=currency))
    share = 1 - lines["goods"] / lines["before_tax"]
    title = t(
        "{market} costs most to reach: {share} of the cost at the door is not the factory's price",
        market=markets[0],
        share=style.percent(float(share[markets[0]])),
    )
    subtitle = t(
        "Landed cost before sales tax, {currency} a piece sold; dot: total with 90 % interval", currency=currency
    )
    return style.finish(
        fig, title=title, subtitle=subtitle, source=t("Lanes, platforms, own customs and freight bills")
    )


def drivers(table: pd.DataFrame, markets: list[str], currency: str = "USD") -> style.Figure:
    """Width of the interval that each cost line makes by itself, largest first, one dot a market."""
    order = table.groupby("line")["width"].mean().sort_values()
    fig, ax = style.figure(height=0.24 * len(order) + 0.5)
    for place, line in enumerate(order.index):
        rows = table[(table["line"] == line) & table["market"].isin(markets)].sort_values("width")
        for row in rows.itertuples():
            ax.plot(row.width, place, "o", color=style.colour("market", row.market), ms=5, alpha=0.9)
        widest = rows.iloc[-1]
        hue = style.darker(style.colour("market", widest["market"]))
        ax.annotate(
            widest["market"], (widest["width"], place), xytext=(5, -3), textcoords="offset points", size=8, color=hue
        )
    ax.set_yticks(range(len(order)), [t(name.replace("_", " ")) for name in order.index])
    ax.set_xlabel(t("Width of the 90 % interval, {currency} a piece", currency=currency))
    ax.grid(axis="x")
    top = table.loc[table["width"].idxmax()]
    width, line = style.money(top["width"], currency), t(top["line"].replace("_", " "))
    title = t("Least certain: {line}, {width} a piece in {market}", line=line, width=width, market=top["market"])
    return style.finish(fig, title=title, subtitle=t("One dot a market in its colour; the widest is named"))


def rule_clock(table: pd.DataFrame, goods: float) -> style.Figure:
    """Duty, tax and fees as a share of the goods' value over the days on which rules changed, one line a case."""
    fig, ax = style.figure(height=3.3)
    labels = {}
    for number, (name, rows) in enumerate(table.groupby("case", sort=False)):
        hue = style.colour("market", rows["market"].iloc[0])
        dash = "-" if rows["entry"].iloc[0] == "parcel" else (0, (4, 2))
        ax.step(rows["on"], rows["share_of_goods"], where="post", color=hue, linestyle=dash)
        last = rows.iloc[-1]
        labels[name] = (last["on"], last["share_of_goods"] + 0.001 * number, hue)
    style.human_axis(ax.yaxis, "percent")
    style.label_ends(ax, labels, gap=0.06)
    ax.set_xlim(table["on"].min(), table["on"].max() + pd.Timedelta(days=200))
    ax.set_xticks(ax.get_xticks(), [style.day(pd.Timestamp(x, unit="D"))[:7] for x in ax.get_xticks()])
    peak = table.loc[table["share_of_goods"].idxmax()]
    title = t(
        "The same basket paid {share} on {day} ({case}): the date of entry decides",
        share=style.percent(peak["share_of_goods"]),
        day=style.day(peak["on"]),
        case=peak["case"],
    )
    subtitle = t(
        "Duty, tax and customs fees, share of goods worth USD {goods}; solid: parcel, dashed: bulk entry",
        goods=style.number(goods),
    )
    return style.finish(fig, title=title, subtitle=subtitle, source=t("Dated tax rules; many rates are placeholders"))


def parcel_curves(curves: pd.DataFrame, summary: pd.DataFrame, currency: str = "USD") -> style.Figure:
    """Cost of an order as a share of its value, direct parcel against bulk, small multiples by market."""
    markets = list(summary["market"])
    columns = min(4, len(markets))
    rows = -(-len(markets) // columns)
    fig, axes = style.figure(height=1.7 * rows + 0.3, rows=rows, columns=columns, sharey=True, sharex=True)
    axes = np.atleast_1d(axes).ravel()
    for ax in axes[len(markets) :]:
        ax.set_visible(False)
    for ax, market in zip(axes, markets, strict=False):
        here = curves[curves["market"] == market]
        for way, hue, width in (("bulk", style.GREY, 1.4), ("parcel", style.ACCENT, 1.8)):
            line = here[here["way"] == way]
            ax.plot(line["order_value"], line["share"], color=hue, linewidth=width)
            end = line.iloc[-1]
            below = way == "bulk" and end["share"] < 0.3 * float(curves["share"].max())
            ax.annotate(
                t(way), (end["order_value"], end["share"]), xytext=(-2, -10 if below else 3),
                textcoords="offset points", ha="right", size=7.5, color=style.darker(hue),
            )  # fmt: skip
        where = summary.set_index("market").loc[market, "break_even_usd"]
        note = t("crosses at {value}", value=style.number(where)) if np.isfinite(where) else t("never crosses")
        ax.set_title(f"{market}: {note}")
        ax.set_ylim(0, min(3.0, 1.05 * float(curves.loc[curves["order_value"] >= 20, "share"].max())))
        style.human_axis(ax.yaxis, "percent")
    fig.supxlabel(t("Order value, {currency}", currency=currency), size=9, color=style.GREY)
    wins = summary[summary["small_orders"] == "parcel"]["market"].tolist()
    title = (
        t("Stock in the market beats direct parcels, except small orders to {markets}", markets=", ".join(wins))
        if wins
        else t("Stock in the market beats direct parcels at every order value")
    )
    subtitle = t("Freight, duty, import tax, warehouse and delivery as a share of the order's value")
    return style.finish(fig, title=title, subtitle=subtitle)


def cost_cube_map(cube: pd.DataFrame) -> style.Figure:
    """Heat map of logistics cost as a share of revenue, market x category, the figure in each cell."""
    sums = cube.groupby(["market", "category"])[["cost_usd", "revenue_usd"]].sum()
    wide = (sums["cost_usd"] / sums["revenue_usd"]).unstack()  # noqa: PD010 (a series has no pivot_table)
    wide = wide.loc[
        wide.mean(axis=1).sort_values(ascending=False).index, wide.mean().sort_values(ascending=False).index
    ]
    fig, ax = style.figure(height=0.36 * len(wide) + 0.6)
    ax.imshow(wide, cmap=style.SEQUENTIAL, aspect="auto", vmin=0)
    middle = float(np.nanmax(wide.to_numpy())) * 0.6
    for row in range(wide.shape[0]):
        for column in range(wide.shape[1]):
            value = wide.iloc[row, column]
            hue = "white" if value > middle else style.INK
            ax.text(column, row, style.percent(value), ha="center", va="center", size=8, color=hue)
    ax.set_xticks(range(wide.shape[1]), [t(name.replace("_", " ")) for name in wide.columns])
    ax.set_yticks(range(wide.shape[0]), wide.index)
    ax.grid(visible=False)
    total = cube["cost_usd"].sum() / cube["revenue_usd"].sum()
    place = np.unravel_index(np.nanargmax(wide.to_numpy()), wide.shape)
    title = t(
        "Logistics take {total} of revenue, and {worst} in the dearest cell, {category} to {market}",
        total=style.percent(total),
        worst=style.percent(wide.iloc[place]),
        category=t(wide.columns[place[1]].replace("_", " ")),
        market=wide.index[place[0]],
    )
    subtitle = t(
        "Freight, customs handling, warehouse, delivery, returns and carrying cost over net revenue, last year"
    )
    return style.finish(fig, title=title, subtitle=subtitle)


def freight_shock(table: pd.DataFrame) -> style.Figure:
    """Margin by market as freight is multiplied, without and with half of the rise passed on."""
    shares = sorted(table["pass_through"].unique())
    fig, axes = style.figure(height=3.4, columns=len(shares), sharey=True)
    for ax, share in zip(np.atleast_1d(axes), shares, strict=True):
        labels = {}
        for market, rows in table[table["pass_through"] == share].groupby("market"):
            hue = style.colour("market", market)
            ax.plot(rows["factor"], rows["margin_share"], color=hue)
            labels[market] = (rows["factor"].iloc[-1], rows["margin_share"].iloc[-1], hue)
        style.label_ends(ax, labels, gap=0.055)
        style.human_axis(ax.yaxis, "percent")
        ax.set_xlabel(t("Freight rate, times today's"))
        ax.set_title(t("{share} passed on", share=style.percent(share)))
        style.zero_line(ax)
    last = table[(table["pass_through"] == shares[0]) & (table["factor"] == table["factor"].max())]
    first = table[(table["pass_through"] == shares[0]) & (table["factor"] == 1)]
    lost = first.set_index("market")["margin_share"] - last.set_index("market")["margin_share"]
    title = t(
        "Freight at {factor} times costs {market} {points} points of margin, the most of all markets",
        factor=style.number(table["factor"].max()),
        market=lost.idxmax(),
        points=style.number(100 * lost.max(), 1),
    )
    return style.finish(fig, title=title, subtitle=t("Margin after landed cost, share of net price, by market"))
