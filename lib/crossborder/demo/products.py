"""The 120 products of the simulated company: what they are, cost, weigh, and how well they are liked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, MARKETS, World

__all__ = ["PER_CATEGORY", "Catalogue", "catalogue"]

PER_CATEGORY = 20
# noun, HS code, price level to the category, weight kg, length, width, height cm, materials, battery, fragile
NOUNS = {
    "home_storage": [
        ("fabric bin", "630790", 0.7, 0.5, 38, 27, 4, "polyester|cardboard", 0, 0),
        ("stacking box", "392310", 0.9, 1.1, 42, 31, 9, "polypropylene", 0, 0),
        ("shelf rack", "940320", 1.6, 3.2, 62, 33, 8, "steel", 0, 0),
        ("drawer organiser", "392490", 0.8, 0.7, 36, 26, 7, "polypropylene", 0, 0),
    ],
    "kitchen_health": [
        ("food container", "392410", 0.7, 0.8, 27, 21, 12, "polypropylene|silicone", 0, 0),
        ("steel pan", "732393", 1.1, 1.5, 41, 27, 9, "stainless steel", 0, 0),
        ("neck massager", "901910", 1.5, 0.9, 24, 22, 11, "abs|silicone", 1, 0),
        ("glass jar set", "701349", 0.8, 1.7, 31, 23, 14, "glass|bamboo", 0, 1),
    ],
    "pet": [
        ("pet bed", "940490", 1.4, 1.3, 46, 33, 13, "polyester|cotton", 0, 0),
        ("dog lead", "420100", 0.7, 0.3, 19, 13, 5, "nylon|steel", 0, 0),
        ("water fountain", "841381", 1.4, 1.2, 22, 21, 18, "abs", 0, 0),
        ("chew toy", "392690", 0.5, 0.2, 16, 11, 6, "rubber", 0, 0),
    ],
    "outdoor": [
        ("camping chair", "940179", 1.2, 2.9, 88, 17, 16, "steel|polyester", 0, 0),
        ("folding tent", "630622", 1.8, 3.6, 64, 19, 18, "polyester|fibreglass", 0, 0),
        ("head lamp", "851310", 0.6, 0.2, 13, 9, 7, "abs", 1, 0),
        ("dry bag", "420292", 0.6, 0.4, 32, 22, 4, "pvc", 0, 0),
    ],
    "electronics_accessories": [
        ("wall charger", "850440", 0.8, 0.2, 13, 9, 5, "abs|copper", 0, 0),
        ("braided cable", "854442", 0.5, 0.1, 15, 10, 3, "nylon|copper", 0, 0),
        ("power bank", "850760", 1.3, 0.4, 17, 10, 4, "abs|lithium", 1, 0),
        ("wireless earbuds", "851830", 1.5, 0.2, 12, 11, 5, "abs|lithium", 1, 0),
    ],
    "beauty": [
        ("face serum", "330499", 1.1, 0.2, 14, 6, 6, "glass", 0, 1),
        ("brush set", "960330", 0.9, 0.3, 24, 15, 5, "nylon|wood", 0, 0),
        ("hair dryer", "851631", 1.7, 0.8, 27, 22, 10, "abs|copper", 0, 0),
        ("make-up mirror", "700992", 1.2, 0.9, 29, 22, 6, "glass|abs", 1, 1),
    ],
}
STYLES = ("Classic", "Slim", "Duo", "Pro", "Mini")
PRICE_USD = {
    "home_storage": 32.0,
    "kitchen_health": 35.0,
    "pet": 29.0,
    "outdoor": 46.0,
    "electronics_accessories": 28.0,
    "beauty": 26.0,
}
COST_SHARE = {
    "home_storage": 0.205,
    "kitchen_health": 0.215,
    "pet": 0.195,
    "outdoor": 0.235,
    "electronics_accessories": 0.255,
    "beauty": 0.16,
}
CERTIFICATES = {
    "home_storage": "REACH",
    "kitchen_health": "REACH|LFGB|FDA food contact",
    "pet": "REACH|CPSIA",
    "outdoor": "REACH",
    "electronics_accessories": "CE|FCC|RoHS",
    "beauty": "REACH|CPNP",
}
APPEAL_SD, AFFINITY_SD = 0.70, 0.30
LAUNCHED_BEFORE = 0.70


@dataclass(frozen=True)
class Catalogue:
    """The products table and what only the simulator knows of them; arrays are by SKU, or SKU x market."""

    frame: pd.DataFrame
    category: np.ndarray
    appeal: np.ndarray
    listed_from: np.ndarray
    rating: np.ndarray
    list_usd: np.ndarray
    cost: np.ndarray
    cost_usd: np.ndarray
    volume_cbm: np.ndarray
    backup: np.ndarray


def catalogue(world: World, suppliers: pd.DataFrame) -> Catalogue:
    """The products, each with a supplier of its category, and their hidden appeal in each market."""
    rng = world.rng("products")
    names = [(c, s, *noun) for c in CATEGORIES for s in STYLES for noun in NOUNS[c]]
    columns = ["category", "style", "noun", "hs_code", "level", "kg", "l", "w", "h", "materials", "battery", "fragile"]
    base = pd.DataFrame(names, columns=columns)
    n = len(base)
    size = np.exp(rng.normal(0, 0.10, n))
    price = np.round(base["category"].map(PRICE_USD) * base["level"] * np.exp(rng.normal(0, 0.15, n))) + 0.99
    main, backup = _suppliers(base["category"], suppliers, rng)
    chosen = suppliers.set_index("supplier_id").loc[main]
    cost_usd = (
        price * base["category"].map(COST_SHARE) * chosen["price_index"].to_numpy() * np.exp(rng.normal(0, 0.10, n))
    )
    chinese = (chosen["country"] == "CN").to_numpy()
    cny = float(world.usd_per_unit["CNY"].loc[world.start])
    cost = np.round(np.where(chinese, cost_usd / cny, cost_usd), 2)
    appeal, listed_from = _appeal(world, n, rng)
    frame = _frame(world, base, price, size, main, cost, chinese, listed_from)
    volume = frame[["length_cm", "width_cm", "height_cm"]].prod(axis=1).to_numpy() / 1e6
    return Catalogue(
        typed(frame, "products"),
        base["category"].map({c: i for i, c in enumerate(CATEGORIES)}).to_numpy(),
        appeal,
        listed_from,
        np.clip(rng.normal(4.35, 0.22, n), 3.6, 4.9),
        price.to_numpy(),
        cost,
        np.where(chinese, cost * cny, cost),
        volume,
        backup,
    )


def _frame(world: World, base, price, size, main, cost, chinese, listed_from) -> pd.DataFrame:
    """The columns of the products table."""
    return pd.DataFrame(
        {
            "sku": [f"Q{i + 1:04d}" for i in range(len(base))],
            "name": base["style"] + " " + base["noun"],
            "category": base["category"],
            "hs_code": base["hs_code"],
            "unit_cost": cost,
            "currency": np.where(chinese, "CNY", "USD"),
            "weight_kg": np.round(base["kg"] * size**3, 3),
            "length_cm": np.round(base["l"] * size, 1),
            "width_cm": np.round(base["w"] * size, 1),
            "height_cm": np.round(base["h"] * size, 1),
            "supplier_id": main,
            "launched_on": world.days[0] + pd.to_timedelta(np.min(listed_from, axis=1), unit="D"),
            "certificates": base["category"].map(CERTIFICATES),
            "materials": base["materials"],
            "battery": base["battery"] == 1,
            "fragile": base["fragile"] == 1,
            "list_price_usd": price,
        }
    )


def _suppliers(category: pd.Series, suppliers: pd.DataFrame, rng: np.random.Generator) -> tuple:
    """A supplier of the category for each product, and another one that could step in."""
    main, backup = np.empty(len(category), dtype=object), np.empty(len(category), dtype=object)
    for name in CATEGORIES:
        ids = suppliers.loc[suppliers["category"] == name, "supplier_id"].to_numpy(dtype=object)
        rows = np.flatnonzero(category == name)
        pick = (rng.permutation(len(rows))) % len(ids)
        main[rows], backup[rows] = ids[pick], ids[(pick + 1) % len(ids)]
    return main, backup


def _appeal(world: World, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Log appeal by market, and the day of listing by market (past the end: not sold there)."""
    appeal = rng.normal(0, APPEAL_SD, (n, 1)) + rng.normal(0, AFFINITY_SD, (n, len(MARKETS)))
    days = len(world.days)
    new = rng.random(n) >= LAUNCHED_BEFORE
    first = np.where(new, rng.integers(30, 900, n), -rng.integers(60, 900, n))
    later = np.where(rng.random((n, len(MARKETS))) < 0.75, rng.integers(0, 90, (n, len(MARKETS))), 10 * days)
    later[:, 0] = 0
    return appeal, first[:, None] + later
