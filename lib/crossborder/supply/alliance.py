"""Buying together: what the pooled volume saves and how to split it fairly (Shapley value), and volume discounts.

Source: L. S. Shapley, Contributions to the Theory of Games II, 1953; D. Schmeidler, SIAM J. Applied Math. 17, 1969.
"""

from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, between, positive

__all__ = ["in_core", "purchase_alliance", "shapley", "tier_saving", "volume_price"]

LARGEST = 16


def shapley(worth: ArrayLike) -> np.ndarray:
    """Shapley value of a game with up to 16 players; `worth[mask]` is the worth of the players in the bits of `mask`.

    >>> shapley([0, 0, 0, 1]).tolist()
    [0.5, 0.5]
    """
    worth = np.asarray(worth, float)
    players = int(np.log2(len(worth)))
    if len(worth) != 2**players or not 1 <= players <= LARGEST:
        raise InputError.out_of_range("length of worth", len(worth), f"2 to the number of players, up to 2**{LARGEST}")
    mask = np.arange(len(worth))
    size = np.zeros(len(worth), int)
    for player in range(players):
        size += (mask >> player) & 1
    weights = np.array([factorial(k) * factorial(players - k - 1) / factorial(players) for k in range(players)])
    value = np.empty(players)
    for player in range(players):  # over at most 16 players; coalitions are arrays
        without = mask[(mask >> player) & 1 == 0]
        value[player] = weights[size[without]] @ (worth[without | (1 << player)] - worth[without])
    return value


def in_core(worth: ArrayLike, split: ArrayLike, tolerance: float = 1e-9) -> bool:
    """Whether no group of players would do better on its own than under `split`."""
    worth, split = np.asarray(worth, float), np.asarray(split, float)
    mask = np.arange(len(worth))
    given = ((mask[:, None] >> np.arange(len(split))) & 1) @ split
    return bool((given >= worth - tolerance).all() and abs(given[-1] - worth[-1]) <= tolerance)


def volume_price(quantity: ArrayLike, base_quantity: ArrayLike, discount_at_double: ArrayLike) -> np.ndarray:
    """Price index of a volume: it falls by `discount_at_double` with every doubling (1 at the base quantity).

    >>> float(volume_price(200, 100, 0.06))
    0.94
    """
    ratio = np.maximum(at_least("quantity", quantity, 0) / positive("base_quantity", base_quantity), 1.0)
    return (1 - between("discount_at_double", discount_at_double, 0, 0.99)) ** np.log2(ratio)


def purchase_alliance(
    quantity: ArrayLike, unit_cost: ArrayLike, discount_at_double: float, coordination_cost: float = 0.0
) -> pd.DataFrame:
    """Savings of firms that pool purchases, and their fair split: by firm spend alone, saving, share, price cut.

    All firms read the same price curve, whose base is the smallest firm's volume: a group reads it at its pooled one.
    `coordination_cost` is paid by any alliance of two or more, a year.
    """
    quantity, cost = positive("quantity", quantity), positive("unit_cost", unit_cost)
    cost = np.broadcast_to(cost, quantity.shape)
    players = len(quantity)
    mask = np.arange(2**players)
    member = (mask[:, None] >> np.arange(players)) & 1
    pooled = member @ quantity
    alone = quantity * cost * volume_price(quantity, quantity.min(), discount_at_double)
    together = member * (quantity * cost) * volume_price(pooled, quantity.min(), discount_at_double)[:, None]
    worth = (member @ alone) - together.sum(1) - np.where(member.sum(1) > 1, coordination_cost, 0.0)
    value = shapley(worth)
    total = max(float(worth[-1]), 1e-12)
    return pd.DataFrame(
        {
            "quantity": quantity,
            "alone": alone,
            "saving": value,
            "share": value / total,
            "price_cut": value / alone,
            "stable": in_core(worth, value, 1e-6),
        }
    )


def tier_saving(
    quantity_year: ArrayLike, unit_cost: ArrayLike, breakpoints: ArrayLike, price_cuts: ArrayLike
) -> pd.DataFrame:
    """What a yearly commitment saves by discount tier, and what reaching the next tier would take and bring.

    `breakpoints` are pieces a year (the first 0), `price_cuts` fractions.
    """
    quantity, cost = at_least("quantity_year", quantity_year, 0), positive("unit_cost", unit_cost)
    breaks, cuts = np.asarray(breakpoints, float), between("price_cuts", price_cuts, 0, 0.99)
    tier = np.searchsorted(breaks, quantity, side="right") - 1
    following = np.minimum(tier + 1, len(breaks) - 1)
    saving = quantity * cost * cuts[tier]
    extra = np.maximum(breaks[following] - quantity, 0)
    gain = quantity * cost * (cuts[following] - cuts[tier])
    return pd.DataFrame(
        {"tier": tier + 1, "price_cut": cuts[tier], "saving": saving, "units_to_next": extra, "gain_at_next": gain}
    )
