"""Attribution rules: how much of a conversion each touch gets, before any model.

Rules share out every conversion, also those that would have happened anyway.
"""

from collections.abc import Callable

import numpy as np

from crossborder.errors import InputError
from crossborder.marketing.journeys import Journeys

__all__ = [
    "RULES",
    "first",
    "last",
    "last_non_direct",
    "linear",
    "position",
    "time_decay",
    "time_decay_position",
    "touch_weights",
]


def first(journeys: Journeys) -> np.ndarray:
    """Weight a touch: the first gets all."""
    weights = np.zeros(len(journeys.codes))
    weights[journeys.starts[:-1]] = 1.0
    return weights


def last(journeys: Journeys) -> np.ndarray:
    """Weight a touch: the last gets all."""
    weights = np.zeros(len(journeys.codes))
    weights[journeys.starts[1:] - 1] = 1.0
    return weights


def last_non_direct(journeys: Journeys, *, direct: str = "direct") -> np.ndarray:
    """Weight a touch: the last that is not `direct` gets all, or the last where all are direct."""
    if direct not in journeys.channels:
        return last(journeys)
    other = journeys.codes != journeys.channels.index(direct)
    place = np.where(other, np.arange(len(other)), -1)
    latest = np.maximum.reduceat(place, journeys.starts[:-1])
    weights = np.zeros(len(other))
    weights[np.where(latest < 0, journeys.starts[1:] - 1, latest)] = 1.0
    return weights


def linear(journeys: Journeys) -> np.ndarray:
    """Weight a touch: the same for every touch of a journey."""
    return np.repeat(1.0 / journeys.lengths, journeys.lengths)


def position(journeys: Journeys, *, first_share: float = 0.4, last_share: float = 0.4) -> np.ndarray:
    """Weight a touch: `first_share`, `last_share`, and the rest spread evenly over the touches between (U shape).

    With two touches the two shares are scaled to add to 1; a single touch gets all.
    Source: Google Analytics position-based model (40/20/40).
    """
    return _normalised(journeys, _position_raw(journeys, first_share, last_share))


def time_decay(journeys: Journeys, *, half_life_days: float = 7.0) -> np.ndarray:
    """Weight a touch: halved for every `half_life_days` before the end of the journey, scaled to add to 1.

    Source: Google Analytics time-decay model (half-life 7 days).
    """
    return _normalised(journeys, _decay_raw(journeys, half_life_days))


def time_decay_position(
    journeys: Journeys, *, half_life_days: float = 7.0, first_share: float = 0.4, last_share: float = 0.4
) -> np.ndarray:
    """Weight a touch: position weight times time-decay weight, scaled to add to 1.

    w_i is proportional to p_i * 2^(-age_i / half-life). A half-life without end gives `position`;
    equal position weights (`first_share` = `last_share` = 1/3 on three touches) give `time_decay`.
    """
    raw = _position_raw(journeys, first_share, last_share) * _decay_raw(journeys, half_life_days)
    return _normalised(journeys, raw)


RULES: dict[str, Callable[..., np.ndarray]] = {
    "first": first,
    "last": last,
    "last_non_direct": last_non_direct,
    "linear": linear,
    "position": position,
    "time_decay": time_decay,
    "time_decay_position": time_decay_position,
}


def touch_weights(journeys: Journeys, rule: str, **options: float | str) -> np.ndarray:
    """Weight of every touch under a rule of `RULES`; the weights of a journey add to 1.

    Raises InputError for an unknown rule, a share outside 0 to 1, a half-life of 0 or less, or missing ages.
    """
    if rule not in RULES:
        raise InputError.unknown("rule", rule, RULES)
    return RULES[rule](journeys, **options)


def _position_raw(journeys: Journeys, first_share: float, last_share: float) -> np.ndarray:
    if min(first_share, last_share) < 0 or not 0 < first_share + last_share <= 1 + 1e-12:
        raise InputError.out_of_range(
            "first_share and last_share", (first_share, last_share), "0 or more each, together above 0 and at most 1"
        )
    between = journeys.lengths - 2
    middle = np.where(between > 0, (1.0 - first_share - last_share) / np.maximum(between, 1), 0.0)
    raw = np.repeat(middle, journeys.lengths)
    raw[journeys.starts[:-1]] = first_share
    raw[journeys.starts[1:] - 1] = last_share
    raw[journeys.starts[:-1][journeys.lengths == 1]] = 1.0
    return raw


def _decay_raw(journeys: Journeys, half_life_days: float) -> np.ndarray:
    if not half_life_days > 0:
        raise InputError.out_of_range("half_life_days", half_life_days, "above 0 (infinity means no decay)")
    if journeys.age_days is None:
        raise InputError.out_of_range(
            "age_days", None, "the days from each touch to the end of its journey", "build journeys with times"
        )
    # Ages are counted from the latest touch, so that long lags do not underflow; the factor cancels in the scaling.
    youngest = np.minimum.reduceat(journeys.age_days, journeys.starts[:-1])
    return np.exp2(-(journeys.age_days - np.repeat(youngest, journeys.lengths)) / half_life_days)


def _normalised(journeys: Journeys, raw: np.ndarray) -> np.ndarray:
    total = np.add.reduceat(raw, journeys.starts[:-1])
    # A rule may give all its weight to places that a short journey lacks; then every touch counts the same.
    even = np.repeat(total <= 0, journeys.lengths)
    raw = np.where(even, 1.0, raw)
    return raw / np.repeat(np.where(total <= 0, journeys.lengths, total), journeys.lengths)
