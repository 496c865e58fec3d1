"""Reviews in seven languages, written from clauses with known aspect and sentiment.

Every review has a mood; each aspect that it names is good or bad by the mood, the market and the aspect. Stars follow
the mix of good and bad with noise, so a reader of the words alone cannot always tell them. Some reviews say nothing,
some carry slips of the keyboard, and incidents of quality leave a burst of complaints.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, LANGUAGES, PERIOD, World

__all__ = ["ASPECTS", "part"]

COUNT = 6000
MARKET_SHARE = {"US": 0.14, "GB": 0.10, "DE": 0.14, "JP": 0.135, "MX": 0.12, "BR": 0.13, "ID": 0.115, "SA": 0.12}
ASPECTS = ("quality", "price", "delivery", "packaging", "size", "ease", "design", "durability")
# Log-odds of a good word beyond the mood, by market and aspect.
BASE = 1.30
TILT = pd.DataFrame(
    [
        ("US", 0.1, 0.2, 0.6, 0.2, -0.2, 0.1, 0.3, -0.1),
        ("GB", 0.0, 0.1, 0.4, 0.1, -0.1, 0.0, 0.2, -0.2),
        ("DE", -0.3, -0.1, 0.3, -0.9, 0.0, -0.4, 0.2, -0.5),
        ("JP", -0.2, 0.1, 0.3, -0.4, -1.1, 0.0, 0.4, 0.1),
        ("MX", 0.1, -0.2, -0.5, 0.0, 0.2, -0.2, 0.3, -0.1),
        ("BR", 0.2, -0.8, -1.3, 0.0, 0.1, 0.1, 0.4, 0.0),
        ("ID", 0.0, 0.6, -0.6, -0.6, 0.0, 0.2, 0.3, -0.3),
        ("SA", -0.1, 0.4, -0.8, 0.1, 0.1, -0.1, -0.6, 0.2),
    ],
    columns=["market", *ASPECTS],
).set_index("market")
MOOD = 1.9  # how strongly the mood of a review moves all its aspects
STAR_SLIPS = 0.02  # reviews whose stars are the wrong way round
WORDLESS = 0.035
MENTIONS = pd.DataFrame(
    {
        "home_storage": [3, 2, 2, 2, 4, 3, 2, 2],
        "kitchen_health": [4, 2, 2, 1, 1, 4, 2, 3],
        "pet": [3, 2, 2, 1, 3, 3, 1, 3],
        "outdoor": [3, 2, 2, 1, 2, 3, 1, 4],
        "electronics_accessories": [3, 3, 2, 1, 1, 3, 2, 4],
        "beauty": [4, 3, 2, 3, 1, 2, 3, 1],
    },
    index=list(ASPECTS),
)
# What people in a market buy for, and where they use it: weights of needs and scenes that go together.
NEEDS = ("space", "health", "comfort", "gift", "time")
SCENES = ("kitchen", "flat", "travel", "office", "outdoors")
TOGETHER = {
    "US": ("comfort", "outdoors"),
    "GB": ("time", "office"),
    "DE": ("health", "kitchen"),
    "JP": ("space", "flat"),
    "MX": ("gift", "kitchen"),
    "BR": ("comfort", "travel"),
    "ID": ("time", "kitchen"),
    "SA": ("gift", "office"),
}
TOGETHER_SHARE = 0.40
VALUES = ("premium", "plain", "natural", "tradition", "quiet")
VALUE_SHARE = pd.DataFrame(
    {
        "US": [0.25, 0.20, 0.25, 0.10, 0.20], "GB": [0.15, 0.30, 0.30, 0.10, 0.15],
        "DE": [0.10, 0.25, 0.45, 0.05, 0.15], "JP": [0.10, 0.30, 0.05, 0.15, 0.40],
        "MX": [0.25, 0.15, 0.15, 0.35, 0.10], "BR": [0.30, 0.20, 0.25, 0.15, 0.10],
        "ID": [0.15, 0.35, 0.10, 0.25, 0.15], "SA": [0.50, 0.05, 0.05, 0.35, 0.05],
    },
    index=list(VALUES),
)  # fmt: skip
GLAD = {"joy": 0.45, "trust": 0.40, "surprise": 0.15}
SORE = {"disappointment": 0.55, "anger": 0.35, "fear": 0.10}
BURST_REVIEWS = 14  # complaints within two weeks of an incident of quality or reputation


@cache
def phrases() -> dict:
    """The clauses by language, from the file beside this module."""
    import yaml

    text = files("crossborder.demo").joinpath("phrases.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Reviews, and what each truly says: aspects with sentiment, mood, emotion, need, scene, value."""
    frame = _subjects(world, rng)
    burst = _bursts(frame, world, rng)
    said = _aspects(frame, rng)
    frame = _stars(frame, said, rng)
    frame = _feelings(frame, rng)
    frame["text"] = _texts(frame, said, rng)
    frame = frame.sort_values(["date", "market"], kind="stable")
    frame["review_id"] = [f"V{i + 1:05d}" for i in range(len(frame))]
    named = frame["review_id"].to_dict()
    columns = ["review_id", "sku", "listing_id", "market", "language", "rating", "text", "date"]
    labels = ["review_id", "sentiment", "emotion", "need", "scene", "value"]
    truth = {
        "review_labels": frame[labels].reset_index(drop=True),
        "review_aspects": said.assign(review_id=said["row"].map(named))[["review_id", "aspect", "good"]],
        "aspect_tilt_log_odds": TILT.copy(),
        "need_and_scene": {market: list(pair) for market, pair in TOGETHER.items()},
        "value_shares": VALUE_SHARE.copy(),
        "review_bursts": burst,
        "review_star_slips": STAR_SLIPS,
    }
    return {"reviews": typed(frame[columns].reset_index(drop=True), "reviews")}, truth


def _subjects(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """What each review is about: market, language, day, own product or rival offer, its category and appeal."""
    market = rng.choice(list(MARKET_SHARE), COUNT, p=list(MARKET_SHARE.values()))
    days = (PERIOD[1] - PERIOD[0]).days
    frame = pd.DataFrame(
        {
            "market": market,
            "language": [LANGUAGES[m] for m in market],
            "date": PERIOD[0] + pd.to_timedelta((days * rng.beta(1.6, 1.0, COUNT)).astype(int), unit="D"),
            "category": rng.choice(CATEGORIES, COUNT),
            "sku": pd.Series(None, index=range(COUNT), dtype=object),
            "listing_id": pd.Series(None, index=range(COUNT), dtype=object),
            "mood": rng.standard_normal(COUNT),
        }
    )
    own = rng.uniform(size=COUNT) < 0.6
    if "products" in world.tables:
        _point_to_products(frame, own, world, rng)
    if "listings" in world.tables:
        _point_to_listings(frame, ~own, world.tables["listings"], rng)
    return frame


def _point_to_products(frame: pd.DataFrame, own: np.ndarray, world: World, rng: np.random.Generator) -> None:
    """Own products at random; where the shelf shows a rating, the mood of a product's reviews follows it."""
    products = world.tables["products"]
    pick = rng.integers(0, len(products), int(own.sum()))
    appeal = 0.5 * rng.standard_normal(len(products))
    if "prices" in world.tables:
        rating = world.tables["prices"].groupby("sku")["rating"].mean().reindex(products["sku"])
        appeal = (0.6 * (rating - rating.mean()) / rating.std()).fillna(0.0).to_numpy()
    frame.loc[own, "sku"] = products["sku"].to_numpy()[pick]
    frame.loc[own, "category"] = products["category"].to_numpy()[pick]
    frame.loc[own, "mood"] += appeal[pick]
    on_sale = products["launched_on"].fillna(PERIOD[0]).to_numpy()[pick] + np.timedelta64(20, "D")
    late = np.maximum(frame.loc[own, "date"].to_numpy(), on_sale)
    frame.loc[own, "date"] = np.minimum(late, np.datetime64(PERIOD[1]))


def _point_to_listings(frame: pd.DataFrame, rival: np.ndarray, offers: pd.DataFrame, rng: np.random.Generator) -> None:
    for market, rows in frame.index[rival].groupby(frame.loc[rival, "market"]).items():
        there = offers[(offers["market"] == market) & (offers["review_count"] > 0)]
        pick = rng.integers(0, len(there), len(rows))
        frame.loc[rows, "listing_id"] = there["listing_id"].to_numpy()[pick]
        frame.loc[rows, "category"] = there["category"].to_numpy()[pick]


def _bursts(frame: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Complaints that follow an incident: rows moved to its market and weeks, in a bad mood, about one product."""
    if "incidents" not in world.tables:
        return pd.DataFrame(columns=["incident_id", "market", "from", "reviews"])
    incidents = world.tables["incidents"].query("kind in ['review_wave', 'faulty_batch']").reset_index(drop=True)
    own = frame.index[frame["sku"].notna()] if frame["sku"].notna().any() else frame.index
    rows = rng.choice(own, (len(incidents), BURST_REVIEWS), replace=False)
    market = incidents["market"].to_numpy(dtype=object, na_value=None)
    drawn = rng.choice(list(MARKET_SHARE), len(incidents))
    market = np.array([m or d for m, d in zip(market, drawn, strict=True)], dtype=object)
    flat = rows.ravel()
    frame.loc[flat, "market"] = np.repeat(market, BURST_REVIEWS)
    frame.loc[flat, "language"] = frame.loc[flat, "market"].map(LANGUAGES)
    after = np.repeat(incidents["started_on"].to_numpy(), BURST_REVIEWS)
    shift = rng.integers(0, 14, rows.size).astype("timedelta64[D]")
    frame.loc[flat, "date"] = np.minimum(after + shift, np.datetime64(PERIOD[1]))
    frame.loc[flat, "mood"] = -2.5
    frame.loc[flat, "listing_id"] = None
    for column in ("sku", "category"):
        frame.loc[flat, column] = np.repeat(frame.loc[rows[:, 0], column].to_numpy(), BURST_REVIEWS)
    return incidents[["incident_id"]].assign(
        market=market, **{"from": incidents["started_on"], "reviews": BURST_REVIEWS}
    )


def _aspects(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row for each aspect named in a review: row, aspect, good."""
    count = rng.choice([1, 2, 3, 4], len(frame), p=[0.32, 0.40, 0.20, 0.08])
    count[rng.uniform(size=len(frame)) < WORDLESS] = 0
    weight = MENTIONS.T.loc[frame["category"]].to_numpy()
    # The largest keys of a weighted race win: a weighted draw without replacement, all rows at once.
    race = rng.exponential(size=weight.shape) / weight
    place = race.argsort(axis=1).argsort(axis=1)
    row, aspect = np.nonzero(place < count[:, None])
    tilt = TILT.loc[frame["market"]].to_numpy()[row, aspect]
    eta = BASE + tilt + MOOD * frame["mood"].to_numpy()[row]
    good = rng.uniform(size=len(row)) < 1 / (1 + np.exp(-eta))
    return pd.DataFrame({"row": row, "aspect": np.array(ASPECTS)[aspect], "good": good})


def _stars(frame: pd.DataFrame, said: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """True sentiment from the mix of good and bad words, and stars around it with slips."""
    balance = said.assign(value=2.0 * said["good"] - 1).groupby("row")["value"].mean().reindex(frame.index)
    silent = balance.isna()
    balance = balance.where(~silent, np.where(frame["mood"] > -0.8, 1.0, -1.0))
    tone = np.select([balance > 0.2, balance < -0.2], ["positive", "negative"], "mixed")
    odds = {"positive": [0.00, 0.01, 0.05, 0.30, 0.64], "mixed": [0.03, 0.14, 0.66, 0.14, 0.03]}
    odds["negative"] = [0.50, 0.36, 0.11, 0.02, 0.01]
    table = np.cumsum([odds[name] for name in ("positive", "mixed", "negative")], axis=1)
    code = pd.Categorical(tone, categories=["positive", "mixed", "negative"]).codes
    stars = 1 + (rng.uniform(size=len(frame))[:, None] > table[code][:, :4]).sum(axis=1)
    slip = rng.uniform(size=len(frame)) < STAR_SLIPS
    return frame.assign(sentiment=tone, rating=np.where(slip, 6 - stars, stars), silent=silent)


def _feelings(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Emotion, need with scene, and value word that a review mentions; None where it does not."""
    n = len(frame)
    glad, sore = (rng.choice(list(pool), n, p=list(pool.values())) for pool in (GLAD, SORE))
    emotion = np.where(frame["sentiment"] == "positive", glad, sore).astype(object)
    quiet = (rng.uniform(size=n) > 0.55) | (frame["sentiment"] == "mixed") | frame["silent"]
    emotion[quiet] = None
    pair = np.array([TOGETHER[m] for m in frame["market"]], dtype=object)
    typical = rng.uniform(size=n) < TOGETHER_SHARE
    need = np.where(typical, pair[:, 0], rng.choice(NEEDS, n)).astype(object)
    scene = np.where(typical, pair[:, 1], rng.choice(SCENES, n)).astype(object)
    unused = (rng.uniform(size=n) > 0.35) | frame["silent"]
    need[unused], scene[unused] = None, None
    share = VALUE_SHARE.T.loc[frame["market"]].to_numpy().cumsum(axis=1)
    index = (rng.uniform(size=n)[:, None] > share[:, :4]).sum(axis=1)
    value = np.array(VALUES, dtype=object)[index]
    value[(rng.uniform(size=n) > 0.22) | frame["silent"]] = None
    return frame.assign(emotion=emotion, need=need, scene=scene, value=value)


def _texts(frame: pd.DataFrame, said: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """The words of every review, in its language."""
    clauses = said.groupby("row")[["aspect", "good"]].apply(lambda rows: list(rows.itertuples(index=False, name=None)))
    draws = rng.integers(0, 1_000_000, (len(frame), 16))
    columns = ["language", "category", "emotion", "need", "scene", "value"]
    known = frame[columns].astype(object)
    rows = known.where(known.notna(), None).itertuples(index=False, name=None)
    return [_text(*row, clauses.get(i, []), draws[i]) for i, row in enumerate(rows)]


def _text(language, category, emotion, need, scene, value, clauses, draws) -> str:
    """One review: use, aspects joined by and-like stops or a `but`, value, emotion; then slips of the keyboard."""
    book = phrases()[language]
    draw = iter(draws.tolist())
    if not clauses:
        return _pick(book["filler"], next(draw))
    parts, last = [], None
    for aspect, good in clauses:
        very = _pick(book["very"], next(draw)) if next(draw) % 2 else ""
        clause = " ".join(_pick(book[aspect]["good" if good else "bad"], next(draw)).format(v=very).split())
        clause = clause.replace(" ", "") if language == "ja" else clause
        turn = last is not None and good != last
        parts.append(f"{_pick(book['but'], draws[1])}{book['space']}{clause}" if turn else clause)
        last = good
    if need:
        words = {"need": book["needs"][need], "scene": book["scenes"][scene]}
        use = _pick(book["use"], draws[2]).format(thing=_pick(book["things"][category], draws[3]), **words)
        parts.insert(0 if draws[4] % 2 else len(parts), use)
    if value:
        parts.append(_pick(book["value"], draws[5]).format(w=_pick(book["values"][value], draws[6])))
    if emotion:
        parts.insert(0 if draws[7] % 3 == 0 else len(parts), _pick(book["emotions"][emotion], draws[8]))
    return _written(parts, book, draws)


def _written(parts: list[str], book: dict, draws: np.ndarray) -> str:
    """Sentences with the writer's habits: full stops or commas, capitals or none, cries, dropped letters."""
    comma = "、" if book["space"] == "" else ", "
    if draws[9] % 4 == 0:
        text = comma.join(parts)
    else:
        joined = f"{book['stop']}{book['space']}".join(p[:1].upper() + p[1:] for p in parts)
        text = joined + ("!" if draws[10] % 5 == 0 else book["stop"])
    text = text.lower() if draws[11] % 4 == 0 else text
    if draws[12] % 6 == 0 and len(text) > 12:
        slip = 1 + draws[13] % (len(text) - 2)
        text = text[:slip] + text[slip + 1 :]
    if draws[14] % 12 == 0 and len(text) > 12:
        slip = 1 + draws[15] % (len(text) - 3)
        text = text[:slip] + text[slip + 1] + text[slip] + text[slip + 2 :]
    return text


def _pick(options: list[str], draw: int) -> str:
    return options[draw % len(options)]
