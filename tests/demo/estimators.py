"""Correctly specified regressions on simulated people and products; written apart from the simulator's own code."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from crossborder.demo import baskets, crowd, media, people, prices, products, seasons, supply_base
from crossborder.demo.world import CATEGORIES, CHANNELS, MARKETS, World


@dataclass(frozen=True)
class Small:
    """A small world before stock: its people with all their days of need, and the products' intended sales."""

    world: World
    goods: products.Catalogue
    offers: prices.Offers
    shelf: baskets.Shelf
    media: media.Media
    people: crowd.Crowd

    @classmethod
    def drawn(cls, seed: int, scale: float) -> "Small":
        world = World(seed=seed, scale=scale)
        goods = products.catalogue(world, supply_base.suppliers(world.rng("suppliers")))
        offers = prices.offers(world, goods)
        spend = media.media(world)
        shelf = baskets.shelf(world, offers, seasons.market_effects(world).to_numpy())
        return cls(world, goods, offers, shelf, spend, crowd.crowd(world, 0, 1, shelf.factor, spend, keep_stages=True))


def lifts(small: Small) -> tuple[np.ndarray, np.ndarray]:
    """Hazard lift of a fresh contact by channel and its standard error: Poisson likelihood of daily purchases."""
    keep = media.CHANNEL["keep"].to_numpy()
    width, cells, channels, ages, exposure, bought, start = people.WINDOW, [], [], [], [], [], 0
    for stage in small.people.stages:
        needs = stage.needs
        day = needs.day[:, None] + np.arange(width)
        inside = (day >= 0) & (day < len(small.world.days))
        factor = small.shelf.factor[np.clip(day, 0, len(small.world.days) - 1), needs.market[:, None]]
        exposure.append(np.where(inside, factor * np.exp(needs.intent)[:, None], 0.0).ravel())
        flat = stage.bought_need * width + stage.bought_offset
        bought.append(np.bincount(flat, minlength=inside.size).astype(float))
        for age in range(width):
            live = stage.offset + age < width
            cells.append(start + stage.need[live] * width + stage.offset[live] + age)
            channels.append(stage.channel[live])
            ages.append(np.full(live.sum(), age))
        start += inside.size
    exposure, bought = np.concatenate(exposure), np.concatenate(bought)
    cell, channel, age = (np.concatenate(x) for x in (cells, channels, ages))
    used = exposure[cell] > 0
    rows, where = np.unique(cell[used], return_inverse=True)
    channel, decay = channel[used], keep[channel[used]] ** age[used]
    e, y = exposure[rows], bought[rows]
    rest_e, rest_y = exposure.sum() - e.sum(), bought.sum() - y.sum()

    guess, width = np.r_[np.log(0.015), np.full(len(CHANNELS), 0.5)], len(CHANNELS)
    for _ in range(25):  # Fisher scoring
        gain = np.maximum(1 + guess[1:][channel] * decay, 0.05)
        mean = e * np.exp(guess[0] + np.bincount(where, np.log(gain), len(rows)))
        slopes = np.bincount(where * width + channel, decay / gain, len(rows) * width).reshape(len(rows), width)
        slopes = np.c_[np.ones(len(rows)), slopes]
        information = (slopes * mean[:, None]).T @ slopes
        score = slopes.T @ (y - mean)
        score[0] += rest_y - rest_e * np.exp(guess[0])
        information[0, 0] += rest_e * np.exp(guess[0])
        step = np.linalg.solve(information, score)
        guess = guess + step
        if np.abs(step).max() < 1e-6:
            break
    return guess[1:], np.sqrt(np.diag(np.linalg.inv(information)))[1:]


def adstock_coefficients(small: Small) -> tuple[np.ndarray, np.ndarray]:
    """Coefficient of each reaching channel's adstock in log orders a market and day, and its standard error.

    Errors are clustered by market and four weeks, as a contact works for days and neighbouring days share their luck.
    Spending comes in bursts, so a few blocks carry much of the design: the jackknife (CR3) keeps their weight.
    """
    import statsmodels.api as sm

    days, markets = small.shelf.factor.shape
    at_risk, orders = np.zeros(days * markets), np.zeros(days * markets)
    for stage in small.people.stages:
        day = stage.needs.day[:, None] + np.arange(people.WINDOW)
        cell = day * markets + stage.needs.market[:, None]
        at_risk += np.bincount(cell[(day >= 0) & (day < days)], minlength=days * markets)
        when = stage.needs.day[stage.bought_need] + stage.bought_offset
        orders += np.bincount(when * markets + stage.needs.market[stage.bought_need], minlength=days * markets)
    reaching = [c not in media.HARVEST for c in CHANNELS]
    design = sm.add_constant(small.media.adstock.reshape(days * markets, -1)[:, reaching])
    offset = np.log(at_risk) + np.log(small.shelf.factor.ravel())
    found = sm.GLM(orders, design, family=sm.families.Poisson(), offset=offset).fit()
    block = np.add.outer(np.arange(days) // 28 * markets, np.arange(markets)).ravel()
    return found.params[1:], _jackknife_errors(design, orders, found.mu, block)[1:]


def _jackknife_errors(design, counts, mean, block) -> np.ndarray:
    """Standard errors of a Poisson regression by leaving out one block after another, one step each (CR3).

    Bell and McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples.
    """
    order = np.argsort(block, kind="stable")
    starts = np.flatnonzero(np.diff(block[order], prepend=-1))
    scores = np.add.reduceat((design * (counts - mean)[:, None])[order], starts)
    weighted = (design * mean[:, None])[order]
    information = np.add.reduceat(weighted[:, :, None] * design[order][:, None, :], starts)
    moved = np.linalg.solve(information.sum(axis=0) - information, scores[:, :, None])[:, :, 0]
    moved -= moved.mean(axis=0)
    return np.sqrt((moved**2).sum(axis=0) * (len(starts) - 1) / len(starts))


def demand_coefficients(small: Small, markets: tuple[str, ...] = MARKETS[:3]) -> tuple[np.ndarray, np.ndarray]:
    """Own-price elasticity by category, rival price, rating, promotion and the two weeks after, from weekly pieces.

    Poisson regression with effects of product x market and of market x week; quasi-Poisson standard errors.
    """
    world, offers, goods, m = small.world, small.offers, small.goods, len(markets)
    orders = small.people.orders
    basket = small.people.persons["basket"][orders["person"]]
    lines = baskets.lines(world, goods, offers, small.shelf, orders, basket, 0)
    weeks, skus = len(world.weeks), len(goods.category)
    shape = (weeks, len(MARKETS), skus)
    at = np.ravel_multi_index((world.week_of_day[lines["day"]], lines["market"], lines["sku"]), shape)
    pieces = np.bincount(at, lines["quantity"], np.prod(shape)).reshape(shape)[:, :m]
    promotion = offers.promotion[:, :m].astype(float)
    before = [np.concatenate([np.zeros((k, m, skus)), promotion[:-k]]) for k in (1, 2)]
    own = np.log(offers.price[:, :m])
    columns = [own * (goods.category == c) for c in range(len(CATEGORIES))]
    columns += [np.log(offers.rival_price[:, :m]), offers.rating[:, :m], promotion, *before]
    # Known parts of demand enter as they are: the category's season and the ramp of a new listing.
    age = (world.weeks[0] - world.days[0]).days + 7 * np.arange(weeks)[:, None, None] - goods.listed_from.T[:m]
    ramp = 1 - 0.9 * np.exp(-np.maximum(age, 0) / 7 / prices.DEMAND["ramp_weeks"])
    known = np.log(ramp) + seasons.category_season(world)[:, :m, goods.category]
    week, market, sku = np.nonzero(age >= 0)
    pick = (week, market, sku)
    design = np.stack([c[pick] for c in columns], axis=1)
    return _two_way_poisson(pieces[pick], design, known[pick], market * skus + sku, week * m + market)


def bg_nbd(repeats: np.ndarray, last: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """r, alpha, a, b of the BG/NBD model and standard errors of their logs (Fader, Hardie, Lee 2005, equation 6)."""
    from scipy.optimize import minimize
    from scipy.special import betaln, gammaln

    rows, count = np.unique(np.c_[repeats, last, age], axis=0, return_counts=True)
    x, t, T = rows.T

    def loss(log: np.ndarray) -> float:
        r, alpha, a, b = np.exp(log)
        stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
        some = np.maximum(x, 1)
        leaves = betaln(a + 1, b + some - 1) - betaln(a, b) - (r + x) * np.log(alpha + t)
        both = np.where(x > 0, np.logaddexp(stays, leaves), stays)
        return -(count @ (gammaln(r + x) - gammaln(r) + r * np.log(alpha) + both))

    best = minimize(loss, np.log([1.0, 100.0, 1.0, 2.0]), method="BFGS")
    return np.exp(best.x), np.sqrt(np.diag(best.hess_inv))


def _two_way_poisson(y, design, offset, first, second) -> tuple[np.ndarray, np.ndarray]:
    beta, a, b = np.zeros(design.shape[1]), np.zeros(first.max() + 1), np.zeros(second.max() + 1)
    for _ in range(30):
        known = design @ beta + offset
        for _ in range(3):
            a = _level(y, known + b[second], first, len(a))
            b = _level(y, known + a[first], second, len(b))
        mean = np.exp(known + a[first] + b[second])
        inside = design.copy()
        for _ in range(6):
            for group, size in ((first, len(a)), (second, len(b))):
                weight = np.maximum(np.bincount(group, mean, size), 1e-12)
                sums = [np.bincount(group, mean * column, size) / weight for column in inside.T]
                inside -= np.stack(sums, axis=1)[group]
        information = (inside * mean[:, None]).T @ inside
        step = np.linalg.solve(information, inside.T @ (y - mean))
        beta += step
        if np.abs(step).max() < 1e-5:
            break
    dispersion = np.sum((y - mean) ** 2 / np.maximum(mean, 1e-9)) / len(y)
    return beta, np.sqrt(np.diag(np.linalg.inv(information)) * max(dispersion, 1.0))


def _level(y: np.ndarray, log: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
    seen = np.maximum(np.bincount(group, y, size), 1e-8)
    return np.log(seen / np.maximum(np.bincount(group, np.exp(log), size), 1e-300))


def truth_of(what: str, small: Small) -> np.ndarray:
    """The parameters that the regression of this name should find."""
    lift = media.CHANNEL["lift"].to_numpy()
    if what == "lifts":
        return lift
    if what == "adstock":
        return (small.media.reach * lift)[[c not in media.HARVEST for c in CHANNELS]]
    others = ("rival_price", "rating", "promotion", "after_promotion_1", "after_promotion_2")
    return np.array([*(prices.ELASTICITY[c] for c in CATEGORIES), *(prices.DEMAND[name] for name in others)])


def errors_in_standard_errors(seeds: range, scale: float = 0.15) -> dict[str, np.ndarray]:
    """Estimate minus truth over its standard error: seed x parameter, for each of the three regressions."""
    regressions = {"lifts": lifts, "adstock": adstock_coefficients, "demand": demand_coefficients}
    found: dict[str, list[np.ndarray]] = {what: [] for what in regressions}
    for seed in seeds:
        small = Small.drawn(seed, scale)
        for what, regression in regressions.items():
            value, error = regression(small)
            found[what].append((value - truth_of(what, small)) / error)
    return {what: np.array(rows) for what, rows in found.items()}


def cents(amount: pd.Series) -> pd.Series:
    """Whole hundredths, so that sums compare exactly."""
    return (amount * 100).round().astype("int64")
