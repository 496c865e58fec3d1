"""Worlds of users whose buying is drawn with and without each channel, so that every effect is known.

A user has an intent that drives both exposure and buying. Early channels cause later ones to be touched (search,
retargeting, direct). Touches may also come after the decision, and some users do not allow them to be joined.
All draws are made before any channel is switched off, so that two worlds differ by the channel alone.
The same users also live through two years of weeks with changing budgets, so that a mix model, the rules and the
hold-outs can be held against one truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["CHANNELS", "JourneyWorld", "WeeklySales", "journey_world", "many"]

CHANNELS = ("social", "display", "search_generic", "email", "affiliate", "retargeting", "search_brand", "direct")
HARVEST = np.array([0, 0, 0, 0, 0, 1, 1, 1], dtype=bool)
FREE = int(HARVEST.argmax())
SLOTS = 2
MOST_EARLIER = 3  # more contacts of earlier channels pull no harder
WINDOW_DAYS = 30.0
WEEKS = 104
PEOPLE_A_WEEK = 20_000.0


@dataclass(frozen=True)
class WeeklySales:
    """The world as a mix model sees it: weekly spend of the paid channels, orders, and what else moves demand.

    `tests` holds the tested channels' orders per unit of spend (roi) with standard_error. One order among the world's
    users stands for `scale` orders of these weeks.
    """

    spend: pd.DataFrame
    orders: pd.Series
    controls: pd.DataFrame
    tests: pd.DataFrame
    scale: float


@dataclass(frozen=True)
class JourneyWorld:
    """What an analyst sees, and the truth.

    `touches`: journey, channel (position in CHANNELS), age_days (to the end of the journey), converted; in order.
    `untouched`: people without a joined touch who bought, and who did not. `lift`: tested channels with increment and
    standard_error from a randomised hold-out of other users, scaled to all users.
    `truth`: index channel, columns total (later touches redrawn), direct (other touches kept), marginal (effect of one
    per cent more exposure, times 100). `all_off` is the number of orders that all channels together caused.
    `weeks` are the same kind of users week by week.
    """

    touches: pd.DataFrame
    untouched: tuple[float, float]
    lift: pd.DataFrame
    truth: pd.DataFrame
    all_off: float
    orders: float
    weeks: WeeklySales


@dataclass(frozen=True)
class _Draws:
    intent: np.ndarray
    exposure: np.ndarray
    moment: np.ndarray
    decision: np.ndarray
    buy: np.ndarray
    in_time: np.ndarray
    fading: np.ndarray


@dataclass(frozen=True)
class _Tables:
    """Of a world's users: chance of a contact (channel x earlier contacts x user), exposure (channel x slot x user; the
    second slot doubled, as it is half as likely), what is felt (channel x contacts x user), logit without a contact;
    and where in `felt` each channel (row) and user (column) begins.
    """

    reached: np.ndarray
    exposure: np.ndarray
    felt: np.ndarray
    unmoved: np.ndarray
    user: np.ndarray
    place: np.ndarray


@dataclass(frozen=True)
class _Rules:
    reach: np.ndarray
    targeting: np.ndarray
    pull: np.ndarray
    effect: np.ndarray
    base: float
    intent: float
    synergy: float


def many(count: int, seed: int, *, users: int = 4000) -> Iterator[JourneyWorld]:
    """`count` worlds with different effects, targeting and funnels."""
    for number in range(count):
        yield journey_world(np.random.default_rng([seed, number]), users=users)


def journey_world(
    rng: np.random.Generator, *, users: int = 4000, tested: int = 5, shapley: bool = False
) -> JourneyWorld:
    """One world: rules drawn, users drawn, outcomes and their counterfactuals.

    With `shapley` the truth has a column shapley: the mean gain of a channel over all orders of switching channels on,
    from all 256 worlds; it adds to `all_off`.
    """
    rules = _Rules(
        reach=rng.normal([-1.3, -1.0, -1.6, -1.5, -2.0, -2.2, -2.0, -1.6], 0.35),
        targeting=rng.uniform(0.0, 0.9, len(CHANNELS)) * np.where(HARVEST, 1.2, 0.6),
        pull=np.where(HARVEST, rng.uniform(0.4, 1.1, len(CHANNELS)), 0.0),
        effect=rng.gamma(2.0, 0.28, len(CHANNELS)) * np.array([1.2, 0.7, 1.2, 0.8, 0.7, 0.45, 0.1, 0.0]),
        base=rng.normal(-2.4, 0.2),
        intent=rng.uniform(0.5, 1.0),
        synergy=rng.uniform(0.0, 0.25),
    )
    drawn = _draw(rng, users)
    known = _tables(rules, drawn)
    on = np.ones(len(CHANNELS))
    met, chance = _live(rules, known, on)
    seen = np.stack([met & 1, met >> 1], axis=-1).transpose(1, 0, 2).astype(bool)
    bought = drawn.buy < chance
    expected = chance.sum()
    total, direct, marginal = (np.empty(len(CHANNELS)) for _ in range(3))
    for channel in range(len(CHANNELS)):
        off = on.copy()
        off[channel] = 0.0
        total[channel] = expected - _live(rules, known, off)[1].sum()
        direct[channel] = expected - _chance(rules, known, met * (off > 0)[:, None]).sum()
        more = on.copy()
        more[channel] = 1.01
        marginal[channel] = (_live(rules, known, more)[1].sum() - expected) * 100
    nothing = _live(rules, known, np.zeros(len(CHANNELS)))[1].sum()
    allowed = rng.random(users) < 0.85
    truth = pd.DataFrame({"total": total, "direct": direct, "marginal": marginal}, index=list(CHANNELS))
    if shapley:
        truth["shapley"] = _shared_gain(rules, known)
    lift = _holdouts(rng, rules, users, tested)
    return JourneyWorld(
        _touches(drawn, seen & allowed[:, None, None], bought),
        _untouched(seen & allowed[:, None, None], bought),
        lift,
        truth,
        float(expected - nothing),
        float(bought.sum()),
        _weeks(rng, rules, drawn, seen, lift),
    )


def _draw(rng: np.random.Generator, users: int) -> _Draws:
    shape = (users, len(CHANNELS), SLOTS)
    stage = np.array([0.7, 0.8, 1.2, 1.1, 1.2, 2.0, 2.2, 2.0])[None, :, None]
    moment = rng.random(shape) ** (1 / stage) * WINDOW_DAYS
    decision = rng.uniform(8.0, WINDOW_DAYS, users)
    lag = decision[:, None, None] - moment
    fading = np.exp(-np.maximum(lag, 0.0) / 14)
    intent, exposure, buy = rng.normal(size=users), rng.random(shape), rng.random(users)
    return _Draws(intent, exposure, moment, decision, buy, lag >= 0, fading)


def _tables(rules: _Rules, drawn: _Draws) -> _Tables:
    """What does not hang on the exposure, worked out once a world instead of once for each exposure."""
    intent = drawn.intent
    logit = (rules.reach[:, None] + rules.targeting[:, None] * intent)[:, None] + (
        rules.pull[:, None] * np.arange(MOST_EARLIER + 1)
    )[:, :, None]
    before = drawn.in_time.transpose(1, 2, 0) * drawn.fading.transpose(1, 2, 0)
    dose = np.stack([np.zeros_like(before[:, 0]), before[:, 0], before[:, 1], before[:, 0] + before[:, 1]], axis=1)
    exposure = drawn.exposure.transpose(1, 2, 0) * np.array([1.0, 2.0])[:, None]
    return _Tables(
        1 / (1 + np.exp(-logit)),
        np.ascontiguousarray(exposure),
        1 - np.exp(-1.2 * dose),
        rules.base + rules.intent * intent,
        np.arange(len(intent)),
        np.arange(len(CHANNELS))[:, None] * dose[0].size + np.arange(len(intent)),
    )


def _live(rules: _Rules, known: _Tables, on: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Contacts (channels x users, 1 for the first slot and 2 for the second) and chance of buying, exposure x `on`."""
    users = len(known.user)
    seen = np.empty((len(CHANNELS), users), dtype=np.int8)
    # The channels that nothing pulls stand first and are met all at once.
    chance = np.minimum(on[:FREE, None] * known.reached[:FREE, 0], 1.0)
    met = known.exposure[:FREE] < chance[:, None]
    seen[:FREE] = met[:, 0] + met[:, 1] * np.int8(2)
    earlier = np.minimum((met[:, 0] | met[:, 1]).sum(axis=0), MOST_EARLIER)
    for channel in range(FREE, len(CHANNELS)):
        reached = known.reached[channel].ravel().take(earlier * users + known.user)
        first, second = known.exposure[channel] < np.minimum(on[channel] * reached, 1.0)
        seen[channel] = first + second * np.int8(2)
        earlier = np.minimum(earlier + (first | second), MOST_EARLIER)
    return seen, _chance(rules, known, seen)


def _chance(rules: _Rules, known: _Tables, seen: np.ndarray) -> np.ndarray:
    felt = known.felt.take(known.place + seen * np.int64(len(known.user)))
    upper = np.maximum(felt[0], felt[1])
    lower = np.maximum(np.maximum(felt[2], felt[3]), felt[4])
    logit = known.unmoved + rules.effect @ felt + rules.synergy * upper * lower
    return 1 / (1 + np.exp(-logit))


def _shared_gain(rules: _Rules, known: _Tables) -> np.ndarray:
    """Mean over all orders of arrival of what each channel adds; recursion over the coalitions by their size."""
    count = len(CHANNELS)
    members = ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(float)
    worth = np.array([_live(rules, known, row)[1].sum() for row in members])
    size = members.sum(axis=1).astype(int)
    ways = np.array([1.0 / (count * _choose(count - 1, k)) for k in range(count)])
    gain = np.empty(count)
    for channel in range(count):
        without = np.flatnonzero(members[:, channel] == 0)
        gain[channel] = (ways[size[without]] * (worth[without + 2**channel] - worth[without])).sum()
    return gain


def _choose(n: int, k: int) -> int:
    from math import comb

    return comb(n, k)


def _touches(drawn: _Draws, joined: np.ndarray, bought: np.ndarray) -> pd.DataFrame:
    """Buyers' touches end with the order; the others' go on to the end of the window."""
    end = np.where(bought, drawn.decision, WINDOW_DAYS)
    user, channel, slot = np.nonzero(joined & (drawn.moment <= end[:, None, None]))
    moment = drawn.moment[user, channel, slot]
    order = np.lexsort((moment, user))
    frame = pd.DataFrame(
        {"journey": user, "channel": channel, "age_days": end[user] - moment, "converted": bought[user]}
    )
    return frame.iloc[order].reset_index(drop=True)


def _untouched(joined: np.ndarray, bought: np.ndarray) -> tuple[float, float]:
    nobody = ~joined.any(axis=(1, 2))
    return float((nobody & bought).sum()), float((nobody & ~bought).sum())


def _weeks(rng: np.random.Generator, rules: _Rules, drawn: _Draws, seen: np.ndarray, lift: pd.DataFrame) -> WeeklySales:
    """Two years of budgets that wander, partly together, and follow the season, and the orders of each week.

    Direct visits cost nothing and are in no budget; their share of the visits is as in the journeys.
    """
    paid, year = len(CHANNELS) - 1, 2 * np.pi * np.arange(WEEKS) / 52.18
    season = 0.15 * np.sin(year + rng.uniform(0, 6))
    wander = 0.8 * rng.normal(size=(WEEKS, paid)) + 0.6 * rng.normal(size=(WEEKS, 1))
    for week in range(1, WEEKS):
        wander[week] = 0.6 * wander[week - 1] + 0.8 * wander[week]
    budget = np.exp(0.35 * wander + rng.uniform(0, 1, paid) * season[:, None])
    budget /= budget.mean(axis=0)
    half = _tables(rules, _Draws(**{name: values[::2] for name, values in vars(drawn).items()}))
    chance = np.array([_live(rules, half, np.append(row, 1.0))[1].mean() for row in budget])
    orders = rng.poisson(PEOPLE_A_WEEK * np.exp(season) * chance)
    spend = budget * seen[:, :paid].mean(axis=(0, 2)) * PEOPLE_A_WEEK * rng.lognormal(0.0, 0.5, paid)
    dates = pd.date_range("2024-01-01", periods=WEEKS, freq="W-MON")
    scale = PEOPLE_A_WEEK * float(np.exp(season).sum()) / len(drawn.intent)
    money = pd.Series(spend.sum(axis=0), index=list(CHANNELS[:paid])).reindex(lift.index)
    return WeeklySales(
        pd.DataFrame(spend, index=dates, columns=list(CHANNELS[:paid])),
        pd.Series(orders.astype(float), index=dates),
        pd.DataFrame({"wave_sine": np.sin(year), "wave_cosine": np.cos(year)}, index=dates),
        pd.DataFrame(
            {"roi": lift["increment"] * scale / money, "standard_error": lift["standard_error"] * scale / money}
        ),
        scale,
    )


def _holdouts(rng: np.random.Generator, rules: _Rules, users: int, tested: int, arm: int = 60_000) -> pd.DataFrame:
    """Randomised hold-outs with `arm` new people in each arm, drawn from the same kind of users."""
    known = _tables(rules, _draw(rng, users))
    rate_on = rng.binomial(arm, _live(rules, known, np.ones(len(CHANNELS)))[1].mean(), tested) / arm
    rows = {}
    for number, channel in enumerate(np.sort(rng.choice(len(CHANNELS) - 1, tested, replace=False))):
        off = np.ones(len(CHANNELS))
        off[channel] = 0.0
        rate_off = rng.binomial(arm, _live(rules, known, off)[1].mean()) / arm
        variance = (rate_on[number] * (1 - rate_on[number]) + rate_off * (1 - rate_off)) / arm
        rows[CHANNELS[channel]] = {
            "increment": (rate_on[number] - rate_off) * users,
            "standard_error": np.sqrt(variance) * users,
        }
    return pd.DataFrame.from_dict(rows, orient="index")
