"""One engine for every attribution method: conversions, revenue, refunds and margin, with intervals, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import markov, rules, shapley
from crossborder.marketing.journeys import Journeys

__all__ = ["METHODS", "MethodOptions", "attribute", "compare", "reconcile", "to_the_cent"]

ROWS = 100_000
"""Rows whose squares are summed at once; how many changes no result."""
METHODS = (*rules.RULES, "markov", "markov_journey", "shapley")


@dataclass(frozen=True)
class MethodOptions:
    """Settings that the methods share: half-life in days, position shares, order of the Markov chain."""

    half_life_days: float = 7.0
    first_share: float = 0.4
    last_share: float = 0.4
    direct: str = "direct"
    order: int = 1


def attribute(
    journeys: Journeys,
    methods: Sequence[str] = METHODS,
    measures: Sequence[str] = ("conversions",),
    *,
    options: MethodOptions = MethodOptions(),
    level: float = 0.9,
) -> pd.DataFrame:
    """Credit of every channel under every method and measure, one row each, with intervals.

    Columns: method, measure, channel, credit, credit_low, credit_high, share, share_low, share_high, standard_error.
    The credits of a method add to the measure's total over the journeys. Intervals are by the delta method over
    journeys: they cover chance in who came, not the error of the method itself.
    Methods: the rules of `rules.RULES`; `markov` (removal shares of all conversions); `markov_journey` (removal effects
    shared out again inside each journey); `shapley` (set, worth = conversions inside the coalition).
    """
    if not 0 < level < 1:
        raise InputError.out_of_range("level", level, "between 0 and 1")
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise InputError.unknown("method", unknown[0], METHODS)
    won = journeys.converting()
    people = float(journeys.conversions.sum() + journeys.nulls.sum())
    removal, by_chain = _by_chain(journeys, won, methods, measures, options)
    parts = []
    for method in methods:
        portion = None if method == "markov" else _portions(won, _weights(won, method, options, removal))
        for measure in measures:
            found = by_chain[measure] if portion is None else _weighted(won, portion, measure, people)
            parts.append(_intervals(won.amount(measure).sum(), *found, level))
    told = {
        "method": np.repeat(methods, len(measures) * len(won.channels)),
        "measure": np.tile(np.repeat(measures, len(won.channels)), len(methods)),
        "channel": np.tile(won.channels, len(parts)),
    }
    return pd.DataFrame(told | {name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def compare(credits: pd.DataFrame, measure: str = "conversions", value: str = "share") -> pd.DataFrame:
    """Channels (rows) by method (columns), sorted by the mean over the methods."""
    table = credits[credits["measure"] == measure].pivot_table(
        index="channel", columns="method", values=value, observed=True
    )
    table = table[list(dict.fromkeys(credits["method"]))]
    return table.loc[table.mean(axis=1).sort_values(ascending=False).index]


def to_the_cent(amounts: Sequence[float] | np.ndarray, total: float | None = None, digits: int = 2) -> np.ndarray:
    """Amounts rounded so that they add exactly to the rounded total (largest remainder).

    >>> to_the_cent([1 / 3, 1 / 3, 1 / 3], 1.0).tolist()
    [0.34, 0.33, 0.33]
    """
    amounts = np.asarray(amounts, dtype=float)
    scale = 10**digits
    goal = round((float(amounts.sum()) if total is None else total) * scale)
    if abs(amounts.sum() * scale - goal) > len(amounts) + 1:
        raise InputError.out_of_range(
            "sum of the amounts",
            round(float(amounts.sum()), 4),
            f"the total {total} up to rounding",
            "check the ledger",
        )
    floor = np.floor(amounts * scale)
    missing = int(goal - floor.sum())
    order = np.argsort(-(amounts * scale - floor), kind="stable")
    units = floor.copy()
    units[np.resize(order, abs(missing))] += np.sign(missing)
    return units / scale


def reconcile(credits: pd.DataFrame, account: pd.DataFrame, *, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Credits of each method and measure against the order ledger, in cents that add exactly.

    `account` has one row a destination of orders (`with a journey`, `without a touch`, ...) and one column a measure.
    Columns: method, measure, credited, not_credited, ledger, difference (0.00 when it reconciles).
    """
    measures = list(measures or credits["measure"].unique())
    missing = [name for name in measures if name not in account.columns]
    if missing:
        raise InputError.missing_columns("account", missing, account.columns)
    rows = []
    for (method, measure), group in credits[credits["measure"].isin(measures)].groupby(
        ["method", "measure"], sort=False
    ):
        with_journey = float(account.loc["with a journey", measure])
        cents = to_the_cent(group["credit"].to_numpy(), with_journey)
        outside = round(float(account[measure].sum()), 2) - round(with_journey, 2)
        ledger = round(float(account[measure].sum()), 2)
        credited = round(float(cents.sum()), 2)
        rows.append((method, measure, credited, round(outside, 2), ledger, round(ledger - credited - outside, 2)))
    return pd.DataFrame(rows, columns=["method", "measure", "credited", "not_credited", "ledger", "difference"])


def _split_ends(distinct: Journeys) -> Journeys:
    """Rows that stand for journeys with and without a conversion become two rows; without ages."""
    both = (distinct.conversions > 0) & (distinct.nulls > 0)
    if not both.any():
        return distinct
    extra = distinct.where(both)
    return Journeys(
        distinct.channels,
        np.concatenate([distinct.codes, extra.codes]),
        np.concatenate([distinct.starts, distinct.starts[-1] + extra.starts[1:]]),
        np.concatenate([distinct.conversions, np.zeros(extra.count)]),
        np.concatenate([np.where(both, 0.0, distinct.nulls), extra.nulls]),
        {name: np.concatenate([amounts, np.zeros(extra.count)]) for name, amounts in distinct.values.items()},
    )


def _weights(won: Journeys, method: str, options: MethodOptions, removal: np.ndarray) -> np.ndarray:
    if method == "shapley":
        return shapley.set_weights(won)
    if method == "markov_journey":
        return markov.journey_weights(won, removal)
    settings = {
        "last_non_direct": {"direct": options.direct},
        "position": {"first_share": options.first_share, "last_share": options.last_share},
        "time_decay": {"half_life_days": options.half_life_days},
        "time_decay_position": {
            "half_life_days": options.half_life_days,
            "first_share": options.first_share,
            "last_share": options.last_share,
        },
    }
    return rules.touch_weights(won, method, **settings.get(method, {}))


def _by_chain(
    journeys: Journeys, won: Journeys, methods: Sequence[str], measures: Sequence[str], options: MethodOptions
) -> tuple[np.ndarray, dict[str, tuple]]:
    """Removal effects for `markov_journey`, and credits with standard errors a measure for `markov`, where asked for.

    A chain reads paths alone, so that equal ones are walked once.
    """
    removal, found = np.empty(0), {}
    if not {"markov", "markov_journey"} & set(methods):
        return removal, found
    walked = _split_ends(journeys.distinct)
    model = markov.chain(walked, options.order)
    if "markov_journey" in methods:
        removal = markov.removal_effects(model)[1]
    for measure in measures if "markov" in methods else ():
        worth = None
        if measure != "conversions":
            amount = np.bincount(model.final, walked.amount(measure), model.states)
            worth = amount / np.maximum(model.converted, 1e-300) * (model.converted > 0)
        found[measure] = _global_markov(walked, won, measure, markov.removal_influence(model, walked, worth))
    return removal, found


def _portions(won: Journeys, weights: np.ndarray) -> np.ndarray:
    """Part of each journey (row) that each channel (column) gets."""
    channels = len(won.channels)
    key = won.owner * channels + won.codes
    return np.bincount(key, weights, won.count * channels).reshape(-1, channels)


def _weighted(won: Journeys, portion: np.ndarray, measure: str, people: float) -> tuple:
    """Credits of parts of journeys, with standard errors of credit and share over journeys."""
    amount = np.asarray(won.amount(measure), dtype=float)
    each = amount / won.conversions
    credit = amount @ portion
    total = amount.sum()
    squared = _squares(portion, amount * each, 0.0)
    credit_error = np.sqrt(np.maximum(squared - credit**2 / people, 0.0))
    if total == 0:
        return credit, credit_error, np.zeros(len(won.channels))
    return credit, credit_error, np.sqrt(_squares(portion, amount * each, credit / total)) / abs(total)


def _squares(portion: np.ndarray, weight: np.ndarray, middle: np.ndarray | float) -> np.ndarray:
    """Weighted sums of squares around `middle`, a range of rows at a time, so that no second large array is made."""
    sums = np.zeros(portion.shape[1])
    for at in range(0, len(portion), ROWS):
        apart = portion[at : at + ROWS] - middle
        sums += weight[at : at + ROWS] @ np.square(apart, out=apart)
    return sums


def _global_markov(walked: Journeys, won: Journeys, measure: str, effects: tuple[np.ndarray, np.ndarray]) -> tuple:
    """Total times removal shares; influence of shares and of the total added a journey.

    Journeys of a row of `walked` are equal but in their amounts: how far these lie apart moves the total alone.
    """
    effect, influence = effects
    share = effect / effect.sum()
    amount = walked.amount(measure)
    people = walked.conversions + walked.nulls
    total = amount.sum()
    total_move = amount - total * people / people.sum()
    # The arrays are large (paths x channels): they are worked on in place.
    share_move = share * influence.sum(axis=1, keepdims=True)
    np.subtract(influence, share_move, out=share_move)
    share_move /= effect.sum()
    credit_move = total * share_move
    credit_move += total_move[:, None] * share
    squares = []
    for move in (credit_move, share_move):
        np.square(move, out=move)
        move /= people[:, None]
        squares.append(move.sum(axis=0))
    apart = max(_squared_amounts(won, measure) - _squared_amounts(walked, measure), 0.0)
    return total * share, np.sqrt(squares[0] + share**2 * apart), np.sqrt(squares[1])


def _squared_amounts(journeys: Journeys, measure: str) -> float:
    """Squares of the mean amount a conversion, summed over conversions."""
    won = journeys.conversions > 0
    return float((journeys.amount(measure)[won].astype(float) ** 2 / journeys.conversions[won]).sum())


def _intervals(
    total: float,
    credit: np.ndarray,
    credit_error: np.ndarray,
    share_error: np.ndarray,
    level: float,
) -> dict[str, np.ndarray]:
    """Columns of one method and measure, a value a channel."""
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    share = credit / total if total else np.zeros(len(credit))
    return {
        "credit": credit,
        "credit_low": np.minimum(np.maximum(credit - z * credit_error, 0.0), credit),
        "credit_high": credit + z * credit_error,
        "share": share,
        "share_low": np.minimum(np.clip(share - z * share_error, 0.0, 1.0), share),
        "share_high": np.maximum(np.clip(share + z * share_error, 0.0, 1.0), share),
        "standard_error": credit_error,
    }
