"""Figures of unit economics and pricing: waterfalls, bridges, elasticities, profit against price."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["bridge", "contribution_waterfall", "elasticities", "profit_against_price"]

LABELS = {
    "price": "List price",
    "discount": "Discount",
    "sales_tax": "Sales tax",
    "refund": "Refunds",
    "product": "Product",
    "inland": "Inland",
    "freight": "Freight",
    "insurance": "Insurance",
    "duty": "Duty",
    "brokerage": "Brokerage",
    "platform_fee": "Platform fee",
    "fulfilment": "Fulfilment",
    "last_mile": "Last mile",
    "returns_handling": "Returns handling",
    "resold": "Returns resold",
    "advertising": "Advertising",
    "service": "Service",
    "compliance": "Compliance",
    "contribution": "Contribution",
}


def contribution_waterfall(row: pd.Series, costs: Sequence[str], *, period: str, scope: str) -> style.Figure:
    """From list price to contribution, USD an order; costs under 1 % of the price stand together."""
    known = [name for name in costs if name in row.index]
    small = [name for name in known if abs(row[name]) < 0.01 * row["price"]]
    shown = [name for name in known if name not in small]
    steps = [("price", row["price"]), *((name, -row[name]) for name in shown)]
    if small:
        steps.append(("other", -sum(row[name] for name in small)))
    fig, ax = style.figure(height=0.32 * (len(steps) + 1) + 0.4)
    _steps(ax, [(_label(name), value) for name, value in steps], _label("contribution"), row["contribution"])
    style.human_axis(ax.xaxis, t("USD an order"))
    amounts = {
        "price": style.money(row["price"], digits=2),
        "left": style.money(row["contribution"], digits=2),
        "share": style.percent(row["contribution"] / row["net_sales"], 1),
    }
    whole = t("Of {price} list price {left} is left before fixed cost, {share} of net sales", **amounts)
    part = t("Of {price} list price {left} is left after the costs that are known, {share} of net sales", **amounts)
    return style.finish(
        fig,
        title=whole if len(known) == len(costs) else part,
        subtitle=t("Average order line, USD, {scope}, {period}", scope=scope, period=period),
        source=t("Orders, shipments, platform terms, ad spend and ledger of the company"),
    )


def bridge(table: pd.DataFrame, *, period: str) -> style.Figure:
    """A margin bridge: where the change came from, in order, ending exactly at the new margin."""
    rows = list(zip(table["step"], table["usd"], strict=True))
    fig, ax = style.figure(height=0.34 * len(rows) + 0.4)
    names = {"margin before": t("Margin before"), "margin after": t("Margin after")}
    _steps(
        ax,
        [(names.get(name, t(name.capitalize())), value) for name, value in rows[:-1]],
        names["margin after"],
        rows[-1][1],
    )
    style.human_axis(ax.xaxis, "USD")
    ax.locator_params(axis="x", steps=[1, 2, 5, 10])  # 1.25 m would be cut to 1.2 m
    effects = table.iloc[1:-1].set_index("step")["usd"]
    change = rows[-1][1] - rows[0][1]
    return style.finish(
        fig,
        title=t(
            "Margin after landed cost moved by {change}; {largest} did most ({effect})",
            change=style.money(change),
            largest=t(effects.abs().idxmax()),
            effect=style.money(effects[effects.abs().idxmax()]),
        ),
        subtitle=t(
            "Units times (local price x rate - landed cost), USD, {period} against the year before", period=period
        ),
        source=t("Orders, shipments and exchange rates"),
    )


def elasticities(table: pd.DataFrame, *, level: float, truth: dict[str, float] | None = None) -> style.Figure:
    """Elasticity by category with interval, beside the naive slope and, where known, the truth."""
    table = table.sort_values("elasticity")
    rows = np.arange(len(table))
    fig, ax = style.figure(height=0.42 * len(table) + 0.8)
    ax.hlines(rows, table["low"], table["high"], color=style.PALETTE[0], linewidth=3, alpha=0.45)
    ax.plot(table["elasticity"], rows, "o", color=style.PALETTE[0])
    ax.plot(table["naive"], rows, "x", color=style.GREY)
    if truth:
        ax.plot([truth[name] for name in table["category"]], rows, "|", color=style.INK, markersize=16, mew=2)
    ax.set_yticks(rows, [t(name.replace("_", " ").capitalize()) for name in table["category"]])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.set_xlim(min(table["low"].min() - 0.2, -1.2), 0.25)
    ax.axvline(-1, color=style.GREY, linewidth=0.8, linestyle=":")
    ax.set_xlabel(t("change of units, in per cent, for 1 % more price"))
    top = len(table) - 0.45
    ax.text(-0.98, top, t("above -1: dearer always pays"), size=7.5, color=style.GREY, va="center")
    ax.text(
        float(table["naive"].iloc[-1]), -0.55, t("naive slope (x)"), size=7.5, color=style.GREY, ha="right", va="center"
    )
    ax.set_ylim(-0.8, len(table) - 0.2)
    steep = table.iloc[0]
    return style.finish(
        fig,
        title=t(
            "Buyers of {category} answer price most: {value} ({low} to {high})",
            category=t(str(steep["category"]).replace("_", " ")),
            value=style.number(steep["elasticity"], 1),
            low=style.number(steep["low"], 1),
            high=style.number(steep["high"], 1),
        ),
        subtitle=t("Own-price elasticity by category with {level} interval", level=style.percent(level))
        + (t("; black bar: truth of the simulation") if truth else ""),
        source=t("Weekly prices and units, fixed effects of product and market, Poisson"),
    )


def profit_against_price(
    prices: np.ndarray, profit: np.ndarray, row: pd.Series, *, level: float, product: str, market: str
) -> style.Figure:
    """Profit a year against price with its band over draws of the elasticity, today's price and the safe band."""
    fig, ax = style.figure(height=3.0)
    low, high = np.quantile(profit, [(1 - level) / 2, (1 + level) / 2], axis=0)
    mean = profit.mean(axis=0)
    ax.axvspan(row["band_low_usd"], row["band_high_usd"], color=style.LIGHT, alpha=0.5, linewidth=0)
    ax.fill_between(prices, low, high, color=style.PALETTE[0], alpha=0.18, linewidth=0)
    ax.plot(prices, mean, color=style.PALETTE[0])
    today = float(np.interp(row["price_usd"], prices, mean))
    ax.plot(row["price_usd"], today, "o", color=style.INK)
    ax.annotate(t("today"), (row["price_usd"], today), xytext=(-4, -12), textcoords="offset points", ha="right", size=8)
    advised = float(np.interp(row["advised_usd"], prices, mean))
    ax.plot(row["advised_usd"], advised, "D", color=style.ACCENT)
    ax.annotate(
        t("advised"),
        (row["advised_usd"], advised),
        xytext=(6, -12),
        textcoords="offset points",
        size=8,
        color=style.darker(style.ACCENT),
    )
    style.human_axis(ax.yaxis, t("USD a year"))
    style.human_axis(ax.xaxis, t("price without sales tax, USD"))
    return style.finish(
        fig,
        title=t(
            "{product} in {market}: {change} on the price adds about {gain} a year",
            product=product,
            market=market,
            change=style.percent(row["change"], 1),
            gain=style.money(row["gain_usd"]),
        ),
        subtitle=t(
            "Contribution before advertising against price, {level} band of the elasticity; grey: safe band",
            level=style.percent(level),
        ),
        source=t("Constant elasticity around today's price"),
    )


def _steps(ax, steps: list[tuple[str, float]], last_label: str, last_value: float) -> None:
    """Horizontal waterfall, first step from zero, last bar the result."""
    position, rows = 0.0, len(steps)
    for place, (_, value) in enumerate(steps):
        start, position = position, position + value
        hue = style.GREY if place == 0 else (style.GOOD if value >= 0 else style.BAD)
        ax.barh(rows - place, value, left=start, color=hue, height=0.66)
        end = max(start, position)
        ax.annotate(
            _signed(value, place > 0),
            (end, rows - place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=7.5,
        )
    ax.barh(0, last_value, color=style.INK, height=0.66)
    ax.annotate(
        _signed(last_value, False),
        (max(last_value, 0), 0),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        size=7.5,
        weight="bold",
    )
    ax.set_yticks(range(rows, -1, -1), [label for label, _ in steps] + [last_label])
    ax.grid(axis="y", visible=False)
    ax.margins(x=0.12)
    style.zero_line(ax, "x")


def _signed(value: float, sign: bool) -> str:
    text = style.money(abs(value), "").strip()
    return (("+" if value >= 0 else "−") if sign or value < 0 else "") + text


def _label(name: str) -> str:
    return t(LABELS.get(name, name.replace("_", " ").capitalize()))
