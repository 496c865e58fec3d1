"""Figures of logistics: the map of sea routes, the frontier of modes, warehouses and flows, carbon by stage."""

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from crossborder import style
from crossborder.charts import labels
from crossborder.language import t
from crossborder.reference.sea import SeaNetwork

__all__ = ["carbon_stages", "mode_frontier", "route_map", "warehouse_map"]

MARKS = {"sea": "o", "air": "^", "rail": "s", "road": "D", "sea_air": "P", "courier": "X"}


def route_map(lanes: pd.DataFrame, closed: tuple[str, ...], ship: str, table: pd.DataFrame) -> style.Figure:
    """Real shipping routes of the lanes before and after the passages close; the sea network as background."""
    network = SeaNetwork.load()
    fig, ax = style.figure(height=3.5)
    ax.add_collection(LineCollection(network.network_lines(), colors=style.LIGHT, linewidths=0.4))
    pairs = lanes.loc[lanes["mode"] == "sea", ["origin_gateway", "market_gateway", "market"]].drop_duplicates("market")
    ends = []
    for row in pairs.itertuples():
        before = network.path(row.origin_gateway, row.market_gateway, ship=ship)
        _draw(ax, before, style.GREY, 1.0)
        after = network.path(row.origin_gateway, row.market_gateway, closed=closed, ship=ship)
        if float(after["nm"].iloc[-1]) > float(before["nm"].iloc[-1]) + 50:
            _draw(ax, after, style.ACCENT, 1.8)
        ends.append((row.market, *map(float, before[["lon", "lat"]].iloc[-1]), style.INK))
    ax.set_xlim(-180, 180)
    ax.set_ylim(-60, 72)
    ax.set_aspect(1.15)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    labels.beside(ax, ends)
    hit = table[table["extra_days"] > 0.5]
    names = ", ".join(t(name.replace("_", " ").capitalize()) for name in closed)
    title = (
        t(
            "Without {names}, ships to {markets} sail {days} days longer",
            names=names,
            markets=", ".join(sorted(hit["market"].unique())),
            days=style.number(hit["extra_days"].mean(), 1),
        )
        if len(hit)
        else t("Closing {names} touches none of the lanes", names=names)
    )
    subtitle = t(
        "Shortest routes, ship class {ship}; grey: today, orange: with the passages closed",
        ship=t(ship.replace("_", "-")),
    )
    return style.finish(fig, title=title, subtitle=subtitle, source=t("Sea network of searoute (Eurostat, ORNL)"))


def mode_frontier(points: pd.DataFrame, market: str, currency: str = "USD") -> style.Figure:
    """Options to a market by days and cost a piece, area by CO2e; the line joins those that no other beats."""
    fig, ax = style.figure(height=3.1)
    best = points[points["undominated"]].sort_values("days")
    ax.plot(best["days"], best["cost"], color=style.ACCENT, linewidth=1.2, zorder=1)
    shown = points.sort_values("cost").drop_duplicates("mode")
    for row in points.itertuples():
        hue = style.ACCENT if row.undominated else style.LIGHT
        ax.scatter(
            row.days, row.cost, s=18 + 22 * row.co2e_kg, marker=MARKS.get(row.mode, "o"), color=hue, alpha=0.8, zorder=2
        )
    ax.set_xlim(0, points["days"].max() * 1.3)
    ax.set_ylim(0, points["cost"].max() * 1.15)
    ax.set_xlabel(t("Days from door to warehouse"))
    ax.set_ylabel(t("{currency} a piece", currency=currency))
    said = [
        t("{mode}, {kg} kg CO2e", mode=t(row.mode.replace("_", "-")), kg=style.number(row.co2e_kg, 1))
        for row in shown.itertuples()
    ]
    labels.beside(ax, [(*one, style.INK) for one in zip(said, shown["days"], shown["cost"], strict=True)], gap=11)
    fast, cheap = best.iloc[0], best.iloc[-1]
    title = t(
        "To {market}, {days} days less cost {times} times as much and {carbon} times the CO2e",
        market=market,
        days=style.number(cheap["days"] - fast["days"]),
        times=style.number(fast["cost"] / cheap["cost"], 1),
        carbon=style.number(fast["co2e_kg"] / max(cheap["co2e_kg"], 1e-9)),
    )
    subtitle = t(
        "Freight and stock cost of the mean piece, {currency}; area: kg CO2e; line: options no other beats",
        currency=currency,
    )
    return style.finish(fig, title=title, subtitle=subtitle)


def warehouse_map(sites: pd.DataFrame, regions: pd.DataFrame, worth: dict[str, float]) -> style.Figure:
    """Chosen and other sites and the regions they serve, small maps by market with several regions."""
    markets = regions.groupby("market")["units"].sum().sort_values(ascending=False).index.tolist()
    columns = min(4, len(markets))
    rows = -(-len(markets) // columns)
    fig, axes = style.figure(height=1.75 * rows + 0.2, rows=rows, columns=columns)
    axes = np.atleast_1d(axes).ravel()
    for ax in axes[len(markets) :]:
        ax.set_visible(False)
    place = sites.set_index("warehouse_id")
    for ax, market in zip(axes, markets, strict=False):
        here = regions[regions["market"] == market]
        _sites(ax, here, place, regions["units"].max())
        ax.set_title(f"{market}  {style.number(here['units'].sum())}")
    saved = worth["cost_today"] - worth["cost_best"]
    title = t(
        "{count} sites serve all regions {cheaper} a year cheaper than today, {days} days to the buyer",
        count=int(sites["open"].sum()),
        cheaper=style.money(saved, "USD"),
        days=style.number(worth["days_best"], 1),
    )
    subtitle = t(
        "Squares: sites, filled if open; dots: regions by pieces a year; proven gap {gap}",
        gap=style.percent(worth["gap"], 2),
    )
    return style.finish(fig, title=title, subtitle=subtitle)


def carbon_stages(stages: pd.DataFrame) -> style.Figure:
    """kg CO2e of a mean piece by stage with its range, hotspots dark."""
    shown = stages.sort_values("co2e_kg")
    fig, ax = style.figure(height=0.32 * len(shown) + 0.6)
    for place, row in enumerate(shown.itertuples()):
        hue = style.ACCENT if row.hotspot else style.GREY
        ax.plot([row.co2e_kg_low, row.co2e_kg_high], [place, place], color=hue, linewidth=2, alpha=0.5)
        ax.plot(row.co2e_kg, place, "o", color=hue, ms=7)
    ax.set_yticks(range(len(shown)), [t(name) for name in shown["stage"]])
    ax.set_xlim(left=0)
    ax.grid(axis="x")
    ax.set_xlabel(t("kg CO2e a piece"))
    top = shown.iloc[-1]
    share = style.percent(top["share"])
    title = t("Largest part of a piece's footprint: {stage}, {share}", stage=t(top["stage"]), share=share)
    return style.finish(fig, title=title, subtitle=t("Mean piece from cradle to door; line: low to high factors"))


def _sites(ax: object, here: pd.DataFrame, place: pd.DataFrame, largest: float) -> None:
    """Sites and regions of one market with the flows between them."""
    for row in here.itertuples():
        site = place.loc[row.site]
        ax.plot([site["longitude"], row.lon], [site["latitude"], row.lat], color=style.LIGHT, linewidth=1.2, zorder=1)
    ax.scatter(here["lon"], here["lat"], s=15 + 160 * here["units"] / largest, color=style.GREY, alpha=0.7, zorder=2)
    for name, site in place[place["market"] == here["market"].iloc[0]].iterrows():
        edge, fill = (style.ACCENT, style.ACCENT) if site["open"] else (style.GREY, "white")
        ax.plot(site["longitude"], site["latitude"], "s", ms=8, mfc=fill, mec=edge, zorder=3)
        spot = (site["longitude"], site["latitude"])
        ax.annotate(name, spot, xytext=(5, 5), textcoords="offset points", size=7)
    ax.margins(0.35)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)


def _draw(ax: object, path: pd.DataFrame, hue: str, width: float) -> None:
    """A route, cut where it crosses the date line."""
    lon, lat = path["lon"].to_numpy(), path["lat"].to_numpy()
    cuts = np.flatnonzero(np.abs(np.diff(lon)) > 180) + 1
    for part_lon, part_lat in zip(np.split(lon, cuts), np.split(lat, cuts), strict=True):
        ax.plot(part_lon, part_lat, color=hue, linewidth=width, solid_capstyle="round")
