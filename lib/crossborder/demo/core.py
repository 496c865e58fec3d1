"""The core of the simulated company put together: two passes over the people with the stock in between."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.demo import baskets, crowd, media, prices, products, seasons, stock, supply_base
from crossborder.demo.world import MARKETS, World

__all__ = ["CHUNKS_PER_SCALE", "Core", "core", "served"]

CHUNKS_PER_SCALE = 5
KEPT_IN_MEMORY = 12  # chunks; more are drawn again from their own random streams


@dataclass
class Core:
    """Everything that the tables are made of."""

    world: World
    suppliers: pd.DataFrame
    lanes: pd.DataFrame
    warehouses: pd.DataFrame
    goods: products.Catalogue
    offers: prices.Offers
    shelf: baskets.Shelf
    media: media.Media
    chunks: int
    demand: np.ndarray
    flows: stock.Flows
    truth: dict
    kept: dict


def core(world: World) -> Core:
    """Draws the world, intends all purchases, and runs the stock against them."""
    suppliers = supply_base.suppliers(world.rng("suppliers"))
    lanes = supply_base.lanes(world.rng("lanes"))
    goods = products.catalogue(world, suppliers)
    offered = prices.offers(world, goods)
    spend = media.media(world)
    shelf = baskets.shelf(world, offered, seasons.market_effects(world).to_numpy())
    chunks = max(1, round(CHUNKS_PER_SCALE * world.scale))
    company = Core(
        world,
        suppliers,
        lanes,
        supply_base.warehouses(world.scale),
        goods,
        offered,
        shelf,
        spend,
        chunks,
        np.zeros((len(world.days), len(MARKETS), len(goods.category)), np.int64),
        None,
        {},
        {},
    )
    restocks = _first_pass(company)
    plan = _plan(company)
    company.flows = stock.operate(world, goods, suppliers, lanes, company.demand, restocks, plan)
    return company


def _intended(company: Core, chunk: int) -> tuple[crowd.Crowd, dict]:
    people = crowd.crowd(company.world, chunk, company.chunks, company.shelf.factor, company.media)
    basket = people.persons["basket"][people.orders["person"]]
    args = (company.world, company.goods, company.offers, company.shelf)
    return people, baskets.lines(*args, people.orders, basket, chunk)


def _first_pass(company: Core) -> dict[str, np.ndarray]:
    """Sums every chunk's intended demand and returns to the shelf; keeps the chunks if there are few."""
    parts = []
    size = company.demand[0].size
    for chunk in range(company.chunks):
        people, lines = _intended(company, chunk)
        if company.chunks <= KEPT_IN_MEMORY:
            company.kept[chunk] = people, lines
        cell = lines["market"] * company.demand.shape[2] + lines["sku"]
        flat = np.bincount(lines["day"] * size + cell, lines["quantity"], company.demand.size)
        company.demand += flat.astype(np.int64).reshape(company.demand.shape)
        some = lines["restocked"] > 0
        parts.append((lines["day"][some], cell[some], lines["returned_on"][some], lines["restocked"][some]))
        for name, value in people.truth.items():
            company.truth[name] = company.truth.get(name, 0) + value
    sale, cell, day, pieces = (np.concatenate(p) for p in zip(*parts, strict=True))
    order = np.lexsort((cell, sale))
    return {"sale_day": sale[order], "cell": cell[order], "day": day[order], "pieces": pieces[order]}


def _plan(company: Core) -> stock.Plan:
    world, goods = company.world, company.goods
    day_effect = np.exp(seasons.market_effects(world)).rolling(7, min_periods=1).mean().to_numpy()
    last = np.minimum((world.weeks - world.days[0]).days.to_numpy() + 6, len(world.days) - 1)
    season = day_effect[last][:, :, None] * np.exp(seasons.category_season(world)[:, :, goods.category])
    start = np.clip(goods.listed_from.T, 0, len(world.days) - 57)
    total = np.concatenate([np.zeros((1, *company.demand.shape[1:])), np.cumsum(company.demand, axis=0)])
    first = np.take_along_axis(total, start[None] + 56, 0)[0] - np.take_along_axis(total, start[None], 0)[0]
    guess = np.exp(world.rng("launch_plan").normal(0.1, 0.3, first.shape))
    return stock.Plan(season, first / 8 * guess, company.offers.listed)


def served(company: Core) -> Iterator[tuple[int, crowd.Crowd, dict]]:
    """Chunk by chunk, the order lines that stock allowed: whole, cut to what was left, or gone.

    Within a chunk the clock decides who is served, between chunks their order; sums equal the stock's sales exactly.
    """
    left = np.minimum(company.flows.available, company.demand)
    short = company.demand > company.flows.available
    for chunk in range(company.chunks):
        people, lines = company.kept.get(chunk) or _intended(company, chunk)
        lines = _serve(people, lines, left, short)
        yield chunk, people, lines


def _serve(people: crowd.Crowd, lines: dict, left: np.ndarray, short: np.ndarray) -> dict:
    at = (lines["day"], lines["market"], lines["sku"])
    scarce = np.flatnonzero(short[at])
    lines = dict(lines)
    if len(scarce):
        clock = people.orders["clock"][lines["order"][scarce]]
        cell = np.ravel_multi_index(tuple(a[scarce] for a in at), left.shape)
        order = np.lexsort((clock, cell))
        scarce, cell = scarce[order], cell[order]
        wanted = lines["quantity"][scarce]
        start = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
        running = np.cumsum(wanted)
        before = running - wanted - np.repeat((running - wanted)[start], np.diff(np.r_[start, len(cell)]))
        got = np.clip(left.ravel()[cell] - before, 0, wanted)
        flat = left.reshape(-1)
        np.subtract.at(flat, cell, got)
        lines["wanted"] = lines["quantity"]
        lines["quantity"] = lines["quantity"].copy()
        lines["quantity"][scarce] = got
        lines = _cut(lines, scarce)
    keep = lines["quantity"] > 0
    return {name: value[keep] for name, value in lines.items()}


def _cut(lines: dict, scarce: np.ndarray) -> dict:
    """Amounts of lines in cells that ran short: shrunk with the pieces, and their returns are scrapped."""
    part = lines["quantity"][scarce] / lines["wanted"][scarce]
    for name in ("discount", "tax", "shipping", "refund"):
        lines[name] = lines[name].copy()
    whole = part == 1
    for name in ("returned", "restocked", "returned_on", "reason"):
        lines[name] = lines[name].copy()
    lines["restocked"][scarce] = 0
    cut = scarce[~whole]
    for name in ("returned",):
        lines[name][cut] = 0
    lines["refund"][cut] = 0.0
    lines["returned_on"][cut] = -1
    lines["reason"][cut] = -1
    lines["discount"][cut] *= part[~whole]
    lines["cut"] = np.zeros(len(lines["quantity"]), bool)
    lines["cut"][cut] = True
    return lines
