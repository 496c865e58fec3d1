"""One engine for every attribution method: conversions, revenue, refunds and margin, with intervals, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import markov, rules, shapley
from crossborder.marketing.journeys import Journeys

__all__ = ["METHODS", "MethodOptions", "attribute", "compare", "reconcile", "to_the_cent"]

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
    whole = _split_ends(journeys)
    won = whole.converting()
    effects = _effects(whole, methods, measures, options)
    parts = []
    for method in methods:
        portion = None if method == "markov" else _portions(won, _weights(won, method, options, effects))
        squared = None if portion is None else portion**2
        for measure in measures:
            if method == "markov":
                credit, credit_error, share_error = _global_markov(whole, measure, effects[measure])
            else:
                credit, credit_error, share_error = _weighted(won, portion, squared, measure, whole)
            parts.append(_intervals(whole, measure, credit, credit_error, share_error, level))
    told = {
        "method": np.repeat(methods, len(measures) * len(whole.channels)),
        "measure": np.tile(np.repeat(measures, len(whole.channels)), len(methods)),
        "channel": np.tile(whole.channels, len(parts)),
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


def _split_ends(journeys: Journeys) -> Journeys:
    """Rows that stand for journeys with and without a conversion become two rows."""
    both = (journeys.conversions > 0) & (journeys.nulls > 0)
    if not both.any():
        return journeys
    extra = journeys.where(both)
    touches = extra.codes
    empty = {name: np.zeros(extra.count) for name in journeys.values}
    ages = None if journeys.age_days is None else np.concatenate([journeys.age_days, extra.age_days])
    return Journeys(
        journeys.channels,
        np.concatenate([journeys.codes, touches]),
        np.concatenate([journeys.starts, journeys.starts[-1] + extra.starts[1:]]),
        np.concatenate([journeys.conversions, np.zeros(extra.count)]),
        np.concatenate([np.where(both, 0.0, journeys.nulls), extra.nulls]),
        {name: np.concatenate([amounts, empty[name]]) for name, amounts in journeys.values.items()},
        ages,
    )


def _weights(won: Journeys, method: str, options: MethodOptions, effects: dict) -> np.ndarray:
    if method == "shapley":
        return shapley.set_weights(won)
    if method == "markov_journey":
        return markov.journey_weights(won, effects["conversions"][0])
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


def _effects(whole: Journeys, methods: Sequence[str], measures: Sequence[str], options: MethodOptions) -> dict:
    """Removal effects (and their influence where intervals need it) a measure."""
    if not {"markov", "markov_journey"} & set(methods):
        return {}
    model = markov.chain(whole, options.order)
    if "markov" not in methods:
        return {"conversions": (markov.removal_effects(model)[1], None)}
    effects = {"conversions": markov.removal_influence(model, whole)}
    for measure in measures:
        if measure != "conversions":
            amount = np.bincount(model.final, whole.amount(measure), model.states)
            worth = amount / np.maximum(model.converted, 1e-300) * (model.converted > 0)
            effects[measure] = markov.removal_influence(model, whole, worth)
    return effects


def _portions(won: Journeys, weights: np.ndarray) -> np.ndarray:
    """Part of each journey (row) that each channel (column) gets."""
    channels = len(won.channels)
    key = won.owner * channels + won.codes
    return np.bincount(key, weights, won.count * channels).reshape(-1, channels)


def _weighted(won: Journeys, portion: np.ndarray, portion_squared: np.ndarray, measure: str, whole: Journeys) -> tuple:
    """Credits of parts of journeys, with standard errors of credit and share over journeys."""
    amount = won.amount(measure)
    each = amount / won.conversions
    credit = amount @ portion
    total = amount.sum()
    journeys = whole.conversions.sum() + whole.nulls.sum()
    squared = (won.conversions * each**2) @ portion_squared
    credit_error = np.sqrt(np.maximum(squared - credit**2 / journeys, 0.0))
    if total == 0:
        return credit, credit_error, np.zeros(len(won.channels))
    share = credit / total
    apart = portion - share
    share_error = np.sqrt((won.conversions * each**2) @ np.square(apart, out=apart)) / abs(total)
    return credit, credit_error, share_error


def _global_markov(whole: Journeys, measure: str, effects: tuple[np.ndarray, np.ndarray]) -> tuple:
    """Total times removal shares; influence of shares and of the total added a journey."""
    effect, influence = effects
    share = effect / effect.sum()
    amount = whole.amount(measure)
    people = whole.conversions + whole.nulls
    total = amount.sum()
    total_move = amount - total * people / people.sum()
    # The arrays are large (journeys x channels): they are worked on in place.
    share_move = share * influence.sum(axis=1, keepdims=True)
    np.subtract(influence, share_move, out=share_move)
    share_move /= effect.sum()
    credit_move = total * share_move
    credit_move += total_move[:, None] * share
    errors = []
    for move in (credit_move, share_move):
        np.square(move, out=move)
        move /= people[:, None]
        errors.append(np.sqrt(move.sum(axis=0)))
    return total * share, errors[0], errors[1]


def _intervals(
    whole: Journeys,
    measure: str,
    credit: np.ndarray,
    credit_error: np.ndarray,
    share_error: np.ndarray,
    level: float,
) -> dict[str, np.ndarray]:
    """Columns of one method and measure, a value a channel."""
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    total = whole.amount(measure).sum()
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
