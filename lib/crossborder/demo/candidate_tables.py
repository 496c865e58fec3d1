"""Today's product ideas: the signals of past launches, plus what the gates look at (size, certificates, materials).

Some ideas lack a certificate, some use a material or show a picture that a market does not take, some are too large,
so that every gate has something to pass, to mend and to reject.
"""

import numpy as np
import pandas as pd

from crossborder.demo import content_features, launch_tables, supply_base
from crossborder.demo.typed import typed
from crossborder.demo.world import AS_OF, World

__all__ = ["CERTIFICATES", "IDEAS", "part"]

COUNT = 150
QUARTER_TODAY = 12  # 2026Q4, counted from 2023Q4

# category: names, HS codes, materials
IDEAS = {
    "home_storage": (
        ("stackable drawer", "vacuum bag set", "over-door rack", "rolling cart", "cable box", "shoe organiser"),
        ("392490", "392321", "732690", "940320", "392490", "630790"),
        ("polypropylene", "polyethylene", "steel", "steel", "recycled plastic", "linen"),
    ),
    "kitchen_health": (
        (
            "water filter jug",
            "steam basket",
            "portable blender",
            "silicone lunch box",
            "air fryer liner",
            "juice press",
        ),
        ("842121", "732393", "850940", "392410", "392410", "821000"),
        ("tritan", "stainless steel", "polycarbonate", "silicone", "silicone", "stainless steel"),
    ),
    "pet": (
        ("drinking fountain", "slow feeder", "grooming glove", "travel carrier", "lick mat", "automatic feeder"),
        ("841370", "392490", "401519", "420292", "392690", "847989"),
        ("polypropylene", "melamine", "rubber", "polyester", "silicone", "abs"),
    ),
    "outdoor": (
        ("camping lantern", "folding chair", "dry bag", "sun canopy", "trekking pole", "cooler bag"),
        ("851310", "940179", "630690", "630612", "660200", "420292"),
        ("abs", "aluminium", "polyvinyl chloride", "polyester", "aluminium", "polyester"),
    ),
    "electronics_accessories": (
        ("wireless charger", "phone stand", "open-ear headset", "power bank", "tablet sleeve", "charging dock"),
        ("850440", "392690", "851830", "850760", "420292", "850440"),
        ("abs", "aluminium", "abs", "abs", "polyester", "polycarbonate"),
    ),
    "beauty": (
        ("facial brush", "sheet mask set", "heatless curler", "body oil", "nail lamp", "lip balm set"),
        ("851680", "330499", "961590", "330499", "854370", "330410"),
        ("silicone", "collagen", "satin", "plant oil", "abs", "beeswax"),
    ),
}
BATTERY = (
    "portable blender",
    "drinking fountain",
    "automatic feeder",
    "camping lantern",
    "open-ear headset",
    "power bank",
)
FRAGILE = ("water filter jug", "portable blender", "camping lantern", "nail lamp", "juice press")
# Materials that at least one market forbids or restricts, put into some ideas of the category.
DOUBTFUL = {
    "home_storage": "short-chain paraffins",
    "kitchen_health": "bisphenol a",
    "pet": "lead pigment",
    "outdoor": "pfas coating",
    "electronics_accessories": "lead solder",
    "beauty": "hydroquinone|porcine collagen",
}
FLAGS = ("religious symbol", "alcohol", "bare skin", "left hand eating", "pig motif", "medical claim")
# market: certificates asked of everything, of electrical goods, radio, batteries, food contact, cosmetics
CERTIFICATES = {
    "US": ("", "FCC", "FCC", "UN38.3", "FDA", "FDA"),
    "DE": ("REACH|GPSR|EPR packaging", "CE|RoHS|WEEE", "CE", "UN38.3", "LFGB", "CPNP"),
    "GB": ("UK REACH", "UKCA|RoHS", "UKCA", "UN38.3", "FCM", "SCPN"),
    "JP": ("", "PSE", "TELEC", "PSE|UN38.3", "JFSL", "JCIA"),
    "MX": ("NOM", "NOM", "IFT", "UN38.3", "COFEPRIS", "COFEPRIS"),
    "BR": ("", "INMETRO", "ANATEL", "ANATEL|UN38.3", "ANVISA", "ANVISA"),
    "ID": ("SNI", "SNI", "SDPPI", "UN38.3", "BPOM", "BPOM|HALAL"),
    "SA": ("SABER", "SABER|SASO", "CITC", "UN38.3", "SFDA", "SFDA"),
}
ELECTRICAL = ("8413", "8414", "8421", "8479", "85")
RADIO = ("8517", "8518", "8543", "850440")
FOOD, COSMETIC = ("392410", "7323", "8210", "8509", "842121"), ("3304", "3401")


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """The 150 candidates, and their true chance of success by the mechanism of the launches."""
    places, kinds = launch_tables.MARKETS, launch_tables.CATEGORIES
    market = rng.choice(places["market"], COUNT, p=places["share"])
    category = np.resize(kinds["category"].to_numpy(dtype=object), COUNT)
    frame = pd.DataFrame({"category": category, "market": market})
    frame = pd.concat([frame, launch_tables.signals(rng, market, category)], axis=1)
    eta = launch_tables.log_odds(frame, np.full(COUNT, QUARTER_TODAY))
    frame = pd.concat([frame, _goods(frame, rng), _business(frame, eta, world.tables["suppliers"], rng)], axis=1)
    frame["certificates"] = _certificates(frame, rng)
    frame["content_flags"] = _flags(frame, rng)
    frame.insert(0, "candidate_id", [f"C{i + 1:03d}" for i in range(COUNT)])
    truth = frame[["candidate_id"]].assign(true_probability=1 / (1 + np.exp(-eta)))
    frame.loc[rng.uniform(size=COUNT) < 0.03, "rating_gap"] = np.nan
    frame = pd.concat([frame, content_features.features(frame["content_fit"], rng.spawn(1)[0])], axis=1)
    return {"candidates": typed(frame, "candidates")}, {"candidate_chances": truth}


def _goods(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Name, HS code, size, materials; a light idea scores higher on logistics."""
    kind = launch_tables.CATEGORIES.set_index("category").loc[frame["category"]].reset_index(drop=True)
    pick = rng.integers(0, 6, COUNT)
    text = [IDEAS[c] for c in frame["category"]]
    material = np.array([t[2][i] for t, i in zip(text, pick, strict=True)], dtype=object)
    doubtful = rng.uniform(size=COUNT) < 0.12
    mixed = material + "|" + frame["category"].map(DOUBTFUL).to_numpy(dtype=object)
    size = np.exp(-1.6 * (frame["logistics_fit"] - kind["light"]) + 0.45 * rng.standard_normal(COUNT))
    bulky = np.where(rng.uniform(size=COUNT) < 0.06, 9.0, 1.0)
    thing = np.array([t[0][i] for t, i in zip(text, pick, strict=True)])
    style = rng.choice(["slim", "family size", "travel", "premium", "soft", "compact", "two-pack"], COUNT)
    return pd.DataFrame(
        {
            "name": [f"{s} {t}" for s, t in zip(style, thing, strict=True)],
            "hs_code": [t[1][i] for t, i in zip(text, pick, strict=True)],
            "weight_kg": (kind["weight"] * size * bulky).clip(0.03).round(3),
            "volume_cbm": (kind["volume"] * size * bulky).clip(0.0001).round(5),
            "materials": np.where(doubtful, mixed, material),
            "battery": np.isin(thing, BATTERY),
            "fragile": np.isin(thing, FRAGILE),
        }
    )


def _business(frame: pd.DataFrame, eta: np.ndarray, suppliers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Purchase price, supplier, cost of the launch, expected sales, day of the proposal."""
    kind = launch_tables.CATEGORIES.set_index("category").loc[frame["category"]].reset_index(drop=True)
    cost_share = kind["cost_share"] * np.exp(-0.9 * (frame["margin_share"] - 0.23) + 0.12 * rng.standard_normal(COUNT))
    units = 55 * (frame["search_volume"] / 10000) ** 0.35 * np.exp(0.16 * eta + 0.30 * rng.standard_normal(COUNT))
    proposed = AS_OF - pd.to_timedelta(rng.integers(1, 75, COUNT), unit="D")
    trusted = suppliers[suppliers["supplier_id"] != supply_base.FAILED_SUPPLIER["supplier_id"]]
    by_category = trusted.groupby("category")["supplier_id"].apply(list)
    return pd.DataFrame(
        {
            "unit_cost_usd": (frame["price_usd"] * cost_share).clip(0.4).round(2),
            "supplier_id": [by_category[c][rng.integers(len(by_category[c]))] for c in frame["category"]],
            "launch_cost_usd": (2200 + 140 * frame["price_usd"] * rng.lognormal(0, 0.35, COUNT)).round(-1),
            "expected_units_month": units.round().clip(5).astype(int),
            "proposed_on": proposed,
        }
    )


def _certificates(frame: pd.DataFrame, rng: np.random.Generator) -> list[str | None]:
    """Certificates held: most of those asked for, up to two of other markets beside."""
    asked = [_asked(*row) for row in zip(frame["market"], frame["hs_code"], frame["battery"], strict=True)]
    everything = sorted({name for names in CERTIFICATES.values() for part in names for name in part.split("|") if name})
    held = []
    for names, ready in zip(asked, frame["supplier_readiness"], strict=True):
        mine = [name for name in names if rng.uniform() < 0.70 + 0.28 * ready]
        others = sorted(set(everything) - set(names))
        extra = rng.choice(others, rng.integers(0, 3), replace=False).tolist()
        held.append("|".join(sorted({*mine, *extra})) or None)
    return held


def _asked(market: str, hs_code: str, battery: bool) -> list[str]:
    holds = (True, *(hs_code.startswith(codes) for codes in (ELECTRICAL, RADIO)), battery)
    holds = (*holds, *(hs_code.startswith(codes) for codes in (FOOD, COSMETIC)))
    parts = [part for part, on in zip(CERTIFICATES[market], holds, strict=True) if on]
    return sorted({name for part in parts for name in part.split("|") if name})


def _flags(frame: pd.DataFrame, rng: np.random.Generator) -> list[str | None]:
    """A tenth of the ideas show something that may offend somewhere."""
    flagged = rng.uniform(size=COUNT) < 0.11
    which = rng.choice(FLAGS, COUNT)
    return [flag if on else None for flag, on in zip(which, flagged, strict=True)]
