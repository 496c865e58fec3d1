"""Rival offers: prices that follow attributes with known premiums by market, crowded niches, some counterfeits."""

import numpy as np
import pandas as pd

from crossborder.demo.launch_tables import CATEGORIES, MARKETS
from crossborder.demo.typed import typed
from crossborder.demo.world import AS_OF, CURRENCIES, World

__all__ = ["NICHES", "PREMIUMS", "part"]

COUNT = 3000
NICHES = {
    "home_storage": ("drawer organisers", "vacuum bags", "shelf racks", "cable tidies"),
    "kitchen_health": ("water filters", "lunch boxes", "portable blenders", "steam cookers"),
    "pet": ("drinking fountains", "carriers", "slow feeders", "grooming tools"),
    "outdoor": ("camping lights", "folding chairs", "dry bags", "sun canopies"),
    "electronics_accessories": ("wireless chargers", "phone stands", "headsets", "power banks"),
    "beauty": ("facial brushes", "sheet masks", "hair styling", "body oils"),
}
# Local currency for one USD at the end of October 2026, rounded; only the level of prices follows from it.
PER_USD = {"US": 1.0, "DE": 0.88, "GB": 0.76, "JP": 152.0, "MX": 18.6, "BR": 5.5, "ID": 16500.0, "SA": 3.75}
SITES = {"marketplace_a": 0.50, "marketplace_b": 0.30, "social_shop": 0.20}
# Share of offers with the attribute, and its true effect on the logarithm of the price in each market.
ATTRIBUTES = {
    "eco_certified": 0.25, "safety_certified": 0.35, "local_culture": 0.15, "smart": 0.18, "traceable": 0.20,
}  # fmt: skip
PREMIUMS = pd.DataFrame(
    {
        "market": ["US", "DE", "GB", "JP", "MX", "BR", "ID", "SA"],
        "eco_certified": [0.11, 0.21, 0.17, 0.08, 0.02, 0.04, 0.00, 0.01],
        "safety_certified": [0.09, 0.12, 0.10, 0.14, 0.07, 0.08, 0.09, 0.06],
        "local_culture": [0.02, 0.00, 0.03, 0.15, 0.10, 0.08, 0.13, 0.22],
        "smart": [0.26, 0.18, 0.20, 0.16, 0.12, 0.14, 0.10, 0.27],
        "traceable": [0.03, 0.09, 0.06, 0.07, 0.00, 0.02, 0.03, 0.05],
    }
)
NOISE, RATING_EFFECT, COUNTERFEIT_DISCOUNT = 0.16, 0.10, 0.55
WORDS = ("pro", "plus", "home", "daily", "easy", "max", "mini", "classic", "nova", "green", "studio", "basic")


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """3,000 listings on the platforms where others sell too.

    The truth: premiums by attribute and market, the share of like offers by niche, the counterfeits' discount.
    """
    frame = _places(rng)
    for name, share in ATTRIBUTES.items():
        frame[name] = rng.uniform(size=COUNT) < share
    frame["rating"] = (
        (4.25 + 0.35 * rng.standard_normal(COUNT) + 0.08 * frame["safety_certified"]).clip(1.8, 5).round(1)
    )
    fake = rng.uniform(size=COUNT) < 0.03
    frame["price"] = _prices(frame, fake, rng)
    frame = pd.concat([frame, _demand(frame, fake, rng)], axis=1)
    crowding = _pictures(frame, fake, rng)
    frame["counterfeit"] = fake
    frame.loc[frame["review_count"] == 0, "rating"] = np.nan
    truth = {
        "price_premiums_log": PREMIUMS.copy(),
        "price_noise_log": NOISE,
        "price_rating_effect_log": RATING_EFFECT,
        "counterfeit_price_factor": COUNTERFEIT_DISCOUNT,
        "niche_crowding": crowding,
    }
    return {"listings": typed(frame, "listings")}, truth


def _places(rng: np.random.Generator) -> pd.DataFrame:
    market = rng.choice(MARKETS["market"], COUNT, p=(MARKETS["share"] + 0.05) / (1 + 0.05 * len(MARKETS)))
    category = rng.choice(CATEGORIES["category"], COUNT)
    niche = np.array([NICHES[c][i] for c, i in zip(category, rng.integers(0, 4, COUNT), strict=True)])
    # Sellers of a niche follow a steep rank order: a few large ones, many small.
    rank = np.minimum((rng.pareto(0.9, COUNT) * 1.5).astype(int), 39)
    code = pd.Series(niche).astype("category").cat.codes.to_numpy()
    seller = [f"R{m}{c:02d}{r:02d}" for m, c, r in zip(market, code, rank, strict=True)]
    return pd.DataFrame(
        {
            "listing_id": [f"O{i + 1:04d}" for i in range(COUNT)],
            "market": market,
            "platform": rng.choice(list(SITES), COUNT, p=list(SITES.values())),
            "category": category,
            "niche": niche,
            "seller_id": seller,
            "currency": [CURRENCIES[m] for m in market],
        }
    )


def _prices(frame: pd.DataFrame, fake: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Log price: niche, market level, attributes, rating and noise."""
    base = np.log(CATEGORIES.set_index("category").loc[frame["category"], "price"].to_numpy())
    level = np.log(MARKETS.set_index("market").loc[frame["market"], "price"].to_numpy())
    names = sorted({niche for niches in NICHES.values() for niche in niches})
    own = pd.Series(0.25 * rng.standard_normal(len(names)), index=names).loc[frame["niche"]].to_numpy()
    premium = PREMIUMS.set_index("market").loc[frame["market"]]
    paid = sum(frame[name].to_numpy() * premium[name].to_numpy() for name in ATTRIBUTES)
    rating = RATING_EFFECT * (frame["rating"].to_numpy() - 4.25)
    log_price = base + level + own + paid + rating + NOISE * rng.standard_normal(COUNT)
    rate = np.array([PER_USD[m] for m in frame["market"]])
    amount = pd.Series(np.exp(log_price) * rate * np.where(fake, COUNTERFEIT_DISCOUNT, 1.0))
    return amount.round(2).where(rate < 100, amount.round(0))


def _demand(frame: pd.DataFrame, fake: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Age, sales a month and reviews; counterfeits are new, sell fast and have few reviews."""
    months = np.where(fake, rng.uniform(0.5, 6, COUNT), rng.gamma(2.0, 9.0, COUNT)).clip(0.3, 70)
    share = frame["seller_id"].str[-2:].astype(int).to_numpy()
    units = (
        140 * (1 + share) ** -0.6 * np.exp(0.5 * (frame["rating"].to_numpy() - 4.25) + 0.6 * rng.standard_normal(COUNT))
    )
    units = units * np.where(fake, 2.2, 1.0)
    reviews = rng.poisson(0.035 * units * months * np.where(fake, 0.3, 1.0))
    return pd.DataFrame(
        {
            "units_month": units.round().astype(int),
            "review_count": reviews,
            "listed_on": AS_OF - pd.to_timedelta((months * 30.4).round(), unit="D"),
        }
    )


def _pictures(frame: pd.DataFrame, fake: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Picture fingerprints and titles: in a crowded niche many offers share one; counterfeits copy an original's."""
    niches = frame[["category", "niche"]].drop_duplicates().sort_values(["category", "niche"], ignore_index=True)
    niches["share_alike"] = rng.uniform(0.05, 0.65, len(niches)).round(2)
    alike = rng.uniform(size=COUNT) < frame["niche"].map(niches.set_index("niche")["share_alike"]).to_numpy()
    code = pd.factorize(frame["niche"], sort=True)[0]
    template = code * 10 + rng.integers(0, 3, COUNT)
    own = 10_000 + rng.permutation(COUNT)
    picture = np.where(alike, template, own)
    originals = np.flatnonzero(~fake)
    picture = np.where(fake, picture[rng.choice(originals, COUNT)], picture)
    words = np.array(WORDS)[rng.integers(0, len(WORDS), (COUNT, 3))]
    fixed = np.array(WORDS)[np.array([[3, 5, 8], [0, 2, 6], [1, 4, 9]])[template % 10]]
    words = np.where(alike[:, None], fixed, words)
    claims = np.where(frame["eco_certified"], " eco", "") + np.where(frame["smart"], " smart", "")
    frame["title"] = [f"{n} {' '.join(w)}{c}" for n, w, c in zip(frame["niche"], words, claims, strict=True)]
    # A hash that spreads the numbers over 48 bits, equal for equal pictures.
    frame["image_hash"] = (picture.astype(np.int64) * 2_654_435_761) % (1 << 48)
    return niches
